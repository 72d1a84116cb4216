"""The decoupling of the fictional district: lists of 2021, most of the work in 2022, a residue to this day."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

from django.core.files.base import ContentFile

from decoupling.actions import acceptance, batch, item, listing, sign_off
from decoupling.models import ChecklistItem, Listing
from decoupling.queries.duties import sheet
from decoupling.rules import Scope
from decoupling.states import Category, Heading, ItemState, Residue

if TYPE_CHECKING:
    from random import Random

    from console.demonstration.people import Bureau
    from console.demonstration.roster import Body, Register
    from decoupling.queries.duties import Part
    from registry.models import Unit

APPROVER = "行业协会商会脱钩联合工作组办公室"
DOCUMENT = "示脱联发〔2021〕3号"
LISTED_ON = date(2021, 9, 10)
APPOINTED_ON = date(2021, 9, 1)
TRANSITION_UNTIL = date(2024, 6, 30)
NOT_APPLICABLE = {
    "A3": "没有代管或者挂靠的其他社会团体",
    "A4": "没有代管事业单位",
    "C7": "没有暂不能腾退的办公用房",
    "D5": "没有事业编制人员",
}
WITH_DOCUMENT = {"A1": "关于取消主管关系的决定", "C4": "资产清查报告", "C6": "办公用房移交记录", "E1": "党建关系移交函"}


def list_all(register: Register, *, bureau: Bureau) -> dict[int, Listing]:
    """Fix the list of 2021: what is to decouple in two batches, what is not, what is put off; return it by body."""
    for each, unit in bureau.functions.items():
        batch.appoint(responsible=each, unit=unit, by=bureau["dengji"], on=APPOINTED_ON)
    for number, done_due_on in ((1, date(2022, 10, 31)), (2, date(2022, 12, 31))):
        batch.open_batch(
            number=number, title=f"示例区第{number}批脱钩", document_no=DOCUMENT, decided_on=LISTED_ON,
            plan_due_on=date(2022, 1, 31), done_due_on=done_due_on, by=bureau["dengji"],
        )  # fmt: skip
    listings = {}
    for place, body in enumerate(register.of("decoupled", "implementing", "deferred", "exempt", "22-")):
        if not body.industry:
            continue
        category = {"deferred": Category.DEFERRED, "exempt": Category.EXEMPT}.get(body.story, Category.LISTED)
        listings[body.serial] = listing.place(
            organisation_id=body.pk, category=category, batch=1 + place % 2, document_no=DOCUMENT,
            scope=_scope(category), by=bureau["dengji"], on=LISTED_ON, reason="联合工作组会议审定",
        )  # fmt: skip
    return listings


def _scope(category: Category) -> Scope:
    in_scope = category != Category.EXEMPT
    return Scope(
        same_trade_members=in_scope,
        name_fits=True,
        registered_as_association=True,
        members_evidence="会员名册：会员均为同业企业" if in_scope else "会员名册：会员为个人专业人士",
        name_evidence="登记名称（仅作提示，不单独作为依据）",
        registration_evidence="社会团体法人登记证书",
    )


def work(register: Register, listings: dict[int, Listing], *, bureau: Bureau, random: Random) -> None:
    """Carry plans, items, sign-offs, signatures and acceptances through, and state why the rest remains."""
    for place, body in enumerate(register.of("decoupled-2022")):
        accepted_on = date(2022, 5, 18) + timedelta(days=9 * place + random.randrange(4))
        _separate(listings[body.serial], body, date(2022, 1, 10 + place % 15), accepted_on, bureau)
    for body in register.of("decoupled-2023"):
        _remains(listings[body.serial], Residue.WORK_INCOMPLETE, "资产清查未完成", bureau)
        _separate(listings[body.serial], body, date(2023, 1, 20), date(2023, 8, 15), bureau)
    for body in register.of("implementing"):
        standing = listings[body.serial]
        _remains(standing, Residue.ASSETS_PREMISES, "办公用房腾退尚未完成", bureau)
        plan(standing, date(2025, 3, 12), bureau)
        for code in (
            "A1",
            "A2",
            "A3",
            "B1",
            "B2",
            "B3",
            "B4",
            "C1",
            "C2",
            "C3",
            "C4",
            "C5",
            "D1",
            "D2",
            "E1",
            "E2",
            "E3",
        ):
            done(standing, code, date(2025, 9, 5), bureau)
        for part in ready(standing, date(2025, 10, 9)):
            if part.heading != Heading.ASSETS:
                word(standing, part, date(2025, 10, 9), bureau)
        finance = next(each for key, each in bureau.functions.items() if key == "finance")
        _remind(standing, finance, date(2025, 11, 3), bureau)


def _remains(standing: Listing, residue: Residue, note: str, bureau: Bureau) -> None:
    listing.set_residue(listing_id=standing.pk, residue=residue, by=bureau["dengji"], on=date(2022, 12, 5), note=note)


def _remind(standing: Listing, unit: Unit, on: date, bureau: Bureau) -> None:
    sign_off.remind(listing_id=standing.pk, unit=unit, by=bureau["dengji"], on=on, note="资产财务各项已经办结，请会签")


def plan(standing: Listing, submitted_on: date, bureau: Bureau) -> None:
    """File a plan and have it approved by another officer twenty days later."""
    listing.submit_plan(
        listing_id=standing.pk,
        by=bureau["dengji"],
        on=submitted_on,
        document_no=f"示主函〔{submitted_on.year}〕{standing.pk}号",
    )
    approved_on = submitted_on + timedelta(days=20)
    listing.approve_plan(
        listing_id=standing.pk, by=bureau["shenhe"], on=approved_on, approval_no=f"示脱联批〔{approved_on.year}〕{standing.pk}号",
        approval_body=APPROVER,
    )  # fmt: skip


def done(standing: Listing, code: str, on: date, bureau: Bureau, **more: Any) -> None:
    """Settle an item, with a document where the demonstration shows one."""
    item.settle(
        listing_id=standing.pk, code=code, outcome=ItemState.DONE, by=bureau["dengji2"], on=on,
        **{"evidence": "证明材料已归档", **more},
    )  # fmt: skip
    if code in WITH_DOCUMENT:
        item.attach(
            listing_id=standing.pk, code=code, content=document(f"{code} {standing.pk}"), file_name=f"{code}.pdf",
            title=WITH_DOCUMENT[code], by=bureau["dengji2"], on=on,
        )  # fmt: skip


def _separate(standing: Listing, body: Body, submitted_on: date, accepted_on: date, bureau: Bureau) -> None:
    """Work one association through; every sixth has its premises in transition, every seventh an institution left."""
    plan(standing, submitted_on, bureau)
    in_transition, left_over = body.serial % 6 == 0, body.serial % 7 == 0
    codes = [each.code for each in ChecklistItem.objects.order_by("code") if not (each.code == "A4" and left_over)]
    first = submitted_on + timedelta(days=30)
    span = (accepted_on - timedelta(days=12) - first).days
    for place, code in enumerate(codes):
        on = first + timedelta(days=span * place // len(codes))
        if code == "C7" and in_transition:
            done(standing, code, on, bureau, evidence="示管〔2022〕5号 批准过渡", until=TRANSITION_UNTIL)
        elif code in NOT_APPLICABLE:
            item.settle(
                listing_id=standing.pk, code=code, outcome=ItemState.NOT_APPLICABLE, by=bureau["dengji2"], on=on,
                reason=NOT_APPLICABLE[code],
            )  # fmt: skip
        elif code != "A6" and not (code == "C6" and in_transition):
            done(standing, code, on, bureau)
    for part in ready(standing, accepted_on - timedelta(days=8)):
        word(standing, part, accepted_on - timedelta(days=8), bureau)
    for signer, capacity in (("shenhe", "示例区民政局"), ("fuzeren", APPROVER)):
        acceptance.sign(
            listing_id=standing.pk, by=bureau[signer], on=accepted_on - timedelta(days=5), capacity=capacity
        )
    acceptance.accept(
        listing_id=standing.pk, by=bureau["dengji"], on=accepted_on, reason="五分离各项完成，验收通过",
        certificate_no=f"演社证字第{body.serial:04d}-2号", certificate_from=accepted_on, party_body=bureau.party_body,
        industry_regulator=bureau.departments[body.serial % len(bureau.departments)],
    )  # fmt: skip
    if in_transition:
        done(standing, "C6", date(2024, 5, 20), bureau)


def ready(standing: Listing, on: date) -> list[Part]:
    """Return what only waits for its department's word."""
    fresh = Listing.objects.select_related("former_unit").get(pk=standing.pk)
    return [part for part in sheet(fresh, on=on).all_parts if part.is_ready]


def word(standing: Listing, part: Part, on: date, bureau: Bureau) -> None:
    """Let a department's own contact sign; where nobody of it signs in, write down what came on paper."""
    said: dict[str, Any] = {
        "listing_id": standing.pk,
        "heading": part.heading.value,
        "responsible": part.responsible.value,
        "result": f"经评定，{part.heading.label}已经完成",
        "on": on,
    }
    signer = bureau["dengji2"] if part.unit is None else bureau.of_unit(part.unit)
    if signer is not None:
        sign_off.sign_off(by=signer, **said)
        return
    sign_off.sign_off(
        by=bureau["dengji2"], **said, document_no=f"示评〔{on.year}〕{standing.pk}{part.heading.value}号",
        original=document(f"{part.heading.value} {standing.pk}"), original_name="书面评定结果.pdf",
    )  # fmt: skip


def document(mark: str) -> ContentFile[bytes]:
    """Return a one-page PDF that says it belongs to the demonstration."""
    text = f"BT /F1 18 Tf 72 720 Td (Qingce demonstration {mark}) Tj ET".encode()
    objects = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R /Resources << /Font << /F1 5 0 R >> >> >>",
        b"<< /Length %d >>\nstream\n%s\nendstream" % (len(text), text),
        b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>",
    ]
    out, places = bytearray(b"%PDF-1.4\n"), []
    for number, each in enumerate(objects, start=1):
        places.append(len(out))
        out += b"%d 0 obj\n%s\nendobj\n" % (number, each)
    start = len(out)
    out += b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1)
    out += b"".join(b"%010d 00000 n \n" % place for place in places)
    out += b"trailer\n<< /Size %d /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n" % (len(objects) + 1, start)
    return ContentFile(bytes(out))
