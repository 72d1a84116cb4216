"""Which campaigns are to be swept, and for which days."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from cleanup.models import Campaign
from cleanup.queries.campaigns import paused_between
from cleanup.queries.sweeps import last_swept_on
from cleanup.states import CampaignState

if TYPE_CHECKING:
    from datetime import date

    from django.db.models import QuerySet

LOOKS_BACK = timedelta(days=31)
"""Missed nights older than this are not swept one by one: the first sweep after them finds what stands by then."""


def running_campaigns(*, on: date) -> QuerySet[Campaign]:
    """Return the campaigns that are swept on the day ``on``; one approved ahead of its start waits for that."""
    return Campaign.objects.filter(state=CampaignState.RUNNING, starts_on__lte=on).order_by("code")


def due_days(campaign: Campaign, *, on: date) -> list[date]:
    """Return the days ``campaign`` is due for, oldest first: nights missed since its latest finished sweep, and ``on``.

    A campaign never swept before is due for ``on`` alone: no night was missed before its first. One that has come to
    its end is due for nothing after it. While it was paused no night was missed.
    """
    latest, last = last_swept_on(campaign), min(on, campaign.ends_on)
    if latest is None:
        return [last]
    if latest >= last and last < on:
        return []
    first, pauses = max(latest + timedelta(days=1), on - LOOKS_BACK), paused_between(campaign)
    missed = (first + timedelta(days=n) for n in range((last - first).days))
    return [*(day for day in missed if not any(since <= day < until for since, until in pauses)), last]
