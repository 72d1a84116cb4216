"""Which steps a case may take next, by whom, and what stands against each: screens ask this, the action judges anew."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any

from cleanup import rules
from cleanup.queries.progress import Hand, step_facts
from cleanup.rules.step import OPEN_TO
from cleanup.states import CaseState, Step

if TYPE_CHECKING:
    from cleanup.queries.progress import Progress
    from cleanup.rules import Leg
    from registry.models import User
    from registry.rulebook import Rule


@dataclass(frozen=True, slots=True, kw_only=True)
class Next:
    """A step that may come next. ``against`` stands against it whatever is stated, ``today`` only if it is of today."""

    leg: Leg
    against: tuple[Rule[Any], ...]
    today: tuple[Rule[Any], ...]

    @property
    def is_ready(self) -> bool:
        """Tell whether it waits for nothing that comes before it."""
        return rules.earlier_steps_are_done not in self.against


def upcoming(progress: Progress, *, by: User, on: date) -> list[Next]:
    """Return the steps that fit where the case stands, those of the way first, each with what stands against it."""
    state, done = CaseState(progress.case.state), progress.standing
    legs = [
        leg
        for step, leg in progress.track.items()
        if state in OPEN_TO[leg.phase] and not leg.by_itself and (leg.repeats or step not in done)
    ]
    found = [_next(progress, leg, by, on) for leg in legs]
    return sorted(found, key=lambda each: (not each.leg.is_main, not each.is_ready))


def _next(progress: Progress, leg: Leg, by: User, on: date) -> Next:
    judged = [each for each in rules.of_step(leg) if not _is_met_by_stating(each, leg)]
    hearing = progress.last(Step.CALL_HEARING)
    days = {on, min(progress.last_on, on)}
    if hearing is not None:
        days.add(min(date.fromisoformat(hearing.facts["hearing_on"]), on))
    hand = Hand(by=by)
    failing = {day: rules.broken(judged, step_facts(progress, leg, hand, on=day), on=day) for day in days}
    always = tuple(each for each in failing[on] if all(each in found for found in failing.values()))
    return Next(leg=leg, against=always, today=tuple(each for each in failing[on] if each not in always))


MET_BY_STATING = frozenset(
    {
        *("R-236", "R-237", "R-238", "R-243", "R-255", "R-256", "R-257", "R-258", "R-254", "R-261", "R-443"),
    }
)
"""Rules an officer meets by what is stated: they close no button."""


def _is_met_by_stating(rule: Rule[Any], leg: Leg) -> bool:
    if leg.step == Step.CALL_HEARING and rule.code in {"R-247", "R-248"}:
        return True
    if leg.takes_two and rule.code == "R-235":
        return True
    return rule.code in MET_BY_STATING
