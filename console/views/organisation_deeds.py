"""Pages of the deeds: the facts the rules ask for, the rules beside them, and one action when they are sent."""

from __future__ import annotations

from functools import partial
from http import HTTPStatus
from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods
from django_fsm import TransitionNotAllowed

from console import collisions
from console.access import access_organisations, needs
from console.deeds import DEEDS
from console.language import translated
from console.moves import citations, moves
from console.onward import onward
from console.words import tell
from registry.actions.ledger import Stale
from registry.actions.seen import upon_version
from registry.files import Unacceptable
from registry.models import Event
from registry.queries.moves import STATE_VERBS
from registry.rulebook import Refused

if TYPE_CHECKING:
    from collections.abc import Iterable

    from django.http import HttpResponse

    from console.access import Guarded, OfficerRequest
    from console.deed_forms import DeedForm
    from console.deeds import Deed
    from registry.models import Organisation
    from registry.rulebook import Rule


def _page(deed: Deed) -> Guarded[[str]]:
    @require_http_methods(["GET", "HEAD", "POST"])
    @needs(deed.permission)
    def view(request: OfficerRequest, code: str) -> HttpResponse:
        organisation = _get(request, code)
        if request.method != "POST":
            return _shown(request, deed, deed.form(organisation=organisation, asked=request.GET))
        form = deed.form(request.POST, request.FILES, organisation=organisation)
        if not form.is_valid():
            return _shown(request, deed, form, status=HTTPStatus.UNPROCESSABLE_ENTITY)
        return _carry_out(request, deed, form)

    return view


PAGES: dict[str, Guarded[[str]]] = {verb: _page(deed) for verb, deed in DEEDS.items()}
"""One view for each deed, each with its own permission."""


def _get(request: OfficerRequest, code: str) -> Organisation:
    return get_object_or_404(access_organisations(request.user).select_related("supervising_unit"), code=code)


def _carry_out(request: OfficerRequest, deed: Deed, form: DeedForm) -> HttpResponse:
    organisation = form.organisation
    try:
        verb = partial(deed.action, organisation_id=organisation.pk, by=request.user, **form.told())
        event = verb() if deed.only_adds else upon_version(organisation.pk, form.cleaned_data["version"], verb)
    except Unacceptable as reason:
        form.add_error("file", translated(str(reason)))
        return _shown(request, deed, form, status=HTTPStatus.UNPROCESSABLE_ENTITY)
    except Refused as refused:
        return _shown(request, deed, form, broken=refused.broken, status=HTTPStatus.UNPROCESSABLE_ENTITY)
    except TransitionNotAllowed:
        last = _last_move(organisation)
        return _shown(request, deed, form, done_before=[last] if last else [], status=HTTPStatus.CONFLICT)
    except Stale as stale:
        unknown = collisions.since(organisation, form.cleaned_data["version"] or 0)
        collisions.renew(form, stale.record.version)
        form.organisation = _get(request, organisation.code)
        return _shown(request, deed, form, done_before=unknown, status=HTTPStatus.CONFLICT)
    if event is None:
        messages.info(request, _("与已登记的内容相同，没有重复记录。"))
    else:
        messages.success(request, _("已办理：%(what)s") % {"what": tell([event])[0].title})
    return redirect(onward(request) or reverse("organisation_page", args=[organisation.code]))


def _shown(
    request: OfficerRequest,
    deed: Deed,
    form: DeedForm,
    *,
    broken: Iterable[Rule[Any]] = (),
    done_before: list[Event] | None = None,
    status: int = HTTPStatus.OK,
) -> HttpResponse:
    cited = citations(code for each in deed.asks for code in each.citations)
    failing = {each.code for each in broken}
    shown = {
        "deed": deed,
        "form": form,
        "organisation": form.organisation,
        "onward": onward(request),
        "closed_because": _closed(deed, form.organisation),
        "refused": [str(each) for each in broken],
        "asks": [
            {
                "message": each.message,
                "citation": "；".join(cited[code] for code in each.citations),
                "is_missing": each.code in failing,
            }
            for each in deed.asks
        ],
        "done_before": collisions.told(done_before or []),
        "conflict": status == HTTPStatus.CONFLICT,
        "written": collisions.written(form),
    }
    return render(request, "console/organisation_deed.html", shown, status=status)


def _closed(deed: Deed, organisation: Organisation) -> str:
    if deed.is_move:
        return next(each.closed_because for each in moves(organisation) if each.verb == deed.verb)
    if deed.verb == "conclude_report" and not organisation.annual_reports.exists():
        return _("还没有已报送的年报")
    return ""


def _last_move(organisation: Organisation) -> Event | None:
    return (
        Event.objects.filter(organisation=organisation, verb__in=STATE_VERBS)
        .select_related("by")
        .order_by("seq")
        .last()
    )
