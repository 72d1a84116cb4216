"""Whom an incremental sweep must judge: whoever something has happened to, and whoever a day has come for.

What a body is judged on changes only with an event of its own, with what the campaign asks, or with the calendar. The
calendar works through few days, all known beforehand: those on which a window begins to count for everybody, and for
each body the day its registration is old enough, which follows from its founding day and is found by an index. So
nothing needs to be kept for each body and campaign, and the cost follows what changed or fell due.
"""

from __future__ import annotations

from dataclasses import asdict
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

from cleanup.models import Exclusion
from cleanup.queries.criteria import latest_start
from cleanup.queries.scope import in_reach
from cleanup.queries.sweeps import done
from cleanup.states import Criterion, Evaluation
from registry.queries.feed import moved_since
from registry.queries.law import value

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from cleanup.models import Campaign, Sweep
    from cleanup.rules import WindowFacts

MOST = 20_000
"""Beyond so many bodies judging all of them at once is no dearer."""


def told(asked: Mapping[str, WindowFacts], *, on: date) -> dict[str, Any]:
    """Return what each kind was asked as a sweep keeps it; two sweeps that keep the same asked the same."""
    return {
        kind: {
            **{name: _plain(value) for name, value in asdict(window).items()},
            "newly_registered_months": _months_new(kind, on),
        }
        for kind, window in asked.items()
    }


def candidates(
    campaign: Campaign, previous: Sweep | None, asked: Mapping[str, WindowFacts], *, on: date
) -> list[int] | None:
    """Return whom a sweep on the day ``on`` must judge after ``previous``; None where it must judge everybody."""
    if previous is None or previous.read_up_to is None or previous.asked != told(asked, on=on):
        return None
    if _is_time_for_all(campaign, on):
        return None
    since = previous.run.as_of
    if any(since < day <= on for window in asked.values() for day in _turning_days(window)):
        return None
    found = moved_since(previous.read_up_to, but=previous.run)
    found.update(_grown(campaign, asked, since, on))
    found.update(_no_longer_exempt(since, on))
    return sorted(found) if len(found) <= MOST else None


def _is_time_for_all(campaign: Campaign, on: date) -> bool:
    """Tell whether everybody is to be judged once more, to be safe."""
    full = done(campaign).filter(evaluation=Evaluation.FULL).values_list("run__as_of", flat=True).first()
    return full is None or (on - full).days >= value("sweep.full_every_days", on=on)


def _turning_days(asked: WindowFacts) -> Iterator[date]:
    """Yield the days from which a window may count for a body it did not count for the day before."""
    yield from (due_on + timedelta(days=1) for due_on in asked.due_on.values())
    yield asked.inactive_since + timedelta(days=1)


def _grown(campaign: Campaign, asked: Mapping[str, WindowFacts], since: date, on: date) -> Iterator[int]:
    """Yield the bodies that have become old enough: for a campaign to look at them, or for criterion B."""
    for kind, window in asked.items():
        months = {_months_new(kind, on)}
        if Criterion.B in window.criteria:
            months.add(window.first_year_months)
        for each in months:
            grown = in_reach(campaign, kind).filter(
                established_on__gt=latest_start(since, each), established_on__lte=latest_start(on, each)
            )
            yield from grown.order_by().values_list("pk", flat=True)


def _no_longer_exempt(since: date, on: date) -> Iterator[int]:
    ended = Exclusion.objects.filter(until_on__gte=since, until_on__lt=on)
    yield from ended.order_by().values_list("organisation", flat=True)


def _months_new(kind: str, on: date) -> int:
    months: int = value("sweep.newly_registered_months", on=on, kind=kind)
    return months


def _plain(told_value: Any) -> Any:
    """Return a value as it comes back from a JSON column."""
    if isinstance(told_value, dict):
        return {str(key): _plain(each) for key, each in told_value.items()}
    if isinstance(told_value, frozenset):
        return sorted(told_value)
    if isinstance(told_value, tuple):
        return list(told_value)
    return told_value.isoformat() if isinstance(told_value, date) else told_value
