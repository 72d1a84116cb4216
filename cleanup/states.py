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
    """Where a case stands."""

    OPEN = "open", "办理中"
    CLOSED = "closed", "已办结"


class CaseOutcome(TextChoices):
    """How a body was cleared; the key of ``completed_by`` in the figures."""

    REVOKED = "revoked", "撤销"
    LICENCE_REVOKED = "licence_revoked", "吊销"
    CANCELLED = "cancelled", "注销"
    RECTIFIED = "rectified", "整改"
    MERGED = "merged", "合并"


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
