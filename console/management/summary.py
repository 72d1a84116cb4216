"""What `run` prints: the figures of the exports it made, read back from their manifests."""

from __future__ import annotations

import json
from dataclasses import dataclass
from io import StringIO
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.core.management import call_command

from cleanup.models import Campaign
from cleanup.states import CLEARED_BY, EVER_STARTED
from registry.exports import chinese, percent
from registry.states import Outcome
from worker.dispatch import JOBS

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import date
    from pathlib import Path

    from registry.models import JobRun


@dataclass(frozen=True, slots=True)
class Exported:
    """One folder of exported files and the totals its manifest holds."""

    folder: Path
    totals: dict[str, Any]


def days_of_campaigns(*, today: date) -> list[tuple[Campaign, date]]:
    """Return every campaign ever started with the day its figures are drawn: its last one, or today."""
    campaigns = Campaign.objects.filter(state__in=EVER_STARTED).filter(starts_on__lte=today)
    return [(each, min(each.ends_on, today)) for each in campaigns.order_by("starts_on", "code")]


def lines(*, today: date) -> Iterator[str]:
    """Export the progress of every campaign and of decoupling, and yield what to print about it."""
    drawn = days_of_campaigns(today=today)
    made = []
    yield "一、“僵尸型”社会组织整治"
    for campaign, as_of in drawn:
        exported = _export("progress", as_of, "--campaign", campaign.code, name=f"progress-{campaign.code}-{as_of}")
        made.append(exported)
        yield from _funnel(campaign, as_of, exported.totals)
    yield "二、行业协会商会与行政机关脱钩"
    for as_of in sorted({today, *(as_of for _, as_of in drawn)}):
        exported = _export("decoupling", as_of, name=f"decoupling-{as_of}")
        made.append(exported)
        yield from _decoupling(as_of, exported.totals)
    yield "三、导出文件"
    for exported in made:
        yield from (f"  {file}" for file in sorted(exported.folder.iterdir()) if file.is_file())


COUNTS = {
    "in_scope": "范围内",
    "matched": "符合情形",
    "entering": "新进入",
    "leaving": "退出",
    "changed": "情形变化",
    "unchanged": "未变",
    "standing": "成立的起因",
    "raised": "新提醒",
    "closed": "解除",
    "number": "编号",
    "chains": "链",
    "events": "记录",
    "found": "不符",
}


def told(run: JobRun) -> str:
    """Return in one line what a run did."""
    counts = "，".join(f"{label} {run.counts[name]}" for name, label in COUNTS.items() if name in run.counts)
    stopped = f"，没有写入（{run.error}）" if run.outcome == Outcome.STOPPED else ""
    return f"  {JOBS.get(run.job, run.job)} {run.slot} {run.get_outcome_display()}：{counts}{stopped}"


def _export(what: str, as_of: date, *arguments: str, name: str) -> Exported:
    folder = settings.EXPORT_DIR / name
    call_command(f"export_{what}", *arguments, "--as-of", str(as_of), "--out", str(folder), stdout=StringIO())
    manifest = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
    return Exported(folder, manifest["totals"])


def _funnel(campaign: Campaign, as_of: date, totals: dict[str, Any]) -> Iterator[str]:
    by = totals["completed_by"]
    yield f"  {campaign.title}（{campaign.code}，截至{chinese(as_of)}）"
    yield (
        f"    纳入 {totals['included']} 家 = 已完成 {totals['completed']} + 办理中 {totals['in_progress']}"
        f" + 未启动 {totals['not_started']}；另有待核实线索 {totals['pending']} 条"
    )
    yield "    已完成：" + "，".join(f"{outcome.label} {by[outcome.value]}" for outcome in CLEARED_BY)


def _decoupling(as_of: date, totals: dict[str, Any]) -> Iterator[str]:
    yield f"  截至{chinese(as_of)}（{as_of.year}年新脱钩 {totals['decoupled_in_year']} 家）"
    yield (
        f"    应脱钩 {totals['should']} 家 = 已脱钩 {totals['decoupled']} + 注销 {totals['cancelled']}"
        f" + 撤销 {totals['revoked']} + 合并 {totals['merged']} + 未脱钩 {totals['remaining']}"
    )
    yield f"    脱钩率 {percent(totals['rate_decoupled'])}，处置完成率 {percent(totals['rate_settled'])}"
