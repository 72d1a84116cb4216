"""Verbs of many cases at once: ask for a step or a document in each, and do it one case after the other.

A batch writes nothing into the ledger by itself: each case is judged by its own rules and leaves its own event, or is
refused with them. A worker killed on the way goes on with the cases that still wait; none is done twice.
"""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

from django.db import transaction
from django_fsm import TransitionNotAllowed

from cleanup import rules
from cleanup.actions import notice as notices
from cleanup.actions import step as steps
from cleanup.actions.case import locked_case
from cleanup.models import Case, CaseBatch, CaseBatchRow, Notice
from cleanup.notices import forms
from cleanup.queries import notice_values
from cleanup.queries.progress import read
from cleanup.rules.leg import What
from cleanup.states import BatchDeed, BatchOutcome
from registry.actions import run as runs
from registry.rulebook import Refused

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from registry.models import JobRun, User

EACH_ITS_OWN = {What.CURED, What.BODY}
"""What no two cases state alike."""


@transaction.atomic
def ask(*, deed: str, what: str, case_ids: Sequence[int], entered: Mapping[str, Any], by: User, on: date) -> CaseBatch:
    """Keep what shall be done in each of many cases; raises `Refused` where they are not alike."""
    cases = list(Case.objects.filter(pk__in=case_ids).order_by("pk"))
    treatments = frozenset(str(each.treatment) for each in cases)
    first = next(iter(treatments), "")
    rules.require(rules.ASK_BATCH, _facts(deed, what, cases, treatments, first), on=on)
    told = {name: value.isoformat() if isinstance(value, date) else value for name, value in entered.items()}
    batch = CaseBatch.objects.create(deed=deed, what=what, treatment=first, entered=told, by=by, on=on)
    CaseBatchRow.objects.bulk_create(CaseBatchRow(batch=batch, case=each) for each in cases)
    return batch


def _facts(deed: str, what: str, cases: Sequence[Case], treatments: frozenset[str], treatment: str) -> rules.BatchFacts:
    is_known = is_alike = False
    if treatment and deed == BatchDeed.NOTICE:
        is_known = is_alike = what in rules.documents_of(treatment)
    elif treatment:
        leg = rules.leg_of(treatment, what)
        is_known = leg is not None and not leg.by_itself
        is_alike = leg is not None and not any(each.what in EACH_ITS_OWN for each in leg.asks)
    return rules.BatchFacts(cases=len(cases), treatments=treatments, is_known=is_known, is_alike=is_alike)


def perform(*, batch_id: int, run: JobRun) -> dict[str, int]:
    """Do it in every case that still waits, each in a transaction of its own; return how many are done and refused."""
    batch = CaseBatch.objects.select_related("by").get(pk=batch_id)
    for pk in batch.rows.filter(outcome=BatchOutcome.WAITING).values_list("pk", flat=True):
        _one(batch, pk, run)
        runs.touch(run=run, counts=counts(batch))
    return counts(batch)


def counts(batch: CaseBatch) -> dict[str, int]:
    """Return how many cases of a batch stand at each outcome."""
    found = list(batch.rows.values_list("outcome", flat=True))
    return {outcome.value: found.count(outcome.value) for outcome in BatchOutcome}


@transaction.atomic
def _one(batch: CaseBatch, row_id: int, run: JobRun) -> None:
    row = CaseBatchRow.objects.select_for_update(of=("self",)).get(pk=row_id)
    if row.outcome != BatchOutcome.WAITING:
        return
    try:
        with transaction.atomic():
            row.told = [DEEDS[BatchDeed(batch.deed)](batch, row.case_id, run)]
        row.outcome = BatchOutcome.DONE
    except Refused as refused:
        row.outcome, row.told = BatchOutcome.REFUSED, [str(each) for each in refused.broken]
    except notices.CannotBePrinted as lacking:
        row.outcome, row.told = BatchOutcome.REFUSED, [str(lacking)]
    except TransitionNotAllowed:
        row.outcome, row.told = BatchOutcome.REFUSED, ["该组织或者个案的状态已经变化，请核对最新情况后再办理。"]
    row.save(update_fields=["outcome", "told"])


def _notice(batch: CaseBatch, case_id: int, run: JobRun) -> str:
    """Issue a document; what its fields say is what was entered, else what the case itself has said already."""
    proposed = notice_values.proposed(_progress(case_id), batch.what)
    given = {each.name: batch.entered.get(each.name) or "" for each in forms()[batch.what].fields}
    entered = {name: text or proposed.get(name, "") for name, text in given.items()}
    how: dict[str, Any] = {"by": batch.by, "on": batch.on, "run": run}
    return str(notices.issue(case_id=case_id, kind=batch.what, entered=entered, **how))


def _step(batch: CaseBatch, case_id: int, _run: JobRun) -> str:
    """Take a step; where it states a number, that of the case's own document."""
    progress = _progress(case_id)
    leg = rules.leg_of(progress.case.treatment, batch.what)
    days = {each.name for each in leg.asks if each.what in {What.DAY, What.AHEAD}} if leg else set()
    entered = {n: date.fromisoformat(v) if n in days and v else v for n, v in batch.entered.items()}
    if leg and "document_no" in leg.names and not entered.get("document_no"):
        issued = Notice.objects.filter(case=progress.case).order_by("pk")
        entered["document_no"] = notice_values.numbers_of(progress, issued).get(leg.step, "")
    taken = steps.take(case_id=case_id, step=batch.what, by=batch.by, on=batch.on, entered=entered)
    return taken.document_no


def _progress(case_id: int) -> Any:
    organisation, finding, case = locked_case(case_id)
    return read(case, finding, organisation)


DEEDS: Mapping[BatchDeed, Callable[[CaseBatch, int, JobRun], str]] = {
    BatchDeed.NOTICE: _notice,
    BatchDeed.STEP: _step,
}
