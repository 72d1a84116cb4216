"""Verbs of an assignment: give a finding or a filing to somebody, take it oneself, put it back into the queue."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.utils import timezone

from registry import rules
from registry.actions.ledger import lock, record, snapshot
from registry.models import Assignment

if TYPE_CHECKING:
    from datetime import date

    from registry.models import Event, Subject, User

HANDED_ON = "改派"
"""What an assignment says that ended because somebody else was given the work without a word."""


class AssignedMeanwhile(RuntimeError):
    """The officer saw another assignment than the one in force; ``current`` is that one, None where there is none."""

    def __init__(self, current: Assignment | None) -> None:
        """Keep the present assignment, so that the screen can show it."""
        self.current = current
        stands = f"已由“{current.assignee}”承办" if current else "已退回待分派"
        super().__init__(f"该事项{stands}，请核对最新情况后再办理")


@transaction.atomic
def assign(
    *,
    subject: Subject,
    organisation_id: int,
    assignee: User,
    by: User,
    on: date,
    note: str = "",
    seen_id: int | None = None,
) -> Event:
    """Give ``subject`` to ``assignee``; ``seen_id`` is the assignment the officer saw in force, None for unassigned.

    Raises `Refused`, or `AssignedMeanwhile` when somebody else was faster.
    """
    organisation = lock(organisation_id)
    current = _current(subject, organisation_id, seen_id)
    _require(reason=note or HANDED_ON, on=on, since=current.assigned_on if current else None)
    rules.require(rules.ASSIGN, assignee.as_assignee(), on=on)
    if current:
        _end(current, on=on, note=note or HANDED_ON)
    made = Assignment.objects.create(
        organisation=organisation,
        subject_kind=subject.kind,
        subject_id=subject.id,
        assignee=assignee,
        assigned_by=by,
        assigned_on=on,
        note=note,
    )
    told = {**_told(made), "from_name": current.assignee.display_name if current else ""}
    return record(
        organisation,
        snapshot(organisation),
        verb="assignment.make",
        on=on,
        by=by,
        reason=note,
        facts={"assignment": told},
    )


@transaction.atomic
def return_to_queue(
    *, subject: Subject, organisation_id: int, by: User, on: date, note: str, seen_id: int | None
) -> Event:
    """Put ``subject`` back among the unassigned, with a note for whoever takes it next.

    Raises `Refused` without a note, `AssignedMeanwhile` when the assignment seen is no longer in force, and
    `Assignment.DoesNotExist` where there is none to return.
    """
    organisation = lock(organisation_id)
    current = _current(subject, organisation_id, seen_id)
    if current is None:
        raise Assignment.DoesNotExist(str(subject))
    _require(reason=note, on=on, since=current.assigned_on)
    _end(current, on=on, note=note)
    return record(
        organisation,
        snapshot(organisation),
        verb="assignment.return",
        on=on,
        by=by,
        reason=note,
        facts={"assignment": _told(current)},
    )


def _current(subject: Subject, organisation_id: int, seen_id: int | None) -> Assignment | None:
    """Return the assignment in force; everybody who changes it holds the organisation's lock."""
    current = (
        Assignment.objects.filter(
            subject_kind=subject.kind,
            subject_id=subject.id,
            organisation_id=organisation_id,
            returned_on__isnull=True,
        )
        .select_related("assignee")
        .first()
    )
    if (current.pk if current else None) != seen_id:
        raise AssignedMeanwhile(current)
    return current


def _end(current: Assignment, *, on: date, note: str) -> None:
    current.returned_on, current.return_note = on, note
    current.save(update_fields=["returned_on", "return_note"])


def _require(*, reason: str, on: date, since: date | None) -> None:
    facts = rules.MoveFacts(reason=reason, established_on=since, last_event_on=None, today=timezone.localdate())
    rules.require(rules.MOVE, facts, on=on)


def _told(assignment: Assignment) -> dict[str, Any]:
    return {
        "id": assignment.pk,
        "subject": str(assignment.subject),
        "assignee": assignment.assignee_id,
        "assignee_name": assignment.assignee.display_name,
    }
