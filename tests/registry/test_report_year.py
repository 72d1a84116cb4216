"""The annual reports of one year across the register agree with the calendar of each organisation."""

from __future__ import annotations

from datetime import date, timedelta
from itertools import product
from typing import TYPE_CHECKING

import pytest

from registry.actions import evidence
from registry.actions import organisation as verbs
from registry.models import Organisation, Policy
from registry.queries.report_year import FILED_LATE, bodies_reporting
from registry.queries.reports import report_calendar
from registry.states import Kind, ReportStatus
from tests.factories import OrganisationFactory
from tests.registry.moves import move

if TYPE_CHECKING:
    from pytest_django import DjangoAssertNumQueries

    from registry.models import User

pytestmark = pytest.mark.django_db

YEAR = 2022
DUE = date(2023, 5, 31)
DAYS = [date(2022, 12, 1), date(2023, 4, 30), DUE, DUE + timedelta(days=1), date(2024, 1, 1)]


@pytest.fixture
def register(officer: User, reviewer: User) -> None:
    """Fill the register with every kind, early and late reports of every conclusion, young bodies and one that left."""
    for kind, established_on in product(
        Kind, [date(2010, 1, 1), date(2022, 6, 30), date(2022, 7, 1), date(2023, 1, 1)]
    ):
        OrganisationFactory.create(kind=kind, established_on=established_on)
    OrganisationFactory.create(established_on=None)
    for filed_on, conclusion in product(
        [date(2023, 3, 1), DUE + timedelta(days=9)], ["pending", "qualified", "basically_qualified", "unqualified"]
    ):
        body = OrganisationFactory.create()
        evidence.file_report(organisation_id=body.pk, year=YEAR, filed_on=filed_on, conclusion=conclusion, by=officer)
    for left_on in (date(2023, 5, 1), date(2023, 9, 1)):
        move("cancel", OrganisationFactory.create(), by=officer, other=reviewer, on=left_on)


@pytest.mark.parametrize("on", DAYS)
def test_both_ways_give_every_body_the_same_standing(register: None, on: date) -> None:
    by_body = {
        body.pk: (found.status, found.due_on, found.report and found.report.filed_on)
        for body in Organisation.objects.all()
        for found in report_calendar(body, on)
        if found.year == YEAR
    }
    at_once = {
        row.pk: (row.report_status, row.report_due_on, row.report_filed_on)
        for row in bodies_reporting(Organisation.objects.all(), YEAR, on)
    }
    assert at_once == by_body
    assert len(at_once) > 10


def test_late_is_late_whatever_was_concluded(register: None) -> None:
    late = bodies_reporting(Organisation.objects.all(), YEAR, DAYS[-1]).filter(FILED_LATE)
    assert sorted(late.values_list("report_status", flat=True)) == sorted(
        [ReportStatus.LATE, ReportStatus.QUALIFIED, ReportStatus.BASICALLY_QUALIFIED, ReportStatus.UNQUALIFIED]
    )


def test_a_year_costs_two_queries(register: None, django_assert_num_queries: DjangoAssertNumQueries) -> None:
    with django_assert_num_queries(2):
        list(bodies_reporting(Organisation.objects.all(), YEAR, DAYS[-1]))


def test_without_a_due_date_nobody_is_said_to_owe(register: None) -> None:
    Policy.objects.filter(key="annual_report.due").delete()
    assert not bodies_reporting(Organisation.objects.all(), YEAR, DAYS[-1]).exists()


def test_a_body_on_hold_still_reports(officer: User) -> None:
    body = OrganisationFactory.create()
    verbs.hold(organisation_id=body.pk, on=date(2023, 1, 1), by=officer, reason="诉讼中")
    assert bodies_reporting(Organisation.objects.all(), YEAR, DAYS[-1]).get().report_status == ReportStatus.MISSING
