"""The track of each treatment: its steps in the order the law puts them. Screens, rules and documents read this table."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from cleanup.rules import penalty_track as penal
from cleanup.rules import treatment as rules
from cleanup.rules.leg import Ask, Clock, Leg, Phase, What
from cleanup.rules.penalty_track import REASON, content
from cleanup.states import Actor, DocumentKind, DropGround, RectificationMode, ResolutionManner, Step, Treatment

if TYPE_CHECKING:
    from collections.abc import Mapping

# --- liquidation, the same for 注销 and after 撤销, 吊销 -------------------------------------------------------------


FORM_GROUP = Leg(
    step=Step.FORM_GROUP,
    actor=Actor.OFFICER,
    basis="民法典/70",
    asks=(
        Ask(name="formed_on", label="清算组成立日期", what=What.DAY),
        content("清算组成员和指导单位"),
    ),
    starts=(Clock(kind="cancellation.announcement", since="formed_on"),),
)
CALL_CREDITORS = Leg(
    step=Step.CALL_CREDITORS,
    actor=Actor.OFFICER,
    basis="公司法/235",
    after=(Step.FORM_GROUP,),
    asks=(
        Ask(name="announced_on", label="公告日期", what=What.DAY),
        Ask(name="outlet", label="公告的报刊或者网站"),
    ),
    starts=(Clock(kind="cancellation.creditors", since="announced_on"),),
    meets=("cancellation.announcement",),
)
LIQUIDATE = Leg(
    step=Step.LIQUIDATE,
    actor=Actor.OFFICER,
    basis="社会团体登记管理条例/20；民办非企业单位登记管理暂行条例/16；基金会管理条例/18",
    after=(Step.CALL_CREDITORS,),
    asks=(
        Ask(name="liquidation_report_on", label="清算报告日期", what=What.DAY),
        content("债权债务、剩余财产的处理"),
    ),
    starts=(Clock(kind="cancellation.application", since="liquidation_report_on"),),
    meets=("cancellation.creditors",),
    rules=(rules.claims_are_all_in,),
)


def liquidation(phase: Phase, after: tuple[Step, ...]) -> tuple[Leg, ...]:
    """Return the steps of a liquidation that begins after the given steps."""
    first, *others = FORM_GROUP, CALL_CREDITORS, LIQUIDATE
    return (replace(first, after=after, phase=phase), *(replace(each, phase=phase) for each in others))


# --- 撤销, 吊销 ---------------------------------------------------------------------------------------------------

DISSOLVE = Leg(
    step=Step.DISSOLVE,
    actor=Actor.CHECKER,
    basis="民法典/72",
    after=(Step.LIQUIDATE, Step.COLLECT),
    asks=(REASON,),
    meets=("cancellation.application",),
    phase=Phase.AFTER,
)
ARCHIVE = Leg(
    step=Step.ARCHIVE,
    actor=Actor.DIRECTOR,
    basis="社会组织登记管理机关行政处罚程序规定",
    asks=(content("执行情况和结案意见"),),
    documents=(DocumentKind.CLOSING_REPORT,),
    rules=(rules.nothing_is_left,),
    phase=Phase.AFTER,
)
PENALTY = (
    penal.FILE,
    penal.INQUIRE,
    penal.REPORT,
    penal.DISCUSS,
    penal.NOTIFY,
    penal.STATE,
    penal.WAIVE_RIGHTS,
    penal.REQUEST_HEARING,
    penal.CALL_HEARING,
    penal.HEAR,
    penal.REVIEW,
    penal.DECIDE,
    penal.TAKE_EFFECT,
    penal.PUBLISH,
    penal.COLLECT,
    *liquidation(Phase.AFTER, ()),
    DISSOLVE,
    ARCHIVE,
    penal.RECUSE,
    penal.EXTEND,
    penal.CONTEST,
    penal.UPHOLD,
    penal.PROPOSE_ANNUL,
    penal.ANNUL,
    penal.UNPUBLISH,
)

# --- 限期整改 -----------------------------------------------------------------------------------------------------

DUE = Ask(name="due_on", label="整改期限", what=What.AHEAD)
RECTIFY = (
    Leg(
        step=Step.ORDER,
        actor=Actor.OFFICER,
        basis="民发〔2021〕63号",
        asks=(
            Ask(name="document_no", label="责令限期整改通知书文号"),
            content("存在的问题"),
            Ask(name="measures", label="整改要求", what=What.LONG),
            DUE,
        ),
        documents=(DocumentKind.RECTIFICATION_ORDER, DocumentKind.SERVICE_RECEIPT),
        serves=DocumentKind.RECTIFICATION_ORDER,
        on_service=(Clock(kind="rectification", until="due_on"),),
        rules=(rules.leaves_time_to_rectify, rules.is_not_ordered_yet),
        repeats=True,
    ),
    Leg(
        step=Step.PLAN,
        actor=Actor.OFFICER,
        basis="民发〔2021〕63号",
        after=(Step.ORDER,),
        served=(Step.ORDER,),
        asks=(
            Ask(name="mode", label="整改方式", what=What.CHOICE, choices=RectificationMode),
            Ask(name="measures", label="整改措施和时限", what=What.LONG),
            Ask(name="responsible", label="责任人"),
        ),
        repeats=True,
    ),
    Leg(
        step=Step.PROLONG,
        actor=Actor.CHECKER,
        basis="内部控制/期限",
        after=(Step.ORDER,),
        served=(Step.ORDER,),
        asks=(Ask(name="due_on", label="新的整改期限", what=What.AHEAD), REASON),
        rules=(rules.is_prolonged_ahead,),
        is_main=False,
    ),
    Leg(
        step=Step.PASS,
        actor=Actor.CHECKER,
        basis="民发〔2021〕63号",
        after=(Step.PLAN,),
        asks=(Ask(name="cured", label="各种情形如何消除", what=What.CURED), REASON),
        meets=("rectification",),
    ),
    Leg(
        step=Step.FAIL,
        actor=Actor.CHECKER,
        basis="民发〔2021〕63号",
        after=(Step.ORDER,),
        served=(Step.ORDER,),
        asks=(
            Ask(name="treatment", label="改用的处置方式", what=What.TREATMENT),
            Ask(
                name="declared",
                label="组织表示不能完成整改的书面材料",
                required=False,
                help="期限届满前转为其他处置方式的填写。",
            ),
            REASON,
        ),
        rules=(rules.time_to_rectify_is_over, rules.treatment_is_another),
        is_main=False,
    ),
)

# --- 注销, guided --------------------------------------------------------------------------------------------------

CONSENT = Leg(
    step=Step.CONSENT,
    actor=Actor.OFFICER,
    basis="社会团体登记管理条例/21；民办非企业单位登记管理暂行条例/17；基金会管理条例/18",
    asks=(
        Ask(name="document_no", label="业务主管单位同意的文号"),
        Ask(name="consented_on", label="同意日期", what=What.DAY),
    ),
)
FOLLOW_UP = (
    Leg(
        step=Step.COLLECT,
        actor=Actor.OFFICER,
        basis="社会团体登记管理条例/21；民办非企业单位登记管理暂行条例/17；基金会管理条例/18",
        asks=penal.COLLECT.asks[1:],
        documents=(DocumentKind.SEIZURE_RECORD, DocumentKind.VOID_ANNOUNCEMENT),
        rules=penal.COLLECT.rules,
        phase=Phase.AFTER,
    ),
    Leg(
        step=Step.PUBLISH,
        actor=Actor.OFFICER,
        basis="社会团体登记管理条例/23；民办非企业单位登记管理暂行条例/18；基金会管理条例/19",
        asks=(Ask(name="outlet", label="公告渠道和网址"),),
        phase=Phase.AFTER,
    ),
    ARCHIVE,
)
CANCEL = (
    Leg(
        step=Step.GUIDE,
        actor=Actor.OFFICER,
        basis="民发〔2021〕63号",
        asks=(Ask(name="document_no", label="注销登记指引文号"), content("经核查的情况")),
        documents=(DocumentKind.CANCELLATION_GUIDE, DocumentKind.SERVICE_RECEIPT),
        serves=DocumentKind.CANCELLATION_GUIDE,
    ),
    Leg(
        step=Step.RESOLVE,
        actor=Actor.OFFICER,
        basis="社会团体登记管理条例/19；民办非企业单位登记管理暂行条例/16；基金会管理条例/16",
        after=(Step.GUIDE,),
        asks=(
            Ask(name="manner", label="决议方式", what=What.CHOICE, choices=ResolutionManner),
            Ask(name="resolution_on", label="决议日期", what=What.DAY),
            Ask(name="announcement_no", label="公告文号", required=False, help="由业务主管单位确认的填写。"),
        ),
        rules=(rules.confirmation_is_announced,),
    ),
    CONSENT,
    *liquidation(Phase.WORK, (Step.RESOLVE,)),
    Leg(
        step=Step.APPLY,
        actor=Actor.OFFICER,
        basis="社会团体登记管理条例/21；民办非企业单位登记管理暂行条例/17；基金会管理条例/18",
        after=(Step.LIQUIDATE,),
        asks=(content("收到的申请书、审查文件和清算报告"),),
        starts=(Clock(kind="filing.decision"),),
        meets=("cancellation.application",),
        rules=(rules.unit_has_consented,),
    ),
    Leg(
        step=Step.CANCEL,
        actor=Actor.CHECKER,
        basis="行政许可法/42",
        after=(Step.APPLY,),
        asks=(Ask(name="document_no", label="准予注销登记决定文号"), REASON),
        meets=("filing.decision",),
        rules=(rules.unit_has_consented,),
    ),
    *FOLLOW_UP,
)

# --- 合并更名 -----------------------------------------------------------------------------------------------------

MERGE = (
    Leg(
        step=Step.AGREE,
        actor=Actor.OFFICER,
        basis="社会团体登记管理条例/19；民办非企业单位登记管理暂行条例/16",
        asks=(
            Ask(name="resolution_on", label="合并决议日期", what=What.DAY),
            Ask(name="successor", label="合并后组织的统一社会信用代码", what=What.BODY),
            content("合并协议和债权债务的承继"),
        ),
    ),
    CONSENT,
    Leg(
        step=Step.MERGE,
        actor=Actor.CHECKER,
        basis="社会团体登记管理条例/19；民办非企业单位登记管理暂行条例/16",
        after=(Step.AGREE,),
        asks=(Ask(name="document_no", label="准予登记决定文号"), REASON),
        rules=(rules.unit_has_consented,),
    ),
    *FOLLOW_UP,
)

# --- what may happen on every track ---------------------------------------------------------------------------------

BESIDE = (
    Leg(
        step=Step.OBJECT,
        actor=Actor.OFFICER,
        basis="内部控制/个案",
        asks=(content("异议人和异议内容"), Ask(name="reply", label="核查情况和答复", what=What.LONG)),
        phase=Phase.EITHER,
        repeats=True,
        is_main=False,
    ),
    Leg(
        step=Step.SUSPEND,
        actor=Actor.CHECKER,
        basis="内部控制/个案",
        asks=(REASON,),
        repeats=True,
        is_main=False,
    ),
    Leg(
        step=Step.RESUME,
        actor=Actor.CHECKER,
        basis="内部控制/个案",
        asks=(REASON,),
        phase=Phase.PAUSED,
        repeats=True,
        is_main=False,
    ),
    Leg(
        step=Step.SWITCH,
        actor=Actor.CHECKER,
        basis="民发〔2021〕63号",
        asks=(Ask(name="treatment", label="改用的处置方式", what=What.TREATMENT), REASON),
        rules=(rules.is_not_decided_yet, rules.treatment_is_another, rules.is_not_punished_while_it_rectifies),
        is_main=False,
    ),
    Leg(
        step=Step.DROP,
        actor=Actor.DIRECTOR,
        basis="行政处罚法/57",
        asks=(
            Ask(name="ground", label="撤案事由", what=What.CHOICE, choices=DropGround),
            Ask(name="cured", label="各种情形如何消除", what=What.CURED, required=False),
            REASON,
        ),
        rules=(rules.is_not_decided_yet,),
        is_main=False,
    ),
)

TRACKS: Mapping[Treatment, Mapping[Step, Leg]] = {
    treatment: {leg.step: leg for leg in (*legs, *BESIDE)}
    for treatment, legs in {
        Treatment.RECTIFY: RECTIFY,
        Treatment.CANCEL: CANCEL,
        Treatment.REVOKE: PENALTY,
        Treatment.REVOKE_LICENCE: PENALTY,
        Treatment.MERGE: MERGE,
    }.items()
}
"""The steps of each treatment, in order."""


def leg_of(treatment: str, step: str) -> Leg | None:
    """Return the step on the track of ``treatment``, None where it does not belong to it."""
    return TRACKS[Treatment(treatment)].get(Step(step))


def documents_of(treatment: str) -> tuple[DocumentKind, ...]:
    """Return the documents the procedure of ``treatment`` knows, in the order of its steps."""
    legs = TRACKS[Treatment(treatment)].values()
    announced = ((DocumentKind.ANNOUNCEMENT,) if leg.serves else () for leg in legs)
    needed = (kind for leg, more in zip(legs, announced, strict=True) for kind in (*leg.documents, *more))
    return tuple(dict.fromkeys(needed))
