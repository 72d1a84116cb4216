"""The verb of a snapshot: freeze the figures of a cut-off date as they are reported."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

from django.db import transaction
from django.utils import timezone

from decoupling import rules
from decoupling.models import Snapshot
from decoupling.queries.comparison import Entry
from decoupling.queries.figures import counted, lines
from registry.ledger import canonical

if TYPE_CHECKING:
    from datetime import date

    from registry.models import User


@transaction.atomic
def take(*, as_of: date, by: User, note: str = "") -> Snapshot:
    """Keep the figures of ``as_of`` with everybody behind them.

    Raises `Refused` for a day to come, and `DoesNotAddUp` where the identity does not hold.
    """
    rules.require(rules.TAKE_SNAPSHOT, rules.SnapshotFacts(today=timezone.localdate()), on=as_of)
    drawn = lines(as_of)
    totals = {
        name: str(number) if isinstance(number, float) else number
        for name, number in counted(drawn, as_of).totals().items()
    }
    kept = [Entry.of(line).told() for line in drawn]
    return Snapshot.objects.create(
        as_of=as_of,
        taken_at=timezone.now(),
        taken_by=by,
        note=note.strip(),
        totals=totals,
        lines=kept,
        sha256=digest(as_of, totals, kept),
    )


def digest(as_of: date, totals: object, kept: object) -> str:
    """Return the SHA-256 of a snapshot's content."""
    told = {"as_of": as_of.isoformat(), "totals": totals, "lines": kept}
    return hashlib.sha256(canonical(told).encode()).hexdigest()
