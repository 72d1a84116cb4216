"""The steps of a case and the service of its documents: each address makes one domain call and leads back to the case."""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING

from django.contrib import messages
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django_fsm import TransitionNotAllowed

from cleanup.actions import service as service_actions
from cleanup.actions import step as step_actions
from cleanup.models import CaseStep, Service
from cleanup.rules import leg_of
from cleanup.states import Step
from console.access import Permission, access_cases, needs
from console.case_forms import FailForm, ProveForm, SendForm, StepForm
from console.language import translated
from console.views.cases import get, show
from console.views.work import posts
from registry.actions.stored_file import Unacceptable
from registry.rulebook import Refused

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.http import HttpResponse

    from console.access import OfficerRequest


@posts
@needs(Permission.TAKE_CASE_STEP)
def case_step(request: OfficerRequest, pk: int, step: str) -> HttpResponse:
    """Take a step of the procedure; a refusal keeps what was written."""
    case = get(request, pk)
    if step not in Step.values:
        raise Http404
    leg = leg_of(case.treatment, step)
    if request.method != "POST" or leg is None:
        return redirect("case_page", pk=pk)
    form = StepForm(case, leg, request.POST)
    if not form.is_valid():
        return show(request, case, tried=(step, form), status=HTTPStatus.UNPROCESSABLE_ENTITY)
    try:
        step_actions.take(case_id=case.pk, step=step, by=request.user, on=form.on, entered=form.entered())
    except Refused as refused:
        reasons = [translated(each) for each in refused.broken]
        return show(
            request, get(request, pk), tried=(step, form), refused=reasons, status=HTTPStatus.UNPROCESSABLE_ENTITY
        )
    except TransitionNotAllowed:
        reasons = [_("该组织或者个案的状态已经变化，请核对最新情况后再办理。")]
        return show(request, get(request, pk), tried=(step, form), refused=reasons, status=HTTPStatus.CONFLICT)
    messages.success(request, _("已办理：%(step)s。") % {"step": translated(leg.step.label)})
    return redirect("case_page", pk=pk)


@posts
@needs(Permission.TAKE_CASE_STEP)
def service_send(request: OfficerRequest, pk: int) -> HttpResponse:
    """Send the document of a step."""
    step = get_object_or_404(CaseStep, pk=pk, case__in=access_cases(request.user))
    if request.method != "POST":
        return redirect("case_page", pk=step.case_id)
    form = SendForm(request.POST, step_id=pk)
    if not form.is_valid():
        return _refused(request, step.case_id, [_("有内容没有填写或者填写有误，见标明的各项。")])
    told = {**form.cleaned_data, "on": form.cleaned_data["on"] or timezone.localdate()}
    return _carried(request, step.case_id, lambda: service_actions.send(step_id=pk, by=request.user, **told))


@posts
@needs(Permission.TAKE_CASE_STEP)
def service_prove(request: OfficerRequest, pk: int) -> HttpResponse:
    """Record that a document has arrived, with its proof."""
    service = get_object_or_404(Service, pk=pk, case__in=access_cases(request.user))
    if request.method != "POST":
        return redirect("case_page", pk=service.case_id)
    form = ProveForm(request.POST, request.FILES, service=service)
    if not form.is_valid():
        return _refused(request, service.case_id, [_("有内容没有填写或者填写有误，见标明的各项。")])
    content = form.cleaned_data["content"]
    return _carried(
        request,
        service.case_id,
        lambda: service_actions.prove(
            service_id=pk,
            served_on=form.cleaned_data["served_on"],
            proof=form.cleaned_data["proof"],
            content=content,
            file_name=content.name if content else "",
            by=request.user,
            on=timezone.localdate(),
        ),
    )


@posts
@needs(Permission.TAKE_CASE_STEP)
def service_fail(request: OfficerRequest, pk: int) -> HttpResponse:
    """Record that a document has not arrived."""
    service = get_object_or_404(Service, pk=pk, case__in=access_cases(request.user))
    if request.method != "POST":
        return redirect("case_page", pk=service.case_id)
    form = FailForm(request.POST, service=service)
    form.is_valid()
    told = {"failure": form.cleaned_data.get("failure", ""), "by": request.user, "on": timezone.localdate()}
    return _carried(request, service.case_id, lambda: service_actions.fail(service_id=pk, **told))


def _carried(request: OfficerRequest, case_id: int, act: Callable[[], object]) -> HttpResponse:
    """Do it, and lead back; a refusal stands in the rules' own words on the page."""
    try:
        act()
    except Refused as refused:
        return _refused(request, case_id, [translated(each) for each in refused.broken])
    except Unacceptable as unacceptable:
        return _refused(request, case_id, [translated(unacceptable)])
    except TransitionNotAllowed:
        return _refused(request, case_id, [_("该组织或者个案的状态已经变化，请核对最新情况后再办理。")])
    messages.success(request, _("已记入办理经过。"))
    return redirect("case_page", pk=case_id)


def _refused(request: OfficerRequest, case_id: int, reasons: list[str]) -> HttpResponse:
    return show(request, get(request, case_id), served=reasons, status=HTTPStatus.UNPROCESSABLE_ENTITY)
