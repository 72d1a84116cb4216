"""The rules of a campaign and its sweeps. Plain Python: facts in, verdict out; no database, no clock, no user."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from registry.rulebook import rule

if TYPE_CHECKING:
    from datetime import date


@dataclass(frozen=True, slots=True, kw_only=True)
class WindowTerms:
    """The years and days of one window, as far as they must fit the campaign's own."""

    last_report_year: int
    inactive_since: date
    surveyed_since: date
    contact_since: date


@dataclass(frozen=True, slots=True, kw_only=True)
class ApprovalFacts:
    """A campaign about to be approved; ``seen`` is the preview the approver looked at, ``preview`` the latest one."""

    drafters: frozenset[int]
    approver: int
    document_no: str
    starts_on: date
    ends_on: date
    windows: tuple[WindowTerms, ...]
    by_list: bool
    listed: int
    seen: int | None
    preview: int | None
    today: date


@rule("R-37", basis="内部控制/双人")
def approved_by_another(facts: ApprovalFacts, _on: date) -> bool:
    """整治行动由拟定人、修改人和决定不排查名单的人员以外的人员批准。"""
    return facts.approver not in facts.drafters


@rule("R-38", basis="民发〔2021〕63号")
def campaign_has_document_and_windows(facts: ApprovalFacts, _on: date) -> bool:
    """整治行动有文号，并至少对一类组织设定认定口径。"""
    return bool(facts.document_no.strip()) and bool(facts.windows)


@rule("R-205", basis="内部控制/双人")
def approved_as_previewed(facts: ApprovalFacts, on: date) -> bool:
    """批准人看过的是最近一次预览，批准日期不晚于今天。"""
    return facts.preview is not None and facts.seen == facts.preview and on <= facts.today


@rule("R-206", basis="内部控制/理由")
def list_names_somebody(facts: ApprovalFacts, _on: date) -> bool:
    """限名单的行动，名单至少列有一家组织。"""
    return not facts.by_list or facts.listed > 0


@rule("R-207", basis="民发〔2021〕63号")
def windows_look_back(facts: ApprovalFacts, _on: date) -> bool:
    """认定口径回看已经过去的时间：最近应报年度早于行动开始的年度，未活动起算日早于行动开始，其余起算日不晚于行动结束。"""
    return all(
        window.last_report_year < facts.starts_on.year
        and window.inactive_since < facts.starts_on
        and max(window.surveyed_since, window.contact_since) <= facts.ends_on
        for window in facts.windows
    )


APPROVE_CAMPAIGN = (
    approved_by_another,
    campaign_has_document_and_windows,
    approved_as_previewed,
    list_names_somebody,
    windows_look_back,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class CourseFacts:
    """A campaign about to start, to pause or to go on; ``last_on`` is the day of the step before."""

    starts_on: date
    last_on: date | None
    today: date


@rule("R-208", basis="内部控制/日期")
def started_when_its_day_has_come(facts: CourseFacts, on: date) -> bool:
    """行动已到文件规定的开始日期。"""
    return facts.starts_on <= on


@rule("R-209", basis="内部控制/日期")
def course_keeps_the_order(facts: CourseFacts, on: date) -> bool:
    """办理日期不早于上一步，不晚于今天。"""
    return facts.last_on is not None and facts.last_on <= on <= facts.today


START_CAMPAIGN = (started_when_its_day_has_come, course_keeps_the_order)
PAUSE_CAMPAIGN = (course_keeps_the_order,)


@dataclass(frozen=True, slots=True, kw_only=True)
class CampaignExtensionFacts:
    """A campaign whose end is about to be moved to ``until``."""

    open: bool
    ends_on: date
    until: date
    document_no: str
    today: date


@rule("R-210", basis="内部控制/日期")
def extended_on_a_document(facts: CampaignExtensionFacts, on: date) -> bool:
    """延长已经批准、尚未结束的行动：有延长的文号，新的结束日期晚于原结束日期，办理日期不晚于今天。"""
    return facts.open and facts.until > facts.ends_on and bool(facts.document_no.strip()) and on <= facts.today


EXTEND_CAMPAIGN = (extended_on_a_document,)


@dataclass(frozen=True, slots=True, kw_only=True)
class ConclusionFacts:
    """A campaign about to end."""

    approved_on: date | None
    today: date


@rule("R-55", basis="内部控制/日期")
def concluded_after_approval(facts: ConclusionFacts, on: date) -> bool:
    """结束日期不早于批准日期，不晚于今天。"""
    return facts.approved_on is not None and facts.approved_on <= on <= facts.today


CONCLUDE_CAMPAIGN = (concluded_after_approval,)
