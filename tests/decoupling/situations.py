"""Situations the tests of decoupling start from: an association that has come so far on its way."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

from decoupling.actions import acceptance, item
from decoupling.actions import listing as listings
from decoupling.models import ChecklistItem, Listing
from decoupling.rules import Scope
from decoupling.states import Category, ItemState, ListingState
from tests.factories import OrganisationFactory, UnitFactory, UserFactory

if TYPE_CHECKING:
    import pytest

    from registry.models import Event, Organisation, User
    from registry.rulebook import Refused

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
    """Return one whose plan was filed; like the others below, it starts from wherever ``listing`` stands."""
    listing = listing or listed(on=on)
    if listing.state == ListingState.LISTED:
        listings.submit_plan(listing_id=listing.pk, by=UserFactory.create(), on=on)
    return again(listing)


def implementing(listing: Listing | None = None, *, on: date = DAY) -> Listing:
    """Return one whose plan was approved."""
    listing = planned(listing, on=on)
    if listing.state == ListingState.PLANNED:
        document = {"approval_no": "虚脱钩办〔2022〕2号", "approval_body": "联合工作组"}
        listings.approve_plan(listing_id=listing.pk, by=UserFactory.create(), on=on, **document)
    return again(listing)


def settled(listing: Listing | None = None, *, on: date = DAY, but: str = "") -> Listing:
    """Return one whose items are done, C7 not applicable and A4 still pending, as well as those in ``but``."""
    listing = implementing(listing, on=on)
    officer = UserFactory.create()
    done = listing.items.exclude(state=ItemState.PENDING).values("item")
    for each in ChecklistItem.objects.exclude(pk__in=done).exclude(code__in=["A4", *but.split()]).order_by("code"):
        said = {"outcome": "not_applicable", "reason": "已经腾退"} if each.code == "C7" else {"outcome": "done"}
        item.settle(listing_id=listing.pk, code=each.code, by=officer, on=on, evidence=f"{each.code} 材料", **said)
    return listing


def signed(listing: Listing | None = None, *, on: date = DAY) -> Listing:
    """Return one that two people have signed for."""
    listing = settled(listing, on=on)
    for capacity in ("民政局", "发展改革委")[listing.signatures.count() :]:
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


def codes(refusal: pytest.ExceptionInfo[Refused]) -> list[str]:
    """Return the codes of the rules a refusal names."""
    return [each.code for each in refusal.value.broken]


def accept(listing: Listing, *, by: User, on: date = LATER) -> Event:
    """Accept, two people having signed or not."""
    return acceptance.accept(listing_id=listing.pk, by=by, on=on, reason="验收合格")
