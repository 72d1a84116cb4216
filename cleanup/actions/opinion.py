"""Verbs of an opinion on a finding: ask for it on a document and with a clock, record it, or that nobody answered."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db import transaction

from cleanup import rules
from cleanup.actions.finding import locked
from cleanup.models import OpinionRequest
from cleanup.queries.verification import answer_facts, asking_facts, clock_kind, unit_of
from cleanup.states import Stance
from registry.actions import deadline, stored_file
from registry.actions.ledger import record, snapshot
from registry.models import Subject
from registry.states import SubjectKind

if TYPE_CHECKING:
    from datetime import date

    from django.core.files.base import File

    from registry.models import Event, User


@transaction.atomic
def ask(
    *, finding_id: int, asked: str, document_no: str, question: str, due_on: date | None, by: User, on: date
) -> OpinionRequest:
    """Put a finding before the unit in charge, to be answered by the end of ``due_on``. Raises `Refused`."""
    organisation, finding = locked(finding_id)
    finding.organisation = organisation
    facts = asking_facts(finding, asked, document_no=document_no, question=question, due_on=due_on)
    rules.require(rules.ASK_OPINION, facts, on=on)
    unit = unit_of(organisation, asked)
    assert unit is not None  # noqa: S101 - the rules have said so
    made = OpinionRequest.objects.create(
        finding=finding,
        asked=asked,
        unit=unit,
        document_no=document_no.strip(),
        question=question.strip(),
        asked_on=on,
        asked_by=by,
    )
    clock = deadline.start(
        subject=_subject(made), kind=clock_kind(asked), on=on, organisation=organisation, fixed_on=due_on
    )
    told = {**_told(made), "document_no": made.document_no, "question": made.question}
    record(
        organisation,
        snapshot(organisation),
        verb="opinion.ask",
        on=on,
        by=by,
        facts={"opinion": told, deadline.KEY: [clock]},
    )
    return made


def answer(
    *,
    request_id: int,
    stance: str,
    answer: str,
    by: User,
    on: date,
    answer_no: str = "",
    content: File[bytes] | None = None,
    file_name: str = "",
) -> Event:
    """Record an opinion, or, once its time is over, that nobody answered. Raises `Refused` or `Unacceptable`."""
    with stored_file.keeping() as keep, transaction.atomic():
        finding_id = OpinionRequest.objects.values_list("finding_id", flat=True).get(pk=request_id)
        organisation, _finding = locked(finding_id)
        made = OpinionRequest.objects.select_for_update(of=("self",)).select_related("unit").get(pk=request_id)
        rules.require(rules.ANSWER_OPINION, answer_facts(made, stance=stance, answer=answer), on=on)
        told: dict[str, Any] = {**_told(made), "stance": stance, "answer": answer.strip(), "document_no": answer_no}
        if content is not None:
            title = f"{made.unit}复函"
            made.answer_file = keep(organisation=organisation, content=content, file_name=file_name, title=title, by=by)
            told["file"] = stored_file.told(made.answer_file)
        made.stance, made.answer, made.answer_no = stance, answer.strip(), answer_no.strip()
        made.ended_on, made.ended_by = on, by
        made.save(update_fields=["stance", "answer", "answer_no", "ended_on", "ended_by", "answer_file"])
        return record(
            organisation,
            snapshot(organisation),
            verb="opinion.record",
            on=on,
            by=by,
            facts={"opinion": told, deadline.KEY: [_ended(made, by=by, on=on)]},
        )


def _ended(made: OpinionRequest, *, by: User, on: date) -> dict[str, Any]:
    """End the clock: met by an answer, given up where there was none."""
    how: dict[str, Any] = {"subject": _subject(made), "kind": clock_kind(made.asked), "on": on}
    if made.stance == Stance.SILENT:
        return deadline.waive(**how, by=by, reason=made.answer)
    return deadline.meet(**how)


def _subject(made: OpinionRequest) -> Subject:
    return Subject(SubjectKind.FINDING, made.finding_id)


def _told(made: OpinionRequest) -> dict[str, Any]:
    return {"id": made.pk, "finding": made.finding_id, "asked": str(made.asked), "unit_name": made.unit.name}
