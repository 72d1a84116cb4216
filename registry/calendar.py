"""Chinese working days, holidays and adjusted weekends included. A year nobody has announced yet is never guessed.

The State Council announces a year's holidays late in the year before, and with them at times the last days of that
December. Until a year is announced, a period that reaches into those days is counted by weekdays and comes back marked
provisional. Years come from the library the system ships with, and from files an administrator has loaded.
"""

from __future__ import annotations

import json
from calendar import monthrange
from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

import chinese_calendar

if TYPE_CHECKING:
    from collections.abc import Iterable

ONE_DAY = timedelta(days=1)
SATURDAY = 5
MONTHS_A_YEAR = 12
YEAR_END = (12, 25)
"""From which day of December the next year's announcement may still move weekends and holidays; so far 29 December."""

LONGEST = 100
"""Days one file may list; a year has some forty."""


class NotCovered(LookupError):
    """Nobody has announced the holidays of that year yet."""


class NotACalendar(ValueError):
    """A file that is no year of holidays; the message says why, in Chinese."""


@dataclass(frozen=True, slots=True)
class Due:
    """The last day of a period; ``provisional`` while the calendar does not cover a year the count went through."""

    on: date
    provisional: bool = False


@dataclass(frozen=True, slots=True)
class Day:
    """A day the announcement names: a holiday, or a weekend day that is worked for one."""

    on: date
    name: str
    is_off: bool


@dataclass(frozen=True, slots=True)
class AnnouncedYear:
    """The days one year's announcement names; the last of the December before may be among them."""

    year: int
    days: tuple[Day, ...]

    def told(self) -> list[dict[str, Any]]:
        """Return the days in the form of the file."""
        return [{"name": each.name, "date": each.on.isoformat(), "isOffDay": each.is_off} for each in self.days]


def read_year(content: bytes) -> AnnouncedYear:
    """Read a file in the JSON form of holiday-cn: ``{"year": 2027, "days": [{"name", "date", "isOffDay"}, …]}``.

    Raises `NotACalendar` for anything else, and for a year whose days nobody has filled in yet.
    """
    try:
        told = json.loads(content)
    except (ValueError, RecursionError) as error:
        message = "文件不是 JSON，不能读取"
        raise NotACalendar(message) from error
    year, rows = (told.get("year"), told.get("days")) if isinstance(told, dict) else (None, None)
    if not isinstance(year, int) or isinstance(year, bool) or not date.min.year < year < date.max.year:
        message = "文件没有写明年份（year）"
        raise NotACalendar(message)
    if not isinstance(rows, list) or not 0 < len(rows) <= LONGEST:
        message = f"{year}年的文件没有列出放假和调休的日子（days）"
        raise NotACalendar(message)
    days = tuple(sorted((_day(each, place) for place, each in enumerate(rows, start=1)), key=lambda each: each.on))
    if len({each.on for each in days}) < len(days):
        message = "文件中同一日期出现了两次"
        raise NotACalendar(message)
    if strange := [each.on for each in days if not date(year - 1, *YEAR_END) <= each.on <= date(year, 12, 31)]:
        message = f"文件所列{strange[0].isoformat()}不属于{year}年的安排"
        raise NotACalendar(message)
    return AnnouncedYear(year, days)


def _day(row: Any, place: int) -> Day:
    told = row if isinstance(row, dict) else {}
    name, on, is_off = told.get("name"), told.get("date"), told.get("isOffDay")
    try:
        day = date.fromisoformat(on) if isinstance(on, str) else None
    except ValueError:
        day = None
    if day is None or not isinstance(name, str) or not isinstance(is_off, bool):
        message = f"文件第 {place} 个日子不完整：应当有 name、date（如 2027-01-01）和 isOffDay（true 或者 false）"
        raise NotACalendar(message)
    return Day(day, name.strip(), is_off)


_SHIPPED = {**dict.fromkeys(chinese_calendar.holidays, True), **dict.fromkeys(chinese_calendar.workdays, False)}
"""The days the library names, and whether offices are closed on them."""

SHIPPED_YEARS = frozenset(day.year for day in chinese_calendar.holidays)


class Calendar:
    """The announced years there are: those the system ships with, and loaded ones, which say the last word on theirs.

    ``version`` is the digest under which the ledger of the calendar tells the last of them.
    """

    def __init__(self, loaded: Iterable[AnnouncedYear] = (), *, version: str = "") -> None:
        """Lay the loaded years over the shipped ones; a later year's word on a December holds against the earlier's."""
        years = {each.year: each for each in loaded}
        self.version = version
        self.loaded = frozenset(years)
        self.years = SHIPPED_YEARS | self.loaded
        self._closed = {day: off for day, off in _SHIPPED.items() if day.year not in years}
        for year in sorted(years):
            self._closed.update((each.on, each.is_off) for each in years[year].days)

    def is_working_day(self, day: date) -> bool:
        """Tell whether offices work on ``day``; raise `NotCovered` for a year without announced holidays."""
        if day.year not in self.years and day not in self._closed:
            message = f"{day.year}年节假日安排尚未公布，不能判断{day.isoformat()}是否工作日"
            raise NotCovered(message)
        return self._works(day)

    def judged(self, day: date) -> tuple[bool, bool]:
        """Return whether offices work on ``day``, and whether that may still change: nobody has announced it yet."""
        known = day in self._closed or (
            day.year in self.years and ((day.month, day.day) < YEAR_END or day.year + 1 in self.years)
        )
        return self._works(day), not known

    def _works(self, day: date) -> bool:
        return day.weekday() < SATURDAY if day not in self._closed else not self._closed[day]

    def add_working_days(self, day: date, count: int) -> Due:
        """Return the ``count``-th working day after ``day``, which itself does not count (民法典 201); count >= 1."""
        _refuse_nothing(count)
        on, provisional = day, False
        while count:
            on += ONE_DAY
            working, guessed = self.judged(on)
            provisional = provisional or guessed
            count -= working
        return Due(on, provisional)

    def add_days(self, day: date, count: int) -> Due:
        """Return the ``count``-th calendar day after ``day``, moved on to the next working day if it is none; count >= 1.

        The first day does not count, and a period does not end on a holiday (民法典 201, 203).
        """
        _refuse_nothing(count)
        return self.not_on_a_holiday(day + timedelta(days=count))

    def not_on_a_holiday(self, day: date) -> Due:
        """Return ``day``, or the next working day where offices do not work on it (民法典 203)."""
        on = day
        working, provisional = self.judged(on)
        while not working:
            on += ONE_DAY
            working, guessed = self.judged(on)
            provisional = provisional or guessed
        return Due(on, provisional)

    def working_days_between(self, after: date, until: date) -> tuple[int, bool]:
        """Count the working days after ``after`` up to and with ``until``, and tell whether that is provisional."""
        days = [self.judged(after + timedelta(days=n)) for n in range(1, (until - after).days + 1)]
        return sum(working for working, _ in days), any(guessed for _, guessed in days)


def months_later(day: date, count: int) -> date:
    """Return the day of the same number ``count`` months on, or the last of that month where it has none (民法典 202)."""
    _refuse_nothing(count)
    month = day.month - 1 + count
    year, month = day.year + month // MONTHS_A_YEAR, month % MONTHS_A_YEAR + 1
    return date(year, month, min(day.day, monthrange(year, month)[1]))


def _refuse_nothing(count: int) -> None:
    if count < 1:
        message = f"a period has at least one day, not {count}"
        raise ValueError(message)


# --- the calendar this process goes by ------------------------------------------------------------------------------

SHIPPED = Calendar()
_in_use = [SHIPPED]


def in_use() -> Calendar:
    """Return the calendar this process goes by; whoever reads the database brings it up to date first."""
    return _in_use[0]


def use(calendar: Calendar) -> None:
    """Go by ``calendar`` from now on."""
    _in_use[0] = calendar


def is_working_day(day: date) -> bool:
    """Tell whether offices work on ``day``; raise `NotCovered` for a year without announced holidays."""
    return in_use().is_working_day(day)


def judged(day: date) -> tuple[bool, bool]:
    """Return whether offices work on ``day``, and whether that may still change."""
    return in_use().judged(day)


def add_working_days(day: date, count: int) -> Due:
    """Return the ``count``-th working day after ``day``; see `Calendar.add_working_days`."""
    return in_use().add_working_days(day, count)


def add_days(day: date, count: int) -> Due:
    """Return the ``count``-th day after ``day``, not on a holiday; see `Calendar.add_days`."""
    return in_use().add_days(day, count)
