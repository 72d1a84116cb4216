"""Figures of the work: each equals the list its filter opens."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

import pytest
from django.http import QueryDict

from cleanup.actions import case as cases
from cleanup.actions import finding as findings
from cleanup.models import Finding
from cleanup.states import Criterion, Treatment
from console.filters import FindingFilter
from registry.actions.assignment import assign
from registry.models import Subject, User
from registry.states import Role, SubjectKind
from tests.factories import UserFactory
from tests.worker.situations import SWEPT, cancel, found
from worker.queries.carried import OVERDUE
from worker.queries.workload import AHEAD, Figure, case_deadlines, flags, trend, workload

if TYPE_CHECKING:
    from time_machine import TimeMachineFixture

    from cleanup.models import Case

pytestmark = pytest.mark.django_db

ON = date(2022, 8, 1)


@pytest.fixture(autouse=True)
def _today(time_machine: TimeMachineFixture) -> None:
    time_machine.move_to(f"{ON}T09:00:00+08:00", tick=False)


def listed(figure: Figure) -> int:
    form = FindingFilter(QueryDict(urlencode(figure.query)))
    assert form.is_valid(), form.errors
    assert form.is_narrowed
    return form.rows(Finding.objects.all()).count()


def give(finding: Finding, assignee: User) -> None:
    subject = Subject(SubjectKind.FINDING, finding.pk)
    assign(subject=subject, organisation_id=finding.organisation_id, assignee=assignee, by=assignee, on=SWEPT)


def in_case(finding: Finding, officer: User, due_on: date | None, on: date = SWEPT) -> Case:
    findings.confirm(finding_id=finding.pk, by=officer, on=on, reason="属实")
    return cases.open_case(
        finding_id=finding.pk, treatment=Treatment.CANCEL, officer=officer, by=officer, on=on, due_on=due_on
    )


@pytest.fixture
def zhang(db: None) -> User:
    return UserFactory.create(role=Role.ENFORCEMENT)


@pytest.fixture
def work(officer: User, zhang: User) -> list[Finding]:
    """Give the officer one finding and two cases, 张 two findings and one overdue case; two wait, one is done."""
    rows = found(9, by=officer)
    give(rows[0], officer)
    in_case(rows[1], officer, ON)
    in_case(rows[2], officer, None)
    give(rows[3], zhang)
    give(rows[4], zhang)
    findings.confirm(finding_id=rows[4].pk, by=officer, on=date(2022, 7, 4), reason="属实")
    give(rows[5], officer)
    in_case(rows[5], zhang, ON - timedelta(days=1))
    cancel(in_case(rows[6], zhang, ON), by=officer, on=date(2022, 7, 20))
    return rows


def test_everybodys_load_is_counted_and_can_be_opened(work: list[Finding], officer: User, zhang: User) -> None:
    loads = {load.officer: load for load in workload(on=ON)}
    assert {who: (x.findings.count, x.cases.count, x.overdue.count) for who, x in loads.items()} == {
        officer: (1, 2, 0),
        zhang: (2, 1, 1),
    }
    for load in loads.values():
        for figure in (load.total, load.findings, load.cases, load.overdue):
            assert listed(figure) == figure.count


def test_somebody_who_left_stays_listed_until_the_work_is_handed_over(work: list[Finding], zhang: User) -> None:
    User.objects.filter(pk=zhang.pk).update(is_active=False, role=Role.AUDITOR)
    load = next(load for load in workload(on=ON) if load.officer == zhang)
    assert listed(load.total) == load.total.count == 3


def test_deadlines_are_counted_two_weeks_ahead_and_behind(work: list[Finding], officer: User) -> None:
    in_case(work[7], officer, ON + timedelta(days=14))
    in_case(work[8], officer, ON + timedelta(days=15))
    found = case_deadlines(on=ON)
    assert (found.overdue, found.coming) == (1, 2)
    assert [deadline.due_on for _, deadline in found.first] == [ON, ON + timedelta(days=14)]
    for count, which in ((found.overdue, OVERDUE), (found.coming, AHEAD)):
        assert listed(Figure(count, {"due": which})) == count


def test_flags_are_counted_by_criterion(work: list[Finding]) -> None:
    Finding.objects.filter(pk=work[0].pk).update(criteria="AD")
    counted = flags()
    assert {each: figure.count for each, figure in counted.items() if figure.count} == {Criterion.A: 4, Criterion.D: 1}
    for figure in counted.values():
        assert listed(figure) == figure.count


def test_the_trend_tells_each_month_from_the_dates_on_the_records(work: list[Finding]) -> None:
    months = trend(on=ON)
    assert [month.month for month in months][::11] == [date(2021, 9, 1), date(2022, 8, 1)]
    assert len(months) == 12
    told = {f"{m.month:%Y-%m}": (m.found.count, m.confirmed.count, m.closed.count) for m in months}
    assert {month: counts for month, counts in told.items() if any(counts)} == {
        "2022-06": (9, 4, 0),
        "2022-07": (0, 1, 1),
    }
    for month in months:
        for figure in (month.found, month.confirmed, month.closed):
            assert listed(figure) == figure.count


@pytest.mark.parametrize("month", ["9999-12", "0001-01", "2022-13", "2022-06-01", "x"])
def test_a_month_that_makes_no_sense_filters_nothing(work: list[Finding], month: str) -> None:
    form = FindingFilter(QueryDict(urlencode({"found_in": month})))
    assert form.rows(Finding.objects.all()).count() == len(work)


def test_months_have_their_own_ends() -> None:
    assert [month.month for month in trend(on=date(2024, 3, 31), months=3)] == [
        date(2024, 1, 1), date(2024, 2, 1), date(2024, 3, 1),
    ]  # fmt: skip
    assert trend(on=date(2024, 1, 31), months=2)[0].month == date(2023, 12, 1)


def test_figures_take_as_many_queries_with_many_rows(work: list[Finding], django_assert_num_queries: Any) -> None:
    for ask, queries in ((workload, 3), (case_deadlines, 4), (trend, 3)):
        with django_assert_num_queries(queries):
            ask(on=ON)
    with django_assert_num_queries(1):
        flags()
