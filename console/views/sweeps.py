"""Sweeps: the list, one with its figures and whom it moved, and what the director decides: release it, undo it."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from http import HTTPStatus
from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_safe

from cleanup import rules
from cleanup.actions import sweep_control
from cleanup.actions.campaign import Overtaken, upon_event
from cleanup.models import Finding, Hit
from cleanup.queries.campaigns import last_told, told_since
from cleanup.queries.scope import in_reach, left_out
from cleanup.queries.sweeps import may_be_undone, release_facts, undo_facts
from console.access import Permission, access_campaigns, access_sweeps, may, needs, roles_with
from console.campaign_forms import ReasonForm
from console.campaign_words import tell
from console.collisions import written
from console.labels import days, together
from console.language import translated
from console.paging import Order, page
from registry.models import Organisation
from registry.rulebook import Refused
from registry.states import Outcome, Role

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.http import HttpResponse
    from django.utils.functional import _StrPromise

    from cleanup.models import Sweep
    from console.access import Guarded, OfficerRequest
    from registry.rulebook import Rule

steps = require_http_methods(["GET", "HEAD", "POST"])
"""A GET of a step's address, as after signing in anew, only leads back to the sweep."""

LATEST_FIRST = Order(("pk",), descending=True)
BY_CODE = Order(("code",))

NAMES: dict[str, _StrPromise] = {
    "entered": gettext_lazy("新发现"),
    "left": gettext_lazy("自动撤回"),
    "met": gettext_lazy("停止时符合情形"),
    "left_out": gettext_lazy("不排查"),
}
"""Whom the page lists: whose findings the run wrote or withdrew, whom a stopped run found, who is left out."""


@dataclass(frozen=True, slots=True)
class Verb:
    """What may be decided about a sweep: the action, the words, and the rules with what they are judged by."""

    act: Callable[..., Sweep]
    name: _StrPromise
    done: _StrPromise
    broken: Callable[[Sweep], list[Rule[Any]]]


VERBS: dict[str, Verb] = {
    "release": Verb(
        sweep_control.release,
        gettext_lazy("放行"),
        gettext_lazy("已放行，今晚按停止时的日期重新排查。"),
        lambda sweep: list(rules.broken(rules.RELEASE_SWEEP, release_facts(sweep), on=sweep.run.as_of)),
    ),
    "undo": Verb(
        sweep_control.undo,
        gettext_lazy("撤销整次排查"),
        gettext_lazy("已撤销：新发现的线索撤回，自动撤回的线索恢复，各记一条台账。"),
        lambda sweep: list(rules.broken(rules.UNDO_SWEEP, undo_facts(sweep), on=sweep.run.as_of)),
    ),
}


@require_safe
@needs(Permission.VIEW_CAMPAIGNS)
def sweep_list(request: OfficerRequest) -> HttpResponse:
    """List the sweeps, the latest first, of one campaign or of all."""
    reach, code = access_sweeps(request.user), request.GET.get("campaign", "")
    chosen = access_campaigns(request.user).filter(code=code).first() if "\x00" not in code else None
    rows = reach.filter(campaign=chosen) if chosen else reach
    rows = rows.select_related("campaign", "run", "released_by", "undone_by")
    found = page(rows, LATEST_FIRST, after=request.GET.get("after", ""), before=request.GET.get("before", ""))
    return render(request, "console/sweep_list.html", {"page": found, "campaign": chosen})


@require_safe
@needs(Permission.VIEW_CAMPAIGNS)
def sweep_page(request: OfficerRequest, pk: int) -> HttpResponse:
    """Show one sweep: its figures, why it stopped, whom it moved and whom it left out, what may be decided."""
    return _shown(request, _get(request, pk))


def _get(request: OfficerRequest, pk: int) -> Sweep:
    related = ("campaign__scope_unit", "run", "released_by", "undone_by")
    return get_object_or_404(access_sweeps(request.user).select_related(*related), pk=pk)


def _deciding(verb: str) -> Guarded[[int]]:
    @steps
    @needs(Permission.CONTROL_SWEEP)
    def decide(request: OfficerRequest, pk: int) -> HttpResponse:
        return _decide(request, pk, verb)

    return decide


STEPS = {verb: _deciding(verb) for verb in VERBS}


def _decide(request: OfficerRequest, pk: int, verb: str) -> HttpResponse:
    sweep = _get(request, pk)
    if request.method != "POST":
        return redirect("sweep_page", pk=pk)
    form = ReasonForm(request.POST, auto_id=f"{verb}_%s")
    if not form.is_valid():
        wrong = [_("有内容没有填写或者填写有误，见标明的各项。")]
        return _shown(request, sweep, tried=(verb, form), refused=wrong, status=HTTPStatus.UNPROCESSABLE_ENTITY)
    act = partial(VERBS[verb].act, sweep_id=pk, by=request.user, on=timezone.localdate(), **form.told())
    try:
        upon_event(sweep.campaign_id, form.cleaned_data["upon"], act)
    except Refused as refused:
        said = [translated(each) for each in refused.broken]
        again = _get(request, pk)
        return _shown(request, again, tried=(verb, form), refused=said, status=HTTPStatus.UNPROCESSABLE_ENTITY)
    except Overtaken:
        return _overtaken(request, _get(request, pk), verb, form)
    messages.success(request, str(VERBS[verb].done))
    return redirect("sweep_page", pk=pk)


def _overtaken(request: OfficerRequest, sweep: Sweep, verb: str, form: ReasonForm) -> HttpResponse:
    """Answer what others did with the campaign meanwhile; what was written stays on the page."""
    meanwhile = tell(told_since(sweep.campaign, form.cleaned_data["upon"] or 0))
    fresh = {**request.POST.dict(), "upon": str(last_told(sweep.campaign))}
    lead = _("“%(verb)s”没有办理：本页打开之后行动有变动。") % {"verb": VERBS[verb].name}
    again = ReasonForm(fresh, auto_id=f"{verb}_%s")
    return _shown(request, sweep, tried=(verb, again), refused=[lead], meanwhile=meanwhile, status=HTTPStatus.CONFLICT)


def _choices(request: OfficerRequest, sweep: Sweep, tried: tuple[str, ReasonForm] | None) -> list[dict[str, Any]]:
    """Return what the state of the sweep leads to: a stopped one is released, one that has written is undone."""
    verb = "release" if sweep.waits_for_release else "undo" if may_be_undone(sweep) else ""
    if not verb:
        return []
    is_tried = tried is not None and tried[0] == verb
    fresh = ReasonForm(initial={"upon": last_told(sweep.campaign)}, auto_id=f"{verb}_%s")
    form = tried[1] if tried is not None and is_tried else fresh
    return [
        {
            "url_name": f"sweep_{verb}",
            "verb": verb,
            "name": VERBS[verb].name,
            "form": form if may(request.user, Permission.CONTROL_SWEEP) else None,
            "is_unfolded": is_tried or verb == "release",
            "closed_because": [translated(each) for each in VERBS[verb].broken(sweep)],
            "done_by": together(translated(Role(role).label) for role in roles_with(Permission.CONTROL_SWEEP)),
        }
    ]


def _places(sweep: Sweep) -> dict[str, dict[int, str]]:
    """Return for each list its bodies with what is said of each: the criteria, or why it is left out."""
    entered = dict(Finding.objects.filter(run=sweep.run).values_list("organisation", "criteria"))
    left = dict(Finding.objects.filter(ended_run=sweep.run).values_list("organisation", "criteria"))
    met = dict(Hit.objects.filter(run=sweep.run, left_out="").values_list("organisation", "criteria"))
    return {"entered": entered, "left": left, "met": met, "left_out": _left_out(sweep)}


def _left_out(sweep: Sweep) -> dict[int, str]:
    """Return whom the campaign reaches and leaves out on the day of the sweep, as the records stand, with the reasons."""
    grounds = left_out(sweep.campaign, on=sweep.run.as_of)
    reached: set[int] = set()
    for window in sweep.campaign.windows.all():
        reached.update(in_reach(sweep.campaign, window.kind).filter(pk__in=list(grounds)).values_list("pk", flat=True))
    said = {pk: together((translated(each.sentence) for each in grounds[pk]), loosely=True) for pk in reached}
    return {pk: days(text) for pk, text in said.items()}


def _shown(
    request: OfficerRequest,
    sweep: Sweep,
    *,
    tried: tuple[str, ReasonForm] | None = None,
    refused: list[str] | None = None,
    meanwhile: list[Any] | None = None,
    status: int = HTTPStatus.OK,
) -> HttpResponse:
    places = _places(sweep)
    asked = request.GET.get("stage", "")
    chosen = asked if asked in NAMES else next((word for word in NAMES if places[word]), "entered")
    told = places[chosen]
    rows = Organisation.objects.filter(pk__in=set(told))
    found = page(rows, BY_CODE, after=request.GET.get("after", ""), before=request.GET.get("before", ""))
    offered = _choices(request, sweep, tried)
    is_offered = tried is not None and any(each["verb"] == tried[0] for each in offered)
    shown = {
        "sweep": sweep,
        "campaign": sweep.campaign,
        "counts": sweep.run.counts,
        "failed": sweep.run.outcome == Outcome.FAILED,
        "tabs": [
            {"value": word, "label": name, "count": len(places[word]), "chosen": word == chosen}
            for word, name in NAMES.items()
        ],
        "chosen": chosen,
        "page": found,
        "lines": [(each, told[each.pk]) for each in found.rows],
        "choices": offered,
        "tried": tried,
        "refused": refused or [],
        "meanwhile": meanwhile or [],
        "written": [] if tried is None or is_offered else written(tried[1]),
    }
    return render(request, "console/sweep_page.html", shown, status=status)
