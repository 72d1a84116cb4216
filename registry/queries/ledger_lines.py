"""The ledger as lines of JSON, for whoever verifies it elsewhere with ``registry/verify_export.py``.

First a header, then every checkpoint, then the records, chain by chain: of the whole ledger, or of one organisation with
the proof that it stands in the newest checkpoint; at last an end with counts, so that a file cut off is noticed. A record
is written as the text that was sealed. Events recorded while the lines are written may be left out; those any listed
checkpoint covers are all there.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.utils import timezone

from registry.ledger import canonical
from registry.models import Checkpoint, Organisation
from registry.queries import sealed
from registry.queries.books import books
from registry.queries.checkpoints import proof
from registry.queries.sealed import DIGEST, PK

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from registry.queries.sealed import Chain

FORMAT = 1


def whole(*, tick: Callable[[int], object] | None = None) -> Iterator[str]:
    """Yield the whole ledger; ``tick`` is told how many records were written."""
    yield _line(kind="header", format=FORMAT, scope="whole", made_at=_now())
    yield from map(_checkpoint, Checkpoint.objects.order_by("number"))
    chains = records = 0
    for book in books():
        written = 0
        for row in book.rows.iterator(chunk_size=1000):
            yield _line(kind="record", digest=row.digest, record=row.record())
            written += 1
        chains, records = chains + (written > 0), records + written
    for chain in sealed.chains():
        yield from _events(chain)
        chains, records = chains + 1, records + len(chain.events)
        if tick:
            tick(len(chain.events))
    yield _line(kind="end", chains=chains, records=records)


def of_one(organisation: Organisation) -> Iterator[str]:
    """Yield one organisation's chain, and the way from it to the root of the newest checkpoint it stands in."""
    yield _line(kind="header", format=FORMAT, scope="organisation", code=organisation.code, made_at=_now())
    checkpoints = list(Checkpoint.objects.order_by("number"))
    yield from map(_checkpoint, checkpoints)
    chain = sealed.chain(organisation.pk)
    events = chain.events if chain else []
    yield from _events(chain) if chain else ()
    if checkpoints and (found := proof(checkpoints[-1], organisation.code)):
        head, path = found
        yield _line(kind="proof", checkpoint=checkpoints[-1].number, count=head.count, path=path)
    yield _line(kind="end", chains=1, records=len(events))


def _events(chain: Chain) -> Iterator[str]:
    for event in chain.events:
        text = sealed.text(event, chain.uid)
        yield (
            f'{{"kind": "record", "id": {event[PK]}, "code": "{chain.code}", "digest": "{event[DIGEST]}"'
            f', "record": {text}}}\n'
        )


def _checkpoint(row: Checkpoint) -> str:
    return _line(kind="checkpoint", digest=row.digest, record=row.record())


def _line(*, kind: str, **told: Any) -> str:
    return f'{{"kind": "{kind}", {canonical(told)[1:]}\n'


def _now() -> str:
    return timezone.localtime().isoformat(timespec="seconds")
