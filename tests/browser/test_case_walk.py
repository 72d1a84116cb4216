"""A case in a real browser, in both languages and at both widths: opened, its notice printed, service proved, the pack taken."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING
from zipfile import ZipFile

import pytest
from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import expect

from cleanup.models import Finding, Notice, Service, StepFile
from cleanup.states import Step
from registry.actions.organisation import amend
from registry.models import Policy
from registry.states import Role
from tests.browser.seats import PASSWORD
from tests.console.situations import confirmed_finding, user_of
from tests.registry.documents import PDF

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.browser.seats import Seat

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

NAME = "虚构区茶叶协会"
SCAN = {"name": "回证.pdf", "mimeType": "application/pdf", "buffer": PDF}


@pytest.fixture
def finding(transactional_db: None) -> Finding:
    Policy.objects.filter(key="notice.prefix").update(value="虚民社")
    Policy.objects.filter(key="notice.contact").update(value="虚构路1号，000-0000000")
    officer = user_of(Role.ENFORCEMENT, username="zhifa", certified=True)
    officer.set_password(PASSWORD)
    officer.save()
    found = confirmed_finding(name=NAME)
    columns = {"registration_authority": "虚构区民政局", "address": "虚构路2号", "legal_representative": "某某"}
    amend(organisation_id=found.organisation_id, changes=columns, reason="补录", by=officer, on=timezone.localdate())
    return found


def test_a_case_is_opened_its_notice_printed_served_and_packed(seats: Callable[[], Seat], finding: Finding) -> None:
    seat = seats()
    seat.sign_in("zhifa")
    open_case(seat, finding)
    notice = print_notice(seat)
    take_step(seat, notice)
    prove_service(seat)
    keep_scan(seat)
    titles = pack(seat)
    assert any(notice.document_no in title for title in titles)
    assert any("指引签收照片" in title for title in titles)


def open_case(seat: Seat, finding: Finding) -> None:
    seat.open(reverse("case_open", args=[finding.pk]))
    seat.page.locator("input[name=treatment][value=cancel]").check()
    seat.button("立案").click()
    seat.heading(NAME)


def print_notice(seat: Seat) -> Notice:
    page = seat.page
    page.locator("#notices summary").click()
    seat.link("注销登记指引").click()
    seat.heading(seat.say("注销登记指引"))
    page.locator("[name=facts]").fill("该单位已无人员和业务。")
    with page.context.expect_page() as opened:
        seat.button("预览 PDF（新窗口）").click()
    opened.value.close()
    seat.button("编号、制作并存档").click()
    expect(seat.link("下载 PDF")).to_be_visible()
    seat.in_order()
    notice = Notice.objects.get()
    expect(page.get_by_text(notice.document_no).first).to_be_visible()
    with page.expect_download() as taken:
        seat.link("下载 PDF").click()
    assert taken.value.path().read_bytes().startswith(b"%PDF-")
    return notice


def take_step(seat: Seat, notice: Notice) -> None:
    seat.open(reverse("case_page", args=[notice.case_id]))
    step = seat.page.locator("#step-guide")
    expect(step.locator("[name=document_no]")).to_have_value(notice.document_no)
    step.locator("[name=content]").fill("已无人员和业务")
    step.get_by_role("button", name=seat.say("注销指引"), exact=True).click()
    seat.heading(NAME)


def prove_service(seat: Seat) -> None:
    papers = seat.page.locator("#papers")
    papers.locator("summary", has_text=seat.say("发出送达")).click()
    papers.get_by_role("button", name=seat.say("发出送达"), exact=True).click()
    seat.in_order()
    papers.locator("summary", has_text=seat.say("记录已经送达")).click()
    papers.locator("[name=served_on]").fill(timezone.localdate().isoformat())
    papers.locator("[name=proof]").fill("送达回证")
    papers.locator("[name=content]").set_input_files(SCAN)
    papers.get_by_role("button", name=seat.say("记录已经送达"), exact=True).click()
    expect(papers.locator(".badge-active")).to_be_visible()
    assert Service.objects.get().served_on == timezone.localdate()


def keep_scan(seat: Seat) -> None:
    files = seat.page.locator("#files")
    files.locator("summary").click()
    files.locator("[name=title]").fill("指引签收照片")
    files.locator("[name=content]").set_input_files(SCAN)
    files.get_by_role("button", name=seat.say("存入材料"), exact=True).click()
    expect(files.get_by_role("link", name="指引签收照片")).to_be_visible()
    assert StepFile.objects.get().step.step == Step.GUIDE


def pack(seat: Seat) -> list[str]:
    """Take the evidence pack; return the titles its index lists."""
    with seat.page.expect_download() as packed:
        seat.button("下载证据包").click()
    with ZipFile(packed.value.path()) as archive:
        manifest = json.loads(archive.read("清单.json"))
        assert {*(each["name"] for each in manifest["files"]), "清单.json", "目录.pdf"} == set(archive.namelist())
        assert archive.read("目录.pdf").startswith(b"%PDF-")
    return [each["title"] for each in manifest["files"]]


def test_the_board_leads_to_what_is_done_in_many_cases(seats: Callable[[], Seat], finding: Finding) -> None:
    seat = seats()
    seat.sign_in("zhifa")
    open_case(seat, finding)
    seat.open(reverse("case_board"))
    seat.page.locator("input[name=case]").check()
    seat.button("批量制作文书").click()
    seat.heading(seat.say("批量制作文书"))
    seat.page.locator("select[name=what]").select_option("cancellation_guide")
    seat.button("选定事项").click()
    expect(seat.page.locator("[name=facts]")).to_be_visible()
    seat.in_order()
