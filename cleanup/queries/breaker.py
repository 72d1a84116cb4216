"""The circuit breaker of a sweep: whether its plan is to be trusted, from the numbers alone.

A deadline that was extended and never entered, half an import, a register nobody has kept: each shows as a jump or as
silence. Better a sweep that waits for the director than thousands of findings that are wrong.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.utils import timezone

from cleanup.states import StopCause
from registry.queries.feed import last_entry_at
from registry.queries.law import value

if TYPE_CHECKING:
    from datetime import date

    from cleanup.models import Sweep


@dataclass(frozen=True, slots=True)
class Stop:
    """Why a sweep does not write what it found."""

    cause: StopCause
    note: str


def tripped(sweep: Sweep, *, moved: int, baseline: int, on: date) -> Stop | None:
    """Return why ``sweep`` must not write, None where it may.

    ``moved`` is how many findings it would write or withdraw, or of how many bodies a first sweep finds other than its
    preview; ``baseline`` how many there were to be expected. A release covers the number it was given for, with the usual room.
    """
    room = max(value("sweep.jump_least", on=on), baseline * value("sweep.jump_share", on=on) // 100)
    allowed = room + sweep.moved if sweep.released_at else room
    if moved > allowed:
        return Stop(StopCause.JUMP, f"变动 {moved} 条线索，预期线索 {baseline} 条，超过允许的 {allowed} 条")
    days = value("sweep.stale_days", on=on)
    last = last_entry_at()
    if sweep.released_at is None and last is not None:
        entered_on = timezone.localdate(last)
        if (timezone.localdate() - entered_on).days > days:
            return Stop(StopCause.STALE, f"自 {entered_on} 以来没有任何录入或者导入，已超过 {days} 日")
    return None
