"""Campaigns: the list, the page of one, and its steps: approve, start, pause, extend, end."""

from __future__ import annotations

from functools import partial
from http import HTTPStatus
from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.db.models import Count
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe
from django_fsm import TransitionNotAllowed

from cleanup.actions.campaign import Overtaken, upon_event
from cleanup.models import CampaignEvent
from cleanup.queries.campaigns import last_told, told_since
from cleanup.queries.carry_over import unfinished
from cleanup.queries.sweeps import last_swept_on, waiting
from cleanup.states import EVER_STARTED, IN_DRAFT, CampaignState
from console.access import Permission, access_campaigns, may, needs
from console.campaign_steps import VERBS, choices
from console.campaign_words import asked, tell
from console.collisions import written
from console.language import translated
from console.paging import Order, page
from registry.rulebook import Refused

if TYPE_CHECKING:
    from django.http import HttpResponse

    from cleanup.models import Campaign
    from console.access import Guarded, OfficerRequest
    from console.campaign_forms import UponForm
    from registry.models import User

steps = require_http_methods(["GET", "HEAD", "POST"])
"""A GET of a step's address, as after signing in anew, only leads back to the campaign."""

LATEST_FIRST = Order(("starts_on", "pk"), descending=True)
SWEEPS = 5
"""Latest sweeps the page of a campaign shows."""


@require_safe
@needs(Permission.VIEW_CAMPAIGNS)
def campaign_list(request: OfficerRequest) -> HttpResponse:
    """List the campaigns, the latest first, in one state or in all."""
    reach = access_campaigns(request.user)
    chosen = request.GET.get("state", "")
    chosen = chosen if chosen in CampaignState.values else ""
    counted = dict(reach.order_by().values_list("state").annotate(number=Count("pk")))
    rows = reach.filter(state=chosen) if chosen else reach
    found = page(
        rows.select_related("scope_unit", "drafted_by"),
        LATEST_FIRST,
        after=request.GET.get("after", ""),
        before=request.GET.get("before", ""),
    )
    tabs = [
        {"value": value, "label": label, "count": counted.get(value, 0), "chosen": value == chosen}
        for value, label in CampaignState.choices
    ]
    total = sum(counted.values())
    every = {"value": "", "label": _("全部"), "count": total, "chosen": not chosen}
    shown = {"page": found, "tabs": [every, *tabs], "total": counted.get(chosen, 0) if chosen else total}
    return render(request, "console/campaign_list.html", shown)


@require_safe
@needs(Permission.VIEW_CAMPAIGNS)
def campaign_page(request: OfficerRequest, pk: int) -> HttpResponse:
    """Show one campaign: over whom, by which criteria, how it goes, what may be done next."""
    return shown(request, get(request.user, pk))


def get(user: User, pk: int) -> Campaign:
    """Return the campaign within reach; raise Http404 for any other."""
    related = ("scope_unit", "previous", "preview", "drafted_by", "approved_by", "concluded_by")
    return get_object_or_404(access_campaigns(user).select_related(*related).prefetch_related("windows"), pk=pk)


def _stepping(verb: str) -> Guarded[[int]]:
    @steps
    @needs(VERBS[verb].permission)
    def step(request: OfficerRequest, pk: int) -> HttpResponse:
        return _take(request, pk, verb)

    return step


STEPS = {verb: _stepping(verb) for verb in VERBS}


def _take(request: OfficerRequest, pk: int, verb: str) -> HttpResponse:
    campaign = get(request.user, pk)
    if request.method != "POST":
        return redirect("campaign_page", pk=pk)
    form = VERBS[verb].form(request.POST, auto_id=f"{verb}_%s")
    if not form.is_valid():
        wrong = [_("有内容没有填写或者填写有误，见标明的各项。")]
        return shown(request, campaign, tried=(verb, form), refused=wrong, status=HTTPStatus.UNPROCESSABLE_ENTITY)
    seen = form.cleaned_data["upon"]
    act = partial(VERBS[verb].act, campaign_id=pk, by=request.user, on=timezone.localdate(), **form.told())
    try:
        upon_event(pk, seen, act)
    except Refused as refused:
        said = [translated(each) for each in refused.broken]
        again = get(request.user, pk)
        return shown(request, again, tried=(verb, form), refused=said, status=HTTPStatus.UNPROCESSABLE_ENTITY)
    except (Overtaken, TransitionNotAllowed):
        return _overtaken(request, get(request.user, pk), verb, form)
    messages.success(request, str(VERBS[verb].done))
    return redirect("campaign_page", pk=pk)


def _overtaken(request: OfficerRequest, campaign: Campaign, verb: str, form: UponForm) -> HttpResponse:
    """Answer that the campaign has moved on meanwhile, by whom and how; what was written stays on the page."""
    meanwhile = tell(told_since(campaign, form.cleaned_data["upon"] or 0))
    renewed = {"upon": str(last_told(campaign)), "seen": str(campaign.preview_id or "")}
    again = VERBS[verb].form({**request.POST.dict(), **renewed}, auto_id=f"{verb}_%s")
    told = {"verb": VERBS[verb].name, "state": translated(campaign.get_state_display())}
    lead = _("“%(verb)s”没有办理：行动现为“%(state)s”，本页打开之后有变动。") % told
    return shown(
        request, campaign, tried=(verb, again), refused=[lead], meanwhile=meanwhile, status=HTTPStatus.CONFLICT
    )


def shown(
    request: OfficerRequest,
    campaign: Campaign,
    *,
    tried: tuple[str, UponForm] | None = None,
    refused: list[str] | None = None,
    meanwhile: list[Any] | None = None,
    status: int = HTTPStatus.OK,
) -> HttpResponse:
    """Return the page of a campaign, after a step that was refused with its form and the reasons."""
    today = timezone.localdate()
    offered = choices(campaign, request.user, on=today, tried=tried)
    is_offered = tried is not None and any(each.is_tried for each in offered)
    events = CampaignEvent.objects.filter(subject=campaign).select_related("by").order_by("-seq")
    before = campaign.previous if campaign.previous_id else None
    found = {
        "campaign": campaign,
        "windows": list(campaign.windows.all()),
        "settings": asked(campaign),
        "listed": campaign.listed.count(),
        "in_draft": campaign.state in IN_DRAFT,
        "started": campaign.state in EVER_STARTED,
        "may_draft": campaign.state in IN_DRAFT and may(request.user, Permission.DRAFT_CAMPAIGN),
        "exclusions": list(campaign.exclusions.filter(ended_on__isnull=True).select_related("organisation", "made_by")),
        "carried": len(unfinished(before, on=today)) if before else 0,
        "sweeps": list(campaign.sweeps.select_related("run").order_by("-pk")[:SWEEPS]),
        "stopped": waiting(campaign),
        "swept_on": last_swept_on(campaign),
        "told": tell(events[:50]),
        "choices": offered,
        "tried": tried,
        "refused": refused or [],
        "meanwhile": meanwhile or [],
        "written": [] if tried is None or is_offered else written(tried[1]),
    }
    return render(request, "console/campaign_page.html", found, status=status)
