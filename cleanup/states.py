"""The words of the cleanup: criteria, findings, treatments, outcomes."""

from django.db.models import TextChoices

from registry.states import ExitKind


class Criterion(TextChoices):
    """情形; A to D are national (民发〔2021〕63号), E and F apply only where a local document says so."""

    A = "A", "连续未参加年度检查（年报）"
    B = "B", "自取得登记证书之日起一年未开展活动"
    C = "C", "未按章程规定的业务范围开展业务活动"
    D = "D", "通过登记的住所、法定代表人等方式无法取得联系"
    E = "E", "主管部门认为应当纳入的其他情形"
    F = "F", "内部管理混乱、处于治理僵局"


NATIONAL = (Criterion.A, Criterion.B, Criterion.C, Criterion.D)
LOCAL = (Criterion.E, Criterion.F)


class CampaignState(TextChoices):
    """Where a campaign stands; only a running one is swept and lets bodies be confirmed."""

    DRAFT = "draft", "草案"
    PREVIEWED = "previewed", "已预览，待批准"
    APPROVED = "approved", "已批准，待开始"
    RUNNING = "running", "进行中"
    PAUSED = "paused", "已暂停"
    CONCLUDED = "concluded", "已结束"


IN_DRAFT = (CampaignState.DRAFT, CampaignState.PREVIEWED)
"""Not approved yet: what the campaign asks may still be changed."""

UNDER_WAY = (CampaignState.RUNNING, CampaignState.PAUSED)
"""Started and not concluded yet."""

EVER_STARTED = (*UNDER_WAY, CampaignState.CONCLUDED)


class LeftOut(TextChoices):
    """Why a campaign does not look at a body within its reach."""

    HELD = "held", "暂缓处理"
    FILING = "filing", "有在办的登记申请"
    NEW = "new", "新登记"
    EXEMPT = "exempt", "免予排查"
    EXCLUDED = "excluded", "本次行动不排查"


FREEZES = (LeftOut.HELD, LeftOut.FILING)
"""For the time being only: an open finding of such a body stays as it is."""


class Evaluation(TextChoices):
    """How much of the register a sweep judged."""

    FULL = "full", "全面排查"
    INCREMENTAL = "incremental", "增量排查"


class StopCause(TextChoices):
    """Why a sweep stopped before it wrote anything."""

    JUMP = "jump", "结果突变"
    STALE = "stale", "数据过期"


class FindingState(TextChoices):
    """Where a finding stands."""

    OPEN = "open", "待核实"
    CONFIRMED = "confirmed", "已确认"
    DISMISSED = "dismissed", "已排除"
    WITHDRAWN = "withdrawn", "已自动撤回"


LIVE = (FindingState.OPEN, FindingState.CONFIRMED)


class Reached(TextChoices):
    """What a test of contact came to."""

    REACHED = "reached", "取得联系"
    UNREACHABLE = "unreachable", "无法取得联系"
    GIVEN_UP = "given_up", "终止，不作结论"


class Asked(TextChoices):
    """Whose opinion on a finding is asked; which column of the organisation names it."""

    SUPERVISOR = "supervisor", "业务主管单位"
    PARTY = "party", "党建工作机构"
    REGULATOR = "regulator", "行业管理部门"


class Stance(TextChoices):
    """What an asked unit says of a finding."""

    AGREES = "agrees", "属实，同意纳入"
    DISAGREES = "disagrees", "不属实，不同意纳入"
    SILENT = "silent", "逾期没有答复"


class Treatment(TextChoices):
    """处置方式 of a case."""

    RECTIFY = "rectify", "限期整改"
    CANCEL = "cancel", "注销"
    REVOKE = "revoke", "撤销登记"
    REVOKE_LICENCE = "revoke_licence", "吊销登记证书"
    MERGE = "merge", "合并更名"


PENALTIES = (Treatment.REVOKE, Treatment.REVOKE_LICENCE)
"""Treatments that are administrative penalties: their officer acts on a valid enforcement certificate."""


class CaseState(TextChoices):
    """Where a case stands. What it was about is settled from ``FOLLOW_UP`` on; only what follows is still to be done."""

    OPEN = "open", "办理中"
    SUSPENDED = "suspended", "已中止"
    FOLLOW_UP = "follow_up", "已处置，后续办理"
    CLOSED = "closed", "已办结"


UNSETTLED = (CaseState.OPEN, CaseState.SUSPENDED)
SETTLED = (CaseState.FOLLOW_UP, CaseState.CLOSED)


class CaseOutcome(TextChoices):
    """How a case ended; all but ``DROPPED`` clear the body and are the keys of ``completed_by`` in the figures."""

    REVOKED = "revoked", "撤销"
    LICENCE_REVOKED = "licence_revoked", "吊销"
    CANCELLED = "cancelled", "注销"
    RECTIFIED = "rectified", "整改"
    MERGED = "merged", "合并"
    DROPPED = "dropped", "撤案"


CLEARED_BY = tuple(each for each in CaseOutcome if each != CaseOutcome.DROPPED)
"""Outcomes that count as 已完成; a dropped case takes its finding out of the figures."""


OUTCOME_OF_EXIT = {
    ExitKind.REVOKED: CaseOutcome.REVOKED,
    ExitKind.LICENCE_REVOKED: CaseOutcome.LICENCE_REVOKED,
    ExitKind.CANCELLED: CaseOutcome.CANCELLED,
    ExitKind.MERGED: CaseOutcome.MERGED,
}

OUTCOME_OF = {
    Treatment.RECTIFY: CaseOutcome.RECTIFIED,
    Treatment.CANCEL: CaseOutcome.CANCELLED,
    Treatment.REVOKE: CaseOutcome.REVOKED,
    Treatment.REVOKE_LICENCE: CaseOutcome.LICENCE_REVOKED,
    Treatment.MERGE: CaseOutcome.MERGED,
}


class Step(TextChoices):
    """A step of a case's procedure, as the ledger names it (``case.file``, …)."""

    FILE = "file", "立案审批"
    RECUSE = "recuse", "回避决定"
    INQUIRE = "inquire", "调查取证"
    REPORT = "report", "调查终结"
    DISCUSS = "discuss", "负责人集体讨论"
    NOTIFY = "notify", "事先告知"
    STATE = "state", "陈述申辩"
    REQUEST_HEARING = "request_hearing", "要求听证"
    WAIVE_RIGHTS = "waive_rights", "放弃陈述申辩和听证"
    CALL_HEARING = "call_hearing", "听证通知"
    HEAR = "hear", "举行听证"
    REVIEW = "review", "法制审核"
    EXTEND = "extend", "延长办案期限"
    DECIDE = "decide", "处罚决定"
    TAKE_EFFECT = "take_effect", "决定送达生效"
    PUBLISH = "publish", "公开"
    COLLECT = "collect", "收缴证书印章"
    FORM_GROUP = "form_group", "成立清算组"
    CALL_CREDITORS = "call_creditors", "公告债权人"
    LIQUIDATE = "liquidate", "清算报告"
    DISSOLVE = "dissolve", "注销登记（法人终止）"
    CONTEST = "contest", "复议或者诉讼"
    UPHOLD = "uphold", "决定被维持"
    PROPOSE_ANNUL = "propose_annul", "撤销结果报批"
    ANNUL = "annul", "决定被撤销"
    UNPUBLISH = "unpublish", "撤回公开"

    ORDER = "order", "责令限期整改"
    PLAN = "plan", "整改方案"
    PROLONG = "prolong", "延长整改期限"
    PASS = "pass", "整改验收合格"
    FAIL = "fail", "整改不合格"

    GUIDE = "guide", "注销指引"
    RESOLVE = "resolve", "内部决议"
    CONSENT = "consent", "业务主管单位同意"
    APPLY = "apply", "申请注销"
    CANCEL = "cancel", "准予注销登记"

    AGREE = "agree", "合并决议"
    MERGE = "merge", "办理合并"

    SUSPEND = "suspend", "中止办理"
    RESUME = "resume", "恢复办理"
    OBJECT = "object", "异议和答复"
    SWITCH = "switch", "变更处置方式"
    DROP = "drop", "撤案"
    ARCHIVE = "archive", "结案归档"


class Actor(TextChoices):
    """Who takes a step."""

    OFFICER = "officer", "承办人"
    REVIEWER = "reviewer", "法制审核人员"
    DIRECTOR = "director", "负责人"
    CHECKER = "checker", "审核人或者负责人（承办人以外）"
    HOST = "host", "听证主持人"


class BatchDeed(TextChoices):
    """What is done in many cases at once."""

    NOTICE = "notice", "制作文书"
    STEP = "step", "办理步骤"


class BatchOutcome(TextChoices):
    """What came of one case of a batch."""

    WAITING = "waiting", "待办理"
    DONE = "done", "已办理"
    REFUSED = "refused", "没有办理"


class DocumentKind(TextChoices):
    """The documents of the procedure."""

    FILING_APPROVAL = "filing_approval", "行政处罚立案审批表"
    INQUIRY_RECORD = "inquiry_record", "询问笔录"
    INSPECTION_RECORD = "inspection_record", "现场检查笔录"
    DISCUSSION_RECORD = "discussion_record", "负责人集体讨论笔录"
    PRIOR_NOTICE = "prior_notice", "行政处罚事先告知书"
    HEARING_NOTICE = "hearing_notice", "行政处罚听证通知书"
    HEARING_RECORD = "hearing_record", "听证笔录"
    LEGAL_REVIEW = "legal_review", "重大行政处罚决定法制审核意见书"
    DECISION = "decision", "行政处罚决定书"
    SERVICE_RECEIPT = "service_receipt", "送达回证"
    ANNOUNCEMENT = "announcement", "送达公告"
    RECTIFICATION_ORDER = "rectification_order", "责令限期整改通知书"
    CANCELLATION_GUIDE = "cancellation_guide", "注销登记指引"
    SEIZURE_RECORD = "seizure_record", "登记证书和印章收缴清单"
    VOID_ANNOUNCEMENT = "void_announcement", "登记证书、印章作废公告"
    CLOSING_REPORT = "closing_report", "结案审批表"


class ServiceMethod(TextChoices):
    """How a document is brought to the body."""

    IN_PERSON = "in_person", "直接送达"
    POST = "post", "邮寄送达"
    ELECTRONIC = "electronic", "电子送达"
    ANNOUNCEMENT = "announcement", "公告送达"


class Manner(TextChoices):
    """How facts are inquired into."""

    QUESTIONING = "questioning", "询问"
    INSPECTION = "inspection", "现场检查"
    RECORDS = "records", "调取登记、年报和其他材料"


class Attendance(TextChoices):
    """What came of a hearing."""

    ATTENDED = "attended", "当事人到场，听证已经举行"
    ABSENT = "absent", "当事人无正当理由不到场，视为放弃"


class Opinion(TextChoices):
    """What a legal review says."""

    AGREED = "agreed", "同意"
    RETURNED = "returned", "退回补充调查或者纠正"


class RemedyKind(TextChoices):
    """Where a decision is contested."""

    RECONSIDERATION = "reconsideration", "行政复议"
    LAWSUIT = "lawsuit", "行政诉讼"


class RectificationMode(TextChoices):
    """整改方式."""

    CORRECT = "correct", "改正"
    REORGANISE = "reorganise", "重整（含换届）"
    MERGE = "merge", "合并"
    RENAME = "rename", "更名"


class ResolutionManner(TextChoices):
    """How a body came to its resolution."""

    MEMBERS = "members", "会员（代表）大会决议"
    COUNCIL = "council", "理事会决议"
    CONFIRMED = "confirmed", "无法召开会议，业务主管单位确认并公告"


class DropGround(TextChoices):
    """Why a case is dropped."""

    COMPLIED = "complied", "各种情形已经消除，不再处罚或者处置"
    UNFOUNDED = "unfounded", "事实不能成立，线索一并排除"
