"""Working days as the State Council announced them, and no guess about a year it has not announced."""

from __future__ import annotations

import csv
from datetime import date, timedelta
from typing import TYPE_CHECKING

import pytest
from django.conf import settings
from hypothesis import given
from hypothesis import strategies as st

from registry.calendar import Due, NotCovered, add_days, add_working_days, is_working_day

if TYPE_CHECKING:
    from pathlib import Path

ANNOUNCED: Path = settings.BASE_DIR.parent / "shared" / "data" / "workdays_2018_2024.csv"
LAST_COVERED = date(2026, 12, 24)
"""The days after it the announcement of 2027 may still move."""
covered = st.dates(date(2018, 1, 1), date(2025, 12, 31))
some_days = st.integers(1, 60)


def test_every_day_of_seven_years_agrees_with_the_announcements() -> None:
    if not ANNOUNCED.exists():
        pytest.skip("the list of announced working days is not beside this repository")
    with ANNOUNCED.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert len(rows) == 2557
    days = {date.fromisoformat(row["date"]): row["is_workday"] == "1" for row in rows}
    assert {day: is_working_day(day) for day in days} == days


@pytest.mark.parametrize(
    ("day", "working"),
    [
        (date(2024, 10, 1), False),  # 国庆节
        (date(2024, 9, 29), True),  # Sunday, worked for it
        (date(2024, 10, 12), True),  # Saturday, worked for it
        (date(2024, 10, 13), False),  # an ordinary Sunday
        (date(2024, 10, 14), True),
    ],
)
def test_adjusted_weekends_are_known(day: date, working: bool) -> None:
    assert is_working_day(day) is working


def test_a_year_nobody_announced_is_not_judged() -> None:
    with pytest.raises(NotCovered, match="2027年节假日安排尚未公布"):
        is_working_day(date(2027, 1, 4))


@given(covered, some_days)
def test_a_period_of_working_days_ends_on_one_and_holds_exactly_as_many(day: date, count: int) -> None:
    due = add_working_days(day, count)
    passed = [day + timedelta(days=n) for n in range(1, (due.on - day).days + 1)]
    assert sum(map(is_working_day, passed)) == count
    assert is_working_day(due.on)
    assert not due.provisional


@given(covered, some_days, some_days)
def test_working_days_add_up(day: date, first: int, then: int) -> None:
    assert add_working_days(add_working_days(day, first).on, then) == add_working_days(day, first + then)


@given(covered, some_days)
def test_a_period_of_days_ends_on_the_first_working_day_from_its_last(day: date, count: int) -> None:
    due = add_days(day, count)
    last = day + timedelta(days=count)
    assert due.on >= last
    assert is_working_day(due.on)
    assert not any(is_working_day(last + timedelta(days=n)) for n in range((due.on - last).days))


@given(st.dates(date(2026, 10, 1), date(2028, 12, 31)), some_days)
def test_a_count_that_goes_through_an_unannounced_year_is_provisional(day: date, count: int) -> None:
    assert add_working_days(day, count).provisional is (add_working_days(day, count).on > LAST_COVERED)
    assert add_days(day, count).provisional is (add_days(day, count).on > LAST_COVERED)


def test_a_provisional_day_is_counted_by_weekdays() -> None:
    assert add_working_days(date(2026, 12, 31), 1) == Due(date(2027, 1, 1), provisional=True)
    assert add_days(date(2026, 12, 30), 3) == Due(date(2027, 1, 4), provisional=True)


@pytest.mark.parametrize("count", [0, -1])
def test_a_period_has_at_least_one_day(count: int) -> None:
    for add in (add_days, add_working_days):
        with pytest.raises(ValueError, match="at least one day"):
            add(date(2024, 1, 2), count)
