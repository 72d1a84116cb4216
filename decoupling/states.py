"""The words of decoupling: categories of the list, steps, the five separations, reasons for what remains."""

from django.db.models import TextChoices

from registry.states import ExitKind


class Category(TextChoices):
    """Where the list puts an association; only 拟脱钩 counts as 应脱钩."""

    LISTED = "listed", "拟脱钩"
    EXEMPT = "exempt", "不脱钩"
    DEFERRED = "deferred", "暂不脱钩"


class ListingState(TextChoices):
    """How far a listed association has come. Leaving the register is read from the organisation, not kept here."""

    LISTED = "listed", "已列入名单"
    PLANNED = "planned", "方案已报送"
    IMPLEMENTING = "implementing", "方案已批复、实施中"
    ACCEPTED = "accepted", "已验收脱钩"


PLAN_SUBMITTED = (ListingState.PLANNED, ListingState.IMPLEMENTING, ListingState.ACCEPTED)
PLAN_APPROVED = (ListingState.IMPLEMENTING, ListingState.ACCEPTED)


class Heading(TextChoices):
    """五分离: the five separations the checklist is ordered by."""

    INSTITUTION = "A", "机构分离"
    FUNCTION = "B", "职能分离"
    ASSETS = "C", "资产财务分离"
    PERSONNEL = "D", "人员管理分离"
    PARTY = "E", "党建外事等事项分离"


class ItemState(TextChoices):
    """Where one item of one association stands; an item without a row is pending."""

    PENDING = "pending", "未办结"
    DONE = "done", "已完成"
    NOT_APPLICABLE = "not_applicable", "不适用"


SETTLED = (ItemState.DONE, ItemState.NOT_APPLICABLE)


class Residue(TextChoices):
    """Why an association that should decouple has not done so."""

    POLICY_MISSING = "policy_missing", "政策缺失"
    WORK_INCOMPLETE = "work_incomplete", "工作未到位"
    ASSETS_PREMISES = "assets_premises", "资产、办公用房问题"
    PARTY = "party", "党建问题"
    LOST_CONTACT = "lost_contact", "失联"
    TO_BE_CANCELLED = "to_be_cancelled", "拟注销"
    OTHER = "other", "其他"


UNSTATED = "unstated"
"""Key, in the figures, of those that remain without a reason on file."""


class Standing(TextChoices):
    """Where an association that should decouple is counted on a day; exactly one applies."""

    DECOUPLED = "decoupled", "已脱钩"
    CANCELLED = "cancelled", "注销"
    REVOKED = "revoked", "撤销（含吊销）"
    MERGED = "merged", "合并/其他"
    REMAINING = "remaining", "未脱钩"


STANDING_OF_EXIT = {
    ExitKind.CANCELLED: Standing.CANCELLED,
    ExitKind.REVOKED: Standing.REVOKED,
    ExitKind.LICENCE_REVOKED: Standing.REVOKED,
    ExitKind.MERGED: Standing.MERGED,
}
