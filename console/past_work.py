"""What was going on about one organisation on a past day, as its ledger tells: findings, cases, running deadlines."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext as _

from cleanup.queries.retold import CASES, FINDINGS
from cleanup.states import CaseOutcome, CaseState, FindingState, Treatment
from console.access import Permission, may
from console.labels import day, together
from console.language import translated
from registry import clockbook
from registry.queries.retold import DEADLINES, retold_as_of

if TYPE_CHECKING:
    from datetime import date

    from registry.models import Organisation, User
    from registry.queries.retold import Retold

    Row = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Line:
    """One record as it stood: what it is, how it stood, since when or until when."""

    what: str
    stood: str
    when: str


def going_on(organisation: Organisation, user: User, *, on: date) -> list[Line]:
    """Return what ``user`` may know of, rebuilt from the events up to the day ``on``."""
    parts = (
        (FINDINGS, Permission.VIEW_FINDINGS, _finding),
        (CASES, Permission.VIEW_CASES, _case),
        (DEADLINES, Permission.VIEW_DEADLINES, _deadline),
    )
    return [
        line
        for retold, permission, tell in parts
        if may(user, permission)
        for row in _rows(retold, organisation, on)
        if (line := tell(row))
    ]


def _rows(retold: Retold, organisation: Organisation, on: date) -> list[Row]:
    return retold_as_of(retold, [organisation.pk], on).get(organisation.pk, [])


def _finding(row: Row) -> Line:
    what = _("线索（%(campaign)s）情形%(criteria)s") % {
        "campaign": row["campaign_id"],
        "criteria": together(row["criteria"]),
    }
    return Line(what, translated(FindingState(row["state"]).label), _since(row["found_on"]))


def _case(row: Row) -> Line:
    what = _("个案：%(treatment)s") % {"treatment": translated(Treatment(row["treatment"]).label)}
    ended = CaseOutcome(row["outcome"]) if row.get("outcome") else CaseState(row["state"])
    return Line(what, translated(ended.label), _since(row["opened_on"]))


def _deadline(row: Row) -> Line | None:
    """Tell of a deadline only while it ran."""
    if row.get("met_on") or row.get("waived_on"):
        return None
    return Line(
        translated(clockbook.kind(row["kind"]).label), _("正在计算"), _("%(on)s到期") % {"on": day(row["due_on"])}
    )


def _since(text: str) -> str:
    return _("%(start)s起") % {"start": day(text)}
