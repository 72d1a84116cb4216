"""Verbs of what stands above single associations: batches, and who answers for what."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import transaction
from django.utils import timezone

from decoupling import rules
from decoupling.models import Batch, Department
from decoupling.states import Responsible

if TYPE_CHECKING:
    from datetime import date

    from registry.models import Unit, User


@transaction.atomic
def open_batch(
    *,
    number: int,
    title: str,
    document_no: str,
    decided_on: date,
    by: User,
    plan_due_on: date | None = None,
    done_due_on: date | None = None,
) -> Batch:
    """Enter a batch the joint working group has decided on; raises `Refused`."""
    facts = rules.BatchFacts(
        today=timezone.localdate(),
        taken=Batch.objects.filter(pk=number).exists(),
        number=number,
        title=title,
        document_no=document_no,
        plan_due_on=plan_due_on,
        done_due_on=done_due_on,
    )
    rules.require(rules.OPEN_BATCH, facts, on=decided_on)
    return Batch.objects.create(
        number=number,
        title=title.strip(),
        document_no=document_no.strip(),
        decided_on=decided_on,
        plan_due_on=plan_due_on,
        done_due_on=done_due_on,
        opened_by=by,
    )


@transaction.atomic
def appoint(*, responsible: str, unit: Unit, by: User, on: date) -> Department:
    """Say which unit answers for a responsibility from the day ``on``; what was signed before stays; raises `Refused`."""
    responsible = Responsible(responsible)
    latest = Department.objects.filter(responsible=responsible).order_by("since", "pk").last()
    facts = rules.AppointmentFacts(
        today=timezone.localdate(),
        responsible=responsible,
        not_before=latest.since if latest else None,
        changes=latest is None or latest.unit_id != unit.pk,
    )
    rules.require(rules.APPOINT, facts, on=on)
    return Department.objects.create(responsible=responsible, unit=unit, since=on, appointed_by=by)
