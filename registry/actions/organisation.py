"""Verbs of the organisation: enter, correct, hold, and the moves of the lifecycle.

Every verb locks the row, gathers facts, lets the transition check its rules, saves and appends exactly one event, in
one transaction. It raises `Refused` (a rule), `TransitionNotAllowed` (the move does not start from this state) or
`Stale` (somebody saved first) and then nothing has changed. ``context`` is what a caller of a higher layer adds to the
event, such as the case that led here.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db import transaction

from registry import rules
from registry.actions import body_clocks
from registry.actions.ledger import Stale as Stale  # noqa: PLC0414 - whoever amends catches it from here
from registry.actions.ledger import lock, opening, record, snapshot
from registry.models import Event, Filing, FormerName, Organisation
from registry.queries.amendments import amendment
from registry.queries.moves import move_facts, undone
from registry.states import EXISTING, PENDING_FILING, FilingKind, State

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from datetime import date

    from django.db.models import QuerySet

    from registry.models import User
    from registry.rulebook import Rule

    Step = Callable[[Organisation], None]

NO_CONTEXT: Mapping[str, Any] = {}


@transaction.atomic
def register(
    *, by: User, on: date, reason: str, source: Mapping[str, Any] = NO_CONTEXT, **columns: Any
) -> Organisation:
    """Enter an organisation in the register; raises IntegrityError when the code is taken."""
    organisation = Organisation(**columns)
    event = opening(organisation, on=on, by=by, reason=reason, facts=source)
    organisation.save(force_insert=True)
    event.organisation = organisation
    event.save(force_insert=True)
    return organisation


@transaction.atomic
def amend(
    *,
    organisation_id: int,
    changes: Mapping[str, Any],
    by: User,
    on: date,
    reason: str,
    version: int | None = None,
    source: Mapping[str, Any] = NO_CONTEXT,
) -> Event | None:
    """Correct facts; the event lists them, a former name is kept. Return None when nothing differs; raise `Refused`."""
    organisation = lock(organisation_id, version=version)
    rules.require((rules.has_a_reason, rules.is_not_in_the_future), move_facts(None, reason), on=on)
    rules.require(rules.AMEND, amendment(organisation, changes), on=on)
    before = snapshot(organisation)
    for name, value in changes.items():
        setattr(organisation, name, value)
    if snapshot(organisation) == before:
        return None
    if before["name"] != organisation.name:
        FormerName.objects.create(organisation=organisation, name=before["name"], until=on)
    return record(organisation, before, verb="organisation.amend", on=on, by=by, reason=reason, facts=source)


@transaction.atomic
def hold(*, organisation_id: int, by: User, on: date, reason: str) -> Event:
    """Keep the body out of sweeps and moves until released, for a stated reason."""
    organisation = lock(organisation_id)
    facts = rules.HoldFacts(existing=organisation.state in EXISTING, held=organisation.held_on is not None)
    rules.require((rules.has_a_reason, rules.is_not_in_the_future), move_facts(None, reason), on=on)
    rules.require(rules.HOLD, facts, on=on)
    rules.require(rules.RECORD_EVIDENCE, rules.EvidenceFacts(established_on=organisation.established_on), on=on)
    before = snapshot(organisation)
    organisation.held_on, organisation.hold_reason = on, reason
    return record(organisation, before, verb="organisation.hold", on=on, by=by, reason=reason)


@transaction.atomic
def release(*, organisation_id: int, by: User, on: date, reason: str) -> Event:
    """End a hold."""
    organisation = lock(organisation_id)
    facts = rules.HoldFacts(existing=organisation.state in EXISTING, held=organisation.held_on is not None)
    rules.require((rules.has_a_reason, rules.is_not_in_the_future), move_facts(None, reason), on=on)
    rules.require(rules.RELEASE, facts, on=on)
    before = snapshot(organisation)
    organisation.held_on, organisation.hold_reason = None, ""
    return record(organisation, before, verb="organisation.release", on=on, by=by, reason=reason)


def mark_dormant(
    *,
    organisation_id: int,
    by: User,
    on: date,
    reason: str,
    confirmed_finding: bool = False,
    campaign_running: bool = False,
    reviewer_reason: str = "",
    context: Mapping[str, Any] = NO_CONTEXT,
) -> Event:
    """Confirm an organisation as a zombie."""

    def step(organisation: Organisation) -> None:
        facts = rules.DormancyFacts(
            on_hold=organisation.held_on is not None,
            confirmed_finding=confirmed_finding,
            campaign_running=campaign_running,
            reviewer_reason=reviewer_reason,
        )
        organisation.mark_dormant(facts=facts, on=on)

    return _move(organisation_id, "mark_dormant", step, by=by, on=on, reason=reason, context=context)


def reactivate(
    *,
    organisation_id: int,
    by: User,
    on: date,
    reason: str,
    grounds: frozenset[str],
    cured: dict[str, str],
    context: Mapping[str, Any] = NO_CONTEXT,
) -> Event:
    """Return a dormant organisation to work; ``cured`` says for each ground how it was cured."""

    def step(organisation: Organisation) -> None:
        organisation.reactivate(facts=rules.ReactivationFacts(grounds=grounds, cured=cured), on=on)

    told = {**context, "cured": cured}
    return _move(organisation_id, "reactivate", step, by=by, on=on, reason=reason, context=told)


def complete_decoupling(
    *,
    organisation_id: int,
    by: User,
    on: date,
    reason: str,
    facts: rules.DecouplingFacts,
    changes: Mapping[str, Any] = NO_CONTEXT,
    context: Mapping[str, Any] = NO_CONTEXT,
) -> Event:
    """Finish an association's separation from government; the former supervising unit stays in the event.

    ``changes`` are columns that change by the same decision, such as the body that now leads Party work.
    """

    def step(organisation: Organisation) -> None:
        for name, value in changes.items():
            setattr(organisation, name, value)
        organisation.complete_decoupling(facts=facts, on=on)

    return _move(organisation_id, "complete_decoupling", step, by=by, on=on, reason=reason, context=context)


def void_decoupling(
    *,
    organisation_id: int,
    by: User,
    proposed_by_id: int,
    on: date,
    reason: str,
    document_no: str,
    event_seq: int,
    context: Mapping[str, Any] = NO_CONTEXT,
) -> Event:
    """Undo a decoupling that was accepted wrongly; ``event_seq`` is the event that entered it.

    Columns it changed get back what they held, unless somebody has changed them again since.
    """

    def step(organisation: Organisation) -> None:
        facts = rules.VoidFacts(
            was_decoupled=organisation.decoupled_on is not None,
            document_no=document_no,
            officers=frozenset({by.pk, proposed_by_id}),
        )
        moved_on = organisation.decoupled_on is not None and organisation.state != State.DECOUPLED
        (organisation.forget_decoupling if moved_on else organisation.void_decoupling)(facts=facts, on=on)
        for name, value in undone(organisation, event_seq).items():
            setattr(organisation, name, value)

    told = {**context, "document_no": document_no}
    return _move(organisation_id, "void_decoupling", step, by=by, on=on, reason=reason, context=told)


def cancel(
    *,
    organisation_id: int,
    by: User,
    on: date,
    reason: str,
    resolution_on: date | None,
    consent_no: str,
    liquidation_report_on: date | None,
    context: Mapping[str, Any] = NO_CONTEXT,
) -> Event:
    """注销 an organisation at its own request."""

    def step(organisation: Organisation) -> None:
        facts = rules.CancellationFacts(
            resolution_on=resolution_on,
            has_supervising_unit=organisation.supervising_unit_id is not None,
            consent_no=consent_no,
            liquidation_report_on=liquidation_report_on,
            pending=_pending(organisation).exclude(kind=FilingKind.CANCEL).count(),
        )
        organisation.cancel(facts=facts, on=on)

    documents = {
        "resolution_on": resolution_on and resolution_on.isoformat(),
        "consent_no": consent_no,
        "liquidation_report_on": liquidation_report_on and liquidation_report_on.isoformat(),
    }
    told = {**context, "documents": documents}
    return _move(organisation_id, "cancel", step, by=by, on=on, reason=reason, context=told)


def revoke(
    *,
    organisation_id: int,
    by: User,
    on: date,
    reason: str,
    decision_no: str,
    decided_on: date | None,
    served_on: date | None,
    context: Mapping[str, Any] = NO_CONTEXT,
) -> Event:
    """撤销登记 by a penalty decision that was made and served."""
    decision = (decision_no, decided_on, served_on)
    return _penalise(organisation_id, "revoke", decision, by=by, on=on, reason=reason, context=context)


def revoke_licence(
    *,
    organisation_id: int,
    by: User,
    on: date,
    reason: str,
    decision_no: str,
    decided_on: date | None,
    served_on: date | None,
    context: Mapping[str, Any] = NO_CONTEXT,
) -> Event:
    """吊销登记证书 of a charity by a penalty decision that was made and served."""
    decision = (decision_no, decided_on, served_on)
    return _penalise(organisation_id, "revoke_licence", decision, by=by, on=on, reason=reason, context=context)


def merge(
    *,
    organisation_id: int,
    by: User,
    on: date,
    reason: str,
    successor_id: int | None,
    resolution_on: date | None,
    context: Mapping[str, Any] = NO_CONTEXT,
) -> Event:
    """合并 an organisation into another one on the register."""

    def step(organisation: Organisation) -> None:
        successor = Organisation.objects.existing().filter(pk=successor_id).first() if successor_id else None
        facts = rules.MergerFacts(
            successor_exists=successor is not None,
            successor_is_itself=successor_id == organisation.pk,
            same_kind=successor is not None and successor.kind == organisation.kind,
            resolution_on=resolution_on,
            pending=_pending(organisation).count(),
        )
        organisation.merge(facts=facts, successor=successor, on=on)

    told = {**context, "documents": {"resolution_on": resolution_on and resolution_on.isoformat()}}
    return _move(organisation_id, "merge", step, by=by, on=on, reason=reason, context=told)


def reinstate(
    *,
    organisation_id: int,
    by: User,
    proposed_by: User,
    on: date,
    reason: str,
    document_no: str,
    context: Mapping[str, Any] = NO_CONTEXT,
) -> Event:
    """Undo an exit: decision annulled (复议/诉讼) or entered in error; two different officers, one document."""

    def step(organisation: Organisation) -> None:
        officers = frozenset({by.pk, proposed_by.pk})
        facts = rules.ReinstatementFacts(ground=reason, document_no=document_no, officers=officers)
        organisation.reinstate(facts=facts, on=on)

    told = {**context, "document_no": document_no, "proposed_by": proposed_by.pk}
    return _move(organisation_id, "reinstate", step, by=by, on=on, reason=reason, context=told)


@transaction.atomic
def conclude_liquidation(
    *,
    organisation_id: int,
    by: User,
    on: date,
    reason: str,
    liquidation_report_on: date | None,
    context: Mapping[str, Any] = NO_CONTEXT,
) -> Event:
    """Record the 注销 that follows 撤销 or 吊销 once liquidation is done; only now the legal person ends."""
    organisation = lock(organisation_id)
    before = snapshot(organisation)
    facts = rules.LiquidationFacts(
        is_revoked_not_cancelled=organisation.is_revoked_not_cancelled,
        deregistered_on=organisation.deregistered_on,
        liquidation_report_on=liquidation_report_on,
    )
    rules.require((rules.has_a_reason,), move_facts(organisation, reason), on=on)
    rules.require(rules.CONCLUDE_LIQUIDATION, facts, on=on)
    organisation.cancelled_on = on
    documents = {"liquidation_report_on": liquidation_report_on and liquidation_report_on.isoformat()}
    told = {**context, "documents": documents}
    return record(
        organisation, before, verb="organisation.conclude_liquidation", on=on, by=by, reason=reason, facts=told
    )


def _penalise(
    organisation_id: int,
    verb: str,
    decision: tuple[str, date | None, date | None],
    *,
    by: User,
    on: date,
    reason: str,
    context: Mapping[str, Any],
) -> Event:
    decision_no, decided_on, served_on = decision

    def step(organisation: Organisation) -> None:
        facts = rules.PenaltyFacts(
            decision_no=decision_no, decided_on=decided_on, served_on=served_on, is_charity=organisation.is_charity
        )
        getattr(organisation, verb)(facts=facts, on=on)

    documents = {
        "decision_no": decision_no,
        "decided_on": decided_on and decided_on.isoformat(),
        "served_on": served_on and served_on.isoformat(),
    }
    return _move(organisation_id, verb, step, by=by, on=on, reason=reason, context={**context, "documents": documents})


def _pending(organisation: Organisation) -> QuerySet[Filing]:
    return Filing.objects.filter(organisation=organisation, state__in=PENDING_FILING)


@transaction.atomic
def _move(
    organisation_id: int, verb: str, step: Step, *, by: User, on: date, reason: str, context: Mapping[str, Any]
) -> Event:
    organisation = lock(organisation_id)
    before = snapshot(organisation)
    rules.require(rules.MOVE, move_facts(organisation, reason), on=on)
    step(organisation)
    basis = "；".join(dict.fromkeys(each.basis for each in GUARDS[verb]))
    facts = body_clocks.follow(organisation, before, on=on, by=by, reason=reason, context=context)
    return record(
        organisation, before, verb=f"organisation.{verb}", on=on, by=by, reason=reason, basis=basis, facts=facts
    )


GUARDS: Mapping[str, tuple[Rule[Any], ...]] = {
    "mark_dormant": rules.MARK_DORMANT,
    "reactivate": rules.REACTIVATE,
    "complete_decoupling": rules.COMPLETE_DECOUPLING,
    "void_decoupling": rules.VOID_DECOUPLING,
    "cancel": rules.CANCEL,
    "revoke": rules.REVOKE,
    "revoke_licence": rules.REVOKE_LICENCE,
    "merge": rules.MERGE,
    "reinstate": rules.REINSTATE,
}
"""Which rules guard which move; the screen, the docs and the events read the same table."""
