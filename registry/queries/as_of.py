"""The register on a past day, rebuilt from the ledger: what each event up to that day, by legal effect, had changed.

Events are replayed in the order in which they were recorded, so that a late correction of the past counts from its own
day on. The register begins where the ledger does: a body is on it from the day of its first event.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.db.models import CharField, Exists, Min, OuterRef, Subquery, TextField
from django.db.models.fields.json import KT

from registry.models import Event, Organisation, Unit

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from datetime import date

    from django.db.models import QuerySet

REPLAYED = {
    field.attname: field
    for field in Organisation._meta.concrete_fields
    if field.attname not in {"id", "uid", "version", "event_count", "event_head", "name_initials"}
}
"""The columns the ledger tells of; the others belong to the present row only."""

OPENING = 1
"""The place of the event by which a body came into the ledger."""

POINTING = {"supervising_unit": Unit, "industry_regulator": Unit, "party_body": Unit, "successor": Organisation}


@dataclass(frozen=True, slots=True)
class PastOrganisation:
    """A body as it stood on the day ``on``. ``organisation`` was never saved and cannot be: its code is taken.

    ``former_names`` are the names it had laid down by then, each with the day; ``seq`` is the last event counted.
    """

    on: date
    organisation: Organisation
    former_names: tuple[tuple[str, date], ...]
    seq: int


def organisation_as_of(organisation: Organisation, on: date) -> PastOrganisation | None:
    """Return ``organisation`` as it stood at the end of the day ``on``; None where the ledger knew nothing of it yet."""
    return organisations_as_of([organisation.pk], on).get(organisation.pk)


def organisations_as_of(ids: Sequence[int], on: date) -> dict[int, PastOrganisation]:
    """Return those of ``ids`` that the ledger knew on the day ``on``, in three queries, however many there are."""
    return organisations_told(events_until(ids, on), on)


def organisations_told(events: Mapping[int, Sequence[Event]], on: date) -> dict[int, PastOrganisation]:
    """Return the bodies as their ``events`` up to the day ``on`` tell of them, of those whose opening is among these."""
    found = {pk: _replayed(each, on) for pk, each in events.items() if each[0].seq == OPENING}
    _point([each.organisation for each in found.values()])
    return found


def events_until(ids: Iterable[int], on: date | None = None) -> dict[int, list[Event]]:
    """Return the events of ``ids`` up to the day ``on``, by organisation in their order; all of them without a day."""
    rows = Event.objects.filter(organisation__in=ids).order_by("organisation", "seq")
    if on is not None:
        rows = rows.filter(on__lte=on)
    events: dict[int, list[Event]] = {}
    for event in rows.defer("at", "state", "basis", "previous", "digest").iterator(chunk_size=2000):
        events.setdefault(event.organisation_id, []).append(event)
    return events


def replay(events: Iterable[Event]) -> dict[str, Any]:
    """Return every replayed column as ``events``, in this order, leave it."""
    columns: dict[str, Any] = {
        name: "" if isinstance(field, CharField | TextField) else None for name, field in REPLAYED.items()
    }
    for event in events:
        for name, (_old, new) in event.facts.get("changes", {}).items():
            columns[name] = value_of(name, new)
    return columns


def known_on(rows: QuerySet[Organisation], on: date, *, state: str = "", kind: str = "") -> QuerySet[Organisation]:
    """Return those of ``rows`` the ledger knew on the day ``on``, each with ``past_state`` and ``past_kind``.

    With ``state`` or ``kind`` only those that stood so on that day.
    """
    opened = Event.objects.filter(organisation=OuterRef("pk"), seq=OPENING, on__lte=on)
    known = rows.filter(Exists(opened)).annotate(past_state=_column("state", on), past_kind=_column("kind", on))
    asked = {"past_state": state, "past_kind": kind}
    return known.filter(**{name: value for name, value in asked.items() if value})


def ledger_begins_on() -> date | None:
    """Return the day of the first opening: before it the register is empty."""
    first: date | None = Event.objects.filter(seq=OPENING).aggregate(first=Min("on"))["first"]
    return first


def _replayed(events: Sequence[Event], on: date) -> PastOrganisation:
    organisation = Organisation(**replay(events))
    laid_down = [
        (str(event.facts["changes"]["name"][0]), event.on)
        for event in events
        if event.seq > OPENING and "name" in event.facts.get("changes", {})
    ]
    return PastOrganisation(on, organisation, tuple(reversed(laid_down)), events[-1].seq)


def value_of(name: str, told: Any) -> Any:
    """Return a column's value from what the ledger tells of it; None tells of an empty text where texts stand."""
    field = REPLAYED.get(name)
    if told is None and isinstance(field, CharField | TextField):
        return ""
    return told if field is None or told is None or field.is_relation else field.to_python(told)


def _point(organisations: Iterable[Organisation]) -> None:
    """Give each body what its keys point to, so that reading them asks nothing more."""
    listed = list(organisations)
    for model in (Unit, Organisation):
        names = [name for name, target in POINTING.items() if target is model]
        wanted = {getattr(each, f"{name}_id") for each in listed for name in names} - {None}
        targets: dict[int, Any] = model._default_manager.in_bulk(wanted) if wanted else {}
        for each in listed:
            for name in names:
                setattr(each, name, targets.get(getattr(each, f"{name}_id")))


def _column(name: str, on: date) -> Subquery:
    """Return what the ledger says of a column on the day ``on``: the newer value of its last change."""
    changes = Event.objects.filter(organisation=OuterRef("pk"), on__lte=on, facts__changes__has_key=name)
    last = changes.order_by("-seq").annotate(new=KT(f"facts__changes__{name}__1"))
    return Subquery(last.values("new")[:1], output_field=TextField())
