"""Verbs of an alert: raise what has a cause, close what has none any more, see.

What is told is derived from the causes as they stand, so that running twice, late or after a crash ends the same.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from worker.models import Alert
from worker.queries.sources import SOURCES

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import date, datetime

    from registry.models import User
    from worker.queries.causes import Cause
    from worker.states import AlertKind


@transaction.atomic
def reconcile(*, kind: AlertKind, on: date) -> dict[str, int]:
    """Make the alerts of ``kind`` agree with their causes on the day ``on``; return how many were raised and closed.

    A closed alert whose cause has come back is raised again.
    """
    causes = {(cause.recipient_id, cause.key): cause for cause in SOURCES[kind](on=on)}
    closed = _close_but(causes.values(), kind=kind)
    known = _known(causes.values())
    raised = [cause for key, cause in causes.items() if cause.fresh and key not in known]
    now = timezone.now()
    Alert.objects.bulk_create((_alert(cause, at=now) for cause in raised), ignore_conflicts=True, batch_size=500)
    again = sum(_renew(known[key], cause) for key, cause in causes.items() if key in known)
    return {"standing": len(causes), "raised": len(raised) + again, "closed": closed}


@transaction.atomic
def close_groundless(*, kind: AlertKind, on: date) -> int:
    """Close the open alerts of ``kind`` whose cause is gone on the day ``on``; raise nothing."""
    return _close_but(SOURCES[kind](on=on), kind=kind)


def see(*, alert_id: int, by: User) -> None:
    """Record that the recipient has seen the alert; the first time counts. Raises `Alert.DoesNotExist` for others."""
    alert = Alert.objects.get(pk=alert_id, recipient=by)
    Alert.objects.filter(pk=alert.pk, seen_at__isnull=True).update(seen_at=timezone.now())


def _alert(cause: Cause, *, at: datetime) -> Alert:
    return Alert(
        kind=cause.kind,
        recipient_id=cause.recipient_id,
        cause=cause.key,
        subject=cause.subject,
        link=cause.link,
        due_on=cause.due_on,
        raised_at=at,
    )


def _known(causes: Iterable[Cause]) -> dict[tuple[int, str], Alert]:
    """Return the alerts these causes already have, by recipient and cause, locked."""
    keys = sorted({cause.key for cause in causes})
    rows: dict[tuple[int, str], Alert] = {}
    for start in range(0, len(keys), 500):
        for alert in Alert.objects.select_for_update(of=("self",)).filter(cause__in=keys[start : start + 500]):
            rows[alert.recipient_id, alert.cause] = alert
    return rows


def _renew(alert: Alert, cause: Cause) -> bool:
    """Bring the words of a standing alert up to date; open a closed one again. Tell whether it was opened again."""
    again = alert.closed_at is not None
    if again:
        alert.raised_at, alert.seen_at, alert.closed_at = timezone.now(), None, None
    if again or alert.subject != cause.subject:
        alert.subject = cause.subject
        alert.save(update_fields=["subject", "raised_at", "seen_at", "closed_at"])
    return again


def _close_but(causes: Iterable[Cause], *, kind: AlertKind) -> int:
    """Close the open alerts of ``kind`` that none of ``causes`` stands behind."""
    standing = {(cause.recipient_id, cause.key) for cause in causes}
    rows = Alert.objects.filter(kind=kind, closed_at__isnull=True).values_list("pk", "recipient_id", "cause")
    gone = [pk for pk, recipient, cause in rows if (recipient, cause) not in standing]
    closed = 0
    for start in range(0, len(gone), 500):
        still_open = Q(pk__in=gone[start : start + 500], closed_at__isnull=True)
        closed += Alert.objects.filter(still_open).update(closed_at=timezone.now())
    return closed
