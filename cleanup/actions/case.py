"""Verbs of a case: open it with a treatment, hand it over, close it when the body has left by another way.

What is done in between is in `cleanup.actions.step`: every step of the procedure, up to the move that clears the body.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.utils import timezone

from cleanup import rules
from cleanup.actions.finding import locked
from cleanup.models import Case, CaseRound, Finding, Service
from cleanup.queries.criteria import still_met
from cleanup.queries.numbers import taken_by
from cleanup.queries.retold import DERIVED
from cleanup.queries.scope import is_exempt
from cleanup.queries.usual import treatment_facts
from cleanup.states import OUTCOME_OF, OUTCOME_OF_EXIT, PENALTIES, Treatment
from registry.actions import deadline
from registry.actions import organisation as organisation_actions
from registry.actions.ledger import record, snapshot
from registry.models import Subject
from registry.queries.deadlines import running_of
from registry.queries.retold import row_told
from registry.rules import ASSIGN, ENFORCE, MoveFacts
from registry.states import EXISTING, ExitKind, State, SubjectKind

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import date

    from registry.models import Event, Organisation, User


DUE = "case.treatment"
"""The kind of the deadline the bureau gives itself for the whole case."""


@transaction.atomic
def open_case(
    *,
    finding_id: int,
    treatment: str,
    officer: User,
    by: User,
    on: date,
    due_on: date | None = None,
    document_no: str = "",
) -> Case:
    """Open a case on a confirmed finding; only treatments lawful for kind, charity and criteria are accepted.

    ``due_on`` is the last day the bureau gives itself to dispose of the body, if it names one: a deadline as any other.
    Raises `Refused`, or `OpenedMeanwhile` when the finding has its case already.
    """
    organisation, finding = locked(finding_id)
    if present := Case.objects.filter(finding=finding).select_related("officer").first():
        raise OpenedMeanwhile(present)
    known: dict[str, Any] = {"today": timezone.localdate(), "exempt": is_exempt(organisation.pk, on=on)}
    facts = treatment_facts(organisation, finding, treatment, due_on=due_on, **known)
    rules.require(rules.OPEN_CASE, facts, on=on)
    require_able(officer, treatment, on=on)
    rules.require(rules.NUMBER, rules.NumberFacts(number_taken_by=taken_by(document_no, organisation)), on=on)
    case = Case.objects.create(
        finding=finding,
        treatment=treatment,
        officer=officer,
        opened_on=on,
        document_no=document_no,
        next_step=next(iter(rules.TRACKS[Treatment(treatment)])),
    )
    CaseRound.objects.create(case=case, number=case.round, treatment=treatment, began_on=on)
    told: dict[str, Any] = {"case": {**case_told(case, finding), "officer": officer.pk}}
    if due_on is not None:
        how: dict[str, Any] = {"subject": subject(case), "kind": DUE, "on": on, "organisation": organisation}
        told[deadline.KEY] = [deadline.start(**how, fixed_on=due_on)]
    record(organisation, snapshot(organisation), verb="case.open", on=on, by=by, facts=told)
    return case


class OpenedMeanwhile(RuntimeError):
    """The finding has a case already; ``case`` is that one."""

    def __init__(self, case: Case) -> None:
        """Keep the present case, so that the screen can lead there."""
        self.case = case
        super().__init__(f"该线索已经立案，由“{case.officer}”承办")


class ReassignedMeanwhile(RuntimeError):
    """The case is no longer with the officer one saw; ``case`` is as it stands."""

    def __init__(self, case: Case) -> None:
        """Keep the present case, so that the screen can show it."""
        self.case = case
        super().__init__(f"该个案现由“{case.officer}”承办，请核对最新情况后再办理")


@transaction.atomic
def reassign_case(*, case_id: int, officer: User, seen_id: int, by: User, on: date, reason: str) -> Event:
    """Hand a case to another officer; ``seen_id`` is the officer who was seen to carry it.

    Raises `Refused`, or `ReassignedMeanwhile` when it is with somebody else by now.
    """
    organisation, finding, case = locked_case(case_id)
    if case.officer_id != seen_id:
        raise ReassignedMeanwhile(case)
    asked = MoveFacts(reason=reason, established_on=None, last_event_on=None, today=timezone.localdate())
    rules.require((rules.has_a_reason, rules.is_not_in_the_future), asked, on=on)
    facts = rules.HandoverFacts(opened_on=case.opened_on, officer=case.officer_id, successor=officer.pk)
    rules.require(rules.REASSIGN_CASE, facts, on=on)
    require_able(officer, case.treatment, on=on)
    names = {"from_name": case.officer.display_name, "officer_name": officer.display_name}
    case.officer = officer
    case.save(update_fields=["officer"])
    told = {**case_told(case, finding), "officer": officer.pk, "from": seen_id, **names}
    return record(
        organisation, snapshot(organisation), verb="case.reassign", on=on, by=by, reason=reason, facts={"case": told}
    )


def require_able(officer: User, treatment: str, *, on: date) -> None:
    """Raise `Refused` unless ``officer`` is in office and, for a penalty, holds a valid certificate on that day."""
    rules.require(ASSIGN, officer.as_assignee(), on=on)
    require_certificate(officer, treatment, on=on)


def require_certificate(officer: User, treatment: str, *, on: date) -> None:
    """Raise `Refused` where ``treatment`` is a penalty and ``officer`` has no certificate valid on that day."""
    if treatment in PENALTIES:
        rules.require(ENFORCE, officer.certificate(), on=on)


@transaction.atomic
def close_case(*, case_id: int, by: User, on: date, reason: str, **documents: Any) -> Event:
    """Close a case: the organisation makes the move of its treatment, and both stand in one event.

    ``documents`` are what that move asks for: ``resolution_on, consent_no, liquidation_report_on`` for 注销;
    ``decision_no, decided_on, served_on`` for 撤销 and 吊销; ``successor_id, resolution_on`` for 合并;
    ``cured={criterion: how}`` for 限期整改, whose facts are checked against the register. A body that has left the
    register meanwhile by another way closes the case with that outcome and without a move. Raises `Refused`.
    """
    organisation, finding, case = locked_case(case_id)
    if organisation.state == State.DEREGISTERED:
        return close_exited(case_id=case_id, by=by, on=on, reason=reason)
    rules.require((rules.is_not_worked_by_steps,), case.steps.count(), on=on)
    treatment = Treatment(case.treatment)
    entry = rules.EntryFacts(treatment=treatment, by=by.pk, officer=case.officer_id)
    rules.require((rules.penalty_is_entered_by_another,), entry, on=on)
    unmet = still_met(finding, on=on) if treatment == Treatment.RECTIFY else ""
    close(case, outcome=OUTCOME_OF[treatment], reason=reason, on=on, still_met=unmet)
    require_certificate(case.officer, treatment, on=on)
    told: dict[str, Any] = {"case": {**case_told(case, finding), "outcome": str(case.outcome)}}
    if running_of(subject(case), DUE) is not None:
        told[deadline.KEY] = [deadline.meet(subject=subject(case), kind=DUE, on=on)]
    common = {"organisation_id": organisation.pk, "by": by, "on": on, "reason": reason, "context": told}
    if treatment == Treatment.RECTIFY:
        return _rectified(organisation, finding, common, documents.get("cured", {}))
    return _MOVES[treatment](**common, **documents)


_MOVES: dict[Treatment, Callable[..., Event]] = {
    Treatment.CANCEL: organisation_actions.cancel,
    Treatment.REVOKE: organisation_actions.revoke,
    Treatment.REVOKE_LICENCE: organisation_actions.revoke_licence,
    Treatment.MERGE: organisation_actions.merge,
}


def _rectified(organisation: Organisation, finding: Finding, common: dict[str, Any], cured: dict[str, str]) -> Event:
    """Return a dormant body to work; one that was never marked dormant only gets the closing event."""
    if organisation.state == State.DORMANT:
        return organisation_actions.reactivate(**common, grounds=frozenset(finding.criteria), cured=cured)
    return _closed_only(organisation, common, cured=cured)


def _closed_only(organisation: Organisation, common: dict[str, Any], **more: Any) -> Event:
    """Append the closing event of a case that moves nothing on the register."""
    return record(
        organisation,
        snapshot(organisation),
        verb="case.close",
        on=common["on"],
        by=common["by"],
        reason=common["reason"],
        facts={**common["context"], **more},
    )


@transaction.atomic
def close_exited(*, case_id: int, by: User, on: date, reason: str) -> Event:
    """Close a case whose body has left the register by another way, which is then the outcome; raises `Refused`."""
    organisation, finding, case = locked_case(case_id)
    rules.require((rules.body_has_left,), organisation.state not in EXISTING, on=on)
    outcome = OUTCOME_OF_EXIT[ExitKind(organisation.exit_kind)]
    close(case, outcome=outcome, reason=reason, on=on, exited=True)
    told = {**case_told(case, finding), "outcome": str(case.outcome)}
    facts = {"case": told, deadline.KEY: end_clocks(case, on=on, by=by, reason=reason)}
    return record(organisation, snapshot(organisation), verb="case.close", on=on, by=by, reason=reason, facts=facts)


def close(
    case: Case,
    *,
    outcome: str,
    reason: str,
    on: date,
    still_met: str = "",
    exited: bool = False,
    dropped: str = "",
    follows: bool = False,
) -> None:
    """Dispose of the locked case and end its round; raises `Refused`."""
    facts = rules.ClosingFacts(
        treatment=case.treatment,
        outcome=outcome,
        opened_on=case.opened_on,
        today=timezone.localdate(),
        reason=reason,
        still_met=still_met,
        exited=exited,
        dropped=dropped,
    )
    case.close(facts=facts, on=on, follows=follows)
    case.next_step = ""
    case.save()
    CaseRound.objects.filter(case=case, number=case.round).update(outcome=case.outcome, closed_on=on)


def begin_round(case: Case, treatment: str, *, on: date) -> None:
    """Start the next round of the locked case; the end of the last one stays on its own row."""
    case.begin_anew(treatment=treatment)
    case.save()
    CaseRound.objects.create(case=case, number=case.round, treatment=treatment, began_on=on)


def locked_case(case_id: int) -> tuple[Organisation, Finding, Case]:
    """Return organisation, finding and case, locked in the order every action locks them; raises Case.DoesNotExist."""
    finding_id = Case.objects.values_list("finding_id", flat=True).get(pk=case_id)
    organisation, finding = locked(finding_id)
    case = Case.objects.select_for_update(of=("self",)).select_related("officer").get(pk=case_id)
    return organisation, finding, case


def end_clocks(case: Case, *, on: date, by: User, reason: str, but: str = "") -> list[dict[str, Any]]:
    """End whatever runs for the case and for the services under way in it, a deadline of the kind ``but`` left out."""
    under_way = Service.objects.filter(case=case, served_on=None, failed_on=None).order_by("pk")
    services = [Subject(SubjectKind.NOTICE, pk) for pk in under_way.values_list("pk", flat=True)]
    how: dict[str, Any] = {"on": on, "by": by, "reason": reason, "but": but}
    return [told for each in (subject(case), *services) for told in deadline.waive_all(subject=each, **how)]


def subject(case: Case) -> Subject:
    """Return the case as clocks, notes and assignments name it."""
    return Subject(SubjectKind.CASE, case.pk)


def case_told(case: Case, finding: Finding) -> dict[str, Any]:
    """Return what every event of a case tells of it, with the whole row as it then stands."""
    return {
        "row": row_told(case, but=DERIVED),
        "id": case.pk,
        "round": case.round,
        "campaign": finding.campaign.code,
        "criteria": finding.criteria,
        "treatment": str(case.treatment),
        "document_no": case.document_no,
    }
