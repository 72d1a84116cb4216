"""The register on a past day: the ledger alone gives back every row as it stands, and as it stood."""

from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pytest_django import DjangoAssertNumQueries

from registry.actions import evidence
from registry.actions import organisation as verbs
from registry.actions.ledger import TRACKED
from registry.models import Organisation, User
from registry.queries.as_of import (
    REPLAYED,
    known_on,
    ledger_begins_on,
    organisation_as_of,
    organisations_as_of,
    replay,
)
from registry.states import Kind, State
from tests.factories import OrganisationFactory, UnitFactory, UserFactory
from tests.registry.moves import LEGAL, again, body_in, move

START = date(2022, 2, 1)
DAYS = st.integers(0, 6).map(lambda days: timedelta(days=days))
AMENDMENTS = st.sampled_from(
    [
        {"name": "虚构区甲协会"},
        {"name": "虚构区乙协会", "address": ""},
        {"capital": None},
        {"capital": "30000.50", "is_charity": True},
        {"certificate_from": date(2020, 1, 1), "certificate_until": date(2024, 1, 1)},
        {"supervising_unit": None},
        {"business_scope": "业务，带“引号”和\n换行"},
    ]
)
STEPS = st.one_of(
    st.tuples(st.just("amend"), AMENDMENTS, DAYS),
    st.tuples(st.sampled_from(["hold", "release", "survey"]), st.none(), DAYS),
    st.tuples(st.sampled_from(sorted({verb for _, verb in LEGAL})), st.none(), DAYS),
)


def test_the_ledger_tells_of_exactly_the_tracked_columns() -> None:
    assert set(REPLAYED) == set(TRACKED)


def columns_of(body: Organisation) -> dict[str, Any]:
    return {name: getattr(body, name) for name in TRACKED}


def take(step: tuple[str, Any, timedelta], body: Organisation, on: date, officers: tuple[User, User]) -> None:
    verb, told, _ = step
    by, other = officers
    if verb == "amend":
        told = {**told, "name": f"{told['name']}{body.pk}"} if "name" in told else told
        verbs.amend(organisation_id=body.pk, changes=told, by=by, on=on, reason="变更")
    elif verb == "survey":
        evidence.survey_activity(organisation_id=body.pk, until=on, by=by, reason="核查")
    elif verb == "hold" and body.held_on is None and body.state != State.DEREGISTERED:
        verbs.hold(organisation_id=body.pk, by=by, on=on, reason="诉讼中")
    elif verb == "release" and body.held_on is not None:
        verbs.release(organisation_id=body.pk, by=by, on=on, reason="诉讼结束")
    elif (body.state, verb) in LEGAL and not (verb == "mark_dormant" and body.held_on):
        move(verb, body, by=by, other=other, on=on)


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(walk=st.lists(STEPS, max_size=14))
def test_replaying_all_events_gives_the_live_row_and_replaying_some_the_row_of_that_day(
    db: None, walk: list[tuple[str, Any, timedelta]]
) -> None:
    officers = UserFactory.create(), UserFactory.create()
    body = body_in("active", by=officers[0], other=officers[1], supervising_unit=UnitFactory.create())
    on, stood = START, {START: columns_of(again(body))}
    for step in walk:
        on += step[2]
        take(step, again(body), on, officers)
        stood[on] = columns_of(again(body))
    assert replay(body.events.order_by("seq")) == columns_of(again(body))
    for day, columns in stood.items():
        past = organisation_as_of(body, day)
        assert past is not None
        assert columns_of(past.organisation) == columns, day
        row = known_on(Organisation.objects.filter(pk=body.pk), day).get()
        assert (row.past_state, row.past_kind) == (columns["state"], columns["kind"])


@pytest.mark.django_db
def test_a_body_is_unknown_before_its_first_event(officer: User) -> None:
    body = OrganisationFactory.create(on=date(2022, 3, 1))
    evidence.record_activity(organisation_id=body.pk, held_on=date(2021, 5, 1), title="年会", by=officer)
    assert ledger_begins_on() == date(2022, 3, 1)
    assert organisation_as_of(body, date(2022, 2, 28)) is None
    assert not known_on(Organisation.objects.all(), date(2022, 2, 28)).exists()
    past = organisation_as_of(body, date(2022, 3, 1))
    assert past is not None
    assert past.organisation.name == body.name
    assert known_on(Organisation.objects.all(), date(2022, 3, 1)).exists()


@pytest.mark.django_db
def test_what_is_recorded_late_counts_from_its_own_day(officer: User) -> None:
    body = OrganisationFactory.create(address="甲")
    for address, on in (("乙", date(2022, 5, 1)), ("丙", date(2022, 3, 1))):
        verbs.amend(organisation_id=body.pk, changes={"address": address}, by=officer, on=on, reason="更正")
    addresses = [
        past.organisation.address
        for day in (date(2022, 2, 28), date(2022, 3, 1), date(2022, 5, 1))
        if (past := organisation_as_of(body, day))
    ]
    assert addresses == ["甲", "丙", "丙"]


@pytest.mark.django_db
def test_names_and_units_are_those_of_the_day(officer: User) -> None:
    unit, later = UnitFactory.create(name="虚构区原局"), UnitFactory.create(name="虚构区新局")
    body = OrganisationFactory.create(name="虚构区旧名协会", supervising_unit=unit)
    verbs.amend(
        organisation_id=body.pk,
        changes={"name": "虚构区新名协会", "supervising_unit": later},
        by=officer,
        on=date(2022, 5, 1),
        reason="更名",
    )
    before, after = (organisation_as_of(body, on) for on in (date(2022, 4, 30), date(2022, 5, 1)))
    assert before is not None
    assert after is not None
    assert (before.organisation.name, before.organisation.supervising_unit, before.former_names) == (
        "虚构区旧名协会",
        unit,
        (),
    )
    assert (after.organisation.name, after.organisation.supervising_unit) == ("虚构区新名协会", later)
    assert after.former_names == (("虚构区旧名协会", date(2022, 5, 1)),)


@pytest.mark.django_db
def test_a_page_of_the_past_takes_as_many_queries_for_one_body_as_for_thirty(
    officer: User, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    unit = UnitFactory.create()
    ids = [OrganisationFactory.create(supervising_unit=unit, by=officer).pk for _ in range(30)]
    for some in (ids[:1], ids):
        with django_assert_num_queries(2):
            found = organisations_as_of(some, date(2022, 1, 1))
            assert {each.organisation.supervising_unit for each in found.values()} == {unit}
        assert set(found) == set(some)


@pytest.mark.django_db
def test_state_and_kind_of_the_day_can_be_filtered(officer: User, reviewer: User) -> None:
    body = body_in("active", by=officer, other=reviewer, on=date(2022, 1, 1))
    move("mark_dormant", body, by=officer, other=reviewer, on=date(2022, 3, 1))
    OrganisationFactory.create(kind=Kind.FOUNDATION, on=date(2022, 1, 1))
    for on, dormant in ((date(2022, 2, 28), 0), (date(2022, 3, 1), 1)):
        rows = known_on(Organisation.objects.all(), on)
        assert rows.filter(past_state=State.DORMANT).count() == dormant
        assert rows.filter(past_kind=Kind.FOUNDATION).count() == 1
