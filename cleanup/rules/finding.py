"""The rules of findings and determinations. Plain Python: facts in, verdict out; no database, no clock, no user."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from registry.rulebook import rule

if TYPE_CHECKING:
    from datetime import date


@dataclass(frozen=True, slots=True, kw_only=True)
class LiftingFacts:
    """A determination about to be lifted."""

    made_on: date
    lifted: bool
    today: date


@rule("R-56", basis="内部控制/日期")
def lifted_once_and_in_order(facts: LiftingFacts, on: date) -> bool:
    """认定尚未解除，解除日期不早于认定日期，不晚于今天。"""
    return not facts.lifted and facts.made_on <= on <= facts.today


LIFT_DETERMINATION = (lifted_once_and_in_order,)


@dataclass(frozen=True, slots=True, kw_only=True)
class DecisionFacts:
    """An officer's decision on a finding; ``still_met`` are its criteria that hold on the day of the decision.

    ``tested_before`` tells of a test of contact that was made before there were any here.
    """

    reason: str
    today: date
    found_on: date
    campaign_running: bool
    on_hold: bool
    exempt: bool
    on_register: bool
    still_met: str
    dormant_or_in_case: bool
    cleared_by_exit: bool = False
    lacks_contact_test: bool = False
    by_reviewer: bool = False
    tested_before: str = ""


@rule("R-39", basis="民发〔2021〕63号")
def campaign_is_running(facts: DecisionFacts, _on: date) -> bool:
    """所属整治行动正在进行。"""
    return facts.campaign_running


@rule("R-40", basis="内部控制/暂缓")
def body_not_on_hold(facts: DecisionFacts, _on: date) -> bool:
    """该组织未处于暂缓处理期间。"""
    return not facts.on_hold


@rule("R-217", basis="内部控制/排查")
def body_not_exempt(facts: DecisionFacts, _on: date) -> bool:
    """该组织当日没有免予排查；仍须确认的，先解除免予排查。"""
    return not facts.exempt


@rule("R-41", basis="内部控制/理由")
def decision_has_reason(facts: DecisionFacts, _on: date) -> bool:
    """写明确认或者排除的理由。"""
    return bool(facts.reason.strip())


@rule("R-42", basis="内部控制/日期")
def decided_after_finding(facts: DecisionFacts, on: date) -> bool:
    """决定日期不早于发现日期，不晚于今天。"""
    return facts.found_on <= on <= facts.today


@rule("R-43", basis="内部控制/日期")
def nothing_follows_from_it(facts: DecisionFacts, _on: date) -> bool:
    """该线索尚未转为休眠，也没有立案；否则先恢复或者办结。"""
    return not facts.dormant_or_in_case


@rule("R-216", basis="民发〔2021〕63号")
def not_cleared_by_exit(facts: DecisionFacts, _on: date) -> bool:
    """已经确认的线索，组织仍在册；立案之前组织已经退出登记的，按退出方式计为已完成，不再排除。"""
    return not facts.cleared_by_exit


@rule("R-52", basis="民发〔2021〕63号")
def body_on_register(facts: DecisionFacts, _on: date) -> bool:
    """该组织仍在册；已退出登记的不再确认，由排查自动撤回。"""
    return facts.on_register


@rule("R-53", basis="民发〔2021〕63号")
def facts_still_hold(facts: DecisionFacts, _on: date) -> bool:
    """按决定当日的登记情况，所列情形至少一项仍然存在；已经消除的由排查自动撤回。"""
    return bool(facts.still_met)


@rule("R-435", basis="社会组织信用信息管理办法/11")
def unreachable_by_a_contact_test(facts: DecisionFacts, _on: date) -> bool:
    """确认情形D的，联系核查已经结束，结论为无法取得联系；此前在系统之外按同样程序核查过的，由审核人员或者负责人写明日期、方式和凭证。"""
    return not facts.lacks_contact_test or (facts.by_reviewer and bool(facts.tested_before.strip()))


CONFIRM_FINDING = (
    campaign_is_running,
    body_not_on_hold,
    body_not_exempt,
    body_on_register,
    facts_still_hold,
    unreachable_by_a_contact_test,
    decision_has_reason,
    decided_after_finding,
)
DISMISS_FINDING = (decision_has_reason, decided_after_finding, nothing_follows_from_it, not_cleared_by_exit)
