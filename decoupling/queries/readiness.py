"""What an acceptance would rest on, and what it still lacks: the action and the screen ask the same questions."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from decoupling import rules
from decoupling.models import ItemStatus
from decoupling.queries.duties import sheet
from decoupling.queries.policies import certificate_first
from decoupling.states import SETTLED, Category, ItemState
from registry.rules import COMPLETE_DECOUPLING, DecouplingFacts

if TYPE_CHECKING:
    from datetime import date

    from django.db.models import QuerySet

    from decoupling.models import Listing, Signature
    from registry.models import Organisation
    from registry.rulebook import Rule

CERTIFICATE = "A6"
"""The item that a changed certificate settles."""


@dataclass(frozen=True, slots=True)
class Certificate:
    """A certificate handed out with the acceptance; without a number there is none."""

    no: str = ""
    issued_on: date | None = None

    @property
    def columns(self) -> dict[str, Any]:
        """Return what the register holds of it."""
        return {"certificate_no": self.no, "certificate_from": self.issued_on}

    def __str__(self) -> str:
        """Return number and day."""
        return f"{self.no}（{self.issued_on}）"


NO_CERTIFICATE = Certificate()


def open_items(listing: Listing, *, on: date) -> tuple[str, ...]:
    """Return the codes of blocking items that are neither settled nor bridged by a transition on the day ``on``."""
    return sheet(listing, on=on).open_items


def signatures(listing: Listing) -> QuerySet[Signature]:
    """Return the signatures for an acceptance still to come."""
    return listing.signatures.filter(acceptance__isnull=True).order_by("pk")


def last_settled_on(listing: Listing) -> date | None:
    """Return the day of the latest item settled or sign-off given, or of the plan's approval."""
    days = listing.items.order_by("decided_on").values_list("decided_on", flat=True)
    signed = listing.sign_offs.order_by("signed_on").values_list("signed_on", flat=True)
    return max((day for day in (listing.plan_approved_on, *days, *signed) if day), default=None)


def last_step_on(listing: Listing) -> date | None:
    """Return the day of the latest step towards acceptance: placement, plan, items, sign-offs, signatures, a void."""
    signed = signatures(listing).values_list("signed_on", flat=True)
    voided = listing.acceptances.order_by("pk").values_list("voided_on", flat=True)
    return max((day for day in (listing.placed_on, last_settled_on(listing), *signed, *voided) if day), default=None)


def decoupling_facts(listing: Listing, organisation: Organisation, *, on: date) -> DecouplingFacts:
    """Return what the register's own rules (R-04 to R-08) ask about ``organisation`` as it now stands in memory."""
    unexplained = ItemStatus.objects.filter(listing=listing, state=ItemState.NOT_APPLICABLE, reason="")
    return DecouplingFacts(
        is_industry_association=organisation.is_industry_association,
        in_scope=listing.category == Category.LISTED and listing.scope.meets_all,
        open_items=open_items(listing, on=on),
        na_without_reason=tuple(unexplained.order_by("item__code").values_list("item__code", flat=True)),
        signers=frozenset(signatures(listing).values_list("signer_id", flat=True)),
        party_body_set=organisation.party_body_id is not None,
        approval_no=listing.approval_no,
    )


def acceptance_facts(
    listing: Listing,
    organisation: Organisation,
    *,
    on: date,
    today: date,
    certificate: Certificate = NO_CERTIFICATE,
) -> rules.AcceptanceFacts:
    """Return what the acceptance itself asks."""
    changed = listing.items.filter(item__code=CERTIFICATE, state__in=SETTLED)
    return rules.AcceptanceFacts(
        today=today,
        not_before=last_step_on(listing),
        exited_on=organisation.deregistered_on,
        category=listing.category,
        state=organisation.state,
        unsigned_headings=sheet(listing, on=on).unsigned_headings,
        certificate_first=certificate_first(on=on),
        certificate_changed=changed.exists(),
        certificate_no=certificate.no,
        certificate_from=certificate.issued_on,
    )


def lacking(
    listing: Listing, organisation: Organisation, *, on: date, today: date, certificate: Certificate = NO_CERTIFICATE
) -> list[Rule[Any]]:
    """Return every rule an acceptance on the day ``on`` would break; empty when it may go ahead."""
    facts = acceptance_facts(listing, organisation, on=on, today=today, certificate=certificate)
    return [
        *rules.broken(rules.ACCEPT, facts, on=on),
        *rules.broken(COMPLETE_DECOUPLING, decoupling_facts(listing, organisation, on=on), on=on),
    ]
