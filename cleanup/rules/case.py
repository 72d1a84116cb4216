"""The rules of a case: which treatment is lawful, when it may be handed over and closed. Plain Python, no clock."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from cleanup.states import OUTCOME_OF, PENALTIES, CaseOutcome, DropGround, Treatment
from registry.rulebook import rule
from registry.states import Kind

if TYPE_CHECKING:
    from datetime import date


@dataclass(frozen=True, slots=True, kw_only=True)
class TreatmentFacts:
    """What decides which treatments are lawful for a body; ``missed_years`` counts the years its criterion A names.

    ``revocable_from`` is after how many of them in a row the law revokes a body of its kind, where it says so.
    """

    treatment: str
    kind: str
    is_charity: bool
    criteria: str
    missed_years: int
    revocable_from: int | None
    confirmed: bool
    confirmed_on: date | None
    on_register: bool
    on_hold: bool
    exempt: bool
    today: date
    due_on: date | None = None


REVOCABLE = {
    Kind.ASSOCIATION: frozenset("AB"),
    Kind.PRIVATE_NON_ENTERPRISE: frozenset("A"),
    Kind.FOUNDATION: frozenset("AB"),
}
"""Criteria that carry a statutory ground for 撤销; one inactive year is none for a 民办非企业单位."""


@rule("R-44", basis="民发〔2021〕63号")
def finding_is_confirmed(facts: TreatmentFacts, on: date) -> bool:
    """线索已经确认，组织仍在册，立案不早于确认。"""
    return facts.confirmed and facts.on_register and facts.confirmed_on is not None and facts.confirmed_on <= on


@rule("R-45", basis="社会团体登记管理条例/29；民办非企业单位登记管理暂行条例/25/1/3；基金会管理条例/41/1")
def revocation_has_ground(facts: TreatmentFacts, _on: date) -> bool:
    """撤销登记须有法定事由：社会团体、基金会为情形A或B；民办非企业单位仅为情形A且连续两年（一年未活动不是其撤销事由）。"""
    if facts.treatment != Treatment.REVOKE:
        return True
    if facts.revocable_from is not None and facts.missed_years < facts.revocable_from:
        return False
    return bool(REVOCABLE[Kind(facts.kind)] & set(facts.criteria))


@rule("R-46", basis="慈善法/109")
def licence_revocation_is_for_charities(facts: TreatmentFacts, _on: date) -> bool:
    """吊销登记证书只适用于慈善组织，且仅无法联系或者仅有地方认定情形的不足以吊销。"""
    return facts.treatment != Treatment.REVOKE_LICENCE or (facts.is_charity and bool({*"ABC"} & set(facts.criteria)))


@rule("R-54", basis="内部控制/日期")
def case_dates_in_order(facts: TreatmentFacts, on: date) -> bool:
    """立案日期不晚于今天，办理期限不早于立案日期。"""
    return on <= facts.today and (facts.due_on is None or facts.due_on >= on)


@rule("R-218", basis="内部控制/暂缓")
def case_of_a_body_not_on_hold(facts: TreatmentFacts, _on: date) -> bool:
    """该组织未处于暂缓处理期间；须先解除暂缓处理，再立案。"""
    return not facts.on_hold


@rule("R-219", basis="内部控制/排查")
def case_of_a_body_not_exempt(facts: TreatmentFacts, _on: date) -> bool:
    """立案当日该组织没有免予排查；仍须立案的，先解除免予排查。"""
    return not facts.exempt


TREAT = (finding_is_confirmed, revocation_has_ground, licence_revocation_is_for_charities, case_dates_in_order)
OPEN_CASE = (*TREAT, case_of_a_body_not_on_hold, case_of_a_body_not_exempt)


@dataclass(frozen=True, slots=True, kw_only=True)
class ClosingFacts:
    """The end of a case; ``still_met`` are the finding's criteria that the register still sees as met.

    ``exited`` tells that the body has left the register by another way meanwhile, which is then the outcome;
    ``dropped`` is the ground on which a case is given up.
    """

    treatment: str
    outcome: str
    opened_on: date
    today: date
    reason: str
    still_met: str
    exited: bool
    dropped: str = ""


OUTCOME_OF_DROP = {DropGround.COMPLIED: CaseOutcome.RECTIFIED, DropGround.UNFOUNDED: CaseOutcome.DROPPED}


@rule("R-47", basis="内部控制/日期")
def closed_in_order(facts: ClosingFacts, on: date) -> bool:
    """办结日期不早于立案日期，不晚于今天。"""
    return facts.opened_on <= on <= facts.today


@rule("R-48", basis="民发〔2021〕63号")
def outcome_fits_treatment(facts: ClosingFacts, _on: date) -> bool:
    """办理结果与处置方式或者撤案事由一致（组织已另行退出的，以实际退出方式为准），并写明理由。"""
    fitting = OUTCOME_OF_DROP[DropGround(facts.dropped)] if facts.dropped else OUTCOME_OF[Treatment(facts.treatment)]
    return (facts.exited or CaseOutcome(facts.outcome) == fitting) and bool(facts.reason.strip())


@rule("R-49", basis="民发〔2021〕63号")
def rectified_facts_are_cured(facts: ClosingFacts, _on: date) -> bool:
    """以整改办结的，纳入的各种情形经系统核对均已消除（如补报年报、开展活动、恢复联系、解除认定）。"""
    return facts.exited or facts.outcome != CaseOutcome.RECTIFIED or not facts.still_met


CLOSE_CASE = (closed_in_order, outcome_fits_treatment, rectified_facts_are_cured)


@rule("R-264", basis="内部控制/个案")
def body_has_left(exited: bool, _on: date) -> bool:  # noqa: FBT001 - a rule takes facts and a day, by position
    """组织已经以其他方式退出登记；没有退出的，按处置方式的步骤办理。"""
    return exited


@rule("R-266", basis="内部控制/个案")
def is_not_worked_by_steps(steps: int, _on: date) -> bool:
    """个案还没有办理过步骤（补录既往个案）；已经按步骤办理的，按步骤办到底。"""
    return steps == 0


@dataclass(frozen=True, slots=True, kw_only=True)
class EntryFacts:
    """A penalty decided elsewhere that is entered past the steps: who enters it, and who carries the case."""

    treatment: str
    by: int
    officer: int


@rule("R-444", basis="内部控制/双人")
def penalty_is_entered_by_another(facts: EntryFacts, _on: date) -> bool:
    """补录已经作出的撤销、吊销决定，由承办人以外的人员核对决定书和送达证明后办理。"""
    return facts.treatment not in PENALTIES or facts.by != facts.officer


@dataclass(frozen=True, slots=True, kw_only=True)
class HandoverFacts:
    """A case that shall go from one officer to another, in whatever state: a closed one may be contested later."""

    opened_on: date
    officer: int
    successor: int


@rule("R-117", basis="内部控制/账户")
def case_goes_to_another(facts: HandoverFacts, on: date) -> bool:
    """改派给另一名承办人，改派日期不早于立案日期。"""
    return facts.opened_on <= on and facts.officer != facts.successor


REASSIGN_CASE = (case_goes_to_another,)
