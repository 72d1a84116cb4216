"""The verb of a case's procedure: take a step. Some steps move more than the case; each leaves exactly one event."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db import transaction

from cleanup import rules
from cleanup.actions import disposal
from cleanup.actions.case import locked_case
from cleanup.actions.turn import Turn, kept, noted
from cleanup.queries.progress import NOTHING, Hand, read, step_facts
from cleanup.states import Step
from registry.models import User

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from datetime import date

    from cleanup.models import CaseStep
    from registry.models import Event


@transaction.atomic
def take(*, case_id: int, step: str, by: User, on: date, entered: Mapping[str, Any] = NOTHING) -> CaseStep:
    """Take a step of the case's procedure.

    ``entered`` holds what the step asks for (`cleanup.rules.track`): days as dates, persons and bodies by their number,
    everything else as text or truth. Raises `Refused` with every rule that stands against it, and what the register
    raises where a step moves the body.
    """
    organisation, finding, case = locked_case(case_id)
    entered = {name: value for name, value in entered.items() if value not in (None, "")}
    progress = read(case, finding, organisation)
    leg = rules.leg_of(case.treatment, step)
    hand = Hand(by=by, second=_second(entered))
    known = None if leg is None or leg.by_itself else leg
    case.take(facts=step_facts(progress, known, hand, on=on, entered=entered), on=on)
    assert known is not None  # noqa: S101 - the rules have said so
    turn = Turn(progress=progress, leg=known, hand=hand, on=on, entered=entered, number=case.round)
    turn.move_clocks()
    event = EFFECTS.get(Step(step), noted)(turn)
    return kept(turn, event)


def _second(entered: Mapping[str, Any]) -> User | None:
    return User.objects.filter(pk=entered["second"]).first() if entered.get("second") else None


EFFECTS: dict[Step, Callable[[Turn], Event]] = {
    Step.FILE: disposal.file,
    Step.EXTEND: disposal.extend,
    Step.PROLONG: disposal.prolong,
    Step.PASS: disposal.rectified,
    Step.FAIL: disposal.switched,
    Step.SWITCH: disposal.switched,
    Step.CANCEL: disposal.cancelled,
    Step.MERGE: disposal.merged,
    Step.DISSOLVE: disposal.dissolved,
    Step.ANNUL: disposal.annulled,
    Step.SUSPEND: disposal.suspended,
    Step.RESUME: disposal.resumed,
    Step.DROP: disposal.dropped,
    Step.ARCHIVE: disposal.archived,
}
"""Steps that do more than to be noted."""
