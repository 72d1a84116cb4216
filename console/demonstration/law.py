"""The law as data in the demonstration: one change approved, two that wait, one of them because it moves so much."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

from registry.queries.law_changes import drafted
from registry.states import Kind, LawTable
from worker.actions import law

if TYPE_CHECKING:
    from console.demonstration.people import Bureau

BASES = {
    Kind.ASSOCIATION: "社会团体登记管理条例/28",
    Kind.PRIVATE_NON_ENTERPRISE: "民办非企业单位登记管理暂行条例/23",
}


def _due(kind: Kind, year: int, value: str, **notice: Any) -> list[Any]:
    columns = {
        "key": "annual_report.due",
        "kind": kind.value,
        "year": year,
        "value": value,
        "unit": "月-日（次年）",
        "basis": BASES[kind],
        "verified": True,
        **notice,
    }
    return drafted({LawTable.POLICY: [columns]})


def work(*, bureau: Bureau, today: date) -> None:
    """Extend the reports of 2023 for one kind; propose to extend those of 2025 for another, and of 2026 for the first."""
    notice: dict[str, Any] = {"source": "示民函〔2024〕6号（演示）", "effective_from": date(2024, 4, 10)}
    extended = law.propose(
        changes=_due(Kind.PRIVATE_NON_ENTERPRISE, 2023, "06-30", **notice), by=bureau["dengji"], on=today,
        reason="补录2024年的延期通知：民办非企业单位2023年度年检延至2024年6月30日",
    )  # fmt: skip
    law.approve(
        proposal_id=extended.pk, by=bureau["shenhe"], on=today, opinion="已核对通知原件，同意", seen=extended.effect_digest
    )  # fmt: skip
    notice = {"source": "示民函〔2026〕11号（演示）", "effective_from": date(2026, 4, 20)}
    law.propose(
        changes=_due(Kind.ASSOCIATION, 2025, "12-31", **notice), by=bureau["dengji2"], on=today,
        reason="补录延期通知：社会团体2025年度年检延至2026年12月31日",
    )  # fmt: skip
    notice = {"source": "示民函〔2026〕30号（演示）", "effective_from": date(2026, 11, 2)}
    law.propose(
        changes=_due(Kind.PRIVATE_NON_ENTERPRISE, 2026, "06-30", **notice), by=bureau["dengji"], on=today,
        reason="2026年度年检安排：民办非企业单位于2027年6月30日前报送",
    )  # fmt: skip
