"""Run or preview a sweep."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from cleanup.actions.sweep import SweepResult, SweptElsewhere, sweep
from cleanup.management.arguments import campaign as campaign_by_code
from cleanup.models import Campaign
from cleanup.rules import Refused
from cleanup.states import CampaignState, Criterion
from registry.management.arguments import day
from registry.models import User

if TYPE_CHECKING:
    from argparse import ArgumentParser


class Command(BaseCommand):
    """Sweeps one campaign or all running ones, as of today or of a day, or only says what would happen."""

    help = "排查：找出符合整治行动情形的组织；--dry-run 只预览不写入"

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--campaign", help="整治行动编号；不写则排查全部进行中的行动")
        parser.add_argument("--as-of", type=day, help="数据日期，默认今天")
        parser.add_argument("--dry-run", action="store_true", help="只预览，不写入")
        parser.add_argument("--json", action="store_true", help="以 JSON 输出计数")

    def handle(self, *args: Any, **options: Any) -> None:
        as_of = options["as_of"] or timezone.localdate()
        if options["campaign"]:
            campaigns = [campaign_by_code(options["campaign"])]
        else:
            campaigns = list(Campaign.objects.filter(state=CampaignState.RUNNING).order_by("code"))
        if not campaigns:
            message = "没有进行中的整治行动"
            raise CommandError(message)
        results = [self.run_one(campaign, as_of, dry_run=options["dry_run"]) for campaign in campaigns]
        if options["json"]:
            counts = [result.counts() for result in results]
            told = counts[0] if options["campaign"] else counts
            self.stdout.write(json.dumps(told, ensure_ascii=False))
            return
        for result in results:
            self.tell(result)

    def run_one(self, campaign: Campaign, as_of: Any, *, dry_run: bool) -> SweepResult:
        """Sweep ``campaign``, turning a refusal into the command's own error."""
        try:
            return sweep(campaign_id=campaign.pk, as_of=as_of, by=User.objects.system(), dry_run=dry_run)
        except (Refused, SweptElsewhere) as error:
            message = f"“{campaign.title}”未排查：{error}"
            raise CommandError(message) from error

    def tell(self, result: SweepResult) -> None:
        """Print what a sweep did in the officers' words."""
        counts = result.counts()
        if result.stopped:
            self.stdout.write(f"已停止，没有写入：{result.stopped.note}；由负责人在整治行动页面放行")
        self.stdout.write(f"{'预览' if result.dry_run else '排查'}：行动 {result.campaign}，数据日期 {result.as_of}")
        self.stdout.write(f"  范围内 {counts['in_scope']} 家，符合情形 {counts['matched']} 家")
        for criterion in Criterion:
            self.stdout.write(
                f"    情形{criterion.value} {criterion.label}：{counts['by_criterion'][criterion.value]} 家"
            )
        for label, rows in (("新进入", result.entering), ("情形变化", result.changed), ("退出", result.leaving)):
            self.stdout.write(f"  {label} {len(rows)} 家")
            for code, name, criteria in rows:
                self.stdout.write(f"    {code} {name} 情形{'、'.join(criteria)}")
        self.stdout.write(f"  未变 {result.unchanged} 家")
