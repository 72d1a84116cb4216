"""The campaign's figures on a day, from dates on the records: 纳入 = 已完成 + 办理中 + 未启动.

A body is 纳入 once its finding is confirmed; found but undecided ones stand apart as 待核实. Each body has one finding
and at most one case in a campaign, hence exactly one place in the funnel. The end of its case clears it; one that left
the register before a case was opened is cleared by that exit.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, NamedTuple

from django.db.models import Prefetch, Q

from cleanup.models import Finding
from cleanup.states import CLEARED_BY, OUTCOME_OF_EXIT, CaseOutcome, Criterion
from registry.models import Event
from registry.states import ExitKind, Kind

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import date

    from django.db.models import QuerySet

    from cleanup.models import Campaign, Case, CaseRound

REINSTATE = "organisation.reinstate"
"""The verb by which a body comes back on the register."""

EXITS = {
    "organisation.cancel": OUTCOME_OF_EXIT[ExitKind.CANCELLED],
    "organisation.revoke": OUTCOME_OF_EXIT[ExitKind.REVOKED],
    "organisation.revoke_licence": OUTCOME_OF_EXIT[ExitKind.LICENCE_REVOKED],
    "organisation.merge": OUTCOME_OF_EXIT[ExitKind.MERGED],
}
"""The verbs by which a body leaves the register, and as what that counts where no case was opened before."""

MOVES = (*EXITS, REINSTATE)
"""The verbs that decide whether a body is on the register."""

STAGES = {"pending": "待核实", "not_started": "未启动", "in_progress": "办理中", "completed": "已完成"}


@dataclass(slots=True)
class Row:
    """One line of figures: for all bodies, one kind, or one criterion (where a body may stand in several)."""

    included: int = 0
    completed: int = 0
    in_progress: int = 0
    not_started: int = 0
    pending: int = 0
    completed_by: Counter[str] = field(default_factory=Counter)

    def add(self, finding: Finding, on: date) -> None:
        """Count one finding where it stood on the day ``on``."""
        stage = stage_of(finding, on)
        setattr(self, stage, getattr(self, stage) + 1)
        if stage != "pending":
            self.included += 1
        if cleared := clearing(finding, on):
            self.completed_by[cleared.outcome] += 1

    @property
    def rate(self) -> float | None:
        """Return completed over included, None where nothing is included."""
        return self.completed / self.included if self.included else None


@dataclass(slots=True)
class Funnel(Row):
    """A campaign's figures, with their split by kind and by criterion."""

    by_kind: dict[str, Row] = field(default_factory=lambda: {kind.value: Row() for kind in Kind})
    by_criterion: dict[str, Row] = field(default_factory=lambda: {criterion.value: Row() for criterion in Criterion})

    def totals(self) -> dict[str, object]:
        """Return the totals as the manifest holds them."""
        return {
            "included": self.included,
            "completed": self.completed,
            "in_progress": self.in_progress,
            "not_started": self.not_started,
            "pending": self.pending,
            "completed_by": {outcome.value: self.completed_by[outcome.value] for outcome in CLEARED_BY},
        }


def funnel(campaign: Campaign, *, as_of: date) -> Funnel:
    """Return the figures of ``campaign`` at the end of the day ``as_of``."""
    return tallied(counted(campaign, as_of=as_of), as_of)


def tallied(findings: Iterable[Finding], as_of: date) -> Funnel:
    """Return the figures of ``findings``, all of which count on the day ``as_of``."""
    result = Funnel()
    for finding in findings:
        for row in (
            result,
            result.by_kind[finding.organisation.kind],
            *(result.by_criterion[letter] for letter in finding.criteria),
        ):
            row.add(finding, as_of)
    return result


def counted(campaign: Campaign, *, as_of: date) -> list[Finding]:
    """Return the findings behind the figures: found by ``as_of`` and not dismissed or withdrawn by then."""
    standing = Q(ended_on__isnull=True) | Q(ended_on__gt=as_of)
    return list(known(campaign, as_of=as_of).filter(standing))


def known(campaign: Campaign, *, as_of: date) -> QuerySet[Finding]:
    """Return every finding of ``campaign`` made by ``as_of``, with all that tells where it stands on a day."""
    moves = Event.objects.filter(verb__in=MOVES).order_by("seq").only("organisation_id", "verb", "on")
    rows = Finding.objects.filter(campaign=campaign, found_on__lte=as_of).select_related(
        "organisation__supervising_unit", "case__officer"
    )
    return rows.prefetch_related(
        Prefetch("case__rounds", to_attr="all_rounds"), Prefetch("organisation__events", moves, to_attr="moves")
    ).order_by("organisation__code", "pk")


def is_counted(finding: Finding, on: date) -> bool:
    """Tell whether a finding had been made by the day ``on`` and neither dismissed nor withdrawn."""
    return finding.found_on <= on and (finding.ended_on is None or finding.ended_on > on)


def stage_of(finding: Finding, on: date) -> str:
    """Return where a finding stood on the day ``on``: a key of `STAGES`.

    A body whose exit was undone by a reinstatement stands where it stood before: it is back and still to be dealt with.
    """
    if finding.confirmed_on is None or finding.confirmed_on > on:
        return "pending"
    if clearing(finding, on) is not None:
        return "completed"
    return "not_started" if case_opened(finding, on) is None else "in_progress"


class Clearing(NamedTuple):
    """How a body was cleared, and on which day."""

    outcome: str
    on: date


def clearing(finding: Finding, on: date) -> Clearing | None:
    """Return what cleared the body and held on the day ``on``: the end of its case or, without one, its exit."""
    if finding.confirmed_on is None or finding.confirmed_on > on:
        return None
    case = case_opened(finding, on)
    if case is None:
        return _exit(finding, on)
    last = _settled_round(finding, case, on)
    return None if last is None or last.closed_on is None else Clearing(last.outcome, last.closed_on)


def case_opened(finding: Finding, on: date) -> Case | None:
    """Return the case of ``finding`` where it had been opened by the day ``on``."""
    case: Case | None = getattr(finding, "case", None)
    return None if case is None or case.opened_on > on else case


def _exit(finding: Finding, on: date) -> Clearing | None:
    """Return how the body had left the register, if it was off it on the day ``on``."""
    last = next((each for each in reversed(_moves(finding)) if each.on <= on), None)
    return None if last is None or last.verb == REINSTATE else Clearing(EXITS[last.verb], last.on)


def _moves(finding: Finding) -> list[Event]:
    moves: list[Event] = finding.organisation.moves  # type: ignore[attr-defined]  # fetched by known
    return moves


def _settled_round(finding: Finding, case: Case, on: date) -> CaseRound | None:
    """Return the round of the case whose end cleared the body and held on the day ``on``; None where none did."""
    ended = [each for each in rounds_of(case) if each.closed_on is not None and each.closed_on <= on]
    last = max(ended, key=lambda each: each.number, default=None)
    if last is None or (last.undone_on is not None and last.undone_on <= on):
        return None
    return None if last.outcome != CaseOutcome.RECTIFIED and _came_back(finding, last, on) else last


def _came_back(finding: Finding, last: CaseRound, on: date) -> bool:
    """Tell whether the body was reinstated after its case had ended, by the day ``on``, and no round begun for it.

    A reinstatement that undid the round before the last is what the last began with.
    """
    known_of = {each.undone_on for each in rounds_of(finding.case)}
    back = [each.on for each in _moves(finding) if each.verb == REINSTATE and each.on not in known_of]
    return any(last.closed_on is not None and last.closed_on <= each <= on for each in back)


def rounds_of(case: Case) -> list[CaseRound]:
    """Return all rounds of a case that `known` has fetched."""
    rounds: list[CaseRound] = case.all_rounds  # type: ignore[attr-defined]  # fetched by known
    return rounds


def round_of(finding: Finding, on: date) -> CaseRound | None:
    """Return the round the case of ``finding`` was in on the day ``on``; None before it was opened."""
    case = getattr(finding, "case", None)
    begun = [each for each in rounds_of(case) if each.began_on <= on] if case is not None else []
    return max(begun, key=lambda each: each.number, default=None)
