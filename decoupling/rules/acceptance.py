"""The rules of signatures, acceptance and certificate, and of voiding an acceptance that was wrong."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from decoupling.rules.steps import STEP, StepFacts, in_order, is_to_decouple
from registry.rulebook import rule
from registry.states import State

if TYPE_CHECKING:
    from datetime import date


@dataclass(frozen=True, slots=True, kw_only=True)
class SignatureFacts(StepFacts):
    """Somebody about to sign; ``open_items`` are codes of blocking items neither done nor n/a."""

    under_way: bool
    already_signed: bool
    open_items: tuple[str, ...]
    unsigned_headings: tuple[str, ...]
    capacity: str


@rule("R-76", basis="内部控制/双人")
def signs_once(facts: SignatureFacts, _on: date) -> bool:
    """每名验收人只签字一次。"""
    return not facts.already_signed


@rule("R-77", basis="中办发〔2015〕39号/三")
def signs_what_is_settled(facts: SignatureFacts, _on: date) -> bool:
    """方案已经批复、尚未验收，各适用事项均已办结，方可签字。"""
    return facts.under_way and not facts.open_items


@rule("R-317", basis="发改体改〔2019〕1063号")
def every_heading_is_signed_off(facts: SignatureFacts, _on: date) -> bool:
    """五个方面均已由责任部门会签。"""
    return not facts.unsigned_headings


@rule("R-78", basis="内部控制/双人")
def signs_in_a_capacity(facts: SignatureFacts, _on: date) -> bool:
    """写明签字人所在单位或者身份。"""
    return bool(facts.capacity.strip())


SIGN = (
    *STEP,
    is_to_decouple,
    signs_once,
    signs_what_is_settled,
    every_heading_is_signed_off,
    signs_in_a_capacity,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class AcceptanceFacts(StepFacts):
    """An association about to be accepted; the register's own rules (R-04 to R-08) come on top."""

    state: str
    unsigned_headings: tuple[str, ...]
    certificate_first: bool
    certificate_changed: bool
    certificate_no: str
    certificate_from: date | None


@rule("R-79", basis="发改体改〔2019〕1063号")
def is_active(facts: AcceptanceFacts, _on: date) -> bool:
    """该组织为正常存续且未脱钩；认定为僵尸型的须先恢复。"""
    return facts.state == State.ACTIVE


@rule("R-318", basis="发改体改〔2019〕1063号")
def accepted_after_sign_off(facts: AcceptanceFacts, _on: date) -> bool:
    """验收之前，五个方面均已由责任部门会签。"""
    return not facts.unsigned_headings


@rule("R-319", basis="发改体改〔2019〕1063号")
def certificate_comes_first_where_asked(facts: AcceptanceFacts, _on: date) -> bool:
    """本地规定先换证后验收的，登记证书已经换发，或者随验收一并换发。"""
    return not facts.certificate_first or facts.certificate_changed or bool(facts.certificate_no.strip())


@rule("R-320", basis="发改体改〔2019〕1063号")
def certificate_is_whole(facts: AcceptanceFacts, on: date) -> bool:
    """随验收换发证书的，写明证书编号和发证日期，且不晚于验收之日。"""
    if not facts.certificate_no.strip():
        return facts.certificate_from is None
    return facts.certificate_from is not None and facts.certificate_from <= on


ACCEPT = (
    *STEP,
    is_to_decouple,
    is_active,
    accepted_after_sign_off,
    certificate_comes_first_where_asked,
    certificate_is_whole,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class CertificateFacts(StepFacts):
    """A certificate about to be exchanged, before acceptance or after it."""

    plan_approved: bool
    already_changed: bool
    certificate_no: str
    issued_on: date | None


@rule("R-321", basis="发改体改〔2019〕1063号")
def certificate_changes_after_approval(facts: CertificateFacts, _on: date) -> bool:
    """脱钩实施方案已经批复，且尚未因脱钩换发证书。"""
    return facts.plan_approved and not facts.already_changed


@rule("R-322", basis="发改体改〔2019〕1063号")
def certificate_has_number_and_day(facts: CertificateFacts, on: date) -> bool:
    """写明新证书编号和发证日期，发证日期不晚于办理之日。"""
    return bool(facts.certificate_no.strip()) and facts.issued_on is not None and facts.issued_on <= on


CHANGE_CERTIFICATE = (*STEP, is_to_decouple, certificate_changes_after_approval, certificate_has_number_and_day)


# --- what was wrong ------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class VoidProposalFacts(StepFacts):
    """An acceptance about to be called wrong."""

    accepted: bool
    already_proposed: bool
    document_no: str
    reason: str


@rule("R-324", basis="内部控制/双人")
def stands_and_is_not_proposed_yet(facts: VoidProposalFacts, _on: date) -> bool:
    """验收现行有效，尚未提请作废。"""
    return facts.accepted and not facts.already_proposed


@rule("R-325", basis="内部控制/理由")
def void_is_documented(facts: VoidProposalFacts, _on: date) -> bool:
    """作废验收有更正文书文号，并写明验收错在何处。"""
    return bool(facts.document_no.strip()) and bool(facts.reason.strip())


PROPOSE_VOID = (in_order, stands_and_is_not_proposed_yet, void_is_documented)


@dataclass(frozen=True, slots=True, kw_only=True)
class VoidFacts(StepFacts):
    """A proposal to void about to be decided."""

    proposed_by: int | None
    decided_by: int
    reason: str


@rule("R-326", basis="内部控制/双人")
def void_was_proposed_by_another(facts: VoidFacts, _on: date) -> bool:
    """作废已由另一名人员提请，提请人不能自己决定；写明决定理由。"""
    return facts.proposed_by is not None and facts.proposed_by != facts.decided_by and bool(facts.reason.strip())


VOID = (in_order, void_was_proposed_by_another)
DECLINE_VOID = VOID
