"""The verb by which a body comes back on the register: what its exit had cleared begins anew."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db import transaction

from cleanup.actions.case import begin_round, case_told, subject
from cleanup.models import Case, CaseRound
from cleanup.queries.progress import read
from cleanup.states import OUTCOME_OF_EXIT, SETTLED, FindingState
from registry.actions import deadline
from registry.actions import organisation as organisation_actions
from registry.actions.ledger import lock, record, snapshot

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import date

    from registry.models import Event, Organisation, User

REOPEN = "case.reopen"
"""The verb by which a case begins anew because the exit that ended it was undone."""


@transaction.atomic
def reinstate(*, organisation_id: int, by: User, proposed_by: User, on: date, reason: str, document_no: str) -> Event:
    """Undo an exit that was entered in error, outside any case; every case it had ended begins a new round.

    Raises `Refused`, or TransitionNotAllowed where the body is on the register.
    """
    organisation = lock(organisation_id)
    how: dict[str, Any] = {"proposed_by": proposed_by, "document_no": document_no}
    event = organisation_actions.reinstate(organisation_id=organisation.pk, by=by, on=on, reason=reason, **how)
    reopen(organisation_id, by=by, on=on, reason=reason)
    return event


def reopen(organisation_id: int, *, by: User, on: date, reason: str, but: Iterable[int] = ()) -> None:
    """Begin anew the cases a body's exit had ended, now that it is back; the caller sees to the cases ``but``."""
    organisation = lock(organisation_id)
    ended = Case.objects.select_for_update(of=("self",)).select_related("officer", "finding__campaign")
    ended = ended.filter(
        finding__organisation=organisation,
        finding__state=FindingState.CONFIRMED,
        state__in=SETTLED,
        outcome__in=OUTCOME_OF_EXIT.values(),
    )
    for case in ended.exclude(pk__in=but).order_by("pk"):
        _begin_anew(organisation, case, by=by, on=on, reason=reason)


def _begin_anew(organisation: Organisation, case: Case, *, by: User, on: date, reason: str) -> Event:
    clocks = deadline.waive_all(subject=subject(case), on=on, by=by, reason=reason)
    CaseRound.objects.filter(case=case, number=case.round).update(undone_on=on)
    begin_round(case, case.treatment, on=on)
    case.next_step = read(case, case.finding, organisation).next_step or ""
    case.save(update_fields=["next_step"])
    facts = {"case": case_told(case, case.finding), **({deadline.KEY: clocks} if clocks else {})}
    return record(organisation, snapshot(organisation), verb=REOPEN, on=on, by=by, reason=reason, facts=facts)
