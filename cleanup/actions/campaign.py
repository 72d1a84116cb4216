"""Verbs of a campaign: draft it with its windows, start it, conclude it; determine and lift local criteria."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.utils import timezone

from cleanup import rules
from cleanup.models import Campaign, Determination, Window
from registry.actions.ledger import lock, record, snapshot
from registry.rules import MoveFacts

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from datetime import date

    from registry.models import Event, Unit, User


@transaction.atomic
def draft(
    *,
    code: str,
    title: str,
    document_no: str,
    starts_on: date,
    ends_on: date,
    windows: Iterable[Mapping[str, Any]],
    by: User,
    scope_authority: str = "",
    scope_unit: Unit | None = None,
) -> Campaign:
    """Draft a campaign; each of ``windows`` holds the columns of a `Window` for one kind."""
    campaign = Campaign.objects.create(
        code=code,
        title=title,
        document_no=document_no,
        starts_on=starts_on,
        ends_on=ends_on,
        scope_authority=scope_authority,
        scope_unit=scope_unit,
        drafted_by=by,
    )
    Window.objects.bulk_create(Window(campaign=campaign, **columns) for columns in windows)
    return campaign


@transaction.atomic
def start(*, campaign_id: int, by: User, on: date) -> Campaign:
    """Approve and start a draft; refused to its drafter."""
    campaign = Campaign.objects.select_for_update(of=("self",)).get(pk=campaign_id)
    facts = rules.StartFacts(
        drafter=campaign.drafted_by_id,
        approver=by.pk,
        document_no=campaign.document_no,
        windows=campaign.windows.count(),
    )
    campaign.start(facts=facts, on=on)
    campaign.approved_by = by
    campaign.save(update_fields=["state", "approved_on", "approved_by"])
    return campaign


@transaction.atomic
def conclude(*, campaign_id: int, by: User, on: date) -> Campaign:
    """End a running campaign, no earlier than it was approved and no later than today."""
    campaign = Campaign.objects.select_for_update(of=("self",)).get(pk=campaign_id)
    facts = rules.ConclusionFacts(approved_on=campaign.approved_on, today=timezone.localdate())
    campaign.conclude(facts=facts, on=on)
    campaign.concluded_by = by
    campaign.save(update_fields=["state", "concluded_on", "concluded_by"])
    return campaign


@transaction.atomic
def determine(
    *, organisation_id: int, criterion: str, document_no: str, made_by_unit: str, by: User, on: date
) -> Event:
    """Enter that a local criterion (E or F) was found on a document."""
    organisation = lock(organisation_id)
    made = Determination.objects.create(
        organisation=organisation, criterion=criterion, made_on=on, document_no=document_no, made_by_unit=made_by_unit
    )
    told = {"id": made.pk, "criterion": str(criterion), "document_no": document_no, "made_by_unit": made_by_unit}
    return record(
        organisation, snapshot(organisation), verb="determination.make", on=on, by=by, facts={"determination": told}
    )


@transaction.atomic
def lift(*, determination_id: int, by: User, on: date, reason: str) -> Event:
    """Enter that a determination no longer holds."""
    organisation = lock(Determination.objects.values_list("organisation_id", flat=True).get(pk=determination_id))
    found = Determination.objects.select_for_update(of=("self",)).get(pk=determination_id)
    rules.require((rules.has_a_reason,), _reason(reason), on=on)
    facts = rules.LiftingFacts(made_on=found.made_on, lifted=found.lifted_on is not None, today=timezone.localdate())
    rules.require(rules.LIFT_DETERMINATION, facts, on=on)
    found.lifted_on = on
    found.save(update_fields=["lifted_on"])
    told = {"id": found.pk, "criterion": found.criterion, "document_no": found.document_no}
    return record(
        organisation,
        snapshot(organisation),
        verb="determination.lift",
        on=on,
        by=by,
        reason=reason,
        facts={"determination": told},
    )


def _reason(reason: str) -> MoveFacts:
    return MoveFacts(reason=reason, established_on=None, last_event_on=None, today=timezone.localdate())
