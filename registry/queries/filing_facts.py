"""What decides about each step of an application, gathered from its record and from what the officer entered."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from registry import rules
from registry.identifiers import KIND_OF_PREFIX, InvalidCode, validate_uscc
from registry.models import Filing, Organisation
from registry.queries.deadlines import latest_of
from registry.queries.filing_documents import unsettled
from registry.queries.proposals import absent, differences, read
from registry.states import EXISTING, PENDING_FILING

if TYPE_CHECKING:
    from datetime import date

    from registry.models import User


def submission(filing: Filing, *, today: date) -> rules.SubmissionFacts:
    """Return what decides whether an application may be handed in."""
    body = filing.organisation
    others = Filing.objects.filter(organisation=body, state__in=PENDING_FILING).exclude(pk=filing.pk)
    return rules.SubmissionFacts(
        **step(filing, today),
        kind=filing.kind,
        applicant=filing.applicant,
        body_exists=body is not None and body.state in EXISTING,
        other_pending=body is not None and others.exists(),
        absent=absent(filing),
        changed=tuple(differences(filing)),
    )


def intake(filing: Filing, *, today: date, missing: str = "", reason: str = "") -> rules.IntakeFacts:
    """Return what decides at the desk: acceptance, return for completion, refusal to accept."""
    notice = latest_of(filing.subject, "filing.notice")
    return rules.IntakeFacts(
        **step(filing, today),
        unsettled=unsettled(filing),
        notice_due_on=None if notice is None else notice.due_on,
        missing=missing,
        reason=reason,
    )


def review(filing: Filing, *, by: User, today: date, opinion: str = "") -> rules.ReviewFacts:
    """Return what decides whether ``by`` may review."""
    return rules.ReviewFacts(**step(filing, today), handler=filing.handler_id, reviewer=by.pk, opinion=opinion)


def extension(filing: Filing, *, today: date) -> rules.ExtensionFacts:
    """Return what decides whether there may be more time, beside what its deadline says."""
    return rules.ExtensionFacts(**step(filing, today), kind=filing.kind, state=filing.state)


def decision(filing: Filing, *, by: User, today: date, **entered: str) -> rules.DecisionFacts:
    """Return what decides whether ``by`` may decide; ``entered`` are decision_no, basis, reason and code_problem."""
    told: dict[str, Any] = {"decision_no": "", "basis": "", **entered}
    others = Filing.objects.filter(decision_no__in=written_alike(told["decision_no"])).exclude(pk=filing.pk)
    told["number_taken_by"] = str(others.order_by("pk").first() or "")
    return rules.DecisionFacts(**step(filing, today), handler=filing.handler_id, decider=by.pk, **told)


BRACKETS = (("〔", "〕"), ("［", "］"), ("[", "]"), ("(", ")"), ("（", "）"))
"""How people write the brackets around the year of a number."""


def written_alike(number: str) -> list[str]:
    """Return the ways in which the number of a document is written; none of an empty one."""
    plain = number.strip()
    for left, right in BRACKETS:
        plain = plain.replace(left, "〔").replace(right, "〕")
    return [plain.replace("〔", left).replace("〕", right) for left, right in BRACKETS] if plain else []


def cancellation(filing: Filing) -> rules.CancellationFacts:
    """Return what the body's own move asks when an application for 注销 is approved."""
    told = read(filing)
    body = filing.organisation
    return rules.CancellationFacts(
        resolution_on=told.get("resolution_on"),
        has_supervising_unit=body is not None and body.supervising_unit_id is not None,
        consent_no=told.get("consent_no", ""),
        liquidation_report_on=told.get("liquidation_report_on"),
    )


def withdrawal(filing: Filing, *, today: date, reason: str = "") -> rules.WithdrawalFacts:
    """Return what decides whether an application may be taken back."""
    return rules.WithdrawalFacts(**step(filing, today), reason=reason)


def code_problem(code: str, kind: str) -> str:
    """Return in Chinese what keeps ``code`` from being given to a new body of ``kind``; empty when nothing does."""
    try:
        valid = validate_uscc(code)
    except InvalidCode as error:
        return str(error)
    if KIND_OF_PREFIX.get(valid[:2]) != kind:
        return f"代码以 {valid[:2]} 开头，与申请的类型不一致"
    if Organisation.objects.filter(code=valid).exists():
        return f"代码 {valid} 已被占用"
    return ""


def normalised(code: str) -> str:
    """Return a code that has no problem as the register keeps it."""
    return validate_uscc(code)


def step(filing: Filing, today: date) -> dict[str, Any]:
    """Return what the facts of every step begin with."""
    return {"last_on": filing.steps.order_by("-seq").values_list("on", flat=True).first(), "today": today}
