"""Campaigns as their ledger tells them, and what their next steps are judged by."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING

from django.utils import timezone

from cleanup import rules
from cleanup.models import Campaign, CampaignEvent, Exclusion
from cleanup.states import CampaignState

if TYPE_CHECKING:
    from datetime import date

    from registry.models import User

DRAFTING = ("campaign.draft", "campaign.revise")


def drafters(campaign: Campaign) -> frozenset[int]:
    """Return who drafted or changed the campaign, or decided whom it leaves out: none of them approves it."""
    events = CampaignEvent.objects.filter(subject=campaign, verb__in=DRAFTING)
    left_out = list(Exclusion.objects.filter(campaign=campaign))
    chose = {each.made_by_id for each in left_out} | {each.ended_by_id for each in left_out if each.ended_by_id}
    return frozenset({campaign.drafted_by_id, *events.values_list("by", flat=True), *chose})


def last_told(campaign: Campaign) -> int:
    """Return the number of the last row of the ledger about the campaign: what an officer who looks at it has seen."""
    seen = CampaignEvent.objects.filter(subject=campaign).order_by("-seq").values_list("seq", flat=True).first()
    return seen or 0


def told_since(campaign: Campaign, seen: int) -> list[CampaignEvent]:
    """Return the rows an officer who saw the row ``seen`` does not know of, the latest first."""
    rows = CampaignEvent.objects.filter(subject=campaign, seq__gt=seen).select_related("by")
    return list(rows.order_by("-seq"))


def paused_between(campaign: Campaign) -> list[tuple[date, date]]:
    """Return the pauses of the campaign that are over: the day each began, and the day it went on again."""
    rows = CampaignEvent.objects.filter(subject=campaign, verb__in=("campaign.pause", "campaign.resume")).order_by(
        "seq"
    )
    days = list(rows.values_list("verb", "on"))
    return [
        (since, until)
        for (verb, since), (following, until) in pairwise(days)
        if (verb, following) == ("campaign.pause", "campaign.resume")
    ]


def approval_facts(campaign: Campaign, *, by: User, seen: int | None) -> rules.ApprovalFacts:
    """Return what an approval by ``by`` is judged by; ``seen`` is the preview they looked at."""
    return rules.ApprovalFacts(
        drafters=drafters(campaign),
        approver=by.pk,
        document_no=campaign.document_no,
        starts_on=campaign.starts_on,
        ends_on=campaign.ends_on,
        windows=tuple(
            rules.WindowTerms(
                last_report_year=each.last_report_year,
                inactive_since=each.inactive_since,
                surveyed_since=each.surveyed_since,
                contact_since=each.contact_since,
            )
            for each in campaign.windows.all()
        ),
        by_list=campaign.by_list,
        listed=campaign.listed.count(),
        seen=seen,
        preview=campaign.preview_id,
        today=timezone.localdate(),
    )


def course_facts(campaign: Campaign) -> rules.CourseFacts:
    """Return what starting, pausing and resuming are judged by."""
    last_on = campaign.paused_on or campaign.started_on or campaign.approved_on
    return rules.CourseFacts(starts_on=campaign.starts_on, last_on=last_on, today=timezone.localdate())


def extension_facts(campaign: Campaign, *, until: date, document_no: str) -> rules.CampaignExtensionFacts:
    """Return what an extension is judged by."""
    return rules.CampaignExtensionFacts(
        open=campaign.state in {CampaignState.APPROVED, CampaignState.RUNNING, CampaignState.PAUSED},
        ends_on=campaign.ends_on,
        until=until,
        document_no=document_no,
        today=timezone.localdate(),
    )


def conclusion_facts(campaign: Campaign) -> rules.ConclusionFacts:
    """Return what a conclusion is judged by."""
    return rules.ConclusionFacts(approved_on=campaign.approved_on, today=timezone.localdate())
