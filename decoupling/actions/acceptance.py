"""Verbs of an acceptance: two people sign, then the association is accepted as decoupled."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.utils import timezone

from decoupling import rules
from decoupling.actions.listing import locked, step
from decoupling.models import Signature
from decoupling.queries.readiness import acceptance_facts, decoupling_facts, lacking, last_settled_on, open_items
from decoupling.states import ListingState
from registry.actions import organisation as organisation_actions
from registry.actions.ledger import record, snapshot

if TYPE_CHECKING:
    from datetime import date

    from registry.models import Event, Unit, User


@transaction.atomic
def sign(*, listing_id: int, by: User, on: date, capacity: str) -> Event:
    """Sign for the acceptance, in person, as ``capacity`` (unit or office held); raises `Refused`."""
    organisation, listing = locked(listing_id)
    facts = rules.SignatureFacts(
        **step(organisation, listing, not_before=last_settled_on(listing)),
        under_way=listing.state == ListingState.IMPLEMENTING,
        already_signed=listing.signatures.filter(signer=by).exists(),
        open_items=open_items(listing),
        capacity=capacity,
    )
    rules.require(rules.SIGN, facts, on=on)
    signature = Signature.objects.create(listing=listing, signer=by, signed_on=on, capacity=capacity)
    told = {"listing": {"id": listing.pk}, "signature": {"id": signature.pk, "capacity": capacity}}
    return record(organisation, snapshot(organisation), verb="listing.sign", on=on, by=by, facts=told)


@transaction.atomic
def accept(
    *,
    listing_id: int,
    by: User,
    on: date,
    reason: str,
    certificate_no: str = "",
    industry_regulator: Unit | None = None,
    party_body: Unit | None = None,
) -> Event:
    """Accept the association as decoupled: listing and organisation move together, in one event.

    ``party_body``, ``industry_regulator`` and ``certificate_no`` are entered by the same event where given; the party
    body must be known by then. Raises `Refused` with everything the association lacks, at once.
    """
    organisation, listing = locked(listing_id)
    given = {"party_body": party_body, "industry_regulator": industry_regulator, "certificate_no": certificate_no}
    changes = {name: value for name, value in given.items() if value}
    former_unit = organisation.supervising_unit
    for name, value in changes.items():
        setattr(organisation, name, value)
    today = timezone.localdate()
    if failing := lacking(listing, organisation, on=on, today=today):
        raise rules.Refused(failing)
    told = _told(listing_id, former_unit, listing.residue_reason)
    listing.accept(facts=acceptance_facts(listing, organisation, today=today), on=on)
    listing.former_unit = former_unit or listing.former_unit
    listing.save(update_fields=["state", "accepted_on", "residue_reason", "residue_note", "former_unit"])
    return organisation_actions.complete_decoupling(
        organisation_id=organisation.pk,
        by=by,
        on=on,
        reason=reason,
        facts=decoupling_facts(listing, organisation),
        changes=changes,
        context=told,
    )


def _told(listing_id: int, former_unit: Unit | None, residue: str) -> dict[str, Any]:
    signatures = Signature.objects.filter(listing_id=listing_id).order_by("pk")
    return {
        "listing": {"id": listing_id, "residue_before": residue},
        "former_supervising_unit": former_unit and {"id": former_unit.pk, "name": former_unit.name},
        "signatures": [
            {"signer": each.signer_id, "on": each.signed_on.isoformat(), "capacity": each.capacity}
            for each in signatures
        ],
    }
