"""Take the pictures of the manual: ``make pictures`` builds a demonstration register and photographs its pages."""

from __future__ import annotations

import os
import shutil
import socket
import sqlite3
import subprocess
import sys
import time
from contextlib import closing, contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

from playwright.sync_api import sync_playwright

from tests.browser.conftest import ARGUMENTS, NAMES, WIDTHS

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playwright.sync_api import Browser

ROOT = Path(__file__).resolve().parents[2]
PICTURES = ROOT / "docs" / "pictures"
FINDING = "SELECT id FROM cleanup_finding WHERE state = 'open' ORDER BY id LIMIT 1"
CAMPAIGN = "SELECT id FROM cleanup_campaign WHERE state = 'running' ORDER BY id LIMIT 1"
CASE = "SELECT id FROM cleanup_case WHERE state = 'open' ORDER BY id LIMIT 1"
FILING = "SELECT id FROM registry_filing WHERE state = 'accepted' ORDER BY id LIMIT 1"
IMPORT = "SELECT id FROM registry_importrun ORDER BY id LIMIT 1"
BODY = (
    "SELECT o.code FROM registry_organisation o JOIN cleanup_finding f ON f.organisation_id = o.id"
    " WHERE o.state = 'dormant' ORDER BY o.id LIMIT 1"
)
SEATS = {"desktop": "", "phone": "-phone"}
CHINESE: dict[str, str | float | bool] = {**os.environ, "LANGUAGE": "zh_CN"}
"""The browser's own words (days, files) in Chinese, where it has them: on Debian, the package chromium-l10n."""


def manage(environment: dict[str, str], *command: str) -> None:
    subprocess.run([sys.executable, "manage.py", *command], cwd=ROOT, env=environment, check=True, capture_output=True)


@contextmanager
def served(environment: dict[str, str]) -> Iterator[str]:
    """Serve the console on a free port of this machine."""
    with closing(socket.socket()) as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = [sys.executable, "-m", "gunicorn", "config.wsgi", "--bind", f"127.0.0.1:{port}", "--log-level", "error"]
    with subprocess.Popen(command, cwd=ROOT, env=environment) as server:
        for _ in range(100):
            with closing(socket.socket()) as probe:
                if probe.connect_ex(("127.0.0.1", port)) == 0:
                    break
            time.sleep(0.2)
        yield f"http://127.0.0.1:{port}"
        server.terminate()


def pages(register: sqlite3.Connection) -> dict[str, tuple[str, str]]:
    """Return for each picture who looks and at which address."""

    def one(sql: str) -> str:
        return str(register.execute(sql).fetchone()[0])

    return {
        "dashboard": ("dengji", "/"),
        "work": ("dengji", "/work/"),
        "reports": ("dengji", "/reports/?stage=missing"),
        "register": ("dengji", "/organisations/"),
        "organisation": ("dengji", f"/organisations/{one(BODY)}/"),
        "preview": ("shenhe", f"/campaigns/{one(CAMPAIGN)}/preview/"),
        "figures": ("shenhe", f"/campaigns/{one(CAMPAIGN)}/figures/"),
        "finding": ("dengji", f"/findings/{one(FINDING)}/"),
        "case": ("zhifa", f"/cases/{one(CASE)}/"),
        "filing": ("dengji", f"/filings/{one(FILING)}/"),
        "import": ("dengji", f"/imports/{one(IMPORT)}/?stage=open"),
        "past": ("dengji", f"/organisations/{one(BODY)}/as-of/?on=2023-01-01"),
    }


def shoot(browser: Browser, base: str, folder: Path) -> None:
    """Photograph every page at a desk, and two of them on a phone."""
    logins = dict(
        line.split("\t")[:2] for line in (folder / "demo-logins.txt").read_text(encoding="utf-8").splitlines()
    )
    with closing(sqlite3.connect(folder / "qingce.sqlite3")) as register:
        wanted = pages(register)
    for seat, ending in SEATS.items():
        width, height = WIDTHS[seat]
        for who in sorted({who for who, _ in wanted.values()}):
            with browser.new_context(viewport={"width": width, "height": height}, locale="zh-CN") as window:
                page = window.new_page()
                page.goto(f"{base}/sign-in/")
                page.fill("[name=username]", who)
                page.fill("[name=password]", logins[who])
                page.click("main button[type=submit]")
                page.wait_for_url(f"{base}/")
                for name, (viewer, address) in wanted.items():
                    if viewer == who and (not ending or name in {"dashboard", "organisation"}):
                        page.goto(base + address)
                        page.screenshot(path=PICTURES / f"{name}{ending}.png")


def main() -> None:
    """Build, serve, photograph."""
    PICTURES.mkdir(parents=True, exist_ok=True)
    path = next(filter(None, map(shutil.which, NAMES)), None)
    if path is None:
        sys.exit(f"no Chromium on PATH (looked for {', '.join(NAMES)})")
    with TemporaryDirectory() as name:
        environment = {**os.environ, "VAR_DIR": name, "DATABASE_URL": "", "DJANGO_SETTINGS_MODULE": "config.settings"}
        for command in (["migrate"], ["collectstatic", "--noinput"], ["demo"], ["sweep", "--campaign", "2026"]):
            manage(environment, *command)
        with served(environment) as base, sync_playwright() as playwright:
            browser = playwright.chromium.launch(executable_path=path, args=ARGUMENTS, env=CHINESE)
            shoot(browser, base, Path(name))
            browser.close()


if __name__ == "__main__":
    main()
