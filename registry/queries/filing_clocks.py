"""The periods that run for the bureau while an application is with it, and what is left of them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from enum import Enum
from typing import TYPE_CHECKING

from registry.calendar import Due, add_working_days, judged
from registry.models import Policy
from registry.queries.law import most_specific
from registry.states import FilingKind, FilingState

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import date

    from registry.models import Filing

UNDER_DECISION = (FilingState.ACCEPTED, FilingState.REVIEWED)
"""States in which the time for the decision runs."""

NOTICE_DAYS = "filing.completion_notice_days"


class Period(Enum):
    """What has to happen before the period is over: say what is missing, or decide."""

    NOTICE = "notice"
    DECISION = "decision"


@dataclass(frozen=True, slots=True)
class Running:
    """A period that runs. ``left`` counts the days after today up to the last one, working days where they count.

    Once the last day is past, ``left`` is the number of calendar days since then, negative.
    """

    period: Period
    due: Due
    left: int
    in_working_days: bool

    @property
    def is_over(self) -> bool:
        """Tell whether the last day is past."""
        return self.left < 0


def running(filings: Sequence[Filing], *, on: date) -> dict[int, Running]:
    """Return by application the period that runs on the day ``on``, where one does; asks the database once at most."""
    waiting = any(each.state == FilingState.SUBMITTED for each in filings)
    notices = list(Policy.objects.filter(key=NOTICE_DAYS)) if waiting else []
    found = {each.pk: _running(each, notices, on) for each in filings}
    return {pk: each for pk, each in found.items() if each is not None}


def _running(filing: Filing, notices: Iterable[Policy], on: date) -> Running | None:
    if filing.state == FilingState.SUBMITTED and filing.submitted_on:
        days = _in_force(notices, filing.submitted_on)
        return None if days is None else _period(Period.NOTICE, add_working_days(filing.submitted_on, days), on)
    if filing.state in UNDER_DECISION and filing.due_on:
        due = Due(filing.due_on, filing.due_provisional)
        return _period(Period.DECISION, due, on, in_working_days=filing.kind != FilingKind.ESTABLISH)
    return None


def _in_force(rows: Iterable[Policy], on: date) -> int | None:
    held = [row for row in rows if row.effective_from <= on and (row.effective_to is None or row.effective_to > on)]
    best = most_specific(held)
    return None if best is None else int(best.value)


def _period(period: Period, due: Due, on: date, *, in_working_days: bool = True) -> Running:
    days = (due.on - on).days
    if days < 0 or not in_working_days:
        return Running(period, due, days, in_working_days)
    ahead = [judged(on + timedelta(days=each)) for each in range(1, days + 1)]
    provisional = due.provisional or any(guessed for _, guessed in ahead)
    return Running(period, Due(due.on, provisional), sum(working for working, _ in ahead), in_working_days)
