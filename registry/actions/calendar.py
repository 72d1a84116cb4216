"""The verb of the calendar: load a year of holidays, and let every running deadline it touches be counted anew."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.db import transaction

from registry import rules
from registry.actions import chain, deadline
from registry.actions.ledger import Entry, lock_all, record_many
from registry.calendar import read_year
from registry.models import CalendarEvent, Deadline, HolidayYear
from registry.models.deadline import RUNNING
from registry.queries.calendar import supposing
from registry.queries.deadlines import recomputed

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

    from registry.calendar import AnnouncedYear
    from registry.models import Event, User
    from registry.queries.deadlines import Recount

LARGEST = 1 << 20
"""Bytes of a file of holidays; a year has about five thousand."""


@dataclass(frozen=True, slots=True)
class Preview:
    """A year as it would be loaded: what it brings, the deadlines it moves or settles, and what stands against it."""

    announced: AnnouncedYear
    changes: Sequence[Recount]
    broken: tuple[rules.Rule[rules.CalendarFacts], ...]

    @property
    def moved(self) -> list[Recount]:
        """Return the deadlines whose last day moves."""
        return [each for each in self.changes if each.is_moved]

    @property
    def settled(self) -> list[Recount]:
        """Return the deadlines that only lose their provisional mark."""
        return [each for each in self.changes if not each.is_moved and not each.new.provisional]


@dataclass(frozen=True, slots=True)
class Loaded:
    """A year that was loaded: its row in the ledger of the calendar, and the events of the bodies it touched."""

    event: CalendarEvent
    told: Sequence[Event]
    changes: Sequence[Recount]


def preview(*, content: bytes, source: str, on: date) -> Preview:
    """Show what loading would do, and do nothing; raise `NotACalendar` for a file that is none."""
    announced = read_year(content)
    facts = _facts(announced, source)
    changes = recomputed(Deadline.objects.filter(RUNNING), calendar=supposing(announced))
    return Preview(announced, changes, tuple(rules.broken(rules.LOAD_CALENDAR, facts, on=on)))


@transaction.atomic
def load_year(*, content: bytes, file_name: str, source: str, by: User, on: date) -> Loaded:
    """Load a year, in one transaction with what it moves; raise `Refused`, or `NotACalendar` for a file that is none.

    ``source`` names the announcement. Each body one of whose deadlines changes gets exactly one event.
    """
    announced = read_year(content)
    chain.hold(CalendarEvent)
    rules.require(rules.LOAD_CALENDAR, _facts(announced, source), on=on)
    calendar = supposing(announced)
    year, _ = HolidayYear.objects.update_or_create(
        year=announced.year,
        defaults={
            "days": announced.told(),
            "source": source.strip(),
            "file_name": file_name,
            "sha256": hashlib.sha256(content).hexdigest(),
        },
    )
    changes = recomputed(Deadline.objects.filter(RUNNING), calendar=calendar)
    lock_all(each.deadline.organisation_id for each in changes if each.deadline.organisation_id is not None)
    lines = deadline.recounted(changes, on=on, by=by, calendar=calendar)
    facts = {"year": year.told(), "recounted": len(changes), "bodies": len(lines)}
    event = chain.append(
        CalendarEvent, subject=year, verb="calendar.load", on=on, by=by, reason=year.source, facts=facts
    )
    context = {"calendar": {"year": year.year, "sha256": year.sha256}}
    entries = [
        Entry(organisation_id=pk, verb="deadline.recount", reason=str(year), facts={**context, deadline.KEY: told})
        for pk, told in lines.items()
    ]
    return Loaded(event, record_many(entries, on=on, by=by), changes)


def _facts(announced: AnnouncedYear, source: str) -> rules.CalendarFacts:
    standing = HolidayYear.objects.filter(year=announced.year).first()
    return rules.CalendarFacts(
        year=announced.year,
        off=frozenset(each.on for each in announced.days if each.is_off),
        source=source,
        differs=standing is None or standing.days != announced.told(),
    )
