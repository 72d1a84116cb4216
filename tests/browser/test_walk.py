"""An officer's walk through the console in a real browser, at a desk and on a phone."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest
from django.urls import reverse
from playwright.sync_api import expect

from cleanup.models import Finding
from cleanup.states import FindingState
from registry.models import Event, User
from registry.states import Role
from tests.console.situations import open_findings, user_of

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page
    from pytest_django.live_server_helper import LiveServer

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

PASSWORD = "long-and-secret"
REASON = "已上门核查，门牌处无人办公，电话停机"


@pytest.fixture
def registrar(transactional_db: None) -> User:
    user = user_of(Role.REGISTRATION, username="jingbanren", display_name="测试经办人")
    user.set_password(PASSWORD)
    user.save()
    return user


@pytest.fixture
def findings(transactional_db: None) -> list[Finding]:
    return open_findings(3)


def in_order(page: Page) -> None:
    """Nothing hangs over the edge, nothing broke the content policy."""
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth"), page.url
    assert page.evaluate("window.violations") == [], page.url


def sign_in(page: Page, live_server: LiveServer) -> None:
    page.goto(live_server.url)
    expect(page).to_have_title("登录 · 清册")
    in_order(page)
    page.get_by_label("用户名").fill("jingbanren")
    page.get_by_label("密码").fill(PASSWORD)
    page.get_by_role("button", name="登录").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("工作台")
    in_order(page)


def test_a_finding_is_found_confirmed_and_told(
    page: Page, live_server: LiveServer, registrar: User, findings: list[Finding]
) -> None:
    body = findings[1].organisation
    sign_in(page, live_server)
    expect(page.get_by_role("link", name="待核实 3")).to_be_visible()

    page.get_by_label("查找组织").fill(body.code[9:])
    page.get_by_label("查找组织").press("Enter")
    expect(page.get_by_text("共 1 个社会组织符合当前条件")).to_be_visible()
    in_order(page)

    page.get_by_role("link", name=body.name, exact=True).click()
    expect(page.get_by_role("heading", level=1)).to_have_text(body.name)
    expect(page.get_by_text("发现线索（情形 D）")).to_be_visible()
    in_order(page)

    page.get_by_role("navigation", name="主导航").get_by_role("link", name="线索").click()
    in_order(page)
    page.get_by_role("link", name=re.compile(rf"核实\s*：{body.name}$")).click()
    in_order(page)
    page.get_by_label("理由").fill(REASON)
    page.get_by_role("button", name="确认线索").click()
    expect(page.get_by_role("status")).to_contain_text("已确认线索")
    in_order(page)

    page.get_by_role("link", name="查看组织全部情况").click()
    expect(page.get_by_text("确认线索（情形 D）")).to_be_visible()
    expect(page.get_by_text(f"理由：{REASON}")).to_be_visible()
    assert Finding.objects.get(pk=findings[1].pk).state == FindingState.CONFIRMED

    page.get_by_role("button", name="退出登录").click()
    expect(page).to_have_title("登录 · 清册")


def test_the_second_officer_reads_who_came_first_and_keeps_the_text(
    page: Page, live_server: LiveServer, registrar: User, findings: list[Finding]
) -> None:
    sign_in(page, live_server)
    address = live_server.url + reverse("finding_page", args=[findings[0].pk])
    page.goto(address)
    other = page.context.new_page()
    other.goto(address)
    other.get_by_label("理由").fill("先到的理由")
    other.get_by_role("button", name="确认线索").click()
    expect(other.get_by_role("status")).to_contain_text("已确认线索")

    page.get_by_label("理由").fill(REASON)
    page.get_by_role("button", name="确认线索").click()
    expect(page.get_by_role("alert")).to_contain_text("该线索已由“测试经办人”于")
    expect(page.get_by_label("理由")).to_have_value(REASON)
    in_order(page)
    assert Event.objects.filter(verb="finding.confirm").count() == 1


def test_wrong_passwords_and_missing_pages_speak_chinese(page: Page, live_server: LiveServer, registrar: User) -> None:
    page.goto(live_server.url)
    page.get_by_label("用户名").fill("jingbanren")
    page.get_by_label("密码").fill("wrong")
    page.get_by_role("button", name="登录").click()
    expect(page.get_by_role("alert")).to_contain_text("用户名或者密码不正确")
    in_order(page)
    page.goto(f"{live_server.url}/nowhere/")
    expect(page.get_by_role("heading", level=1)).to_have_text("没有找到这个页面")
    in_order(page)


def test_the_keyboard_reaches_the_content_first(
    page: Page, live_server: LiveServer, registrar: User, findings: list[Finding]
) -> None:
    sign_in(page, live_server)
    page.goto(live_server.url + reverse("organisation_list"))
    page.keyboard.press("Tab")
    skip = page.get_by_role("link", name="跳到正文")
    expect(skip).to_be_focused()
    expect(skip).to_be_in_viewport()
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.closest('main') !== null")
    outline = page.evaluate("getComputedStyle(document.activeElement).outlineStyle")
    assert outline == "solid"


def test_everything_works_without_javascript(
    browser: Browser, live_server: LiveServer, registrar: User, findings: list[Finding]
) -> None:
    with browser.new_context(java_script_enabled=False, locale="zh-CN") as window:
        page = window.new_page()
        page.goto(live_server.url)
        page.get_by_label("用户名").fill("jingbanren")
        page.get_by_label("密码").fill(PASSWORD)
        page.get_by_role("button", name="登录").click()
        page.goto(live_server.url + reverse("finding_page", args=[findings[2].pk]))
        page.get_by_label("理由").fill(REASON)
        page.get_by_role("button", name="排除线索").click()
        expect(page.get_by_role("status")).to_contain_text("已排除线索")
    assert Finding.objects.get(pk=findings[2].pk).state == FindingState.DISMISSED
