"""A real Chromium against a live server. Skipped where there is none; a failure where services are required."""

from __future__ import annotations

import shutil
from itertools import product
from typing import TYPE_CHECKING

import pytest
from django.test import override_settings
from playwright.sync_api import sync_playwright
from pytest_django.live_server_helper import LiveServer

from tests.browser.seats import Seat

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page

NAMES = ("chromium", "chromium-browser", "google-chrome")
ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
LANGUAGES = ("zh-hans", "en")
WIDTHS = {"desktop": (1440, 900), "phone": (390, 844)}

VIOLATIONS = """
    window.violations = [];
    document.addEventListener("securitypolicyviolation", event => window.violations.push(
        `${event.violatedDirective} ${event.blockedURI}`));
"""


@pytest.fixture(scope="module")
def live_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LiveServer]:
    """Serve the console; its middleware wants a folder of collected files, the pages' own files come from the apps."""
    with override_settings(STATIC_ROOT=tmp_path_factory.mktemp("static")):
        server = LiveServer("localhost")
        yield server
        server.stop()


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """Give a Chromium; it ends with the module, so that its event loop is gone before other tests run.

    While that loop stands in the tests' thread, Django must be told that this thread may use the ORM all the same.
    """
    path = next(filter(None, map(shutil.which, NAMES)), None)
    if path is None:
        pytest.skip(f"no Chromium on PATH (looked for {', '.join(NAMES)})")
    with pytest.MonkeyPatch.context() as environment, sync_playwright() as playwright:
        environment.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "1")
        chromium = playwright.chromium.launch(executable_path=path, args=ARGUMENTS)
        yield chromium
        chromium.close()


@pytest.fixture(params=WIDTHS)
def context(request: pytest.FixtureRequest, browser: Browser) -> Iterator[BrowserContext]:
    """Give a fresh window, once as wide as a desk and once as a phone."""
    width, height = WIDTHS[request.param]
    window = browser.new_context(viewport={"width": width, "height": height}, locale="zh-CN", java_script_enabled=True)
    window.set_default_timeout(10_000)
    window.add_init_script(VIOLATIONS)
    yield window
    window.close()


@pytest.fixture
def page(context: BrowserContext) -> Iterator[Page]:
    """Give a page and, when the test is over, complain of whatever the browser complained of."""
    tab, complaints = watched(context)
    yield tab
    assert complaints == []


def watched(window: BrowserContext) -> tuple[Page, list[str]]:
    """Return a new page of ``window`` and what the browser complains of on it, as it comes."""
    complaints: list[str] = []

    def heard(message: ConsoleMessage) -> None:
        if message.type in {"error", "warning"} and "the server responded with a status of 4" not in message.text:
            complaints.append(message.text)

    tab = window.new_page()
    tab.on("console", heard)
    tab.on("pageerror", lambda error: complaints.append(str(error)))
    return tab, complaints


@pytest.fixture(params=product(WIDTHS, LANGUAGES), ids="-".join)
def seats(request: pytest.FixtureRequest, browser: Browser, live_server: LiveServer) -> Iterator[Callable[[], Seat]]:
    """Give seats for as many officers as are needed, all of one width and language, each in a window of its own."""
    name, language = request.param
    width, height = WIDTHS[name]
    windows: list[BrowserContext] = []
    heard: list[list[str]] = []

    def taken() -> Seat:
        window = browser.new_context(viewport={"width": width, "height": height}, locale="zh-CN")
        window.set_default_timeout(10_000)
        window.add_init_script(VIOLATIONS)
        tab, complaints = watched(window)
        windows.append(window)
        heard.append(complaints)
        return Seat(tab, live_server, language)

    yield taken
    for window in windows:
        window.close()
    assert heard == [[] for _ in windows]


@pytest.fixture
def seat(seats: Callable[[], Seat]) -> Seat:
    """Give one seat."""
    return seats()
