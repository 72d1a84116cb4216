"""Notes on an organisation and its records: all of them, and one more."""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING

from django.contrib import messages
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from console.access import Permission, access_organisations, may, mentionable, needs
from console.notes import address, is_within_reach, told
from console.paging import Order, page
from console.views.work import posts
from console.work_forms import NoteForm
from registry.actions.note import add_note
from registry.models import Subject
from registry.queries.notes import notes_for
from registry.rulebook import Refused

if TYPE_CHECKING:
    from django.http import HttpResponse

    from console.access import OfficerRequest
    from registry.models import Organisation

LATEST_FIRST = Order(("at", "pk"), descending=True)


@require_safe
@needs(Permission.VIEW_NOTES)
def organisation_notes(request: OfficerRequest, code: str) -> HttpResponse:
    """List all notes on an organisation and its records."""
    return _shown(request, _organisation(request, code), NoteForm())


@posts
@needs(Permission.WRITE_NOTE)
def note_add(request: OfficerRequest, code: str) -> HttpResponse:
    """Write a note, and return to the page of the record it is about."""
    organisation = _organisation(request, code)
    if request.method != "POST":
        return redirect("organisation_notes", code=code)
    form = NoteForm(request.POST)
    form.is_valid()
    subject = _subject(request, organisation, form.cleaned_data.get("subject", ""))
    try:
        add_note(
            organisation_id=organisation.pk,
            text=form.cleaned_data.get("text", ""),
            by=request.user,
            colleagues=mentionable(),
            subject=subject,
        )
    except Refused as refused:
        reasons = [str(each) for each in refused.broken]
        return _shown(request, organisation, form, refused=reasons, status=HTTPStatus.UNPROCESSABLE_ENTITY)
    messages.success(request, _("备注已保存。"))
    home = reverse("organisation_page", args=[code])
    return redirect(f"{(address(subject) if subject else '') or home}#notes")


def _organisation(request: OfficerRequest, code: str) -> Organisation:
    return get_object_or_404(access_organisations(request.user), code=code)


def _subject(request: OfficerRequest, organisation: Organisation, text: str) -> Subject | None:
    if not text:
        return None
    try:
        subject = Subject.parse(text)
    except ValueError as error:
        raise Http404 from error
    if not is_within_reach(request.user, organisation, subject):
        raise Http404
    return subject


def _shown(
    request: OfficerRequest,
    organisation: Organisation,
    form: NoteForm,
    *,
    refused: list[str] | None = None,
    status: int = HTTPStatus.OK,
) -> HttpResponse:
    found = page(
        notes_for(organisation),
        LATEST_FIRST,
        after=request.GET.get("after", ""),
        before=request.GET.get("before", ""),
    )
    writes = may(request.user, Permission.WRITE_NOTE)
    shown = {
        "organisation": organisation,
        "page": found,
        "told": told(found.rows),
        "form": form if writes else None,
        "colleagues": mentionable().exclude(pk=request.user.pk) if writes else [],
        "refused": refused or [],
    }
    return render(request, "console/note_list.html", shown, status=status)
