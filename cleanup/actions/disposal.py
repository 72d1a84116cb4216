"""Steps that move more than the case: the body leaves, stays or comes back, the case stands still, begins anew or ends.

Each function takes a turn whose rules have held and whose clocks have moved, and returns its one event.
"""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

from django.utils import timezone

from cleanup import rules
from cleanup.actions.case import DUE, begin_round, close, require_able, subject
from cleanup.actions.reinstatement import reopen
from cleanup.actions.turn import noted
from cleanup.models import CaseRound
from cleanup.queries.criteria import still_met
from cleanup.queries.usual import treatment_facts
from cleanup.rules import Clock
from cleanup.states import OUTCOME_OF, OUTCOME_OF_EXIT, CaseOutcome, DropGround, Step, Treatment
from registry.actions import deadline
from registry.actions import organisation as organisation_actions
from registry.states import ExitKind, State

if TYPE_CHECKING:
    from cleanup.actions.turn import Turn
    from registry.models import Event


# --- clocks -----------------------------------------------------------------------------------------------------


def file(turn: Turn) -> Event:
    """立案: the case bears the number of its approval from now on."""
    turn.case.document_no = str(turn.entered["document_no"])
    return noted(turn)


def extend(turn: Turn) -> Event:
    """Give the decision more time, by what policy allows, once."""
    how: dict[str, Any] = {"subject": subject(turn.case), "on": turn.on, "by": turn.by, "document": turn.reason}
    turn.clocks.append(deadline.extend(**how, kind="case.decision"))
    return noted(turn)


def prolong(turn: Turn) -> Event:
    """Give the body more time to rectify, once."""
    turn.start(Clock(kind="rectification"), until=turn.entered["due_on"])
    return noted(turn)


def suspended(turn: Turn) -> Event:
    """中止: the clocks that law lets stand still do."""
    turn.case.suspend()
    for each in turn.progress.deadlines:
        if each.is_running and each.book.suspension and each.suspended_on is None:
            how: dict[str, Any] = {"subject": subject(turn.case), "kind": each.kind, "on": turn.on}
            turn.clocks.append(deadline.suspend(**how, reason=turn.reason))
    return noted(turn)


def resumed(turn: Turn) -> Event:
    """恢复: what stood still goes on."""
    turn.case.resume()
    for each in turn.progress.deadlines:
        if each.is_running and each.suspended_on is not None:
            turn.clocks.append(deadline.resume(subject=subject(turn.case), kind=each.kind, on=turn.on))
    return noted(turn)


# --- the body leaves ------------------------------------------------------------------------------------------------


def took_effect(turn: Turn, *, served_on: date) -> Event:
    """The decision has been served: the body loses its registration, what follows from it is still to be done."""
    decision = turn.progress.last(Step.DECIDE)
    assert decision is not None  # noqa: S101 - the rules have said so
    _settle(turn, follows=True)
    is_licence = turn.case.treatment == Treatment.REVOKE_LICENCE
    move = organisation_actions.revoke_licence if is_licence else organisation_actions.revoke
    return move(**turn.common(), decision_no=decision.document_no, decided_on=decision.on, served_on=served_on)


def cancelled(turn: Turn) -> Event:
    """准予注销: with the papers the earlier steps have brought."""
    resolution, consent, report = (turn.progress.last(step) for step in (Step.RESOLVE, Step.CONSENT, Step.LIQUIDATE))
    _settle(turn, follows=True)
    return organisation_actions.cancel(
        **turn.common(),
        resolution_on=_day(resolution, "resolution_on"),
        consent_no=consent.document_no if consent else "",
        liquidation_report_on=_day(report, "liquidation_report_on"),
    )


def merged(turn: Turn) -> Event:
    """合并 into the body that was agreed on."""
    agreed = turn.progress.last(Step.AGREE)
    _settle(turn, follows=True)
    return organisation_actions.merge(
        **turn.common(),
        successor_id=agreed.facts["successor"] if agreed else None,
        resolution_on=_day(agreed, "resolution_on"),
    )


def dissolved(turn: Turn) -> Event:
    """The liquidation after 撤销 or 吊销 is over: the legal person ends."""
    turn.case.save()
    report = turn.progress.last(Step.LIQUIDATE)
    return organisation_actions.conclude_liquidation(
        **turn.common(), liquidation_report_on=_day(report, "liquidation_report_on")
    )


def archived(turn: Turn) -> Event:
    """结案: nothing is left to do."""
    turn.case.archive(on=turn.on)
    turn.end_clocks("结案")
    return noted(turn)


# --- the body stays, or comes back --------------------------------------------------------------------------------


def rectified(turn: Turn) -> Event:
    """整改验收合格: the register sees every criterion cured, a dormant body returns to work."""
    _settle(turn, still_met=still_met(turn.progress.finding, on=turn.on))
    return _returned(turn, turn.entered["cured"])


def dropped(turn: Turn) -> Event:
    """撤案: the body has complied meanwhile, or there was nothing in it, and then the finding goes too."""
    finding, ground = turn.progress.finding, DropGround(turn.entered["ground"])
    if ground == DropGround.COMPLIED:
        _settle(turn, dropped=ground, outcome=CaseOutcome.RECTIFIED, still_met=still_met(finding, on=turn.on))
        return _returned(turn, turn.entered.get("cured") or {})
    _settle(turn, dropped=ground, outcome=CaseOutcome.DROPPED)
    finding.drop(on=turn.on)
    finding.decided_by, finding.reason = turn.by, turn.reason
    finding.save(update_fields=["state", "ended_on", "decided_by", "reason"])
    return _returned(turn, dict.fromkeys(finding.criteria, turn.reason))


def _returned(turn: Turn, cured: dict[str, str]) -> Event:
    """Return a dormant body to work; one that was never marked dormant only gets the event of the step."""
    if turn.progress.organisation.state != State.DORMANT:
        turn.more["cured"] = cured
        return noted(turn)
    grounds = frozenset(turn.progress.finding.criteria)
    return organisation_actions.reactivate(**turn.common(), grounds=grounds, cured=cured)


def annulled(turn: Turn) -> Event:
    """The decision was annulled (复议, 诉讼): a body that left by it comes back, and the case begins anew.

    A body that has left by another way meanwhile stays where it is, and so does its case.
    """
    case, body = turn.case, turn.progress.organisation
    was_published, proposal = Step.PUBLISH in turn.progress.done, turn.progress.last(Step.PROPOSE_ANNUL)
    assert proposal is not None  # noqa: S101 - the rules have said so
    turn.end_clocks("处罚决定被撤销")
    if was_published:
        turn.start(Clock(kind="penalty.withdrawal"))
    if body.state != State.DEREGISTERED:
        begin_round(case, case.treatment, on=turn.on)
        return noted(turn)
    if Step.TAKE_EFFECT not in turn.progress.done or OUTCOME_OF_EXIT[ExitKind(body.exit_kind)] != case.outcome:
        return noted(turn)
    CaseRound.objects.filter(case=case, number=case.round).update(undone_on=turn.on)
    begin_round(case, case.treatment, on=turn.on)
    how: dict[str, Any] = {"document_no": proposal.document_no, "proposed_by": proposal.by}
    event = organisation_actions.reinstate(**turn.common(), **how)
    reopen(body.pk, by=turn.by, on=turn.on, reason=turn.reason, but=[case.pk])
    return event


# --- another treatment ------------------------------------------------------------------------------------------------


def switched(turn: Turn) -> Event:
    """Begin anew with another treatment, which must be lawful for the body, and its officer able to carry it."""
    treatment, finding = turn.entered["treatment"], turn.progress.finding
    facts = treatment_facts(turn.progress.organisation, finding, treatment, today=timezone.localdate())
    rules.require(rules.TREAT, facts, on=turn.on)
    require_able(turn.case.officer, treatment, on=turn.on)
    turn.end_clocks("变更处置方式", but=DUE)
    turn.more["from"] = str(turn.case.treatment)
    begin_round(turn.case, treatment, on=turn.on)
    return noted(turn)


# --- what they share --------------------------------------------------------------------------------------------------


def _settle(turn: Turn, *, outcome: str = "", **how: Any) -> None:
    """Dispose of the body: the case ends its round with the outcome of its treatment unless another is named."""
    outcome = outcome or OUTCOME_OF[Treatment(turn.case.treatment)]
    close(turn.case, outcome=outcome, reason=turn.reason, on=turn.on, **how)
    turn.more["outcome"] = str(outcome)
    turn.meet(DUE)
    if not how.get("follows"):
        turn.end_clocks("办结")


def _day(step: Any, name: str) -> date | None:
    return date.fromisoformat(step.facts[name]) if step else None
