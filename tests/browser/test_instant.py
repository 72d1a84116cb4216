"""What is found at once while one types, in a real Chromium: the lists, and the box of the header."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

from registry.states import Role
from tests.factories import OrganisationFactory, UserFactory

if TYPE_CHECKING:
    from playwright.sync_api import Page
    from pytest_django.live_server_helper import LiveServer

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def officer_page(page: Page, live_server: LiveServer) -> Page:
    OrganisationFactory.create(name="示例区茶叶行业协会", legal_representative="演示甲")
    OrganisationFactory.create(name="示例区蜂业行业协会", legal_representative="演示乙")
    user = UserFactory.create(role=Role.REGISTRATION)
    user.set_password("demo-pass-2026")
    user.save()
    page.goto(f"{live_server.url}/sign-in/")
    page.fill("[name=username]", user.username)
    page.fill("[name=password]", "demo-pass-2026")
    page.click("main button[type=submit]")
    page.wait_for_url(f"{live_server.url}/")
    return page


@pytest.mark.parametrize("typed", ["茶", "cyhyxh", "示例区茶叶", "演示甲"])
def test_the_register_follows_what_is_typed(officer_page: Page, live_server: LiveServer, typed: str) -> None:
    officer_page.goto(f"{live_server.url}/organisations/")
    rows = officer_page.locator("table.list tbody tr")
    expect(rows).to_have_count(2)

    box = officer_page.locator("main [name=q]")
    box.press_sequentially(typed)

    expect(rows).to_have_count(1)
    expect(rows).to_contain_text("示例区茶叶行业协会")
    expect(officer_page.locator("#below")).to_contain_text("1")
    expect(box).to_be_focused()
    assert "q=" in officer_page.url

    officer_page.reload()
    expect(rows).to_have_count(1)

    officer_page.get_by_role("link", name="清除条件").click()
    expect(rows).to_have_count(2)


def test_a_choice_narrows_the_list_at_once_and_nothing_found_says_what_to_do(
    officer_page: Page, live_server: LiveServer
) -> None:
    officer_page.goto(f"{live_server.url}/organisations/")
    officer_page.select_option("[name=kind]", "foundation")

    expect(officer_page.locator(".empty")).to_contain_text("没有符合条件的组织")
    expect(officer_page).to_have_url(re.compile("kind=foundation"))


def test_the_header_finds_a_body_from_anywhere_by_keys_alone(officer_page: Page) -> None:
    officer_page.keyboard.press("/")
    officer_page.keyboard.type("茶")
    hit = officer_page.locator("#seek-found").get_by_role("link", name="示例区茶叶行业协会")
    expect(hit).to_be_visible()

    officer_page.keyboard.press("Escape")
    expect(officer_page.locator("#seek-found")).to_be_hidden()

    officer_page.keyboard.type("叶")
    expect(hit).to_be_visible()
    officer_page.keyboard.press("ArrowDown")
    officer_page.keyboard.press("Enter")
    expect(officer_page.locator("h1")).to_have_text("示例区茶叶行业协会")
