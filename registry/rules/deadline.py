"""The rules of deadlines: when one may start, stop, stand still and be extended. Plain Python, like all rules."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from registry.rulebook import rule

if TYPE_CHECKING:
    from datetime import date


@dataclass(frozen=True, slots=True, kw_only=True)
class StartFacts:
    """A deadline about to start; ``on`` of the rules is the day of the deed that starts it."""

    starts_on: date
    fixed_on: date | None
    another_runs: bool


@rule("R-160", basis="内部控制/期限")
def one_of_a_kind_runs(facts: StartFacts, _on: date) -> bool:
    """同一事项没有正在计算的同类期限。"""
    return not facts.another_runs


@rule("R-161", basis="内部控制/日期")
def has_begun(facts: StartFacts, on: date) -> bool:
    """期限的起算日不晚于办理当日。"""
    return facts.starts_on <= on


@rule("R-162", basis="内部控制/期限")
def ends_after_it_starts(facts: StartFacts, _on: date) -> bool:
    """指定的期限不早于起算日。"""
    return facts.fixed_on is None or facts.starts_on <= facts.fixed_on


START_DEADLINE = (one_of_a_kind_runs, has_begun, ends_after_it_starts)


@dataclass(frozen=True, slots=True, kw_only=True)
class DeadlineFacts:
    """A deadline as it stands, and the reason or document brought for what is to happen to it."""

    starts_on: date
    due_on: date
    running: bool
    suspended_on: date | None
    last_pause_ended_on: date | None
    extended: bool
    may_be_extended: bool
    may_be_suspended: bool
    may_be_waived: bool
    reason: str = ""


@rule("R-163", basis="内部控制/期限")
def still_runs(facts: DeadlineFacts, _on: date) -> bool:
    """期限正在计算，尚未办结、免除。"""
    return facts.running


@rule("R-164", basis="内部控制/日期")
def happens_after_the_start(facts: DeadlineFacts, on: date) -> bool:
    """办结、中止、延长、免除不早于起算日和上一次恢复计算之日。"""
    return facts.starts_on <= on and (facts.last_pause_ended_on is None or facts.last_pause_ended_on <= on)


@rule("R-165", basis="内部控制/期限")
def is_counting(facts: DeadlineFacts, _on: date) -> bool:
    """期限没有中止；已经中止的，先恢复计算。"""
    return facts.suspended_on is None


@rule("R-166", basis="行政许可法/45；社会组织登记管理机关行政处罚程序规定")
def law_suspends_it(facts: DeadlineFacts, _on: date) -> bool:
    """该类期限依法可以中止计算。"""
    return facts.may_be_suspended


@rule("R-167", basis="内部控制/期限")
def is_not_past(facts: DeadlineFacts, on: date) -> bool:
    """在期限届满前中止或者延长。"""
    return on <= facts.due_on


@rule("R-168", basis="内部控制/期限")
def is_suspended(facts: DeadlineFacts, on: date) -> bool:
    """期限已经中止，恢复不早于中止之日。"""
    return facts.suspended_on is not None and facts.suspended_on <= on


@rule("R-169", basis="行政许可法/42；社会组织登记管理机关行政处罚程序规定")
def law_extends_it_once(facts: DeadlineFacts, _on: date) -> bool:
    """该类期限依法可以延长，延长以一次为限。"""
    return facts.may_be_extended and not facts.extended


@rule("R-170", basis="内部控制/理由")
def change_has_a_reason(facts: DeadlineFacts, _on: date) -> bool:
    """写明中止、延长、免除期限的理由或者文书。"""
    return bool(facts.reason.strip())


@rule("R-171", basis="内部控制/期限")
def may_be_waived(facts: DeadlineFacts, _on: date) -> bool:
    """该类期限可以经负责人批准免除；法定办理期限不免除。"""
    return facts.may_be_waived


MEET_DEADLINE = (still_runs, happens_after_the_start, is_counting)
SUSPEND_DEADLINE = (still_runs, happens_after_the_start, law_suspends_it, is_counting, is_not_past, change_has_a_reason)
RESUME_DEADLINE = (still_runs, is_suspended)
EXTEND_DEADLINE = (
    still_runs,
    happens_after_the_start,
    law_extends_it_once,
    is_counting,
    is_not_past,
    change_has_a_reason,
)
END_DEADLINE = (still_runs, happens_after_the_start, change_has_a_reason)
WAIVE_DEADLINE = (may_be_waived,)
MOVE_DEADLINE = (still_runs, is_counting)
