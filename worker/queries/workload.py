"""Figures of the work: who carries how much, what falls due, what was flagged, how it went month by month.

Each figure comes with the filter that opens the list of findings behind it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.db.models import Count, Exists, OuterRef, Q
from django.db.models.functions import TruncMonth

from cleanup.models import Case, Finding
from cleanup.states import CaseState, Criterion, FindingState
from registry.models import Assignment, Deadline, Filing, User
from registry.queries import deadlines as clocks
from registry.states import SubjectKind
from worker.queries.carried import COMING, MONTHLY, OVERDUE, TO_DO, last_months

if TYPE_CHECKING:
    from datetime import date

    from django.db.models import QuerySet

AHEAD = "14"
MONTHS = 12


@dataclass(frozen=True, slots=True)
class Figure:
    """A number, and the filter of the list of findings that shows what it counts."""

    count: int
    query: dict[str, str]


@dataclass(frozen=True, slots=True)
class Load:
    """What one officer carries; somebody whose account is closed stays listed until the work is handed over."""

    officer: User
    findings: Figure
    cases: Figure
    overdue: Figure

    @property
    def total(self) -> Figure:
        """Return findings and cases together."""
        return Figure(self.findings.count + self.cases.count, {"carrier": str(self.officer.pk)})


def workload(*, on: date) -> list[Load]:
    """Return everybody who carries something, the most loaded first: three queries."""
    waiting = Exists(Finding.objects.filter(TO_DO, pk=OuterRef("subject_id")))
    assigned = Assignment.objects.filter(waiting, subject_kind=SubjectKind.FINDING, returned_on__isnull=True)
    findings = dict(assigned.order_by().values_list("assignee").annotate(count=Count("pk")))
    late = clocks.having(SubjectKind.CASE, clocks.overdue(on=on))
    cases = {
        officer: (count, overdue)
        for officer, count, overdue in Case.objects.filter(state=CaseState.OPEN)
        .order_by()
        .values_list("officer")
        .annotate(count=Count("pk"), overdue=Count("pk", filter=late))
    }
    people = User.objects.filter(pk__in={*findings, *cases}).order_by("pk")
    loads = [_load(each, findings.get(each.pk, 0), *cases.get(each.pk, (0, 0))) for each in people]
    return sorted(loads, key=lambda load: -load.total.count)


def _load(officer: User, findings: int, cases: int, overdue: int) -> Load:
    mine = {"carrier": str(officer.pk)}
    return Load(
        officer,
        findings=Figure(findings, {**mine, "stage": "to_do"}),
        cases=Figure(cases, {**mine, "stage": "in_progress"}),
        overdue=Figure(overdue, {**mine, "due": OVERDUE}),
    )


@dataclass(frozen=True, slots=True)
class Deadlines:
    """Records of one kind by deadline: how many are overdue or fall due soon, and the first of the latter with its day."""

    overdue: int
    coming: int
    first: list[tuple[Any, Deadline]]


def case_deadlines(*, on: date, shown: int = 10) -> Deadlines:
    """Return the cases that are overdue on that day or fall due in the two weeks from it: four queries."""
    return _deadlines(SubjectKind.CASE, Case.objects.select_related("finding__organisation", "officer"), on, shown)


def filing_deadlines(*, on: date, shown: int = 5) -> Deadlines:
    """Return the applications that are overdue on that day or fall due in the two weeks from it: four queries."""
    return _deadlines(SubjectKind.FILING, Filing.objects.select_related("organisation"), on, shown)


def _deadlines(kind: SubjectKind, records: QuerySet[Any], on: date, shown: int) -> Deadlines:
    late = clocks.overdue(on=on).filter(subject_kind=kind)
    near = clocks.due_within(COMING[AHEAD], on=on).filter(subject_kind=kind)
    firsts: dict[int, Deadline] = {}
    for deadline in near:
        firsts.setdefault(deadline.subject_id, deadline)
        if len(firsts) == shown:
            break
    found = records.in_bulk(firsts)
    return Deadlines(
        overdue=late.order_by().values("subject_id").distinct().count(),
        coming=near.order_by().values("subject_id").distinct().count(),
        first=[(found[pk], deadline) for pk, deadline in firsts.items()],
    )


def flags() -> dict[Criterion, Figure]:
    """Return for each criterion the findings that wait for a decision; one may stand under several: one query."""
    pending = Finding.objects.filter(state=FindingState.OPEN)
    counted = pending.aggregate(**{each.value: Count("pk", filter=Q(criteria__contains=each)) for each in Criterion})
    return {each: Figure(counted[each.value], {"stage": "pending", "criterion": each.value}) for each in Criterion}


@dataclass(frozen=True, slots=True)
class Month:
    """One month of the trend, from the dates on the records."""

    month: date
    found: Figure
    confirmed: Figure
    closed: Figure


def trend(*, on: date, months: int = MONTHS) -> list[Month]:
    """Return findings made and confirmed and cases closed in each of the last months, this one included: three queries.

    What was dismissed or withdrawn later still counts in the month it was found.
    """
    listed = last_months(on, months)
    counted = {
        word: _by_month(Finding.objects.all(), column, since=listed[0], on=on) for word, column in MONTHLY.items()
    }
    return [
        Month(
            month,
            *(Figure(counted[word].get(month, 0), {word: f"{month:%Y-%m}"}) for word in MONTHLY),
        )
        for month in listed
    ]


def _by_month(rows: QuerySet[Finding], column: str, *, since: date, on: date) -> dict[Any, int]:
    dated = rows.filter(**{f"{column}__range": (since, on)}).annotate(month=TruncMonth(column)).order_by()
    return dict(dated.values_list("month").annotate(count=Count("pk")))
