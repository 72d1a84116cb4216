"""The sweeps of a campaign: what is done, what waits, and how often it is due."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db.models import Exists, Max, OuterRef

from cleanup import rules
from cleanup.models import Finding, Sweep
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


WROTE = Exists(Finding.objects.filter(run=OuterRef("run"))) | Exists(Finding.objects.filter(ended_run=OuterRef("run")))
"""The condition for sweeps that entered or withdrew anything."""


def may_be_undone(sweep: Sweep) -> bool:
    """Tell whether there is anything of ``sweep`` to take back: it stands, or broke off after it had begun to write."""
    if sweep.undone_on is not None or sweep.under_way:
        return False
    broke_off = sweep.run.outcome == Outcome.FAILED and Sweep.objects.filter(WROTE, pk=sweep.pk).exists()
    return sweep.is_done or broke_off


def undo_facts(sweep: Sweep) -> rules.UndoFacts:
    """Return what the undoing of ``sweep`` is judged by."""
    later = Sweep.objects.filter(campaign=sweep.campaign, pk__gt=sweep.pk, undone_on__isnull=True)
    return rules.UndoFacts(
        stands=may_be_undone(sweep),
        is_latest=not later.exclude(~WROTE, run__outcome=Outcome.FAILED).exists(),
        campaign_paused=sweep.campaign.state == CampaignState.PAUSED,
        decided=sweep.run.findings.exclude(state=FindingState.OPEN).count(),
    )
