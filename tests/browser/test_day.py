"""The walks of a day in a real browser: in Chinese and in English, at a desk and on a phone."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest
from django.urls import reverse
from playwright.sync_api import expect

from cleanup.models import Finding
from cleanup.states import FindingState
from registry.models import Event, ImportRun, Organisation, User
from registry.states import Role, State
from tests.browser.seats import PASSWORD
from tests.console.situations import open_findings, user_of
from tests.factories import UnitFactory
from tests.registry.files import code_of, register_row, write_rows
from worker import dispatch, tasks

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tests.browser.seats import Seat

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

REASON = "已上门核查，门牌处无人办公，电话停机"
DORMANT = "两次去函退回，一次致电停机，认定停止活动"


def somebody(username: str, role: Role = Role.REGISTRATION, **columns: object) -> User:
    user = user_of(role, username=username, **columns)
    user.set_password(PASSWORD)
    user.save()
    return user


@pytest.fixture
def findings(transactional_db: None) -> list[Finding]:
    somebody("jingbanren", display_name="测试经办人")
    return open_findings(3)


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> list[ImportRun]:
    """Let the worker's messages wait until the test delivers them."""
    waiting: list[ImportRun] = []
    monkeypatch.setattr(dispatch, "imports", lambda *, run: waiting.append(run))
    return waiting


def deliver(waiting: list[ImportRun]) -> None:
    run = waiting.pop()
    tasks.import_file.apply(kwargs={"import_id": run.pk, "attempt": run.attempt}, throw=True)


def test_the_door_speaks_the_language_that_was_chosen(seat: Seat, findings: list[Finding]) -> None:
    seat.sign_in("jingbanren")
    words = {"zh-hans": ("工作台", "登记名册", "退出登录"), "en": ("Workbench", "Register", "Sign out")}
    for word in words[seat.language]:
        expect(seat.page.get_by_text(word, exact=True).first).to_be_attached()


def test_a_flag_is_confirmed_the_state_moved_and_the_timeline_tells(seat: Seat, findings: list[Finding]) -> None:
    body, page = findings[1].organisation, seat.page
    seat.sign_in("jingbanren")
    seat.field("查找组织").fill(body.code[9:])
    seat.field("查找组织").press("Enter")
    expect(seat.text("共 %(total)s 个社会组织符合当前条件", total=1)).to_be_visible()
    seat.in_order()
    page.get_by_role("link", name=body.name, exact=True).click()
    seat.heading(body.name)

    seat.go_to("线索")
    page.get_by_role("link", name=re.compile(f"{seat.say('核实')}.*{body.name}$")).click()
    seat.heading(body.name)
    seat.field("理由").fill("   ")
    seat.button("确认线索").click()
    refused = page.get_by_role("alert").filter(has_text="R-41")
    expect(refused).to_contain_text(seat.say("写明确认或者排除的理由"))
    seat.in_order()
    assert Finding.objects.get(pk=findings[1].pk).state == FindingState.OPEN

    seat.field("理由").fill(REASON)
    seat.button("确认线索").click()
    expect(page.get_by_role("status").first).to_contain_text(seat.say("已确认线索，该组织纳入本次整治。"))
    seat.in_order()
    seat.field("理由").fill(DORMANT)
    seat.button("认定为僵尸型（休眠）").click()
    expect(page.get_by_role("status").first).to_contain_text(seat.say("已认定为僵尸型（休眠）。"))
    seat.in_order()

    seat.link("查看组织全部情况").click()
    seat.heading(body.name)
    expect(page.locator(".badge-dormant").first).to_have_text(seat.say("僵尸型（休眠）"))
    for reason in (REASON, DORMANT):
        expect(page.locator(".timeline").get_by_text(reason)).to_be_visible()
    assert Organisation.objects.get(pk=body.pk).state == State.DORMANT
    seat.button("退出登录").click()
    expect(page).to_have_title(f"{seat.say('登录')} · {seat.say('清册')}")


def test_two_officers_collide_and_the_second_keeps_the_text(seats: Callable[[], Seat], findings: list[Finding]) -> None:
    somebody("fuheren", Role.REVIEWER, display_name="测试复核人")
    first, second = seats(), seats()
    first.sign_in("fuheren")
    second.sign_in("jingbanren")
    at = reverse("finding_page", args=[findings[0].pk])
    first.open(at)
    second.open(at)
    first.field("理由").fill("先到的理由")
    first.button("确认线索").click()
    expect(first.page.get_by_role("status").first).to_contain_text(first.say("已确认线索，该组织纳入本次整治。"))

    second.field("理由").fill(REASON)
    second.button("确认线索").click()
    told = second.page.get_by_role("alert").filter(has_text="测试复核人").first
    expect(told).to_contain_text("先到的理由")
    expect(second.field("理由")).to_have_value(REASON)
    second.in_order()
    assert Event.objects.filter(verb="finding.confirm").count() == 1


def test_import_with_three_bad_rows_and_fix_one_in_the_desk(
    seat: Seat, transactional_db: None, asked: list[ImportRun], tmp_path: Path
) -> None:
    registrar, page = somebody("jingbanren", display_name="测试经办人"), seat.page
    file = write_rows(
        tmp_path / "名册.csv",
        register_row(1, 通讯处="虚构区测试路1号"),
        register_row(2, 状态="?"),
        register_row(3, 统一社会信用代码="12345"),
        register_row(4, 名称=""),
    )
    seat.sign_in("jingbanren")
    seat.go_to("导入")
    seat.link("上传文件").click()
    seat.heading(seat.say("上传文件"))
    seat.field("文件").set_input_files(file)
    seat.button("上传并核对列").click()
    expect(seat.text("有 %(unknown)s 列不导入。其中如有需要的内容，请指明对应的字段。", unknown=1)).to_be_visible()
    seat.in_order()
    page.get_by_label("通讯处").select_option(seat.say("住所"))
    seat.button("试运行").click()
    expect(page.get_by_role("heading", name=seat.say("等待试运行"))).to_be_visible()
    seat.in_order()
    deliver(asked)
    expect(seat.text("这是试运行的结果，登记册没有变动。")).to_be_visible()
    expect(page.locator(".tally-refused .figure-number")).to_have_text("3")
    seat.in_order()
    assert not Organisation.objects.exists()

    seat.button("正式导入").click()
    expect(page.get_by_role("heading", name=seat.say("等待导入"))).to_be_visible()
    deliver(asked)
    expect(seat.text("%(count)s 行待处理", count=3)).to_be_visible()
    seat.in_order()
    assert Organisation.objects.get().address == "虚构区测试路1号"

    page.get_by_role("link", name=re.compile(f"^{seat.say('更正')}.*4")).click()
    seat.heading(seat.say("第 %(row)s 行", row=4))
    code = seat.field("统一社会信用代码")
    expect(code).to_have_value("12345")
    code.fill("54321")
    seat.button("更正并导入该行").click()
    expect(page.get_by_role("alert")).to_contain_text(seat.say("仍未导入，原因如下："))
    expect(code).to_have_value("54321")
    seat.in_order()
    code.fill(code_of(3))
    seat.button("更正并导入该行").click()
    expect(page.get_by_role("status").first).to_contain_text(seat.say("第 %(row)s 行已更正并导入：新增。", row=4))
    expect(seat.text("%(count)s 行待处理", count=2)).to_be_visible()
    seat.in_order()

    seat.open(reverse("organisation_page", args=[code_of(3)]))
    expect(page.locator(".timeline > li")).to_have_count(1)
    assert Event.objects.filter(organisation__code=code_of(3), by=registrar).count() == 1


def test_a_supervising_unit_sees_only_its_own(seat: Seat, transactional_db: None) -> None:
    own, other = UnitFactory.create(name="虚构区教育局"), UnitFactory.create(name="虚构区体育局")
    mine = open_findings(1, supervising_unit=own, name="虚构区书法协会")[0]
    others = open_findings(1, campaign=mine.campaign, supervising_unit=other, name="虚构区象棋协会")[0]
    somebody("zhuguan", Role.SUPERVISING_UNIT, unit=own, display_name="测试主管人员")
    page = seat.page
    seat.sign_in("zhuguan")
    for list_of in ("登记名册", "线索"):
        seat.go_to(list_of)
        expect(page.get_by_role("link", name="虚构区书法协会").first).to_be_visible()
        expect(page.get_by_text("虚构区象棋协会")).to_have_count(0)
        expect(page.get_by_text("虚构区体育局")).to_have_count(0)
    seat.open(f"{reverse('search')}?q=协会")
    expect(page.get_by_role("main").get_by_text("虚构区书法协会")).to_be_visible()
    expect(page.get_by_text("虚构区象棋协会")).to_have_count(0)
    for name, about in (("organisation_page", others.organisation.code), ("finding_page", others.pk)):
        seat.open(reverse(name, args=[about]))
        seat.heading(seat.say("没有找到这个页面"))
        expect(page.get_by_text("象棋")).to_have_count(0)
    seat.open(reverse("finding_page", args=[mine.pk]))
    seat.heading("虚构区书法协会")
    expect(page.get_by_role("main").get_by_role("button")).to_have_count(0)
