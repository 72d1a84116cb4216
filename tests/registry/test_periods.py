"""When a period ends: lengths, months, suspensions and extensions, as laws that hold for all of them."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from registry.calendar import add_days, add_working_days, in_use, is_working_day, months_later
from registry.periods import Period, left
from registry.states import PeriodUnit

DAYS, WORKING, MONTHS, FIXED = PeriodUnit.DAYS, PeriodUnit.WORKING_DAYS, PeriodUnit.MONTHS, PeriodUnit.FIXED
covered = st.dates(date(2018, 1, 1), date(2025, 6, 30))
counts = st.integers(1, 60)
countable = st.sampled_from([DAYS, WORKING, MONTHS])


@given(covered, counts)
def test_without_more_ado_a_period_ends_where_the_calendar_says(day: date, count: int) -> None:
    assert Period(starts_on=day, unit=WORKING, length=count).due() == add_working_days(day, count)
    assert Period(starts_on=day, unit=DAYS, length=count).due() == add_days(day, count)


@given(covered, counts, countable)
def test_a_longer_period_never_ends_earlier(day: date, count: int, unit: PeriodUnit) -> None:
    shorter, longer = (Period(starts_on=day, unit=unit, length=count + more).due().on for more in (0, 1))
    assert shorter <= longer


@given(covered, st.integers(1, 30), countable)
def test_a_period_that_begins_later_never_ends_earlier(day: date, count: int, unit: PeriodUnit) -> None:
    first, second = (
        Period(starts_on=day + timedelta(days=later), unit=unit, length=count).due().on for later in (0, 1)
    )
    assert first <= second


@given(covered, st.integers(1, 24))
def test_months_end_on_the_day_of_the_same_number_or_the_last_of_the_month(day: date, count: int) -> None:
    later = months_later(day, count)
    assert (later.year * 12 + later.month) - (day.year * 12 + day.month) == count
    assert later.day == day.day or (later + timedelta(days=1)).day == 1


@pytest.mark.parametrize(
    ("day", "count", "later"),
    [
        (date(2024, 1, 31), 1, date(2024, 2, 29)),
        (date(2023, 1, 31), 1, date(2023, 2, 28)),
        (date(2022, 12, 15), 1, date(2023, 1, 15)),
        (date(2022, 3, 31), 6, date(2022, 9, 30)),
        (date(2022, 12, 31), 12, date(2023, 12, 31)),
    ],
)
def test_months_over_the_ends_of_months_and_years(day: date, count: int, later: date) -> None:
    assert months_later(day, count) == later


@given(covered, counts, st.integers(0, 20), st.integers(0, 30))
def test_working_days_spent_in_a_suspension_are_given_back(day: date, count: int, wait: int, pause: int) -> None:
    since = day + timedelta(days=min(wait, count))
    until = since + timedelta(days=pause)
    paused = Period(starts_on=day, unit=WORKING, length=count, pauses=((since, until),))
    lost, _ = in_use().working_days_between(since, until)
    assert paused.suspended_days() == lost
    assert paused.due() == add_working_days(day, count + lost)


@given(covered, counts, st.integers(0, 30))
def test_calendar_days_spent_in_a_suspension_are_given_back(day: date, count: int, pause: int) -> None:
    paused = Period(starts_on=day, unit=DAYS, length=count, pauses=((day, day + timedelta(days=pause)),))
    assert paused.suspended_days() == pause
    assert paused.due() == add_days(day, count + pause)


@given(covered, counts, counts, st.sampled_from([DAYS, WORKING]))
def test_an_extension_in_the_same_unit_is_as_if_the_period_had_been_longer(
    day: date, count: int, more: int, unit: PeriodUnit
) -> None:
    extended = Period(starts_on=day, unit=unit, length=count, extension=more, extension_unit=unit)
    assert extended.due() == Period(starts_on=day, unit=unit, length=count + more).due()


def test_an_extension_in_another_unit_runs_from_the_last_day() -> None:
    months = Period(starts_on=date(2022, 1, 10), unit=MONTHS, length=1, extension=5, extension_unit=WORKING)
    assert months.due().on == date(2022, 2, 17)
    named = Period(
        starts_on=date(2022, 1, 10), unit=FIXED, fixed_on=date(2022, 3, 1), extension=30, extension_unit=DAYS
    )
    assert named.due().on == date(2022, 3, 31)


def test_a_named_day_stays_even_on_a_holiday_and_is_never_provisional() -> None:
    holiday = date(2022, 10, 1)
    assert Period(starts_on=date(2022, 9, 1), unit=FIXED, fixed_on=holiday).due().on == holiday
    assert not Period(starts_on=date(2035, 1, 1), unit=FIXED, fixed_on=date(2035, 5, 1)).due().provisional


def test_a_suspension_moves_a_named_day_and_then_not_onto_a_holiday() -> None:
    pause = ((date(2022, 9, 10), date(2022, 9, 11)),)
    named = Period(starts_on=date(2022, 9, 1), unit=FIXED, fixed_on=date(2022, 9, 30), pauses=pause)
    assert named.due().on == date(2022, 10, 8)


def test_a_suspension_through_an_unannounced_year_makes_working_days_provisional() -> None:
    pause = ((date(2034, 12, 1), date(2035, 1, 10)),)
    assert Period(starts_on=date(2034, 11, 1), unit=WORKING, length=30, pauses=pause).due().provisional


@pytest.mark.parametrize("unit", [DAYS, WORKING, MONTHS, FIXED])
def test_a_period_without_its_length_or_day_is_no_period(unit: PeriodUnit) -> None:
    with pytest.raises(ValueError, match="a period"):
        Period(starts_on=date(2022, 3, 1), unit=unit).due()


@given(covered, st.integers(0, 60))
def test_what_is_left_counts_down_to_nothing_on_the_last_day(day: date, ahead: int) -> None:
    due_on = day + timedelta(days=ahead)
    assert left(due_on, day, in_working_days=False) == (ahead, False)
    assert left(due_on, due_on, in_working_days=True) == (0, False)
    days, _ = left(due_on, day, in_working_days=True)
    assert days == sum(is_working_day(day + timedelta(days=n)) for n in range(1, ahead + 1))


@given(covered, st.integers(1, 60))
def test_what_is_late_is_late_by_calendar_days(day: date, late: int) -> None:
    assert left(day, day + timedelta(days=late), in_working_days=True) == (-late, False)
