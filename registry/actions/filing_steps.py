"""The history of an application: each thing done with it is one step, and one save."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.utils import timezone

from registry.models import Filing, FilingStep

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from datetime import date

    from registry.models import User

NOTHING: Mapping[str, Any] = {}


def lock_all(ids: Iterable[int]) -> None:
    """Lock these applications until the transaction ends, in order of id."""
    rows = Filing.objects.select_for_update(of=("self",))
    list(rows.filter(pk__in=set(ids)).order_by("pk").values_list("pk"))


def tell(filing_id: int, verb: str, *, by: User, on: date, facts: Mapping[str, Any]) -> FilingStep:
    """Add a step to a locked application whose own columns stay as they are."""
    filing = Filing.objects.get(pk=filing_id)
    save(filing)
    return add(filing, verb, by=by, on=on, facts=facts)


def save(filing: Filing) -> None:
    """Save an application; whoever looked at it before has seen an older version."""
    filing.version += 1
    filing.save()


def add(
    filing: Filing, verb: str, *, by: User, on: date, reason: str = "", facts: Mapping[str, Any] = NOTHING
) -> FilingStep:
    """Add a step; the caller saves the application."""
    return FilingStep.objects.create(
        filing=filing,
        seq=filing.steps.count() + 1,
        verb=verb,
        on=on,
        at=timezone.now(),
        by=by,
        state=str(filing.state),
        reason=reason,
        facts=dict(facts),
    )
