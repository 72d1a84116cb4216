"""The rules of list and plan: who belongs where, on what evidence, and who approves."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from decoupling.rules.steps import STEP, StepFacts, is_to_decouple
from decoupling.states import Category, Residue
from registry.rulebook import rule

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import date


@dataclass(frozen=True, slots=True, kw_only=True)
class Scope:
    """The three questions of the scope test, each with what its answer rests on."""

    same_trade_members: bool
    name_fits: bool
    registered_as_association: bool
    members_evidence: str
    name_evidence: str
    registration_evidence: str

    @property
    def meets_all(self) -> bool:
        """Tell whether 三项同时具备."""
        return self.same_trade_members and self.name_fits and self.registered_as_association

    @property
    def evidence(self) -> tuple[str, str, str]:
        """Return what the answers rest on, in the order of the questions."""
        return self.members_evidence, self.name_evidence, self.registration_evidence


def suggested_by_name(name: str, suffixes: Iterable[str]) -> str:
    """Return the longest of ``suffixes`` a name ends in, else "": a hint to look closer, never an answer."""
    return max((each for each in suffixes if name.endswith(each)), key=len, default="")


@dataclass(frozen=True, slots=True, kw_only=True)
class PlacementFacts(StepFacts):
    """A body about to stand in ``category``; the last fields are what register and batches say."""

    scope: Scope
    document_no: str
    reason: str
    is_association: bool
    is_industry_association: bool
    batch_known: bool


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
    """有联合工作组的名单文号。"""
    return bool(facts.document_no.strip())


@rule("R-303", basis="中办发〔2015〕39号/二")
def every_answer_has_evidence(facts: PlacementFacts, _on: date) -> bool:
    """范围三问逐问写明依据；只看名称不能认定。"""
    return all(each.strip() for each in facts.scope.evidence)


@rule("R-304", basis="内部控制/理由")
def batch_is_known(facts: PlacementFacts, _on: date) -> bool:
    """批次已经登记。"""
    return facts.batch_known


@rule("R-305", basis="内部控制/理由")
def outside_has_reason(facts: PlacementFacts, _on: date) -> bool:
    """列为不脱钩、暂不脱钩的，写明理由。"""
    return facts.category == Category.LISTED or bool(facts.reason.strip())


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


@rule("R-68", basis="发改体改〔2019〕1063号")
def category_changes_before_acceptance(facts: MoveFacts, _on: date) -> bool:
    """调整后的类别与现类别不同，且该组织尚未完成脱钩。"""
    return facts.category != facts.leaving and not facts.accepted


@rule("R-69", basis="内部控制/理由")
def move_has_reason(facts: MoveFacts, _on: date) -> bool:
    """写明调整类别的理由。"""
    return bool(facts.reason.strip())


IN_CATEGORY = (
    *STEP,
    listed_only_in_scope,
    agrees_with_register,
    placement_is_documented,
    every_answer_has_evidence,
    batch_is_known,
)
PLACE = (*IN_CATEGORY, outside_has_reason, not_yet_on_the_list)
MOVE = (*IN_CATEGORY, category_changes_before_acceptance, move_has_reason)


# --- the plan ----------------------------------------------------------------------------------------

SUBMIT_PLAN = (*STEP, is_to_decouple)


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanReturnFacts(StepFacts):
    """A plan about to be sent back."""

    reason: str


@rule("R-306", basis="内部控制/理由")
def return_has_reason(facts: PlanReturnFacts, _on: date) -> bool:
    """退回方案的，写明需要修改的内容。"""
    return bool(facts.reason.strip())


RETURN_PLAN = (*STEP, is_to_decouple, return_has_reason)


@dataclass(frozen=True, slots=True, kw_only=True)
class ApprovalFacts(StepFacts):
    """A plan about to be approved; ``approvers`` are the bodies that may approve one here."""

    submitter: int | None
    approver: int
    approval_no: str
    approval_body: str
    approvers: tuple[str, ...]


@rule("R-70", basis="内部控制/双人")
def approved_by_another(facts: ApprovalFacts, _on: date) -> bool:
    """方案批复由报送经办人以外的人员办理。"""
    return facts.submitter != facts.approver


@rule("R-71", basis="发改体改〔2019〕1063号")
def approval_is_documented(facts: ApprovalFacts, _on: date) -> bool:
    """方案批复有文号，并写明批复单位。"""
    return bool(facts.approval_no.strip()) and bool(facts.approval_body.strip())


@rule("R-307", basis="发改体改〔2019〕1063号")
def approved_by_whom_it_may(facts: ApprovalFacts, _on: date) -> bool:
    """批复单位是本地规定可以批复方案的单位。"""
    return not facts.approval_body.strip() or facts.approval_body in facts.approvers


APPROVE_PLAN = (*STEP, is_to_decouple, approved_by_another, approval_is_documented, approved_by_whom_it_may)


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
