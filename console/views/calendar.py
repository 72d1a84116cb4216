"""The calendar: which years are announced, and loading one from a file after a look at what it moves."""

from __future__ import annotations

from base64 import b64decode, b64encode
from binascii import Error as NotBase64
from http import HTTPStatus
from typing import TYPE_CHECKING, Any

from django import forms
from django.contrib import messages
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_safe

from console.access import Permission, needs
from console.language import translated
from registry.actions.calendar import LARGEST, Preview, load_year, preview
from registry.calendar import SHIPPED_YEARS, NotACalendar
from registry.models import CalendarEvent
from registry.queries.calendar import current
from registry.rules import Refused
from worker.queries.records import records_of

if TYPE_CHECKING:
    from django.http import HttpResponse

    from console.access import OfficerRequest

acts = require_http_methods(["GET", "HEAD", "POST"])

SHOWN = 50
"""Deadlines a preview lists by name; it counts them all."""


class YearForm(forms.Form):
    """A file and the announcement behind it; once looked at, the file travels along in ``kept``."""

    file = forms.FileField(
        label=gettext_lazy("文件"),
        required=False,
        allow_empty_file=True,
        widget=forms.FileInput(attrs={"accept": ".json,application/json"}),
        help_text=gettext_lazy("holiday-cn 的 JSON 格式，一年一个文件，如 2027.json；载入前先预览。"),
    )
    source = forms.CharField(
        label=gettext_lazy("公布文件"),
        required=False,
        max_length=200,
        help_text=gettext_lazy("公布该年节假日安排的文件名称或者文号。"),
    )
    kept = forms.CharField(required=False, widget=forms.HiddenInput)
    file_name = forms.CharField(required=False, max_length=200, widget=forms.HiddenInput)

    def clean(self) -> dict[str, Any]:
        """Take the file just chosen, else the one looked at before; say what is missing beside the field."""
        told: dict[str, Any] = super().clean() or {}
        chosen = told.get("file")
        if chosen is not None and chosen.size > LARGEST:
            self.add_error("file", _("文件太大，不是一年的节假日安排"))
            return told
        if chosen is not None:
            told["content"], told["file_name"] = chosen.read(), chosen.name
        else:
            told["content"] = _unpacked(told.get("kept", ""))
        if not told["content"]:
            self.add_error("file", _("请选择要载入的文件"))
        return told


def _unpacked(kept: str) -> bytes:
    try:
        return b64decode(kept, validate=True)[:LARGEST]
    except (NotBase64, ValueError):
        return b""


@require_safe
@needs(Permission.VIEW_CALENDAR)
def calendar_page(request: OfficerRequest) -> HttpResponse:
    """Show which years are announced, and what was loaded by whom."""
    calendar = current()
    events = CalendarEvent.objects.select_related("by", "subject").order_by("-seq")
    shown = {
        "first": min(SHIPPED_YEARS),
        "last": max(SHIPPED_YEARS),
        "next": max(calendar.years) + 1,
        "events": events[:SHOWN],
    }
    return render(request, "console/calendar_page.html", shown)


@acts
@needs(Permission.LOAD_CALENDAR)
def calendar_load(request: OfficerRequest) -> HttpResponse:
    """Take a file, show what it would move, and load it when that has been looked at."""
    form = YearForm(request.POST, request.FILES) if request.method == "POST" else YearForm()
    if not form.is_bound or not form.is_valid():
        return _shown(request, form)
    told, today = form.cleaned_data, timezone.localdate()
    common = {"content": told["content"], "source": told["source"], "on": today}
    try:
        if "confirm" not in request.POST or told.get("file") is not None:
            return _shown(request, form, preview(**common))
        loaded = load_year(**common, file_name=told["file_name"], by=request.user)
    except NotACalendar as error:
        form.add_error("file", translated(str(error)))
        return _shown(request, form)
    except Refused:
        return _shown(request, form, preview(**common), status=HTTPStatus.UNPROCESSABLE_ENTITY)
    words = _("已载入%(year)s年节假日安排，%(count)s件期限重新计算。")
    messages.success(request, words % {"year": loaded.event.subject_id, "count": len(loaded.changes)})
    return redirect("calendar_page")


def _shown(
    request: OfficerRequest, form: YearForm, found: Preview | None = None, *, status: HTTPStatus = HTTPStatus.OK
) -> HttpResponse:
    if found is None:
        status = HTTPStatus.UNPROCESSABLE_ENTITY if form.errors else HTTPStatus.OK
        return render(request, "console/calendar_load.html", {"form": form}, status=status)
    told = form.cleaned_data
    kept = YearForm(
        initial={
            "source": told["source"],
            "kept": b64encode(told["content"]).decode(),
            "file_name": told["file_name"],
        }
    )
    moved = found.moved[:SHOWN]
    records = records_of([each.deadline for each in moved])
    shown = {
        "form": kept,
        "found": found,
        "moved": [(each, records[each.deadline.subject]) for each in moved],
        "hidden": len(found.moved) - len(moved),
        "refused": [translated(each) for each in found.broken],
    }
    return render(request, "console/calendar_load.html", shown, status=status)
