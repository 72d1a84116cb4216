"""Lists are sorted by the heads of their columns, whichever way, page by page, without losing a row."""

from __future__ import annotations

import re
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs

import pytest
from django.db import connection
from django.urls import reverse
from django.utils import timezone

from cleanup.models import Case, Finding
from console import paging
from console.sorting import CASES, FINDINGS, PEOPLE, REGISTER, Sorting
from registry.models import Organisation, User
from registry.queries.deadlines import first_due
from registry.states import Role, SubjectKind
from tests.console.situations import open_findings, opened_case, user_of
from tests.factories import OrganisationFactory, UserFactory

if TYPE_CHECKING:
    from django.db.models import Model
    from django.test import Client

pytestmark = pytest.mark.django_db

LISTS: dict[str, tuple[Sorting, Role]] = {
    "organisation_list": (REGISTER, Role.REVIEWER),
    "finding_list": (FINDINGS, Role.REVIEWER),
    "case_list": (CASES, Role.REVIEWER),
    "user_list": (PEOPLE, Role.ADMINISTRATOR),
}
HEAD = re.compile(r"<th scope=\"col\"(?: aria-sort=\"(\w+)\")?><a class=\"sort\" href=\"([^\"]*)\"")
WORDS = [
    (name, word)
    for name, (sorting, _) in LISTS.items()
    for column in sorting.columns
    for word in (column, f"-{column}")
]


@pytest.fixture
def rows() -> dict[str, list[Any]]:
    """Return rows of every list, some without the day they may be sorted by, some alike."""
    findings = open_findings(7, name="虚构区同名协会")
    for number, finding in enumerate(findings):
        due = date(2027, 1, 1) + timedelta(days=number) if number % 3 else None
        opened_case(finding, due_on=due)
        UserFactory.create(certified=bool(number % 2))
    OrganisationFactory.create(name="虚构区成立日期不明协会", established_on=None)
    models: dict[str, type[Model]] = {"organisation_list": Organisation, "finding_list": Finding, "case_list": Case}
    found = {name: list(model._default_manager.all()) for name, model in models.items()}
    found["case_list"] = list(Case.objects.annotate(due_on=first_due(SubjectKind.CASE, on=timezone.localdate())))
    return {**found, "user_list": list(User.objects.exclude(role=Role.SYSTEM))}


def key(name: str, word: str, row: Any) -> Any:
    """Return what a row is sorted by, as a reader would say it."""
    return {
        ("organisation_list", "code"): lambda: row.code,
        ("organisation_list", "name"): lambda: row.name,
        ("organisation_list", "established"): lambda: row.established_on or date.max,
        ("finding_list", "found"): lambda: row.found_on,
        ("finding_list", "name"): lambda: row.organisation.name,
        ("case_list", "opened"): lambda: row.opened_on,
        ("case_list", "due"): lambda: row.due_on or date.max,
        ("case_list", "name"): lambda: row.finding.organisation.name,
        ("user_list", "username"): lambda: row.username,
        ("user_list", "name"): lambda: row.display_name,
        ("user_list", "certificate"): lambda: row.certificate_until or date.max,
    }[name, word]()


@pytest.mark.parametrize(("name", "word"), WORDS)
def test_a_list_goes_by_the_column_that_is_asked_for_page_by_page(
    name: str, word: str, rows: dict[str, list[Any]], client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(paging.page, "__kwdefaults__", {**(paging.page.__kwdefaults__ or {}), "size": 3})
    client.force_login(user_of(LISTS[name][1], username="zzz", display_name="zzz"))
    shown, after = [], ""
    while True:
        found = client.get(reverse(name), {"order": word, "after": after}).context["page"]
        shown += found.rows
        after = found.next
        if not after:
            break
    shown = [row for row in shown if getattr(row, "username", "") != "zzz"]
    assert sorted(row.pk for row in shown) == sorted(row.pk for row in rows[name])
    sorted_by = [key(name, word.removeprefix("-"), row) for row in shown]
    assert sorted_by == sorted(sorted_by, reverse=word.startswith("-"))


@pytest.mark.parametrize("name", LISTS)
def test_the_heads_of_columns_say_how_the_list_goes_and_lead_the_other_way(
    name: str, rows: dict[str, list[Any]], client: Client
) -> None:
    sorting, role = LISTS[name]
    client.force_login(user_of(role))
    for column in sorting.columns:
        page = client.get(reverse(name), {"order": column, "after": "1"}).content.decode()
        heads = {parse_qs(link[1:]).get("order", [sorting.usual])[0]: sort for sort, link in HEAD.findall(page)}
        assert {sort for link, sort in heads.items() if link.removeprefix("-") != column} <= {""}
        assert heads.get(f"-{column}", "ascending") == "ascending"
        assert "after=" not in "".join(link for _, link in HEAD.findall(page))
    assert client.get(reverse(name), {"order": "nonsense"}).context["page"].rows


def test_an_order_is_no_filter(client: Client) -> None:
    client.force_login(user_of(Role.REVIEWER))
    page = client.get(reverse("organisation_list"), {"order": "-name"}).content.decode()
    assert "清除条件" not in page
    assert "名册中还没有社会组织" in page


def test_the_latest_findings_are_read_without_sorting_all_there_are() -> None:
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("SET LOCAL enable_seqscan = off")
            cursor.execute("SET LOCAL enable_sort = off")
    told = Finding.objects.order_by("-found_on", "-pk")[:30].explain()
    assert "finding_latest" in told
    assert "TEMP B-TREE" not in told
