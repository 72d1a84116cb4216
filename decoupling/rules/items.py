"""The rules of items and of the departments' words on them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from decoupling.rules.steps import STEP, StepFacts, is_to_decouple
from decoupling.states import ItemState
from registry.rulebook import rule

if TYPE_CHECKING:
    from datetime import date


@dataclass(frozen=True, slots=True, kw_only=True)
class ItemFacts(StepFacts):
    """An item about to be settled as ``outcome``, or reopened; ``until`` is the last day of a transition."""

    plan_approved: bool
    before_acceptance: bool
    outcome: str
    evidence: str
    reason: str
    is_transitional: bool
    until: date | None


@rule("R-72", basis="发改体改〔2019〕1063号")
def work_has_begun(facts: ItemFacts, _on: date) -> bool:
    """脱钩实施方案已经批复，方可办理分项。"""
    return facts.plan_approved


@rule("R-73", basis="中办发〔2015〕39号/三")
def done_has_evidence(facts: ItemFacts, _on: date) -> bool:
    """事项完成的，写明证明材料。"""
    return facts.outcome != ItemState.DONE or bool(facts.evidence.strip())


@rule("R-74", basis="中办发〔2015〕39号/三")
def not_applicable_has_reason(facts: ItemFacts, _on: date) -> bool:
    """事项不适用的，写明理由。"""
    return facts.outcome != ItemState.NOT_APPLICABLE or bool(facts.reason.strip())


@rule("R-308", basis="中办发〔2015〕39号/三")
def transition_has_an_end(facts: ItemFacts, on: date) -> bool:
    """经批准过渡的，写明过渡截止日期，且不早于办理之日；其他事项不填截止日期。"""
    if facts.outcome == ItemState.DONE and facts.is_transitional:
        return facts.until is not None and facts.until >= on
    return facts.until is None


@rule("R-75", basis="内部控制/理由")
def reopening_has_reason(facts: ItemFacts, _on: date) -> bool:
    """已办结事项重新打开的，写明理由。"""
    return facts.outcome in {ItemState.DONE, ItemState.NOT_APPLICABLE} or bool(facts.reason.strip())


@rule("R-301", basis="发改体改〔2019〕1063号")
def reopened_before_acceptance(facts: ItemFacts, _on: date) -> bool:
    """验收之前方可重新打开事项；验收之后发现问题的，通过回头看整改。"""
    return facts.before_acceptance


@rule("R-302", basis="中办发〔2015〕39号/三")
def transition_is_prolonged_on_paper(facts: ItemFacts, on: date) -> bool:
    """延长的是已经批准的过渡，写明新的批准文件和截止日期，截止日期不早于办理之日。"""
    return (
        facts.is_transitional
        and facts.outcome == ItemState.DONE
        and bool(facts.evidence.strip())
        and facts.until is not None
        and facts.until >= on
    )


SETTLE_ITEM = (
    *STEP,
    is_to_decouple,
    work_has_begun,
    done_has_evidence,
    not_applicable_has_reason,
    transition_has_an_end,
)
RECTIFY_ITEM = (*STEP, is_to_decouple, work_has_begun, reopening_has_reason)
REOPEN_ITEM = (*RECTIFY_ITEM, reopened_before_acceptance)
PROLONG_ITEM = (*STEP, is_to_decouple, transition_is_prolonged_on_paper)


@dataclass(frozen=True, slots=True, kw_only=True)
class EvidenceFacts(StepFacts):
    """A document about to be filed with an item."""

    plan_approved: bool
    title: str


@rule("R-309", basis="内部控制/理由")
def document_has_title(facts: EvidenceFacts, _on: date) -> bool:
    """写明材料名称。"""
    return bool(facts.title.strip())


@rule("R-310", basis="发改体改〔2019〕1063号")
def plan_was_approved(facts: EvidenceFacts, _on: date) -> bool:
    """脱钩实施方案已经批复，方可归入分项材料。"""
    return facts.plan_approved


ATTACH_EVIDENCE = (*STEP, is_to_decouple, plan_was_approved, document_has_title)


# --- the departments' words ---------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class SignOffFacts(StepFacts):
    """A department's word on its items under one heading.

    ``own`` tells whether the signer belongs to the unit that is responsible. A bureau's officer who writes down a
    department's word ``on_paper`` files the original with its number.
    """

    plan_approved: bool
    open_items: tuple[str, ...]
    nothing_to_sign: bool
    already_signed: bool
    own: bool
    on_paper: bool
    document_no: str
    has_original: bool
    result: str


@rule("R-311", basis="发改体改〔2019〕1063号")
def signs_for_its_own(facts: SignOffFacts, _on: date) -> bool:
    """会签由责任部门的人员签署；登记管理机关代录的，写明书面评定结果的文号并附原件。"""
    return facts.own or (facts.on_paper and bool(facts.document_no.strip()) and facts.has_original)


@rule("R-312", basis="发改体改〔2019〕1063号")
def own_items_are_settled(facts: SignOffFacts, _on: date) -> bool:
    """方案已经批复，该部门在这一方面负责的必办事项均已办结。"""
    return facts.plan_approved and not facts.nothing_to_sign and not facts.open_items


@rule("R-313", basis="发改体改〔2019〕1063号")
def has_written_result(facts: SignOffFacts, _on: date) -> bool:
    """写明评定结果。"""
    return bool(facts.result.strip())


@rule("R-314", basis="内部控制/双人")
def signed_off_once(facts: SignOffFacts, _on: date) -> bool:
    """同一部门对同一方面只会签一次；事项重新打开后须重新会签。"""
    return not facts.already_signed


SIGN_OFF = (*STEP, is_to_decouple, own_items_are_settled, signed_off_once, signs_for_its_own, has_written_result)


@dataclass(frozen=True, slots=True, kw_only=True)
class ReminderFacts(StepFacts):
    """A department about to be reminded."""

    is_waited_for: bool
    reminded_today: bool


@rule("R-315", basis="内部控制/期限")
def something_is_waited_for(facts: ReminderFacts, _on: date) -> bool:
    """该部门还有事项没有办结或者没有会签。"""
    return facts.is_waited_for


@rule("R-316", basis="内部控制/期限")
def one_reminder_a_day(facts: ReminderFacts, _on: date) -> bool:
    """同一部门同一组织每天只催办一次。"""
    return not facts.reminded_today


REMIND = (*STEP, is_to_decouple, something_is_waited_for, one_reminder_a_day)
