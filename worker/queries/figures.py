"""Whether the campaigns' figures agree with the ledger, by the latest check: what the night found, campaign by campaign."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from cleanup.models import Campaign
from cleanup.queries.replay import differences
from cleanup.states import EVER_STARTED
from registry.models import JobRun
from registry.states import Outcome

if TYPE_CHECKING:
    from datetime import date

JOB = "figures.check"
"""The job under which the figures are recomputed."""

KEPT = 20
"""Differences of a campaign kept in words; the others are counted."""


def checked(*, on: date) -> dict[str, Any]:
    """Recompute the figures of every campaign ever started from the ledger; return what the run keeps."""
    campaigns = list(Campaign.objects.filter(state__in=EVER_STARTED).order_by("pk"))
    found = {each.code: differences(each, as_of=on) for each in campaigns}
    apart = {code: [str(each) for each in rows[:KEPT]] for code, rows in found.items() if rows}
    return {
        "campaigns": len(campaigns),
        "found": sum(map(len, found.values())),
        "by_campaign": {code: len(rows) for code, rows in found.items() if rows},
        "differences": apart,
    }


def last_check() -> JobRun | None:
    """Return the latest check that came to its end."""
    return JobRun.objects.filter(job=JOB, outcome=Outcome.DONE).order_by("-as_of", "-pk").first()


def apart(campaign: Campaign) -> list[str]:
    """Return in what the latest check found the figures of ``campaign`` to differ from the ledger."""
    run = last_check()
    found: list[str] = run.counts.get("differences", {}).get(campaign.code, []) if run else []
    return found
