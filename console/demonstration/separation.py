"""The decoupling of the fictional district: lists of 2021, most of the work in 2022, a residue to this day."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING

from decoupling.actions import acceptance, item, listing
from decoupling.models import ChecklistItem
from decoupling.rules import Scope
from decoupling.states import Category, ItemState, Residue

if TYPE_CHECKING:
    from random import Random

    from console.demonstration.people import Bureau
    from console.demonstration.roster import Body, Register
    from decoupling.models import Listing

LISTED_ON = date(2021, 9, 10)
NOT_APPLICABLE = {
    "A3": "没有代管或者挂靠的其他社会团体",
    "A4": "没有代管事业单位",
    "C7": "没有暂不能腾退的办公用房",
    "D5": "没有事业编制人员",
}


def list_all(register: Register, *, bureau: Bureau) -> dict[int, Listing]:
    """Fix the list of 2021: what is to decouple in two batches, what is not, what is put off; return it by body."""
    listings = {}
    for place, body in enumerate(register.of("decoupled", "implementing", "deferred", "exempt", "22-")):
        if not body.industry:
            continue
        category = {"deferred": Category.DEFERRED, "exempt": Category.EXEMPT}.get(body.story, Category.LISTED)
        scope = Scope(
            same_trade_members=category != Category.EXEMPT,
            name_fits=True,
            registered_as_association=True,
            note="会员名册、章程、登记档案",
        )
        listings[body.serial] = listing.place(
            organisation_id=body.pk, category=category, batch=1 + place % 2, document_no="示脱联发〔2021〕3号", scope=scope,
            by=bureau["dengji"], on=LISTED_ON, reason="联合工作组会议审定",
        )  # fmt: skip
    return listings


def work(register: Register, listings: dict[int, Listing], *, bureau: Bureau, random: Random) -> None:
    """Carry plans, items, signatures and acceptances through, and state why the rest remains."""
    for place, body in enumerate(register.of("decoupled-2022")):
        accepted_on = date(2022, 5, 18) + timedelta(days=9 * place + random.randrange(4))
        _separate(listings[body.serial], body, date(2022, 1, 10 + place % 15), accepted_on, bureau)
    for body in register.of("decoupled-2023"):
        _remains(listings[body.serial], Residue.WORK_INCOMPLETE, "资产清查未完成", bureau)
        _separate(listings[body.serial], body, date(2023, 1, 20), date(2023, 8, 15), bureau)
    for body in register.of("implementing"):
        standing = listings[body.serial]
        _remains(standing, Residue.ASSETS_PREMISES, "办公用房腾退尚未完成", bureau)
        _plan(standing, date(2025, 3, 12), bureau)
        for code in ("A1", "A2", "B1", "B2", "C1", "C2", "D1"):
            _done(standing, code, date(2025, 9, 5), bureau)


def _remains(standing: Listing, residue: Residue, note: str, bureau: Bureau) -> None:
    listing.set_residue(listing_id=standing.pk, residue=residue, by=bureau["dengji"], on=date(2022, 12, 5), note=note)


def _plan(standing: Listing, submitted_on: date, bureau: Bureau) -> None:
    listing.submit_plan(
        listing_id=standing.pk,
        by=bureau["dengji"],
        on=submitted_on,
        document_no=f"示主函〔{submitted_on.year}〕{standing.pk}号",
    )
    approved_on = submitted_on + timedelta(days=20)
    listing.approve_plan(
        listing_id=standing.pk, by=bureau["shenhe"], on=approved_on, approval_no=f"示脱联批〔{approved_on.year}〕{standing.pk}号",
        approval_body="示例区行业协会商会脱钩联合工作组办公室",
    )  # fmt: skip


def _done(standing: Listing, code: str, on: date, bureau: Bureau) -> None:
    item.settle(
        listing_id=standing.pk,
        code=code,
        outcome=ItemState.DONE,
        by=bureau["dengji2"],
        on=on,
        evidence="书面评定结果已归档",
    )


def _separate(standing: Listing, body: Body, submitted_on: date, accepted_on: date, bureau: Bureau) -> None:
    _plan(standing, submitted_on, bureau)
    codes = list(ChecklistItem.objects.order_by("code").values_list("code", flat=True))
    first = submitted_on + timedelta(days=30)
    span = (accepted_on - timedelta(days=12) - first).days
    for place, code in enumerate(codes):
        on = first + timedelta(days=span * place // len(codes))
        if code in NOT_APPLICABLE:
            item.settle(
                listing_id=standing.pk, code=code, outcome=ItemState.NOT_APPLICABLE, by=bureau["dengji2"], on=on,
                reason=NOT_APPLICABLE[code],
            )  # fmt: skip
        else:
            _done(standing, code, on, bureau)
    for signer, capacity in (("shenhe", "示例区民政局"), ("fuzeren", "联合工作组办公室")):
        acceptance.sign(
            listing_id=standing.pk, by=bureau[signer], on=accepted_on - timedelta(days=5), capacity=capacity
        )
    acceptance.accept(
        listing_id=standing.pk, by=bureau["dengji"], on=accepted_on, reason="五分离各项完成，验收通过",
        certificate_no=f"演社证字第{body.serial:04d}-2号", party_body=bureau.party_body,
        industry_regulator=bureau.departments[body.serial % len(bureau.departments)],
    )  # fmt: skip
