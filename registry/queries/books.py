"""The books: ledgers kept as one chain, beside the organisations' own.

The register's own are entered here; one of a package above it is known by being a `ChainRow`. The name of its chain is
then part of every checkpoint, and verification walks through it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.db.models import Max

from registry.models import CalendarEvent, HolidayYear, LawEvent, StaffEvent
from registry.models.chain import ChainRow
from registry.models.staff import account
from registry.queries import law_standing

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator


@dataclass(frozen=True, slots=True)
class Book:
    """A ledger that is one chain; ``differing`` yields what does not stand as it tells, with the place of its last word."""

    title: str
    model: type[ChainRow]
    differing: Callable[[], Iterator[tuple[int, str]]]

    @property
    def chain(self) -> str:
        """Return its name as checkpoints and seals have it."""
        return self.model.CHAIN

    @property
    def rows(self) -> Any:
        """Return its rows in order."""
        return self.model._default_manager.order_by("seq")

    def count(self) -> int:
        """Return how many rows it has."""
        return int(self.rows.aggregate(last=Max("seq"))["last"] or 0)


def _accounts_that_differ() -> Iterator[tuple[int, str]]:
    """Compare every account with the last row about it."""
    rows = StaffEvent.objects.select_related("subject")
    last = rows.order_by().values("subject").annotate(last=Max("seq")).values("last")
    for event in rows.filter(seq__in=last).order_by("seq"):
        stands = account(event.subject)
        if off := sorted(name for name, value in event.facts.get("account", {}).items() if stands.get(name) != value):
            yield event.seq, f"“{event.subject}”的账户与最后一条记录不符：{'、'.join(off)}"


def _years_that_differ() -> Iterator[tuple[int, str]]:
    """Compare every loaded year of the calendar with the last row about it."""
    told = {event.subject_id: event for event in CalendarEvent.objects.order_by("seq")}
    for year in HolidayYear.objects.order_by("year"):
        event = told.get(year.year)
        if event is None or event.facts.get("year") != year.told():
            yield event.seq if event else 0, f"{year}与最后一条记录不符"


_OWN = (
    Book("人员台账", StaffEvent, _accounts_that_differ),
    Book("法规台账", LawEvent, law_standing.faults),
    Book("日历台账", CalendarEvent, _years_that_differ),
)


def books() -> tuple[Book, ...]:
    """Return every book in the order of their leaves: the register's own, then those of other packages by chain."""
    own = {book.model for book in _OWN}
    others = sorted((each for each in ChainRow.__subclasses__() if each not in own), key=lambda each: each.CHAIN)
    return (*_OWN, *(Book(str(each._meta.verbose_name_plural), each, each.differing) for each in others))
