"""The set form and the single form of the criteria give the same letters, on generated organisations."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from cleanup import rules
from cleanup.actions import determination as determinations
from cleanup.models import Campaign, Determination
from cleanup.queries.criteria import facts_for, judge, window_facts
from cleanup.queries.scope import left_out, on_register
from registry.models import Activity, ActivitySurvey, AnnualReport, ContactAttempt, Organisation, User
from registry.states import Channel, ContactOutcome, Kind
from tests.cleanup.situations import filer, running_campaign, unreached, window
from tests.factories import OrganisationFactory, UserFactory

pytestmark = pytest.mark.django_db

ON = date(2022, 6, 1)


def judged(campaign: Campaign, organisation: Organisation, on: date = ON) -> str:
    """Return the letters by the single form for a body in scope, after checking that the set form agrees."""
    asked = window_facts(campaign.windows.get(kind=organisation.kind), on=on)
    facts = facts_for([organisation.pk], asked, on=on)[organisation.pk]
    there = on_register(campaign, organisation.kind, on=on).filter(pk=organisation.pk).exists()
    single = rules.matched(facts, on=on) if there else ""
    for ids in (None, [organisation.pk]):
        found = judge(campaign, {organisation.kind: asked}, on=on, ids=ids).get(organisation.pk)
        assert (found.criteria if found else "") == single
    return single


def surveyed(organisation: Organisation, until: date = date(2022, 4, 1)) -> None:
    ActivitySurvey.objects.create(organisation=organisation, until=until)


def test_two_missed_years_in_a_row_meet_criterion_a(officer: User) -> None:
    campaign = running_campaign()
    filer(2020, 2021, by=officer)
    assert judged(campaign, OrganisationFactory.create()) == "A"


def test_one_missed_year_does_not_meet_criterion_a(officer: User) -> None:
    campaign = running_campaign()
    filer(2020, 2021, by=officer)
    assert judged(campaign, filer(2020, by=officer)) == ""


def test_before_the_due_date_nobody_has_missed_the_report(officer: User) -> None:
    campaign = running_campaign()
    filer(2020, 2021, by=officer)
    body = OrganisationFactory.create()
    assert judged(campaign, body, on=date(2022, 5, 31)) == ""
    assert judged(campaign, body, on=date(2022, 6, 1)) == "A"


def test_a_year_nobody_s_report_was_entered_for_is_not_judged(officer: User) -> None:
    campaign = running_campaign()
    filer(2020, by=officer)
    assert judged(campaign, OrganisationFactory.create()) == ""


def test_a_body_too_young_for_the_first_year_is_not_judged_on_reports(officer: User) -> None:
    campaign = running_campaign()
    filer(2020, 2021, by=officer)
    assert judged(campaign, OrganisationFactory.create(established_on=date(2021, 1, 1))) == ""


def test_a_body_without_establishment_date_is_not_judged(officer: User) -> None:
    campaign = running_campaign()
    filer(2020, 2021, by=officer)
    body = OrganisationFactory.create(established_on=None)
    surveyed(body)
    assert judged(campaign, body) == ""


def test_no_activity_on_file_means_nothing_before_a_survey() -> None:
    campaign = running_campaign()
    body = OrganisationFactory.create()
    assert judged(campaign, body) == ""
    surveyed(body, until=date(2021, 11, 30))
    assert judged(campaign, body) == ""
    surveyed(body, until=date(2021, 12, 1))
    assert judged(campaign, body) == "BC"


def test_a_later_survey_does_not_undo_what_an_earlier_one_showed() -> None:
    campaign = running_campaign()
    body = OrganisationFactory.create()
    surveyed(body, until=date(2022, 4, 1))
    surveyed(body, until=date(2022, 11, 1))
    assert judged(campaign, body) == "BC"


@pytest.mark.parametrize(("days_after", "letters_met"), [(31 * 12 - 1, ""), (31 * 12, "B")])
def test_a_survey_must_reach_past_the_first_year(days_after: int, letters_met: str) -> None:
    columns = {"surveyed_since": date(2021, 1, 1)}
    campaign = running_campaign(windows=[window(kind, **columns) for kind in Kind])
    body = OrganisationFactory.create(established_on=date(2021, 4, 1))
    surveyed(body, until=date(2021, 4, 1) + timedelta(days=days_after))
    assert judged(campaign, body, on=date(2022, 8, 1)) == letters_met


def test_an_activity_in_the_window_cures_criterion_c_and_b() -> None:
    campaign = running_campaign()
    body = OrganisationFactory.create()
    surveyed(body)
    Activity.objects.create(organisation=body, held_on=date(2019, 12, 31), title="年会")
    assert judged(campaign, body) == "C"
    Activity.objects.create(organisation=body, held_on=date(2020, 1, 1), title="年会")
    assert judged(campaign, body) == ""


def test_two_letters_and_one_call_without_answer_meet_criterion_d(officer: User) -> None:
    campaign = running_campaign()
    body = OrganisationFactory.create()
    unreached(body, by=officer)
    assert judged(campaign, body) == "D"


def test_being_reached_later_cures_criterion_d(officer: User) -> None:
    campaign = running_campaign()
    body = OrganisationFactory.create()
    unreached(body, by=officer)
    ContactAttempt.objects.create(
        organisation=body, channel=Channel.PHONE, target="x", tried_on=date(2022, 4, 1), outcome=ContactOutcome.REACHED
    )
    assert judged(campaign, body) == ""


@pytest.mark.parametrize("criterion", ["E", "F"])
def test_a_determination_counts_until_it_is_lifted(criterion: str, officer: User) -> None:
    campaign = running_campaign()
    body = OrganisationFactory.create()
    determinations.determine(
        organisation_id=body.pk, criterion=criterion, document_no="虚教发〔2022〕3号", made_by_unit="虚构区教育局", by=officer, on=date(2022, 5, 1)
    )  # fmt: skip
    assert judged(campaign, body) == criterion
    determinations.lift(
        determination_id=Determination.objects.get().pk, by=officer, on=date(2022, 5, 20), reason="已换届"
    )
    assert judged(campaign, body) == ""
    assert judged(campaign, body, on=date(2022, 5, 19)) == criterion


def test_held_bodies_and_other_authorities_are_not_looked_at() -> None:
    campaign = running_campaign(scope_authority="虚构区民政局")
    inside = OrganisationFactory.create(registration_authority="虚构区民政局")
    OrganisationFactory.create(registration_authority="别处民政局")
    held = OrganisationFactory.create(
        registration_authority="虚构区民政局", held_on=date(2022, 1, 1), hold_reason="诉讼"
    )
    assert list(on_register(campaign, Kind.ASSOCIATION, on=ON)) == [inside, held]
    assert [*left_out(campaign, on=ON)] == [held.pk]


days = st.dates(min_value=date(2019, 11, 1), max_value=date(2022, 9, 1))
attempts = st.lists(
    st.tuples(st.sampled_from(Channel.values), st.sampled_from(ContactOutcome.values), days), max_size=6
)
histories = st.fixed_dictionaries(
    {
        "established_on": st.none() | days | st.sampled_from([date(2020, 2, 29), date(2021, 6, 30), date(2010, 1, 1)]),
        "surveyed_on": st.lists(days, max_size=2),
        "reports": st.dictionaries(st.sampled_from([2019, 2020, 2021]), days, max_size=3),
        "activities": st.lists(days, max_size=3),
        "attempts": attempts,
        "determinations": st.lists(st.tuples(st.sampled_from("EF"), days, st.none() | st.integers(0, 300)), max_size=2),
    }
)


def _live(kind: str, history: dict[str, Any]) -> Organisation:
    body = OrganisationFactory.create(kind=kind, established_on=history["established_on"])
    for until in history["surveyed_on"]:
        ActivitySurvey.objects.create(organisation=body, until=until)
    for year, filed_on in history["reports"].items():
        AnnualReport.objects.create(organisation=body, year=year, filed_on=filed_on)
    for held_on in history["activities"]:
        Activity.objects.create(organisation=body, held_on=held_on, title="活动")
    for channel, outcome, tried_on in history["attempts"]:
        ContactAttempt.objects.create(
            organisation=body, channel=channel, target="x", tried_on=tried_on, outcome=outcome, proof="x"
        )
    for criterion, made_on, lasted in history["determinations"]:
        Determination.objects.create(
            organisation=body, criterion=criterion, made_on=made_on, document_no="x", made_by_unit="x",
            lifted_on=None if lasted is None else made_on + timedelta(days=lasted),
        )  # fmt: skip
    return body


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    bodies=st.lists(st.tuples(st.sampled_from(Kind.values), histories), min_size=1, max_size=4),
    on=st.dates(min_value=date(2022, 1, 1), max_value=date(2022, 12, 31)) | st.sampled_from([date(2022, 2, 28), ON]),
    missed_years=st.integers(1, 2),
    months=st.sampled_from([1, 6, 12]),
    attempts_needed=st.integers(1, 2),
)
def test_the_set_form_agrees_with_the_single_form(
    db: None, bodies: list[Any], on: date, missed_years: int, months: int, attempts_needed: int
) -> None:
    columns = {"missed_years": missed_years, "first_year_months": months, "address_attempts": attempts_needed}
    with transaction.atomic():
        campaign = running_campaign(windows=[window(kind, **columns) for kind in Kind])
        witness = UserFactory.create()
        for kind in Kind:
            filer(2021, by=witness, kind=kind)
        for body in [_live(kind, history) for kind, history in bodies]:
            judged(campaign, body, on=on)
        transaction.set_rollback(True)
