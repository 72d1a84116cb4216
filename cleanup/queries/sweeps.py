"""The sweeps of a campaign: what is done, what waits, and how often it is due."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db.models import Max

from cleanup import rules
from cleanup.models import Sweep
from cleanup.states import CampaignState, FindingState
from registry.states import Outcome

if TYPE_CHECKING:
    from datetime import date

    from django.db.models import QuerySet

    from cleanup.models import Campaign


def done(campaign: Campaign) -> QuerySet[Sweep, Sweep]:
    """Return the sweeps of ``campaign`` that came to their end and stand, the latest first."""
    rows = Sweep.objects.filter(campaign=campaign, run__outcome=Outcome.DONE, undone_on__isnull=True)
    return rows.select_related("run").order_by("-run__as_of", "-pk")


def last_swept_on(campaign: Campaign) -> date | None:
    """Return the day of the latest sweep of ``campaign`` that stands."""
    latest: date | None = done(campaign).aggregate(latest=Max("run__as_of"))["latest"]
    return latest


def waiting(campaign: Campaign) -> Sweep | None:
    """Return the sweep that stopped and waits to be released, or to find the register in order again."""
    stopped = Sweep.objects.filter(campaign=campaign, run__outcome=Outcome.STOPPED).select_related("run")
    return stopped.order_by("run__as_of", "pk").first()


def release_facts(sweep: Sweep) -> rules.ReleaseFacts:
    """Return what the release of ``sweep`` is judged by."""
    return rules.ReleaseFacts(
        waits=sweep.waits_for_release, campaign_running=sweep.campaign.state == CampaignState.RUNNING
    )


def undo_facts(sweep: Sweep) -> rules.UndoFacts:
    """Return what the undoing of ``sweep`` is judged by."""
    return rules.UndoFacts(
        done=sweep.is_done,
        is_latest=not Sweep.objects.filter(campaign=sweep.campaign, pk__gt=sweep.pk)
        .exclude(run__outcome=Outcome.FAILED)
        .exists(),
        campaign_paused=sweep.campaign.state == CampaignState.PAUSED,
        decided=sweep.run.findings.exclude(state=FindingState.OPEN).count(),
    )
