"""Every named constraint of decoupling holds in the database, whoever writes."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest

from decoupling.models import ChecklistItem, ItemStatus, Listing, Placement, Signature
from decoupling.states import Category, ItemState, ListingState, Residue
from tests.constraints import refused_by
from tests.decoupling.situations import DAY, accepted, implementing, listed, planned

if TYPE_CHECKING:
    from registry.models import User

pytestmark = pytest.mark.django_db

BEFORE = DAY - timedelta(days=1)


@pytest.fixture
def a_listing() -> Listing:
    return listed()


@pytest.fixture
def a_plan() -> Listing:
    return planned()


@pytest.fixture
def an_approved() -> Listing:
    return implementing()


@pytest.fixture
def an_accepted() -> Listing:
    ChecklistItem.objects.exclude(code="A1").delete()
    return accepted()


@pytest.fixture
def placement(a_listing: Listing) -> Placement:
    return a_listing.placements.get()


@pytest.fixture
def an_item() -> ChecklistItem:
    return ChecklistItem.objects.get(code="B1")


@pytest.fixture
def status(a_listing: Listing, an_item: ChecklistItem) -> ItemStatus:
    return ItemStatus.objects.create(listing=a_listing, item=an_item)


@pytest.fixture
def signature(a_listing: Listing, officer: User) -> Signature:
    return Signature.objects.create(listing=a_listing, signer=officer, signed_on=DAY, capacity="民政局")


BREACHES: list[tuple[str, str, dict[str, Any]]] = [
    ("a_listing", "listing_category_known", {"category": "forgotten"}),
    ("a_listing", "listing_residue_known", {"residue_reason": "laziness"}),
    ("a_listing", "listing_is_documented", {"document_no": ""}),
    ("a_listing", "listing_is_documented", {"members_evidence": ""}),
    ("a_listing", "listing_is_documented", {"name_evidence": ""}),
    ("a_listing", "listing_is_documented", {"registration_evidence": ""}),
    ("a_listing", "listing_to_decouple_in_scope", {"same_trade_members": False}),
    ("a_listing", "listing_to_decouple_in_scope", {"name_fits": False}),
    ("a_listing", "listing_to_decouple_in_scope", {"registered_as_association": False}),
    ("a_listing", "listing_plan_submitted_has_date", {"state": ListingState.PLANNED}),
    ("a_listing", "listing_plan_submitted_has_date", {"plan_submitted_on": DAY}),
    ("a_plan", "listing_plan_submitted_has_date", {"plan_submitted_by": None}),
    ("a_plan", "listing_plan_approved_has_document", {"state": ListingState.IMPLEMENTING}),
    ("a_plan", "listing_plan_approved_has_document", {"approval_no": "虚2号"}),
    ("an_approved", "listing_plan_approved_has_document", {"approval_no": ""}),
    ("an_approved", "listing_plan_approved_has_document", {"approval_body": ""}),
    ("an_approved", "listing_plan_approved_has_document", {"plan_approved_by": None}),
    ("an_approved", "listing_approved_after_submission", {"plan_approved_on": BEFORE}),
    ("an_approved", "listing_accepted_has_date", {"state": ListingState.ACCEPTED}),
    ("an_approved", "listing_accepted_has_date", {"accepted_on": DAY}),
    ("an_accepted", "listing_accepted_after_approval", {"accepted_on": BEFORE}),
    ("an_accepted", "listing_accepted_was_to_decouple", {"category": Category.DEFERRED}),
    ("an_accepted", "listing_accepted_was_to_decouple", {"residue_reason": Residue.PARTY}),
    ("a_listing", "listing_other_residue_has_note", {"residue_reason": Residue.OTHER}),
    ("placement", "placement_category_known", {"category": "forgotten"}),
    ("placement", "placement_has_document", {"document_no": ""}),
    ("an_item", "checklist_item_code_under_heading", {"heading": "C"}),
    ("status", "item_status_done_has_evidence", {"state": ItemState.DONE, "decided_on": DAY}),
    ("status", "item_status_not_applicable_has_reason", {"state": ItemState.NOT_APPLICABLE, "decided_on": DAY}),
    ("status", "item_status_settled_has_date", {"state": ItemState.DONE, "evidence": "决定"}),
    ("status", "item_status_settled_has_date", {"decided_on": DAY}),
    ("status", "item_status_transition_ends_later", {"until": DAY}),
    ("status", "item_status_rectifying_has_reason", {"state": ItemState.RECTIFYING}),
    ("an_item", "checklist_item_responsible_known", {"responsible": "nobody"}),
    ("an_item", "checklist_item_local_has_day", {"local": True}),
    ("signature", "signature_has_capacity", {"capacity": ""}),
]


@pytest.mark.parametrize(("what", "name", "breach"), BREACHES)
def test_a_row_cannot_contradict_itself(
    what: str, name: str, breach: dict[str, Any], officer: User, request: pytest.FixtureRequest
) -> None:
    row = request.getfixturevalue(what)
    if what == "status" and "state" in breach and "decided_on" in breach:
        breach = {**breach, "decided_by": officer}
    with refused_by(type(row), name):
        type(row).objects.filter(pk=row.pk).update(**breach)


@pytest.mark.parametrize(
    ("what", "name", "breach"),
    [
        ("a_listing", "listing_state_known", {"state": "lost"}),
        ("an_item", "checklist_item_heading_known", {"heading": "Z", "code": "Z1"}),
        ("status", "item_status_state_known", {"state": "lost"}),
    ],
)
def test_words_are_known(what: str, name: str, breach: dict[str, Any], request: pytest.FixtureRequest) -> None:
    row = request.getfixturevalue(what)
    with refused_by(type(row), name):
        type(row).objects.filter(pk=row.pk).update(**breach)


def test_who_files_a_plan_and_who_approves_it_differ(an_approved: Listing) -> None:
    with refused_by(Listing, "listing_plan_four_eyes"):
        Listing.objects.filter(pk=an_approved.pk).update(plan_approved_by=an_approved.plan_submitted_by)


def test_an_item_has_one_status_in_a_listing(status: ItemStatus) -> None:
    status.pk = None
    with refused_by(ItemStatus, "item_status_once"):
        ItemStatus.objects.bulk_create([status])


def test_a_person_signs_once(signature: Signature) -> None:
    signature.pk = None
    with refused_by(Signature, "signature_once_per_signer"):
        Signature.objects.bulk_create([signature])
