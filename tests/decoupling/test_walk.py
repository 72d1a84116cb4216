"""From the list to acceptance, and what becomes of what was done on the way."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from decoupling.actions import acceptance, item
from decoupling.actions import listing as listings
from decoupling.models import ItemStatus
from decoupling.queries.readiness import open_items
from decoupling.states import Category, Residue
from registry.models import Event
from registry.queries.verification import faults
from registry.rulebook import Refused
from registry.states import Supervision
from tests.decoupling.situations import (
    DAY,
    LATER,
    accept,
    accepted,
    again,
    association,
    batch,
    codes,
    listed,
    signed,
    signed_off,
)
from tests.factories import UnitFactory, UserFactory

if TYPE_CHECKING:
    from registry.models import User

pytestmark = pytest.mark.django_db


def test_an_association_walks_from_the_list_to_acceptance(officer: User) -> None:
    unit, regulator, party = UnitFactory.create(), UnitFactory.create(), UnitFactory.create()
    body = association(supervising_unit=unit, party_body=None)
    listing = signed(listed(body))
    assert open_items(listing, on=DAY) == ()
    before = Event.objects.count()
    event = acceptance.accept(
        listing_id=listing.pk,
        by=officer,
        on=LATER,
        reason="验收合格",
        certificate_no="虚社证字第9号",
        certificate_from=LATER,
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
    assert verbs.count("listing.sign_off") == 10
    assert verbs[-3:] == ["listing.sign", "listing.sign", "organisation.complete_decoupling"]


def test_moving_between_categories_keeps_the_history(officer: User) -> None:
    listing = listed(category=Category.DEFERRED)
    batch(2)
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
    assert (listing.category, listing.batch_id, listing.placed_on) == ("listed", 2, LATER)
    assert list(listing.placements.values_list("category", "batch", "on", "reason")) == [
        ("deferred", 1, DAY, "联合工作组会议决定"),
        ("listed", 2, LATER, "条件成熟"),
    ]


def test_an_item_reopened_before_acceptance_voids_the_signatures(officer: User) -> None:
    listing = signed()
    signers = list(listing.signatures.order_by("pk").values_list("signer_id", flat=True))
    event = item.reopen(listing_id=listing.pk, code="B1", by=officer, on=LATER, reason="材料有误")
    told = event.facts["item"]
    assert (told["code"], told["was"], told["voided_signers"]) == ("B1", "done", signers)
    assert [each["heading"] for each in told["voided_sign_offs"]] == ["B"]
    assert not listing.signatures.exists()
    assert again(listing).state == "implementing"
    assert sorted(listing.sign_offs.values_list("heading", flat=True)) == sorted("AACCDDDEE")
    with pytest.raises(Refused) as refusal:
        accept(listing, by=officer)
    assert codes(refusal) == ["R-318", "R-05", "R-06"]


def test_after_acceptance_an_item_is_reopened_by_a_review_only(officer: User) -> None:
    listing = accepted()
    with pytest.raises(Refused) as refusal:
        item.reopen(listing_id=listing.pk, code="D1", by=officer, on=LATER, reason="仍有兼职")
    assert codes(refusal) == ["R-301"]


def test_a_pending_subordinate_institution_does_not_block(officer: User) -> None:
    listing = signed()
    assert not ItemStatus.objects.filter(listing=listing, item__code="A4").exists()
    accept(listing, by=officer)
    assert again(listing).state == "accepted"


def test_acceptance_ends_the_reason_for_what_remained(officer: User) -> None:
    listing = signed_off()
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
