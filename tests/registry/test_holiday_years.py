"""Years of holidays from a file: read, refused, previewed, loaded, noticed elsewhere, and told in two ledgers."""

from __future__ import annotations

import json
from datetime import date, timedelta
from io import StringIO
from typing import TYPE_CHECKING, Any

import pytest
from django.core.management import CommandError, call_command
from django.db import DatabaseError, connection, transaction

from registry.actions import calendar as verbs
from registry.calendar import Calendar, Due, NotACalendar, NotCovered, in_use, is_working_day, read_year
from registry.models import CalendarEvent, Deadline, Event, HolidayYear, IsFinal, Subject
from registry.queries import calendar as queries
from registry.queries.deadlines import recomputed, standing
from registry.queries.verification import faults
from registry.rulebook import Refused
from registry.states import FilingKind, Role, SubjectKind
from tests.constraints import refused_by
from tests.factories import OrganisationFactory, UserFactory
from tests.registry.applications import clock_of, drafted, step
from tests.registry.deadlines import again, begun

if TYPE_CHECKING:
    from pathlib import Path

    from registry.models import User

SOURCE = "虚构的国务院办公厅通知〔2034〕1号"
LAST = date(2034, 12, 20)
"""A Wednesday in a year the tests announce."""


def days(year: int) -> list[dict[str, Any]]:
    """Return an invented announcement: four fixed holidays, a week of 春节, one worked Sunday and a moved December."""
    off = [(1, 1), (5, 1), (10, 1), (10, 2), (10, 3), *((2, day) for day in range(8, 15))]
    return [
        {"name": "元旦", "date": f"{year - 1}-12-29", "isOffDay": True},
        *({"name": "节日", "date": f"{year}-{month:02}-{day:02}", "isOffDay": True} for month, day in off),
        {"name": "春节", "date": f"{year}-02-04", "isOffDay": False},
    ]


def file(year: int, /, **wrong: Any) -> bytes:
    """Return a file as holiday-cn writes it, with what ``wrong`` replaces."""
    return json.dumps({"$id": "x", "year": year, "papers": [], "days": days(year), **wrong}).encode()


@pytest.fixture
def administrator(db: None) -> User:
    return UserFactory.create(role=Role.ADMINISTRATOR)


def load(year: int, by: User, **how: Any) -> verbs.Loaded:
    return verbs.load_year(
        content=file(year, **how), file_name=f"{year}.json", source=SOURCE, by=by, on=date(2026, 11, 20)
    )


# --- the file -----------------------------------------------------------------------------------------------


def test_a_file_is_read_whole_and_in_order() -> None:
    read = read_year(file(2035))
    assert read.year == 2035
    assert len(read.days) == 14
    assert [each.on for each in read.days] == sorted(each.on for each in read.days)
    assert read_year(json.dumps({"year": 2035, "days": read.told()}).encode()) == read


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (b"\xff\xfe", "不是 JSON"),
        (b"[" * 100_000, "不是 JSON"),
        (b"[]", "没有写明年份"),
        (file(2035, year="2035"), "没有写明年份"),
        (file(2035, year=True), "没有写明年份"),
        (file(2035, days=[]), "没有列出放假和调休的日子"),
        (file(2035, days={}), "没有列出放假和调休的日子"),
        (file(2035, days=[{}] * 101), "没有列出放假和调休的日子"),
        (file(2035, days=["2035-01-01"]), "第 1 个日子不完整"),
        (file(2035, days=[{"name": "元旦", "date": "2035-13-01", "isOffDay": True}]), "第 1 个日子不完整"),
        (file(2035, days=[{"name": "元旦", "date": "2035-01-01", "isOffDay": "yes"}]), "第 1 个日子不完整"),
        (file(2035, days=[*days(2035), *days(2035)]), "同一日期出现了两次"),
        (file(2035, days=days(2036)), "不属于2035年"),
        (file(2035, days=[{"name": "元旦", "date": "2034-12-20", "isOffDay": True}]), "2034-12-20不属于2035年"),
    ],
)
def test_a_file_that_is_no_year_of_holidays_says_why(content: bytes, why: str) -> None:
    with pytest.raises(NotACalendar, match=why):
        read_year(content)


# --- the calendar it makes ------------------------------------------------------------------------------------


def test_a_loaded_year_is_judged_by_its_file_and_the_others_as_before() -> None:
    calendar = Calendar([read_year(file(2035))])
    assert not calendar.is_working_day(date(2035, 2, 8))
    assert calendar.is_working_day(date(2035, 2, 4))
    assert date(2035, 2, 4).weekday() == 6
    assert calendar.is_working_day(date(2035, 2, 5))
    assert not calendar.is_working_day(date(2034, 12, 29))
    assert calendar.is_working_day(date(2024, 9, 29))
    with pytest.raises(NotCovered):
        calendar.is_working_day(date(2036, 1, 2))


def test_a_loaded_year_says_the_last_word_on_a_shipped_one() -> None:
    holiday = date(2024, 5, 2)
    assert not is_working_day(holiday)
    assert Calendar([read_year(file(2024))]).is_working_day(holiday)


def test_the_end_of_december_may_still_move_until_the_next_year_is_announced() -> None:
    one, two = Calendar([read_year(file(2035))]), Calendar([read_year(file(2035)), read_year(file(2036))])
    assert one.judged(date(2035, 12, 24)) == (True, False)
    assert one.judged(date(2035, 12, 31)) == (True, True)
    assert two.judged(date(2035, 12, 31)) == (True, False)
    assert two.add_working_days(date(2035, 12, 24), 6) == Due(date(2036, 1, 2))


# --- loading --------------------------------------------------------------------------------------------------


@pytest.mark.django_db
def test_loading_settles_or_moves_what_rests_on_the_year_with_one_event_a_body(administrator: User) -> None:
    load(2034, administrator)
    load(2035, administrator, days=[each for each in days(2035) if each["date"] > "2035"])
    body = OrganisationFactory.create()
    moved = begun(by=administrator, body=body, kind="service.delivery", on=date(2036, 1, 30))
    settled = begun(by=administrator, body=body, kind="case.decision", on=date(2035, 10, 10))
    untouched = begun(by=administrator, subject=Subject(SubjectKind.CASE, 8), on=date(2034, 6, 1))
    assert (moved.provisional, moved.due_on) == (True, date(2036, 2, 8))
    assert (settled.provisional, untouched.provisional) == (True, False)

    shown = verbs.preview(content=file(2036), source=SOURCE, on=LAST)
    assert [each.deadline for each in shown.moved] == [moved]
    assert [each.deadline for each in shown.settled] == [settled]
    assert again(moved).due_on == date(2036, 2, 8)
    assert not HolidayYear.objects.filter(year=2036).exists()

    loaded = load(2036, administrator)
    assert [event.organisation for event in loaded.told] == [body]
    assert (again(moved).due_on, again(moved).provisional) == (date(2036, 2, 15), False)
    assert (again(settled).due_on, again(settled).provisional) == (settled.due_on, False)
    assert again(untouched).due_on == untouched.due_on
    told = Event.objects.get(pk=loaded.told[0].pk).facts
    assert told["calendar"]["year"] == 2036
    assert [line.get("due_before") for line in told["deadlines"]] == ["2036-02-08", None]
    assert recomputed(Deadline.objects.all()) == []
    assert list(faults()) == []


@pytest.mark.django_db
def test_the_clock_of_an_application_to_establish_is_told_by_a_step(
    administrator: User, officer: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("registry.actions.filing.timezone.localdate", lambda: date(2035, 12, 1))
    filing = step(
        "submit", drafted(FilingKind.ESTABLISH, by=officer, on=date(2035, 12, 1)), by=officer, on=date(2035, 12, 1)
    )
    filing = step("accept", filing, by=officer, on=date(2035, 12, 1))
    assert clock_of(filing).provisional
    load(2035, administrator)
    load(2036, administrator)
    last = filing.steps.last()
    assert (last.verb, last.facts["deadlines"][0]["row"]["provisional"]) == ("filing.recount", False)
    assert not clock_of(filing).provisional
    filing.refresh_from_db()
    assert filing.version == last.seq


@pytest.mark.django_db
def test_a_year_is_loaded_whole_with_its_source_and_only_when_it_says_something_new(administrator: User) -> None:
    with pytest.raises(Refused, match="R-172"):
        load(2035, administrator, days=days(2035)[:3])
    with pytest.raises(Refused, match="R-173"):
        verbs.load_year(content=file(2035), file_name="2035.json", source=" ", by=administrator, on=LAST)
    load(2035, administrator)
    with pytest.raises(Refused, match="R-174"):
        load(2035, administrator)
    assert [rule.code for rule in verbs.preview(content=file(2035), source="", on=LAST).broken] == ["R-173", "R-174"]
    changed = [*days(2035), {"name": "调休", "date": "2035-09-29", "isOffDay": False}]
    load(2035, administrator, days=changed)
    assert (HolidayYear.objects.count(), CalendarEvent.objects.count()) == (1, 2)


@pytest.mark.django_db
def test_when_the_ledger_cannot_be_written_no_year_is_loaded(
    administrator: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    deadline = begun(by=administrator, kind="service.delivery", on=date(2035, 1, 30))

    def broken(*_: object, **__: object) -> None:
        raise RuntimeError

    monkeypatch.setattr("registry.actions.calendar.chain.append", broken)
    with pytest.raises(RuntimeError):
        load(2035, administrator)
    assert not HolidayYear.objects.exists()
    assert again(deadline).provisional


@pytest.mark.django_db
def test_a_year_loaded_elsewhere_is_noticed_by_whoever_counts(administrator: User) -> None:
    deadline = begun(by=administrator, kind="service.delivery", on=date(2035, 1, 30))
    before = in_use()
    with transaction.atomic():
        load(2035, administrator)
        assert queries.current().loaded == {2035}
        transaction.set_rollback(True)
    assert queries.current().loaded == before.loaded == frozenset()
    load(2035, administrator)
    assert not standing(again(deadline), on=date(2035, 1, 31)).provisional
    assert in_use().loaded == {2035}


# --- its ledger -----------------------------------------------------------------------------------------------


@pytest.mark.django_db
def test_the_ledger_of_the_calendar_is_append_only(administrator: User) -> None:
    event = load(2035, administrator).event
    assert str(event) == "1 calendar.load"
    assert str(event.subject) == "2035年节假日安排"
    with pytest.raises(IsFinal):
        event.save()
    for statement in (
        "UPDATE registry_calendarevent SET reason = 'x'",
        "DELETE FROM registry_calendarevent",
    ):
        with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(statement)


@pytest.mark.django_db
@pytest.mark.parametrize("column", ["days", "source", "sha256"])
def test_a_year_changed_behind_the_ledger_is_named(administrator: User, column: str) -> None:
    load(2035, administrator)
    assert list(faults()) == []
    HolidayYear.objects.update(**{column: [] if column == "days" else "x"})
    assert [str(each) for each in faults()] == ["日历台账 第 1 条：2035年节假日安排与最后一条记录不符"]


@pytest.mark.django_db
def test_a_tampered_row_of_the_calendars_ledger_is_named(administrator: User, without_guards: None) -> None:
    load(2035, administrator)
    with connection.cursor() as cursor:
        cursor.execute("UPDATE registry_calendarevent SET reason = 'x'")
    assert "日历台账 第 1 条：内容被改动（calendar.load，2026-11-20），摘要不符" in [str(each) for each in faults()]


@pytest.mark.django_db
def test_the_database_refuses_a_year_or_a_row_without_its_source(administrator: User) -> None:
    year = load(2035, administrator).event.subject
    with refused_by(HolidayYear, "holiday_year_has_source"):
        HolidayYear.objects.update(source="")
    row = CalendarEvent(
        seq=2, subject=year, verb="calendar.load", on=LAST, at=CalendarEvent.objects.get().at, by=administrator,
        reason="", digest="x",
    )  # fmt: skip
    with refused_by(CalendarEvent, "calendar_event_has_reason"):
        CalendarEvent.objects.bulk_create([row])
    row.reason, row.seq = "甲", 0
    with refused_by(CalendarEvent, "calendar_event_seq_from_one"):
        CalendarEvent.objects.bulk_create([row])


# --- the command ------------------------------------------------------------------------------------------------


@pytest.mark.django_db
def test_the_command_previews_and_loads(administrator: User, tmp_path: Path) -> None:
    deadline = begun(by=administrator, kind="service.delivery", on=date(2035, 1, 30))
    path, said, warned = tmp_path / "2035.json", StringIO(), StringIO()
    path.write_bytes(file(2035))
    call_command("load_calendar", path, "--source", " ", "--dry-run", stdout=said, stderr=warned)
    assert "将载入（未写入）：期限变动 1 件" in said.getvalue()
    assert "R-173" in warned.getvalue()
    assert not HolidayYear.objects.exists()
    call_command("load_calendar", path, "--source", SOURCE, "--by", administrator.username, stdout=said)
    assert f"决定书送达期限 {deadline.subject}：2035-02-08 → {again(deadline).due_on}" in said.getvalue()
    assert HolidayYear.objects.get().sha256 == CalendarEvent.objects.get().facts["year"]["sha256"]


@pytest.mark.django_db
def test_the_command_refuses_in_words(administrator: User, officer: User, tmp_path: Path) -> None:
    path = tmp_path / "2035.json"
    with pytest.raises(CommandError, match="不能读取"):
        call_command("load_calendar", path, "--source", SOURCE)
    path.write_bytes(b"{}")
    with pytest.raises(CommandError, match="没有写明年份"):
        call_command("load_calendar", path, "--source", SOURCE, "--by", administrator.username)
    path.write_bytes(file(2035))
    with pytest.raises(CommandError, match="须是在用的管理员账户"):
        call_command("load_calendar", path, "--source", SOURCE, "--by", officer.username)
    with pytest.raises(CommandError, match="R-173"):
        call_command("load_calendar", path, "--source", "", "--by", administrator.username)
    path.write_bytes(b" " * (verbs.LARGEST + 1))
    with pytest.raises(CommandError, match="太大"):
        call_command("load_calendar", path, "--source", SOURCE)


def test_days_after_a_loaded_year_are_provisional_again() -> None:
    calendar = Calendar([read_year(file(2035))])
    assert calendar.add_working_days(date(2035, 12, 20), 10).provisional
    assert not calendar.add_working_days(date(2035, 12, 1) - timedelta(days=20), 10).provisional
