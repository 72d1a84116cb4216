"""The track of 撤销 and 吊销: every step of the penalty procedure and of what follows, typed from the law."""

from __future__ import annotations

from cleanup.rules import penalty, treatment
from cleanup.rules.leg import Ask, Clock, Leg, Phase, What
from cleanup.states import Actor, Attendance, DocumentKind, Manner, Opinion, RemedyKind, Step

NUMBER = Ask(name="document_no", label="文号")
CONTENT = "content"
REASON = Ask(name="reason", label="理由", what=What.LONG)
RECEIVED = Ask(name="received_on", label="收到日期", what=What.DAY, help="按实际收到之日填写，期限按这一天核对。")


def content(label: str, *, required: bool = True, help: str = "") -> Ask:  # noqa: A002 - the word a form field uses
    """Return the ask for the substance of a step."""
    return Ask(name=CONTENT, label=label, what=What.LONG, required=required, help=help)


FILE = Leg(
    step=Step.FILE,
    actor=Actor.DIRECTOR,
    basis="社会组织登记管理机关行政处罚程序规定",
    asks=(
        Ask(name="document_no", label="立案审批表文号"),
        content("案由和涉嫌违法事实"),
        Ask(
            name="violation_ended_on",
            label="违法行为终了之日",
            what=What.DAY,
            required=False,
            help="行为仍在持续的不填。",
        ),
    ),
    documents=(DocumentKind.FILING_APPROVAL,),
    starts=(Clock(kind="case.decision", goes_on=True),),
    rules=(penalty.is_within_limitation,),
    is_penal=True,
)
RECUSE = Leg(
    step=Step.RECUSE,
    actor=Actor.DIRECTOR,
    basis="行政处罚法/43",
    after=(Step.FILE,),
    asks=(
        Ask(name="person", label="申请或者应当回避的人员", what=What.PERSON),
        Ask(name="granted", label="决定回避（不勾选为驳回）", what=What.MAYBE, required=False),
        REASON,
    ),
    repeats=True,
    is_main=False,
)
INQUIRE = Leg(
    step=Step.INQUIRE,
    actor=Actor.OFFICER,
    basis="行政处罚法/42；行政处罚法/55",
    after=(Step.FILE,),
    asks=(
        Ask(name="second", label="共同调查人员", what=What.PERSON),
        Ask(name="manner", label="调查方式", what=What.CHOICE, choices=Manner),
        content("调查情况和取得的证据"),
        Ask(name="shown", label="已出示执法证件，已告知申请回避的权利", what=What.YES),
    ),
    documents=(DocumentKind.INQUIRY_RECORD, DocumentKind.INSPECTION_RECORD),
    takes_two=True,
    is_penal=True,
    repeats=True,
)
REPORT = Leg(
    step=Step.REPORT,
    actor=Actor.OFFICER,
    basis="行政处罚法/57",
    after=(Step.INQUIRE,),
    asks=(
        Ask(name="second", label="共同调查人员", what=What.PERSON),
        content("查明的事实、证据和处理建议"),
        Ask(
            name="serious",
            label="情节复杂或者属于重大违法，需要负责人集体讨论",
            what=What.MAYBE,
            required=False,
        ),
    ),
    rules=(treatment.is_not_decided_yet,),
    takes_two=True,
    is_penal=True,
    repeats=True,
)
DISCUSS = Leg(
    step=Step.DISCUSS,
    actor=Actor.DIRECTOR,
    basis="行政处罚法/57",
    after=(Step.REPORT,),
    follows=(Step.REPORT,),
    asks=(Ask(name="attendees", label="主持人和参加人员", what=What.LONG), content("讨论情况和结论")),
    documents=(DocumentKind.DISCUSSION_RECORD,),
    repeats=True,
)
NOTIFY = Leg(
    step=Step.NOTIFY,
    actor=Actor.OFFICER,
    basis="行政处罚法/44",
    after=(Step.REPORT,),
    follows=(Step.REPORT,),
    asks=(
        Ask(name="document_no", label="事先告知书文号"),
        content("拟处罚内容、事实、理由和依据"),
        Ask(name="rights", label="已写明陈述、申辩和要求听证的权利及期限", what=What.YES),
    ),
    documents=(DocumentKind.PRIOR_NOTICE, DocumentKind.SERVICE_RECEIPT),
    serves=DocumentKind.PRIOR_NOTICE,
    on_service=(Clock(kind="hearing.request"),),
    rules=(penalty.is_discussed_where_due, treatment.is_not_decided_yet),
    is_penal=True,
    repeats=True,
)
STATE = Leg(
    step=Step.STATE,
    actor=Actor.OFFICER,
    basis="行政处罚法/45",
    after=(Step.NOTIFY,),
    asks=(RECEIVED, content("陈述、申辩的内容"), Ask(name="reply", label="复核意见：是否采纳及理由", what=What.LONG)),
    phase=Phase.UNSETTLED,
    repeats=True,
    is_main=False,
)
REQUEST_HEARING = Leg(
    step=Step.REQUEST_HEARING,
    actor=Actor.OFFICER,
    basis="行政处罚法/63；行政处罚法/64",
    after=(Step.NOTIFY,),
    served=(Step.NOTIFY,),
    asks=(RECEIVED, content("要求的方式和内容")),
    meets=("hearing.request",),
    rules=(penalty.hearing_is_asked_for_in_time,),
    phase=Phase.UNSETTLED,
    is_main=False,
)
WAIVE_RIGHTS = Leg(
    step=Step.WAIVE_RIGHTS,
    actor=Actor.OFFICER,
    basis="行政处罚法/44；行政处罚法/64",
    after=(Step.NOTIFY,),
    served=(Step.NOTIFY,),
    follows=(Step.NOTIFY,),
    asks=(content("书面放弃或者撤回听证要求的材料"),),
    meets=("hearing.request", "hearing.notice"),
    is_main=False,
)
CALL_HEARING = Leg(
    step=Step.CALL_HEARING,
    actor=Actor.OFFICER,
    basis="行政处罚法/64",
    after=(Step.REQUEST_HEARING,),
    follows=(Step.NOTIFY,),
    asks=(
        Ask(name="document_no", label="听证通知书文号"),
        Ask(name="hearing_on", label="听证日期", what=What.AHEAD),
        Ask(name="place", label="听证地点"),
        Ask(name="host", label="听证主持人", what=What.PERSON),
    ),
    documents=(DocumentKind.HEARING_NOTICE, DocumentKind.SERVICE_RECEIPT),
    serves=DocumentKind.HEARING_NOTICE,
    on_service=(Clock(kind="hearing.notice"),),
    rules=(penalty.told_of_what_was_found_last, penalty.hearing_is_called_in_time, penalty.host_is_no_investigator),
    repeats=True,
    is_main=False,
)
HEAR = Leg(
    step=Step.HEAR,
    actor=Actor.HOST,
    basis="行政处罚法/64",
    after=(Step.CALL_HEARING,),
    served=(Step.CALL_HEARING,),
    follows=(Step.NOTIFY,),
    asks=(
        Ask(name="attendance", label="到场情况", what=What.CHOICE, choices=Attendance),
        content("听证情况和主持人意见"),
        Ask(name="signed", label="笔录已经当事人核对签字，或者注明拒签、缺席", what=What.YES),
    ),
    documents=(DocumentKind.HEARING_RECORD,),
    meets=("hearing.notice",),
    rules=(
        penalty.told_of_what_was_found_last,
        penalty.is_heard_on_the_day_called,
        penalty.hearing_is_called_in_time,
        penalty.host_is_no_investigator,
    ),
    is_main=False,
)
REVIEW = Leg(
    step=Step.REVIEW,
    actor=Actor.REVIEWER,
    basis="行政处罚法/58",
    after=(Step.REPORT, Step.NOTIFY),
    served=(Step.NOTIFY,),
    follows=(Step.INQUIRE, Step.REPORT, Step.NOTIFY, Step.STATE, Step.HEAR),
    asks=(
        Ask(name="verdict", label="审核结论", what=What.CHOICE, choices=Opinion),
        content("审核意见（主体、事实、证据、依据、裁量、程序、文书）"),
    ),
    documents=(DocumentKind.LEGAL_REVIEW,),
    meets=("hearing.request",),
    rules=(penalty.reviewer_is_qualified, penalty.told_of_what_was_found_last, penalty.rights_are_spent),
    repeats=True,
)
EXTEND = Leg(
    step=Step.EXTEND,
    actor=Actor.DIRECTOR,
    basis="社会组织登记管理机关行政处罚程序规定",
    after=(Step.FILE,),
    asks=(REASON,),
    rules=(penalty.is_decided_in_time, treatment.is_not_decided_yet),
    is_main=False,
)
DECIDE = Leg(
    step=Step.DECIDE,
    actor=Actor.DIRECTOR,
    basis="行政处罚法/57；行政处罚法/60",
    after=(Step.REVIEW,),
    asks=(
        Ask(name="document_no", label="处罚决定书文号"),
        content("决定内容、事实、理由和依据"),
        Ask(name="remedies", label="已写明复议、诉讼的途径和期限", what=What.YES),
    ),
    documents=(DocumentKind.DECISION, DocumentKind.SERVICE_RECEIPT),
    serves=DocumentKind.DECISION,
    starts=(Clock(kind="service.delivery"),),
    meets=("case.decision",),
    on_service=(
        Clock(kind="penalty.publication"),
        Clock(kind="remedy.reconsideration"),
        Clock(kind="remedy.lawsuit"),
    ),
    rules=(
        penalty.is_discussed_where_due,
        penalty.told_of_what_was_found_last,
        penalty.rights_are_spent,
        penalty.review_has_agreed,
        penalty.is_decided_in_time,
        penalty.body_is_not_held,
    ),
    is_penal=True,
)
TAKE_EFFECT = Leg(
    step=Step.TAKE_EFFECT,
    actor=Actor.OFFICER,
    basis="行政处罚法/61",
    after=(Step.DECIDE,),
    served=(Step.DECIDE,),
    rules=(penalty.body_is_not_held,),
    is_penal=True,
    by_itself=True,
)
PUBLISH = Leg(
    step=Step.PUBLISH,
    actor=Actor.OFFICER,
    basis="行政处罚法/48；政府信息公开条例/26",
    asks=(Ask(name="outlet", label="公开渠道和网址"),),
    meets=("penalty.publication",),
    phase=Phase.AFTER,
)
COLLECT = Leg(
    step=Step.COLLECT,
    actor=Actor.OFFICER,
    basis="社会团体登记管理条例/33；民办非企业单位登记管理暂行条例/28",
    asks=(
        Ask(name="second", label="共同收缴人员", what=What.PERSON),
        Ask(name="items", label="收回的证书、印章（编号、数量）", what=What.LONG),
        Ask(name="complete", label="证书正本、副本和印章全部收回", what=What.MAYBE, required=False),
        Ask(name="void_no", label="作废公告文号", required=False, help="没有全部收回的，公告作废后填写。"),
    ),
    documents=(DocumentKind.SEIZURE_RECORD, DocumentKind.VOID_ANNOUNCEMENT),
    rules=(penalty.nothing_stays_outside,),
    phase=Phase.AFTER,
    takes_two=True,
    is_penal=True,
)
CONTEST = Leg(
    step=Step.CONTEST,
    actor=Actor.OFFICER,
    basis="行政复议法/20；行政诉讼法/46",
    after=(Step.DECIDE,),
    asks=(
        Ask(name="remedy", label="途径", what=What.CHOICE, choices=RemedyKind),
        Ask(name="authority", label="受理机关"),
        Ask(name="document_no", label="受理通知或者应诉通知文号"),
    ),
    phase=Phase.ALWAYS,
    repeats=True,
    is_main=False,
)
UPHOLD = Leg(
    step=Step.UPHOLD,
    actor=Actor.OFFICER,
    basis="行政处罚法/73",
    after=(Step.CONTEST,),
    asks=(Ask(name="document_no", label="复议决定或者判决文号"), content("结果")),
    phase=Phase.ALWAYS,
    repeats=True,
    is_main=False,
)
PROPOSE_ANNUL = Leg(
    step=Step.PROPOSE_ANNUL,
    actor=Actor.OFFICER,
    basis="行政处罚法/48；内部控制/双人",
    after=(Step.CONTEST,),
    asks=(Ask(name="document_no", label="复议决定或者判决文号"), content("撤销的内容和办理意见")),
    phase=Phase.ALWAYS,
    repeats=True,
    is_main=False,
)
ANNUL = Leg(
    step=Step.ANNUL,
    actor=Actor.DIRECTOR,
    basis="行政处罚法/48；内部控制/双人",
    after=(Step.PROPOSE_ANNUL,),
    asks=(REASON,),
    phase=Phase.ALWAYS,
    is_main=False,
)
UNPUBLISH = Leg(
    step=Step.UNPUBLISH,
    actor=Actor.OFFICER,
    basis="行政处罚法/48",
    asks=(Ask(name="outlet", label="撤回的渠道和说明的理由"),),
    meets=("penalty.withdrawal",),
    rules=(penalty.published_and_annulled,),
    phase=Phase.ALWAYS,
    repeats=True,
    is_main=False,
)
