"""Who carries which finding, as conditions over findings: the queue, the figures and the lists read the same ones."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING

from django.db.models import Exists, OuterRef, Q

from cleanup.models import Case
from cleanup.states import CampaignState, CaseState, FindingState
from registry.models import Assignment
from registry.queries import deadlines
from registry.states import EXISTING, SubjectKind

if TYPE_CHECKING:
    from django.db.models import QuerySet

TO_DO = Q(state=FindingState.OPEN, campaign__state=CampaignState.RUNNING) | Q(
    state=FindingState.CONFIRMED, case__isnull=True, organisation__state__in=EXISTING
)
"""Findings that wait for an officer: to be decided while their campaign runs, or, once confirmed, for a case."""

IN_CASE = Q(case__state=CaseState.OPEN)
"""Findings whose case is being worked."""

OVERDUE = "overdue"
COMING = {"14": 14}
"""Words of the deadline filter, beside `OVERDUE`: days ahead."""


def assignments(kind: SubjectKind = SubjectKind.FINDING) -> QuerySet[Assignment]:
    """Return the assignment in force of the finding, or other record, an outer query stands on."""
    return Assignment.objects.filter(subject_kind=kind, subject_id=OuterRef("pk"), returned_on__isnull=True)


def unassigned() -> Q:
    """Return the condition for findings that wait and that nobody carries."""
    return TO_DO & ~Q(Exists(assignments()))


def carried_by(user_id: int) -> Q:
    """Return the condition for findings ``user_id`` carries: by assignment until there is a case, then by the case."""
    return IN_CASE & Q(case__officer=user_id) | TO_DO & Q(Exists(assignments().filter(assignee=user_id)))


def due(which: str, *, on: date) -> Q:
    """Return the condition for findings whose case has a deadline overdue on that day, or due from then on.

    ``which`` is `OVERDUE` or a key of `COMING`.
    """
    rows = deadlines.overdue(on=on) if which == OVERDUE else deadlines.due_within(COMING[which], on=on)
    return Q(case__in=Case.objects.filter(deadlines.having(SubjectKind.CASE, rows)))


MONTHLY = {"found_in": "found_on", "confirmed_in": "confirmed_on", "closed_in": "case__closed_on"}
"""Words of the month filters, and the day each one looks at."""


def in_month(column: str, month: date) -> Q:
    """Return the condition for findings whose ``column`` falls into the month that begins on ``month``."""
    return Q(**{f"{column}__gte": month, f"{column}__lt": next_month(month)})


def next_month(month: date) -> date:
    """Return the first day of the month after."""
    return (month + timedelta(days=31)).replace(day=1)


def last_months(on: date, count: int) -> list[date]:
    """Return the first days of the ``count`` months that end with the one of ``on``, oldest first."""
    months = [on.replace(day=1)]
    while len(months) < count:
        months.append((months[-1] - timedelta(days=1)).replace(day=1))
    return months[::-1]
