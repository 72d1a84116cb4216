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
    APPROVED = "approved", "方案已批复"
    IMPLEMENTING = "implementing", "实施中"
    SIGNED_OFF = "signed_off", "五分离已会签"
    ACCEPTED = "accepted", "已验收脱钩"


UNDER_WAY = (ListingState.APPROVED, ListingState.IMPLEMENTING, ListingState.SIGNED_OFF)
"""The plan is approved, acceptance is still to come."""

PLAN_APPROVED = (*UNDER_WAY, ListingState.ACCEPTED)
PLAN_SUBMITTED = (ListingState.PLANNED, *PLAN_APPROVED)


class Heading(TextChoices):
    """五分离: the five separations the checklist is ordered by."""

    INSTITUTION = "A", "机构分离"
    FUNCTION = "B", "职能分离"
    ASSETS = "C", "资产财务分离"
    PERSONNEL = "D", "人员管理分离"
    PARTY = "E", "党建外事等事项分离"


class Responsible(TextChoices):
    """Whose word an item needs. Which unit of the county that is, the bureau says day by day (`Department`)."""

    FORMER_UNIT = "former_unit", "原业务主管单位"
    REGISTRAR = "registrar", "登记管理机关"
    STAFFING = "staffing", "机构编制部门"
    FINANCE = "finance", "财政部门"
    PREMISES = "premises", "机关事务管理部门"
    ORGANISATION = "organisation", "组织部门"
    HUMAN_RESOURCES = "human_resources", "人力资源社会保障部门"
    PARTY = "party", "党建工作机构"
    FOREIGN = "foreign", "外事部门"


APPOINTED = tuple(each for each in Responsible if each not in {Responsible.FORMER_UNIT, Responsible.REGISTRAR})
"""Those that are one unit for the whole county; the former unit follows from the association."""


class ItemState(TextChoices):
    """Where one item of one association stands; an item without a row is pending."""

    PENDING = "pending", "未办结"
    DONE = "done", "已完成"
    NOT_APPLICABLE = "not_applicable", "不适用"
    RECTIFYING = "rectifying", "整改中"


SETTLED = (ItemState.DONE, ItemState.NOT_APPLICABLE)


class Extent(TextChoices):
    """Whom a round of 回头看 looks at."""

    ALL = "all", "全部"
    SAMPLE = "sample", "抽查"


class Finding(TextChoices):
    """What 回头看 found of one association."""

    PENDING = "pending", "待核查"
    SOUND = "sound", "未发现问题"
    REOPENED = "reopened", "发现问题，整改"


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


class Post(TextChoices):
    """Posts whose holders are 负责人."""

    PRESIDENT = "president", "会长（理事长）"
    VICE_PRESIDENT = "vice_president", "副会长（副理事长）"
    SECRETARY = "secretary", "秘书长"


class FactKind(TextChoices):
    """Dated facts that are watched after decoupling."""

    FEE_VOTE = "fee_vote", "会费标准经会员（代表）大会表决"
    FEE_PUBLISHED = "fee_published", "会费收支公示"
    CHARTER = "charter", "章程核准（写入党的领导）"
    PARTY_ORGANISATION = "party_organisation", "党的组织覆盖"


PLAN = "decoupling.plan"
COMPLETION = "decoupling.completion"
TRANSITION = "decoupling.transition"
RECTIFICATION = "decoupling.rectification"
"""The kinds of deadline decoupling starts, as the register's list of kinds names them."""
