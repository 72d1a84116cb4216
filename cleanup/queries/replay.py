"""The campaign's figures once more, from the ledger alone: what the nightly check holds against the tables.

Nothing here reads findings or cases. Events are read in their order, for each body up to the day asked for; an exit
that was undone is 办理中 again, as in `cleanup.queries.figures`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.db.models import Q

from cleanup.queries.figures import STAGES, counted, settled_round, stage_of
from cleanup.states import CaseOutcome
from registry.models import Event, Organisation

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import date

    from cleanup.models import Campaign

TOLD = Q(verb__startswith="finding.") | Q(verb__startswith="case.")
MOVES = tuple(
    f"organisation.{verb}" for verb in ("cancel", "revoke", "revoke_licence", "merge", "reactivate", "reinstate")
)
"""Moves of the register that may end a case, or undo its end."""


@dataclass(slots=True)
class Told:
    """What the ledger has told of one body in one campaign so far; without a stage it stands nowhere."""

    stage: str = ""
    criteria: str = ""
    outcome: str = ""
    before: str = ""

    def hear(self, event: Event) -> None:
        """Take one event in."""
        facts = event.facts
        case = facts.get("case") if isinstance(facts.get("case"), dict) else {}
        if event.verb.startswith("finding."):
            self._finding(event.verb.removeprefix("finding."), facts)
        elif event.verb == "case.open":
            self.stage = "in_progress"
        elif event.verb in {"organisation.reinstate", "case.annul"}:
            self._undone()
        elif case.get("outcome") and self.stage in {"in_progress", "completed"}:
            self._settled(str(case["outcome"]))

    def _finding(self, verb: str, facts: dict[str, Any]) -> None:
        if verb in {"open", "update"}:
            self.before = self.criteria if verb == "update" else ""
            self.stage, self.criteria, self.outcome = "pending", str(facts["criteria"]), ""
        elif verb == "confirm":
            self.stage = "not_started"
        elif verb == "withdraw":
            self.stage, self.before = "", self.criteria
        elif verb == "dismiss":
            self.stage = ""
        elif verb == "undo":
            self.stage = "pending" if facts.get("restored") else ""
            self.criteria = self.before

    def _settled(self, outcome: str) -> None:
        self.stage = "" if outcome == CaseOutcome.DROPPED else "completed"
        self.outcome = outcome

    def _undone(self) -> None:
        """Take back an end that cleared the body by its exit; an activated one stays completed."""
        if self.stage == "completed" and self.outcome != CaseOutcome.RECTIFIED:
            self.stage, self.outcome = "in_progress", ""

    @property
    def standing(self) -> tuple[str, str, str]:
        """Return stage, criteria, and how it was completed."""
        return self.stage, self.criteria, self.outcome if self.stage == "completed" else ""


def replayed(campaign: Campaign, *, as_of: date) -> dict[int, tuple[str, str, str]]:
    """Return for each body with a place in the funnel its stage, criteria and outcome on that day, by the ledger."""
    found: dict[int, Told] = {}
    events = Event.objects.filter(TOLD | Q(verb__in=MOVES), on__lte=as_of).order_by("organisation", "seq")
    for event in events.iterator(chunk_size=2000):
        if _is_about(event, campaign.code) or (
            event.verb == "organisation.reinstate" and event.organisation_id in found
        ):
            found.setdefault(event.organisation_id, Told()).hear(event)
    return {pk: told.standing for pk, told in found.items() if told.stage}


def _is_about(event: Event, code: str) -> bool:
    case = event.facts.get("case")
    told = event.facts if event.verb.startswith("finding.") else case if isinstance(case, dict) else {}
    return told.get("campaign") == code


def tabled(campaign: Campaign, *, as_of: date) -> dict[int, tuple[str, str, str]]:
    """Return the same by the tables, as the figures are counted."""
    found = {}
    for finding in counted(campaign, as_of=as_of):
        settled = settled_round(finding, as_of)
        outcome = str(settled.outcome) if settled else ""
        found[finding.organisation_id] = (stage_of(finding, as_of), finding.criteria, outcome)
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
    apart = sorted(pk for pk in told.keys() | tables.keys() if told.get(pk) != tables.get(pk))
    names = {row[0]: row[1:] for row in _named(apart)}
    return [Difference(*names[pk], _said(told.get(pk)), _said(tables.get(pk))) for pk in apart]


def _named(ids: Iterable[int]) -> Iterable[tuple[int, str, str]]:
    rows = Organisation.objects.filter(pk__in=list(ids)).order_by("pk")
    return list(rows.values_list("pk", "code", "name"))


def _said(standing: tuple[str, str, str] | None) -> str:
    if standing is None:
        return "“不在其中”"
    stage, criteria, outcome = standing
    said = f"{STAGES[stage]}·情形{'、'.join(criteria)}"
    return f"“{said}·{CaseOutcome(outcome).label}”" if outcome else f"“{said}”"
