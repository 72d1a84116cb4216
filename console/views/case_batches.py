"""One thing in many similar cases: choose it, state it once, and follow how the worker does it case by case."""

from __future__ import annotations

import re
from http import HTTPStatus
from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from cleanup.actions import batch as batches
from cleanup.rules import MOST_IN_BATCH
from cleanup.states import BatchDeed, BatchOutcome
from console.access import Permission, access_batches, access_cases, needs
from console.case_batches import TONES, form_for, named, offered, told, unlike
from console.language import translated
from console.paging import Order, page
from console.views.work import posts
from registry.models import JobRun
from registry.rulebook import Refused
from registry.states import Outcome
from worker import dispatch
from worker.tasks import CASES

if TYPE_CHECKING:
    from django.http import HttpResponse, QueryDict

    from cleanup.models import Case, CaseBatch
    from console.access import OfficerRequest

SOME_ID = re.compile(r"[0-9]{1,18}")
BY_ROW = Order(("pk",))


@posts
@needs(Permission.TAKE_CASE_STEP)
def case_batch_new(request: OfficerRequest) -> HttpResponse:
    """Choose what is done in the chosen cases, state it, and ask for it."""
    asked = request.POST if request.method == "POST" else request.GET
    deed = asked.get("deed", "")
    deed = deed if deed in BatchDeed.values else BatchDeed.STEP.value
    cases = _chosen(request, asked)
    choices = offered(deed, cases)
    what = asked.get("what", "") if asked.get("what", "") in dict(choices) else ""
    shown: dict[str, Any] = {
        "deed": deed,
        "is_notice": deed == BatchDeed.NOTICE,
        "cases": cases,
        "choices": choices,
        "what": what,
        "unlike": unlike(cases),
        "most": MOST_IN_BATCH,
        "form": form_for(deed, what, cases) if what else None,
    }
    if request.method != "POST" or not what:
        return render(request, "console/case_batch_new.html", shown)
    form = form_for(deed, what, cases, request.POST)
    if form.is_valid():
        how: dict[str, Any] = {
            "deed": deed,
            "what": what,
            "case_ids": [each.pk for each in cases],
            "by": request.user,
            "on": form.on,
        }
        try:
            batch = batches.ask(**how, entered=form.entered())
        except Refused as refused:
            shown["refused"] = [translated(each) for each in refused.broken]
        else:
            _hand_over(request, batch)
            return redirect("case_batch", pk=batch.pk)
    return render(
        request, "console/case_batch_new.html", {**shown, "form": form}, status=HTTPStatus.UNPROCESSABLE_ENTITY
    )


@require_safe
@needs(Permission.VIEW_DOCUMENTS)
def case_batch(request: OfficerRequest, pk: int) -> HttpResponse:
    """Show how far a batch is, and what came of each case."""
    batch = get_object_or_404(access_batches(request.user).select_related("by"), pk=pk)
    rows = batch.rows.select_related("case__finding__organisation")
    found = page(rows, BY_ROW, after=request.GET.get("after", ""), before=request.GET.get("before", ""))
    lines = [(row, TONES[BatchOutcome(row.outcome)], told(row.told)) for row in found.rows]
    counts = batches.counts(batch)
    run = JobRun.objects.filter(job=CASES, slot=str(batch.pk)).first()
    waits = counts[BatchOutcome.WAITING]
    shown = {
        "batch": batch,
        "name": named(batch),
        "page": found,
        "lines": lines,
        "counts": [(each, translated(each.label), counts[each]) for each in BatchOutcome],
        "all": sum(counts.values()),
        "settled": sum(counts.values()) - waits,
        "moves": waits and not (run and run.outcome == Outcome.FAILED),
        "failed": run.error if run and run.outcome == Outcome.FAILED and waits else "",
    }
    return render(request, "console/case_batch.html", shown)


@posts
@needs(Permission.TAKE_CASE_STEP)
def case_batch_resume(request: OfficerRequest, pk: int) -> HttpResponse:
    """Ask once more for a batch of which some cases still wait."""
    batch = get_object_or_404(access_batches(request.user), pk=pk)
    if request.method == "POST":
        _hand_over(request, batch)
    return redirect("case_batch", pk=pk)


def _chosen(request: OfficerRequest, asked: QueryDict) -> list[Case]:
    ids = [each for each in dict.fromkeys(asked.getlist("case")) if SOME_ID.fullmatch(each)][:MOST_IN_BATCH]
    rows = access_cases(request.user).filter(pk__in=ids).select_related("finding__organisation", "officer")
    return list(rows.order_by("finding__organisation__code"))


def _hand_over(request: OfficerRequest, batch: CaseBatch) -> None:
    try:
        dispatch.cases(batch=batch)
    except dispatch.BrokerUnreachable:
        messages.warning(request, _("消息服务（Redis）连接不上，还没有开始；已经保存，恢复后可以重新开始。"))
