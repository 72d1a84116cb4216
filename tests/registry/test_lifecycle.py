"""The lifecycle: every pair of state and verb, the facts each move leaves behind, and the way back."""

from __future__ import annotations

from datetime import timedelta
from itertools import product
from typing import TYPE_CHECKING

import pytest
from django_fsm import TransitionNotAllowed
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from registry.actions.organisation import GUARDS, conclude_liquidation
from registry.models import Event, Organisation
from registry.queries.moves import STATE_VERBS
from registry.queries.verification import faults
from registry.rulebook import Refused
from registry.states import ExitKind, State, Supervision
from tests.factories import UnitFactory, UserFactory
from tests.registry.moves import DAY, EARLIER, EXIT_OF, LEGAL, STATES, again, body_in, move

if TYPE_CHECKING:
    from registry.models import User

pytestmark = pytest.mark.django_db

VERBS = tuple(sorted({verb for _, verb in LEGAL}))


def test_the_table_names_every_state_and_every_verb() -> None:
    machine = Organisation._meta.get_field("state").get_all_transitions(Organisation)
    assert set(STATES) == set(State.values)
    assert set(VERBS) == {each.name for each in machine} == set(GUARDS)
    assert {f"organisation.{verb}" for verb in VERBS} == set(STATE_VERBS)


@pytest.mark.parametrize(("state", "verb"), sorted(product(STATES, VERBS)))
def test_each_verb_works_from_its_own_states_and_from_no_other(
    state: str, verb: str, officer: User, reviewer: User
) -> None:
    body = body_in(state, by=officer, other=reviewer)
    before = body.event_count
    if target := LEGAL.get((state, verb)):
        body = move(verb, body, by=officer, other=reviewer)
        assert body.state == target
        assert body.event_count == before + 1
        last = body.events.last()
        assert (last.verb, last.state, last.on, last.by) == (f"organisation.{verb}", target, DAY, officer)
        assert last.facts["changes"]["state"] == [state, target]
        assert last.basis
    else:
        with pytest.raises(TransitionNotAllowed):
            move(verb, body, by=officer, other=reviewer)
        assert again(body).state == state
        assert again(body).event_count == before
    assert list(faults()) == []


@pytest.mark.parametrize(("state", "verb"), sorted(product(["active", "dormant", "decoupled"], EXIT_OF)))
def test_an_exit_says_how_and_when_and_what_it_left(state: str, verb: str, officer: User, reviewer: User) -> None:
    body = move(verb, body_in(state, by=officer, other=reviewer), by=officer, other=reviewer)
    assert (body.exit_kind, body.exited_from, body.deregistered_on) == (EXIT_OF[verb], state, DAY)
    assert body.cancelled_on == (DAY if verb in {"cancel", "merge"} else None)
    assert body.is_revoked_not_cancelled == (verb in {"revoke", "revoke_licence"})
    assert (body.successor is not None) == (verb == "merge")


@pytest.mark.parametrize(("state", "verb"), sorted(product(["active", "dormant", "decoupled"], EXIT_OF)))
def test_reinstatement_returns_to_the_state_that_was_left(state: str, verb: str, officer: User, reviewer: User) -> None:
    body = body_in(state, by=officer, other=reviewer)
    dates = (body.dormant_since, body.decoupled_on)
    body = move(verb, body, by=officer, other=reviewer)
    body = move("reinstate", body, by=officer, other=reviewer)
    assert body.state == state
    assert (body.dormant_since, body.decoupled_on) == dates
    assert (body.deregistered_on, body.cancelled_on, body.successor) == (None, None, None)
    assert (body.exit_kind, body.exited_from) == ("", "")
    assert body.events.last().facts["proposed_by"] == reviewer.pk


def test_a_dormant_body_returns_to_decoupled_when_it_was_ever_decoupled(officer: User, reviewer: User) -> None:
    body = body_in("decoupled", by=officer, other=reviewer)
    body = move("mark_dormant", body, by=officer, other=reviewer)
    assert (body.state, body.dormant_since, body.decoupled_on) == ("dormant", DAY, EARLIER)
    body = move("reactivate", body, by=officer, other=reviewer)
    assert (body.state, body.dormant_since, body.decoupled_on) == ("decoupled", None, EARLIER)


def test_any_other_dormant_body_returns_to_active(officer: User, reviewer: User) -> None:
    body = move("reactivate", body_in("dormant", by=officer, other=reviewer), by=officer, other=reviewer)
    assert (body.state, body.dormant_since, body.decoupled_on) == ("active", None, None)


def test_a_wrong_decoupling_is_voided_by_two_on_a_document(officer: User, reviewer: User) -> None:
    body = body_in("decoupled", by=officer, other=reviewer)
    for wrong in ({"document_no": " "}, {"proposed_by_id": officer.pk}):
        with pytest.raises(Refused, match="R-300"):
            move("void_decoupling", body, by=officer, other=reviewer, **wrong)
    assert again(body).state == "decoupled"


def test_decoupling_ends_the_supervision_and_the_event_keeps_the_former_unit(officer: User, reviewer: User) -> None:
    unit = UnitFactory.create()
    body = body_in("active", by=officer, other=reviewer, supervising_unit=unit)
    body = move("complete_decoupling", body, by=officer, other=reviewer)
    assert (body.supervision, body.supervising_unit, body.decoupled_on) == (Supervision.DECOUPLED, None, DAY)
    assert body.events.last().facts["changes"]["supervising_unit_id"] == [unit.pk, None]


@pytest.mark.parametrize("verb", ["revoke", "revoke_licence"])
def test_the_legal_person_of_a_revoked_body_ends_with_the_liquidation(verb: str, officer: User, reviewer: User) -> None:
    body = move(verb, body_in("active", by=officer, other=reviewer), by=officer, other=reviewer, on=EARLIER)
    assert body.is_revoked_not_cancelled
    event = conclude_liquidation(
        organisation_id=body.pk, by=officer, on=DAY, reason="清算结束", liquidation_report_on=DAY
    )
    body = again(body)
    assert (body.state, body.exit_kind) == (State.DEREGISTERED, ExitKind(EXIT_OF[verb]))
    assert (body.deregistered_on, body.cancelled_on) == (EARLIER, DAY)
    assert not body.is_revoked_not_cancelled
    assert event.verb == "organisation.conclude_liquidation"
    assert list(faults()) == []


def test_existing_bodies_are_active_dormant_and_decoupled_ones(officer: User, reviewer: User) -> None:
    bodies = {state: body_in(state, by=officer, other=reviewer) for state in STATES}
    existing = set(Organisation.objects.existing().filter(pk__in=[body.pk for body in bodies.values()]))
    assert existing == {bodies["active"], bodies["dormant"], bodies["decoupled"]}
    gone = bodies["deregistered"]
    assert gone in Organisation.objects.existing_on(EARLIER - timedelta(days=1))
    assert gone not in Organisation.objects.existing_on(EARLIER)


@settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(walk=st.lists(st.sampled_from(VERBS), min_size=1, max_size=12))
def test_on_any_walk_state_dates_and_ledger_stay_together(db: None, walk: list[str]) -> None:
    officer, reviewer = UserFactory.create(), UserFactory.create()
    body = body_in("active", by=officer, other=reviewer)
    moved = 1
    for verb in walk:
        state = body.state
        if (state, verb) in LEGAL:
            body = move(verb, body, by=officer, other=reviewer)
            moved += 1
        elif verb == "void_decoupling" and body.decoupled_on:
            body = move(verb, body, by=officer, other=reviewer)
            moved += 1
            assert (body.state, body.decoupled_on) == (state, None)
        else:
            with pytest.raises(TransitionNotAllowed):
                move(verb, body, by=officer, other=reviewer)
            body = again(body)
            assert body.state == state
    assert Event.objects.filter(organisation=body).count() == body.event_count == moved
    assert (body.dormant_since is not None) == (State.DORMANT in {body.state, body.exited_from})
    assert list(faults()) == []
