"""The door, the keyboard, and everything without JavaScript, in a real browser, at a desk and on a phone."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from django.urls import reverse
from playwright.sync_api import expect

from cleanup.models import Finding
from cleanup.states import FindingState
from registry.states import Role
from tests.browser.seats import in_order
from tests.console.situations import open_findings, user_of

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page
    from pytest_django.live_server_helper import LiveServer

    from registry.models import User

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


def sign_in(page: Page, live_server: LiveServer) -> None:
    page.goto(live_server.url)
    expect(page).to_have_title("登录 · 清册")
    in_order(page)
    page.get_by_label("用户名").fill("jingbanren")
    page.get_by_label("密码").fill(PASSWORD)
    page.get_by_role("button", name="登录").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("工作台")
    in_order(page)


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
