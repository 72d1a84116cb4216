"""Every page, wide and narrow, light and dark, Chinese and English: nothing serious for axe, nothing against the policy."""

from __future__ import annotations

from http import HTTPStatus
from itertools import cycle
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from django.conf import settings
from django.contrib.sessions.backends.db import SessionStore
from django.test import Client

from registry.states import Role
from tests.browser.conftest import VIOLATIONS, WIDTHS
from tests.console.doors import LEADS_BACK, MAY_OPEN, address
from tests.console.situations import open_findings, user_of
from tests.factories import UnitFactory

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playwright.sync_api import Browser, BrowserContext, Page
    from pytest_django.live_server_helper import LiveServer

    from cleanup.models import Finding
    from registry.models import User

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

AXE = (Path(__file__).parent / "vendor" / "axe.min.js").read_text(encoding="utf-8")
"""axe-core 4.14.1 by Deque Systems, under the Mozilla Public License 2.0, as its authors publish it."""

RUN = """
    async () => (await axe.run(document, {resultTypes: ["violations"]})).violations
        .filter(each => ["serious", "critical"].includes(each.impact))
        .flatMap(each => each.nodes.map(node => `${each.id}: ${node.html.slice(0, 160)} ${node.failureSummary}`))
"""

LOOKS = [
    ("desktop", "light", "zh-hans"),
    ("desktop", "dark", "en"),
    ("phone", "light", "en"),
    ("phone", "dark", "zh-hans"),
]


@pytest.fixture
def findings(transactional_db: None) -> list[Finding]:
    return open_findings(30, supervising_unit=UnitFactory.create())


@pytest.fixture(params=LOOKS, ids="-".join)
def window(request: pytest.FixtureRequest, browser: Browser, live_server: LiveServer) -> Iterator[BrowserContext]:
    """Give a window of some width, light or dark, in some language.

    It passes by the content policy, so that axe can be put into the page; what the policy says is read from the pages
    in a window of their own.
    """
    name, scheme, language = request.param
    width, height = WIDTHS[name]
    window = browser.new_context(
        viewport={"width": width, "height": height}, color_scheme=scheme, bypass_csp=True, reduced_motion="reduce"
    )
    window.set_default_timeout(20_000)
    cookie = {"name": settings.LANGUAGE_COOKIE_NAME, "value": language, "url": live_server.url}
    window.add_cookies([cookie])  # type: ignore[list-item]  # the cookie's type is a dictionary like this
    yield window
    window.close()


def enter(window: BrowserContext, live_server: LiveServer, user: User) -> None:
    """Sign ``user`` in without a password."""
    client = Client()
    client.force_login(user)
    session = client.cookies[settings.SESSION_COOKIE_NAME].value
    assert SessionStore(session).exists(session)
    window.add_cookies([{"name": settings.SESSION_COOKIE_NAME, "value": session, "url": live_server.url}])


def places(findings: list[Finding], *, files: bool = False) -> Iterator[tuple[Role, list[str]]]:
    """Return every address of a page, or of a file, each with one role that may open it: as few roles as will do."""
    of_each = cycle(findings)
    left = {name for name in MAY_OPEN if name not in LEADS_BACK}
    for role in (Role.REGISTRATION, Role.ADMINISTRATOR, Role.REVIEWER, *Role):
        opened = sorted(name for name in left if role in MAY_OPEN[name])
        left -= set(opened)
        if opened:
            addresses = [address(name, next(of_each)) for name in opened]
            yield role, [each for each in addresses if is_file(each, role) == files]
    assert not left


def is_file(address: str, role: Role) -> bool:
    """Tell whether ``address`` gives a file, not a page."""
    client = Client()
    client.force_login(user_of(role))
    answer = client.get(address)
    assert answer.status_code == HTTPStatus.OK, f"{role} {address}: {answer.status_code}"
    answer.close()
    return "Content-Disposition" in answer.headers


def findings_of(page: Page) -> list[Any]:
    page.add_script_tag(content=AXE)
    found: list[Any] = page.evaluate(RUN)
    return [f"{page.url}: {each}" for each in found]


def test_every_page_passes_axe(window: BrowserContext, live_server: LiveServer, findings: list[Finding]) -> None:
    page = window.new_page()
    page.goto(f"{live_server.url}/sign-in/")
    found = findings_of(page)
    for role, addresses in places(findings):
        enter(window, live_server, user_of(role))
        for each in addresses:
            answer = page.goto(live_server.url + each)
            assert answer is not None
            assert answer.status == 200, f"{role} {each}: {answer.status}"
            found += findings_of(page)
            if page.evaluate("document.documentElement.scrollWidth > window.innerWidth"):
                found.append(f"{page.url}: hangs over the edge")
    if found:
        pytest.fail("\n".join(found))


def test_every_page_keeps_to_the_content_policy(
    browser: Browser, live_server: LiveServer, findings: list[Finding]
) -> None:
    with browser.new_context() as window:
        window.add_init_script(VIOLATIONS)
        page = window.new_page()
        heard: list[str] = []
        page.on("console", lambda said: heard.append(f"{page.url}: {said.text}") if said.type == "error" else None)
        page.on("pageerror", lambda error: heard.append(f"{page.url}: {error}"))
        for role, addresses in places(findings):
            enter(window, live_server, user_of(role))
            for each in addresses:
                page.goto(live_server.url + each)
                heard += [f"{each}: {said}" for said in page.evaluate("window.violations")]
    assert heard == []


def test_a_server_hands_out_every_file(browser: Browser, live_server: LiveServer, findings: list[Finding]) -> None:
    given = 0
    with browser.new_context() as window:
        for role, addresses in places(findings, files=True):
            enter(window, live_server, user_of(role))
            for each in addresses:
                answer = window.request.get(live_server.url + each)
                assert answer.status == HTTPStatus.OK, f"{role} {each}: {answer.status}"
                assert answer.body(), each
                given += 1
    assert given > 3


def test_axe_does_see_what_is_wrong(window: BrowserContext) -> None:
    page = window.new_page()
    page.set_content('<html lang="en"><title>t</title><main><button></button><input type="text"></main></html>')
    assert len(findings_of(page)) == 2
