"""How often a criterion flags a body that officers then find is no zombie: the first thing to look at before tuning a window."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.db.models import Count

from cleanup.models import Finding
from cleanup.states import Criterion, FindingState

if TYPE_CHECKING:
    from cleanup.models import Campaign

DECIDED = (FindingState.CONFIRMED, FindingState.DISMISSED)
"""What officers have decided about; what was withdrawn by itself, or waits, says nothing about the criterion."""


@dataclass(slots=True)
class Rate:
    """Of the findings that were decided about, how many were dismissed."""

    decided: int = 0
    dismissed: int = 0

    @property
    def rate(self) -> float | None:
        """Return dismissed over decided, None where nothing was decided."""
        return self.dismissed / self.decided if self.decided else None


def wrong_flags(campaign: Campaign) -> dict[Criterion, Rate]:
    """Return the rate of each criterion that has flagged anybody decided about in ``campaign``.

    A body that met several criteria counts under each of them.
    """
    rates = {criterion: Rate() for criterion in Criterion}
    rows = Finding.objects.filter(campaign=campaign, state__in=DECIDED).order_by()
    for criteria, state, count in rows.values_list("criteria", "state").annotate(count=Count("pk")):
        for letter in criteria:
            rate = rates[Criterion(letter)]
            rate.decided += count
            rate.dismissed += count if state == FindingState.DISMISSED else 0
    return {criterion: rate for criterion, rate in rates.items() if rate.decided}
