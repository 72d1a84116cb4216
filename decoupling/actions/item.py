"""Verbs of an item: settle it as done or not applicable, file a document with it, prolong a transition, reopen it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db import transaction

from decoupling import rules
from decoupling.actions import clocks
from decoupling.actions.listing import entered, locked, step
from decoupling.models import ChecklistItem, Evidence, ItemStatus, Rectification, SignOff
from decoupling.queries.duties import sheet
from decoupling.queries.readiness import signatures
from decoupling.states import PLAN_APPROVED, RECTIFICATION, TRANSITION, ItemState, ListingState
from registry.actions import deadline
from registry.actions.stored_file import keeping
from registry.actions.stored_file import told as told_of

if TYPE_CHECKING:
    from datetime import date

    from django.core.files.base import File

    from decoupling.models import Listing
    from registry.models import Event, Organisation, User

ITEM_COLUMNS = ["state", "evidence", "reason", "until", "decided_on", "decided_by"]


@transaction.atomic
def settle(
    *,
    listing_id: int,
    code: str,
    outcome: str,
    by: User,
    on: date,
    evidence: str = "",
    reason: str = "",
    until: date | None = None,
) -> Event:
    """Settle an item as ``done`` (on evidence, a transition with its last day) or ``not_applicable`` (for a reason).

    The first one begins the work; one that was under rectification ends that and its clock. Raises `Refused`,
    TransitionNotAllowed when it is settled already, ChecklistItem.DoesNotExist for an unknown code.
    """
    outcome = ItemState(outcome)
    organisation, listing = locked(listing_id)
    status = _status(listing, code)
    facts = _facts(
        organisation, listing, status, outcome, not_before=_begun_on(listing, status), evidence=evidence, reason=reason,
        until=until,
    )  # fmt: skip
    verb = status.finish if outcome == ItemState.DONE else status.set_aside
    verb(facts=facts, on=on)
    status.decided_by = by
    status.save(update_fields=ITEM_COLUMNS)
    if listing.state == ListingState.APPROVED:
        listing.begin()
        listing.save(update_fields=["state"])
    close_if_through(listing, on=on)
    told = {"code": code, "outcome": outcome.value, "evidence": evidence}
    if until:
        told["until"] = until.isoformat()
    run = _rectified(status, on=on) + _transition(organisation, listing, status, on=on)
    return entered(organisation, listing, "item.settle", by=by, on=on, reason=reason, deadlines=run, item=told)


def attach(
    *, listing_id: int, code: str, content: File[bytes], file_name: str, title: str, by: User, on: date
) -> Evidence:
    """File a document with an item; raises `Refused`, or `Unacceptable` for what is no document."""
    with keeping() as keep, transaction.atomic():
        organisation, listing = locked(listing_id)
        facts = rules.EvidenceFacts(
            **step(organisation, listing, not_before=listing.plan_approved_on),
            plan_approved=listing.state in PLAN_APPROVED,
            title=title,
        )
        rules.require(rules.ATTACH_EVIDENCE, facts, on=on)
        item = ChecklistItem.objects.get(code=code)
        stored = keep(organisation=organisation, content=content, file_name=file_name, title=title, by=by)
        evidence = Evidence.objects.create(listing=listing, item=item, file=stored)
        told = {"code": code, "file": told_of(stored)}
        entered(organisation, listing, "item.attach", by=by, on=on, item=told)
        return evidence


@transaction.atomic
def prolong(*, listing_id: int, code: str, until: date, evidence: str, by: User, on: date) -> Event:
    """Give a transition another last day, on another approval; its clock moves along. Raises `Refused`."""
    organisation, listing = locked(listing_id)
    status = ItemStatus.objects.select_related("item").get(listing=listing, item__code=code)
    facts = _facts(
        organisation, listing, status, ItemState(status.state), not_before=status.decided_on, evidence=evidence,
        until=until,
    )  # fmt: skip
    rules.require(rules.PROLONG_ITEM, facts, on=on)
    told = {"code": code, "until_before": status.until and status.until.isoformat(), "until": until.isoformat()}
    status.until, status.evidence = until, evidence
    status.save(update_fields=["until", "evidence"])
    subject = clocks.of_item(status)
    run = [deadline.move(subject=subject, kind=TRANSITION, on=on, fixed_on=until)]
    return entered(
        organisation, listing, "item.prolong", by=by, on=on, deadlines=run, item={**told, "evidence": evidence}
    )


@transaction.atomic
def reopen(*, listing_id: int, code: str, by: User, on: date, reason: str) -> Event:
    """Make a settled item pending again, before acceptance; what was signed on it is void.

    After acceptance an item is reopened by 回头看 only. Raises `Refused`, or ItemStatus.DoesNotExist and
    TransitionNotAllowed where the item was never settled or the association is accepted.
    """
    organisation, listing = locked(listing_id)
    status = ItemStatus.objects.select_related("item").get(listing=listing, item__code=code)
    facts = _facts(
        organisation, listing, status, ItemState.PENDING, not_before=status.decided_on, reason=reason,
        before_acceptance=listing.state != ListingState.ACCEPTED,
    )  # fmt: skip
    told: dict[str, Any] = {"code": code, "was": status.state}
    status.reopen(facts=facts, on=on)
    status.save(update_fields=ITEM_COLUMNS)
    told |= _void_words(listing, status)
    run = clocks.waive(clocks.of_item(status), TRANSITION, on=on, by=by, reason=reason)
    return entered(organisation, listing, "item.reopen", by=by, on=on, reason=reason, deadlines=run, item=told)


def close_if_through(listing: Listing, *, on: date) -> None:
    """Close the five headings of a locked listing once nothing is missing from any department."""
    if listing.state != ListingState.IMPLEMENTING:
        return
    now = sheet(listing, on=on)
    if not now.unsigned_headings and not now.open_items:
        listing.complete_sign_off()
        listing.save(update_fields=["state"])


def _void_words(listing: Listing, status: ItemStatus) -> dict[str, Any]:
    """Take back the department's word and the signatures an item stood under; return what the event tells of them."""
    item = status.item
    words = SignOff.objects.filter(listing=listing, heading=item.heading, responsible=item.responsible)
    told = {
        "voided_sign_offs": [
            {"heading": each.heading, "by": each.signed_by_id, "result": each.result} for each in words
        ],
        "voided_signers": list(signatures(listing).values_list("signer_id", flat=True)),
    }
    words.delete()
    signatures(listing).delete()
    if listing.state == ListingState.SIGNED_OFF:
        listing.resume()
        listing.save(update_fields=["state"])
    return told


def _status(listing: Listing, code: str) -> ItemStatus:
    status, _ = ItemStatus.objects.get_or_create(listing=listing, item=ChecklistItem.objects.get(code=code))
    return status


def _begun_on(listing: Listing, status: ItemStatus) -> date | None:
    """Return the day before which an item cannot be settled: of its last rectification, or of the plan's approval."""
    found = status.rectifications.order_by("found_on").values_list("found_on", flat=True).last()
    return found or listing.plan_approved_on


def _facts(
    organisation: Organisation,
    listing: Listing,
    status: ItemStatus,
    outcome: ItemState,
    *,
    not_before: date | None,
    evidence: str = "",
    reason: str = "",
    until: date | None = None,
    before_acceptance: bool = True,
) -> rules.ItemFacts:
    return rules.ItemFacts(
        **step(organisation, listing, not_before=not_before),
        plan_approved=listing.state in PLAN_APPROVED,
        before_acceptance=before_acceptance,
        outcome=outcome,
        evidence=evidence,
        reason=reason,
        is_transitional=status.item.is_transitional,
        until=until,
    )


def _rectified(status: ItemStatus, *, on: date) -> clocks.Told:
    """End the rectification of an item that is settled again."""
    Rectification.objects.filter(status=status, done_on__isnull=True).update(done_on=on)
    return clocks.meet(clocks.of_item(status), RECTIFICATION, on=on)


def _transition(organisation: Organisation, listing: Listing, status: ItemStatus, *, on: date) -> clocks.Told:
    """Start the clock of a transition, or end it when what it stood in for is settled."""
    if status.item.is_transitional and status.until is not None:
        subject = clocks.of_item(status)
        return clocks.begin(subject, TRANSITION, organisation, on=on, due_on=status.until)
    told: clocks.Told = []
    for bridge in ItemStatus.objects.filter(listing=listing, item__bridges=status.item.code):
        told += clocks.meet(clocks.of_item(bridge), TRANSITION, on=on)
    return told
