"""Every way to be refused on the road to acceptance, each by the rule that says so."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from django_fsm import TransitionNotAllowed

from decoupling.actions import acceptance, item
from decoupling.actions import listing as listings
from decoupling.models import ItemStatus, Listing, Placement, Signature
from decoupling.queries.readiness import lacking
from decoupling.states import Category, Residue
from registry.actions import organisation as organisation_actions
from registry.rulebook import Refused
from tests.decoupling.situations import (
    APPROVAL,
    DAY,
    LATER,
    OUT_OF_SCOPE,
    accept,
    accepted,
    again,
    association,
    codes,
    implementing,
    listed,
    planned,
    settled,
    signed,
    signed_off,
)
from tests.factories import OrganisationFactory

if TYPE_CHECKING:
    from registry.models import User

pytestmark = pytest.mark.django_db


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
        listings.approve_plan(listing_id=listing.pk, by=officer, on=DAY, **APPROVAL)
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
    assert codes(refusal) == ["R-77", "R-317"]


def test_one_person_signs_once_and_is_not_two(officer: User) -> None:
    listing = signed_off()
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
    assert codes(refusal) == ["R-318", "R-05", "R-06", "R-07", "R-08"]
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
    assert codes(refusal) == ["R-79", "R-06"]


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
