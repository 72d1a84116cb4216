"""Loading a year of holidays on a page: looked at first, then loaded; refused in words."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from registry.models import CalendarEvent, HolidayYear
from registry.states import Role
from tests.console.situations import user_of
from tests.registry.deadlines import again, begun
from tests.registry.test_holiday_years import SOURCE, file

if TYPE_CHECKING:
    from django.http import HttpResponse
    from django.test import Client

    from registry.models import User

pytestmark = pytest.mark.django_db
LOAD, PAGE = reverse("calendar_load"), reverse("calendar_page")


@pytest.fixture
def administrator(client: Client) -> User:
    by = user_of(Role.ADMINISTRATOR)
    client.force_login(by)
    return by


def sent(client: Client, content: bytes, source: str = SOURCE, **more: str) -> HttpResponse:
    return client.post(LOAD, {"file": SimpleUploadedFile("2035.json", content), "source": source, **more})


def confirmed(client: Client, looked_at: HttpResponse, **more: str) -> HttpResponse:
    kept = looked_at.context["form"].initial
    return client.post(LOAD, {**kept, "confirm": "yes", **more})


def test_a_year_is_looked_at_and_then_loaded(client: Client, administrator: User) -> None:
    deadline = begun(by=administrator, kind="service.delivery", on=date(2035, 1, 30))
    looked_at = sent(client, file(2035))
    page = looked_at.content.decode()
    assert looked_at.status_code == 200
    for words in ("2035年安排载入以后的变动", "1 件期限", deadline.organisation.name, "2035年2月8日"):
        assert words in page, words
    assert not HolidayYear.objects.exists()
    assert confirmed(client, looked_at).status_code == 302
    page = client.get(PAGE).content.decode()
    for words in ("已载入2035年节假日安排，1件期限重新计算", SOURCE, "2035.json", str(administrator)):
        assert words in page, words
    assert CalendarEvent.objects.get().by == administrator
    assert not again(deadline).provisional


def test_what_stands_against_a_year_is_said_before_and_after(client: Client, administrator: User) -> None:
    looked_at = sent(client, file(2035), source="")
    assert "R-173" in looked_at.content.decode()
    refused = confirmed(client, looked_at)
    assert (refused.status_code, "R-173" in refused.content.decode()) == (422, True)
    assert confirmed(client, refused, source=SOURCE).status_code == 302


@pytest.mark.parametrize(
    ("content", "why"),
    [(b"", "请选择要载入的文件"), (b"{}", "文件没有写明年份"), (b" " * (1 << 20) + b"{}", "文件太大")],
)
def test_a_file_that_is_none_is_refused_beside_its_field(
    client: Client, administrator: User, content: bytes, why: str
) -> None:
    answer = sent(client, content)
    assert answer.status_code == 422
    assert why in answer.content.decode()


def test_what_travels_along_is_read_anew(client: Client, administrator: User) -> None:
    answer = client.post(LOAD, {"source": SOURCE, "kept": "不是 base64", "confirm": "yes"})
    assert (answer.status_code, HolidayYear.objects.count()) == (422, 0)


def test_a_page_without_loaded_years_says_when_there_will_be_one(client: Client) -> None:
    client.force_login(user_of(Role.CLERK))
    page = client.get(PAGE).content.decode()
    for words in ("还没有载入过节假日安排", "2004年至2026年", "2027年的安排还没有载入"):
        assert words in page, words
    assert LOAD not in page
