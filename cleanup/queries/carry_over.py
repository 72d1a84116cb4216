"""What a campaign takes over from the one before: whom that one confirmed and did not finish with."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cleanup.queries.figures import counted, stage_of

if TYPE_CHECKING:
    from datetime import date

    from cleanup.models import Campaign, Finding


def unfinished(campaign: Campaign, *, on: date) -> list[Finding]:
    """Return the findings of ``campaign`` that were confirmed and not completed on the day ``on``."""
    return [each for each in counted(campaign, as_of=on) if stage_of(each, on) in {"not_started", "in_progress"}]
