"""The campaign's figures once more, from the ledger alone: what the nightly check holds against the tables."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from cleanup.queries.figures import STAGES, clearing, counted, is_counted, stage_of
from cleanup.queries.past import findings_as_of
from cleanup.states import CaseOutcome
from registry.models import Organisation

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import date

    from cleanup.models import Campaign, Finding

Standing = tuple[str, str, str]
"""Where a body stands: stage, criteria, and how it was completed."""


def replayed(campaign: Campaign, *, as_of: date) -> dict[str, Standing]:
    """Return by its code for each body with a place in the funnel where it stood on that day, by the ledger."""
    return _standing((each for each in findings_as_of(as_of, campaign=campaign) if is_counted(each, as_of)), as_of)


def tabled(campaign: Campaign, *, as_of: date) -> dict[str, Standing]:
    """Return the same by the tables, as the figures are counted."""
    return _standing(counted(campaign, as_of=as_of), as_of)


def _standing(findings: Iterable[Finding], on: date) -> dict[str, Standing]:
    found = {}
    for each in findings:
        cleared = clearing(each, on)
        found[each.organisation.code] = (stage_of(each, on), each.criteria, str(cleared.outcome) if cleared else "")
    return found


@dataclass(frozen=True, slots=True)
class Difference:
    """A body that stands elsewhere by the ledger than in the figures."""

    code: str
    name: str
    by_ledger: str
    by_tables: str

    def __str__(self) -> str:
        """Say it in one sentence."""
        return f"“{self.name}”（{self.code}）台账为{self.by_ledger}，数字中为{self.by_tables}"


def differences(campaign: Campaign, *, as_of: date) -> list[Difference]:
    """Return every body whose place the ledger does not bear out."""
    told, tables = replayed(campaign, as_of=as_of), tabled(campaign, as_of=as_of)
    apart = sorted(code for code in told.keys() | tables.keys() if told.get(code) != tables.get(code))
    names = dict(Organisation.objects.filter(code__in=apart).values_list("code", "name"))
    return [Difference(code, names.get(code, ""), _said(told.get(code)), _said(tables.get(code))) for code in apart]


def _said(standing: Standing | None) -> str:
    if standing is None:
        return "“不在其中”"
    stage, criteria, outcome = standing
    said = f"{STAGES[stage]}·情形{'、'.join(criteria)}"
    return f"“{said}·{CaseOutcome(outcome).label}”" if outcome else f"“{said}”"
