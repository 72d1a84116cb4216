"""Applications as they stand: open ones with their clocks, and what may be done next and why not."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.db.models import BooleanField, Case, F, Value, When

from registry import rules
from registry.calendar import Due, add_days, add_working_days
from registry.models import Filing
from registry.queries import filing_facts
from registry.queries.filing_documents import notice_due
from registry.queries.law import policy, value
from registry.states import PENDING_FILING, FilingKind, FilingState

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import date

    from django.db.models import QuerySet

    from registry.models import Organisation, User
    from registry.rulebook import Rule


def open_filings(*, on: date) -> QuerySet[Filing, Any]:
    """Return the applications received and not decided, the most urgent first; ``overdue`` is as of ``on``."""
    overdue = Case(When(due_on__lt=on, then=Value(value=True)), default=Value(value=False), output_field=BooleanField())
    return (
        Filing.objects.filter(state__in=PENDING_FILING)
        .annotate(overdue=overdue)
        .select_related("organisation", "handler", "reviewer", "drafted_by")
        .order_by(F("due_on").asc(nulls_last=True), "submitted_on", "pk")
    )


def pending_filing(organisation: Organisation) -> Filing | None:
    """Return the application of ``organisation`` received and not decided; there is at most one."""
    return Filing.objects.filter(organisation=organisation, state__in=PENDING_FILING).first()


@dataclass(frozen=True, slots=True)
class Clock:
    """The time for a decision: from which day, until when, on what basis."""

    starts_on: date
    due: Due
    basis: str


def clock(filing: Filing, *, accepted_on: date) -> Clock:
    """Return the clock of an application accepted on that day.

    成立: days from receipt of all documents. 变更, 注销: working days from acceptance; where nobody said in time what
    was missing, the application counts as accepted on the day its documents were received (行政许可法 32).
    """
    received_on = filing.submitted_on or accepted_on
    if filing.kind == FilingKind.ESTABLISH:
        days = policy("filing.establishment_days", on=accepted_on, kind=filing.body_kind)
        return Clock(received_on, add_days(received_on, days.value), days.basis)
    days = policy("filing.decision_days", on=accepted_on)
    notice = notice_due(filing)
    starts_on = received_on if notice and accepted_on > notice.on else accepted_on
    return Clock(starts_on, add_working_days(starts_on, days.value), days.basis)


def due_if_extended(filing: Filing, *, on: date) -> Due:
    """Return when an accepted application would be due after an extension decided on that day."""
    due = add_working_days(filing.due_on or on, value("filing.decision_extension_days", on=on))
    return Due(due.on, due.provisional or filing.due_provisional)


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
        rules.extension_has_a_reason,
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
    "extend": rules.EXTEND_FILING,
    "approve": rules.APPROVE_FILING,
    "deny": rules.DENY_FILING,
    "withdraw": rules.WITHDRAW_FILING,
}
"""Which rules guard which step, in the order of the desk."""


def steps(filing: Filing, *, by: User, on: date) -> list[Step]:
    """Return the steps open to the application's state, each with what ``by`` would be refused for on that day."""
    allowed = {each.name for each in Filing.state.field.get_all_transitions(Filing) if each.source == filing.state}
    if filing.state in {FilingState.ACCEPTED, FilingState.REVIEWED} and filing.kind != FilingKind.ESTABLISH:
        allowed.add("extend")
    return [_step(verb, filing, by, on) for verb in GUARDS if verb in allowed]


def _step(verb: str, filing: Filing, by: User, on: date) -> Step:
    asks = tuple(each for each in GUARDS[verb] if each.code in ENTERED)
    return Step(verb, tuple(each for each in _broken(verb, filing, by, on) if each.code not in ENTERED), asks)


def _broken(verb: str, filing: Filing, by: User, on: date) -> Iterator[Rule[Any]]:
    yield from rules.broken(GUARDS[verb], _facts(verb, filing, by, on), on=on)
    if verb == "approve" and filing.kind == FilingKind.CANCEL:
        yield from rules.broken(rules.CANCEL, filing_facts.cancellation(filing), on=on)
    if verb == "approve" and filing.kind == FilingKind.AMEND:
        yield from rules.broken((rules.changes_something,), filing_facts.submission(filing, today=on), on=on)


def _facts(verb: str, filing: Filing, by: User, on: date) -> Any:
    if verb == "submit":
        return filing_facts.submission(filing, today=on)
    if verb in {"accept", "return_for_completion", "refuse_acceptance"}:
        return filing_facts.intake(filing, today=on)
    if verb == "review":
        return filing_facts.review(filing, by=by, today=on)
    if verb == "extend":
        return filing_facts.extension(filing, today=on)
    if verb == "withdraw":
        return filing_facts.withdrawal(filing, today=on)
    return filing_facts.decision(filing, by=by, today=on)
