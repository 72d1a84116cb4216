"""What belongs to a case on paper: scans kept with its steps, and the evidence pack to take away."""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING

from django.contrib import messages
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _

from cleanup import evidence
from cleanup.actions import step_file
from console.access import Permission, needs
from console.case_forms import StepFileForm
from console.language import translated
from console.made_files import made
from console.past import DayForm
from console.views.cases import get, show
from console.views.work import posts
from registry.actions.stored_file import Unacceptable
from registry.rulebook import Refused

if TYPE_CHECKING:
    from django.http import HttpResponse

    from console.access import OfficerRequest


@posts
@needs(Permission.TAKE_CASE_STEP)
def case_attach(request: OfficerRequest, pk: int) -> HttpResponse:
    """Keep a scan with a step of the case."""
    case = get(request, pk)
    if request.method != "POST":
        return redirect("case_page", pk=pk)
    form = StepFileForm(request.POST, request.FILES, steps=list(case.steps.all()))
    if not form.is_valid():
        return show(request, case, attach=form, status=HTTPStatus.UNPROCESSABLE_ENTITY)
    told = form.cleaned_data
    try:
        step_file.attach(
            step_id=told["step"],
            content=told["content"],
            file_name=told["content"].name,
            title=told["title"],
            by=request.user,
            on=timezone.localdate(),
        )
    except Refused as refused:
        reasons = [translated(each) for each in refused.broken]
        return show(request, case, attach=form, refused=reasons, status=HTTPStatus.UNPROCESSABLE_ENTITY)
    except Unacceptable as unacceptable:
        form.add_error("content", translated(unacceptable))
        return show(request, case, attach=form, status=HTTPStatus.UNPROCESSABLE_ENTITY)
    messages.success(request, _("材料已存入。"))
    return redirect("case_page", pk=pk)


@posts
@needs(Permission.EXPORT_EVIDENCE)
def case_pack(request: OfficerRequest, pk: int) -> HttpResponse:
    """Hand out the evidence pack of a case as it stood on a day; the ledger is told who has taken it."""
    case = get(request, pk)
    if request.method != "POST":
        return redirect("case_page", pk=pk)
    form = DayForm(request.POST)
    if not form.is_valid():
        return show(request, case, pack=form, status=HTTPStatus.UNPROCESSABLE_ENTITY)
    name = f"{case.finding.organisation.name}-证据包-{form.day}.zip"
    return made(name, lambda path: evidence.hand_out(case, on=form.day, by=request.user, file=path))
