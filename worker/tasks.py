"""What runs by itself. Task names are wire format: once released they stay.

Every task is safe to run twice: it claims the slot it works for, and what it writes is found unchanged the next time.
"""

from __future__ import annotations

import logging
from dataclasses import asdict
from datetime import date
from typing import Any

from celery import Task, chain
from django.db import OperationalError
from django.utils import timezone

from cleanup.actions import batch
from cleanup.actions.sweep import SweptElsewhere, sweep
from cleanup.models import Campaign, Sweep
from cleanup.queries.sweeps import waiting
from cleanup.states import Evaluation
from registry.actions import check as checks
from registry.actions import checkpoint as checkpoints
from registry.actions import deadline
from registry.actions import run as runs
from registry.actions.intake import desk
from registry.actions.ledger import Interrupted
from registry.models import JobRun, User
from registry.queries.checkpoints import JOB as CHECKPOINT
from registry.queries.law_proposals import recalculating
from registry.states import Outcome
from worker.actions import alert, law
from worker.celery import app
from worker.queries import figures
from worker.queries.due import due_days, running_campaigns
from worker.queries.retold import RETOLD
from worker.states import AlertKind

logger = logging.getLogger(__name__)

RETRIED = {"autoretry_for": (OperationalError, Interrupted, SweptElsewhere), "max_retries": 3, "retry_backoff": 5}
"""A database that is busy or away for a moment, or a body an officer moved meanwhile: tried again within a minute."""

CHECK = "ledger.check"
"""The job that verifies the ledger."""

RECHECK = "deadlines"
"""The job under which provisional deadlines are counted anew."""

IMPORT = "import"
"""The job under which uploaded files are tried out and imported."""


CASES = "case_batch"
"""The job under which a step or a document is done in many cases."""


class Run(Task):
    """A task that works for a `JobRun`; whatever ends it early stands in the row."""

    def on_failure(self, exc: Exception, task_id: str, *_args: Any, **_kwargs: Any) -> None:
        """Fail the run this message had claimed."""
        for run in JobRun.objects.filter(owner=task_id, outcome=Outcome.RUNNING):
            runs.fail(run=run, error=f"{type(exc).__name__}: {exc}")


@app.task(name="worker.recalculate_laws", **RETRIED)
def recalculate_laws(*, on: str | None = None, **_: Any) -> None:
    """Find which changes of the law have come to their day, and hand out each; who waits for the director waits."""
    day = date.fromisoformat(on) if on else timezone.localdate()
    for pk in recalculating(on=day).filter(held_on=None).values_list("pk", flat=True):
        recalculate_law.si(proposal_id=pk, on=day.isoformat()).apply_async()


@app.task(bind=True, base=Run, name="worker.recalculate_law", **RETRIED)
def recalculate_law(self: Run, *, proposal_id: int, on: str, **_: Any) -> None:
    """Move what one change of the law moves on its day, once."""
    day, proposal = date.fromisoformat(on), recalculating(on=date.fromisoformat(on)).filter(pk=proposal_id).first()
    if proposal is None or proposal.held_on:
        logger.info("law %s is recalculated, or waits for the director", proposal_id)
        return
    slot = f"{proposal_id} {proposal.recalculate_on}"
    run = runs.claim(job=law.JOB, slot=slot, as_of=day, owner=self.request.id)
    if run is None:
        logger.info("law %s is recalculated or in other hands", slot)
        return
    law.recalculate(proposal_id=proposal_id, by=User.objects.system(), on=day, run=run)


@app.task(name="worker.nightly_sweeps", **RETRIED)
def nightly_sweeps(*, on: str | None = None, **_: Any) -> None:
    """Find which campaigns are due for which days, and hand out one sweep for each, a campaign's days in order."""
    day = date.fromisoformat(on) if on else timezone.localdate()
    for campaign in running_campaigns(on=day):
        if stopped := waiting(campaign):
            sweep_again(stopped).apply_async()
        elif days := due_days(campaign, on=day):
            chain(sweep_on(campaign.pk, each) for each in days).apply_async()


def sweep_on(campaign_id: int, day: date) -> Any:
    """Return the message that asks for one sweep."""
    return sweep_campaign.si(campaign_id=campaign_id, as_of=day.isoformat())


def sweep_again(stopped: Sweep) -> Any:
    """Return the message that runs a sweep again that stopped: it was released, or the data may be in order by now."""
    run = stopped.run
    return sweep_campaign.si(campaign_id=stopped.campaign_id, as_of=run.as_of.isoformat(), slot=run.slot)


@app.task(bind=True, base=Run, name="worker.sweep_campaign", **RETRIED)
def sweep_campaign(self: Run, *, campaign_id: int, as_of: str, slot: str | None = None, **_: Any) -> None:
    """Sweep one campaign as of one day, once; ``slot`` names the run of a sweep that stopped.

    Not by a law whose effect nobody has told yet: the night is made up for once that is recalculated.
    """
    campaign, day = Campaign.objects.get(pk=campaign_id), date.fromisoformat(as_of)
    if waits := recalculating(on=day).first():
        logger.warning("sweep %s %s waits for law %s", campaign.code, day, waits.pk)
        return
    run = runs.claim(job="sweep", slot=slot or sweep_slot(campaign, day), as_of=day, owner=self.request.id)
    if run is None:
        logger.info("sweep %s %s is done or in other hands", campaign.code, day)
        return
    sweep(campaign_id=campaign_id, as_of=day, by=User.objects.system(), run=run, evaluation=Evaluation.INCREMENTAL)


def sweep_slot(campaign: Campaign, day: date) -> str:
    """Return the slot of a campaign's nightly sweep; a day whose sweep was undone has another for the next time."""
    undone = Sweep.objects.filter(campaign=campaign, run__as_of=day, undone_on__isnull=False).count()
    return f"{campaign.code} {day}" if not undone else f"{campaign.code} {day} {undone + 1}"


def alert_job(kind: AlertKind) -> str:
    """Return the job name under which alerts of ``kind`` run."""
    return f"alert.{kind.value}"


@app.task(bind=True, base=Run, name="worker.watch_deadlines", **RETRIED)
def watch_deadlines(self: Run, *, on: str | None = None, **_: Any) -> None:
    """Alert whoever carries a record whose deadline is near or has passed."""
    _reconcile(self, AlertKind.DEADLINE, on)


@app.task(bind=True, base=Run, name="worker.recheck_deadlines", **RETRIED)
def recheck_deadlines(self: Run, *, on: str | None = None, **_: Any) -> None:
    """Count provisional deadlines anew, before anybody is alerted of them."""
    day = date.fromisoformat(on) if on else timezone.localdate()
    run = runs.claim(job=RECHECK, slot=day.isoformat(), as_of=day, owner=self.request.id)
    if run is None:
        logger.info("deadlines of %s are rechecked or in other hands", day)
        return
    runs.finish(run=run, counts=deadline.recheck(on=day, by=User.objects.system(), run=run))


@app.task(bind=True, base=Run, name="worker.alert_new_findings", **RETRIED)
def alert_new_findings(self: Run, *, on: str | None = None, **_: Any) -> None:
    """Alert the officers in charge of findings that wait for a decision."""
    _reconcile(self, AlertKind.NEW_FINDINGS, on)


@app.task(bind=True, base=Run, name="worker.alert_sign_offs", **RETRIED)
def alert_sign_offs(self: Run, *, on: str | None = None, **_: Any) -> None:
    """Alert the departments that associations' separations wait for."""
    _reconcile(self, AlertKind.SIGN_OFF, on)


def _reconcile(task: Run, kind: AlertKind, on: str | None) -> None:
    day = date.fromisoformat(on) if on else timezone.localdate()
    run = runs.claim(job=alert_job(kind), slot=day.isoformat(), as_of=day, owner=task.request.id)
    if run is None:
        logger.info("alerts %s %s are done or in other hands", kind.value, day)
        return
    runs.finish(run=run, counts=alert.reconcile(kind=kind, on=day))


@app.task(bind=True, base=Run, name="worker.check_figures", **RETRIED)
def check_figures(self: Run, *, on: str | None = None, **_: Any) -> None:
    """Recompute the campaigns' figures from the ledger, once a day, and alarm on any difference."""
    day = date.fromisoformat(on) if on else timezone.localdate()
    run = runs.claim(job=figures.JOB, slot=day.isoformat(), as_of=day, owner=self.request.id)
    if run is None:
        logger.info("figures of %s are checked or in other hands", day)
        return
    runs.finish(run=run, counts=figures.checked(on=day))
    alert.reconcile(kind=AlertKind.FIGURES, on=day)


@app.task(name="worker.alert_mentions", **RETRIED)
def alert_mentions(**_: Any) -> None:
    """Alert the colleagues whom notes call by name, once each; runs all day long, hence without a slot of its own."""
    alert.reconcile(kind=AlertKind.MENTION, on=timezone.localdate())


@app.task(name="worker.close_alerts", **RETRIED)
def close_alerts(**_: Any) -> None:
    """Close the alerts whose cause is gone."""
    for kind in AlertKind:
        alert.close_groundless(kind=kind, on=timezone.localdate())


@app.task(bind=True, base=Run, name="worker.import_file", **RETRIED)
def import_file(self: Run, *, import_id: int, attempt: int, **_: Any) -> None:
    """Try out or import one uploaded file as it was queued; killed half-way, it goes on where it stopped."""
    today = timezone.localdate()
    run = runs.claim(job=IMPORT, slot=import_slot(import_id, attempt), as_of=today, owner=self.request.id)
    if run is None:
        logger.info("import %s of start %s is done or in other hands", import_id, attempt)
        return
    report = desk.perform(import_id=import_id, attempt=attempt)
    runs.finish(run=run, counts=asdict(report.counts) if report else {})


def import_slot(import_id: int, attempt: int) -> str:
    """Return the slot of one start of an import."""
    return f"{import_id}.{attempt}"


@app.task(bind=True, base=Run, name="worker.case_batch", **RETRIED)
def case_batch(self: Run, *, batch_id: int, **_: Any) -> None:
    """Do in each case of a batch what was asked for; killed half-way, it goes on with those that wait."""
    run = runs.claim(job=CASES, slot=str(batch_id), as_of=timezone.localdate(), owner=self.request.id)
    if run is None:
        logger.info("batch %s is done or in other hands", batch_id)
        return
    runs.finish(run=run, counts=batch.perform(batch_id=batch_id, run=run))


@app.task(bind=True, base=Run, name="worker.make_checkpoint", **RETRIED)
def make_checkpoint(self: Run, *, on: str | None = None, **_: Any) -> None:
    """Fix where all chains of the ledger stand, once a day; a night without anybody there is made up for by day."""
    day = date.fromisoformat(on) if on else timezone.localdate()
    run = runs.claim(job=CHECKPOINT, slot=day.isoformat(), as_of=day, owner=self.request.id)
    if run is None:
        logger.info("checkpoint %s is made or in other hands", day)
        return
    made = checkpoints.make(on=day)
    counts = {"number": made.number, "chains": made.chains, "events": made.events, "digest": made.digest}
    runs.finish(run=run, counts=counts)


@app.task(bind=True, base=Run, name="worker.check_ledger", **RETRIED)
def check_ledger(self: Run, *, on: str | None = None, **_: Any) -> None:
    """Verify the whole ledger, once a day, and alarm on any fault; a worker killed on the way is gone on for by the next."""
    day = date.fromisoformat(on) if on else timezone.localdate()
    run = runs.claim(job=CHECK, slot=day.isoformat(), as_of=day, owner=self.request.id)
    if run is None:
        logger.info("check %s is done or in other hands", day)
        return
    check = checks.verify(retold=RETOLD)
    runs.finish(run=run, counts={"chains": check.chains, "events": check.events, "found": check.found})
    alert.reconcile(kind=AlertKind.LEDGER, on=day)
