"""The verb of what belongs to a step: keep a scan, a photograph, a signed record with it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import transaction
from django.utils import timezone

from cleanup import rules
from cleanup.actions.case import case_told, locked_case
from cleanup.models import CaseStep, StepFile
from cleanup.states import CaseState
from registry.actions import stored_file
from registry.actions.ledger import record, snapshot

if TYPE_CHECKING:
    from datetime import date

    from django.core.files.base import File

    from registry.models import User


def attach(*, step_id: int, content: File[bytes], file_name: str, title: str, by: User, on: date) -> StepFile:
    """Keep a file with a step, as received on a day.

    Raises `Unacceptable` for a file that is no document, and `Refused`.
    """
    with stored_file.keeping() as keep, transaction.atomic():
        organisation, finding, case = locked_case(CaseStep.objects.values_list("case_id", flat=True).get(pk=step_id))
        step = CaseStep.objects.get(pk=step_id)
        kept = keep(organisation=organisation, content=content, file_name=file_name, title=title, by=by)
        same = StepFile.objects.filter(step=step, stored__sha256=kept.sha256)
        facts = rules.StepFileFacts(
            is_closed=case.state == CaseState.CLOSED,
            hands=frozenset(who for who in (case.officer_id, step.by_id, step.second_id) if who is not None),
            by=by.pk,
            is_there=same.exists(),
            taken_on=step.on,
            today=timezone.localdate(),
        )
        rules.require(rules.ATTACH, facts, on=on)
        attached = StepFile.objects.create(step=step, stored=kept, on=on)
        told = {**case_told(case, finding), "round": step.round, "of_step": str(step.step), "seq": step.seq}
        facts_told = {"case": told, "document": stored_file.told(kept)}
        record(organisation, snapshot(organisation), verb="case.attach", on=on, by=by, facts=facts_told)
    return attached
