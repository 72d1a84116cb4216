"""The rules of the penalty procedure (行政处罚法, 令68) beside those of every step. Plain Python, no clock."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cleanup.states import Step
from registry.rulebook import rule

if TYPE_CHECKING:
    from datetime import date

    from cleanup.rules.leg import StepFacts


@rule("R-243", basis="行政处罚法/36")
def is_within_limitation(facts: StepFacts, on: date) -> bool:
    """违法行为终了之日起在追究时效内立案；行为仍在持续的不填终了之日。"""
    return facts.limitation is None or on <= facts.limitation


@rule("R-244", basis="行政处罚法/57")
def is_discussed_where_due(facts: StepFacts, _on: date) -> bool:
    """情节复杂或者重大违法的，调查终结后已经负责人集体讨论。"""
    return not facts.serious or facts.stands(Step.DISCUSS)


@rule("R-440", basis="行政处罚法/44")
def told_of_what_was_found_last(facts: StepFacts, _on: date) -> bool:
    """最近一次调查终结之后已经告知当事人；告知以后又有新的调查终结的，重新告知。"""
    return facts.stands(Step.NOTIFY)


@rule("R-245", basis="行政处罚法/64")
def hearing_is_asked_for_in_time(facts: StepFacts, _on: date) -> bool:
    """收到听证要求的日期在告知书送达后的法定期限内，此前没有书面放弃。"""
    due, received = facts.due.get("hearing.request"), facts.entered.get("received_on")
    return due is not None and (received is None or received <= due) and not facts.stands(Step.WAIVE_RIGHTS)


@rule("R-246", basis="行政处罚法/44；行政处罚法/63；行政处罚法/64")
def rights_are_spent(facts: StepFacts, on: date) -> bool:
    """陈述申辩和要求听证的期限已过，或者已经书面放弃；要求听证的，听证已经结束。"""
    if facts.stands(Step.WAIVE_RIGHTS) or facts.stands(Step.HEAR):
        return True
    due = facts.due.get("hearing.request")
    return Step.REQUEST_HEARING not in facts.done and due is not None and due < on


@rule("R-247", basis="行政处罚法/64")
def hearing_is_called_in_time(facts: StepFacts, on: date) -> bool:
    """举行听证的日期与通知送达之间至少间隔法定的工作日数。"""
    due = facts.hearing_notice_due
    asked = facts.entered.get("hearing_on") or facts.hearing_on
    return due is not None and asked is not None and due < asked and on <= asked


@rule("R-248", basis="行政处罚法/64")
def host_is_no_investigator(facts: StepFacts, _on: date) -> bool:
    """听证主持人不是本案现在或者以前的承办人，没有参与调查和送达，也没有被决定回避。"""
    host = facts.entered.get("host") or facts.hearing_host
    return host is not None and host not in facts.officers and host not in facts.recused


@rule("R-249", basis="行政处罚法/64")
def is_heard_on_the_day_called(facts: StepFacts, on: date) -> bool:
    """在通知的日期举行听证；改期的重新通知。"""
    return facts.hearing_on == on


@rule("R-250", basis="行政处罚法/58")
def reviewer_is_qualified(facts: StepFacts, _on: date) -> bool:
    """法制审核人员登记有法制审核资格。"""
    return facts.is_qualified


@rule("R-251", basis="行政处罚法/58")
def review_has_agreed(facts: StepFacts, _on: date) -> bool:
    """法制审核同意，并且在最近一次调查、告知、陈述申辩、听证之后作出；未经审核或者审核未通过的不作出决定。"""
    return facts.review_agreed and facts.stands(Step.REVIEW)


@rule("R-252", basis="行政处罚法/60")
def is_decided_in_time(facts: StepFacts, on: date) -> bool:
    """自立案之日起在法定期限（包括批准的延长）内作出决定。"""
    due = facts.due.get("case.decision")
    return due is not None and on <= due


@rule("R-220", basis="内部控制/暂缓")
def body_is_not_held(facts: StepFacts, _on: date) -> bool:
    """该组织未处于暂缓处理期间；须先解除暂缓处理，再作出决定、记录决定的送达；办案期限需要停止计算的，中止办理。"""
    return not facts.on_hold


@rule("R-253", basis="行政处罚法/48")
def published_and_annulled(facts: StepFacts, _on: date) -> bool:
    """处罚决定已经公开，并且已被撤销，尚未撤回。"""
    return facts.published


@rule("R-254", basis="社会团体登记管理条例/33；民办非企业单位登记管理暂行条例/28")
def nothing_stays_outside(facts: StepFacts, _on: date) -> bool:
    """登记证书和印章全部收回；没有收回的，已经公告作废并写明公告文号。"""
    return bool(facts.entered.get("complete")) or bool(str(facts.entered.get("void_no") or "").strip())
