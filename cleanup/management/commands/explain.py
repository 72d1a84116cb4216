"""Say for one organisation which criteria are met, which not, and why."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from cleanup.management.arguments import campaign as campaign_by_code
from cleanup.queries.explain import Explanation, explain
from registry.identifiers import InvalidCode, validate_uscc
from registry.management.arguments import day
from registry.models import Organisation

if TYPE_CHECKING:
    from argparse import ArgumentParser


class Command(BaseCommand):
    """Prints every criterion of every campaign running on the day: met or not, facts, dates and basis."""

    help = "说明某组织为什么被（或没有被）列为线索"

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("code", help="统一社会信用代码")
        parser.add_argument("--as-of", type=day, help="数据日期，默认今天")
        parser.add_argument("--campaign", help="整治行动编号；不写则为当日进行中的全部行动")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            code = validate_uscc(options["code"])
        except InvalidCode as error:
            raise CommandError(str(error)) from error
        organisation = Organisation.objects.filter(code=code).first()
        if organisation is None:
            message = f"登记表中没有代码为 {code} 的组织"
            raise CommandError(message)
        on = options["as_of"] or timezone.localdate()
        campaign = campaign_by_code(options["campaign"]) if options["campaign"] else None
        self.stdout.write(f"{organisation.name}（{code}）{organisation.get_state_display()}，数据日期 {on}")
        explanations = explain(organisation, on=on, campaign=campaign)
        if not explanations:
            self.stdout.write("当日没有进行中的整治行动，不作判断")
        for explanation in explanations:
            self.tell(explanation)

    def tell(self, explanation: Explanation) -> None:
        """Print one campaign's verdicts."""
        conclusion = "列为线索" if explanation.flagged else "不列为线索"
        self.stdout.write(f"\n{explanation.campaign.title}（{explanation.campaign.code}）：{conclusion}")
        if explanation.exclusion:
            self.stdout.write(f"  不在排查范围：{explanation.exclusion}")
        for verdict in explanation.verdicts:
            mark = "符合" if verdict.met else ("不符合" if verdict.applies else "未采用")
            self.stdout.write(f"  情形{verdict.criterion.value} {verdict.criterion.label}：{mark}")
            self.stdout.write(f"    {verdict.sentence}")
            self.stdout.write(f"    依据：{verdict.basis}")
