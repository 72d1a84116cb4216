"""Verbs of a job run: claim a slot once, finish it, fail it."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.utils import timezone

from registry.models import JobRun
from registry.states import Outcome

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date

LEASE = timedelta(hours=1)
"""After this long a run that never reported its end counts as dead, and anybody may take it over."""


@transaction.atomic
def claim(*, job: str, slot: str, as_of: date, owner: str) -> JobRun | None:
    """Return the run of ``slot`` if ``owner`` may work on it now, else None.

    A slot that is done stays done. A running one is taken over by the same owner (a message delivered again after its
    worker was killed) or by anyone once its lease is over; a failed one by anyone.
    """
    now = timezone.now()
    run, created = JobRun.objects.select_for_update().get_or_create(
        job=job, slot=slot, defaults={"as_of": as_of, "started_at": now, "owner": owner}
    )
    if created:
        return run
    dead = run.owner == owner or run.started_at < now - LEASE
    if run.outcome == Outcome.DONE or (run.outcome == Outcome.RUNNING and not dead):
        return None
    run.outcome, run.owner, run.started_at, run.finished_at, run.error = Outcome.RUNNING, owner, now, None, ""
    run.attempts += 1
    run.touched_at = None
    run.save(update_fields=["outcome", "owner", "started_at", "touched_at", "finished_at", "error", "attempts"])
    return run


def touch(*, run: JobRun, counts: Mapping[str, Any]) -> None:
    """Record that ``run`` is alive and how far it is."""
    run.touched_at, run.counts = timezone.now(), dict(counts)
    run.save(update_fields=["touched_at", "counts"])


def finish(*, run: JobRun, counts: Mapping[str, Any]) -> None:
    """Record that ``run`` did what ``counts`` says."""
    run.outcome, run.counts, run.finished_at = Outcome.DONE, dict(counts), timezone.now()
    run.save(update_fields=["outcome", "counts", "finished_at"])


def stop(*, run: JobRun, counts: Mapping[str, Any], why: str) -> None:
    """Record that ``run`` stopped before it wrote anything, and waits for somebody to look."""
    run.outcome, run.counts, run.error, run.finished_at = Outcome.STOPPED, dict(counts), why, timezone.now()
    run.save(update_fields=["outcome", "counts", "error", "finished_at"])


def fail(*, run: JobRun, error: str) -> None:
    """Record that ``run`` ended without doing its work, and why."""
    run.outcome, run.error, run.finished_at = Outcome.FAILED, error, timezone.now()
    run.save(update_fields=["outcome", "error", "finished_at"])
