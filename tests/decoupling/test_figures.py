"""The figures of any day, from records: each association that should decouple stands in exactly one place."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

import pytest
from django.db import transaction
from django_fsm import TransitionNotAllowed
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from decoupling.actions import listing as listings
from decoupling.models import ChecklistItem, Listing
from decoupling.queries.board import board, listing_rows
from decoupling.queries.figures import REASONS, Figures, lines, standing
from decoupling.states import UNSTATED, Category, Heading, Residue
from registry.actions import organisation as organisation_actions
from registry.rulebook import Refused
from tests.decoupling.situations import DAY, accepted, again, association, batch, implementing, listed, settled, voided
from tests.factories import UserFactory

if TYPE_CHECKING:
    from collections.abc import Callable

    from pytest_django import DjangoAssertNumQueries

    from registry.models import Organisation, User

pytestmark = pytest.mark.django_db

PLACES = ("decoupled", "cancelled", "revoked", "merged", "remaining")


@pytest.fixture
def short_list() -> None:
    """Leave two items of the checklist, one of them not blocking: figures do not depend on its length."""
    ChecklistItem.objects.exclude(code__in=("A1", "A4")).delete()


def leave(body: Organisation, how: str, *, by: User, on: date) -> None:
    common: dict[str, Any] = {"organisation_id": body.pk, "by": by, "on": on, "reason": "测试退出"}
    if how == "cancel":
        organisation_actions.cancel(**common, resolution_on=on, consent_no="虚函1号", liquidation_report_on=on)
    elif how == "merge":
        organisation_actions.merge(**common, successor_id=association().pk, resolution_on=on)
    else:
        decision = {"decision_no": "虚罚1号", "decided_on": on, "served_on": on}
        getattr(organisation_actions, how)(**common, **decision)


def reinstate(body: Organisation, *, by: User, on: date) -> None:
    organisation_actions.reinstate(
        organisation_id=body.pk,
        by=by,
        proposed_by=UserFactory.create(),
        on=on,
        reason="复议撤销",
        document_no="虚复1号",
    )


def places(day: date) -> dict[str, int]:
    figures = standing(day)
    return {name: getattr(figures, name) for name in PLACES if getattr(figures, name)}


# --- each place --------------------------------------------------------------------------------------


def test_an_empty_list_has_figures_but_no_rates() -> None:
    assert standing(DAY) == Figures()
    assert standing(DAY).totals()["rate_decoupled"] is None
    assert standing(DAY).totals()["rate_settled"] is None


def test_an_association_counts_from_the_day_it_is_listed(short_list: None) -> None:
    listed(on=DAY)
    assert standing(DAY - timedelta(days=1)).should == 0
    assert standing(DAY).should == 1


def test_decoupled_counts_from_the_day_of_acceptance_and_as_new_in_that_year_only(short_list: None) -> None:
    accepted(listed(on=DAY), on=date(2022, 12, 31))
    assert places(date(2022, 12, 30)) == {"remaining": 1}
    assert (standing(date(2022, 12, 31)).decoupled, standing(date(2022, 12, 31)).decoupled_in_year) == (1, 1)
    assert (standing(date(2023, 1, 1)).decoupled, standing(date(2023, 1, 1)).decoupled_in_year) == (1, 0)


@pytest.mark.parametrize(
    ("how", "place"),
    [("cancel", "cancelled"), ("revoke", "revoked"), ("revoke_licence", "revoked"), ("merge", "merged")],
)
def test_a_body_that_leaves_the_register_is_settled_its_own_way(how: str, place: str, officer: User) -> None:
    body = association(is_charity=True)
    listed(body)
    leave(body, how, by=officer, on=date(2022, 6, 1))
    assert places(date(2022, 5, 31)) == {"remaining": 1}
    assert places(date(2022, 6, 1)) == {place: 1}
    assert standing(date(2022, 6, 1)).rate_settled == 1
    assert standing(date(2022, 6, 1)).rate_decoupled == 0


def test_what_was_decoupled_stays_counted_so_when_it_leaves_later(officer: User, short_list: None) -> None:
    listing = accepted()
    leave(listing.organisation, "cancel", by=officer, on=date(2023, 1, 1))
    assert places(date(2023, 6, 1)) == {"decoupled": 1}


def test_a_reinstated_body_remains_again_and_its_past_stays_as_it_was(officer: User, short_list: None) -> None:
    body = association()
    listing = listed(body)
    leave(body, "revoke", by=officer, on=date(2022, 6, 1))
    reinstate(body, by=officer, on=date(2022, 9, 1))
    leave(body, "cancel", by=officer, on=date(2022, 11, 1))
    reinstate(body, by=officer, on=date(2022, 12, 1))
    accepted(again(listing), on=date(2022, 12, 20))
    days = (DAY, date(2022, 6, 1), date(2022, 8, 31), date(2022, 9, 1), date(2022, 11, 1), date(2022, 12, 1))
    assert [*map(places, days), places(date(2022, 12, 31))] == [
        {"remaining": 1}, {"revoked": 1}, {"revoked": 1}, {"remaining": 1}, {"cancelled": 1}, {"remaining": 1},
        {"decoupled": 1},
    ]  # fmt: skip


def test_categories_count_by_the_day_they_changed(officer: User) -> None:
    listing = listed(category=Category.DEFERRED)
    listed(category=Category.EXEMPT)
    move: dict[str, Any] = {"listing_id": listing.pk, "by": officer, "document_no": "虚3号", "reason": "调整"}
    listings.move(**move, category=Category.LISTED, on=date(2022, 6, 1))
    listings.move(**move, category=Category.EXEMPT, on=date(2022, 9, 1))
    days = (DAY, date(2022, 6, 1), date(2022, 9, 1))
    assert [(each.should, each.deferred, each.exempt) for each in map(standing, days)] == [
        (0, 1, 1), (1, 0, 1), (0, 0, 2),
    ]  # fmt: skip


def test_reasons_for_what_remains_count_by_the_day_they_were_stated(officer: User, short_list: None) -> None:
    listing = implementing()
    listed()
    listings.set_residue(listing_id=listing.pk, residue=Residue.PARTY, by=officer, on=date(2022, 6, 1))
    listings.set_residue(listing_id=listing.pk, residue=Residue.LOST_CONTACT, by=officer, on=date(2022, 9, 1))

    def stated(day: date) -> dict[str, int]:
        return {reason: n for reason, n in standing(day).totals()["remaining_by_reason"].items() if n}

    assert stated(date(2022, 5, 31)) == {UNSTATED: 2}
    assert stated(date(2022, 6, 1)) == {"party": 1, UNSTATED: 1}
    assert stated(date(2022, 9, 1)) == {"lost_contact": 1, UNSTATED: 1}
    assert standing(date(2022, 9, 1)).implementing == 1
    accepted(again(listing), on=date(2022, 10, 1))
    assert stated(date(2022, 10, 1)) == {UNSTATED: 1}


def test_rates_are_rounded_to_four_places(short_list: None) -> None:
    accepted()
    listed()
    listed()
    assert standing(DAY).totals()["rate_decoupled"] == 0.3333


# --- the identity ------------------------------------------------------------------------------------


class Told:
    """One association's history as a plain list of what was true from which day: an oracle that replays it."""

    def __init__(self, category: str, on: date, by: User) -> None:
        self.by = by
        self.body = association()
        self.pk = listed(self.body, category=category, on=on).pk
        self.now: dict[str, Any] = {"category": category, "residue": "", "exit": None, "accepted": None, "plan": False}
        self.diary = [(on, dict(self.now))]

    def step(self, verb: str, on: date, category: str, residue: str) -> None:
        """Try a verb; what the rules refuse changes nothing and is not told."""
        changed = self._does(verb, on, category, residue)
        try:
            with transaction.atomic():
                changed[1]()
        except (Refused, TransitionNotAllowed):
            return
        self.now |= changed[0]
        self.diary.append((on, dict(self.now)))

    def _does(self, verb: str, on: date, category: str, residue: str) -> tuple[dict[str, Any], Callable[[], object]]:
        listing = Listing.objects.get(pk=self.pk)
        asked: dict[str, Any] = {"listing_id": self.pk, "by": self.by, "on": on}
        if verb == "move":
            moved = {**asked, "category": category, "document_no": "虚3号", "reason": "调整"}
            return {"category": category}, lambda: listings.move(**moved)
        if verb == "residue":
            return {"residue": residue}, lambda: listings.set_residue(**asked, residue=residue, note="情况说明")
        if verb == "advance":
            return {"plan": True}, lambda: implementing(listing, on=on)
        done: dict[str, tuple[dict[str, Any], Callable[[], object]]] = {
            "accept": ({"plan": True, "accepted": on, "residue": ""}, lambda: accepted(listing, on=on)),
            "void": ({"accepted": None}, lambda: voided(listing, on=on)),
            "reinstate": ({"exit": None}, lambda: reinstate(self.body, by=self.by, on=on)),
        }
        if verb in done:
            return done[verb]
        return {"exit": verb}, lambda: leave(self.body, verb, by=self.by, on=on)

    def on(self, day: date) -> dict[str, Any] | None:
        """Return what was true at the end of ``day``; None before the body was listed."""
        return next((state for on, state in reversed(self.diary) if on <= day), None)


def expected(told: list[Told], day: date) -> Figures:
    figures = Figures()
    for state in (each.on(day) for each in told):
        if state is None:
            continue
        if state["category"] != "listed":
            name = state["category"]
        else:
            figures.should += 1
            left = {"cancel": "cancelled", "revoke": "revoked", "merge": "merged", None: "remaining"}[state["exit"]]
            name = "decoupled" if state["accepted"] else left
        setattr(figures, name, getattr(figures, name) + 1)
        if name == "decoupled":
            figures.decoupled_in_year += state["accepted"].year == day.year
        if name == "remaining":
            figures.implementing += state["plan"]
            figures.remaining_by_reason[state["residue"] or UNSTATED] += 1
    return figures


EXITS = ("cancel", "revoke", "merge")


def a_step(*verbs: str) -> st.SearchStrategy[tuple[str, int, str, str]]:
    return st.tuples(
        st.sampled_from(verbs), st.integers(0, 200), st.sampled_from(Category.values), st.sampled_from(Residue.values)
    )


one_step = st.tuples(a_step("move", "residue", "advance", "accept", "accept", "void", *EXITS))
annulled_exit = st.tuples(a_step(*EXITS), a_step("reinstate"))
verbs = st.lists(one_step | annulled_exit, max_size=5).map(lambda groups: [step for each in groups for step in each])
histories = st.lists(st.tuples(st.sampled_from(Category.values), st.integers(0, 20), verbs), min_size=1, max_size=3)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(histories=histories)
def test_on_every_day_of_any_history_the_figures_add_up(
    histories: list[tuple[str, int, list[tuple[str, int, str, str]]]], short_list: None, officer: User
) -> None:
    with transaction.atomic():
        told = []
        for category, wait, steps in histories:
            day = DAY + timedelta(days=wait)
            told.append(Told(category, day, officer))
            for verb, later, target, residue in steps:
                day += timedelta(days=later)
                told[-1].step(verb, day, target, residue)
        turns = {on for each in told for on, _ in each.diary}
        for day in sorted(turns | {on - timedelta(days=1) for on in turns} | {date(2026, 11, 1)}):
            figures = standing(day)
            assert figures.should == sum(getattr(figures, place) for place in PLACES)
            assert figures.adds_up
            assert figures.remaining == sum(figures.remaining_by_reason.values())
            assert figures == expected(told, day)
        transaction.set_rollback(True)


# --- the list and the board --------------------------------------------------------------------------


def test_the_list_has_one_line_for_each_body_on_it(officer: User, short_list: None) -> None:
    gone = listed()
    accepted()
    listed(category=Category.EXEMPT)
    leave(gone.organisation, "cancel", by=officer, on=DAY)
    drawn = lines(DAY)
    assert sorted(str(line.standing) for line in drawn) == ["None", "cancelled", "decoupled"]
    assert [line.exit.since for line in drawn if line.exit] == [DAY]


@pytest.mark.parametrize("many", [1, 12])
def test_figures_and_board_take_the_same_few_queries(
    many: int, short_list: None, officer: User, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    for _ in range(many):
        accepted()
        listings.set_residue(listing_id=listed().pk, residue=Residue.PARTY, by=officer, on=DAY)
        reinstated = listed(association(is_charity=True)).organisation
        leave(reinstated, "revoke_licence", by=officer, on=DAY)
        reinstate(reinstated, by=officer, on=DAY)
    with django_assert_num_queries(7):
        assert len([(str(line.listing.former_unit), line.listing.organisation.name) for line in lines(DAY)]) == 3 * many
    with django_assert_num_queries(3):
        assert len([(row.organisation.name, str(row.listing.former_unit)) for row in board()]) == 3 * many


def test_the_board_counts_under_each_heading_what_is_done_of_what_applies() -> None:
    listing = settled(but="D1 D2")
    untouched = listed(batch=2)
    assert batch(2) == untouched.batch
    first, second = board()
    assert (first.listing, second.listing) == (listing, untouched)
    assert {heading.value: (each.done, each.applicable) for heading, each in first.headings.items()} == {
        "A": (5, 6), "B": (4, 4), "C": (6, 6), "D": (4, 6), "E": (4, 4),
    }  # fmt: skip
    assert (first.total.done, first.total.applicable) == (23, 26)
    assert [second.headings[heading].done for heading in Heading] == [0] * 5
    assert [row.listing for row in board(listing_rows().filter(batch=2))] == [untouched]


def test_all_reasons_have_a_place_in_the_totals() -> None:
    assert set(standing(DAY).totals()["remaining_by_reason"]) == set(REASONS) == {*Residue.values, UNSTATED}
