"""Verbs of an item: settle it as done or not applicable, reopen it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db import transaction

from decoupling import rules
from decoupling.actions.listing import locked, step
from decoupling.models import ChecklistItem, ItemStatus
from decoupling.states import PLAN_APPROVED, ItemState, ListingState
from registry.actions.ledger import record, snapshot

if TYPE_CHECKING:
    from datetime import date

    from decoupling.models import Listing
    from registry.models import Event, Organisation, User


@transaction.atomic
def settle(
    *, listing_id: int, code: str, outcome: str, by: User, on: date, evidence: str = "", reason: str = ""
) -> Event:
    """Settle an item as ``done`` (on evidence) or ``not_applicable`` (for a reason).

    Raises `Refused`, TransitionNotAllowed when it is settled already, ChecklistItem.DoesNotExist for an unknown code.
    """
    outcome = ItemState(outcome)
    organisation, listing = locked(listing_id)
    status, _ = ItemStatus.objects.get_or_create(listing=listing, item=ChecklistItem.objects.get(code=code))
    facts = rules.ItemFacts(
        **step(organisation, listing, not_before=listing.plan_approved_on),
        plan_approved=listing.state in PLAN_APPROVED,
        outcome=outcome,
        evidence=evidence,
        reason=reason,
    )
    verb = status.finish if outcome == ItemState.DONE else status.set_aside
    verb(facts=facts, on=on)
    status.decided_by = by
    status.save(update_fields=["state", "evidence", "reason", "decided_on", "decided_by"])
    told = {"code": code, "outcome": outcome.value, "evidence": evidence}
    return _record(organisation, listing, "item.settle", told, by=by, on=on, reason=reason)


@transaction.atomic
def reopen(*, listing_id: int, code: str, by: User, on: date, reason: str) -> Event:
    """Make a settled item pending again; before acceptance this voids the signatures given so far.

    After acceptance (回头看) nothing but the item moves: what was decoupled stays so. Raises `Refused`, or
    ItemStatus.DoesNotExist and TransitionNotAllowed where the item was never settled.
    """
    organisation, listing = locked(listing_id)
    status = ItemStatus.objects.get(listing=listing, item__code=code)
    facts = rules.ItemFacts(
        **step(organisation, listing, not_before=status.decided_on),
        plan_approved=listing.state in PLAN_APPROVED,
        outcome=ItemState.PENDING,
        evidence="",
        reason=reason,
    )
    told = {"code": code, "was": status.state}
    status.reopen(facts=facts, on=on)
    status.save(update_fields=["state", "evidence", "reason", "decided_on", "decided_by"])
    if listing.state != ListingState.ACCEPTED:
        told["voided_signers"] = list(listing.signatures.order_by("pk").values_list("signer_id", flat=True))
        listing.signatures.all().delete()
    return _record(organisation, listing, "item.reopen", told, by=by, on=on, reason=reason)


def _record(
    organisation: Organisation,
    listing: Listing,
    verb: str,
    told: dict[str, Any],
    *,
    by: User,
    on: date,
    reason: str,
) -> Event:
    facts = {"listing": {"id": listing.pk}, "item": told}
    return record(organisation, snapshot(organisation), verb=verb, on=on, by=by, reason=reason, facts=facts)
