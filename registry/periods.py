"""When a period ends: its length, what it was suspended for and what it was extended by. The one place that counts.

Plain Python: dates in, dates out. The first day never counts (民法典 201); a period of days or months does not end on a
holiday (民法典 203); a day somebody has named stays as it is named.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from registry.calendar import Due, in_use, months_later
from registry.states import PeriodUnit

if TYPE_CHECKING:
    from datetime import date

    from registry.calendar import Calendar


@dataclass(frozen=True, slots=True, kw_only=True)
class Period:
    """A period as law or an officer sets it.

    ``length`` counts ``unit``; for `PeriodUnit.FIXED` there is none and ``fixed_on`` names the last day. Each pause runs
    from the day on which counting stopped, which itself still counted, to the day after which it goes on.
    """

    starts_on: date
    unit: PeriodUnit
    length: int | None = None
    fixed_on: date | None = None
    pauses: tuple[tuple[date, date], ...] = ()
    extension: int = 0
    extension_unit: PeriodUnit | None = None

    @property
    def in_working_days(self) -> bool:
        """Tell whether working days are counted."""
        return self.unit == PeriodUnit.WORKING_DAYS

    def suspended_days(self, calendar: Calendar | None = None) -> int:
        """Return for how many days the period stood still: working days where those are counted."""
        return self._paused(calendar or in_use())[0]

    def due(self, calendar: Calendar | None = None) -> Due:
        """Return the last day; provisional where it rests on a year whose holidays nobody has announced."""
        by = calendar or in_use()
        if not self.extension:
            return self._counted(0, by)
        if self.extension_unit == self.unit:
            return self._counted(self.extension, by)
        own = self._counted(0, by)
        further = Period(starts_on=own.on, unit=self.extension_unit or self.unit, length=self.extension).due(by)
        return Due(further.on, further.provisional or own.provisional)

    def _counted(self, more: int, by: Calendar) -> Due:
        paused, guessed = self._paused(by)
        if self.unit == PeriodUnit.WORKING_DAYS:
            due = by.add_working_days(self.starts_on, self._length + more + paused)
        elif self.unit == PeriodUnit.DAYS:
            due = by.not_on_a_holiday(self.starts_on + timedelta(days=self._length + more + paused))
        elif self.unit == PeriodUnit.MONTHS:
            due = by.not_on_a_holiday(months_later(self.starts_on, self._length + more) + timedelta(days=paused))
        else:
            due = self._named(paused, by)
        return Due(due.on, due.provisional or guessed)

    def _named(self, paused: int, by: Calendar) -> Due:
        if self.fixed_on is None:
            message = "a period that counts nothing has a last day"
            raise ValueError(message)
        return by.not_on_a_holiday(self.fixed_on + timedelta(days=paused)) if paused else Due(self.fixed_on)

    @property
    def _length(self) -> int:
        if self.length is None:
            message = f"a period of {self.unit} has a length"
            raise ValueError(message)
        return self.length

    def _paused(self, by: Calendar) -> tuple[int, bool]:
        if not self.in_working_days:
            return sum((until - since).days for since, until in self.pauses), False
        counted = [by.working_days_between(since, until) for since, until in self.pauses]
        return sum(days for days, _ in counted), any(guessed for _, guessed in counted)


def left(due_on: date, on: date, *, in_working_days: bool, calendar: Calendar | None = None) -> tuple[int, bool]:
    """Return the days after ``on`` up to ``due_on``, working days if asked, and whether that is provisional.

    Once the last day is past, it is the number of calendar days since then, negative.
    """
    days = (due_on - on).days
    return (calendar or in_use()).working_days_between(on, due_on) if in_working_days and days >= 0 else (days, False)
