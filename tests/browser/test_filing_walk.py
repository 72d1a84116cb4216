"""An application in a real browser: one officer enters and accepts it, another reviews and approves, the register changes."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from django.urls import reverse
from playwright.sync_api import expect

from registry.models import Filing, Organisation, User
from registry.states import FilingState, Role
from tests.browser.test_walk import PASSWORD, in_order
from tests.console.situations import user_of
from tests.factories import OrganisationFactory

if TYPE_CHECKING:
    from playwright.sync_api import Browser, BrowserContext, Page
    from pytest_django.live_server_helper import LiveServer

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def somebody(username: str, role: Role) -> User:
    user = user_of(role, username=username, display_name=f"测试{role.label}")
    user.set_password(PASSWORD)
    user.save()
    return user


@pytest.fixture
def body(transactional_db: None) -> Organisation:
    somebody("shouli", Role.REGISTRATION)
    somebody("shenhe", Role.REVIEWER)
    return OrganisationFactory.create(name="虚构区茶叶协会", address="虚构区旧路1号")


def sign_in(page: Page, live_server: LiveServer, username: str) -> None:
    page.context.clear_cookies()
    page.goto(live_server.url)
    page.get_by_label("用户名").fill(username)
    page.get_by_label("密码").fill(PASSWORD)
    page.get_by_role("button", name="登录").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("工作台")


def test_an_application_is_entered_accepted_reviewed_and_approved(
    page: Page, live_server: LiveServer, body: Organisation
) -> None:
    sign_in(page, live_server, "shouli")
    page.goto(live_server.url + reverse("organisation_page", args=[body.code]))
    page.get_by_role("link", name="申请变更登记").click()
    in_order(page)
    expect(page.get_by_label("统一社会信用代码")).to_have_value(body.code)
    page.get_by_role("button", name="开始填写").click()
    in_order(page)

    page.get_by_label("申请人").fill("虚构区茶叶协会")
    page.get_by_label("住所", exact=True).fill("虚构区新路8号")
    page.get_by_role("button", name="保存并检查").click()
    expect(page.get_by_text("可以收件。")).to_be_visible()
    expect(page.get_by_text("项材料没有落实")).to_be_visible()
    in_order(page)
    for group in page.get_by_role("group").filter(has=page.get_by_role("radio", name="已提交")).all():
        group.get_by_role("radio", name="已提交").check()
    page.get_by_role("group", name="业务主管单位的审查同意文件").get_by_role("radio", name="不适用").check()
    page.get_by_role("group", name="业务主管单位的审查同意文件").get_by_label("不适用的理由").fill("没有业务主管单位")
    page.get_by_role("button", name="保存并检查").click()
    expect(page.get_by_text("材料齐全。")).to_be_visible()
    page.get_by_role("button", name="保存并收件").click()

    expect(page.get_by_role("status")).to_contain_text("已收件")
    in_order(page)
    page.get_by_role("button", name="受理", exact=True).click()
    expect(page.get_by_role("status")).to_contain_text("已受理")
    expect(page.get_by_role("heading", name="办理期限")).to_be_visible()
    in_order(page)
    filing = Filing.objects.get()

    sign_in(page, live_server, "shenhe")
    page.goto(live_server.url + reverse("filing_list"))
    in_order(page)
    page.get_by_role("link", name="虚构区茶叶协会").click()
    page.get_by_label("审查意见").fill("材料齐全，新住所证明有效")
    page.get_by_role("button", name="审查", exact=True).click()
    expect(page.get_by_text("请选择建议准予或者建议不予准予")).to_be_visible()
    in_order(page)
    expect(page.get_by_label("审查意见")).to_have_value("材料齐全，新住所证明有效")
    page.get_by_role("radio", name="建议准予").check()
    page.get_by_role("button", name="审查", exact=True).click()
    page.get_by_label("决定文号").first.fill("民许〔2026〕8号")
    page.get_by_role("button", name="准予变更登记").click()
    expect(page.get_by_text("登记名册已同时变动").first).to_be_visible()
    in_order(page)
    page.get_by_role("link", name="虚构区茶叶协会", exact=True).click()
    expect(page.get_by_text("虚构区旧路1号 → 虚构区新路8号").first).to_be_visible()
    filing.refresh_from_db()
    assert filing.state == FilingState.APPROVED
    assert filing.handler != filing.decided_by
    assert Organisation.objects.get(pk=body.pk).address == "虚构区新路8号"


def test_two_officers_write_at_once_and_nothing_is_lost(
    page: Page, context: BrowserContext, browser: Browser, live_server: LiveServer, body: Organisation
) -> None:
    somebody("shouli2", Role.REGISTRATION)
    sign_in(page, live_server, "shouli")
    page.goto(f"{live_server.url}{reverse('filing_new')}?kind=amend&code={body.code}")
    page.get_by_role("button", name="开始填写").click()
    with browser.new_context(locale="zh-CN") as window:
        other = window.new_page()
        sign_in(other, live_server, "shouli2")
        other.goto(page.url)
        other.get_by_label("法定代表人").fill("测试人员乙")
        page.get_by_label("申请人").fill("甲写的申请人")
        page.get_by_role("button", name="保存并检查").click()
        expect(page.get_by_role("status")).to_contain_text("已保存")
        other.get_by_role("button", name="保存并检查").click()
        expect(other.get_by_role("alert").first).to_contain_text("申请已被他人修改")
        expect(other.get_by_label("申请人")).to_have_value("甲写的申请人")
        expect(other.get_by_label("法定代表人")).to_have_value("测试人员乙")
        other.get_by_role("button", name="保存并检查").click()
        expect(other.get_by_role("status")).to_contain_text("已保存")
    filing = Filing.objects.get()
    assert (filing.applicant, filing.proposal) == ("甲写的申请人", {"legal_representative": "测试人员乙"})
