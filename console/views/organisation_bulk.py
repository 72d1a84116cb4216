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
from console.collisions import since, told
from console.deed_forms import BulkForm
from console.onward import onward
from console.organisation_bulk import GUARDS, MOST, NAMES, Line, foreseen
from registry.actions import bulk

if TYPE_CHECKING:
    from collections.abc import Mapping

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
    seen = _seen(request, rows)
    outcomes = bulk.each(
        verb=verb, seen=seen, by=request.user, on=form.cleaned_data["on"], reason=form.cleaned_data["reason"]
    )
    done = sum(each.event is not None for each in outcomes)
    if done:
        said = _("%(what)s：已办理 %(count)s 个组织，各记一条台账。")
        messages.success(request, said % {"what": NAMES[verb], "count": done})
    if done == len(outcomes):
        return redirect(onward(request) or "organisation_list")
    present = access_organisations(request.user).in_bulk([row.pk for row in rows])
    left = [_left(present[each.organisation_id], each, seen) for each in outcomes if each.event is None]
    is_stale = any(line.meanwhile for line in left)
    status = HTTPStatus.CONFLICT if is_stale else HTTPStatus.UNPROCESSABLE_ENTITY
    return _confirmation(request, verb, rows, form, left=left, status=status)


def _seen(request: OfficerRequest, rows: list[Organisation]) -> dict[int, int | None]:
    """Return by id the versions the page showed, as it sends them: ``CODE.VERSION``."""
    sent = dict(each.partition(".")[::2] for each in request.POST.getlist("seen"))
    return {row.pk: int(sent[row.code]) if sent.get(row.code, "").isdecimal() else None for row in rows}


def _left(organisation: Organisation, outcome: bulk.Outcome, seen: Mapping[int, int | None]) -> Line:
    """Return why a body was left alone: by which rules, or because of what others recorded."""
    if not outcome.is_stale:
        return Line(organisation, tuple(map(str, outcome.broken)))
    return Line(organisation, meanwhile=tuple(told(since(organisation, seen[organisation.pk] or 0))))


def _confirmation(
    request: OfficerRequest,
    verb: str,
    rows: list[Organisation],
    form: BulkForm,
    *,
    left_out: int = 0,
    left: list[Line] | None = None,
    status: int = HTTPStatus.OK,
) -> HttpResponse:
    """Show what will happen; after a try that was partly refused, only who is left and why."""
    lines = foreseen(verb, rows, on=timezone.localdate()) if left is None else left
    shown = {
        "verb": verb,
        "name": NAMES[verb],
        "able": [line for line in lines if not line.refused],
        "unable": [line for line in lines if line.refused],
        "left_out": left_out,
        "most": MOST,
        "tried": left is not None,
        "form": form,
        "onward": onward(request),
    }
    return render(request, "console/organisation_bulk.html", shown, status=status)
