"""The documents of a case: draft one, see it as it would be printed, issue it under its number, take it away, void it."""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from cleanup import notices
from cleanup.actions import notice as notice_actions
from cleanup.models import Notice
from cleanup.queries import notice_values
from cleanup.queries.progress import read
from console.access import Permission, access_cases, needs, roles_with
from console.labels import together
from console.language import translated
from console.notice_forms import NoticeForm, VoidForm, lacking
from console.views.cases import get
from console.views.work import posts
from registry import paper
from registry.files import FileKind
from registry.rulebook import Refused

if TYPE_CHECKING:
    from cleanup.models import Case
    from cleanup.queries.progress import Progress
    from console.access import OfficerRequest

WORD = FileKind.DOCX.media_type


@posts
@needs(Permission.TAKE_CASE_STEP)
def notice_draft(request: OfficerRequest, pk: int, kind: str) -> HttpResponse:
    """Show a document as it would read with what is filled in, and issue it; a refusal keeps what was written."""
    case = get(request, pk)
    form = _form(request, case, kind)
    if request.method != "POST":
        return _drafted(request, case, kind, form)
    if not form.is_valid():
        return _drafted(request, case, kind, form, status=HTTPStatus.UNPROCESSABLE_ENTITY)
    told = {"entered": form.entered(), "by": request.user, "on": form.on, "seen": form.cleaned_data["seen"]}
    try:
        made = notice_actions.issue(case_id=case.pk, kind=kind, **told)
    except Refused as refused:
        reasons = [translated(each) for each in refused.broken]
        return _drafted(request, case, kind, form, refused=reasons, status=HTTPStatus.UNPROCESSABLE_ENTITY)
    except notice_actions.CannotBePrinted as unprintable:
        reasons = [translated(unprintable)]
        return _drafted(request, case, kind, form, refused=reasons, status=HTTPStatus.UNPROCESSABLE_ENTITY)
    except notice_actions.IssuedMeanwhile as other:
        reasons = [translated(other)]
        return _drafted(request, case, kind, form, refused=reasons, status=HTTPStatus.CONFLICT)
    messages.success(request, _("已制作并存档：%(notice)s。") % {"notice": made})
    return redirect("notice_page", pk=made.pk)


@posts
@needs(Permission.TAKE_CASE_STEP)
def notice_preview(request: OfficerRequest, pk: int, kind: str) -> HttpResponse:
    """Set the document as it would be printed, without a number; nothing is written."""
    case = get(request, pk)
    form = _form(request, case, kind)
    if request.method != "POST":
        return redirect("notice_draft", pk=pk, kind=kind)
    form.is_valid()
    progress = _progress(case)
    draft = notice_actions.draft(progress, kind, form.entered(), by=request.user, on=form.on)
    specimen = notice_actions.specimen(progress, kind, draft, by=request.user, on=form.on)
    content = paper.pdf_with_stand_ins(specimen)
    return HttpResponse(content, content_type=FileKind.PDF.media_type)


@require_safe
@needs(Permission.VIEW_DOCUMENTS)
def notice_page(request: OfficerRequest, pk: int) -> HttpResponse:
    """Show an issued document: its text, its file, and whether it still holds."""
    return _shown(request, _found(request, pk))


@require_safe
@needs(Permission.VIEW_DOCUMENTS)
def notice_word(request: OfficerRequest, pk: int) -> HttpResponse:
    """Hand out the document for a word processor; the archived one is the PDF."""
    notice = _found(request, pk)
    answer = HttpResponse(paper.word(notice_actions.as_paper(notice)), content_type=WORD)
    name = f"{notice.addressee}{notice}.docx"
    answer.headers["Content-Disposition"] = content_disposition_header(as_attachment=True, filename=name)
    return answer


@posts
@needs(Permission.TAKE_CASE_STEP)
def notice_void(request: OfficerRequest, pk: int) -> HttpResponse:
    """Declare a document void before it is sent."""
    notice = _found(request, pk)
    if request.method != "POST":
        return redirect("notice_page", pk=pk)
    form = VoidForm(request.POST)
    if not form.is_valid():
        return _shown(request, notice, form, status=HTTPStatus.UNPROCESSABLE_ENTITY)
    reason = form.cleaned_data["reason"]
    try:
        notice_actions.void(notice_id=pk, by=request.user, on=timezone.localdate(), reason=reason)
    except Refused as refused:
        reasons = [translated(each) for each in refused.broken]
        return _shown(request, notice, form, refused=reasons, status=HTTPStatus.UNPROCESSABLE_ENTITY)
    messages.success(request, _("文书已作废，编号保留，不再使用。"))
    return redirect("notice_page", pk=pk)


def _form(request: OfficerRequest, case: Case, kind: str) -> NoticeForm:
    """Return the form of a kind of document; a kind nobody has heard of leads nowhere."""
    if kind not in notices.forms():
        raise Http404
    blank = notices.forms()[kind]
    if request.method == "POST":
        return NoticeForm(blank, request.POST)
    return NoticeForm(blank, proposed=notice_values.proposed(_progress(case), kind))


def _progress(case: Case) -> Progress:
    return read(case, case.finding, case.finding.organisation)


def _drafted(
    request: OfficerRequest,
    case: Case,
    kind: str,
    form: NoticeForm,
    *,
    refused: list[str] | None = None,
    status: int = HTTPStatus.OK,
) -> HttpResponse:
    draft = notice_actions.draft(_progress(case), kind, form.entered(), by=request.user, on=form.on)
    if form.is_bound and form.is_valid():
        form.mark_empty(draft)
    stands = None if not draft.facts.standing else notice_values.standing(_progress(case), kind)
    shown = {
        "case": case,
        "organisation": case.finding.organisation,
        "kind": kind,
        "blank": notices.forms()[kind],
        "form": form,
        "draft": draft,
        "lacking": lacking(draft),
        "proposers": together(translated(role.label) for role in roles_with(Permission.PROPOSE_LAW)),
        "approvers": together(translated(role.label) for role in roles_with(Permission.APPROVE_LAW)),
        "stands": stands,
        "refused": refused or [],
    }
    return render(request, "console/notice_draft.html", shown, status=status)


def _found(request: OfficerRequest, pk: int) -> Notice:
    """Return an issued document of a case within reach, or 404."""
    rows = Notice.objects.select_related(
        "case__finding__organisation", "made_by", "voided_by", "pdf__withdrawal", "pdf__organisation"
    )
    return get_object_or_404(rows, pk=pk, case__in=access_cases(request.user))


def _shown(
    request: OfficerRequest,
    notice: Notice,
    form: VoidForm | None = None,
    *,
    refused: list[str] | None = None,
    status: int = HTTPStatus.OK,
) -> HttpResponse:
    services = notice.case.services.filter(document_no=notice.document_no, kind=notice.kind)
    shown = {
        "notice": notice,
        "case": notice.case,
        "organisation": notice.case.finding.organisation,
        "blank": notices.forms()[notice.kind],
        "services": services if notice.document_no else [],
        "form": form or VoidForm(),
        "refused": refused or [],
    }
    return render(request, "console/notice_page.html", shown, status=status)
