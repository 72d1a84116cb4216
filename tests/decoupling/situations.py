"""Situations the tests of decoupling start from: an association that has come so far on its way."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

from decoupling.actions import acceptance, item, sign_off
from decoupling.actions import batch as batches
from decoupling.actions import listing as listings
from decoupling.models import Batch, ChecklistItem, Department, Listing
from decoupling.queries.duties import sheet
from decoupling.queries.readiness import signatures
from decoupling.rules import Scope
from decoupling.states import APPOINTED, Category, ItemState, ListingState
from registry.models import User
from registry.states import Role
from tests.factories import OrganisationFactory, UnitFactory, UserFactory

if TYPE_CHECKING:
    import pytest

    from decoupling.queries.duties import Part
    from registry.models import Event, Organisation, Unit
    from registry.rulebook import Refused

DAY = date(2022, 3, 1)
LATER = DAY + timedelta(days=30)
FOUNDED = date(2021, 1, 4)
IN_SCOPE = Scope(
    same_trade_members=True,
    name_fits=True,
    registered_as_association=True,
    members_evidence="会员名册：单位会员 41 家，均为同业企业",
    name_evidence="名称为行业协会",
    registration_evidence="社会团体法人登记证书",
)
OUT_OF_SCOPE = Scope(
    same_trade_members=False,
    name_fits=True,
    registered_as_association=True,
    members_evidence="会员为学者",
    name_evidence="名称为协会",
    registration_evidence="社会团体法人登记证书",
)
APPROVAL = {"approval_no": "虚脱钩办〔2022〕2号", "approval_body": "行业协会商会脱钩联合工作组办公室"}


def association(**columns: Any) -> Organisation:
    """Return an industry association with a supervising unit and a Party body."""
    given = {"supervising_unit": UnitFactory.create(), "party_body": UnitFactory.create(), **columns}
    return OrganisationFactory.create(industry=True, **given)


def batch(number: int = 1, **days: Any) -> Batch:
    """Return a batch of this number, opened if need be."""
    found = Batch.objects.filter(pk=number).first()
    return found or batches.open_batch(
        number=number, title=f"第{number}批", document_no="虚脱钩办〔2021〕1号", decided_on=FOUNDED,
        by=UserFactory.create(), **days,
    )  # fmt: skip


def appointed() -> dict[str, Unit]:
    """Return the county's departments by what they answer for, appointed if need be."""
    found = Department.objects.on(DAY)
    for each in APPOINTED:
        if each.value not in found:
            unit = UnitFactory.create(name=f"虚构区{each.label}")
            batches.appoint(responsible=each, unit=unit, by=UserFactory.create(), on=FOUNDED)
            found[each.value] = unit
    return found


def of_unit(unit: Unit | None) -> User:
    """Return somebody who may sign for a unit; for None somebody of the bureau."""
    found = User.objects.filter(unit=unit, role=Role.DEPARTMENT).order_by("pk").first() if unit else None
    return found or UserFactory.create(unit=unit, role=Role.DEPARTMENT if unit else Role.REGISTRATION)


def listed(body: Organisation | None = None, *, on: date = DAY, **given: Any) -> Listing:
    """Return an association put on the list as 拟脱钩."""
    asked = {"category": Category.LISTED, "batch": 1, "document_no": "虚脱钩办〔2022〕1号", "scope": IN_SCOPE, **given}
    if asked["category"] != Category.LISTED:
        asked.setdefault("reason", "联合工作组会议决定")
    body = body or association()
    batch(asked["batch"])
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
        listings.approve_plan(listing_id=listing.pk, by=UserFactory.create(), on=on, **APPROVAL)
    return again(listing)


def settled(listing: Listing | None = None, *, on: date = DAY, but: str = "") -> Listing:
    """Return one whose items are done, C7 not applicable and A4 still pending, as well as those in ``but``."""
    listing = implementing(listing, on=on)
    officer = UserFactory.create()
    done = listing.items.exclude(state__in=(ItemState.PENDING, ItemState.RECTIFYING)).values("item")
    for each in ChecklistItem.objects.exclude(pk__in=done).exclude(code__in=["A4", *but.split()]).order_by("code"):
        said = {"outcome": "not_applicable", "reason": "已经腾退"} if each.code == "C7" else {"outcome": "done"}
        item.settle(listing_id=listing.pk, code=each.code, by=officer, on=on, evidence=f"{each.code} 材料", **said)
    return again(listing)


def parts(listing: Listing, *, on: date = DAY) -> list[Part]:
    """Return the parts acceptance still waits for."""
    return [part for part in sheet(again(listing), on=on).all_parts if part.is_missing]


def sign_part(listing: Listing, part: Part, *, on: date = DAY, by: User | None = None) -> Event:
    """Give a department's word, by its own people."""
    return sign_off.sign_off(
        listing_id=listing.pk,
        heading=part.heading.value,
        responsible=part.responsible.value,
        result="经评定，已分离",
        by=by or of_unit(part.unit),
        on=on,
    )


def signed_off(listing: Listing | None = None, *, on: date = DAY, but: str = "") -> Listing:
    """Return one whose five headings are signed off by the departments; items in ``but`` stay as they are."""
    listing = settled(listing, on=on, but=but)
    appointed()
    for part in parts(listing, on=on):
        sign_part(listing, part, on=on)
    return again(listing)


def signed(listing: Listing | None = None, *, on: date = DAY, but: str = "") -> Listing:
    """Return one that two people have signed for."""
    listing = signed_off(listing, on=on, but=but)
    for capacity in ("民政局", "发展改革委")[signatures(listing).count() :]:
        acceptance.sign(listing_id=listing.pk, by=UserFactory.create(), on=on, capacity=capacity)
    return again(listing)


def accepted(listing: Listing | None = None, *, on: date = DAY) -> Listing:
    """Return one that was accepted as decoupled."""
    listing = signed(listing, on=on)
    acceptance.accept(listing_id=listing.pk, by=UserFactory.create(), on=on, reason="验收合格")
    return again(listing)


def proposed_void(listing: Listing | None = None, *, on: date = DAY) -> Listing:
    """Return one whose acceptance somebody has called wrong."""
    listing = listing or accepted(on=on)
    acceptance.propose_void(
        listing_id=listing.pk, on=on, reason="资产未清", by=UserFactory.create(), document_no="虚更〔2022〕1号"
    )
    return again(listing)


def voided(listing: Listing, *, on: date = LATER) -> Listing:
    """Return one whose acceptance was found wrong by one person and voided by another."""
    proposed_void(listing, on=on)
    acceptance.void(listing_id=listing.pk, on=on, reason="属实", by=UserFactory.create())
    return again(listing)


def again(listing: Listing) -> Listing:
    """Return the listing as it stands in the database; a protected state is not refreshed in place."""
    return Listing.objects.select_related("organisation", "batch", "former_unit").get(pk=listing.pk)


def codes(refusal: pytest.ExceptionInfo[Refused]) -> list[str]:
    """Return the codes of the rules a refusal names."""
    return [each.code for each in refusal.value.broken]


def accept(listing: Listing, *, by: User, on: date = LATER) -> Event:
    """Accept, two people having signed or not."""
    return acceptance.accept(listing_id=listing.pk, by=by, on=on, reason="验收合格")
