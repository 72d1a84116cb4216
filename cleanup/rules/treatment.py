"""The rules of 限期整改, guided 注销, 合并 and of what all treatments share. Plain Python, no clock."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cleanup.states import PENALTIES, ResolutionManner, Step, Treatment
from registry.rulebook import rule

if TYPE_CHECKING:
    from datetime import date

    from cleanup.rules.leg import StepFacts


@rule("R-255", basis="民发〔2021〕63号")
def leaves_time_to_rectify(facts: StepFacts, on: date) -> bool:
    """整改期限距责令之日不少于规定的最少日数；送达时不足的，期限不起算，重新责令。"""
    due = facts.entered.get("due_on")
    return due is not None and on < due and facts.least_days <= (due - on).days


@rule("R-442", basis="内部控制/期限")
def is_not_ordered_yet(facts: StepFacts, _on: date) -> bool:
    """没有已经送达或者正在送达的责令整改；已经送达的，期限只能经审核人或者负责人批准延长一次。"""
    return facts.rectify_until is None


@rule("R-256", basis="内部控制/期限")
def is_prolonged_ahead(facts: StepFacts, on: date) -> bool:
    """在整改期限届满前延长，新的期限晚于原期限。"""
    due, asked = facts.due.get("rectification"), facts.entered.get("due_on")
    return due is not None and on <= due and asked is not None and due < asked


@rule("R-257", basis="民发〔2021〕63号")
def time_to_rectify_is_over(facts: StepFacts, on: date) -> bool:
    """整改期限已经届满，或者该组织书面表示不能完成整改。"""
    due = facts.due.get("rectification")
    declared = bool(str(facts.entered.get("declared") or "").strip())
    return declared or (due is not None and due < on)


@rule("R-443", basis="民发〔2021〕63号")
def is_not_punished_while_it_rectifies(facts: StepFacts, on: date) -> bool:
    """限期整改的，整改期限届满后才转为撤销登记或者吊销登记证书；组织书面表示不能完成整改的，办理“整改不合格”。"""
    punished = facts.treatment == Treatment.RECTIFY and facts.entered.get("treatment") in PENALTIES
    return not punished or facts.rectify_until is None or facts.rectify_until < on


@rule("R-258", basis="民发〔2021〕63号")
def treatment_is_another(facts: StepFacts, _on: date) -> bool:
    """改用的处置方式与现在的不同。"""
    return bool(facts.entered.get("treatment")) and facts.entered["treatment"] != facts.treatment


@rule("R-259", basis="公司法/235")
def claims_are_all_in(facts: StepFacts, on: date) -> bool:
    """清算报告在债权申报期间届满之后形成。"""
    due, reported = facts.due.get("cancellation.creditors"), facts.entered.get("liquidation_report_on")
    return due is not None and due < on and (reported is None or due < reported)


@rule("R-260", basis="社会团体登记管理条例/21；民办非企业单位登记管理暂行条例/17；基金会管理条例/18")
def unit_has_consented(facts: StepFacts, _on: date) -> bool:
    """有业务主管单位的，已经取得其书面同意。"""
    return not facts.has_supervising_unit or Step.CONSENT in facts.done


@rule("R-261", basis="内部控制/个案")
def confirmation_is_announced(facts: StepFacts, _on: date) -> bool:
    """无法召开会议、由业务主管单位确认的，写明公告的文号。"""
    confirmed = facts.entered.get("manner") == ResolutionManner.CONFIRMED
    return not confirmed or bool(str(facts.entered.get("announcement_no") or "").strip())


@rule("R-262", basis="内部控制/个案")
def nothing_is_left(facts: StepFacts, _on: date) -> bool:
    """处置之后的各项后续事项均已办理。"""
    return not facts.remaining


@rule("R-263", basis="行政处罚法/57")
def is_not_decided_yet(facts: StepFacts, _on: date) -> bool:
    """处罚决定尚未作出；作出之后按送达、复议和诉讼的结果办理。"""
    return Step.DECIDE not in facts.done
