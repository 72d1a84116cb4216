"""What may follow an acceptance: a void, 回头看, warnings; figures kept as reported and compared."""

from __future__ import annotations

import hashlib
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

import pytest
from django_fsm import TransitionNotAllowed

from decoupling.actions import acceptance, aftercare, item, review, snapshot
from decoupling.models import ChecklistItem, ItemStatus, Listing, ReviewRound, Revisit
from decoupling.queries.aftercare import watch, watched
from decoupling.queries.comparison import Entry, difference, entries, kept
from decoupling.queries.figures import counted, lines, standing
from decoupling.states import RECTIFICATION, Category, Extent, Finding
from registry.actions import organisation as organisation_actions
from registry.models import IsFinal, Subject
from registry.queries.deadlines import latest_of
from registry.queries.verification import faults
from registry.rulebook import Refused
from registry.states import State, SubjectKind, Supervision
from tests.decoupling.situations import (
    DAY,
    LATER,
    accepted,
    again,
    association,
    codes,
    listed,
    proposed_void,
    signed,
    voided,
)
from tests.factories import UnitFactory, UserFactory

if TYPE_CHECKING:
    from registry.models import User

pytestmark = pytest.mark.django_db

NEXT = DAY + timedelta(days=1)


@pytest.fixture(autouse=True)
def short_list() -> None:
    """Leave three items of the checklist: what follows does not depend on its length."""
    ChecklistItem.objects.exclude(code__in=("A1", "A4", "D1")).delete()


# --- a wrong acceptance ---------------------------------------------------------------------------------


def test_a_wrong_acceptance_is_voided_by_another_and_the_register_is_put_back(officer: User) -> None:
    unit, regulator, party = UnitFactory.create(), UnitFactory.create(), UnitFactory.create()
    listing = signed(listed(association(supervising_unit=unit, certificate_no="虚旧证1号")))
    acceptance.accept(
        listing_id=listing.pk, by=officer, on=LATER, reason="验收合格", certificate_no="虚新证2号",
        certificate_from=LATER, industry_regulator=regulator, party_body=party,
    )  # fmt: skip
    wrong_on = LATER + timedelta(days=40)
    proposer = UserFactory.create()
    said: dict[str, Any] = {"listing_id": listing.pk, "on": wrong_on}
    acceptance.propose_void(**said, by=proposer, document_no="虚更1号", reason="资产未清")
    with pytest.raises(Refused) as refusal:
        acceptance.void(**said, by=proposer, reason="属实")
    assert codes(refusal) == ["R-326"]
    event = acceptance.void(**said, by=officer, reason="属实")
    body = again(listing).organisation
    assert (body.state, body.decoupled_on, body.supervision) == ("active", None, Supervision.DUAL)
    assert (body.supervising_unit, body.certificate_no, body.industry_regulator) == (unit, "虚旧证1号", None)
    assert again(listing).state == "signed_off"
    assert (event.verb, event.facts["document_no"]) == ("organisation.void_decoupling", "虚更1号")
    assert event.facts["acceptance"]["proposed_by"] == proposer.pk
    days = (LATER - timedelta(days=1), LATER, wrong_on - timedelta(days=1), wrong_on)
    assert [standing(day).decoupled for day in days] == [0, 1, 1, 0]
    assert [standing(day).remaining for day in days] == [1, 0, 0, 1]
    assert list(faults()) == []


def test_what_somebody_changed_since_stays_when_an_acceptance_is_voided(officer: User) -> None:
    listing = accepted()
    other = UnitFactory.create()
    organisation_actions.amend(
        organisation_id=listing.organisation_id, changes={"party_body": other}, by=officer, on=NEXT, reason="调整"
    )
    voided(listing)
    assert again(listing).organisation.party_body == other


def test_a_voided_association_is_signed_and_accepted_anew(officer: User) -> None:
    listing = voided(accepted(), on=NEXT)
    assert not listing.signatures.filter(acceptance__isnull=True).exists()
    with pytest.raises(Refused) as refusal:
        acceptance.accept(listing_id=listing.pk, by=officer, on=LATER, reason="再验")
    assert codes(refusal) == ["R-06"]
    accepted(listing, on=LATER)
    assert [bool(each.voided_on) for each in listing.acceptances.order_by("pk")] == [True, False]
    assert [standing(day).decoupled for day in (DAY, NEXT, LATER)] == [1, 0, 1]


def test_a_proposal_to_void_may_be_declined(officer: User) -> None:
    listing = proposed_void()
    acceptance.decline_void(listing_id=listing.pk, by=officer, on=NEXT, reason="经核查无误")
    row = listing.acceptances.get()
    assert (row.void_proposed_on, row.void_document_no, row.voided_on) == (None, "", None)
    with pytest.raises(Refused) as refusal:
        acceptance.void(listing_id=listing.pk, by=officer, on=NEXT, reason="属实")
    assert codes(refusal) == ["R-326"]
    assert again(listing).organisation.state == State.DECOUPLED


@pytest.mark.parametrize(("leaves", "then"), [("mark_dormant", "dormant"), ("cancel", "deregistered")])
def test_an_acceptance_is_voided_wherever_the_body_stands(leaves: str, then: str, officer: User) -> None:
    listing = accepted()
    said: dict[str, Any] = {"organisation_id": listing.organisation_id, "by": officer, "on": NEXT, "reason": "核实"}
    if leaves == "cancel":
        organisation_actions.cancel(**said, resolution_on=NEXT, consent_no="", liquidation_report_on=NEXT)
    else:
        organisation_actions.mark_dormant(**said, reviewer_reason="长期停摆")
    voided(listing)
    body = again(listing).organisation
    assert (body.state, body.decoupled_on) == (then, None)
    assert standing(LATER).decoupled == 0
    assert getattr(standing(LATER), "cancelled" if leaves == "cancel" else "remaining") == 1


# --- 回头看 ----------------------------------------------------------------------------------------------


def began(officer: User, **told: Any) -> ReviewRound:
    said = {"title": "2022年回头看", "document_no": "虚2号", "extent": Extent.ALL, "by": officer, "on": NEXT, **told}
    return review.begin_round(**said)


def test_a_reopened_item_is_put_right_under_a_clock_and_the_state_stays(officer: User) -> None:
    listing = accepted()
    revisit = began(officer).revisits.get()
    said: dict[str, Any] = {"revisit_id": revisit.pk, "by": officer, "on": NEXT}
    review.find_problem(**said, code="D1", problem="仍有兼职", due_on=LATER)
    status = ItemStatus.objects.get(listing=listing, item__code="D1")
    clock = latest_of(Subject(SubjectKind.ITEM, status.pk), RECTIFICATION)
    assert (status.state, clock.due_on, clock.is_running) == ("rectifying", LATER, True)
    assert (again(listing).state, again(listing).organisation.state) == ("accepted", "decoupled")
    assert (standing(NEXT).decoupled, standing(NEXT).rectifying) == (1, 1)
    with pytest.raises(TransitionNotAllowed):
        review.find_problem(**said, code="D1", problem="再次发现", due_on=LATER)
    with pytest.raises(Refused) as refusal:
        review.close_round(round_id=revisit.review_id, by=officer, on=LATER, conclusion="完成")
    assert codes(refusal) == ["R-334"]
    item.settle(listing_id=listing.pk, code="D1", outcome="done", by=officer, on=LATER, evidence="免职文件")
    assert latest_of(Subject(SubjectKind.ITEM, status.pk), RECTIFICATION).met_on == LATER
    assert (standing(LATER - timedelta(days=1)).rectifying, standing(LATER).rectifying) == (1, 0)
    closed = review.close_round(round_id=revisit.review_id, by=officer, on=LATER, conclusion="均已整改")
    assert closed.closed_on == LATER
    revisit.refresh_from_db()
    assert revisit.finding == Finding.REOPENED
    assert list(faults()) == []


def test_a_sample_can_be_drawn_again_and_each_association_is_told(officer: User) -> None:
    listings = [accepted() for _ in range(4)]
    made = began(officer, extent=Extent.SAMPLE, size=2, seed="虚2号")
    chosen = set(made.revisits.values_list("listing__organisation__code", flat=True))
    population = [listing.organisation.code for listing in listings]
    lowest = sorted(population, key=lambda code: hashlib.sha256(f"虚2号:{code}".encode()).hexdigest())
    assert chosen == set(lowest[:2])
    assert made.population == 4
    told = Revisit.objects.first().listing.organisation.events.last()
    assert (told.verb, told.facts["review"]["title"]) == ("review.begin", "2022年回头看")
    review.find_sound(revisit_id=made.revisits.first().pk, by=officer, on=NEXT, note="逐项核对")
    with pytest.raises(Refused) as refusal:
        review.find_sound(revisit_id=made.revisits.first().pk, by=officer, on=NEXT, note="再查")
    assert codes(refusal) == ["R-329"]


def test_nothing_accepted_means_nobody_to_look_at(officer: User) -> None:
    listed()
    with pytest.raises(Refused) as refusal:
        began(officer)
    assert codes(refusal) == ["R-328"]


# --- figures kept and compared ----------------------------------------------------------------------------


def test_a_snapshot_keeps_what_was_reported_whatever_is_corrected_later(officer: User) -> None:
    listing = accepted()
    taken = snapshot.take(as_of=NEXT, by=officer, note="年报")
    assert (taken.totals["decoupled"], taken.totals["rate_decoupled"]) == (1, "1.0")
    assert snapshot.digest(taken.as_of, taken.totals, taken.lines) == taken.sha256
    listing.placements.update(on=LATER)
    assert standing(NEXT).should == 0
    changed = difference(kept(taken), entries(NEXT))
    assert [(move.from_place, move.to_place) for move in changed.moves] == [("decoupled", "not_listed")]
    with pytest.raises(IsFinal):
        taken.delete()
    with pytest.raises(Refused) as refusal:
        snapshot.take(as_of=date(2026, 12, 31), by=officer)
    assert codes(refusal) == ["R-323"]


def test_the_difference_says_who_went_where(officer: User) -> None:
    stays, moves = listed(), listed()
    listed(category=Category.EXEMPT)
    before = entries(DAY)
    accepted(moves, on=NEXT)
    late = listed(on=NEXT)
    found = difference(before, entries(NEXT))
    assert found.table == [("remaining", "decoupled", 1), ("not_listed", "remaining", 1)]
    assert (found.net("decoupled"), found.net("remaining"), found.net("exempt")) == (1, 0, 0)
    assert {move.code for move in found.moves} == {moves.organisation.code, late.organisation.code}
    assert stays.organisation.code not in {move.code for move in found.moves}
    voided(again(moves), on=LATER)
    back = difference(entries(NEXT), entries(LATER))
    assert [move.is_void for move in back.moves] == [True]


def test_an_entry_survives_being_kept() -> None:
    accepted()
    line = lines(DAY)[0]
    assert Entry(**Entry.of(line).told()) == Entry.of(line)
    assert counted([line], DAY).adds_up


# --- the watch ------------------------------------------------------------------------------------------


def test_the_watch_warns_and_stops_nothing(officer: User) -> None:
    listing = accepted()
    on = date(2026, 2, 1)
    said: dict[str, Any] = {"listing_id": listing.pk, "by": officer, "on": on, "took_office_on": date(2022, 6, 1)}
    leader = aftercare.enter_leader(
        **said, name="甲", post="president", born_on=date(1950, 1, 1), term_until=date(2025, 1, 1), terms=3
    )
    aftercare.enter_leader(**said, name="乙", post="secretary", born_on=date(1980, 1, 1), term_until=date(2027, 1, 1))
    cautions = watch(list(watched()), on=on)[listing.pk]
    assert [each.rule.code for each in cautions if each.who] == ["R-339", "R-340", "R-341"]
    assert {each.rule.code for each in cautions if not each.who} == {"R-345", "R-346", "R-347", "R-348"}
    assert not any(each.verified for each in cautions if each.who)
    for kind in ("fee_vote", "fee_published", "charter", "party_organisation"):
        aftercare.enter_fact(listing_id=listing.pk, kind=kind, fact_on=date(2025, 3, 1), note="已办", by=officer, on=on)
    aftercare.leave_office(leader_id=leader.pk, by=officer, on=on, left_on=on)
    aftercare.enter_leader(**said, name="丙", post="president", born_on=date(1970, 1, 1), term_until=date(2027, 1, 1))
    assert watch(list(watched()), on=on)[listing.pk] == []
    assert again(listing).organisation.state == State.DECOUPLED


def test_what_is_entered_must_be_whole(officer: User) -> None:
    listing = listed()
    with pytest.raises(Refused) as refusal:
        aftercare.enter_fact(listing_id=listing.pk, kind="charter", fact_on=LATER, note="", by=officer, on=DAY)
    assert codes(refusal) == ["R-349"]
    assert Listing.objects.get().aftercare.count() == 0
