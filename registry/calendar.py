"""Chinese working days, holidays and adjusted weekends included. A year nobody has announced yet is never guessed.

The State Council announces a year's holidays late in the year before. Until the calendar covers a year, a period that
reaches into it is counted by weekdays and comes back marked provisional.
"""

from __future__ import annotations

from calendar import monthrange
from dataclasses import dataclass
from datetime import date, timedelta

import chinese_calendar

ONE_DAY = timedelta(days=1)
SATURDAY = 5
MONTHS_A_YEAR = 12


class NotCovered(LookupError):
    """Nobody has announced the holidays of that year yet."""


@dataclass(frozen=True, slots=True)
class Due:
    """The last day of a period; ``provisional`` while the calendar does not cover a year the count went through."""

    on: date
    provisional: bool = False


def is_working_day(day: date) -> bool:
    """Tell whether offices work on ``day``; raise `NotCovered` for a year without announced holidays."""
    try:
        return bool(chinese_calendar.is_workday(day))
    except NotImplementedError as error:
        message = f"{day.year}年节假日安排尚未公布，不能判断{day.isoformat()}是否工作日"
        raise NotCovered(message) from error


def judged(day: date) -> tuple[bool, bool]:
    """Return whether offices work on ``day``, and whether that is provisional: by weekday only."""
    try:
        return is_working_day(day), False
    except NotCovered:
        return day.weekday() < SATURDAY, True


def add_working_days(day: date, count: int) -> Due:
    """Return the ``count``-th working day after ``day``, which itself does not count (民法典 201); count >= 1."""
    _refuse_nothing(count)
    on, provisional = day, False
    while count:
        on += ONE_DAY
        working, guessed = judged(on)
        provisional = provisional or guessed
        count -= working
    return Due(on, provisional)


def add_days(day: date, count: int) -> Due:
    """Return the ``count``-th calendar day after ``day``, moved on to the next working day if it is none; count >= 1.

    The first day does not count, and a period does not end on a holiday (民法典 201, 203).
    """
    _refuse_nothing(count)
    return not_on_a_holiday(day + timedelta(days=count))


def months_later(day: date, count: int) -> date:
    """Return the day of the same number ``count`` months on, or the last of that month where it has none (民法典 202)."""
    _refuse_nothing(count)
    month = day.month - 1 + count
    year, month = day.year + month // MONTHS_A_YEAR, month % MONTHS_A_YEAR + 1
    return date(year, month, min(day.day, monthrange(year, month)[1]))


def not_on_a_holiday(day: date) -> Due:
    """Return ``day``, or the next working day where offices do not work on it (民法典 203)."""
    on = day
    working, provisional = judged(on)
    while not working:
        on += ONE_DAY
        working, guessed = judged(on)
        provisional = provisional or guessed
    return Due(on, provisional)


def working_days_between(after: date, until: date) -> tuple[int, bool]:
    """Count the working days after ``after`` up to and with ``until``, and tell whether that is provisional."""
    days = [judged(after + timedelta(days=n)) for n in range(1, (until - after).days + 1)]
    return sum(working for working, _ in days), any(guessed for _, guessed in days)


def _refuse_nothing(count: int) -> None:
    if count < 1:
        message = f"a period has at least one day, not {count}"
        raise ValueError(message)
