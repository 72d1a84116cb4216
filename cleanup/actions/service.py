"""Verbs of serving documents: send one, prove that it has arrived, or record that it has not.

Clocks count from proved service alone. The proof of a penalty decision makes it take effect: the body loses its
registration in the same event.
"""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.utils import timezone

from cleanup import rules
from cleanup.actions import disposal
from cleanup.actions.case import case_told, locked_case, subject
from cleanup.actions.turn import Turn, kept
from cleanup.models import CaseStep, Service
from cleanup.queries.progress import Hand, least_days, read, step_facts
from cleanup.states import Criterion, DocumentKind, ServiceMethod, Step
from registry.actions import deadline, stored_file
from registry.actions.ledger import record, snapshot
from registry.models import Subject
from registry.queries.deadlines import latest_of, running_of
from registry.queries.retold import row_told
from registry.states import SubjectKind

if TYPE_CHECKING:
    from django.core.files.base import File

    from cleanup.models import Case
    from cleanup.queries.progress import Progress
    from registry.models import Event, User

ANNOUNCEMENT = "service.announcement"
TRIED_FIRST = (ServiceMethod.IN_PERSON, ServiceMethod.POST)
"""What a document is tried by before it is announced."""


@transaction.atomic
def send(
    *,
    step_id: int,
    method: str,
    by: User,
    on: date,
    address: str = "",
    reason: str = "",
    consent_no: str = "",
    tracking_no: str = "",
) -> Service:
    """Send the document of a step; the body's name and, unless another is given, its registered address are kept.

    Raises `Refused`.
    """
    step = CaseStep.objects.get(pk=step_id)
    progress = _locked(step.case_id)
    registered = "" if method == ServiceMethod.ANNOUNCEMENT else progress.organisation.address
    service = Service(
        case=progress.case,
        step=step,
        kind=document_of(progress.case, step),
        round=1 + sum(each.kind == document_of(progress.case, step) for each in progress.services),
        document_no=step.document_no,
        method=method,
        recipient=progress.organisation.name,
        address=address.strip() or registered,
        reason=reason.strip(),
        consent_no=consent_no.strip(),
        tracking_no=tracking_no.strip(),
        sent_on=on,
        sent_by=by,
    )
    rules.require(rules.SEND, sending_facts(progress, service, by=by), on=on)
    service.save(force_insert=True)
    _noted(progress, service, "case.send", by=by, on=on, clocks=_announcing(progress, service, on=on))
    return service


def prove(
    *,
    service_id: int,
    served_on: date | None,
    proof: str,
    by: User,
    on: date,
    content: File[bytes] | None = None,
    file_name: str = "",
) -> Service:
    """Record that a document has arrived, with the proof as ``content``; only now what depends on it starts to count.

    An announcement has arrived on the last day of its period, whatever is said. The proof of a penalty decision lets the
    body leave the register. Raises `Refused`, or `Unacceptable` for a file that is no document.
    """
    with stored_file.keeping() as keep, transaction.atomic():
        service = Service.objects.get(pk=service_id)
        progress = _locked(service.case_id)
        service = next(each for each in progress.services if each.pk == service_id)
        if content is not None:
            title = f"{service.get_kind_display()}送达证明"
            how: dict[str, Any] = {"organisation": progress.organisation, "title": title, "by": by}
            service.proof_file = keep(content=content, file_name=file_name, **how)
        facts = ending_facts(progress, service, by=by, served_on=served_on, proof=proof.strip())
        service.prove(facts=facts, on=on)
        service.save()
        _arrived(progress, service, by=by, on=on)
    return service


@transaction.atomic
def fail(*, service_id: int, failure: str, by: User, on: date) -> Service:
    """Record that a document has not arrived; it may then be sent another way. Raises `Refused`."""
    service = Service.objects.get(pk=service_id)
    progress = _locked(service.case_id)
    service = next(each for each in progress.services if each.pk == service_id)
    service.fail(facts=ending_facts(progress, service, by=by, failure=failure.strip()), on=on)
    service.save()
    clocks = _delivery_runs_again(progress, service, on=on)
    if running_of(_subject(service), ANNOUNCEMENT) is not None:
        how: dict[str, Any] = {"subject": _subject(service), "kind": ANNOUNCEMENT, "on": on}
        clocks.append(deadline.waive(**how, by=by, reason=service.failure))
    _noted(progress, service, "case.fail_service", by=by, on=on, clocks=clocks)
    return service


def leg_of(case: Case, step: CaseStep) -> rules.Leg | None:
    """Return what the track says of a step of the present round, None for one of an earlier round."""
    return rules.leg_of(case.treatment, step.step) if step.round == case.round else None


def document_of(case: Case, step: CaseStep) -> str:
    """Return the kind of document a step of the present round has to bring to the body; empty where it has none."""
    leg = leg_of(case, step)
    return str(leg.serves) if leg is not None and leg.serves is not None else ""


def sending_facts(progress: Progress, service: Service, *, by: User) -> rules.ServiceFacts:
    """Return what decides whether ``service`` may be sent."""
    earlier = [each for each in progress.services if each.step_id == service.step_id]
    return rules.ServiceFacts(
        leg=leg_of(progress.case, service.step),
        state=progress.case.state,
        made_on=service.step.on if service.kind and progress.is_latest(service.step) else None,
        under_way=any(each.is_under_way for each in earlier),
        arrived=any(each.served_on is not None for each in earlier),
        method=service.method,
        address=service.address,
        reason=service.reason,
        consent_no=service.consent_no,
        has_failed=any(each.failed_on is not None and each.method in TRIED_FIRST for each in earlier),
        is_unreachable=Criterion.D in progress.finding.criteria,
        officer=progress.case.officer_id,
        by=by.pk,
        today=timezone.localdate(),
        certificates=(by.certificate(),),
        recused=progress.recused,
    )


def ending_facts(
    progress: Progress,
    service: Service,
    *,
    by: User,
    served_on: date | None = None,
    proof: str = "",
    failure: str = "",
) -> rules.ProofFacts:
    """Return what decides whether the end of ``service`` may be recorded."""
    is_announced = service.method == ServiceMethod.ANNOUNCEMENT
    period = latest_of(_subject(service), ANNOUNCEMENT) if is_announced else None
    return rules.ProofFacts(
        leg=leg_of(progress.case, service.step),
        state=progress.case.state,
        sent_on=service.sent_on,
        under_way=service.is_under_way,
        served_on=period.due_on if period else served_on,
        proof=proof,
        is_uploaded=service.proof_file is not None,
        failure=failure,
        is_announced=is_announced,
        announced_until=period.due_on if period else None,
        officer=progress.case.officer_id,
        by=by.pk,
        today=timezone.localdate(),
        certificates=(by.certificate(),),
        recused=progress.recused,
    )


def _arrived(progress: Progress, service: Service, *, by: User, on: date) -> None:
    """Start what counts from service, unless the document was made anew since; a decision takes effect."""
    case, step, served_on = progress.case, service.step, service.served_on
    assert served_on is not None  # noqa: S101 - the rules have said so
    leg = leg_of(case, step) if document_of(case, step) and progress.is_latest(step) else None
    clocks = [*_announced(service, on=served_on), *_delivered(service, on=served_on)]
    if leg is None:
        _noted(progress, service, "case.prove_service", by=by, on=on, clocks=clocks)
        return
    takes_effect = leg.step == Step.DECIDE
    why = {"reason": f"{service.get_kind_display()}（{service.document_no}）已经送达"}
    turn = Turn(
        progress=progress,
        leg=progress.track[Step.TAKE_EFFECT] if takes_effect else leg,
        hand=Hand(by=by),
        on=on,
        entered=why if takes_effect else {},
        number=case.round,
        clocks=clocks,
    )
    for clock in leg.on_service:
        until = date.fromisoformat(step.facts[clock.until]) if clock.until else None
        if until is None or (until - served_on).days >= least_days(served_on):
            turn.start(clock, since=served_on, until=until)
    if not takes_effect:
        _noted(progress, service, "case.prove_service", by=by, on=on, clocks=turn.clocks)
        case.next_step = read(case, progress.finding, progress.organisation).next_step or ""
        case.save(update_fields=["next_step"])
        return
    case.take(facts=step_facts(progress, turn.leg, turn.hand, on=on), on=on)
    turn.more["service"] = _told(service)
    kept(turn, disposal.took_effect(turn, served_on=served_on))


def _announcing(progress: Progress, service: Service, *, on: date) -> list[dict[str, Any]]:
    """Start the period of an announcement; the bureau has done what it has to do in time for the decision."""
    if service.method != ServiceMethod.ANNOUNCEMENT:
        return []
    how: dict[str, Any] = {"subject": _subject(service), "organisation": progress.organisation}
    return [deadline.start(**how, kind=ANNOUNCEMENT, on=on), *_delivered(service, on=on)]


def _announced(service: Service, *, on: date) -> list[dict[str, Any]]:
    """End the period of an announcement, which has been waited out."""
    if running_of(_subject(service), ANNOUNCEMENT) is None:
        return []
    return [deadline.meet(subject=_subject(service), kind=ANNOUNCEMENT, on=on)]


def _delivered(service: Service, *, on: date) -> list[dict[str, Any]]:
    """Say that a decision was handed over or announced in the time law gives the bureau for it."""
    of = subject(service.case)
    if service.kind != DocumentKind.DECISION or running_of(of, "service.delivery") is None:
        return []
    return [deadline.meet(subject=of, kind="service.delivery", on=on)]


def _delivery_runs_again(progress: Progress, service: Service, *, on: date) -> list[dict[str, Any]]:
    """Let the time to deliver a decision count from its day as before where its announcement has failed."""
    is_ours = document_of(progress.case, service.step) == DocumentKind.DECISION
    if not is_ours or service.method != ServiceMethod.ANNOUNCEMENT:
        return []
    of: dict[str, Any] = {"subject": subject(progress.case), "organisation": progress.organisation}
    return [deadline.start(**of, kind="service.delivery", on=on, starts_on=service.step.on)]


def _subject(service: Service) -> Subject:
    return Subject(SubjectKind.NOTICE, service.pk)


def _told(service: Service) -> dict[str, Any]:
    """Return what an event tells of a service."""
    names = ("kind", "round", "document_no", "method", "recipient", "address", "reason", "consent_no", "tracking_no")
    days = ("sent_on", "served_on", "failed_on")
    told = {name: str(getattr(service, name)) for name in (*names, "proof", "failure") if getattr(service, name)}
    told |= {name: getattr(service, name).isoformat() for name in days if getattr(service, name)}
    file = service.proof_file
    return {"id": service.pk, "row": row_told(service), **told, **({"file": stored_file.told(file)} if file else {})}


def _noted(
    progress: Progress, service: Service, verb: str, *, by: User, on: date, clocks: list[dict[str, Any]]
) -> Event:
    body = progress.organisation
    told = {**case_told(progress.case, progress.finding), "service": _told(service)}
    facts = {"case": told, **({deadline.KEY: clocks} if clocks else {})}
    return record(
        body, snapshot(body), verb=verb, on=on, by=by, basis=BASES[ServiceMethod(service.method)], facts=facts
    )


BASES = {
    ServiceMethod.IN_PERSON: "行政处罚法/61",
    ServiceMethod.POST: "行政处罚法/61",
    ServiceMethod.ELECTRONIC: "行政处罚法/61",
    ServiceMethod.ANNOUNCEMENT: "民事诉讼法/95",
}
"""The provision each method rests on."""


def _locked(case_id: int) -> Progress:
    organisation, finding, case = locked_case(case_id)
    return read(case, finding, organisation)
