"""An enforcement officer's day: from the queue to a case, in a real browser, at a desk and on a phone."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest
from django.urls import reverse
from playwright.sync_api import expect

from cleanup.models import Case
from cleanup.states import CaseState
from registry.states import Role
from tests.browser.seats import in_order
from tests.console.situations import confirmed_finding, user_of

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page
    from pytest_django.live_server_helper import LiveServer

    from cleanup.models import Finding
    from registry.models import User

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

PASSWORD = "long-and-secret"


@pytest.fixture
def enforcer(transactional_db: None) -> User:
    user = user_of(Role.REVIEWER, username="zhifayuan", display_name="测试执法员", certified=True)
    user.set_password(PASSWORD)
    user.save()
    return user


@pytest.fixture
def finding(transactional_db: None) -> Finding:
    return confirmed_finding(name="虚构区羽毛球协会")


def sign_in(page: Page, live_server: LiveServer) -> None:
    page.goto(live_server.url)
    page.get_by_label("用户名").fill("zhifayuan")
    page.get_by_label("密码").fill(PASSWORD)
    page.get_by_role("button", name="登录").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("工作台")


def test_work_is_taken_becomes_a_case_and_closes_when_everything_is_there(
    page: Page, live_server: LiveServer, enforcer: User, finding: Finding
) -> None:
    sign_in(page, live_server)
    in_order(page)
    if (menu := page.get_by_role("button", name="菜单", exact=True)).is_visible():
        menu.click()
    page.get_by_role("navigation", name="主导航").get_by_role("link", name="我的待办").click()
    expect(page.get_by_text("没有由您承办的事项")).to_be_visible()
    page.get_by_role("link", name="待分派 1").click()
    in_order(page)
    page.get_by_role("button", name=re.compile("由我承办")).click()
    expect(page.get_by_role("status")).to_contain_text("的事项已由“测试执法员”承办")
    page.get_by_role("link", name="我承办的 1").click()
    page.get_by_role("link", name="已确认线索待立案（情形D）").click()
    in_order(page)

    page.get_by_label("写备注").fill("门牌已更换")
    page.get_by_role("button", name="保存备注").click()
    expect(page.get_by_text("门牌已更换")).to_be_visible()

    page.get_by_role("link", name="立案", exact=True).click()
    expect(page.get_by_label("撤销登记", exact=True)).to_be_disabled()
    expect(page.get_by_text("R-45 撤销登记须有法定事由")).to_be_visible()
    in_order(page)
    page.get_by_label("注销", exact=True).check()
    page.get_by_role("button", name="立案").click()
    expect(page.get_by_role("status")).to_contain_text("已立案")
    in_order(page)

    page.get_by_label("办结理由").fill("会员大会决议注销")
    page.get_by_role("button", name="办结").click()
    expect(page.get_by_role("alert")).to_contain_text("R-09 有内部决议")
    expect(page.get_by_label("办结理由")).to_have_value("会员大会决议注销")
    in_order(page)
    page.get_by_label("决议日期").fill("2022-06-02")
    page.get_by_label("清算报告日期").fill("2022-06-03")
    page.get_by_role("button", name="办结").click()
    expect(page.get_by_role("status")).to_contain_text("个案已办结")
    expect(page.get_by_text("结果：注销")).to_be_visible()
    assert Case.objects.get(finding=finding).state == CaseState.CLOSED


def test_a_slash_leads_to_the_search_and_a_code_to_its_page(
    page: Page, live_server: LiveServer, enforcer: User, finding: Finding
) -> None:
    sign_in(page, live_server)
    expect(page.get_by_label("查找组织")).to_be_visible()
    page.get_by_role("heading", level=1).click()
    page.keyboard.press("/")
    box = page.get_by_label("全局搜索", exact=True)
    expect(box).to_be_focused()
    page.keyboard.type("羽毛")
    page.keyboard.press("Enter")
    expect(page.get_by_role("link", name="虚构区羽毛球协会")).to_be_visible()
    in_order(page)
    page.get_by_label("全局搜索", exact=True).fill(finding.organisation.code)
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("虚构区羽毛球协会")
    page.get_by_label("写备注").focus()
    page.keyboard.type("甲/乙")
    expect(page.get_by_label("写备注")).to_have_value("甲/乙")


def test_search_and_assignment_work_without_javascript(
    browser: Browser, live_server: LiveServer, enforcer: User, finding: Finding
) -> None:
    with browser.new_context(java_script_enabled=False, locale="zh-CN") as window:
        page = window.new_page()
        sign_in(page, live_server)
        page.get_by_label("全局搜索", exact=True).fill("羽")
        page.get_by_role("button", name="搜索").click()
        expect(page.get_by_role("link", name="虚构区羽毛球协会")).to_be_visible()
        page.goto(live_server.url + reverse("finding_assignment", args=[finding.pk]))
        page.get_by_role("button", name="由我承办").click()
        expect(page.get_by_role("status")).to_contain_text("承办")
