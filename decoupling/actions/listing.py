"""Verbs of a listing: put an association on the list, move it between categories, its plan, what holds it up.

Each locks the organisation, then the listing, and appends exactly one event to the organisation's ledger.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.utils import timezone

from decoupling import rules
from decoupling.actions import clocks
from decoupling.models import Batch, Listing, Placement
from decoupling.queries.policies import approvers
from decoupling.states import PLAN, Category, ListingState, Residue
from registry.actions.deadline import KEY as DEADLINES
from registry.actions.ledger import lock, record, snapshot
from registry.states import Kind

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import date

    from registry.models import Event, Organisation, User


@transaction.atomic
def place(
    *,
    organisation_id: int,
    category: str,
    batch: int,
    document_no: str,
    scope: rules.Scope,
    by: User,
    on: date,
    reason: str = "",
) -> Listing:
    """Put an organisation on the list, with the answers to the scope test; raises `Refused`."""
    organisation = lock(organisation_id)
    facts = rules.EntryFacts(
        **_placement(organisation, category, document_no, scope, not_before=organisation.established_on),
        batch_known=Batch.objects.filter(pk=batch).exists(),
        reason=reason,
        already_listed=Listing.objects.filter(organisation=organisation).exists(),
    )
    rules.require(rules.PLACE, facts, on=on)
    listing = Listing.objects.create(
        organisation=organisation,
        former_unit_id=organisation.supervising_unit_id,
        category=category,
        batch=Batch.objects.get(pk=batch),
        document_no=document_no,
        placed_on=on,
        **_scope_columns(scope),
    )
    return _placed(organisation, listing, "listing.place", by=by, reason=reason)


@transaction.atomic
def move(
    *,
    listing_id: int,
    category: str,
    document_no: str,
    by: User,
    on: date,
    reason: str,
    batch: int | None = None,
    scope: rules.Scope | None = None,
) -> Listing:
    """Move a listing to another category, on a document; a new ``scope`` corrects the earlier answers."""
    organisation, listing = locked(listing_id)
    scope = scope or listing.scope
    facts = rules.MoveFacts(
        **_placement(organisation, category, document_no, scope, not_before=listing.placed_on),
        batch_known=Batch.objects.filter(pk=batch or listing.batch_id).exists(),
        leaving=listing.category,
        accepted=listing.state == ListingState.ACCEPTED,
        reason=reason,
    )
    rules.require(rules.MOVE, facts, on=on)
    columns = {"category": category, "document_no": document_no, "placed_on": on, **_scope_columns(scope)}
    columns["batch"] = Batch.objects.get(pk=batch or listing.batch_id)
    for name, value in columns.items():
        setattr(listing, name, value)
    listing.save(update_fields=list(columns))
    return _placed(organisation, listing, "listing.move", by=by, reason=reason)


@transaction.atomic
def submit_plan(*, listing_id: int, by: User, on: date, document_no: str = "") -> Event:
    """File the association's 脱钩实施方案; ``document_no`` is the number of the letter it came with."""
    organisation, listing = locked(listing_id)
    listing.submit_plan(facts=rules.StepFacts(**step(organisation, listing, not_before=listing.placed_on)), on=on)
    listing.plan_submitted_by = by
    listing.save(update_fields=["state", "plan_submitted_on", "plan_submitted_by"])
    told = {"document_no": document_no}
    met = clocks.meet(clocks.of_listing(listing), PLAN, on=on)
    return entered(organisation, listing, "listing.submit_plan", by=by, on=on, told=told, deadlines=met)


@transaction.atomic
def return_plan(*, listing_id: int, by: User, on: date, reason: str) -> Event:
    """Send a plan back to be reworked; its clock runs on from where its batch says."""
    organisation, listing = locked(listing_id)
    facts = rules.PlanReturnFacts(**step(organisation, listing, not_before=listing.plan_submitted_on), reason=reason)
    listing.return_plan(facts=facts, on=on)
    listing.save(update_fields=["state", "plan_submitted_on", "plan_submitted_by"])
    begun = clocks.follow_category(listing, organisation, on=on, by=by, reason=reason)
    return entered(organisation, listing, "listing.return_plan", by=by, on=on, reason=reason, deadlines=begun)


@transaction.atomic
def approve_plan(*, listing_id: int, by: User, on: date, approval_no: str, approval_body: str) -> Event:
    """Record that ``approval_body`` approved the plan; refused to the officer who filed it."""
    organisation, listing = locked(listing_id)
    facts = rules.ApprovalFacts(
        **step(organisation, listing, not_before=listing.plan_submitted_on),
        submitter=listing.plan_submitted_by_id,
        approver=by.pk,
        approval_no=approval_no,
        approval_body=approval_body,
        approvers=approvers(on=on),
    )
    listing.approve_plan(facts=facts, on=on)
    listing.plan_approved_by = by
    listing.save(update_fields=["state", "plan_approved_on", "plan_approved_by", "approval_no", "approval_body"])
    told = {"approval_no": approval_no, "approval_body": approval_body}
    return entered(organisation, listing, "listing.approve_plan", by=by, on=on, told=told)


@transaction.atomic
def set_residue(*, listing_id: int, residue: str, by: User, on: date, note: str = "") -> Event:
    """State why the association has not decoupled, or with "" that no reason holds any longer.

    The figures of any day read these events.
    """
    residue = residue and Residue(residue)
    organisation, listing = locked(listing_id)
    facts = rules.ResidueFacts(
        **step(organisation, listing, not_before=listing.placed_on),
        accepted=listing.state == ListingState.ACCEPTED,
        residue=residue,
        note=note,
    )
    rules.require(rules.SET_RESIDUE, facts, on=on)
    listing.residue_reason, listing.residue_note = residue, note
    listing.save(update_fields=["residue_reason", "residue_note"])
    told = {"residue": str(residue), "note": note}
    return entered(organisation, listing, "listing.set_residue", by=by, on=on, told=told, reason=note)


def locked(listing_id: int) -> tuple[Organisation, Listing]:
    """Return organisation and listing, locked in the order every action locks them; raises Listing.DoesNotExist."""
    organisation_id = Listing.objects.values_list("organisation_id", flat=True).get(pk=listing_id)
    organisation = lock(organisation_id)
    listing = Listing.objects.select_for_update(of=("self",)).select_related("batch", "former_unit").get(pk=listing_id)
    return organisation, listing


def step(organisation: Organisation, listing: Listing, *, not_before: date | None) -> dict[str, Any]:
    """Return what every step's facts hold."""
    return {
        "today": timezone.localdate(),
        "not_before": not_before,
        "exited_on": organisation.deregistered_on,
        "category": listing.category,
    }


def _placement(
    organisation: Organisation, category: str, document_no: str, scope: rules.Scope, *, not_before: date | None
) -> dict[str, Any]:
    return {
        "today": timezone.localdate(),
        "not_before": not_before,
        "exited_on": organisation.deregistered_on,
        "category": Category(category),
        "scope": scope,
        "document_no": document_no,
        "is_association": organisation.kind == Kind.ASSOCIATION,
        "is_industry_association": organisation.is_industry_association,
    }


def _scope_columns(scope: rules.Scope) -> dict[str, Any]:
    return {
        "same_trade_members": scope.same_trade_members,
        "name_fits": scope.name_fits,
        "registered_as_association": scope.registered_as_association,
        "members_evidence": scope.members_evidence,
        "name_evidence": scope.name_evidence,
        "registration_evidence": scope.registration_evidence,
    }


def _placed(organisation: Organisation, listing: Listing, verb: str, *, by: User, reason: str) -> Listing:
    """Keep the placement in the history and append its event."""
    placement = Placement.objects.create(
        listing=listing,
        category=listing.category,
        batch=listing.batch,
        on=listing.placed_on,
        document_no=listing.document_no,
        reason=reason,
    )
    told = {"placement": placement.pk, "document_no": listing.document_no, **_scope_columns(listing.scope)}
    on = listing.placed_on
    moved = clocks.follow_category(listing, organisation, on=on, by=by, reason=reason or "名单类别调整")
    entered(organisation, listing, verb, by=by, on=on, told=told, reason=reason, deadlines=moved)
    return listing


def entered(
    organisation: Organisation,
    listing: Listing,
    verb: str,
    *,
    by: User,
    on: date,
    told: Mapping[str, Any] | None = None,
    reason: str = "",
    deadlines: Sequence[Mapping[str, Any]] = (),
    **more: Any,
) -> Event:
    """Append the one event of a verb about a listing; ``more`` are subjects beside it, such as the item."""
    about = {"id": listing.pk, "category": str(listing.category), "batch": listing.batch_id, **(told or {})}
    facts = {"listing": about, **more, **({DEADLINES: list(deadlines)} if deadlines else {})}
    return record(organisation, snapshot(organisation), verb=verb, on=on, by=by, reason=reason, facts=facts)
