"""Verbs of an application: draft, submit, accept or send back, review, decide.

Each step leaves one `FilingStep`; on a body already on the register it also leaves exactly one event. An approval runs
the register's own action (register, amend, cancel), whose event names the application. Raises `Refused` (a rule),
`TransitionNotAllowed` (not from this state), `Stale` (somebody saved first) or ValidationError (what was entered cannot
be read), and then nothing has changed.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.utils import timezone

from registry import rules
from registry.actions import deadline
from registry.actions import filing_steps as steps
from registry.actions import organisation as organisation_actions
from registry.actions.ledger import Stale, lock, record, snapshot
from registry.models import Filing, FilingNumber, FilingStep
from registry.queries import filing_documents, filing_facts, filings, proposals
from registry.states import FilingKind

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import date

    from registry.models import Organisation, User

NOTHING: Mapping[str, Any] = {}
NOTICE = "filing.notice"
"""The period in which an applicant is told what is missing."""


@transaction.atomic
def draft(
    *,
    kind: str,
    by: User,
    on: date,
    organisation_id: int | None = None,
    applicant: str = "",
    proposal: Mapping[str, Any] = NOTHING,
    documents: Mapping[str, Mapping[str, str]] = NOTHING,
) -> Filing:
    """Begin an application; ``organisation_id`` is None for 成立 and only there."""
    kind = FilingKind(kind)
    if (organisation_id is None) != (kind == FilingKind.ESTABLISH):
        message = "an application to establish concerns no organisation yet, every other one does"
        raise ValueError(message)
    organisation = None if organisation_id is None else lock(organisation_id)
    rules.require((rules.step_keeps_the_order,), rules.StepFacts(last_on=None, today=timezone.localdate()), on=on)
    filing = Filing.objects.create(
        kind=kind,
        organisation=organisation,
        applicant=applicant.strip(),
        proposal=proposals.written(kind, proposal, organisation),
        documents=filing_documents.written(kind, documents),
        drafted_on=on,
        drafted_by=by,
    )
    steps.add(filing, "filing.draft", by=by, on=on)
    return filing


@transaction.atomic
def save_draft(
    *,
    filing_id: int,
    version: int,
    by: User,
    on: date,
    applicant: str,
    proposal: Mapping[str, Any],
    documents: Mapping[str, Mapping[str, str]],
) -> FilingStep | None:
    """Replace the content of a draft, or of one sent back; return None when nothing differs."""
    organisation, filing = _locked(filing_id, version)
    facts = rules.EditingFacts(**filing_facts.step(filing, timezone.localdate()), state=filing.state)
    rules.require(rules.SAVE_DRAFT_FILING, facts, on=on)
    content = {
        "applicant": applicant.strip(),
        "proposal": proposals.written(filing.kind, proposal, organisation),
        "documents": filing_documents.written(filing.kind, documents),
    }
    changed = {name: [getattr(filing, name), new] for name, new in content.items() if getattr(filing, name) != new}
    if not changed:
        return None
    for name, new in content.items():
        setattr(filing, name, new)
    steps.save(filing)
    return steps.add(filing, "filing.save_draft", by=by, on=on, facts={"changes": changed})


@transaction.atomic
def submit(*, filing_id: int, by: User, on: date, version: int | None = None) -> FilingStep:
    """收件: receive the application under the next number of the year, or again after 补正 under the same."""
    organisation, filing = _locked(filing_id, version)
    filing.submit(facts=filing_facts.submission(filing, today=timezone.localdate()), on=on)
    filing.number = filing.number or _next_number(on.year)
    content = {"applicant": filing.applicant, "proposal": filing.proposal, "documents": filing.documents}
    notice = _started(filing, NOTICE, on=on, starts_on=on)
    return _done(filing, organisation, "filing.submit", by=by, on=on, told=content, deadlines=[notice])


@transaction.atomic
def accept(*, filing_id: int, by: User, on: date, version: int | None = None) -> FilingStep:
    """受理: the documents are complete, ``by`` becomes the handler and the clock is set."""
    organisation, filing = _locked(filing_id, version)
    since = filings.decision_clock_starts(filing, accepted_on=on)
    filing.accept(facts=filing_facts.intake(filing, today=timezone.localdate()), on=on)
    filing.handler = by
    decision = _started(filing, filing.decision_clock, on=on, starts_on=since)
    told = [_met(filing, NOTICE, on=on), decision]
    return _done(filing, organisation, "filing.accept", by=by, on=on, basis=decision["row"]["basis"], deadlines=told)


@transaction.atomic
def return_for_completion(
    *, filing_id: int, by: User, on: date, missing: str, version: int | None = None
) -> FilingStep:
    """补正: send it back with all that is missing."""
    organisation, filing = _locked(filing_id, version)
    facts = filing_facts.intake(filing, today=timezone.localdate(), missing=missing)
    filing.return_for_completion(facts=facts, on=on)
    told = [_met(filing, NOTICE, on=on)]
    return _done(filing, organisation, "filing.return_for_completion", by=by, on=on, reason=missing, deadlines=told)


@transaction.atomic
def refuse_acceptance(*, filing_id: int, by: User, on: date, reason: str, version: int | None = None) -> FilingStep:
    """不予受理, for a reason."""
    organisation, filing = _locked(filing_id, version)
    facts = filing_facts.intake(filing, today=timezone.localdate(), reason=reason)
    filing.refuse_acceptance(facts=facts, on=on)
    told = [_met(filing, NOTICE, on=on)]
    return _done(filing, organisation, "filing.refuse_acceptance", by=by, on=on, reason=reason, deadlines=told)


@transaction.atomic
def review(
    *, filing_id: int, by: User, on: date, opinion: str, favourable: bool, version: int | None = None
) -> FilingStep:
    """审查: ``by``, not the handler, writes an opinion and recommends to approve or not."""
    organisation, filing = _locked(filing_id, version)
    facts = filing_facts.review(filing, by=by, today=timezone.localdate(), opinion=opinion)
    filing.review(facts=facts, on=on)
    filing.reviewer, filing.favourable = by, favourable
    return _done(filing, organisation, "filing.review", by=by, on=on, reason=opinion, told={"favourable": favourable})


@transaction.atomic
def extend(*, filing_id: int, by: User, on: date, reason: str, version: int | None = None) -> FilingStep:
    """延长办理期限, once; whether ``by`` may approve that is a matter of permission."""
    organisation, filing = _locked(filing_id, version)
    rules.require(rules.EXTEND_FILING, filing_facts.extension(filing, today=timezone.localdate()), on=on)
    told = [deadline.extend(subject=filing.subject, kind=filing.decision_clock, on=on, by=by, document=reason)]
    return _done(filing, organisation, "filing.extend", by=by, on=on, reason=reason, deadlines=told)


@transaction.atomic
def approve(
    *,
    filing_id: int,
    by: User,
    on: date,
    decision_no: str,
    basis: str,
    reason: str = "",
    code: str = "",
    issued: Mapping[str, Any] = NOTHING,
    version: int | None = None,
) -> FilingStep:
    """准予登记, and do in the register what was applied for.

    ``code`` is the one given to a new body; ``issued`` are columns of the certificate (`proposals.ISSUABLE`).
    """
    organisation, filing = _locked(filing_id, version)
    new = filing.kind == FilingKind.ESTABLISH
    facts = filing_facts.decision(
        filing,
        by=by,
        today=timezone.localdate(),
        decision_no=decision_no,
        basis=basis,
        reason=reason,
        code_problem=filing_facts.code_problem(code, filing.body_kind) if new else "",
    )
    filing.approve(facts=facts, on=on)
    filing.decided_by = by
    columns = {**proposals.issued(issued), **({"code": filing_facts.normalised(code)} if new else {})}
    told = {deadline.KEY: [_met(filing, filing.decision_clock, on=on)]}
    filing.organisation = _carry_out(filing, organisation, columns, by=by, on=on, context=told)
    steps.save(filing)
    return steps.add(filing, "filing.approve", by=by, on=on, reason=reason, facts={**_decision(filing), **told})


@transaction.atomic
def deny(
    *,
    filing_id: int,
    by: User,
    on: date,
    decision_no: str,
    basis: str,
    reason: str,
    version: int | None = None,
) -> FilingStep:
    """不予登记, with reasons; the register stays as it is."""
    organisation, filing = _locked(filing_id, version)
    facts = filing_facts.decision(
        filing, by=by, today=timezone.localdate(), decision_no=decision_no, basis=basis, reason=reason
    )
    filing.deny(facts=facts, on=on)
    filing.decided_by = by
    met = [_met(filing, filing.decision_clock, on=on)]
    told = _decision(filing)
    return _done(
        filing, organisation, "filing.deny", by=by, on=on, reason=reason, basis=basis, told=told, deadlines=met
    )


@transaction.atomic
def withdraw(*, filing_id: int, by: User, on: date, reason: str, version: int | None = None) -> FilingStep:
    """撤回: enter that the applicant takes the application back; a draft never received leaves no event."""
    organisation, filing = _locked(filing_id, version)
    filing.withdraw(facts=filing_facts.withdrawal(filing, today=timezone.localdate(), reason=reason), on=on)
    told_to = organisation if filing.received_on else None
    ended = deadline.waive_all(subject=filing.subject, on=on, by=by, reason=reason)
    return _done(filing, told_to, "filing.withdraw", by=by, on=on, reason=reason, deadlines=ended)


def _locked(filing_id: int, version: int | None) -> tuple[Organisation | None, Filing]:
    """Lock the organisation first, then its application, as every action does."""
    organisation_id = Filing.objects.only("organisation_id").get(pk=filing_id).organisation_id
    organisation = None if organisation_id is None else lock(organisation_id)
    filing = Filing.objects.select_for_update(of=("self",)).get(pk=filing_id)
    if organisation is not None:
        filing.organisation = organisation
    if version is not None and version != filing.version:
        raise Stale(filing)
    return organisation, filing


def _next_number(year: int) -> str:
    """Return the next number of the year; others wait for this transaction, so that none is left out."""
    FilingNumber.objects.get_or_create(year=year)
    number = FilingNumber.objects.select_for_update().get(year=year)
    number.last += 1
    number.save(update_fields=["last"])
    return str(number)


def _started(filing: Filing, kind: str, *, on: date, starts_on: date) -> dict[str, Any]:
    """Begin a period of the application; it counts by the law for the kind of body."""
    return deadline.start(
        subject=filing.subject,
        kind=kind,
        on=on,
        organisation=filing.organisation,
        starts_on=starts_on,
        body_kind=filing.body_kind,
    )


def _met(filing: Filing, kind: str, *, on: date) -> dict[str, Any]:
    return deadline.meet(subject=filing.subject, kind=kind, on=on)


def _carry_out(
    filing: Filing,
    organisation: Organisation | None,
    issued: Mapping[str, Any],
    *,
    by: User,
    on: date,
    context: Mapping[str, Any],
) -> Organisation:
    """Do in the register what was applied for, in its own one event that names the application."""
    reason = filing.decision_reason or f"{FilingKind(filing.kind).label}申请经审查准予登记"
    context = {"filing": {**_named(filing), **_decision(filing)}, **context}
    told = proposals.read(filing)
    if organisation is None:
        columns = {**told, **issued, "established_on": on}
        return organisation_actions.register(by=by, on=on, reason=reason, source=context, **columns)
    common: dict[str, Any] = {"organisation_id": organisation.pk, "by": by, "on": on, "reason": reason}
    if filing.kind == FilingKind.CANCEL:
        documents = {"resolution_on": None, "consent_no": "", "liquidation_report_on": None, **told}
        organisation_actions.cancel(**common, **documents, context=context)
    else:
        rules.require((rules.changes_something,), filing_facts.submission(filing, today=on), on=on)
        organisation_actions.amend(**common, changes={**told, **issued}, source=context)
    return organisation


def _done(
    filing: Filing,
    organisation: Organisation | None,
    verb: str,
    *,
    by: User,
    on: date,
    reason: str = "",
    basis: str = "",
    told: Mapping[str, Any] = NOTHING,
    deadlines: Sequence[Mapping[str, Any]] = (),
) -> FilingStep:
    """Save the application and tell the step: in its own history, and in the ledger of a body on the register."""
    steps.save(filing)
    more: dict[str, Any] = {deadline.KEY: list(deadlines)} if deadlines else {}
    if organisation is not None:
        facts = {"filing": {**_named(filing), **told}, **more}
        record(organisation, snapshot(organisation), verb=verb, on=on, by=by, reason=reason, basis=basis, facts=facts)
    return steps.add(filing, verb, by=by, on=on, reason=reason, facts={**told, **more})


def _named(filing: Filing) -> dict[str, Any]:
    return {"id": filing.pk, "number": filing.number, "kind": str(filing.kind)}


def _decision(filing: Filing) -> dict[str, Any]:
    return {"decision_no": filing.decision_no, "decision_basis": filing.decision_basis}
