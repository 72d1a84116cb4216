"""The rules every step of a case keeps, whatever the treatment. Plain Python, no clock."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cleanup.rules.leg import Phase, StepFacts, What
from cleanup.rules.number import NUMBER
from cleanup.states import Actor, CaseState
from registry.rulebook import rule
from registry.rules import ENFORCE, broken
from registry.states import Role

if TYPE_CHECKING:
    from datetime import date

    from cleanup.rules.leg import Acting, Leg
    from registry.rulebook import Rule

OPEN_TO = {
    Phase.WORK: {CaseState.OPEN},
    Phase.AFTER: {CaseState.FOLLOW_UP},
    Phase.EITHER: {CaseState.OPEN, CaseState.FOLLOW_UP},
    Phase.ALWAYS: {CaseState.OPEN, CaseState.FOLLOW_UP, CaseState.CLOSED},
    Phase.PAUSED: {CaseState.SUSPENDED},
    Phase.UNSETTLED: {CaseState.OPEN, CaseState.SUSPENDED},
}
"""The states of a case in which a step of each phase may be taken."""

SIGNERS = {
    Actor.REVIEWER: {Role.REVIEWER},
    Actor.DIRECTOR: {Role.DIRECTOR},
    Actor.CHECKER: {Role.REVIEWER, Role.DIRECTOR},
}
"""The roles that sign for the bureau; the officer and the host of a hearing are persons, not roles."""

TWO = 2  # 两名以上 of 行政处罚法 42: the law's own number, not a policy of the bureau


@rule("R-230", basis="内部控制/个案")
def step_is_on_track(facts: StepFacts, _on: date) -> bool:
    """本步骤属于该处置方式的程序。"""
    return facts.leg is not None


@rule("R-231", basis="内部控制/个案")
def case_is_at_hand(facts: StepFacts, _on: date) -> bool:
    """个案处于可以办理本步骤的阶段：中止的先恢复，处置之后只办理后续事项，结案后不再办理。"""
    return facts.leg is None or CaseState(facts.state) in OPEN_TO[facts.leg.phase]


@rule("R-232", basis="内部控制/个案")
def earlier_steps_are_done(facts: StepFacts, _on: date) -> bool:
    """本步骤之前的步骤均已办理。"""
    return facts.leg is None or all(step in facts.done for step in facts.leg.after)


@rule("R-233", basis="内部控制/个案")
def step_is_not_repeated(facts: StepFacts, _on: date) -> bool:
    """本步骤尚未办理；只有法律允许反复进行的才再次办理。"""
    return facts.leg is None or facts.leg.repeats or not facts.stands(facts.leg.step)


@rule("R-234", basis="内部控制/日期")
def step_keeps_the_order(facts: StepFacts, on: date) -> bool:
    """办理日期不早于立案和上一步骤，不晚于今天。"""
    return max(facts.opened_on, facts.last_on) <= on <= facts.today


@rule("R-235", basis="内部控制/个案")
def taken_by_the_right_person(facts: StepFacts, _on: date) -> bool:
    """由规定的人员办理：承办人、法制审核人员、负责人、审核人或者听证主持人。"""
    if facts.leg is None:
        return True
    if facts.leg.actor == Actor.HOST:
        return facts.by == facts.hearing_host
    if facts.leg.actor == Actor.OFFICER:
        return facts.officer in {facts.by, *(facts.acting if facts.leg.takes_two else ())}
    return Role(facts.role) in SIGNERS[facts.leg.actor]


@rule("R-236", basis="内部控制/个案")
def content_is_stated(facts: StepFacts, _on: date) -> bool:
    """本步骤要求写明的内容均已写明。"""
    return not facts.missing


@rule("R-237", basis="内部控制/日期")
def stated_days_have_come(facts: StepFacts, on: date) -> bool:
    """所填写的已发生事项的日期不晚于办理日期。"""
    days = [] if facts.leg is None else [each.name for each in facts.leg.asks if each.what == What.DAY]
    return all(facts.entered[name] <= on for name in days if facts.entered.get(name))


@rule("R-238", basis="行政处罚法/42")
def two_officers_act(facts: StepFacts, _on: date) -> bool:
    """由两名以上不同的执法人员共同办理：在岗，角色为登记人员、执法人员、审核人或者负责人，其中一名是承办人。"""
    if facts.leg is None or not facts.leg.takes_two:
        return True
    return len(set(facts.acting)) >= TWO and facts.acting_in_office and facts.officer in facts.acting


@rule("R-239", basis="行政处罚法/42")
def certificates_are_valid(facts: Acting, on: date) -> bool:
    """参与办理处罚案件的执法人员当日均持有有效的执法证。"""
    penal = facts.leg is not None and facts.leg.is_penal
    return not penal or not any(broken(ENFORCE, each, on=on) for each in facts.certificates)


@rule("R-240", basis="行政处罚法/43")
def nobody_recused_acts(facts: Acting, _on: date) -> bool:
    """办理人员没有被决定回避。"""
    return not facts.recused & {facts.by, *facts.acting}


@rule("R-241", basis="内部控制/双人")
def signed_by_another(facts: StepFacts, _on: date) -> bool:
    """审核、批准和决定由别人作出：不是现在或者以前的承办人，也没有在本轮参与调查、送达和承办人的其他步骤。"""
    signs = facts.leg is not None and facts.leg.actor in SIGNERS
    return not signs or facts.by not in facts.officers


@rule("R-242", basis="行政处罚法/44；行政处罚法/61")
def documents_have_arrived(facts: StepFacts, on: date) -> bool:
    """此前的文书已经送达并有送达证明，本步骤不早于证明的送达之日。"""
    if facts.leg is None:
        return True
    return all(step in facts.served and facts.served[step] <= on for step in facts.leg.served)


STEP = (
    step_is_on_track,
    case_is_at_hand,
    earlier_steps_are_done,
    step_is_not_repeated,
    step_keeps_the_order,
    taken_by_the_right_person,
    content_is_stated,
    stated_days_have_come,
    two_officers_act,
    certificates_are_valid,
    nobody_recused_acts,
    signed_by_another,
    documents_have_arrived,
    *NUMBER,
)


def of_step(leg: Leg | None) -> tuple[Rule[StepFacts], ...]:
    """Return every rule a step has to keep."""
    return (*STEP, *(leg.rules if leg else ()))
