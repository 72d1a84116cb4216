"""Deadlines for tests, begun by the ordinary verb inside a deed that writes its event."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

from django.db import transaction

from registry.actions import deadline as verbs
from registry.actions.ledger import lock, record, snapshot
from registry.models import Deadline, Subject
from registry.states import SubjectKind
from tests.factories import OrganisationFactory

if TYPE_CHECKING:
    from registry.models import Event, Organisation, User

DAY = date(2022, 3, 1)
"""A Tuesday on which every deadline of these tests begins unless one says otherwise."""

CASE = Subject(SubjectKind.CASE, 7)


def begun(*, by: User, kind: str = "case.decision", body: Organisation | None = None, **how: Any) -> Deadline:
    """Return a deadline of `CASE`, or of another ``subject``."""
    body, on = body or OrganisationFactory.create(), how.pop("on", DAY)
    told = done("start", body, by=by, kind=kind, on=on, organisation=body, **how)
    return Deadline.objects.get(pk=told.facts[verbs.KEY][0]["row"]["id"])


@transaction.atomic
def done(verb: str, body: Organisation, *, by: User, on: date = DAY, **how: Any) -> Event:
    """Do ``verb`` inside a deed on ``body`` and return the deed's one event."""
    locked = lock(body.pk)
    how = {"subject": CASE, "kind": "case.decision", **how}
    if verb in {"extend", "waive"}:
        how["by"] = by
    facts = {verbs.KEY: [getattr(verbs, verb)(on=on, **how)]}
    return record(locked, snapshot(locked), verb=f"test.{verb}", on=on, by=by, facts=facts)


def again(deadline: Deadline) -> Deadline:
    """Return a fresh instance."""
    return Deadline.objects.get(pk=deadline.pk)
