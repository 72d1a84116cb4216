"""The verb of a checkpoint: fix where all chains stand."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import connection, transaction
from django.utils import timezone

from registry.ledger import START
from registry.models import Checkpoint, Organisation
from registry.queries.checkpoints import latest, present_cuts, tree_of

if TYPE_CHECKING:
    from datetime import date

PATIENCE = "10s"
"""How long PostgreSQL waits for those who are writing; then the job is tried again, and nobody waited longer."""


def make(*, on: date) -> Checkpoint:
    """Make the checkpoint of the day ``on``, or return the one that day has.

    It covers whatever is recorded by now. One made late, because nobody was there at night, says so: ``at`` is the moment
    at which it was made, and a day that has passed without gets none.
    """
    if present := Checkpoint.objects.filter(on=on).first():
        return present
    cuts = _settled_cuts()
    tree, events = tree_of(cuts)
    with transaction.atomic():
        list(Checkpoint.objects.select_for_update(of=("self",)).filter(number=1))
        last = latest()
        made = Checkpoint(
            number=last.number + 1 if last else 1,
            on=on,
            at=timezone.now(),
            cuts=cuts,
            chains=tree.size,
            events=events,
            root=tree.root(),
            previous=last.digest if last else START,
        )
        made.digest = made.expected_digest()
        made.save(force_insert=True)
    return made


@transaction.atomic
def _settled_cuts() -> dict[str, int]:
    """Return what is recorded at a moment when nobody is writing, so that nothing can arrive below the cut afterwards.

    Whoever appends to an organisation's chain locks its row first, and on PostgreSQL takes its event's number after that:
    the lock on the table waits for them and holds newcomers up while one number is read. On SQLite there is one writer at
    a time, and this transaction is it.
    """
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute(f"SET LOCAL lock_timeout = '{PATIENCE}'")
            cursor.execute(f"LOCK TABLE {Organisation._meta.db_table} IN EXCLUSIVE MODE")
    return present_cuts()
