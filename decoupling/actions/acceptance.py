"""Verbs of an acceptance: two people sign, the association is accepted; the certificate; a wrong acceptance voided."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.utils import timezone

from decoupling import rules
from decoupling.actions import clocks
from decoupling.actions.item import close_if_through
from decoupling.actions.listing import entered, locked, step
from decoupling.models import Acceptance, ChecklistItem, ItemStatus, Signature
from decoupling.queries.duties import sheet
from decoupling.queries.readiness import (
    CERTIFICATE,
    Certificate,
    acceptance_facts,
    decoupling_facts,
    lacking,
    last_settled_on,
    signatures,
)
from decoupling.states import COMPLETION, PLAN_APPROVED, SETTLED, UNDER_WAY, ItemState, ListingState
from registry.actions import organisation as organisation_actions
from registry.actions.deadline import KEY as DEADLINES
from registry.actions.ledger import record, snapshot

if TYPE_CHECKING:
    from datetime import date

    from decoupling.models import Listing
    from registry.models import Event, Organisation, Unit, User


@transaction.atomic
def sign(*, listing_id: int, by: User, on: date, capacity: str) -> Event:
    """Sign for the acceptance, in person, as ``capacity`` (unit or office held); raises `Refused`."""
    organisation, listing = locked(listing_id)
    found = sheet(listing, on=on)
    facts = rules.SignatureFacts(
        **step(organisation, listing, not_before=last_settled_on(listing)),
        under_way=listing.state in UNDER_WAY,
        already_signed=signatures(listing).filter(signer=by).exists(),
        open_items=found.open_items,
        unsigned_headings=found.unsigned_headings,
        capacity=capacity,
    )
    rules.require(rules.SIGN, facts, on=on)
    signature = Signature.objects.create(listing=listing, signer=by, signed_on=on, capacity=capacity)
    told = {"id": signature.pk, "capacity": capacity}
    return entered(organisation, listing, "listing.sign", by=by, on=on, signature=told)


@transaction.atomic
def accept(
    *,
    listing_id: int,
    by: User,
    on: date,
    reason: str,
    certificate_no: str = "",
    certificate_from: date | None = None,
    industry_regulator: Unit | None = None,
    party_body: Unit | None = None,
) -> Event:
    """Accept the association as decoupled: listing and organisation move together, in one event.

    Party body, industry regulator and a certificate handed out with it are entered by the same event where given; the
    party body must be known by then. Raises `Refused` with everything the association lacks, at once.
    """
    organisation, listing = locked(listing_id)
    certificate = Certificate(certificate_no.strip(), certificate_from)
    given = {"party_body": party_body, "industry_regulator": industry_regulator, **certificate.columns}
    changes = {name: value for name, value in given.items() if value}
    former_unit, today = organisation.supervising_unit, timezone.localdate()
    for name, value in changes.items():
        setattr(organisation, name, value)
    if failing := lacking(listing, organisation, on=on, today=today, certificate=certificate):
        raise rules.Refused(failing)
    facts = decoupling_facts(listing, organisation, on=on)
    told = _told(listing, former_unit, on=on)
    listing.accept(facts=acceptance_facts(listing, organisation, on=on, today=today, certificate=certificate), on=on)
    listing.former_unit = former_unit or listing.former_unit
    listing.save(update_fields=["state", "accepted_on", "residue_reason", "residue_note", "former_unit"])
    if certificate.no:
        _settle_certificate(listing, str(certificate), by=by, on=on)
    event = organisation_actions.complete_decoupling(
        organisation_id=organisation.pk, by=by, on=on, reason=reason, facts=facts, changes=changes, context=told
    )
    made = Acceptance.objects.create(
        listing=listing, accepted_on=on, accepted_by=by, reason=reason, event_seq=event.seq
    )
    signatures(listing).update(acceptance=made)
    return event


@transaction.atomic
def change_certificate(
    *,
    listing_id: int,
    by: User,
    on: date,
    certificate_no: str,
    issued_on: date | None,
    certificate_until: date | None = None,
) -> Event:
    """Enter the certificate without a supervising unit, before acceptance or after it; settles its item."""
    organisation, listing = locked(listing_id)
    facts = rules.CertificateFacts(
        **step(organisation, listing, not_before=listing.plan_approved_on),
        plan_approved=listing.state in PLAN_APPROVED,
        already_changed=listing.items.filter(item__code=CERTIFICATE, state__in=SETTLED).exists(),
        certificate_no=certificate_no,
        issued_on=issued_on,
    )
    rules.require(rules.CHANGE_CERTIFICATE, facts, on=on)
    before = snapshot(organisation)
    organisation.certificate_no, organisation.certificate_from = certificate_no.strip(), issued_on
    organisation.certificate_until = certificate_until
    _settle_certificate(listing, str(Certificate(certificate_no.strip(), issued_on)), by=by, on=on)
    if listing.state == ListingState.APPROVED:
        listing.begin()
        listing.save(update_fields=["state"])
    close_if_through(listing, on=on)
    told = {"listing": {"id": listing.pk}, "item": {"code": CERTIFICATE, "outcome": ItemState.DONE.value}}
    return record(organisation, before, verb="listing.change_certificate", on=on, by=by, facts=told)


def _settle_certificate(listing: Listing, evidence: str, *, by: User, on: date) -> None:
    """Settle the item of the certificate, unless it is settled or the county's checklist has none."""
    item = ChecklistItem.objects.filter(code=CERTIFICATE).first()
    if item is None:
        return
    status, _ = ItemStatus.objects.get_or_create(listing=listing, item=item)
    if status.state in SETTLED:
        return
    facts = rules.ItemFacts(
        today=timezone.localdate(),
        not_before=None,
        exited_on=None,
        category=listing.category,
        plan_approved=True,
        before_acceptance=True,
        outcome=ItemState.DONE,
        evidence=evidence,
        reason="",
        is_transitional=False,
        until=None,
    )
    status.finish(facts=facts, on=on)
    status.decided_by = by
    status.save()


def _told(listing: Listing, former_unit: Unit | None, *, on: date) -> dict[str, Any]:
    """End the clock of completion, and return what the event tells beside what the register changes."""
    met = clocks.meet(clocks.of_listing(listing), COMPLETION, on=on)
    return {
        "listing": {"id": listing.pk, "residue_before": listing.residue_reason},
        "former_supervising_unit": former_unit and {"id": former_unit.pk, "name": former_unit.name},
        "signatures": [
            {"signer": each.signer_id, "on": each.signed_on.isoformat(), "capacity": each.capacity}
            for each in signatures(listing)
        ],
        **({DEADLINES: met} if met else {}),
    }


# --- what was wrong -------------------------------------------------------------------------------------


@transaction.atomic
def propose_void(*, listing_id: int, by: User, on: date, document_no: str, reason: str) -> Event:
    """Say that an acceptance was wrong, on a document; somebody else decides. Raises `Refused`."""
    organisation, listing = locked(listing_id)
    acceptance = in_force(listing)
    facts = rules.VoidProposalFacts(
        **step(organisation, listing, not_before=acceptance.accepted_on if acceptance else None),
        accepted=acceptance is not None,
        already_proposed=acceptance is not None and acceptance.void_proposed_on is not None,
        document_no=document_no,
        reason=reason,
    )
    rules.require(rules.PROPOSE_VOID, facts, on=on)
    assert acceptance is not None  # noqa: S101 - R-324 has said so
    acceptance.void_proposed_on, acceptance.void_proposed_by = on, by
    acceptance.void_document_no, acceptance.void_reason = document_no.strip(), reason.strip()
    acceptance.save()
    told = {"accepted_on": acceptance.accepted_on.isoformat(), "document_no": document_no}
    return entered(organisation, listing, "listing.propose_void", by=by, on=on, reason=reason, acceptance=told)


@transaction.atomic
def decline_void(*, listing_id: int, by: User, on: date, reason: str) -> Event:
    """Let the acceptance stand after all; raises `Refused`."""
    organisation, listing = locked(listing_id)
    acceptance, facts = _proposed(organisation, listing, by=by, reason=reason)
    rules.require(rules.DECLINE_VOID, facts, on=on)
    acceptance.void_proposed_on = acceptance.void_proposed_by = None
    acceptance.void_document_no = acceptance.void_reason = ""
    acceptance.save()
    told = {"accepted_on": acceptance.accepted_on.isoformat()}
    return entered(organisation, listing, "listing.decline_void", by=by, on=on, reason=reason, acceptance=told)


@transaction.atomic
def void(*, listing_id: int, by: User, on: date, reason: str) -> Event:
    """Void a wrong acceptance: what it changed in the register is put back, and the association remains to be decoupled.

    The figures of the days it stood keep counting it; from ``on`` it counts as 未脱钩 again. Raises `Refused`.
    """
    organisation, listing = locked(listing_id)
    acceptance, facts = _proposed(organisation, listing, by=by, reason=reason)
    found = sheet(listing, on=on)
    listing.void(facts=facts, on=on, is_signed_off=not found.unsigned_headings and not found.open_items)
    listing.save(update_fields=["state", "accepted_on"])
    acceptance.voided_on, acceptance.voided_by = on, by
    acceptance.save()
    begun = clocks.follow_category(listing, organisation, on=on, by=by, reason=reason)
    told = {
        "accepted_on": acceptance.accepted_on.isoformat(),
        "proposed_by": acceptance.void_proposed_by_id,
        "void_reason": acceptance.void_reason,
    }
    return organisation_actions.void_decoupling(
        organisation_id=organisation.pk,
        by=by,
        proposed_by_id=acceptance.void_proposed_by_id or 0,
        on=on,
        reason=reason,
        document_no=acceptance.void_document_no,
        event_seq=acceptance.event_seq,
        context={"listing": {"id": listing.pk}, "acceptance": told, **({DEADLINES: begun} if begun else {})},
    )


def in_force(listing: Listing) -> Acceptance | None:
    """Return the acceptance that stands, locked; None where there is none."""
    rows = Acceptance.objects.select_for_update(of=("self",))
    return rows.filter(listing=listing, voided_on__isnull=True).first()


def _proposed(
    organisation: Organisation, listing: Listing, *, by: User, reason: str
) -> tuple[Acceptance, rules.VoidFacts]:
    """Return the acceptance whose void is proposed, and what decides about it; raise `Refused` where none is."""
    acceptance = in_force(listing)
    facts = rules.VoidFacts(
        **step(organisation, listing, not_before=acceptance.void_proposed_on if acceptance else None),
        proposed_by=acceptance.void_proposed_by_id if acceptance else None,
        decided_by=by.pk,
        reason=reason,
    )
    if acceptance is None:
        raise rules.Refused(rules.broken(rules.VOID, facts, on=timezone.localdate()))
    return acceptance, facts
