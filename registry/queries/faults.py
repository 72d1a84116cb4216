"""What is wrong with one organisation's chain."""

from __future__ import annotations

import json
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from hashlib import sha256
from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.db.models import CharField, DecimalField, TextField

from registry.ledger import START
from registry.models import Event, Organisation
from registry.queries.as_of import REPLAYED, value_of
from registry.queries.sealed import DIGEST, FACTS, ON, PK, PREVIOUS, SEQ, VERB, text

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from registry.queries.sealed import Chain, EventRow


@dataclass(frozen=True, slots=True)
class Fault:
    """Where a ledger does not hold: the organisation's code or the book's name, the place in its chain, what is wrong."""

    code: str
    seq: int
    message: str

    def __str__(self) -> str:
        """Return the fault as the auditor reads it."""
        return f"{self.code} 第 {self.seq} 条：{self.message}" if self.code else self.message


def chain_faults(chain: Chain) -> Iterator[Fault]:
    """Yield what is wrong with the chain itself, with its end, or with the register beside it."""
    broken = False
    for seq, message in _links(chain):
        broken = True
        yield Fault(chain.code, seq, message)
    if not chain.events:
        yield Fault(chain.code, 0, "没有任何台账记录")
        return
    seq, head = chain.events[-1][SEQ], chain.events[-1][DIGEST]
    if (seq, head) != (chain.count, chain.head):
        yield Fault(chain.code, seq, f"链尾与登记表不符：登记表记 {chain.count} 条，台账有 {seq} 条")
    elif not broken and (off := _differing(chain)):
        yield Fault(chain.code, seq, f"登记表与台账不符，未经台账改动：{'、'.join(off)}")


def _links(chain: Chain) -> Iterator[tuple[int, str]]:
    previous, uid = START, chain.uid
    for place, event in enumerate(chain.events, start=1):
        seq, digest = event[SEQ], event[DIGEST]
        if seq != place:
            yield seq, f"序号不连续，此处应为第 {place} 条"
            return
        if event[PREVIOUS] != previous:
            yield seq, "与上一条不衔接（上一条摘要不符）"
        if sha256(text(event, uid).encode()).hexdigest() != digest and _is_altered(event, uid):
            yield seq, f"内容被改动（{event[VERB]}，{event[ON]}），摘要不符"
        previous = digest


def _is_altered(event: EventRow, uid: str) -> bool:
    """Look again by the definition itself, in case the database only writes the same content in another way."""
    try:
        found: str = Event.objects.get(pk=event[PK]).expected_digest(UUID(uid))
    except (Event.DoesNotExist, TypeError, ValueError):
        return True
    return bool(found != event[DIGEST])


# --- the register beside the chain ---------------------------------------------------------------------

_PLACES = {name: place for place, name in enumerate(REPLAYED)}
_EMPTY = ["" if isinstance(field, CharField | TextField) else None for field in REPLAYED.values()]
_AMOUNTS = [_PLACES[name] for name, field in REPLAYED.items() if isinstance(field, DecimalField)]


def _differing(chain: Chain) -> list[str]:
    """Return the columns whose present value is not what the events leave, in words."""
    told = _EMPTY.copy()
    for event in chain.events:
        if '"changes": ' in event[FACTS]:
            changes = json.loads(event[FACTS]).get("changes", {})
            for name in changes.keys() & _PLACES.keys():
                told[_PLACES[name]] = changes[name][1]
    for place in _AMOUNTS:
        if _same_amount(told[place], chain.columns[place]):
            told[place] = chain.columns[place]
    return [] if told == chain.columns else _differing_as_values(chain, dict(zip(REPLAYED, told, strict=True)))


def _same_amount(told: str | None, stands: object) -> bool:
    if told is None or stands is None:
        return told is stands
    try:
        return Decimal(told) == Decimal(str(stands))
    except (InvalidOperation, TypeError, ValueError):
        return False


def _differing_as_values(chain: Chain, told: Mapping[str, Any]) -> list[str]:
    """Compare once more as Python's values, which tell apart no two ways of writing the same."""
    present = Organisation.objects.filter(pk=chain.pk).values(*REPLAYED).get()
    return [
        str(field.verbose_name) for name, field in REPLAYED.items() if value_of(name, told.get(name)) != present[name]
    ]
