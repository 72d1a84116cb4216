"""Annual reports year by year, and their conclusions."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

import pytest

from registry.actions import evidence
from registry.models import Event, Policy
from registry.queries.law import NoPolicy
from registry.queries.reports import report_calendar
from registry.states import Kind, ReportStatus
from tests.factories import OrganisationFactory
from tests.registry.moves import body_in, move

if TYPE_CHECKING:
    from pytest_django import DjangoAssertNumQueries

    from registry.models import User

pytestmark = pytest.mark.django_db


def statuses(body: Any, on: date) -> dict[int, str]:
    return {each.year: each.status for each in report_calendar(body, on)}


def test_every_year_since_establishment_stands_somewhere(
    officer: User, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    body = OrganisationFactory.create(kind=Kind.PRIVATE_NON_ENTERPRISE, established_on=date(2015, 7, 1))
    for year, filed_on, conclusion in (
        (2016, date(2017, 5, 31), "qualified"),
        (2017, date(2018, 3, 1), "basically_qualified"),
        (2018, date(2019, 3, 1), "unqualified"),
        (2019, date(2020, 6, 1), "pending"),
        (2020, date(2021, 6, 2), "qualified"),
        (2021, date(2022, 4, 1), "pending"),
    ):
        evidence.file_report(organisation_id=body.pk, year=year, filed_on=filed_on, conclusion=conclusion, by=officer)
    with django_assert_num_queries(2):
        found = report_calendar(body, date(2024, 5, 31))
    assert [(each.year, each.status.value, each.days_late) for each in found] == [
        (2024, "not_due", 0),
        (2023, "not_due", 0),
        (2022, "missing", 0),
        (2021, "pending", 0),
        (2020, "qualified", 2),
        (2019, "late", 1),
        (2018, "unqualified", 0),
        (2017, "basically_qualified", 0),
        (2016, "qualified", 0),
        (2015, "exempt", 0),
    ]
    assert found[0].due_on == date(2025, 5, 31)
    assert statuses(body, date(2024, 6, 1))[2023] == ReportStatus.MISSING
    assert statuses(body, date(2022, 3, 31))[2021] == ReportStatus.NOT_DUE


@pytest.mark.parametrize(
    ("kind", "established_on", "first"),
    [
        (Kind.PRIVATE_NON_ENTERPRISE, date(2022, 6, 30), ReportStatus.MISSING),
        (Kind.PRIVATE_NON_ENTERPRISE, date(2022, 7, 1), ReportStatus.EXEMPT),
        (Kind.ASSOCIATION, date(2022, 12, 31), ReportStatus.MISSING),
        (Kind.FOUNDATION, date(2022, 12, 31), ReportStatus.MISSING),
    ],
)
def test_a_young_body_reports_as_its_kind_is_asked_to(kind: Kind, established_on: date, first: str) -> None:
    body = OrganisationFactory.create(kind=kind, established_on=established_on)
    assert statuses(body, date(2023, 6, 1))[2022] == first


def test_a_foundation_is_due_in_march_and_a_charity_reports_instead_of_being_inspected() -> None:
    body = OrganisationFactory.create(kind=Kind.FOUNDATION, charity=True)
    newest = report_calendar(body, date(2023, 4, 1))[0]
    assert (newest.due_on, newest.name) == (date(2024, 3, 31), "年报")
    assert report_calendar(OrganisationFactory.create(), date(2023, 4, 1))[0].name == "年检"


def test_a_body_that_left_owes_nothing_that_fell_due_later(officer: User, reviewer: User) -> None:
    body = body_in("active", by=officer, other=reviewer)
    body = move("cancel", body, by=officer, other=reviewer, on=date(2022, 3, 1))
    assert max(statuses(body, date(2024, 6, 1))) == 2020
    assert statuses(body, date(2022, 2, 28))[2021] == ReportStatus.NOT_DUE


def test_what_cannot_be_known_is_not_guessed() -> None:
    assert report_calendar(OrganisationFactory.create(established_on=None), date(2023, 1, 1)) == []
    old = OrganisationFactory.create(established_on=date(1990, 1, 1))
    assert min(statuses(old, date(2023, 1, 1))) == 1997
    Policy.objects.filter(key="annual_report.due").delete()
    with pytest.raises(NoPolicy, match=r"annual_report\.due"):
        report_calendar(old, date(2023, 1, 1))


def test_a_conclusion_is_one_event_and_a_changed_one_tells_the_former(officer: User) -> None:
    body = OrganisationFactory.create()
    evidence.file_report(organisation_id=body.pk, year=2021, filed_on=date(2022, 5, 20), by=officer)
    for conclusion, reason in (("qualified", ""), ("unqualified", "查实弄虚作假")):
        count = Event.objects.count()
        event = evidence.conclude_report(
            organisation_id=body.pk, year=2021, conclusion=conclusion, by=officer, on=date(2022, 6, 10), reason=reason
        )
        assert Event.objects.count() == count + 1
        assert statuses(body, date(2022, 6, 10))[2021] == conclusion
    assert event.facts["report"] == {"year": 2021, "conclusion": "unqualified", "before": "qualified"}
