"""One deed in a case: who does what on which day, which clocks it moves, and what its event and its row tell."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any

from cleanup.actions.case import case_told, end_clocks, subject
from cleanup.models import CaseStep
from cleanup.rules.leg import What
from registry.actions import deadline
from registry.actions.ledger import record, snapshot
from registry.ledger import plain
from registry.models import Organisation, User
from registry.queries.deadlines import latest_of, running_of

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date

    from cleanup.models import Case
    from cleanup.queries.progress import Hand, Progress
    from cleanup.rules import Clock, Leg
    from registry.models import Event


@dataclass(kw_only=True)
class Turn:
    """A step that may be taken and is about to be; ``clocks`` gathers what its event tells of deadlines.

    ``number`` is the round it belongs to, even where it begins the next one.
    """

    progress: Progress
    leg: Leg
    hand: Hand
    on: date
    entered: Mapping[str, Any]
    number: int
    clocks: list[dict[str, Any]] = field(default_factory=list)
    more: dict[str, Any] = field(default_factory=dict)

    @property
    def case(self) -> Case:
        """Return the case."""
        return self.progress.case

    @property
    def by(self) -> User:
        """Return who enters the step."""
        return self.hand.by

    @property
    def reason(self) -> str:
        """Return why, as far as the step asks for a reason."""
        return str(self.entered.get("reason") or "")

    def stated(self) -> dict[str, Any]:
        """Return what was stated, as the ledger writes it."""
        told = {name: plain(self.entered[name]) for name in self.leg.names if self.entered.get(name) not in (None, "")}
        for name in (each.name for each in self.leg.asks if each.what == What.BODY and each.name in told):
            told[f"{name}_name"] = Organisation.objects.values_list("name", flat=True).get(pk=told[name])
        return told

    def facts(self) -> dict[str, Any]:
        """Return what the event tells: the case, the step with what was stated, the deadlines it moved."""
        told = {**case_told(self.case, self.progress.finding), "round": self.number, "step": str(self.leg.step)}
        told |= {**self.stated(), **self.more}
        told["taken"] = {**self.taken(), "stated": sorted(self.stated())}
        return {"case": told, "people": self.people, **({deadline.KEY: self.clocks} if self.clocks else {})}

    def taken(self) -> dict[str, Any]:
        """Return the columns of the step's row that follow from neither the event nor what was stated."""
        earlier = self.progress.steps
        turns = (each.turn for each in earlier if each.round == self.number and each.step == self.leg.step)
        columns = {
            "seq": len(earlier) + 1,
            "turn": max(turns, default=0) + 1,
            "second_id": self.hand.second and self.hand.second.pk,
            "document_no": str(self.entered.get("document_no") or ""),
        }
        return {name: value for name, value in columns.items() if value}

    def common(self) -> dict[str, Any]:
        """Return what a move of the register takes, with the case as its context."""
        how: dict[str, Any] = {"organisation_id": self.progress.organisation.pk, "by": self.by, "on": self.on}
        return {**how, "reason": self.reason, "context": self.facts()}

    # --- clocks ----------------------------------------------------------------------------------------

    def move_clocks(self) -> None:
        """Meet what the step fulfils and start what it sets running."""
        self.meet(*self.leg.meets)
        for clock in self.leg.starts:
            self.start(clock, since=self.entered.get(clock.since) if clock.since else None)

    def meet(self, *kinds: str) -> None:
        """Say of the given kinds of deadlines, as far as they run, that what was due is done."""
        for kind in kinds:
            if running_of(subject(self.case), kind) is not None:
                self.clocks.append(deadline.meet(subject=subject(self.case), kind=kind, on=self.on))

    def start(self, clock: Clock, *, since: date | None = None, until: date | None = None) -> None:
        """Start a deadline, or count it anew where the step is taken again."""
        of: dict[str, Any] = {"subject": subject(self.case), "kind": clock.kind, "on": self.on}
        if running_of(subject(self.case), clock.kind) is not None:
            self.clocks.append(deadline.move(**of, starts_on=since or self.on, fixed_on=until))
            return
        body = self.progress.organisation
        earlier = latest_of(subject(self.case), clock.kind) if clock.goes_on else None
        pauses: list[list[str]] = []
        if earlier is not None and earlier.met_on is None:
            since, pauses = earlier.starts_on, earlier.pauses
        how: dict[str, Any] = {"starts_on": since, "fixed_on": until, "pauses": pauses}
        self.clocks.append(deadline.start(**of, organisation=body, **how))

    def end_clocks(self, why: str, *, but: str = "") -> None:
        """End whatever runs for the case and its services, a deadline of the kind ``but`` left out."""
        self.clocks += end_clocks(self.case, on=self.on, by=self.by, reason=why, but=but)

    # --- people ------------------------------------------------------------------------------------------

    @cached_property
    def people(self) -> list[dict[str, Any]]:
        """Return who acts and who is named, with their certificates as they stand on the day."""
        named = [each.name for each in self.leg.asks if each.what == What.PERSON and self.entered.get(each.name)]
        found = User.objects.in_bulk([self.entered[name] for name in named])
        acting = [("by", self.by), *((name, found[self.entered[name]]) for name in named)]
        return [_person(name, who) for name, who in acting]


def _person(name: str, who: User) -> dict[str, Any]:
    until = who.certificate_until
    return {
        "as": name,
        "id": who.pk,
        "name": str(who),
        "certificate_no": who.certificate_no,
        "certificate_until": until and until.isoformat(),
    }


def noted(turn: Turn) -> Event:
    """Save the case and append the event of a step that moves nothing else."""
    turn.case.save()
    body = turn.progress.organisation
    return record(
        body,
        snapshot(body),
        verb=f"case.{turn.leg.step}",
        on=turn.on,
        by=turn.by,
        reason=turn.reason,
        basis=turn.leg.basis,
        facts=turn.facts(),
    )


def kept(turn: Turn, event: Event) -> CaseStep:
    """Add the row of the step that ``event`` tells of."""
    step = CaseStep.objects.create(
        case=turn.case,
        round=turn.number,
        step=turn.leg.step,
        on=turn.on,
        by=turn.by,
        facts=turn.stated(),
        people=turn.people,
        event=event,
        **turn.taken(),
    )
    turn.progress.steps.append(step)
    turn.case.next_step = turn.progress.next_step or ""
    turn.case.save(update_fields=["next_step"])
    return step
