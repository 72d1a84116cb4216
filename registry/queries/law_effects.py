"""What the law as it stands makes of the register's own deadlines and annual reports, for comparing two laws.

A running deadline is counted by the law; an annual report is due by it. What a change moves further up (findings, cases)
is told by the packages there.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db.models import Max, Min

from registry.models import AnnualReport, Deadline, Organisation
from registry.models.deadline import RUNNING
from registry.queries.deadlines import recomputed
from registry.queries.law_proposals import Effect, Result
from registry.queries.reports import duty, report_policies
from registry.states import EXISTING, Kind

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from datetime import date

    from registry.queries.deadlines import Recount
    from registry.queries.law_proposals import Results
    from registry.queries.reports import Duty

PIECE = 500
"""Rows asked for by their numbers in one query."""

ReportLaw = dict[tuple[str, int], "Duty | None"]
"""What policy says of annual reports, by kind of body and year."""


def deadline_results() -> Results:
    """Return when each running deadline that a policy counts is due by the law as it stands."""
    rows = list(Deadline.objects.filter(RUNNING).exclude(policy="").order_by("pk"))
    moved = {each.deadline.pk: each for each in recomputed(rows)}
    return {
        f"deadline:{row.pk}": Result(row.organisation_id, row.book.label, _due(row, moved.get(row.pk))) for row in rows
    }


def _due(row: Deadline, moved: Recount | None) -> str:
    due_on, provisional, basis, verified = row.due_on, row.provisional, row.basis, row.verified
    if moved is not None:
        due_on, provisional = moved.new.on, moved.new.provisional
    if moved is not None and moved.terms is not None:
        basis, verified = moved.terms.basis, moved.terms.verified
    remarks = [text for text, said in (("暂定", provisional), ("待核实", not verified)) if said]
    return "；".join([f"{due_on} 到期", *([f"依据{basis}"] if basis else []), *remarks])


def report_law(*, on: date) -> ReportLaw:
    """Return what policy says of every year's reports of every kind, as known on the day ``on``."""
    policies = report_policies()
    first = Organisation.objects.aggregate(first=Min("established_on"))["first"] or on
    return {
        (kind, year): duty(policies, kind, year, on=on)
        for kind in Kind.values
        for year in range(first.year, on.year + 1)
    }


def report_effects(before: ReportLaw, after: ReportLaw, *, on: date) -> Iterator[Effect]:
    """Yield each body on the register whose standing with a year's report differs between two laws."""
    for kind, year in sorted(key for key in before if before[key] != after[key]):
        was, will = before[kind, year], after[kind, year]
        bodies = Organisation.objects.filter(kind=kind, state__in=EXISTING, established_on__year__lte=year)
        filed = AnnualReport.objects.filter(organisation__in=bodies, year=year, filed_on__lte=on)
        filed_on = dict(filed.order_by().values_list("organisation").annotate(filed_on=Max("filed_on")))
        for pk, established_on in bodies.order_by("pk").values_list("pk", "established_on").iterator(chunk_size=2000):
            told = [_standing(each, established_on, filed_on.get(pk), on) for each in (was, will)]
            if told[0] != told[1]:
                yield Effect(pk, f"report:{pk}/{year}", f"{year}年度年检（年报）", *told)


def _standing(owed: Duty | None, established_on: date | None, filed_on: date | None, on: date) -> str:
    if owed is None:
        return "没有报送期限"
    if filed_on is not None:
        late = (filed_on - owed.due_on).days
        return f"{filed_on} 报送，逾期 {late} 日" if late > 0 else f"{filed_on} 报送，未逾期"
    if established_on is None or established_on > owed.established_by:
        return f"成立于 {established_on}，不需要报送"
    if on <= owed.due_on:
        return f"{owed.due_on} 到期，尚未到期"
    return f"应于 {owed.due_on} 前报送，未报送"


def moved_deadlines(effects: Iterable[Effect]) -> list[Recount]:
    """Return how the deadlines among ``effects`` are counted by the law as it now stands."""
    ids = [int(each.subject.removeprefix("deadline:")) for each in effects if each.subject.startswith("deadline:")]
    pieces = (ids[start : start + PIECE] for start in range(0, len(ids), PIECE))
    return [
        each for piece in pieces for each in recomputed(Deadline.objects.filter(RUNNING, pk__in=piece).order_by("pk"))
    ]
