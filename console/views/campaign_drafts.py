"""Entering a campaign: a new draft, empty or after another campaign, and changing one that is not approved."""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods
from django_fsm import TransitionNotAllowed

from cleanup.actions import campaign as campaigns
from cleanup.models import CampaignEvent
from cleanup.states import IN_DRAFT
from console.access import Permission, access_campaigns, needs
from console.campaign_forms import CampaignForm, copied, stands, windows
from console.campaign_words import tell
from console.views.campaigns import get

if TYPE_CHECKING:
    from django.http import HttpResponse

    from cleanup.models import Campaign
    from console.access import OfficerRequest
    from console.campaign_forms import WindowForm
    from console.campaign_words import Said

enters = require_http_methods(["GET", "HEAD", "POST"])


@enters
@needs(Permission.DRAFT_CAMPAIGN)
def campaign_new(request: OfficerRequest) -> HttpResponse:
    """Draft a campaign; ``from`` names one it follows or varies, whose settings stand in the form already."""
    if request.method != "POST":
        like, years = _like(request)
        begun = copied(like, years=years) if like else {}
        return _shown(request, CampaignForm(initial=begun), windows(like, years=years))
    form, kinds = CampaignForm(request.POST), windows(None, request.POST)
    if not _valid(form, kinds):
        return _shown(request, form, kinds, status=HTTPStatus.UNPROCESSABLE_ENTITY)
    made = campaigns.draft(by=request.user, on=timezone.localdate(), **_told(form, kinds))
    messages.success(request, _("草案已经保存，请预览后提交批准。"))
    return redirect("campaign_page", pk=made.pk)


@enters
@needs(Permission.DRAFT_CAMPAIGN)
def campaign_edit(request: OfficerRequest, pk: int) -> HttpResponse:
    """Change a draft; what was previewed has to be previewed again."""
    campaign = get(request.user, pk)
    if request.method != "POST":
        if campaign.state not in IN_DRAFT:
            return redirect("campaign_page", pk=pk)
        return _shown(request, CampaignForm(campaign=campaign, initial=stands(campaign)), windows(campaign), campaign)
    form, kinds = CampaignForm(request.POST, campaign=campaign), windows(campaign, request.POST)
    is_valid = _valid(form, kinds)
    seen = form.cleaned_data.get("version") or 0
    if seen != campaign.version or campaign.state not in IN_DRAFT:
        return _collided(request, campaign, kinds)
    if not is_valid:
        return _shown(request, form, kinds, campaign, status=HTTPStatus.UNPROCESSABLE_ENTITY)
    try:
        told = _told(form, kinds)
        campaigns.revise(campaign_id=pk, version=seen, by=request.user, on=timezone.localdate(), **told)
    except (campaigns.Overtaken, TransitionNotAllowed):
        return _collided(request, get(request.user, pk), kinds)
    messages.success(request, _("草案已经保存，请重新预览。"))
    return redirect("campaign_page", pk=pk)


def _like(request: OfficerRequest) -> tuple[Campaign | None, int]:
    """Return the campaign named in the address, and by how many years its windows are moved on."""
    asked, years = request.GET.get("from", ""), request.GET.get("years", "")
    found = access_campaigns(request.user).filter(pk=asked).first() if asked.isdecimal() else None
    return found, int(years) if years.isdecimal() and int(years) <= 9 else 0  # noqa: PLR2004 - one digit


def _valid(form: CampaignForm, kinds: list[WindowForm]) -> bool:
    return all([form.is_valid(), *(each.is_valid() for each in kinds)])


def _told(form: CampaignForm, kinds: list[WindowForm]) -> dict[str, Any]:
    used = [each.columns() for each in kinds if each.cleaned_data["used"]]
    return {**form.columns(on=timezone.localdate()), "windows": used}


def _collided(request: OfficerRequest, campaign: Campaign, kinds: list[WindowForm]) -> HttpResponse:
    """Answer that somebody saved first: who and what, with the officer's own texts kept on top of it."""
    last = CampaignEvent.objects.filter(subject=campaign).exclude(verb="campaign.preview").select_related("by")
    renewed = request.POST.copy()
    renewed["version"] = str(campaign.version)
    form = CampaignForm(renewed, campaign=campaign)
    form.is_valid()
    meanwhile = tell(last.order_by("-seq")[:1])
    return _shown(request, form, kinds, campaign, meanwhile=meanwhile, status=HTTPStatus.CONFLICT)


def _shown(
    request: OfficerRequest,
    form: CampaignForm,
    kinds: list[WindowForm],
    campaign: Campaign | None = None,
    *,
    meanwhile: list[Said] | None = None,
    status: int = HTTPStatus.OK,
) -> HttpResponse:
    shown = {
        "form": form,
        "kinds": kinds,
        "campaign": campaign,
        "closed": campaign is not None and campaign.state not in IN_DRAFT,
        "meanwhile": meanwhile or [],
        "is_wrong": form.is_bound and (bool(form.errors) or any(each.errors for each in kinds)),
    }
    return render(request, "console/campaign_edit.html", shown, status=status)
