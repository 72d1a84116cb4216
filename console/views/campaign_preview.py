"""The preview of a campaign: who would enter and why, beside another; samples to look at; bodies left out before it starts."""

from __future__ import annotations

from http import HTTPStatus
from random import Random
from typing import TYPE_CHECKING, Any

from django import forms
from django.contrib import messages
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_safe

from cleanup.actions import exclusion
from cleanup.actions.preview import preview
from cleanup.models import Exclusion
from cleanup.queries.comparison import comparable, differences
from cleanup.states import IN_DRAFT, CampaignState, Criterion, LeftOut
from console.access import Permission, access_organisations, may, needs
from console.campaign_previews import PLACES, bodies, found, lines
from console.campaign_words import differing
from console.labels import together
from console.language import translated
from console.made_files import table
from console.paging import Order, page
from console.views.campaigns import get
from registry.exports import Sheet
from registry.models import Organisation
from registry.rulebook import Refused

if TYPE_CHECKING:
    from django.http import HttpResponse
    from django.utils.functional import _StrPromise

    from cleanup.models import Campaign
    from cleanup.queries.comparison import Comparison
    from console.access import OfficerRequest
    from console.campaign_previews import Found

acts = require_http_methods(["GET", "HEAD", "POST"])

BY_CODE = Order(("code",))
SAMPLE = 20
"""Bodies in a sample, drawn by chance, the same ones for the same preview."""

NAMES: dict[str, _StrPromise] = {
    "all": gettext_lazy("将列入"),
    "enter": gettext_lazy("新进"),
    "leave": gettext_lazy("离开"),
    "change": gettext_lazy("情形变动"),
    "left_out": gettext_lazy("符合但不排查"),
}


class ReasonForm(forms.Form):
    """Why, in the officer's words; an empty one is refused by the rule itself."""

    reason = forms.CharField(
        label=gettext_lazy("理由"),
        required=False,
        max_length=500,
        help_text=gettext_lazy("将记入该组织的台账，批准人审定行动时可以看到。"),
        widget=forms.Textarea(attrs={"rows": 3, "maxlength": 500}),
    )


@require_safe
@needs(Permission.VIEW_CAMPAIGNS)
def campaign_preview(request: OfficerRequest, pk: int) -> HttpResponse:
    """Show who would enter and why, with what another campaign finds beside it."""
    campaign = get(request.user, pk)
    others = comparable(campaign)
    there, other = _there(request, campaign, others)
    chosen = _place(request)
    today = timezone.localdate()
    rows = Organisation.objects.filter(pk__in=there.place(chosen)).select_related("supervising_unit")
    listed = page(rows, BY_CODE, after=request.GET.get("after", ""), before=request.GET.get("before", ""))
    counted = there.counts()
    shown = {
        "campaign": campaign,
        "run": campaign.preview,
        "counts": campaign.preview.counts if campaign.preview else {},
        "by_criterion": _by_criterion(campaign),
        "left_out": _left_out(campaign),
        "others": others,
        "other": other,
        "comparison": there.comparison,
        "sentence": _sentence(there.comparison),
        "differences": differing(differences(campaign, other)) if other and other != campaign else [],
        "tabs": [
            {"value": word, "label": NAMES[word], "count": counted[word], "chosen": word == chosen} for word in PLACES
        ],
        "chosen": chosen,
        "page": listed,
        "lines": lines(there, listed.rows, on=campaign.preview.as_of) if campaign.preview else [],
        "is_old": campaign.preview is not None and campaign.preview.as_of < today,
        "is_void": campaign.state == CampaignState.DRAFT,
        "may_preview": _may_preview(campaign) and may(request.user, Permission.DRAFT_CAMPAIGN),
        "may_exclude": campaign.state in IN_DRAFT and may(request.user, Permission.DRAFT_CAMPAIGN),
        "sample": SAMPLE,
    }
    return render(request, "console/campaign_preview.html", shown)


@acts
@needs(Permission.DRAFT_CAMPAIGN)
def campaign_preview_make(request: OfficerRequest, pk: int) -> HttpResponse:
    """Find out anew who would enter today; a draft is then ready to be approved."""
    campaign = get(request.user, pk)
    if request.method == "POST" and _may_preview(campaign):
        run = preview(campaign_id=pk, by=request.user, on=timezone.localdate())
        said = _("已预览：范围内 %(in_scope)s 家，符合情形 %(matched)s 家。")
        messages.success(request, said % {name: run.counts[name] for name in ("in_scope", "matched")})
    return redirect("campaign_preview", pk=pk)


@require_safe
@needs(Permission.VIEW_CAMPAIGNS)
def campaign_preview_file(request: OfficerRequest, pk: int, form: str) -> HttpResponse:
    """Give one place of the list, or a sample of it, as a workbook or as text."""
    campaign = get(request.user, pk)
    if form not in {"csv", "xlsx"} or campaign.preview is None:
        raise Http404
    there, _other = _there(request, campaign, comparable(campaign))
    chosen = _place(request)
    ids = sorted(there.place(chosen))
    if "sample" in request.GET:
        ids = Random(campaign.preview_id).sample(ids, min(SAMPLE, len(ids)))  # noqa: S311 - for people to look at
    columns = tuple((str(title), getter) for title, getter in COLUMNS)
    sheet = Sheet(str(NAMES[chosen]), columns, lines(there, bodies(ids), on=campaign.preview.as_of))
    return table(f"{campaign.code}-{sheet.title}", sheet, form, heading=f"{campaign.title} · {sheet.title}")


COLUMNS = (
    (gettext_lazy("名称"), lambda line: line.organisation.name),
    (gettext_lazy("统一社会信用代码"), lambda line: line.organisation.code),
    (gettext_lazy("类型"), lambda line: translated(line.organisation.get_kind_display())),
    (gettext_lazy("业务主管单位"), lambda line: line.organisation.supervising_unit),
    (gettext_lazy("情形"), lambda line: together(line.criteria)),
    (gettext_lazy("对照的情形"), lambda line: together(line.other)),
    (gettext_lazy("依据的事实"), lambda line: "\n".join(line.reasons)),
    (gettext_lazy("不排查的原因"), lambda line: "\n".join(line.left_out)),
)


@acts
@needs(Permission.DRAFT_CAMPAIGN)
def campaign_exclude(request: OfficerRequest, pk: int, code: str) -> HttpResponse:
    """Leave a body out of a campaign that is not approved yet, for a reason."""
    campaign = get(request.user, pk)
    organisation = get_object_or_404(access_organisations(request.user), code=code)
    form = ReasonForm(request.POST) if request.method == "POST" else ReasonForm()
    if request.method != "POST" or not form.is_valid():
        return _deciding(request, campaign, organisation, form)
    told = {"by": request.user, "on": timezone.localdate(), "reason": form.cleaned_data["reason"]}
    try:
        exclusion.exclude(campaign_id=pk, organisation_id=organisation.pk, **told)
    except Refused as refused:
        return _deciding(request, get(request.user, pk), organisation, form, refused)
    messages.success(request, _("本次行动不再排查“%(name)s”。") % {"name": organisation.name})
    return redirect("campaign_preview" if campaign.preview else "campaign_page", pk=pk)


@acts
@needs(Permission.DRAFT_CAMPAIGN)
def campaign_readmit(request: OfficerRequest, pk: int, exclusion_id: int) -> HttpResponse:
    """Look at a body again that was left out, while the campaign is not approved."""
    campaign = get(request.user, pk)
    made = get_object_or_404(Exclusion.objects.select_related("organisation"), pk=exclusion_id, campaign=campaign)
    form = ReasonForm(request.POST) if request.method == "POST" else ReasonForm()
    if request.method != "POST" or not form.is_valid():
        return _deciding(request, campaign, made.organisation, form, made=made)
    told = {"by": request.user, "on": timezone.localdate(), "reason": form.cleaned_data["reason"]}
    try:
        exclusion.readmit(exclusion_id=made.pk, **told)
    except Refused as refused:
        return _deciding(request, get(request.user, pk), made.organisation, form, refused, made=made)
    messages.success(request, _("本次行动重新排查“%(name)s”。") % {"name": made.organisation.name})
    return redirect("campaign_page", pk=pk)


def _deciding(
    request: OfficerRequest,
    campaign: Campaign,
    organisation: Organisation,
    form: ReasonForm,
    refused: Refused | None = None,
    *,
    made: Exclusion | None = None,
) -> HttpResponse:
    told = [translated(each) for each in refused.broken] if refused else []
    status = HTTPStatus.UNPROCESSABLE_ENTITY if refused or form.errors else HTTPStatus.OK
    shown = {"campaign": campaign, "organisation": organisation, "form": form, "made": made, "refused": told}
    return render(request, "console/campaign_exclude.html", shown, status=status)


def _there(request: OfficerRequest, campaign: Campaign, others: list[Campaign]) -> tuple[Found, Campaign | None]:
    """Return what the page shows and with what it is compared: as asked, else the likeliest, else nothing."""
    asked = request.GET.get("against", "")
    other = next(
        (each for each in others if str(each.pk) == asked), None if asked == "none" else next(iter(others), None)
    )
    return found(campaign, other), other


def _place(request: OfficerRequest) -> str:
    asked = request.GET.get("stage", "")
    return asked if asked in PLACES else "all"


def _may_preview(campaign: Campaign) -> bool:
    """Tell whether looking again changes nothing that is settled: a draft, or what the next sweep would do."""
    return campaign.state in (*IN_DRAFT, CampaignState.RUNNING, CampaignState.PAUSED)


def _by_criterion(campaign: Campaign) -> list[tuple[str, Any, int]]:
    counts = campaign.preview.counts["by_criterion"] if campaign.preview else {}
    return [(each.value, each.label, counts.get(each.value, 0)) for each in Criterion if counts.get(each.value)]


def _left_out(campaign: Campaign) -> list[tuple[Any, int]]:
    counts = campaign.preview.counts["left_out"] if campaign.preview else {}
    return [(each.label, counts.get(each.value, 0)) for each in LeftOut if counts.get(each.value)]


def _sentence(comparison: Comparison | None) -> str:
    """Return in one sentence what differs from the other side."""
    if comparison is None:
        return ""
    told = {
        "what": _("最近一次排查") if comparison.other.by_sweep else _("预览"),
        "title": comparison.other.campaign.title,
        "leave": len(comparison.leave),
        "enter": len(comparison.enter),
        "change": len(comparison.change),
        "same": comparison.same,
    }
    said = _(
        "与“%(title)s”的%(what)s相比：离开 %(leave)s 家，新进 %(enter)s 家，情形变动 %(change)s 家，不变 %(same)s 家。"
    )
    return said % told
