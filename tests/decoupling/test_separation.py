"""The separation itself: who answers for what, words given and taken back, transitions, certificates, evidence."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest

from decoupling.actions import acceptance, item, sign_off
from decoupling.actions import batch as batches
from decoupling.actions import listing as listings
from decoupling.models import Batch, ChecklistItem, Evidence, ItemStatus, Reminder, SignOff
from decoupling.queries.duties import responsibilities, sheet
from decoupling.queries.readiness import open_items
from decoupling.states import COMPLETION, PLAN, TRANSITION, Category, Heading, Responsible
from registry.actions.stored_file import Unacceptable
from registry.models import Deadline, Policy, StoredFile, Subject, User
from registry.queries.deadlines import latest_of, running_of
from registry.rulebook import Refused
from registry.states import Role, SubjectKind
from tests.decoupling.situations import (
    DAY,
    FOUNDED,
    LATER,
    accept,
    again,
    appointed,
    association,
    batch,
    codes,
    implementing,
    listed,
    of_unit,
    parts,
    planned,
    settled,
    sign_part,
    signed,
    signed_off,
)
from tests.factories import UnitFactory, UserFactory
from tests.registry.documents import PDF, document

if TYPE_CHECKING:
    from decoupling.models import Listing

pytestmark = pytest.mark.django_db

NEXT = DAY + timedelta(days=1)


def clock(listing: Listing, kind: str, code: str = "") -> Deadline | None:
    """Return the clock of a listing, or of one of its items."""
    if not code:
        return latest_of(Subject(SubjectKind.LISTING, listing.pk), kind)
    status = ItemStatus.objects.get(listing=listing, item__code=code)
    return latest_of(Subject(SubjectKind.ITEM, status.pk), kind)


# --- who answers for what -----------------------------------------------------------------------------


def test_each_heading_waits_for_the_departments_that_answer_for_its_items() -> None:
    units = appointed()
    listing = implementing()
    waiting = sheet(listing, on=DAY).waiting_for()
    assert {part.heading.value for part in waiting[listing.former_unit]} == {"A", "B"}
    assert {part.heading.value for part in waiting[None]} == {"A"}
    assert [part.heading.value for part in waiting[units["finance"]]] == ["C"]
    assert [part.heading.value for part in waiting[units["staffing"]]] == ["D"]
    assert [part.open_codes for part in waiting[units["premises"]]] == [("C6", "C7")]


def test_without_a_department_or_a_former_unit_the_bureau_answers() -> None:
    listing = implementing(listed(association(supervising_unit=None)))
    assert set(sheet(listing, on=DAY).waiting_for()) == {None}
    everything = responsibilities(None, listing, on=DAY)
    assert everything == {each.value for each in Responsible}


def test_a_later_appointment_counts_from_its_day_and_what_was_signed_stays(officer: User) -> None:
    units = appointed()
    listing = settled()
    finance = next(part for part in parts(listing) if part.responsible == Responsible.FINANCE)
    sign_part(listing, finance)
    heir = UnitFactory.create(name="虚构区国资局")
    batches.appoint(responsible="finance", unit=heir, by=officer, on=LATER)
    assert sheet(listing, on=DAY).part("C", "finance").unit == units["finance"]
    assert sheet(listing, on=LATER).part("C", "finance").unit == units["finance"]
    assert sheet(implementing(), on=LATER).part("C", "finance").unit == heir
    with pytest.raises(Refused) as refusal:
        batches.appoint(responsible="finance", unit=units["finance"], by=officer, on=FOUNDED)
    assert codes(refusal) == ["R-338"]


# --- their words --------------------------------------------------------------------------------------


def test_the_last_word_closes_the_five_headings() -> None:
    appointed()
    listing = settled()
    waiting = parts(listing)
    assert len(waiting) == 10
    for part in waiting[:-1]:
        sign_part(listing, part)
    assert again(listing).state == "implementing"
    event = sign_part(listing, waiting[-1])
    assert again(listing).state == "signed_off"
    assert event.facts["sign_off"]["on_paper"] is False
    assert event.facts["sign_off"]["result"] == "经评定，已分离"


def test_an_item_that_turns_out_not_to_apply_may_be_the_last_thing_missing(officer: User) -> None:
    appointed()
    listing = settled(but="D5")
    for part in parts(listing):
        if part.responsible != Responsible.STAFFING:
            sign_part(listing, part)
    assert again(listing).state == "implementing"
    item.settle(listing_id=listing.pk, code="D5", outcome="not_applicable", by=officer, on=DAY, reason="没有事业编制")
    assert again(listing).state == "signed_off"


def test_only_its_own_people_sign_for_a_department() -> None:
    appointed()
    listing = settled()
    part = next(each for each in parts(listing) if each.responsible == Responsible.PARTY)
    with pytest.raises(Refused) as refusal:
        sign_part(listing, part, by=of_unit(UnitFactory.create()))
    assert codes(refusal) == ["R-311"]
    with pytest.raises(Refused) as refusal:
        sign_part(listing, part, by=UserFactory.create())
    assert codes(refusal) == ["R-311"]


def test_a_word_on_paper_is_written_down_with_its_original(officer: User) -> None:
    appointed()
    listing = settled()
    said: dict[str, Any] = {
        "listing_id": listing.pk,
        "heading": "C",
        "responsible": "finance",
        "by": officer,
        "on": DAY,
    }
    paper = {"original": document(), "original_name": "评定.pdf"}
    event = sign_off.sign_off(**said, result="资产已清", document_no="虚财函〔2022〕3号", **paper)
    word = SignOff.objects.get()
    assert (word.on_paper, word.document_no, word.file.sha256) == (
        True, "虚财函〔2022〕3号", event.facts["sign_off"]["file"]["sha256"],
    )  # fmt: skip
    with pytest.raises(Refused) as refusal:
        sign_off.sign_off(**said, result="再签", document_no="虚4号", **{**paper, "original": document()})
    assert codes(refusal) == ["R-314"]


def test_a_refused_word_leaves_no_document_behind(officer: User) -> None:
    listing = implementing()
    said: dict[str, Any] = {
        "listing_id": listing.pk,
        "heading": "C",
        "responsible": "finance",
        "by": officer,
        "on": DAY,
    }
    with pytest.raises(Refused) as refusal:
        sign_off.sign_off(**said, result="", document_no="虚3号", original=document(), original_name="评定.pdf")
    assert codes(refusal) == ["R-312", "R-313"]
    assert not StoredFile.objects.exists()


def test_a_department_signs_after_its_items_are_settled() -> None:
    appointed()
    listing = settled(but="C4")
    part = next(each for each in parts(listing) if each.responsible == Responsible.FINANCE)
    with pytest.raises(Refused) as refusal:
        sign_part(listing, part)
    assert codes(refusal) == ["R-312"]


def test_nobody_signs_the_acceptance_while_a_department_is_silent(officer: User) -> None:
    listing = settled()
    with pytest.raises(Refused) as refusal:
        acceptance.sign(listing_id=listing.pk, by=officer, on=DAY, capacity="民政局")
    assert codes(refusal) == ["R-317"]


def test_a_department_is_reminded_once_a_day_while_it_is_waited_for(officer: User) -> None:
    units = appointed()
    listing = settled()
    said: dict[str, Any] = {"listing_id": listing.pk, "unit": units["finance"], "by": officer, "on": DAY}
    event = sign_off.remind(**said, note="请于月底前会签")
    assert event.facts["reminder"]["headings"] == ["C"]
    with pytest.raises(Refused) as refusal:
        sign_off.remind(**said)
    assert codes(refusal) == ["R-316"]
    sign_part(listing, next(each for each in parts(listing) if each.unit == units["finance"]))
    with pytest.raises(Refused) as refusal:
        sign_off.remind(**{**said, "on": NEXT})
    assert codes(refusal) == ["R-315"]
    assert Reminder.objects.count() == 1


# --- evidence -----------------------------------------------------------------------------------------


def test_a_document_is_filed_with_an_item_and_stays_through_reopening(officer: User) -> None:
    listing = settled()
    said: dict[str, Any] = {"listing_id": listing.pk, "code": "A1", "by": officer, "on": DAY}
    filed = item.attach(**said, content=document(), file_name="决定.pdf", title="关于取消主管关系的决定")
    told = listing.organisation.events.last().facts["item"]
    assert told == {
        "code": "A1",
        "file": {
            "id": filed.file.pk,
            "title": "关于取消主管关系的决定",
            "name": "决定.pdf",
            "sha256": filed.file.sha256,
        },
    }
    assert filed.file.size == len(PDF)
    item.reopen(**said, reason="材料有误")
    assert Evidence.objects.get() == filed


def test_what_is_no_document_is_not_filed(officer: User) -> None:
    listing = implementing()
    said: dict[str, Any] = {"listing_id": listing.pk, "code": "A1", "by": officer, "on": DAY}
    with pytest.raises(Unacceptable):
        item.attach(**said, content=document(b"<html>"), file_name="决定.pdf", title="决定")
    with pytest.raises(Refused) as refusal:
        item.attach(**{**said, "listing_id": planned().pk}, content=document(), file_name="决定.pdf", title="")
    assert codes(refusal) == ["R-310", "R-309"]
    assert not Evidence.objects.exists()


# --- transitions --------------------------------------------------------------------------------------


def test_an_approved_transition_stands_in_until_its_last_day_and_is_watched(officer: User) -> None:
    appointed()
    listing = settled(but="C6 C7")
    assert open_items(listing, on=DAY) == ("C6", "C7")
    said: dict[str, Any] = {"listing_id": listing.pk, "by": officer, "on": DAY}
    event = item.settle(**said, code="C7", outcome="done", evidence="虚管〔2022〕5号", until=LATER)
    assert event.facts["item"]["until"] == LATER.isoformat()
    assert open_items(listing, on=LATER) == ()
    assert open_items(listing, on=LATER + timedelta(days=1)) == ("C6",)
    running = clock(listing, TRANSITION, "C7")
    assert (running.due_on, running.is_running) == (LATER, True)
    later = LATER + timedelta(days=60)
    item.prolong(**{**said, "on": NEXT}, code="C7", until=later, evidence="虚管〔2022〕9号")
    assert clock(listing, TRANSITION, "C7").due_on == later
    signed(again(listing), on=NEXT, but="C6")
    accept(again(listing), by=officer)
    assert again(listing).state == "accepted"
    item.settle(**{**said, "on": LATER}, code="C6", outcome="done", evidence="移交记录")
    assert clock(listing, TRANSITION, "C7").met_on == LATER


def test_a_transition_that_ran_out_holds_up_the_acceptance(officer: User) -> None:
    listing = settled(but="C6 C7")
    item.settle(
        listing_id=listing.pk, code="C7", outcome="done", by=officer, on=DAY, evidence="虚管〔2022〕5号", until=NEXT
    )
    listing = signed(listing, but="C6")
    with pytest.raises(Refused) as refusal:
        accept(listing, by=officer, on=LATER)
    assert "R-05" in codes(refusal)


def test_a_transition_taken_back_ends_its_clock(officer: User) -> None:
    listing = settled(but="C7")
    said: dict[str, Any] = {"listing_id": listing.pk, "code": "C7", "by": officer, "on": DAY}
    item.settle(**said, outcome="done", evidence="虚管〔2022〕5号", until=LATER)
    item.reopen(**said, reason="批准文件有误")
    assert clock(listing, TRANSITION, "C7").waived_on == DAY
    with pytest.raises(Refused) as refusal:
        item.settle(**said, outcome="done", evidence="虚管〔2022〕6号")
    assert codes(refusal) == ["R-308"]


# --- the certificate ----------------------------------------------------------------------------------


def change(listing: Listing, *, by: User, on: Any = DAY) -> Any:
    return acceptance.change_certificate(
        listing_id=listing.pk, by=by, on=on, certificate_no="虚社证字第9号", issued_on=on
    )


def test_the_certificate_may_be_changed_before_acceptance(officer: User) -> None:
    listing = settled(but="A6")
    change(listing, by=officer)
    status = ItemStatus.objects.get(listing=listing, item__code="A6")
    assert (status.state, status.evidence) == ("done", f"虚社证字第9号（{DAY}）")
    body = again(listing).organisation
    assert (body.certificate_no, body.certificate_from) == ("虚社证字第9号", DAY)
    with pytest.raises(Refused) as refusal:
        change(listing, by=officer)
    assert codes(refusal) == ["R-321"]


def test_the_certificate_may_be_changed_after_acceptance(officer: User) -> None:
    listing = signed(but="A6")
    accept(listing, by=officer)
    change(listing, by=officer, on=LATER)
    assert again(listing).organisation.certificate_no == "虚社证字第9号"
    assert again(listing).state == "accepted"


def test_where_the_county_wants_the_certificate_first_the_acceptance_waits_for_it(officer: User) -> None:
    Policy.objects.filter(key="decoupling.certificate_first").update(value=True)
    listing = signed(but="A6")
    with pytest.raises(Refused) as refusal:
        accept(listing, by=officer)
    assert codes(refusal) == ["R-319"]
    change(listing, by=officer, on=DAY)
    accept(listing, by=officer)
    assert again(listing).state == "accepted"


# --- batches and their clocks -------------------------------------------------------------------------


def test_the_days_of_a_batch_run_as_clocks_and_stop_with_the_work(officer: User) -> None:
    batch(3, plan_due_on=NEXT, done_due_on=LATER)
    listing = listed(batch=3)
    assert clock(listing, PLAN).due_on == NEXT
    planned(listing, on=NEXT)
    assert clock(listing, PLAN).met_on == NEXT
    listings.return_plan(listing_id=listing.pk, by=officer, on=NEXT, reason="补充资产处置")
    assert again(listing).state == "listed"
    assert running_of(Subject(SubjectKind.LISTING, listing.pk), PLAN).due_on == NEXT
    accept(signed(again(listing), on=NEXT), by=officer)
    assert clock(listing, COMPLETION).met_on == LATER


def test_what_need_not_decouple_is_not_timed(officer: User) -> None:
    batch(3, done_due_on=LATER)
    listing = listed(batch=3)
    move: dict[str, Any] = {"listing_id": listing.pk, "by": officer, "document_no": "虚3号", "reason": "上级暂缓"}
    listings.move(**move, category=Category.DEFERRED, on=DAY)
    assert clock(listing, COMPLETION).waived_on == DAY
    listings.move(**move, category=Category.LISTED, on=NEXT)
    assert clock(listing, COMPLETION).is_running


def test_a_batch_that_is_not_entered_takes_nobody() -> None:
    with pytest.raises(Batch.DoesNotExist):
        Batch.objects.get(pk=9)
    with pytest.raises(Refused) as refusal:
        listings.place(
            organisation_id=association().pk, category="listed", batch=9, document_no="虚1号",
            scope=again(listed()).scope, by=UserFactory.create(), on=DAY,
        )  # fmt: skip
    assert codes(refusal) == ["R-304"]


def test_a_plan_is_approved_by_whom_the_county_says(officer: User) -> None:
    listing = planned()
    said: dict[str, Any] = {"listing_id": listing.pk, "by": officer, "on": DAY, "approval_no": "虚2号"}
    with pytest.raises(Refused) as refusal:
        listings.approve_plan(**said, approval_body="教育局")
    assert codes(refusal) == ["R-307"]
    Policy.objects.filter(key="decoupling.approval_bodies").update(value=["教育局"])
    listings.approve_plan(**said, approval_body="教育局")
    assert again(listing).state == "approved"


def test_items_a_county_adds_leave_those_accepted_before_alone(officer: User) -> None:
    old, new = signed_off(), settled()
    ChecklistItem.objects.create(
        code="A7", heading=Heading.INSTITUTION, title="核实分支机构", evidence="清单", verifier="民政局",
        responsible=Responsible.REGISTRAR, basis="发改体改〔2019〕1063号", local=True, since=NEXT,
    )  # fmt: skip
    assert open_items(new, on=DAY) == ("A7",)
    item.settle(listing_id=old.pk, code="A7", outcome="done", by=officer, on=DAY, evidence="清单")
    assert Role.DEPARTMENT.label == "会签部门"
