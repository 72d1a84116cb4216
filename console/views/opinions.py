"""Opinions on a finding: asked for by the bureau, recorded by it or given by the unit itself."""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING

from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from cleanup.actions import opinion
from cleanup.queries.verification import clock_of
from console.access import Permission, access_findings, access_opinions, may, needs
from console.language import translated
from console.verification_forms import AnswerForm, AskForm
from registry.files import Unacceptable
from registry.rulebook import Refused

if TYPE_CHECKING:
    from django.http import HttpResponse

    from cleanup.models import Finding, OpinionRequest
    from console.access import OfficerRequest

acts = require_http_methods(["GET", "HEAD", "POST"])


@acts
@needs(Permission.RECORD_EVIDENCE)
def opinion_ask(request: OfficerRequest, pk: int) -> HttpResponse:
    """Ask the unit in charge about a finding, on a document and until a day."""
    finding = get_object_or_404(access_findings(request.user).select_related("organisation", "campaign"), pk=pk)
    if request.method != "POST":
        return _asking(request, finding, AskForm(finding=finding))
    form = AskForm(request.POST, finding=finding)
    if not form.is_valid():
        return _asking(request, finding, form)
    try:
        made = opinion.ask(finding_id=pk, by=request.user, **form.told())
    except Refused as refused:
        return _asking(request, finding, form, refused)
    messages.success(request, _("已向“%(unit)s”征求意见，答复期限开始计算。") % {"unit": made.unit})
    return redirect("finding_page", pk=pk)


@acts
@needs(Permission.ANSWER_OPINION)
def opinion_answer(request: OfficerRequest, pk: int) -> HttpResponse:
    """Record what the unit says; the unit's own users say it themselves."""
    rows = access_opinions(request.user).select_related("finding__organisation", "unit", "asked_by", "ended_by")
    made = get_object_or_404(rows, pk=pk)
    bureau = may(request.user, Permission.RECORD_EVIDENCE)
    if request.method != "POST":
        return _answering(request, made, AnswerForm(may_be_silent=bureau))
    form = AnswerForm(request.POST, request.FILES, may_be_silent=bureau)
    if not form.is_valid():
        return _answering(request, made, form)
    try:
        opinion.answer(request_id=pk, by=request.user, **form.told())
    except Refused as refused:
        made.refresh_from_db()
        return _answering(request, made, form, refused)
    except Unacceptable as reason:
        form.add_error("file", translated(str(reason)))
        return _answering(request, made, form)
    messages.success(request, _("意见已经记录。"))
    return redirect("finding_page", pk=made.finding_id)


def _asking(request: OfficerRequest, finding: Finding, form: AskForm, refused: Refused | None = None) -> HttpResponse:
    shown = {"finding": finding, "organisation": finding.organisation, "form": form, "refused": _words(refused)}
    return render(request, "console/opinion_ask.html", shown, status=_status(form, refused))


def _answering(
    request: OfficerRequest, made: OpinionRequest, form: AnswerForm, refused: Refused | None = None
) -> HttpResponse:
    shown = {
        "opinion": made,
        "clock": clock_of(made),
        "finding": made.finding,
        "organisation": made.finding.organisation,
        "form": form,
        "refused": _words(refused),
    }
    return render(request, "console/opinion_answer.html", shown, status=_status(form, refused))


def _words(refused: Refused | None) -> list[str]:
    return [translated(each) for each in refused.broken] if refused else []


def _status(form: AskForm | AnswerForm, refused: Refused | None) -> int:
    return HTTPStatus.UNPROCESSABLE_ENTITY if refused or form.errors else HTTPStatus.OK
