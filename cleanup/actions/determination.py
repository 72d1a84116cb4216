"""Verbs of a local criterion: enter that it was found on a document, and that it no longer holds."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import transaction
from django.utils import timezone

from cleanup import rules
from cleanup.models import Determination
from cleanup.queries.verification import determination_facts
from registry.actions.ledger import lock, record, snapshot
from registry.rules import MoveFacts

if TYPE_CHECKING:
    from datetime import date

    from registry.models import Event, User


@transaction.atomic
def determine(
    *, organisation_id: int, criterion: str, document_no: str, made_by_unit: str, by: User, on: date
) -> Event:
    """Enter that a local criterion (E or F) was found on a document. Raises `Refused`."""
    organisation = lock(organisation_id)
    facts = determination_facts(organisation, criterion, document_no=document_no, made_by_unit=made_by_unit)
    rules.require(rules.DETERMINE, facts, on=on)
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


@transaction.atomic
def lift_criterion(*, organisation_id: int, criterion: str, by: User, on: date, reason: str) -> Event:
    """Enter that the determination of a criterion that stands no longer holds. Raises `Refused`."""
    lock(organisation_id)
    stands = Determination.objects.filter(organisation=organisation_id, criterion=criterion, lifted_on__isnull=True)
    found = stands.order_by("pk").first()
    if found is None:
        facts = rules.LiftingFacts(made_on=on, lifted=True, today=timezone.localdate())
        rules.require(rules.LIFT_DETERMINATION, facts, on=on)
    assert found is not None  # noqa: S101 - the rule has said so
    return lift(determination_id=found.pk, by=by, on=on, reason=reason)


def _reason(reason: str) -> MoveFacts:
    return MoveFacts(reason=reason, established_on=None, last_event_on=None, today=timezone.localdate())
