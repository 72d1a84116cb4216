"""The periods that run while an application is with the bureau, and beginning one once."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING

import pytest

from registry.actions import filing as verbs
from registry.actions.filing_draft import begin
from registry.models import Filing, FilingStep
from registry.queries.filing_clocks import Period, running
from registry.queries.filing_documents import notice_due
from registry.states import FilingKind
from tests.factories import OrganisationFactory
from tests.registry.applications import DAY, brought_to

if TYPE_CHECKING:
    from pytest_django import DjangoAssertNumQueries

    from registry.models import User

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("state", "period"),
    [
        ("draft", None),
        ("submitted", Period.NOTICE),
        ("returned", None),
        ("accepted", Period.DECISION),
        ("reviewed", Period.DECISION),
        ("approved", None),
        ("denied", None),
        ("not_accepted", None),
        ("withdrawn", None),
    ],
)
def test_a_period_runs_only_while_the_bureau_has_to_act(
    state: str, period: Period | None, officer: User, reviewer: User
) -> None:
    filing = brought_to(state, FilingKind.AMEND, by=officer, other=reviewer)
    found = running([filing], on=DAY).get(filing.pk)
    assert (found.period if found else None) == period


def test_the_notice_period_is_the_one_the_rules_know(officer: User, reviewer: User) -> None:
    filing = brought_to("submitted", FilingKind.AMEND, by=officer, other=reviewer)
    found = running([filing], on=DAY)[filing.pk]
    assert found.due == notice_due(filing)
    assert found.left == 5
    assert found.in_working_days


def test_working_days_are_counted_over_holidays_and_calendar_days_once_it_is_late(
    officer: User, reviewer: User
) -> None:
    filing = brought_to("accepted", FilingKind.AMEND, by=officer, other=reviewer)
    assert filing.due_on == date(2022, 3, 29)
    assert running([filing], on=DAY)[filing.pk].left == 20
    assert running([filing], on=date(2022, 3, 25))[filing.pk].left == 2
    assert running([filing], on=filing.due_on)[filing.pk].left == 0
    assert not running([filing], on=filing.due_on)[filing.pk].is_over
    late = running([filing], on=filing.due_on + timedelta(days=6))[filing.pk]
    assert (late.left, late.is_over) == (-6, True)


def test_the_time_for_an_establishment_is_counted_in_calendar_days(officer: User, reviewer: User) -> None:
    filing = brought_to("accepted", FilingKind.ESTABLISH, by=officer, other=reviewer)
    found = running([filing], on=DAY)[filing.pk]
    assert not found.in_working_days
    assert found.left == (filing.due_on - DAY).days


def test_a_date_in_a_year_nobody_announced_stays_provisional(officer: User, reviewer: User) -> None:
    filing = brought_to("accepted", FilingKind.AMEND, by=officer, other=reviewer)
    filing.due_on, filing.due_provisional = date(2035, 1, 10), True
    assert running([filing], on=date(2034, 12, 30))[filing.pk].due.provisional


def test_thirty_clocks_ask_the_database_as_often_as_one(
    officer: User, reviewer: User, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    filings = [brought_to("submitted", FilingKind.AMEND, by=officer, other=reviewer) for _ in range(4)]
    with django_assert_num_queries(1):
        assert len(running(filings, on=DAY)) == 4


def test_an_application_is_begun_once_however_often_it_is_asked_for(officer: User, reviewer: User) -> None:
    body = OrganisationFactory.create()
    first = begin(kind=FilingKind.AMEND, organisation_id=body.pk, by=officer, on=DAY)
    assert begin(kind=FilingKind.AMEND, organisation_id=body.pk, by=officer, on=DAY) == first
    assert begin(kind=FilingKind.AMEND, organisation_id=body.pk, by=reviewer, on=DAY) != first
    assert begin(kind=FilingKind.CANCEL, organisation_id=body.pk, by=officer, on=DAY) != first
    assert (Filing.objects.count(), FilingStep.objects.count()) == (3, 3)
    verbs.save_draft(
        filing_id=first.pk, version=1, by=officer, on=DAY, applicant="虚构申请人", proposal={}, documents={}
    )
    assert begin(kind=FilingKind.AMEND, organisation_id=body.pk, by=officer, on=DAY) != first
