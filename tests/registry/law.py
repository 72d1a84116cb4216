"""Situations the tests of changing the law start from."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

from registry.actions import law_proposal as proposals
from registry.models import JobRun, Policy
from registry.queries.law_changes import amended, drafted
from registry.queries.law_proposals import Effect, Impact
from registry.states import Kind, LawTable
from tests.factories import UserFactory

if TYPE_CHECKING:
    from registry.models import LawEvent, LawProposal, User
    from registry.queries.law_changes import Change

ON = date(2026, 3, 2)
NOTICE = "虚民函〔2022〕3号（年检延期通知）"
NOTHING = Impact((), existing=10, limit="10%")


def moved_day(**columns: Any) -> dict[str, Any]:
    """Return a new due date of the annual reports of 2021, for one kind."""
    return {
        "key": "annual_report.due",
        "kind": Kind.ASSOCIATION.value,
        "year": 2021,
        "value": "06-30",
        "unit": "月-日（次年）",
        "basis": "社会团体登记管理条例/28",
        "source": NOTICE,
        "verified": True,
        "effective_from": date(2022, 4, 20),
        **columns,
    }


def new_value(**columns: Any) -> list[Change]:
    """Return the changes by which a new policy value comes to stand."""
    return drafted({LawTable.POLICY: [moved_day(**columns)]})


def longer_alerts() -> list[Change]:
    """Return a change of how long before its last day a deadline is told."""
    return amended(Policy.objects.get(key="alert.days_before"), value=30)


def proposed(changes: list[Change] | None = None, *, by: User | None = None, on: date = ON) -> LawProposal:
    """Return a proposal whose effect has not been judged yet."""
    changes = new_value() if changes is None else changes
    return proposals.propose(changes=changes, by=by or UserFactory.create(), on=on, reason="按延期通知执行")


def approve(
    proposal: LawProposal, *, by: User, on: date = ON, seen: str | None = None, found: Impact = NOTHING, **how: Any
) -> LawEvent:
    """Approve a proposal as the worker does, with the impact ``found``."""
    locked = proposals.lock(proposal.pk)
    run = JobRun.objects.create(job="law", slot=str(proposal.pk), as_of=on, started_at="2026-03-02T08:00:00Z")
    seen = found.digest if seen is None else seen
    told = {"opinion": "同意", **how}
    return proposals.approve(proposal=locked, found=found, by=by, on=on, seen=seen, run=run, **told)


def touching(*organisation_ids: int, existing: int = 10) -> Impact:
    """Return the impact of a change that moves something of each of these bodies."""
    effects = tuple(Effect(pk, f"report:{pk}.2021", "2021年度年报", "甲", "乙") for pk in organisation_ids)
    return Impact(effects, existing=existing, limit="10%")
