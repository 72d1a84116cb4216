"""The calendar as loaded years make it, and which running deadlines a year would move before it is loaded."""

from __future__ import annotations

from typing import TYPE_CHECKING

from registry.calendar import Calendar, in_use, use
from registry.models import CalendarEvent, HolidayYear

if TYPE_CHECKING:
    from registry.calendar import AnnouncedYear


def current() -> Calendar:
    """Return the calendar that holds now, and let this process go by it: one short query.

    A year loaded in another process is noticed here; whoever counts a day that is kept, or shown, asks here first.
    """
    version = CalendarEvent.objects.order_by("-seq").values_list("digest", flat=True).first() or ""
    if version != in_use().version:
        use(Calendar((each.announced() for each in HolidayYear.objects.all()), version=version))
    return in_use()


def supposing(announced: AnnouncedYear) -> Calendar:
    """Return the calendar as it would be with one more year loaded."""
    others = (each.announced() for each in HolidayYear.objects.exclude(year=announced.year))
    return Calendar([*others, announced], version="supposed")
