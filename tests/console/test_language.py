"""Chinese and English: the switch, and that nothing is left in the other language."""

from __future__ import annotations

import re
from html import unescape
from io import StringIO
from itertools import cycle
from typing import TYPE_CHECKING, Any

import pytest
from django.conf import settings as conf
from django.core.management import CommandError, call_command
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.safestring import SafeString

from cleanup.models import Case, Finding
from cleanup.states import FindingState
from console import labels
from console.demonstration import roster
from console.language import CHINESE, translated
from console.management import catalogue
from registry.models import Filing, Organisation, User
from registry.rulebook import BOOK
from registry.states import FROM_UNITS, Role
from tests.console.doors import LEADS_BACK, MAY_OPEN, address, argument, takes_a_record
from tests.console.latin import latinise
from tests.console.procedures import OF_CASES
from tests.console.situations import user_of
from tests.factories import OrganisationFactory
from worker.actions.alert import reconcile
from worker.queries.sources import SOURCES

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from django.conf import LazySettings
    from django.db.models import Model
    from django.test import Client, RequestFactory

pytestmark = pytest.mark.django_db

MARKED = re.compile(
    r"<input\b[^>]*\slang=\"zh-hans\"[^>]*>|<(\w+)\b[^>]*\slang=\"(?:zh-hans|en)\"[^>]*>.*?</\1>", re.DOTALL
)
"""A part of a page that says itself that it is in another language."""

NUMBER = re.compile(r"\w+〔\d{4}〕\d+号")
"""The number of a document, written as in Chinese in every language."""

LATIN_WORD = re.compile(r"(?<![\w./@-])[A-Za-z][a-z]{2,}(?![\w@-])")
SAID_IN_LATIN = {"manage", "xlsx", "csv", "tsv", "xls", "MiB", "verify_ledger", "sweep", "import_register", "demo"}
"""Names of files, commands and units, the same in every language."""


def english(client: Client) -> Client:
    client.cookies[conf.LANGUAGE_COOKIE_NAME] = "en"
    return client


def left_over(page: str, pattern: re.Pattern[str]) -> list[str]:
    """Return the texts and values of a page that are in the other language."""
    body = MARKED.sub("", page.partition("</head>")[2])
    title = re.findall(r"<title>(.*?)</title>", page, re.DOTALL)
    texts = [*title, *re.split(r"<[^>]*>", body), *re.findall(r"=\"([^\"]*)\"", body)]
    told = [NUMBER.sub("", " ".join(unescape(each).split())) for each in texts]
    return [each for each in told if pattern.search(each)]


def words_of(page: str) -> str:
    """Return what a reader reads of a page, without tags, values and codes."""
    shown = re.sub(r"<(script|style)\b.*?</\1>", "", page, flags=re.DOTALL)
    told = " ".join(re.findall(r"(?:aria-label|placeholder|title|data-label)=\"([^\"]*)\"", shown))
    body = MARKED.sub("", shown).partition("<body")[2].partition(">")[2]
    return f"{told} {re.sub(r'<[^>]+>', ' ', body)}"


BEYOND = 500_000
"""The number of the first body made here: the demonstration has those before it."""


def of_every_sort(model: type[Model], *columns: str) -> Iterator[Any]:
    """Return a row for each combination of ``columns`` there is."""
    for values in model._default_manager.order_by(*columns).values(*columns).distinct():
        yield model._default_manager.filter(**values).order_by("pk").first()


@pytest.fixture
def addresses(db: None, tmp_path: Path, settings: LazySettings) -> list[tuple[str, str]]:
    """Build a demonstration register; return all addresses with something behind them, by name."""
    settings.VAR_DIR = tmp_path
    call_command("demo", "--organisations", str(roster.FEWEST), stdout=StringIO())
    OrganisationFactory.reset_sequence(BEYOND, force=True)
    findings = cycle(Finding.objects.filter(state=FindingState.OPEN).order_by("pk"))
    names = sorted(name for name in MAY_OPEN if name not in LEADS_BACK)
    names.sort(key=lambda name: not takes_a_record(name) or argument(name) not in OF_CASES)  # a body has one case
    found = [(name, address(name, next(findings))) for name in names]
    more = {
        "organisation_page": ((row.code,) for row in of_every_sort(Organisation, "state", "exit_kind")),
        "finding_page": ((row.pk,) for row in of_every_sort(Finding, "state", "criteria")),
        "case_page": ((row.pk,) for row in of_every_sort(Case, "treatment", "state")),
        "filing_page": ((row.pk,) for row in of_every_sort(Filing, "kind", "state")),
        "user_page": ((row.pk,) for row in of_every_sort(User, "role") if row.role != Role.SYSTEM),
    }
    found += [(name, reverse(name, args=args)) for name, rows in more.items() if name in MAY_OPEN for args in rows]
    for kind in SOURCES:
        reconcile(kind=kind, on=timezone.localdate())
    return found


def pages(client: Client, addresses: list[tuple[str, str]]) -> Iterator[tuple[str, str]]:
    """Return every page by name, as everyone sees it who may open it."""
    for role in sorted(set(Role) - {Role.SYSTEM}):
        client.force_login(User.objects.filter(role=role).order_by("pk")[0])
        for name, wanted in addresses:
            if role in MAY_OPEN[name]:
                response = client.get(wanted)
                if response.status_code == 404 and role in FROM_UNITS:
                    continue
                assert response.status_code == 200, f"{role} {wanted}: {response.status_code}"
                if response.streaming or not response.headers["Content-Type"].startswith("text/"):
                    assert response.getvalue()
                    continue
                yield name, response.content.decode()


def test_no_chinese_is_left_on_an_english_page(addresses: list[tuple[str, str]], client: Client) -> None:
    latinise()
    for kind in SOURCES:
        reconcile(kind=kind, on=timezone.localdate())
    found = {
        f"{where}: {each}" for where, page in pages(english(client), addresses) for each in left_over(page, CHINESE)
    }
    if found:
        pytest.fail("\n".join(sorted(found)[:200]))


def test_no_english_is_left_on_a_chinese_page(addresses: list[tuple[str, str]], client: Client) -> None:
    known = SAID_IN_LATIN | set(User.objects.values_list("username", flat=True))
    found = {
        f"{where}: {each}"
        for where, page in pages(client, addresses)
        for each in LATIN_WORD.findall(words_of(page))
        if each not in known
    }
    if found:
        pytest.fail("\n".join(sorted(found)[:200]))


@pytest.mark.parametrize(
    "name", ["400.html", "403.html", "403_csrf.html", "404.html", "500.html", "console/locked_out.html"]
)
@pytest.mark.parametrize(("language", "other"), [("en", CHINESE), ("zh-hans", LATIN_WORD)])
def test_the_pages_of_errors_speak_the_readers_language(
    name: str, language: str, other: re.Pattern[str], rf: RequestFactory
) -> None:
    request = rf.get("/")
    request.user = user_of(Role.REGISTRATION, display_name="7")
    with translation.override(language):
        page = render_to_string(name, {"failure_limit": 5}, request)
    assert f'<html lang="{language}">' in page
    assert other.findall(words_of(page) if language == "zh-hans" else MARKED.sub("", page)) == []


def test_the_door_speaks_english(client: Client) -> None:
    assert left_over(english(client).get(reverse("sign_in")).content.decode(), CHINESE) == []


def test_the_catalogue_is_complete_and_compiled() -> None:
    """What is committed equals what `manage.py messages` writes; nothing is untranslated."""
    call_command("messages", check=True)


def test_a_text_without_translation_is_named(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(catalogue, "files", lambda: (tmp_path / "django.po", tmp_path / "django.mo"))
    with pytest.raises(CommandError, match="登记名册"):
        call_command("messages", check=True)
    call_command("messages", stdout=StringIO())
    assert (tmp_path / "django.mo").exists()


def test_the_language_is_switched_by_a_post_and_remembered(client: Client) -> None:
    client.force_login(user_of(Role.REGISTRATION))
    wanted = reverse("organisation_list")
    assert "登记名册" in client.get(wanted).content.decode()
    answer = client.post(reverse("set_language"), {"language": "en", "next": wanted})
    assert (answer.status_code, answer["Location"]) == (302, wanted)
    page = client.get(wanted)
    assert '<html lang="en">' in page.content.decode()
    assert page["Content-Language"] == "en"
    assert "Register" in page.content.decode()
    client.post(reverse("set_language"), {"language": "zh-hans", "next": wanted})
    assert '<html lang="zh-hans">' in client.get(wanted).content.decode()


def test_a_browser_that_prefers_english_is_answered_in_chinese_until_somebody_switches(client: Client) -> None:
    page = client.get(reverse("sign_in"), headers={"accept-language": "en"}).content.decode()
    assert "用户名" in page
    client.cookies[conf.LANGUAGE_COOKIE_NAME] = "xx"
    assert "用户名" in client.get(reverse("sign_in")).content.decode()


def test_the_switch_stands_at_the_door_and_leads_to_no_foreign_site(client: Client) -> None:
    assert 'value="en" lang="en"' in client.get(reverse("sign_in")).content.decode()
    answer = client.post(reverse("set_language"), {"language": "en", "next": "https://example.org/"})
    assert answer["Location"] == "/"


def test_dates_are_written_as_the_language_writes_them() -> None:
    assert labels.day("2026-11-24") == "2026年11月24日"
    with translation.override("en"):
        assert labels.day("2026-11-24") == "24 November 2026"
        assert (
            labels.days("since 2026-11-24 until 2026-12-01, no") == "since 24 November 2026 until 1 December 2026, no"
        )
        assert labels.day("no date") == "no date"


def test_a_rule_and_its_basis_are_told_in_english_and_the_law_stays_chinese() -> None:
    rule = BOOK["R-41"]
    assert translated(str(rule)) == str(rule)
    with translation.override("en"):
        told = translated(str(rule))
    assert isinstance(told, SafeString)
    assert told.startswith("R-41 Give the reason for confirming or dismissing (basis: ")
    assert f'<span lang="zh-hans">{rule.basis}</span>' in told
    assert not CHINESE.search(MARKED.sub("", told))


def test_a_sentence_is_recognised_by_its_pattern_and_its_values_are_escaped() -> None:
    with translation.override("en"):
        assert translated("示民社立〔2026〕5号") == '<span lang="zh-hans">示民社立〔2026〕5号</span>'
        assert translated("自 2020-01-01 起暂缓处理：<b>") == "on hold since 2020-01-01: <b>"
        assert not isinstance(translated("自 2020-01-01 起暂缓处理：<b>"), SafeString)
        told = translated("R-41 <b>（依据：内部控制/理由）")
        assert "<b>" not in told
        assert translated("从来无人写过这句话") == "从来无人写过这句话"
        assert translated("没有活动记录；没有书面认定") == "no activity on record; no written determination"
