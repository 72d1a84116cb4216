"""From the list to acceptance, and every way to be refused on the road."""

from __future__ import annotations

import re
from datetime import date, timedelta
from typing import TYPE_CHECKING

import pytest
from django.db import DatabaseError, transaction
from django_fsm import TransitionNotAllowed

from decoupling.actions import acceptance, item
from decoupling.actions import listing as listings
from decoupling.models import ItemStatus, Listing, Placement, Signature
from decoupling.queries.readiness import lacking, open_items
from decoupling.states import Category, Residue
from registry.actions import organisation as organisation_actions
from registry.models import Event, Organisation
from registry.queries.verification import faults
from registry.rulebook import Refused
from registry.states import Supervision
from tests.decoupling.situations import (
    DAY,
    IN_SCOPE,
    LATER,
    OUT_OF_SCOPE,
    accepted,
    again,
    association,
    implementing,
    listed,
    planned,
    settled,
    signed,
)
from tests.factories import OrganisationFactory, UnitFactory, UserFactory

if TYPE_CHECKING:
    from collections.abc import Callable

    from registry.models import User

pytestmark = pytest.mark.django_db


def codes(refusal: pytest.ExceptionInfo[Refused]) -> list[str]:
    return [each.code for each in refusal.value.broken]


def accept(listing: Listing, *, by: User, on: date = LATER) -> Event:
    return acceptance.accept(listing_id=listing.pk, by=by, on=on, reason="验收合格")


# --- the walk ----------------------------------------------------------------------------------------


def test_an_association_walks_from_the_list_to_acceptance(officer: User) -> None:
    unit, regulator, party = UnitFactory.create(), UnitFactory.create(), UnitFactory.create()
    body = association(supervising_unit=unit, party_body=None)
    listing = signed(listed(body))
    assert open_items(listing) == ()
    before = Event.objects.count()
    event = acceptance.accept(
        listing_id=listing.pk,
        by=officer,
        on=LATER,
        reason="验收合格",
        certificate_no="虚社证字第9号",
        industry_regulator=regulator,
        party_body=party,
    )
    listing = again(listing)
    body = listing.organisation
    assert (listing.state, listing.accepted_on, listing.former_unit) == ("accepted", LATER, unit)
    assert (body.state, body.decoupled_on, body.supervision) == ("decoupled", LATER, Supervision.DECOUPLED)
    assert (body.supervising_unit, body.industry_regulator, body.party_body) == (None, regulator, party)
    assert body.certificate_no == "虚社证字第9号"
    assert Event.objects.count() == before + 1
    assert event.verb == "organisation.complete_decoupling"
    assert event.facts["former_supervising_unit"] == {"id": unit.pk, "name": unit.name}
    assert [each["capacity"] for each in event.facts["signatures"]] == ["民政局", "发展改革委"]
    assert event.facts["changes"]["party_body_id"] == [None, party.pk]
    assert list(faults()) == []


def test_each_verb_appends_exactly_one_event() -> None:
    listing = accepted()
    verbs = list(listing.organisation.events.order_by("seq").values_list("verb", flat=True))
    assert verbs[:4] == ["organisation.register", "listing.place", "listing.submit_plan", "listing.approve_plan"]
    assert verbs.count("item.settle") == 26
    assert verbs[-3:] == ["listing.sign", "listing.sign", "organisation.complete_decoupling"]


def test_moving_between_categories_keeps_the_history(officer: User) -> None:
    listing = listed(category=Category.DEFERRED)
    listings.move(
        listing_id=listing.pk,
        category=Category.LISTED,
        document_no="虚脱钩办〔2022〕3号",
        by=officer,
        on=LATER,
        reason="条件成熟",
        batch=2,
    )
    listing = again(listing)
    assert (listing.category, listing.batch, listing.placed_on) == ("listed", 2, LATER)
    assert list(listing.placements.values_list("category", "batch", "on", "reason")) == [
        ("deferred", 1, DAY, ""),
        ("listed", 2, LATER, "条件成熟"),
    ]


def test_an_item_reopened_before_acceptance_voids_the_signatures(officer: User) -> None:
    listing = signed()
    signers = list(listing.signatures.order_by("pk").values_list("signer_id", flat=True))
    event = item.reopen(listing_id=listing.pk, code="B1", by=officer, on=LATER, reason="材料有误")
    assert event.facts["item"] == {"code": "B1", "was": "done", "voided_signers": signers}
    assert not listing.signatures.exists()
    with pytest.raises(Refused) as refusal:
        accept(listing, by=officer)
    assert codes(refusal) == ["R-05", "R-06"]


def test_an_item_reopened_after_acceptance_leaves_the_body_decoupled(officer: User) -> None:
    listing = accepted()
    item.reopen(listing_id=listing.pk, code="D1", by=officer, on=LATER, reason="回头看发现仍有兼职")
    assert open_items(listing) == ("D1",)
    item.settle(listing_id=listing.pk, code="D1", outcome="done", by=officer, on=LATER, evidence="免职文件")
    listing = again(listing)
    assert (listing.state, listing.organisation.state) == ("accepted", "decoupled")
    assert listing.signatures.count() == 2


def test_a_pending_subordinate_institution_does_not_block(officer: User) -> None:
    listing = signed()
    assert not ItemStatus.objects.filter(listing=listing, item__code="A4").exists()
    accept(listing, by=officer)
    assert again(listing).state == "accepted"


def test_acceptance_ends_the_reason_for_what_remained(officer: User) -> None:
    listing = settled()
    listings.set_residue(listing_id=listing.pk, residue=Residue.PARTY, by=officer, on=LATER)
    assert again(listing).residue_reason == "party"
    for capacity in ("民政局", "发展改革委"):
        acceptance.sign(listing_id=listing.pk, by=UserFactory.create(), on=LATER, capacity=capacity)
    event = accept(listing, by=officer)
    assert again(listing).residue_reason == ""
    assert event.facts["listing"]["residue_before"] == "party"


def test_a_reason_can_be_taken_back(officer: User) -> None:
    listing = listed()
    listings.set_residue(listing_id=listing.pk, residue=Residue.OTHER, note="等待答复", by=officer, on=DAY)
    listings.set_residue(listing_id=listing.pk, residue="", by=officer, on=LATER)
    assert (again(listing).residue_reason, again(listing).residue_note) == ("", "")


# --- the refusals ------------------------------------------------------------------------------------


def test_a_body_out_of_scope_is_not_listed_to_decouple(officer: User) -> None:
    with pytest.raises(Refused) as refusal:
        listed(scope=OUT_OF_SCOPE)
    assert codes(refusal) == ["R-64"]
    society = OrganisationFactory.create()
    with pytest.raises(Refused) as refusal:
        listed(society)
    assert codes(refusal) == ["R-65"]
    assert not Listing.objects.exists()
    assert not Placement.objects.exists()
    assert society.events.count() == 1


def test_a_body_out_of_scope_may_be_written_down_as_exempt_but_not_decouple() -> None:
    listing = listed(OrganisationFactory.create(), category=Category.EXEMPT, scope=OUT_OF_SCOPE)
    with pytest.raises(Refused) as refusal:
        planned(listing)
    assert codes(refusal) == ["R-63"]


def test_a_body_is_listed_once() -> None:
    listing = listed()
    with pytest.raises(Refused) as refusal:
        listed(listing.organisation)
    assert codes(refusal) == ["R-67"]


def test_a_body_that_left_the_register_is_not_listed(officer: User) -> None:
    body = association()
    organisation_actions.cancel(
        organisation_id=body.pk,
        by=officer,
        on=DAY,
        reason="自愿注销",
        resolution_on=DAY,
        consent_no="虚函〔2022〕1号",
        liquidation_report_on=DAY,
    )
    with pytest.raises(Refused) as refusal:
        listed(body)
    assert codes(refusal) == ["R-61"]
    assert listed(body, on=DAY - timedelta(days=1)).state == "listed"


def test_a_decoupled_body_keeps_its_category(officer: User) -> None:
    listing = accepted()
    with pytest.raises(Refused) as refusal:
        listings.move(
            listing_id=listing.pk, category="exempt", document_no="虚5号", by=officer, on=LATER, reason="调整"
        )
    assert codes(refusal) == ["R-68"]


def test_who_files_a_plan_does_not_approve_it(officer: User) -> None:
    listing = listed()
    listings.submit_plan(listing_id=listing.pk, by=officer, on=DAY)
    with pytest.raises(Refused) as refusal:
        listings.approve_plan(
            listing_id=listing.pk, by=officer, on=DAY, approval_no="虚2号", approval_body="联合工作组"
        )
    assert codes(refusal) == ["R-70"]
    assert again(listing).state == "planned"


def test_a_plan_is_filed_and_approved_once(officer: User) -> None:
    listing = implementing()
    with pytest.raises(TransitionNotAllowed):
        listings.submit_plan(listing_id=listing.pk, by=officer, on=DAY)
    with pytest.raises(TransitionNotAllowed):
        listings.approve_plan(listing_id=listing.pk, by=officer, on=DAY, approval_no="x", approval_body="y")


def test_items_wait_for_the_approval(officer: User) -> None:
    listing = planned()
    with pytest.raises(Refused) as refusal:
        item.settle(listing_id=listing.pk, code="A1", outcome="done", by=officer, on=DAY, evidence="决定")
    assert codes(refusal) == ["R-72"]
    assert not ItemStatus.objects.exists()


@pytest.mark.parametrize(("outcome", "code"), [("done", "R-73"), ("not_applicable", "R-74")])
def test_an_item_is_settled_on_evidence_or_for_a_reason(outcome: str, code: str, officer: User) -> None:
    listing = implementing()
    with pytest.raises(Refused) as refusal:
        item.settle(listing_id=listing.pk, code="A1", outcome=outcome, by=officer, on=DAY)
    assert codes(refusal) == [code]


def test_a_settled_item_is_not_settled_again(officer: User) -> None:
    listing = settled()
    with pytest.raises(TransitionNotAllowed):
        item.settle(listing_id=listing.pk, code="A1", outcome="done", by=officer, on=DAY, evidence="决定")


def test_nobody_signs_while_an_item_is_open(officer: User) -> None:
    listing = settled(but="B2")
    with pytest.raises(Refused) as refusal:
        acceptance.sign(listing_id=listing.pk, by=officer, on=DAY, capacity="民政局")
    assert codes(refusal) == ["R-77"]


def test_one_person_signs_once_and_is_not_two(officer: User) -> None:
    listing = settled()
    acceptance.sign(listing_id=listing.pk, by=officer, on=DAY, capacity="民政局")
    with pytest.raises(Refused) as refusal:
        acceptance.sign(listing_id=listing.pk, by=officer, on=DAY, capacity="发展改革委")
    assert codes(refusal) == ["R-76"]
    with pytest.raises(Refused) as refusal:
        accept(listing, by=officer)
    assert codes(refusal) == ["R-06"]
    assert Signature.objects.count() == 1


def test_an_acceptance_without_anything_names_everything_lacking(officer: User) -> None:
    listing = listed(association(party_body=None))
    with pytest.raises(Refused) as refusal:
        accept(listing, by=officer)
    assert codes(refusal) == ["R-05", "R-06", "R-07", "R-08"]
    assert codes(refusal) == [
        each.code for each in lacking(again(listing), listing.organisation, on=LATER, today=LATER)
    ]


def test_without_a_party_body_nobody_is_accepted(officer: User) -> None:
    listing = signed(listed(association(party_body=None)))
    with pytest.raises(Refused) as refusal:
        accept(listing, by=officer)
    assert codes(refusal) == ["R-07"]


def test_a_dormant_body_must_come_back_before_it_is_accepted(officer: User) -> None:
    listing = signed()
    organisation_actions.mark_dormant(
        organisation_id=listing.organisation_id, by=officer, on=DAY, reason="核实", reviewer_reason="长期停摆"
    )
    with pytest.raises(Refused) as refusal:
        accept(listing, by=officer)
    assert codes(refusal) == ["R-79"]
    organisation_actions.reactivate(
        organisation_id=listing.organisation_id,
        by=officer,
        on=LATER,
        reason="已整改",
        grounds=frozenset("A"),
        cured={"A": "已补报"},
    )
    accept(listing, by=officer)
    assert again(listing).organisation.state == "decoupled"


def test_a_deferred_body_is_not_accepted(officer: User) -> None:
    listing = signed()
    listings.move(
        listing_id=listing.pk, category="deferred", document_no="虚6号", by=officer, on=DAY, reason="上级暂缓"
    )
    with pytest.raises(Refused) as refusal:
        accept(listing, by=officer)
    assert codes(refusal) == ["R-63", "R-04"]


def test_nobody_is_accepted_twice(officer: User) -> None:
    listing = accepted()
    with pytest.raises(Refused) as refusal:
        accept(listing, by=officer)
    assert codes(refusal) == ["R-79"]


def test_an_acceptance_is_not_dated_before_its_signatures(officer: User) -> None:
    listing = signed(on=LATER)
    with pytest.raises(Refused) as refusal:
        accept(listing, by=officer, on=DAY)
    assert codes(refusal) == ["R-62"]


def test_a_decoupled_body_has_no_reason_for_remaining(officer: User) -> None:
    listing = accepted()
    with pytest.raises(Refused) as refusal:
        listings.set_residue(listing_id=listing.pk, residue=Residue.PARTY, by=officer, on=LATER)
    assert codes(refusal) == ["R-80"]


def test_a_refusal_says_in_chinese_what_is_missing(officer: User) -> None:
    listing = signed(listed(association(party_body=None)))
    with pytest.raises(Refused, match=re.escape("R-07 已明确党建工作机构（依据：发改体改〔2019〕1063号）")):
        accept(listing, by=officer)


# --- nothing half-done -------------------------------------------------------------------------------

VERBS: dict[str, tuple[Callable[[], Listing], Callable[[Listing, User], object]]] = {
    "move": (
        listed,
        lambda listing, by: listings.move(
            listing_id=listing.pk, category="exempt", document_no="虚7号", by=by, on=LATER, reason="特殊职能"
        ),
    ),
    "submit_plan": (listed, lambda listing, by: listings.submit_plan(listing_id=listing.pk, by=by, on=LATER)),
    "approve_plan": (
        planned,
        lambda listing, by: listings.approve_plan(
            listing_id=listing.pk, by=by, on=LATER, approval_no="虚2号", approval_body="联合工作组"
        ),
    ),
    "set_residue": (
        listed,
        lambda listing, by: listings.set_residue(listing_id=listing.pk, residue="party", by=by, on=LATER),
    ),
    "settle": (
        implementing,
        lambda listing, by: item.settle(
            listing_id=listing.pk, code="A1", outcome="done", by=by, on=LATER, evidence="决定"
        ),
    ),
    "reopen": (
        signed,
        lambda listing, by: item.reopen(listing_id=listing.pk, code="A1", by=by, on=LATER, reason="材料有误"),
    ),
    "sign": (
        settled,
        lambda listing, by: acceptance.sign(listing_id=listing.pk, by=by, on=LATER, capacity="民政局"),
    ),
    "accept": (signed, lambda listing, by: accept(listing, by=by)),
}


def everything() -> list[object]:
    return [
        list(model._default_manager.order_by("pk").values())
        for model in (Organisation, Listing, Placement, ItemStatus, Signature, Event)
    ]


@pytest.mark.parametrize("verb", VERBS)
def test_when_the_event_cannot_be_written_nothing_moves(
    verb: str, officer: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    prepare, act = VERBS[verb]
    listing = prepare()
    before = everything()

    def broken(*args: object, **kwargs: object) -> None:
        raise DatabaseError("no event today")

    with monkeypatch.context() as patch:
        patch.setattr(Event, "save", broken)
        with pytest.raises(DatabaseError, match="no event today"), transaction.atomic():
            act(listing, officer)
    assert everything() == before
    act(listing, officer)
    assert everything() != before


def test_when_the_event_cannot_be_written_nobody_is_listed(monkeypatch: pytest.MonkeyPatch) -> None:
    body = association()
    before = everything()

    def broken(*args: object, **kwargs: object) -> None:
        raise DatabaseError("no event today")

    with monkeypatch.context() as patch:
        patch.setattr(Event, "save", broken)
        with pytest.raises(DatabaseError, match="no event today"), transaction.atomic():
            listings.place(
                organisation_id=body.pk,
                category="listed",
                batch=1,
                document_no="虚1号",
                scope=IN_SCOPE,
                by=UserFactory.create(),
                on=DAY,
            )
    assert everything() == before


def test_states_are_protected() -> None:
    listing = settled()
    with pytest.raises(AttributeError):
        listing.state = "accepted"
    with pytest.raises(AttributeError):
        listing.items.first().state = "pending"
