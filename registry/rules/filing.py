"""The rules of applications: from receipt to decision. Plain Python, like all rules."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from registry.rulebook import rule
from registry.states import FilingKind, FilingState

if TYPE_CHECKING:
    from datetime import date


@dataclass(frozen=True, slots=True, kw_only=True)
class StepFacts:
    """What every step of an application brings; ``last_on`` is the day of the step before it."""

    last_on: date | None
    today: date


@rule("R-22", basis="内部控制/日期")
def step_keeps_the_order(facts: StepFacts, on: date) -> bool:
    """办理日期不早于上一步骤，也不晚于今天。"""
    return on <= facts.today and (facts.last_on is None or facts.last_on <= on)


@dataclass(frozen=True, slots=True, kw_only=True)
class EditingFacts(StepFacts):
    """Whether the content of an application may still be changed."""

    state: str


@rule("R-125", basis="内部控制/收件")
def may_be_edited(facts: EditingFacts, _on: date) -> bool:
    """申请内容只在草稿和补正时修改。"""
    return facts.state in {FilingState.DRAFT, FilingState.RETURNED}


SAVE_DRAFT_FILING = (step_keeps_the_order, may_be_edited)


@dataclass(frozen=True, slots=True, kw_only=True)
class SubmissionFacts(StepFacts):
    """An application handed in; ``absent`` names particulars it must state, ``changed`` columns it would change."""

    kind: str
    applicant: str
    body_exists: bool
    other_pending: bool
    absent: tuple[str, ...]
    changed: tuple[str, ...]


@rule("R-23", basis="行政许可法/29")
def applicant_is_named(facts: SubmissionFacts, _on: date) -> bool:
    """写明申请人。"""
    return bool(facts.applicant.strip())


@rule("R-24", basis="行政许可法/49")
def concerns_a_body_on_the_register(facts: SubmissionFacts, _on: date) -> bool:
    """申请变更、注销登记的组织在册。"""
    return facts.kind == FilingKind.ESTABLISH or facts.body_exists


@rule("R-25", basis="内部控制/在办")
def nothing_else_is_pending(facts: SubmissionFacts, _on: date) -> bool:
    """该组织没有其他在办的登记申请。"""
    return not facts.other_pending


@rule("R-26", basis="社会团体登记管理条例/12")
def particulars_are_stated(facts: SubmissionFacts, _on: date) -> bool:
    """申请的登记事项填写齐全。"""
    return not facts.absent


@rule("R-27", basis="社会团体登记管理条例/18")
def changes_something(facts: SubmissionFacts, _on: date) -> bool:
    """申请变更的事项与现登记事项不同。"""
    return facts.kind != FilingKind.AMEND or bool(facts.changed)


SUBMIT_FILING = (
    step_keeps_the_order,
    applicant_is_named,
    concerns_a_body_on_the_register,
    nothing_else_is_pending,
    particulars_are_stated,
    changes_something,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class IntakeFacts(StepFacts):
    """What the officer at the desk finds; ``unsettled`` names needed documents neither present nor n/a with a reason.

    ``notice_due_on`` is the last day to say what is missing: after it the application counts as accepted.
    """

    unsettled: tuple[str, ...]
    notice_due_on: date | None
    missing: str = ""
    reason: str = ""


@rule("R-28", basis="行政许可法/32")
def documents_are_complete(facts: IntakeFacts, on: date) -> bool:
    """应当提交的材料逐项在案，或者写明不适用的理由；逾期没有告知补正的，视为已经受理。"""
    deemed = facts.notice_due_on is not None and on > facts.notice_due_on
    return deemed or not facts.unsettled


@rule("R-29", basis="行政许可法/32")
def says_all_that_is_missing(facts: IntakeFacts, _on: date) -> bool:
    """一次写明需要补正的全部内容。"""
    return bool(facts.missing.strip())


@rule("R-30", basis="行政许可法/32")
def notice_is_in_time(facts: IntakeFacts, on: date) -> bool:
    """在规定期限内告知补正；逾期不告知的，自收到之日起即为受理。"""
    return facts.notice_due_on is None or on <= facts.notice_due_on


@rule("R-101", basis="行政许可法/32")
def refusal_has_a_reason(facts: IntakeFacts, _on: date) -> bool:
    """不予受理写明理由。"""
    return bool(facts.reason.strip())


ACCEPT_FILING = (step_keeps_the_order, documents_are_complete)
RETURN_FOR_COMPLETION_FILING = (step_keeps_the_order, says_all_that_is_missing, notice_is_in_time)
REFUSE_ACCEPTANCE_FILING = (step_keeps_the_order, refusal_has_a_reason)


@dataclass(frozen=True, slots=True, kw_only=True)
class ReviewFacts(StepFacts):
    """Who reviews, who handled the application at the desk, and the opinion."""

    handler: int | None
    reviewer: int
    opinion: str


@rule("R-102", basis="内部控制/双人")
def reviewer_is_another_officer(facts: ReviewFacts, _on: date) -> bool:
    """审查由受理人以外的人员办理。"""
    return facts.reviewer != facts.handler


@rule("R-103", basis="行政许可法/34")
def opinion_is_written(facts: ReviewFacts, _on: date) -> bool:
    """写明审查意见。"""
    return bool(facts.opinion.strip())


REVIEW_FILING = (step_keeps_the_order, reviewer_is_another_officer, opinion_is_written)


@dataclass(frozen=True, slots=True, kw_only=True)
class ExtensionFacts(StepFacts):
    """What an application brings where more time is asked for; its deadline brings the rest."""

    kind: str
    state: str


@rule("R-104", basis="行政许可法/42")
def extension_fits(facts: ExtensionFacts, _on: date) -> bool:
    """已经受理、尚未决定的变更或者注销申请可以延长，并把理由告知申请人。"""
    return facts.kind != FilingKind.ESTABLISH and facts.state in {FilingState.ACCEPTED, FilingState.REVIEWED}


EXTEND_FILING = (step_keeps_the_order, extension_fits)


@dataclass(frozen=True, slots=True, kw_only=True)
class DecisionFacts(StepFacts):
    """The decision, who makes it, and what an approval issues; ``code_problem`` says in words what is wrong with it.

    ``number_taken_by`` names another application that was decided under the same number.
    """

    handler: int | None
    decider: int
    decision_no: str
    basis: str
    reason: str = ""
    code_problem: str = ""
    number_taken_by: str = ""


@rule("R-107", basis="内部控制/双人")
def decider_is_another_officer(facts: DecisionFacts, _on: date) -> bool:
    """决定由受理人以外的人员作出。"""
    return facts.decider != facts.handler


@rule("R-108", basis="行政许可法/38")
def decision_is_in_writing(facts: DecisionFacts, _on: date) -> bool:
    """决定有文号，并写明法律依据。"""
    return bool(facts.decision_no.strip()) and bool(facts.basis.strip())


@rule("R-109", basis="行政许可法/38")
def denial_has_reasons(facts: DecisionFacts, _on: date) -> bool:
    """不予登记的决定说明理由。"""
    return bool(facts.reason.strip())


@rule("R-110", basis="内部控制/代码")
def code_is_fit(facts: DecisionFacts, _on: date) -> bool:
    """准予成立的，赋予有效、未被占用且与类型一致的统一社会信用代码。"""
    return not facts.code_problem


def _taken(facts: DecisionFacts) -> str:
    return f"登记申请“{facts.number_taken_by}”已使用该文号"


@rule("R-184", basis="内部控制/文号", names=_taken)
def decision_number_is_free(facts: DecisionFacts, _on: date) -> bool:
    """决定文号没有用于其他登记申请。"""
    return not facts.number_taken_by


DECIDE_FILING = (step_keeps_the_order, decider_is_another_officer, decision_is_in_writing, decision_number_is_free)
APPROVE_FILING = (*DECIDE_FILING, code_is_fit)
DENY_FILING = (*DECIDE_FILING, denial_has_reasons)


@dataclass(frozen=True, slots=True, kw_only=True)
class WithdrawalFacts(StepFacts):
    """Why the applicant takes the application back."""

    reason: str


@rule("R-121", basis="内部控制/理由")
def withdrawal_has_a_reason(facts: WithdrawalFacts, _on: date) -> bool:
    """写明申请人撤回的理由。"""
    return bool(facts.reason.strip())


WITHDRAW_FILING = (step_keeps_the_order, withdrawal_has_a_reason)


@dataclass(frozen=True, slots=True, kw_only=True)
class ConclusionFacts(StepFacts):
    """The conclusion of an annual inspection; ``on_file`` tells whether the year's report was filed at all."""

    on_file: bool
    conclusion: str
    before: str
    reason: str


@rule("R-122", basis="社会团体登记管理条例/28")
def report_is_on_file(facts: ConclusionFacts, _on: date) -> bool:
    """该年度年报已经报送。"""
    return facts.on_file


@rule("R-123", basis="社会团体登记管理条例/28")
def conclusion_is_one(facts: ConclusionFacts, _on: date) -> bool:
    """结论为合格、基本合格或者不合格，且与原结论不同。"""
    return facts.conclusion in {"qualified", "basically_qualified", "unqualified"} and facts.conclusion != facts.before


@rule("R-124", basis="内部控制/理由")
def unfavourable_conclusion_has_a_reason(facts: ConclusionFacts, _on: date) -> bool:
    """结论不是合格的，或者改变原结论的，写明理由。"""
    plain = facts.conclusion == "qualified" and facts.before in {"", "pending"}
    return plain or bool(facts.reason.strip())


CONCLUDE_REPORT = (
    step_keeps_the_order,
    report_is_on_file,
    conclusion_is_one,
    unfavourable_conclusion_has_a_reason,
)
