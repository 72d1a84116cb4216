"""Situations the tests of decoupling start from: an association that has come so far on its way."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

from decoupling.actions import acceptance, item
from decoupling.actions import listing as listings
from decoupling.models import ChecklistItem, Listing
from decoupling.rules import Scope
from decoupling.states import Category, ItemState
from tests.factories import OrganisationFactory, UnitFactory, UserFactory

if TYPE_CHECKING:
    from registry.models import Organisation

DAY = date(2022, 3, 1)
LATER = DAY + timedelta(days=30)
IN_SCOPE = Scope(
    same_trade_members=True, name_fits=True, registered_as_association=True, note="会员名册、章程和登记证书"
)
OUT_OF_SCOPE = Scope(same_trade_members=False, name_fits=True, registered_as_association=True, note="会员为学者")


def association(**columns: Any) -> Organisation:
    """Return an industry association with a supervising unit and a Party body."""
    given = {"supervising_unit": UnitFactory.create(), "party_body": UnitFactory.create(), **columns}
    return OrganisationFactory.create(industry=True, **given)


def listed(body: Organisation | None = None, *, on: date = DAY, **given: Any) -> Listing:
    """Return an association put on the list as 拟脱钩."""
    asked = {"category": Category.LISTED, "batch": 1, "document_no": "虚脱钩办〔2022〕1号", "scope": IN_SCOPE, **given}
    body = body or association()
    return listings.place(organisation_id=body.pk, by=UserFactory.create(), on=on, **asked)


def planned(listing: Listing | None = None, *, on: date = DAY) -> Listing:
    """Return one whose plan was filed."""
    listing = listing or listed(on=on)
    listings.submit_plan(listing_id=listing.pk, by=UserFactory.create(), on=on)
    return again(listing)


def implementing(listing: Listing | None = None, *, on: date = DAY) -> Listing:
    """Return one whose plan was approved."""
    listing = planned(listing, on=on)
    listings.approve_plan(
        listing_id=listing.pk,
        by=UserFactory.create(),
        on=on,
        approval_no="虚脱钩办〔2022〕2号",
        approval_body="联合工作组",
    )
    return again(listing)


def settled(listing: Listing | None = None, *, on: date = DAY, but: str = "A4 C7") -> Listing:
    """Return one whose items are done, C7 not applicable and A4 still pending."""
    listing = implementing(listing, on=on)
    officer = UserFactory.create()
    for code in ChecklistItem.objects.exclude(code__in=but.split()).order_by("code").values_list("code", flat=True):
        item.settle(
            listing_id=listing.pk, code=code, outcome=ItemState.DONE, by=officer, on=on, evidence=f"{code} 材料"
        )
    if "C7" in but and ChecklistItem.objects.filter(code="C7").exists():
        item.settle(listing_id=listing.pk, code="C7", outcome="not_applicable", by=officer, on=on, reason="已经腾退")
    return listing


def signed(listing: Listing | None = None, *, on: date = DAY) -> Listing:
    """Return one that two people have signed for."""
    listing = settled(listing, on=on)
    for capacity in ("民政局", "发展改革委"):
        acceptance.sign(listing_id=listing.pk, by=UserFactory.create(), on=on, capacity=capacity)
    return listing


def accepted(listing: Listing | None = None, *, on: date = DAY) -> Listing:
    """Return one that was accepted as decoupled."""
    listing = signed(listing, on=on)
    acceptance.accept(listing_id=listing.pk, by=UserFactory.create(), on=on, reason="验收合格")
    return again(listing)


def again(listing: Listing) -> Listing:
    """Return the listing as it stands in the database; a protected state is not refreshed in place."""
    return Listing.objects.select_related("organisation").get(pk=listing.pk)
