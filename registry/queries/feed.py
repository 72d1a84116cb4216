"""The ledger as a feed: how far it has surely been read, who has moved since, when anybody last entered anything."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from registry.models import Event

if TYPE_CHECKING:
    from registry.models import JobRun

OVERLAP = timedelta(hours=1)
"""No transaction stays open so long: an event numbered before and committed later is seen in the next reading."""

KEEPS_THE_REGISTER = (
    "organisation.register",
    "organisation.amend",
    "report.file",
    "report.correct",
    "report.conclude",
    "activity.record",
    "activity.survey",
    "contact.record",
)
"""The verbs by which persons and imports enter what bodies are judged on."""


def read_up_to(*, before: datetime) -> int:
    """Return the number of the last event that no reading after this one can have missed, read ``before`` that moment."""
    surely = Event.objects.filter(at__lt=before - OVERLAP).order_by("-pk")
    return surely.values_list("pk", flat=True).first() or 0


def moved_since(number: int, *, but: JobRun | None = None) -> set[int]:
    """Return the organisations that have an event after this number, except those ``but`` wrote itself."""
    events = Event.objects.filter(pk__gt=number).order_by()
    if but is not None:
        events = events.exclude(run=but)
    return set(events.values_list("organisation", flat=True).distinct())


def last_entry_at() -> datetime | None:
    """Return when a person or an import last entered anything about a body that it is judged on.

    What scheduled runs write does not count, nor what officers decide about findings and cases: that keeps no register.
    """
    entered = Event.objects.filter(run__isnull=True, verb__in=KEEPS_THE_REGISTER)
    return entered.order_by("-pk").values_list("at", flat=True).first()
