"""The rules of decoupling: who belongs on the list, and what each step asks. Facts in, verdict out."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from decoupling.states import Category, ItemState, Residue
from registry.rulebook import Refused, broken, require, rule
from registry.states import State

if TYPE_CHECKING:
    from datetime import date

__all__ = ["Refused", "broken", "require"]


@dataclass(frozen=True, slots=True, kw_only=True)
class StepFacts:
    """What every step looks at; ``not_before`` is the day of the step before it."""

    today: date
    not_before: date | None
    exited_on: date | None
    category: str


@rule("R-61", basis="发改体改〔2019〕1063号")
def on_the_register(facts: StepFacts, on: date) -> bool:
    """办理之日组织仍在册，没有注销、撤销、吊销或者合并。"""
    return facts.exited_on is None or facts.exited_on > on


@rule("R-62", basis="内部控制/日期")
def in_order(facts: StepFacts, on: date) -> bool:
    """日期不晚于今天，不早于上一环节。"""
    return on <= facts.today and (facts.not_before is None or facts.not_before <= on)


@rule("R-63", basis="发改体改〔2019〕1063号")
def is_to_decouple(facts: StepFacts, _on: date) -> bool:
    """该组织在名单中的类别为拟脱钩。"""
    return facts.category == Category.LISTED


STEP = (on_the_register, in_order)


# --- the list ----------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class Scope:
    """The three questions of the scope test, with what the answers rest on."""

    same_trade_members: bool
    name_fits: bool
    registered_as_association: bool
    note: str

    @property
    def meets_all(self) -> bool:
        """Tell whether 三项同时具备."""
        return self.same_trade_members and self.name_fits and self.registered_as_association


@dataclass(frozen=True, slots=True, kw_only=True)
class PlacementFacts(StepFacts):
    """A body about to stand in ``category``; the last two fields are what the register says about it."""

    scope: Scope
    document_no: str
    is_association: bool
    is_industry_association: bool


@rule("R-64", basis="中办发〔2015〕39号/二")
def listed_only_in_scope(facts: PlacementFacts, _on: date) -> bool:
    """列为拟脱钩的，范围三项同时具备：同业或者同地经济组织为主要会员，名称为协会、商会等，登记为社会团体法人。"""
    return facts.category != Category.LISTED or facts.scope.meets_all


@rule("R-65", basis="中办发〔2015〕39号/二")
def agrees_with_register(facts: PlacementFacts, _on: date) -> bool:
    """认定与登记簿一致：是否社会团体法人与登记类型相符；列为拟脱钩的，登记簿中标明为行业协会商会。"""
    return facts.scope.registered_as_association == facts.is_association and (
        facts.category != Category.LISTED or facts.is_industry_association
    )


@rule("R-66", basis="中办发〔2015〕39号/二")
def placement_is_documented(facts: PlacementFacts, _on: date) -> bool:
    """有名单文号，并写明三项认定的依据。"""
    return bool(facts.document_no.strip()) and bool(facts.scope.note.strip())


@dataclass(frozen=True, slots=True, kw_only=True)
class EntryFacts(PlacementFacts):
    """A body about to enter the list."""

    already_listed: bool


@rule("R-67", basis="内部控制/理由")
def not_yet_on_the_list(facts: EntryFacts, _on: date) -> bool:
    """尚未列入名单；已经列入的，应当调整类别。"""
    return not facts.already_listed


@dataclass(frozen=True, slots=True, kw_only=True)
class MoveFacts(PlacementFacts):
    """A body about to go from the category ``leaving`` to another."""

    leaving: str
    accepted: bool
    reason: str


@rule("R-68", basis="发改体改〔2019〕1063号")
def category_changes_before_acceptance(facts: MoveFacts, _on: date) -> bool:
    """调整后的类别与现类别不同，且该组织尚未完成脱钩。"""
    return facts.category != facts.leaving and not facts.accepted


@rule("R-69", basis="内部控制/理由")
def move_has_reason(facts: MoveFacts, _on: date) -> bool:
    """写明调整类别的理由。"""
    return bool(facts.reason.strip())


IN_CATEGORY = (*STEP, listed_only_in_scope, agrees_with_register, placement_is_documented)
PLACE = (*IN_CATEGORY, not_yet_on_the_list)
MOVE = (*IN_CATEGORY, category_changes_before_acceptance, move_has_reason)


# --- the plan ----------------------------------------------------------------------------------------

SUBMIT_PLAN = (*STEP, is_to_decouple)


@dataclass(frozen=True, slots=True, kw_only=True)
class ApprovalFacts(StepFacts):
    """A plan about to be approved."""

    submitter: int | None
    approver: int
    approval_no: str
    approval_body: str


@rule("R-70", basis="内部控制/双人")
def approved_by_another(facts: ApprovalFacts, _on: date) -> bool:
    """方案批复由报送经办人以外的人员办理。"""
    return facts.submitter != facts.approver


@rule("R-71", basis="发改体改〔2019〕1063号")
def approval_is_documented(facts: ApprovalFacts, _on: date) -> bool:
    """方案批复有文号，并写明批复单位。"""
    return bool(facts.approval_no.strip()) and bool(facts.approval_body.strip())


APPROVE_PLAN = (*STEP, is_to_decouple, approved_by_another, approval_is_documented)


# --- the items ---------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class ItemFacts(StepFacts):
    """An item about to be settled as ``outcome``, or reopened."""

    plan_approved: bool
    outcome: str
    evidence: str
    reason: str


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


@rule("R-75", basis="内部控制/理由")
def reopening_has_reason(facts: ItemFacts, _on: date) -> bool:
    """已办结事项重新打开的，写明理由。"""
    return facts.outcome != ItemState.PENDING or bool(facts.reason.strip())


SETTLE_ITEM = (*STEP, is_to_decouple, work_has_begun, done_has_evidence, not_applicable_has_reason)
REOPEN_ITEM = (*STEP, is_to_decouple, work_has_begun, reopening_has_reason)


# --- signatures and acceptance -----------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class SignatureFacts(StepFacts):
    """Somebody about to sign; ``open_items`` are codes of blocking items neither done nor n/a."""

    under_way: bool
    already_signed: bool
    open_items: tuple[str, ...]
    capacity: str


@rule("R-76", basis="内部控制/双人")
def signs_once(facts: SignatureFacts, _on: date) -> bool:
    """每名验收人只签字一次。"""
    return not facts.already_signed


@rule("R-77", basis="中办发〔2015〕39号/三")
def signs_what_is_settled(facts: SignatureFacts, _on: date) -> bool:
    """方案已经批复、尚未验收，各适用事项均已办结，方可签字。"""
    return facts.under_way and not facts.open_items


@rule("R-78", basis="内部控制/双人")
def signs_in_a_capacity(facts: SignatureFacts, _on: date) -> bool:
    """写明签字人所在单位或者身份。"""
    return bool(facts.capacity.strip())


SIGN = (*STEP, is_to_decouple, signs_once, signs_what_is_settled, signs_in_a_capacity)


@dataclass(frozen=True, slots=True, kw_only=True)
class AcceptanceFacts(StepFacts):
    """An association about to be accepted; the register's own rules (R-04 to R-08) come on top."""

    state: str


@rule("R-79", basis="发改体改〔2019〕1063号")
def is_active(facts: AcceptanceFacts, _on: date) -> bool:
    """该组织为正常存续且未脱钩；认定为僵尸型的须先恢复。"""
    return facts.state == State.ACTIVE


ACCEPT = (*STEP, is_to_decouple, is_active)


# --- what remains ------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class ResidueFacts(StepFacts):
    """A reason about to be given for what has not decoupled."""

    accepted: bool
    residue: str
    note: str


@rule("R-80", basis="发改体改〔2019〕1063号")
def has_not_decoupled(facts: ResidueFacts, _on: date) -> bool:
    """尚未完成脱钩的才登记未脱钩原因。"""
    return not facts.accepted


@rule("R-81", basis="内部控制/理由")
def other_is_explained(facts: ResidueFacts, _on: date) -> bool:
    """未脱钩原因为“其他”的，写明具体情况。"""
    return facts.residue != Residue.OTHER or bool(facts.note.strip())


SET_RESIDUE = (*STEP, is_to_decouple, has_not_decoupled, other_is_explained)
