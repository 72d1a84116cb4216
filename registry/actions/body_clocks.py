"""What becomes of a body's deadlines when it leaves the register, and when it is taken back."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from registry.actions import deadline
from registry.models import Deadline, Event
from registry.models.deadline import RUNNING
from registry.queries.moves import EXITS
from registry.states import ENDS_WITH_BODY, EXISTING

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date

    from registry.models import Organisation, User


def follow(
    organisation: Organisation,
    before: Mapping[str, Any],
    *,
    on: date,
    by: User,
    reason: str,
    context: Mapping[str, Any],
) -> dict[str, Any]:
    """End the deadlines that fall away with a body that leaves, start them again for one that was taken back.

    ``before`` is how the locked body stood, ``context`` what the event of the move tells anyway, deadlines its caller
    moved among it. Return all that the event tells.
    """
    stood, stands = before["state"] in EXISTING, organisation.state in EXISTING
    if stood and not stands:
        told = _ended(organisation, on=on, by=by, reason=reason)
    elif stands and not stood:
        told = _begun_again(organisation, on=on)
    else:
        told = []
    return {**context, deadline.KEY: [*context.get(deadline.KEY, ()), *told]} if told else dict(context)


def _ended(organisation: Organisation, *, on: date, by: User, reason: str) -> list[dict[str, Any]]:
    """Waive them; one that began after the day of an exit entered late ends on the day it began."""
    rows = Deadline.objects.filter(RUNNING, organisation=organisation, subject_kind__in=ENDS_WITH_BODY)
    return [
        deadline.waive(subject=each.subject, kind=each.kind, on=max(on, each.starts_on), by=by, reason=reason)
        for each in rows.order_by("pk")
    ]


def _begun_again(organisation: Organisation, *, on: date) -> list[dict[str, Any]]:
    """Start those the undone exit had ended, with the last day they had."""
    left = Event.objects.filter(organisation=organisation, verb__in=EXITS).order_by("seq").last()
    ended = [told["row"]["id"] for told in left.facts.get(deadline.KEY, ())] if left else []
    return [
        deadline.start(
            subject=each.subject,
            kind=each.kind,
            on=on,
            organisation=organisation,
            starts_on=min(on, each.starts_on),
            fixed_on=each.due_on,
            basis=each.basis,
        )
        for each in Deadline.objects.filter(pk__in=ended, subject_kind__in=ENDS_WITH_BODY).order_by("pk")
    ]
