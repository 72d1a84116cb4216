"""Verbs of a deadline: start, meet, suspend, resume, extend, waive, move.

They are called inside another action, in its transaction and under its lock of the organisation, and return what its one
event tells under ``facts["deadlines"]``: a list of what they returned, each with the whole row as it then stands, so that
the last word of the ledger about a deadline is the deadline. Raise `Refused`, `Deadline.DoesNotExist` where none runs, and
`NoPolicy` where nothing sets the length.

An officer who extends, suspends or waives a deadline by itself does so by the verbs that end in ``_deadline``: they write
their own event.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.utils import timezone

from registry import clockbook, rules
from registry.actions import filing_steps as steps
from registry.actions.ledger import Entry, lock, lock_all, record, record_many, snapshot
from registry.ledger import plain
from registry.models import Deadline
from registry.models.deadline import RUNNING
from registry.queries.calendar import current
from registry.queries.deadlines import recomputed, running_of, terms
from registry.states import PeriodUnit, SubjectKind

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from datetime import date

    from django.db.models import QuerySet

    from registry.calendar import Calendar
    from registry.models import Event, JobRun, Organisation, Subject, User
    from registry.queries.deadlines import Recount, Terms

KEY = "deadlines"
"""Where an event's facts tell of deadlines."""

RECOUNTED = ("unit", "length", "basis", "verified", "due_on", "provisional")
"""What a change of law or calendar moves."""


def start(
    *,
    subject: Subject,
    kind: str,
    on: date,
    organisation: Organisation | None,
    starts_on: date | None = None,
    body_kind: str = "",
    fixed_on: date | None = None,
    length: tuple[int, PeriodUnit] | None = None,
    basis: str = "",
    pauses: Iterable[list[str]] = (),
) -> dict[str, Any]:
    """Begin to count, by a deed of the day ``on``; the first day is that one unless ``starts_on`` is an earlier.

    The policy of the kind sets the length. Where it has none, or an officer may set another, ``fixed_on`` names the last
    day, or ``length`` says how many of what, on ``basis``. ``pauses`` are those of one that it goes on from.
    """
    since, book = starts_on or on, clockbook.kind(kind)
    facts = rules.StartFacts(starts_on=since, fixed_on=fixed_on, another_runs=running_of(subject, kind) is not None)
    rules.require(rules.START_DEADLINE, facts, on=on)
    deadline = Deadline(
        organisation=organisation,
        subject_kind=subject.kind,
        subject_id=subject.id,
        kind=kind,
        starts_on=since,
        basis=basis or book.basis,
        pauses=list(pauses),
    )
    if fixed_on is not None:
        deadline.unit, deadline.fixed_on = PeriodUnit.FIXED, fixed_on
    elif length is not None:
        deadline.length, deadline.unit = length
    else:
        deadline.policy, deadline.policy_kind = book.policy, body_kind or (organisation.kind if organisation else "")
        _set_by_policy(deadline)
    deadline.recount(current())
    deadline.save(force_insert=True)
    return told("start", deadline)


def meet(*, subject: Subject, kind: str, on: date) -> dict[str, Any]:
    """Say that what was due was done on that day, in time or not."""
    deadline = running_for(subject, kind)
    deadline.meet(on=on)
    return _saved("meet", deadline)


def suspend(*, subject: Subject, kind: str, on: date, reason: str) -> dict[str, Any]:
    """Let it stand still, where law says so."""
    deadline = running_for(subject, kind)
    deadline.suspend(on=on, reason=reason)
    return _saved("suspend", deadline)


def resume(*, subject: Subject, kind: str, on: date) -> dict[str, Any]:
    """Go on counting; the last day moves by as much as it stood still."""
    deadline = running_for(subject, kind)
    before = deadline.due_on
    deadline.resume(on=on)
    return _saved("resume", deadline, before)


def extend(*, subject: Subject, kind: str, on: date, by: User, document: str) -> dict[str, Any]:
    """Extend it once by what policy allows on that day; ``document`` is the approval, or the reason given."""
    deadline = running_for(subject, kind)
    before = deadline.due_on
    _extend(deadline, on=on, by=by, document=document)
    return _saved("extend", deadline, before)


def waive(*, subject: Subject, kind: str, on: date, by: User, reason: str) -> dict[str, Any]:
    """End it without its being met, because what it was for has fallen away."""
    deadline = running_for(subject, kind)
    deadline.waive(on=on, by=by, reason=reason)
    return _saved("waive", deadline)


def waive_all(*, subject: Subject, on: date, by: User, reason: str, but: str = "") -> list[dict[str, Any]]:
    """End whatever runs for a record, one of the kind ``but`` left out; return what there is to tell of each."""
    rows = _locked().filter(subject_kind=subject.kind, subject_id=subject.id).exclude(kind=but).order_by("pk")
    found = []
    for deadline in rows:
        deadline.waive(on=on, by=by, reason=reason)
        found.append(_saved("waive", deadline))
    return found


def move(
    *, subject: Subject, kind: str, on: date, starts_on: date | None = None, fixed_on: date | None = None
) -> dict[str, Any]:
    """Count from another day (service proved later than thought), or name another last day."""
    deadline = running_for(subject, kind)
    before = deadline.due_on
    deadline.move(on=on, starts_on=starts_on, fixed_on=fixed_on)
    if deadline.policy:
        _set_by_policy(deadline)
    return _saved("move", deadline, before)


def running_for(subject: Subject, kind: str) -> Deadline:
    """Return the deadline of that kind that runs for a record, locked; raise `Deadline.DoesNotExist`."""
    return _locked().get(subject_kind=subject.kind, subject_id=subject.id, kind=kind)


def told(did: str, deadline: Deadline, *, due_before: date | None = None) -> dict[str, Any]:
    """Return what an event tells: what was done, the row as it then stands, and the last day before if it moved."""
    moved = due_before is not None and due_before != deadline.due_on
    return {"did": did, **({"due_before": plain(due_before)} if moved else {}), "row": row(deadline)}


def row(deadline: Deadline) -> dict[str, Any]:
    """Return a deadline as the ledger writes it, empty columns left out."""
    columns = {f.attname: plain(getattr(deadline, f.attname)) for f in Deadline._meta.concrete_fields}
    return {name: value for name, value in columns.items() if value not in (None, "", [])}


# --- by an officer, by itself -----------------------------------------------------------------------------------


@transaction.atomic
def extend_deadline(*, deadline_id: int, by: User, on: date, document: str) -> Event:
    """Extend a running deadline of a body on the register, once."""
    organisation, deadline = _by_itself(deadline_id, on)
    before = deadline.due_on
    _extend(deadline, on=on, by=by, document=document)
    return _recorded(_saved("extend", deadline, before), organisation, by=by, on=on, reason=document)


@transaction.atomic
def waive_deadline(*, deadline_id: int, by: User, on: date, reason: str) -> Event:
    """End a running deadline of a body on the register without its being met, where that is for an officer to decide."""
    organisation, deadline = _by_itself(deadline_id, on)
    rules.require(rules.WAIVE_DEADLINE, deadline.facts(reason=reason), on=on)
    deadline.waive(on=on, by=by, reason=reason)
    return _recorded(_saved("waive", deadline), organisation, by=by, on=on, reason=reason)


@transaction.atomic
def suspend_deadline(*, deadline_id: int, by: User, on: date, reason: str) -> Event:
    """Let a running deadline of a body on the register stand still."""
    organisation, deadline = _by_itself(deadline_id, on)
    deadline.suspend(on=on, reason=reason)
    return _recorded(_saved("suspend", deadline), organisation, by=by, on=on, reason=reason)


@transaction.atomic
def resume_deadline(*, deadline_id: int, by: User, on: date) -> Event:
    """Let a suspended deadline of a body on the register go on."""
    organisation, deadline = _by_itself(deadline_id, on)
    before = deadline.due_on
    deadline.resume(on=on)
    return _recorded(_saved("resume", deadline, before), organisation, by=by, on=on)


def _by_itself(deadline_id: int, on: date) -> tuple[Organisation, Deadline]:
    """Lock the organisation first, then its deadline, as every action does."""
    organisation_id = (
        Deadline.objects.exclude(organisation=None).values_list("organisation", flat=True).get(pk=deadline_id)
    )
    organisation = lock(organisation_id)
    deadline = Deadline.objects.select_for_update(of=("self",)).get(pk=deadline_id)
    asked = rules.MoveFacts(reason="", established_on=None, last_event_on=None, today=timezone.localdate())
    rules.require((rules.is_not_in_the_future,), asked, on=on)
    return organisation, deadline


def _recorded(line: dict[str, Any], organisation: Organisation, *, by: User, on: date, reason: str = "") -> Event:
    before, verb = snapshot(organisation), f"deadline.{line['did']}"
    return record(organisation, before, verb=verb, on=on, by=by, reason=reason, facts={KEY: [line]})


# --- because law or calendar have changed -------------------------------------------------------------------------


def recount(
    changes: Iterable[Recount],
    *,
    on: date,
    by: User,
    reason: str,
    run: JobRun | None = None,
    context: Mapping[str, Any],
) -> list[Event]:
    """Apply what `recomputed` has shown, with one event an organisation; return the events.

    Called in the transaction of what changed the law; ``context`` names it in each event.
    """
    changes = list(changes)
    lock_all(each.deadline.organisation_id for each in changes if each.deadline.organisation_id is not None)
    entries = [
        Entry(organisation_id=pk, verb="deadline.recount", reason=reason, facts={**context, KEY: lines})
        for pk, lines in recounted(changes, on=on, by=by).items()
    ]
    return record_many(entries, on=on, by=by, run=run)


@transaction.atomic
def recheck(*, on: date, by: User, run: JobRun | None = None) -> dict[str, int]:
    """Count anew what is provisional, in case the calendar knows more by now; return how many changed and moved."""
    changes = recomputed(Deadline.objects.filter(RUNNING, provisional=True))
    reason = "节假日安排公布后重新计算"
    events = recount(changes, on=on, by=by, reason=reason, run=run, context={})
    return {"changed": len(changes), "moved": sum(each.is_moved for each in changes), "bodies": len(events)}


def recounted(
    changes: Iterable[Recount], *, on: date, by: User, calendar: Calendar | None = None
) -> dict[int, list[dict[str, Any]]]:
    """Apply what `recomputed` has shown to locked bodies; return what the event of each has to tell under `KEY`.

    A deadline of an application for 成立, which has no organisation yet, is told by a step of the application.
    """
    shown = {each.deadline.pk: each for each in changes}
    running = Deadline.objects.filter(RUNNING, pk__in=shown)
    steps.lock_all(each.subject_id for each in running.filter(organisation=None, subject_kind=SubjectKind.FILING))
    grouped: dict[int, list[dict[str, Any]]] = {}
    rows = list(running.select_for_update(of=("self",)).order_by("pk"))
    for deadline in rows:
        before, found = deadline.due_on, shown[deadline.pk].terms
        if found is not None:
            _set(deadline, found)
        deadline.recount(calendar or current())
        line = told("recount", deadline, due_before=before)
        if deadline.organisation_id is not None:
            grouped.setdefault(deadline.organisation_id, []).append(line)
        elif deadline.subject_kind == SubjectKind.FILING:
            steps.tell(deadline.subject_id, "filing.recount", by=by, on=on, facts={KEY: [line]})
    Deadline.objects.bulk_update(rows, RECOUNTED, batch_size=500)
    return grouped


# --- what they share ----------------------------------------------------------------------------------------------


def _locked() -> QuerySet[Deadline]:
    return Deadline.objects.filter(RUNNING).select_for_update(of=("self",))


def _saved(did: str, deadline: Deadline, due_before: date | None = None) -> dict[str, Any]:
    """Save what was done; where the last day may have moved it is counted anew, and the one before is told."""
    if due_before is not None:
        deadline.recount(current())
    deadline.save()
    return told(did, deadline, due_before=due_before)


def _set_by_policy(deadline: Deadline) -> None:
    _set(deadline, terms(deadline.policy, on=deadline.starts_on, kind=deadline.policy_kind))


def _set(deadline: Deadline, found: Terms) -> None:
    deadline.unit, deadline.length = found.unit, found.length
    deadline.basis, deadline.verified = found.basis, found.verified


def _extend(deadline: Deadline, *, on: date, by: User, document: str) -> None:
    key = deadline.book.extension
    rules.require(rules.EXTEND_DEADLINE, deadline.facts(reason=document), on=on)
    found = terms(key, on=on, kind=deadline.policy_kind)
    deadline.verified = deadline.verified and found.verified
    deadline.extend(on=on, by=by, length=found.length, unit=found.unit, basis=found.basis, document=document)
