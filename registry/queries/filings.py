"""Applications as they stand: when their clock starts, what may be done next and why not."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from registry import rules
from registry.models import Filing
from registry.queries import filing_facts
from registry.queries.deadlines import latest_of, running_of
from registry.states import FilingKind, FilingState

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import date

    from registry.models import User
    from registry.rulebook import Rule


UNDER_DECISION = (FilingState.ACCEPTED, FilingState.REVIEWED)
"""States in which the time for the decision runs."""


def decision_clock_starts(filing: Filing, *, accepted_on: date) -> date:
    """Return the day from which the time for the decision runs, for an application accepted on that day.

    成立: receipt of all documents. 变更, 注销: acceptance; where nobody said in time what was missing, the application
    counts as accepted on the day its documents were received (行政许可法 32).
    """
    received_on = filing.submitted_on or accepted_on
    notice = latest_of(filing.subject, "filing.notice")
    deemed = notice is not None and accepted_on > notice.due_on
    return received_on if deemed or filing.kind == FilingKind.ESTABLISH else accepted_on


@dataclass(frozen=True, slots=True)
class Step:
    """A step an application may take next: open, or closed by rules the record breaks now.

    ``asks`` are the rules the officer's own entries answer, shown beside the form.
    """

    verb: str
    broken: tuple[Rule[Any], ...]
    asks: tuple[Rule[Any], ...]

    @property
    def is_open(self) -> bool:
        """Tell whether nothing on the record stands against it."""
        return not self.broken


ENTERED = frozenset(
    each.code
    for each in (
        rules.says_all_that_is_missing,
        rules.refusal_has_a_reason,
        rules.opinion_is_written,
        rules.change_has_a_reason,
        rules.decision_is_in_writing,
        rules.denial_has_reasons,
        rules.code_is_fit,
        rules.withdrawal_has_a_reason,
    )
)
"""Rules about what the form beside the button asks for; the others the record answers already."""

GUARDS: dict[str, tuple[Rule[Any], ...]] = {
    "submit": rules.SUBMIT_FILING,
    "accept": rules.ACCEPT_FILING,
    "return_for_completion": rules.RETURN_FOR_COMPLETION_FILING,
    "refuse_acceptance": rules.REFUSE_ACCEPTANCE_FILING,
    "review": rules.REVIEW_FILING,
    "extend": (*rules.EXTEND_FILING, *rules.EXTEND_DEADLINE),
    "approve": rules.APPROVE_FILING,
    "deny": rules.DENY_FILING,
    "withdraw": rules.WITHDRAW_FILING,
}
"""Which rules guard which step, in the order of the desk."""


def steps(filing: Filing, *, by: User, on: date) -> list[Step]:
    """Return the steps open to the application's state, each with what ``by`` would be refused for on that day."""
    allowed = {each.name for each in Filing.state.field.get_all_transitions(Filing) if each.source == filing.state}
    if filing.state in UNDER_DECISION and filing.kind != FilingKind.ESTABLISH:
        allowed.add("extend")
    return [_step(verb, filing, by, on) for verb in GUARDS if verb in allowed]


def _step(verb: str, filing: Filing, by: User, on: date) -> Step:
    asks = tuple(each for each in GUARDS[verb] if each.code in ENTERED)
    return Step(verb, tuple(each for each in _broken(verb, filing, by, on) if each.code not in ENTERED), asks)


def _broken(verb: str, filing: Filing, by: User, on: date) -> Iterator[Rule[Any]]:
    if verb == "extend":
        yield from _closed_to_extension(filing, on)
        return
    yield from rules.broken(GUARDS[verb], _facts(verb, filing, by, on), on=on)
    if verb == "approve" and filing.kind == FilingKind.CANCEL:
        yield from rules.broken(rules.CANCEL, filing_facts.cancellation(filing), on=on)
    if verb == "approve" and filing.kind == FilingKind.AMEND:
        yield from rules.broken((rules.changes_something,), filing_facts.submission(filing, today=on), on=on)


def _closed_to_extension(filing: Filing, on: date) -> Iterator[Rule[Any]]:
    yield from rules.broken(rules.EXTEND_FILING, filing_facts.extension(filing, today=on), on=on)
    deadline = running_of(filing.subject, filing.decision_clock)
    if deadline is not None:
        yield from rules.broken(rules.EXTEND_DEADLINE, deadline.facts(), on=on)


def _facts(verb: str, filing: Filing, by: User, on: date) -> Any:
    if verb == "submit":
        return filing_facts.submission(filing, today=on)
    if verb in {"accept", "return_for_completion", "refuse_acceptance"}:
        return filing_facts.intake(filing, today=on)
    if verb == "review":
        return filing_facts.review(filing, by=by, today=on)
    if verb == "withdraw":
        return filing_facts.withdrawal(filing, today=on)
    return filing_facts.decision(filing, by=by, today=on)
