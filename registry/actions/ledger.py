"""Appending to the ledger. Every action ends here: the organisation and its one event are written together."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, NamedTuple

from django.db import connection, transaction
from django.utils import timezone

from registry.initials import initials
from registry.ledger import START, plain
from registry.models import Event, Organisation

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from datetime import date
    from uuid import UUID

    from registry.models import Filing, JobRun, User

UNTRACKED = {"id", "uid", "version", "event_count", "event_head", "name_initials"}
TRACKED = tuple(f.attname for f in Organisation._meta.concrete_fields if f.attname not in UNTRACKED)


class Interrupted(RuntimeError):
    """Somebody else moved the organisation between reading and writing; nothing was written."""


class Stale(RuntimeError):
    """The officer worked on an older version of the record; ``record`` is the present one."""

    def __init__(self, record: Organisation | Filing) -> None:
        """Keep the present record, so that the screen can show what changed."""
        self.record = record
        super().__init__(f"“{record.name}”已被他人修改，请核对最新内容后再保存")


def lock(organisation_id: int, *, version: int | None = None) -> Organisation:
    """Return the organisation, locked until the transaction ends.

    Raises `Organisation.DoesNotExist`, or `Stale` when it is no longer the version the officer saw.
    """
    organisation = Organisation.objects.select_for_update(of=("self",)).get(pk=organisation_id)
    if version is not None and version != organisation.version:
        raise Stale(organisation)
    return organisation


def lock_all(ids: Iterable[int]) -> None:
    """Lock these organisations until the transaction ends, in order of id: two batches cannot wait for each other."""
    rows = Organisation.objects.select_for_update(of=("self",))
    list(rows.filter(pk__in=set(ids)).order_by("pk").values_list("pk"))


def snapshot(organisation: Organisation) -> dict[str, Any]:
    """Return every tracked column as it stands, ready for comparison and for the ledger."""
    return {name: plain(getattr(organisation, name)) for name in TRACKED}


def changes(before: Mapping[str, Any], organisation: Organisation) -> dict[str, list[Any]]:
    """Return ``{column: [old, new]}`` for what differs from ``before``."""
    after = snapshot(organisation)
    return {name: [before.get(name), value] for name, value in after.items() if before.get(name) != value}


def record(
    organisation: Organisation,
    before: Mapping[str, Any],
    *,
    verb: str,
    on: date,
    by: User,
    reason: str = "",
    basis: str = "",
    facts: Mapping[str, Any] | None = None,
    run: JobRun | None = None,
) -> Event:
    """Save the locked ``organisation`` and append its event, with every changed column in ``facts["changes"]``."""
    seq = organisation.event_count + 1
    changed = changes(before, organisation)
    full = {**(facts or {}), **({"changes": changed} if changed else {})}
    event = Event(
        organisation=organisation,
        seq=seq,
        verb=verb,
        on=on,
        at=timezone.now(),
        by=by,
        state=str(organisation.state),
        reason=reason,
        basis=basis,
        facts=full,
        run=run,
        previous=organisation.event_head,
    )
    event.digest = event.expected_digest(organisation.uid)
    event.save(force_insert=True)
    organisation.event_count = seq
    organisation.event_head = event.digest
    organisation.version += 1
    organisation.save(update_fields=[*_columns(organisation, changed), "event_count", "event_head", "version"])
    return event


def _columns(organisation: Organisation, changed: Iterable[str]) -> list[str]:
    """Return the fields to save; what is derived from a changed one is brought up to date and goes along."""
    names = [Organisation._meta.get_field(name).name for name in changed]
    if "name" not in names:
        return names
    organisation.name_initials = initials(organisation.name)
    return [*names, "name_initials"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """An event to be appended for one organisation in a batch; ``on`` where its day is not the batch's."""

    organisation_id: int
    verb: str
    on: date | None = None
    reason: str = ""
    basis: str = ""
    facts: Mapping[str, Any] = field(default_factory=dict)


class Head(NamedTuple):
    """Where the ledger of an organisation stands: how many events, the digest of the last; and the body's state."""

    uid: UUID
    events: int
    digest: str
    state: str


def lock_heads(ids: Iterable[int]) -> dict[int, Head]:
    """Return the heads of these organisations, locked until the transaction ends.

    Rows are locked in order of id, so that two batches cannot wait for each other.
    """
    rows = Organisation.objects.select_for_update(of=("self",)).filter(pk__in=list(ids)).order_by("pk")
    return {row[0]: Head(*row[1:]) for row in rows.values_list("pk", "uid", "event_count", "event_head", "state")}


@transaction.atomic
def record_many(
    entries: Sequence[Entry], *, on: date, by: User, run: JobRun | None = None, heads: Mapping[int, Head] | None = None
) -> list[Event]:
    """Append one event for each entry, those of one organisation in their order; no column of it but the head changes.

    ``heads`` are those the caller has locked already. Raises `Interrupted` when a head moved all the same.
    """
    wanted = sorted(entries, key=lambda entry: entry.organisation_id)
    if heads is None:
        heads = lock_heads({entry.organisation_id for entry in wanted})
    at = timezone.now()
    events = []
    moved: dict[int, Head] = {}
    for entry in wanted:
        pk = entry.organisation_id
        head = moved.get(pk) or heads[pk]
        event = Event(
            organisation_id=pk,
            seq=head.events + 1,
            verb=entry.verb,
            on=entry.on or on,
            at=at,
            by=by,
            state=head.state,
            reason=entry.reason,
            basis=entry.basis,
            facts=dict(entry.facts),
            run=run,
            previous=head.digest,
        )
        event.digest = event.expected_digest(head.uid)
        moved[pk] = Head(head.uid, event.seq, event.digest, head.state)
        events.append(event)
    Event.objects.bulk_create(events, batch_size=1000)
    _move_heads([(pk, heads[pk].events, head.events, head.digest) for pk, head in moved.items()])
    return events


_SET_HEAD = f"UPDATE {Organisation._meta.db_table} SET"
_MOVE_ONE = f"{_SET_HEAD} event_count = %s, event_head = %s, version = version + %s WHERE id = %s AND event_count = %s"
_MOVE_ALL = f"""{_SET_HEAD} event_count = moved.count, event_head = moved.head, version = version + moved.count - moved.was
    FROM unnest(%s::bigint[], %s::int[], %s::int[], %s::text[]) AS moved (id, was, count, head)
    WHERE {Organisation._meta.db_table}.id = moved.id AND event_count = moved.was"""


def _move_heads(heads: Sequence[tuple[int, int, int, str]]) -> None:
    """Move heads, each told by organisation, events there were, events there are, last digest; in one go on PostgreSQL."""
    if not heads:
        return
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute(_MOVE_ALL, [list(column) for column in zip(*heads, strict=True)])
        else:
            rows = [(count, head, count - was, pk, was) for pk, was, count, head in heads]
            cursor.executemany(_MOVE_ONE, rows)
        if cursor.rowcount != len(heads):
            message = f"{len(heads) - cursor.rowcount} of {len(heads)} heads moved meanwhile"
            raise Interrupted(message)


def opening(organisation: Organisation, *, on: date, by: User, reason: str, facts: Mapping[str, Any]) -> Event:
    """Return the first, unsaved event of an unsaved organisation and set its head; both are then inserted together."""
    event = Event(
        organisation=organisation,
        seq=1,
        verb="organisation.register",
        on=on,
        at=timezone.now(),
        by=by,
        state=str(organisation.state),
        reason=reason,
        facts={**facts, "changes": {k: [None, v] for k, v in snapshot(organisation).items() if v not in {None, ""}}},
        previous=START,
    )
    event.digest = event.expected_digest(organisation.uid)
    organisation.event_count = 1
    organisation.event_head = event.digest
    organisation.name_initials = initials(organisation.name)
    return event
