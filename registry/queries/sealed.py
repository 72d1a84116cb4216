"""The chains as the database holds them: texts and numbers, before anything is made of them.

Verification recomputes digests from exactly what is stored. Reading through the ORM costs ten times as much, for it
makes Python's values of every column, which then have to be written out as text again.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import date
from functools import cache
from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.db import connection
from django.db.models import DateField, DecimalField

from registry import ledger
from registry.models import Event, Organisation
from registry.queries.as_of import REPLAYED

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

SLICE = 500
"""Chains read at a time: memory stays the same however long the ledger is."""

_EVENT = (
    "organisation_id",
    "id",
    "seq",
    "verb",
    "on",
    "at",
    "by_id",
    "state",
    "reason",
    "basis",
    "facts",
    "run_id",
    "previous",
    "digest",
)
PK, SEQ, VERB, ON, FACTS, PREVIOUS, DIGEST = map(
    _EVENT.index, ("id", "seq", "verb", "on", "facts", "previous", "digest")
)
_BY, _REASON, _RUN = map(_EVENT.index, ("by_id", "reason", "run_id"))
"""Where the columns stand that others ask for."""

EventRow = tuple[Any, ...]
"""The columns of an event in this order, as they are stored."""

_ORGANISATION = ("id", "uid", "code", "event_count", "event_head", *REPLAYED)


@dataclass(frozen=True, slots=True)
class Chain:
    """An organisation's row and its `EventRow` in order; ``columns`` are those the ledger tells of."""

    pk: int
    uid: str
    code: str
    count: int
    head: str
    columns: list[Any]
    events: list[EventRow]


@dataclass(frozen=True, slots=True)
class Recorded:
    """What replaying asks of an event, read from the row as it is stored."""

    organisation_id: int
    seq: int
    verb: str
    on: date
    by_id: int
    run_id: int | None
    reason: str
    facts: dict[str, Any]

    @classmethod
    def of(cls, row: EventRow) -> Recorded:
        """Return the event of a stored row."""
        told = (date.fromisoformat(row[ON]), row[_BY], row[_RUN], row[_REASON], json.loads(row[FACTS]))
        return cls(row[0], row[SEQ], row[VERB], *told)


def chains() -> Iterator[Chain]:
    """Yield every organisation's chain in order of code."""
    for each in slices():
        yield from each


def slices(*, after: str = "") -> Iterator[list[Chain]]:
    """Yield the organisations' chains in order of code, so many at a time, beginning behind the code ``after``."""
    while rows := _organisations('"code" > %s ORDER BY "code" LIMIT %s', [after, SLICE]):
        yield list(_with_events(rows))
        after = rows[-1][2]


def chain(pk: int) -> Chain | None:
    """Return one organisation's chain at a moment when nobody was adding to it; None where it is not registered."""
    rows = _organisations('"id" = %s', [pk])
    while rows:
        found = next(_with_events(rows))
        again = _organisations('"id" = %s', [pk])
        if again == rows:
            return found
        rows = again
    return None


def text(event: EventRow, chain: str) -> str:
    """Return `registry.ledger.canonical` of what `registry.ledger.digest` seals, from a row as it is stored."""
    return ledger.text(event[SEQ:DIGEST], chain)


def _with_events(organisations: Sequence[tuple[Any, ...]]) -> Iterator[Chain]:
    events: dict[int, list[EventRow]] = {row[0]: [] for row in organisations}
    for row in _events(events):
        events[row[0]].append(row)
    for pk, uid, code, count, head, *columns in organisations:
        yield Chain(pk, str(UUID(uid)), code, count, head, columns, events[pk])


def _organisations(which: str, arguments: list[Any]) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(f"{_select(Organisation, _ORGANISATION)} WHERE {which}", arguments)
        return list(cursor.fetchall())


def _events(organisations: Iterable[int]) -> list[EventRow]:
    wanted = ", ".join(map(str, organisations))  # numbers of our own; as parameters they would cost as much as the rows
    query = f'{_select(Event, _EVENT)} WHERE "organisation_id" IN ({wanted}) ORDER BY "organisation_id", "seq"'
    with connection.cursor() as cursor:
        cursor.execute(query)
        return list(cursor.fetchall())


@cache
def _select(model: type[Event | Organisation], columns: tuple[str, ...]) -> str:
    return f"SELECT {', '.join(map(_stored, columns))} FROM {model._meta.db_table}"  # noqa: S608 - own names


def _stored(column: str) -> str:
    """Return the SQL of a column's value as records state it."""
    name, is_sqlite = f'"{column}"', connection.vendor == "sqlite"
    if column == "at":
        if is_sqlite:
            return f"replace({name}, ' ', 'T') || CASE length({name}) WHEN 19 THEN '.000000' ELSE '' END || '+00:00'"
        return f"""to_char({name} AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"+00:00"')"""
    if column == "on" or isinstance(REPLAYED.get(column), DateField):
        return f"{name} || ''" if is_sqlite else f"to_char({name}, 'YYYY-MM-DD')"
    if column in {"uid", "facts"} or isinstance(REPLAYED.get(column), DecimalField):
        return f"CAST({name} AS text)"
    return name
