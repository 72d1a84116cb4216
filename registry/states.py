"""The words of the register: kinds of body, states, ways out. Labels are the legal terms."""

from django.db.models import TextChoices


class Kind(TextChoices):
    """Kind of social organisation; the prefix of its code follows from it."""

    ASSOCIATION = "association", "社会团体"
    PRIVATE_NON_ENTERPRISE = "private_non_enterprise", "民办非企业单位"
    FOUNDATION = "foundation", "基金会"


class State(TextChoices):
    """Where an organisation stands. ``DORMANT`` is an internal working status, not a legal one."""

    ACTIVE = "active", "正常存续"
    DORMANT = "dormant", "僵尸型（休眠）"
    DECOUPLED = "decoupled", "正常存续（已脱钩）"
    DEREGISTERED = "deregistered", "已退出"


EXISTING = (State.ACTIVE, State.DORMANT, State.DECOUPLED)


class ExitKind(TextChoices):
    """How an organisation left the register."""

    CANCELLED = "cancelled", "注销"
    REVOKED = "revoked", "撤销"
    LICENCE_REVOKED = "licence_revoked", "吊销"
    MERGED = "merged", "合并"


ENDS_AT_ONCE = (ExitKind.CANCELLED, ExitKind.MERGED)
"""Exits that end the legal person; after 撤销 and 吊销 it lives on until liquidation and 注销 (民法典 68, 72)."""


class Supervision(TextChoices):
    """登记体制: who stands behind the registration."""

    DUAL = "dual", "双重管理"
    DIRECT = "direct", "直接登记"
    DECOUPLED = "decoupled", "已脱钩"


class Conclusion(TextChoices):
    """Conclusion of an annual inspection; ``PENDING`` until the registrar has concluded."""

    PENDING = "pending", "待审"
    QUALIFIED = "qualified", "合格"
    BASICALLY_QUALIFIED = "basically_qualified", "基本合格"
    UNQUALIFIED = "unqualified", "不合格"


class Channel(TextChoices):
    """How the registrar tried to reach a body."""

    LETTER = "letter", "挂号信函（住所）"
    VISIT = "visit", "上门（住所）"
    PHONE = "phone", "电话（法定代表人）"
    EMAIL = "email", "电子邮件"


ADDRESS_CHANNELS = (Channel.LETTER, Channel.VISIT)
REPRESENTATIVE_CHANNELS = (Channel.PHONE, Channel.EMAIL)


class ContactOutcome(TextChoices):
    """What came of an attempt; ``PENDING`` proves nothing either way."""

    PENDING = "pending", "待反馈"
    REACHED = "reached", "取得联系"
    FAILED = "failed", "无法联系"


class Role(TextChoices):
    """What a user does in the bureau; permissions are bundled by role in ``console.access``."""

    REGISTRATION = "registration", "登记人员"
    ENFORCEMENT = "enforcement", "执法人员"
    REVIEWER = "reviewer", "审核人"
    DIRECTOR = "director", "负责人"
    CLERK = "clerk", "统计员"
    SUPERVISING_UNIT = "supervising_unit", "业务主管单位"
    DEPARTMENT = "department", "会签部门"
    AUDITOR = "auditor", "审计员"
    ADMINISTRATOR = "administrator", "管理员"
    SYSTEM = "system", "定时任务"


class Outcome(TextChoices):
    """How a job run ended."""

    RUNNING = "running", "运行中"
    DONE = "done", "完成"
    FAILED = "failed", "失败"
    STOPPED = "stopped", "已停止，待放行"


class SubjectKind(TextChoices):
    """What a note, an assignment or a deadline may be about, beside the organisation itself."""

    FINDING = "finding", "线索"
    CASE = "case", "个案"
    NOTICE = "notice", "文书"
    LISTING = "listing", "脱钩名单"
    ITEM = "item", "脱钩事项"
    FILING = "filing", "登记申请"
    INSPECTION = "inspection", "检查"
    COMPLAINT = "complaint", "投诉举报"


ENDS_WITH_BODY = (SubjectKind.LISTING, SubjectKind.ITEM)
"""Whose deadlines fall away when the body leaves the register; a case about it goes on."""


class PeriodUnit(TextChoices):
    """What the length of a period counts; ``FIXED`` counts nothing, its last day is named."""

    WORKING_DAYS = "working_days", "工作日"
    DAYS = "days", "日"
    MONTHS = "months", "个月"
    FIXED = "fixed", "指定日期"


class Duty(TextChoices):
    """Whom a deadline binds, and so what it means that its last day has passed."""

    BUREAU = "bureau", "本机关应当办结"
    BODY = "body", "社会组织应当完成"
    WAIT = "wait", "期满后方可办理"


ASSIGNABLE = (SubjectKind.FINDING, SubjectKind.FILING)
"""What waits in the common queue until somebody is assigned; a case is always carried by its own officer."""

FROM_UNITS = (Role.SUPERVISING_UNIT, Role.DEPARTMENT)
"""Roles of people who come from another unit than the bureau, each speaking for its own."""

OFFICERS = (Role.REGISTRATION, Role.ENFORCEMENT, Role.REVIEWER, Role.DIRECTOR)
"""Roles that carry work."""


class FilingKind(TextChoices):
    """What an application asks for."""

    ESTABLISH = "establish", "成立登记"
    AMEND = "amend", "变更登记"
    CANCEL = "cancel", "注销登记"


class FilingState(TextChoices):
    """How far an application has come."""

    DRAFT = "draft", "草稿"
    SUBMITTED = "submitted", "已收件"
    RETURNED = "returned", "待补正"
    ACCEPTED = "accepted", "已受理"
    REVIEWED = "reviewed", "已审查"
    APPROVED = "approved", "准予登记"
    DENIED = "denied", "不予登记"
    NOT_ACCEPTED = "not_accepted", "不予受理"
    WITHDRAWN = "withdrawn", "已撤回"


PENDING_FILING = (FilingState.SUBMITTED, FilingState.RETURNED, FilingState.ACCEPTED, FilingState.REVIEWED)
"""Received and not decided yet."""

DECIDED_FILING = (FilingState.APPROVED, FilingState.DENIED)
STOPPED_FILING = (FilingState.NOT_ACCEPTED, FilingState.WITHDRAWN)


class DocumentStatus(TextChoices):
    """Whether a document an application needs is there; what has no row is missing."""

    PRESENT = "present", "已提交"
    NOT_APPLICABLE = "not_applicable", "不适用"
    MISSING = "missing", "缺少"


class ReportStatus(TextChoices):
    """Where a body stands with the annual report of one year."""

    EXEMPT = "exempt", "免检（未满期限）"
    NOT_DUE = "not_due", "未到期"
    MISSING = "missing", "应检未检"
    PENDING = "pending", "已报待审"
    LATE = "late", "逾期报送"
    QUALIFIED = "qualified", "合格"
    BASICALLY_QUALIFIED = "basically_qualified", "基本合格"
    UNQUALIFIED = "unqualified", "不合格"


class LawTable(TextChoices):
    """Where a piece of the law as data is kept."""

    BASIS = "basis", "法律依据"
    POLICY = "policy", "政策参数"


class ProposalState(TextChoices):
    """Where a proposed change of the law as data stands."""

    PROPOSED = "proposed", "待批准"
    APPROVED = "approved", "已批准"
    REJECTED = "rejected", "不予批准"
    WITHDRAWN = "withdrawn", "已撤回"


DECIDED_PROPOSAL = (ProposalState.APPROVED, ProposalState.REJECTED)
TURNED_DOWN_PROPOSAL = (ProposalState.REJECTED, ProposalState.WITHDRAWN)
