"""Verbs of what is watched after decoupling: leaders come and go, dated facts are entered."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db import transaction

from decoupling import rules
from decoupling.actions.listing import entered, locked, step
from decoupling.models import Aftercare, Leader
from decoupling.states import FactKind, Post

if TYPE_CHECKING:
    from datetime import date

    from registry.models import Event, User


@transaction.atomic
def enter_leader(
    *, listing_id: int, name: str, post: str, took_office_on: date, by: User, on: date, **columns: Any
) -> Leader:
    """Enter a leader of a listed association; ``columns`` are the rest of `Leader`. Raises `Refused`."""
    organisation, listing = locked(listing_id)
    facts = rules.aftercare.EntryFacts(
        **step(organisation, listing, not_before=None),
        text=name,
        days=(took_office_on,),
        born_on=columns.get("born_on"),
        term_until=columns.get("term_until"),
    )
    rules.require(rules.aftercare.ENTER_AFTERCARE, facts, on=on)
    leader = Leader.objects.create(
        listing=listing, name=name.strip(), post=Post(post), took_office_on=took_office_on, **columns
    )
    told = {"id": leader.pk, "post": leader.post, "took_office_on": took_office_on.isoformat(), "terms": leader.terms}
    entered(organisation, listing, "leader.enter", by=by, on=on, leader=told)
    return leader


@transaction.atomic
def leave_office(*, leader_id: int, by: User, on: date, left_on: date) -> Event:
    """Say that a leader has left office; raises `Refused`."""
    organisation, listing = locked(Leader.objects.values_list("listing_id", flat=True).get(pk=leader_id))
    leader = Leader.objects.select_for_update(of=("self",)).get(pk=leader_id)
    days = (leader.took_office_on, left_on)
    facts = rules.aftercare.EntryFacts(**step(organisation, listing, not_before=None), text=leader.name, days=days)
    rules.require(rules.aftercare.ENTER_AFTERCARE, facts, on=on)
    leader.left_on = left_on
    leader.save(update_fields=["left_on"])
    told = {"id": leader.pk, "post": leader.post, "left_on": left_on.isoformat()}
    return entered(organisation, listing, "leader.leave", by=by, on=on, leader=told)


@transaction.atomic
def enter_fact(*, listing_id: int, kind: str, fact_on: date, note: str, by: User, on: date) -> Aftercare:
    """Enter a dated fact of 综合监管; raises `Refused`."""
    organisation, listing = locked(listing_id)
    facts = rules.aftercare.EntryFacts(**step(organisation, listing, not_before=None), text=note, days=(fact_on,))
    rules.require(rules.aftercare.ENTER_AFTERCARE, facts, on=on)
    made = Aftercare.objects.create(listing=listing, kind=FactKind(kind), on=fact_on, note=note.strip(), by=by)
    told = {"id": made.pk, "kind": made.kind, "fact_on": fact_on.isoformat()}
    entered(organisation, listing, "aftercare.enter", by=by, on=on, reason=note, aftercare=told)
    return made
