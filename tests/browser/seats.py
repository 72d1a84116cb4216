"""A seat: a window of some width, and the language its officer reads. The walks speak Chinese and are told in both."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.utils import translation
from django.utils.translation import gettext
from playwright.sync_api import expect

from console.language import translated

if TYPE_CHECKING:
    from playwright.sync_api import Locator, Page
    from pytest_django.live_server_helper import LiveServer

PASSWORD = "long-and-secret"
SWITCH = {"zh-hans": "中文", "en": "English"}


def in_order(page: Page) -> None:
    """Nothing hangs over the edge, nothing broke the content policy."""
    page.wait_for_load_state()
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth"), page.url
    assert page.evaluate("window.violations") == [], page.url


@dataclass(frozen=True, slots=True)
class Seat:
    """Where an officer sits. ``say`` gives the words of the screen as this officer reads them."""

    page: Page
    server: LiveServer
    language: str

    def say(self, text: str, **values: Any) -> str:
        """Return a text of the screen in the language of this seat."""
        with translation.override(self.language):
            told = gettext(text) if values else str(translated(text))
        return told % values if values else told

    def button(self, text: str) -> Locator:
        """Return a button by its words."""
        return self.page.get_by_role("button", name=self.say(text), exact=True)

    def link(self, text: str, **values: Any) -> Locator:
        """Return a link by its words."""
        return self.page.get_by_role("link", name=self.say(text, **values), exact=True)

    def field(self, text: str) -> Locator:
        """Return a field by its label."""
        return self.page.get_by_label(self.say(text), exact=True)

    def text(self, text: str, **values: Any) -> Locator:
        """Return what is read somewhere on the page."""
        return self.page.get_by_text(self.say(text, **values))

    def open(self, address: str) -> None:
        """Go to an address of the console."""
        self.page.goto(self.server.url + address)
        self.in_order()

    def go_to(self, text: str) -> None:
        """Take a link of the main navigation."""
        if (menu := self.page.get_by_role("button", name=self.say("菜单"), exact=True)).is_visible():
            menu.click()
        nav = self.page.get_by_role("navigation", name=self.say("主导航"))
        nav.get_by_role("link", name=self.say(text), exact=True).click()
        self.in_order()

    def heading(self, text: str) -> None:
        """See that the page is the one of this heading."""
        expect(self.page.get_by_role("heading", level=1)).to_have_text(text)
        self.in_order()

    def in_order(self) -> None:
        """Nothing hangs over the edge, nothing broke the content policy, the page says which language it is in."""
        in_order(self.page)
        assert self.page.evaluate("document.documentElement.lang") == self.language, self.page.url

    def sign_in(self, username: str) -> None:
        """Come in by the door, which speaks Chinese until it is told otherwise."""
        self.page.goto(self.server.url)
        if self.language != "zh-hans":
            self.page.get_by_role("button", name=SWITCH[self.language]).click()
        expect(self.page).to_have_title(f"{self.say('登录')} · {self.say('清册')}")
        self.in_order()
        self.field("用户名").fill(username)
        self.field("密码").fill(PASSWORD)
        self.button("登录").click()
        self.heading(self.say("工作台"))
