"""The documents kept with an organisation: the list of all, the file itself, and its withdrawal."""

from __future__ import annotations

from functools import partial
from http import HTTPStatus
from typing import TYPE_CHECKING

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from console import collisions
from console.access import Permission, access_documents, access_organisations, needs
from console.deed_forms import MoveForm
from console.language import translated
from console.organisation_sections import deed_address
from console.paging import Order, page
from registry.actions import document as documents
from registry.actions.ledger import Stale
from registry.actions.seen import upon_version
from registry.queries.stored_files import is_intact
from registry.rulebook import Refused

if TYPE_CHECKING:
    from console.access import OfficerRequest
    from registry.models import Event, Organisation, StoredFile

LATEST_FIRST = Order(("kept_at", "pk"), descending=True)


@require_safe
@needs(Permission.VIEW_DOCUMENTS)
def organisation_documents(request: OfficerRequest, code: str) -> HttpResponse:
    """List every document of an organisation, the withdrawn ones marked."""
    organisation = get_object_or_404(access_organisations(request.user), code=code)
    found = page(
        access_documents(request.user).filter(organisation=organisation),
        LATEST_FIRST,
        after=request.GET.get("after", ""),
        before=request.GET.get("before", ""),
    )
    shown = {
        "organisation": organisation,
        "page": found,
        "add": deed_address(organisation, "file_document"),
    }
    return render(request, "console/document_list.html", shown)


@require_safe
@needs(Permission.VIEW_DOCUMENTS)
def organisation_document(request: OfficerRequest, code: str, pk: int) -> HttpResponse:
    """Send a document as it was handed in; one whose bytes are no longer those that were kept is not sent."""
    organisation, stored = _found(request, code, pk)
    if not is_intact(stored):
        shown = {"organisation": organisation, "stored": stored}
        return render(request, "console/document_broken.html", shown, status=HTTPStatus.CONFLICT)
    with stored.file.open("rb") as content:
        answer = HttpResponse(content.read(), content_type=stored.media_type)
    answer.headers["Content-Disposition"] = content_disposition_header(as_attachment=True, filename=stored.file_name)
    return answer


@require_http_methods(["GET", "HEAD", "POST"])
@needs(Permission.RECORD_EVIDENCE)
def organisation_document_withdraw(request: OfficerRequest, code: str, pk: int) -> HttpResponse:
    """Ask why a document is withdrawn, and mark it."""
    organisation, stored = _found(request, code, pk)
    if request.method != "POST":
        return _asked(request, stored, MoveForm(organisation=organisation))
    form = MoveForm(request.POST, organisation=organisation)
    if not form.is_valid():
        return _asked(request, stored, form, status=HTTPStatus.UNPROCESSABLE_ENTITY)
    told = {"on": form.cleaned_data["on"], "reason": form.cleaned_data["reason"]}
    verb = partial(documents.withdraw_document, document_id=stored.pk, by=request.user, **told)
    try:
        upon_version(organisation.pk, form.cleaned_data["version"], verb)
    except Refused as refused:
        return _asked(request, stored, form, broken=refused, status=HTTPStatus.UNPROCESSABLE_ENTITY)
    except Stale as stale:
        unknown = collisions.since(organisation, form.cleaned_data["version"] or 0)
        collisions.renew(form, stale.record.version)
        return _asked(request, stored, form, done_before=unknown, status=HTTPStatus.CONFLICT)
    messages.success(request, _("文件“%(title)s”已作废。") % {"title": stored.title})
    return redirect("organisation_documents", code=organisation.code)


def _asked(
    request: OfficerRequest,
    stored: StoredFile,
    form: MoveForm,
    *,
    broken: Refused | None = None,
    done_before: list[Event] | None = None,
    status: int = HTTPStatus.OK,
) -> HttpResponse:
    shown = {
        "organisation": form.organisation,
        "stored": stored,
        "form": form,
        "refused": [translated(each) for each in broken.broken] if broken else [],
        "done_before": collisions.told(done_before or []),
        "conflict": status == HTTPStatus.CONFLICT,
    }
    return render(request, "console/document_withdraw.html", shown, status=status)


def _found(request: OfficerRequest, code: str, pk: int) -> tuple[Organisation, StoredFile]:
    organisation = get_object_or_404(access_organisations(request.user), code=code)
    return organisation, get_object_or_404(access_documents(request.user).filter(organisation=organisation), pk=pk)
