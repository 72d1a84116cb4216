"""Many bodies at once: a page that lists what will happen to each, then one event each."""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING

from django.contrib import messages
from django.http import Http404
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from console.access import Permission, access_organisations, needs
from console.deed_forms import BulkForm
from console.onward import onward
from console.organisation_bulk import GUARDS, MOST, NAMES, Line, foreseen
from registry.actions import bulk

if TYPE_CHECKING:
    from django.http import HttpResponse

    from console.access import OfficerRequest
    from registry.models import Organisation


@require_http_methods(["GET", "HEAD", "POST"])
@needs(Permission.HOLD)
def organisation_bulk(request: OfficerRequest) -> HttpResponse:
    """Show the chosen bodies with what will happen to each, and do it when it is confirmed."""
    asked = request.POST if request.method == "POST" else request.GET
    verb = asked.get("verb", "hold")
    if verb not in GUARDS:
        raise Http404(verb)
    codes = [code for code in dict.fromkeys(asked.getlist("code")) if "\x00" not in code]
    rows = list(access_organisations(request.user).filter(code__in=codes[:MOST]).order_by("code"))
    if request.method != "POST":
        return _confirmation(request, verb, rows, BulkForm(), left_out=len(codes) - len(rows))
    form = BulkForm(request.POST)
    if not form.is_valid():
        return _confirmation(request, verb, rows, form, status=HTTPStatus.UNPROCESSABLE_ENTITY)
    return _carry_out(request, verb, rows, form)


def _carry_out(request: OfficerRequest, verb: str, rows: list[Organisation], form: BulkForm) -> HttpResponse:
    outcomes = bulk.each(
        verb=verb,
        organisation_ids=[row.pk for row in rows],
        by=request.user,
        on=form.cleaned_data["on"],
        reason=form.cleaned_data["reason"],
    )
    by_id = {row.pk: row for row in rows}
    done = [by_id[each.organisation_id] for each in outcomes if each.event]
    refused = [Line(by_id[each.organisation_id], tuple(map(str, each.broken))) for each in outcomes if not each.event]
    if done:
        told = _("%(what)s：已办理 %(count)s 个组织，各记一条台账。")
        messages.success(request, told % {"what": NAMES[verb], "count": len(done)})
    if not refused:
        return redirect(onward(request) or "organisation_list")
    return _confirmation(request, verb, rows, form, refused=refused, status=HTTPStatus.UNPROCESSABLE_ENTITY)


def _confirmation(
    request: OfficerRequest,
    verb: str,
    rows: list[Organisation],
    form: BulkForm,
    *,
    left_out: int = 0,
    refused: list[Line] | None = None,
    status: int = HTTPStatus.OK,
) -> HttpResponse:
    """Show what will happen; after a try that was partly refused, only who is left and why."""
    lines = foreseen(verb, rows, on=timezone.localdate()) if refused is None else refused
    able = [line.organisation for line in lines if not line.refused]
    shown = {
        "verb": verb,
        "name": NAMES[verb],
        "able": able,
        "unable": [line for line in lines if line.refused],
        "left_out": left_out,
        "most": MOST,
        "tried": refused is not None,
        "form": form,
        "onward": onward(request),
    }
    return render(request, "console/organisation_bulk.html", shown, status=status)
