"""What there is to be allowed: one permission for each thing somebody may do, with the words a refusal uses."""

from __future__ import annotations

from enum import Enum
from typing import TYPE_CHECKING

from django.utils.translation import gettext_lazy as _

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise


class Permission(Enum):
    """One thing a user may do; ``label`` is how a refusal names it."""

    VIEW_REGISTER = "view_register"
    VIEW_FINDINGS = "view_findings"
    VIEW_FIGURES = "view_figures"
    DECIDE_FINDING = "decide_finding"
    MOVE_STATE = "move_state"
    REVIEW_DORMANCY = "review_dormancy"
    RECORD_EXIT = "record_exit"
    HOLD = "hold"
    EDIT_REGISTER = "edit_register"
    RECORD_EVIDENCE = "record_evidence"
    ANSWER_OPINION = "answer_opinion"
    VIEW_DOCUMENTS = "view_documents"
    CONCLUDE_REPORT = "conclude_report"
    VIEW_ALERTS = "view_alerts"
    CARRY_WORK = "carry_work"
    VIEW_CAMPAIGNS = "view_campaigns"
    DRAFT_CAMPAIGN = "draft_campaign"
    APPROVE_CAMPAIGN = "approve_campaign"
    RUN_CAMPAIGN = "run_campaign"
    CONTROL_SWEEP = "control_sweep"
    VIEW_CASES = "view_cases"
    HANDLE_CASE = "handle_case"
    TAKE_CASE_STEP = "take_case_step"
    EXPORT_EVIDENCE = "export_evidence"
    REASSIGN_CASE = "reassign_case"
    VIEW_NOTES = "view_notes"
    WRITE_NOTE = "write_note"
    VIEW_FILINGS = "view_filings"
    HANDLE_FILING = "handle_filing"
    REVIEW_FILING = "review_filing"
    EXTEND_FILING = "extend_filing"
    DECIDE_FILING = "decide_filing"
    VIEW_DEADLINES = "view_deadlines"
    MANAGE_DEADLINE = "manage_deadline"
    VIEW_CALENDAR = "view_calendar"
    LOAD_CALENDAR = "load_calendar"
    OWN_ACCOUNT = "own_account"
    MANAGE_USERS = "manage_users"
    VIEW_STAFF_LOG = "view_staff_log"
    VIEW_LEDGER = "view_ledger"
    VIEW_IMPORTS = "view_imports"
    IMPORT = "import"
    VIEW_LAW = "view_law"
    PROPOSE_LAW = "propose_law"
    APPROVE_LAW = "approve_law"
    CONFIRM_LAW = "confirm_law"
    VIEW_DECOUPLING = "view_decoupling"
    HANDLE_DECOUPLING = "handle_decoupling"
    SIGN_OFF_DECOUPLING = "sign_off_decoupling"
    APPROVE_DECOUPLING = "approve_decoupling"
    REVIEW_DECOUPLED = "review_decoupled"
    KEEP_SNAPSHOT = "keep_snapshot"

    @property
    def label(self) -> _StrPromise:
        """Return the permission in words."""
        return LABELS[self]


LABELS = {
    Permission.VIEW_REGISTER: _("查看登记名册"),
    Permission.VIEW_FINDINGS: _("查看线索"),
    Permission.VIEW_FIGURES: _("查看总体进度"),
    Permission.DECIDE_FINDING: _("确认或者排除线索"),
    Permission.MOVE_STATE: _("变动组织状态"),
    Permission.REVIEW_DORMANCY: _("审核认定僵尸型"),
    Permission.RECORD_EXIT: _("补录退出登记（不经登记申请和个案步骤）"),
    Permission.HOLD: _("暂缓处理和解除暂缓"),
    Permission.EDIT_REGISTER: _("变更登记事项"),
    Permission.RECORD_EVIDENCE: _("录入年报、活动和联系记录，存入文件"),
    Permission.ANSWER_OPINION: _("答复和记录征求的意见"),
    Permission.VIEW_DOCUMENTS: _("查看存档文件"),
    Permission.CONCLUDE_REPORT: _("作出年检结论"),
    Permission.VIEW_ALERTS: _("查看提醒"),
    Permission.CARRY_WORK: _("承办和分派事项"),
    Permission.VIEW_CAMPAIGNS: _("查看整治行动和排查"),
    Permission.DRAFT_CAMPAIGN: _("拟定和预览整治行动"),
    Permission.APPROVE_CAMPAIGN: _("批准整治行动"),
    Permission.RUN_CAMPAIGN: _("启动、暂停、延长和结束整治行动"),
    Permission.CONTROL_SWEEP: _("放行和撤销排查"),
    Permission.VIEW_CASES: _("查看个案"),
    Permission.HANDLE_CASE: _("立案和办结"),
    Permission.TAKE_CASE_STEP: _("办理个案步骤"),
    Permission.EXPORT_EVIDENCE: _("下载个案证据包"),
    Permission.REASSIGN_CASE: _("改派个案"),
    Permission.VIEW_NOTES: _("查看备注"),
    Permission.WRITE_NOTE: _("写备注"),
    Permission.VIEW_FILINGS: _("查看登记申请"),
    Permission.HANDLE_FILING: _("收件和受理登记申请"),
    Permission.REVIEW_FILING: _("审查登记申请"),
    Permission.EXTEND_FILING: _("批准延长办理期限"),
    Permission.DECIDE_FILING: _("决定登记申请"),
    Permission.VIEW_DEADLINES: _("查看期限"),
    Permission.MANAGE_DEADLINE: _("批准延长、中止和免除期限"),
    Permission.VIEW_CALENDAR: _("查看节假日安排"),
    Permission.LOAD_CALENDAR: _("载入节假日安排"),
    Permission.OWN_ACCOUNT: _("查看本人账户和角色权限"),
    Permission.MANAGE_USERS: _("管理人员账户"),
    Permission.VIEW_STAFF_LOG: _("查看人员台账"),
    Permission.VIEW_LEDGER: _("查看、下载和核验台账"),
    Permission.VIEW_IMPORTS: _("查看导入"),
    Permission.IMPORT: _("导入名册和年报"),
    Permission.VIEW_LAW: _("查看法规与政策"),
    Permission.PROPOSE_LAW: _("提出法规政策变动"),
    Permission.APPROVE_LAW: _("批准法规政策变动"),
    Permission.CONFIRM_LAW: _("确认影响面大的法规政策变动"),
    Permission.VIEW_DECOUPLING: _("查看脱钩"),
    Permission.HANDLE_DECOUPLING: _("办理脱钩名单、方案和验收"),
    Permission.SIGN_OFF_DECOUPLING: _("办理脱钩分项和会签"),
    Permission.APPROVE_DECOUPLING: _("批复方案、验收签字、作废验收"),
    Permission.REVIEW_DECOUPLED: _("开展脱钩回头看"),
    Permission.KEEP_SNAPSHOT: _("留存脱钩统计快照"),
}
