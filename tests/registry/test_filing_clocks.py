"""The periods that run while an application is with the bureau, and beginning one once."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING

import pytest

from registry.actions import filing as verbs
from registry.actions.filing_draft import begin
from registry.models import Deadline, Filing, FilingStep
from registry.queries.deadlines import first_due, next_due, of_subject, would_be_due
from registry.states import FilingKind, SubjectKind
from tests.factories import OrganisationFactory
from tests.registry.applications import DAY, brought_to, clock_of

if TYPE_CHECKING:
    from pytest_django import DjangoAssertNumQueries

    from registry.models import User
    from registry.queries.deadlines import Standing

pytestmark = pytest.mark.django_db


def running(*filings: Filing, on: date = DAY) -> dict[int, Standing]:
    return next_due(SubjectKind.FILING, (each.pk for each in filings), on=on)


@pytest.mark.parametrize(
    ("state", "kind"),
    [
        ("draft", None),
        ("submitted", "filing.notice"),
        ("returned", None),
        ("accepted", "filing.decision"),
        ("reviewed", "filing.decision"),
        ("approved", None),
        ("denied", None),
        ("not_accepted", None),
        ("withdrawn", None),
    ],
)
def test_a_period_runs_only_while_the_bureau_has_to_act(
    state: str, kind: str | None, officer: User, reviewer: User
) -> None:
    filing = brought_to(state, FilingKind.AMEND, by=officer, other=reviewer)
    found = running(filing).get(filing.pk)
    assert (found.deadline.kind if found else None) == kind


@pytest.mark.parametrize(
    ("state", "ended"),
    [
        ("returned", ["met"]),
        ("not_accepted", ["met"]),
        ("withdrawn", ["waived"]),
        ("denied", ["met", "met"]),
        ("approved", ["met", "met"]),
    ],
)
@pytest.mark.parametrize("kind", [FilingKind.ESTABLISH, FilingKind.AMEND])
def test_what_ran_is_met_by_what_the_bureau_does_and_falls_away_with_the_application(
    state: str, ended: list[str], kind: str, officer: User, reviewer: User
) -> None:
    filing = brought_to(state, kind, by=officer, other=reviewer)
    rows = of_subject(filing.subject)
    assert ["met" if each.met_on else "waived" if each.waived_on else "" for each in rows] == ended
    told = [line["row"]["id"] for step in filing.steps.all() for line in step.facts.get("deadlines", ())]
    assert set(told) == {each.pk for each in rows}


def test_the_ledger_of_a_body_tells_the_clocks_of_its_applications(officer: User, reviewer: User) -> None:
    filing = brought_to("approved", FilingKind.AMEND, by=officer, other=reviewer)
    told = [
        (event.verb, [line["did"] for line in event.facts["deadlines"]])
        for event in filing.organisation.events.filter(seq__gt=1)
        if "deadlines" in event.facts
    ]
    assert told == [
        ("filing.submit", ["start"]),
        ("filing.accept", ["meet", "start"]),
        ("organisation.amend", ["meet"]),
    ]


def test_the_notice_period_is_five_working_days(officer: User, reviewer: User) -> None:
    filing = brought_to("submitted", FilingKind.AMEND, by=officer, other=reviewer)
    found = running(filing)[filing.pk]
    assert found.deadline.due_on == would_be_due("filing.notice", starts_on=DAY).on == date(2022, 3, 8)
    assert (found.left, found.deadline.in_working_days) == (5, True)


def test_working_days_are_counted_over_holidays_and_calendar_days_once_it_is_late(
    officer: User, reviewer: User
) -> None:
    filing = brought_to("accepted", FilingKind.AMEND, by=officer, other=reviewer)
    due_on = clock_of(filing).due_on
    assert due_on == date(2022, 3, 29)
    assert running(filing)[filing.pk].left == 20
    assert running(filing, on=date(2022, 3, 25))[filing.pk].left == 2
    assert running(filing, on=due_on)[filing.pk].left == 0
    assert not running(filing, on=due_on)[filing.pk].is_over
    late = running(filing, on=due_on + timedelta(days=6))[filing.pk]
    assert (late.left, late.is_over) == (-6, True)


def test_the_time_for_an_establishment_is_counted_in_calendar_days(officer: User, reviewer: User) -> None:
    filing = brought_to("accepted", FilingKind.ESTABLISH, by=officer, other=reviewer)
    found = running(filing)[filing.pk]
    assert (found.deadline.kind, found.deadline.organisation) == ("filing.establishment", None)
    assert not found.deadline.in_working_days
    assert found.left == (found.deadline.due_on - DAY).days


def test_days_left_in_a_year_nobody_announced_are_provisional(officer: User, reviewer: User) -> None:
    filing = brought_to("accepted", FilingKind.AMEND, by=officer, other=reviewer)
    Deadline.objects.filter(pk=clock_of(filing).pk).update(due_on=date(2035, 1, 10))
    assert running(filing, on=date(2034, 12, 30))[filing.pk].provisional


def test_thirty_clocks_ask_the_database_as_often_as_one(
    officer: User, reviewer: User, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    filings = [brought_to("submitted", FilingKind.AMEND, by=officer, other=reviewer) for _ in range(4)]
    with django_assert_num_queries(2):
        assert len(running(*filings)) == 4
    with django_assert_num_queries(0):
        assert running() == {}
    with django_assert_num_queries(1):
        dated = Filing.objects.annotate(due=first_due(SubjectKind.FILING, on=date(2022, 3, 8)))
        assert {each.due for each in dated} == {date(2022, 3, 8)}


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
