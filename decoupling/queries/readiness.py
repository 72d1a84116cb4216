"""What an acceptance would rest on, and what it still lacks: the action and the screen ask the same questions."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from decoupling import rules
from decoupling.models import ChecklistItem, ItemStatus
from decoupling.states import SETTLED, Category, ItemState
from registry.rules import COMPLETE_DECOUPLING, DecouplingFacts

if TYPE_CHECKING:
    from datetime import date

    from decoupling.models import Listing
    from registry.models import Organisation
    from registry.rulebook import Rule


def open_items(listing: Listing) -> tuple[str, ...]:
    """Return the codes of blocking items that are neither done nor not applicable."""
    settled = ItemStatus.objects.filter(listing=listing, state__in=SETTLED)
    items = ChecklistItem.objects.filter(blocking=True).exclude(pk__in=settled.values("item"))
    return tuple(items.order_by("code").values_list("code", flat=True))


def last_settled_on(listing: Listing) -> date | None:
    """Return the day of the latest item settled, or of the plan's approval."""
    days = listing.items.order_by("decided_on").values_list("decided_on", flat=True)
    return max((day for day in (listing.plan_approved_on, *days) if day), default=None)


def last_step_on(listing: Listing) -> date | None:
    """Return the day of the latest step towards acceptance: placement, plan, items, signatures."""
    signed = listing.signatures.order_by("signed_on").values_list("signed_on", flat=True)
    return max((day for day in (listing.placed_on, last_settled_on(listing), *signed) if day), default=None)


def decoupling_facts(listing: Listing, organisation: Organisation) -> DecouplingFacts:
    """Return what the register's own rules (R-04 to R-08) ask about ``organisation`` as it now stands in memory."""
    unexplained = ItemStatus.objects.filter(listing=listing, state=ItemState.NOT_APPLICABLE, reason="")
    return DecouplingFacts(
        is_industry_association=organisation.is_industry_association,
        in_scope=listing.category == Category.LISTED and listing.scope.meets_all,
        open_items=open_items(listing),
        na_without_reason=tuple(unexplained.order_by("item__code").values_list("item__code", flat=True)),
        signers=frozenset(listing.signatures.order_by("pk").values_list("signer_id", flat=True)),
        party_body_set=organisation.party_body_id is not None,
        approval_no=listing.approval_no,
    )


def acceptance_facts(listing: Listing, organisation: Organisation, *, today: date) -> rules.AcceptanceFacts:
    """Return what the acceptance itself asks."""
    return rules.AcceptanceFacts(
        today=today,
        not_before=last_step_on(listing),
        exited_on=organisation.deregistered_on,
        category=listing.category,
        state=organisation.state,
    )


def lacking(listing: Listing, organisation: Organisation, *, on: date, today: date) -> list[Rule[Any]]:
    """Return every rule an acceptance on the day ``on`` would break; empty when it may go ahead."""
    return [
        *rules.broken(rules.ACCEPT, acceptance_facts(listing, organisation, today=today), on=on),
        *rules.broken(COMPLETE_DECOUPLING, decoupling_facts(listing, organisation), on=on),
    ]
