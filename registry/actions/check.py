"""The verb of a check: walk through the ledger and keep what was found, and how far one came."""

from __future__ import annotations

from datetime import timedelta
from time import monotonic
from typing import TYPE_CHECKING

from django.utils import timezone

from registry.models import LedgerCheck
from registry.queries.verification import Walk

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from registry.queries.retold import Retold

KEPT = 50
"""Faults kept in words; the others are counted."""
SAVES_EVERY = 5.0
"""Seconds between two notes of how far a walk has come."""
STILL_WALKING = timedelta(minutes=1)
"""A walk that noted nothing for so long has been cut short."""
GOES_ON_WITHIN = timedelta(days=1)
"""One cut short longer ago is not gone on with: too much has happened since."""


def cut_short() -> LedgerCheck | None:
    """Return the latest check if it was cut short and can be gone on with."""
    last = LedgerCheck.objects.first()
    now = timezone.now()
    if last is None or last.finished_at or not last.position:
        return None
    is_walking, is_old = last.seen_at > now - STILL_WALKING, last.started_at < now - GOES_ON_WITHIN
    return None if is_walking or is_old else last


def verify(
    *, retold: Sequence[Retold] = (), fresh: bool = False, tick: Callable[[int], object] | None = None
) -> LedgerCheck:
    """Verify the whole ledger and return the check; one cut short is gone on with, unless it shall be a ``fresh`` one.

    ``retold`` are the records beside the organisations that must stand as the ledger leaves them.
    ``tick`` is told how many records were checked since it was last told.
    """
    now = timezone.now()
    check = None if fresh else cut_short()
    if check is None:
        check = LedgerCheck(started_at=now, seen_at=now)
        check.save()
    walk = Walk(check.position, retold=retold)
    check.checkpoint = walk.checkpoint
    before, began, saved = check.seconds, monotonic(), monotonic()

    def note(count: int) -> None:
        nonlocal saved
        if tick:
            tick(count)
        if monotonic() - saved > SAVES_EVERY:
            check.seconds, saved = before + monotonic() - began, monotonic()
            _save(check, walk)

    for fault in walk.faults(tick=note):
        check.found += 1
        if check.found <= KEPT:
            check.faults.append(str(fault))
    check.seconds, check.finished_at = before + monotonic() - began, timezone.now()
    _save(check, walk)
    return check


def _save(check: LedgerCheck, walk: Walk) -> None:
    check.seen_at, check.chains, check.events = timezone.now(), walk.chains, walk.events
    check.position = {} if check.finished_at else walk.position
    check.save()
