"""The criteria: when a body is a zombie. Plain Python: facts in, verdict out; no database, no clock, no user."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from dateutil.relativedelta import relativedelta

from cleanup.states import Criterion
from registry.rulebook import Rule, rule


@dataclass(frozen=True, slots=True, kw_only=True)
class WindowFacts:
    """What a campaign asks of one kind of body on one day; the same for every body of that kind.

    ``due_on`` gives for each year of ``report_years`` the last day to file, ``due_if_established_by`` the last day of
    establishment on which a body owed that year's report at all. A year missing from ``years_on_file`` has no report
    of this kind in the register at all: it was never entered, so nobody is judged on it.
    ``unverified_years`` rest on a due date or cut-off nobody has verified; whoever reads the verdict is told.
    """

    criteria: str
    report_years: tuple[int, ...]
    due_on: dict[int, date]
    due_if_established_by: dict[int, date]
    years_on_file: frozenset[int]
    first_year_months: int
    inactive_since: date
    surveyed_since: date
    contact_since: date
    address_attempts: int
    representative_attempts: int
    unverified_years: frozenset[int] = frozenset()


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """What the register knew about one body on the day of judgement; later entries are left out by the caller."""

    window: WindowFacts
    established_on: date | None
    filed_years: frozenset[int]
    last_activity_on: date | None
    activity_surveyed_on: date | None
    failed_address: int
    failed_representative: int
    determinations: frozenset[str]


@rule("R-31", basis="民发〔2021〕63号/A")
def reports_missed(facts: Facts, on: date) -> bool:
    """连续各应报年度均未参加年度检查（年报）：均已到期、均未报送。"""
    window = facts.window
    return facts.established_on is not None and all(
        facts.established_on <= window.due_if_established_by[year]
        and window.due_on[year] < on
        and year in window.years_on_file
        and year not in facts.filed_years
        for year in window.report_years
    )


@rule("R-32", basis="民发〔2021〕63号/B")
def never_active(facts: Facts, on: date) -> bool:
    """自取得登记证书之日起一年未开展活动，至今没有活动记录，且活动情况已经核查。"""
    if facts.established_on is None or facts.activity_surveyed_on is None:
        return False
    months = facts.window.first_year_months
    return (
        facts.established_on + relativedelta(months=months) <= on
        and facts.activity_surveyed_on >= max(facts.window.surveyed_since, survey_covers(facts.established_on, months))
        and facts.last_activity_on is None
    )


def survey_covers(established_on: date, months: int) -> date:
    """Return the day a survey must reach to speak for the first ``months``, counted at 31 days each to be safe."""
    return established_on + timedelta(days=31 * months)


@rule("R-33", basis="民发〔2021〕63号/C")
def inactive_since(facts: Facts, on: date) -> bool:
    """起算日前成立，自起算日以来没有按章程业务范围开展活动，且活动情况已经核查。"""
    start = facts.window.inactive_since
    return (
        start < on
        and facts.established_on is not None
        and facts.established_on < start
        and facts.activity_surveyed_on is not None
        and facts.activity_surveyed_on >= max(facts.window.surveyed_since, start)
        and (facts.last_activity_on is None or facts.last_activity_on < start)
    )


@rule("R-34", basis="民发〔2021〕63号/D")
def unreachable(facts: Facts, _on: date) -> bool:
    """通过登记住所和法定代表人联系均失败达到规定次数，其后没有取得联系。"""
    return (
        facts.failed_address >= facts.window.address_attempts
        and facts.failed_representative >= facts.window.representative_attempts
    )


@rule("R-35", basis="地方情形/E")
def determined_by_authority(facts: Facts, _on: date) -> bool:
    """主管部门以文书认定应当纳入，认定未解除。"""
    return Criterion.E in facts.determinations


@rule("R-36", basis="地方情形/F")
def determined_deadlocked(facts: Facts, _on: date) -> bool:
    """以文书认定内部管理混乱、处于治理僵局，认定未解除。"""
    return Criterion.F in facts.determinations


CRITERIA: dict[Criterion, Rule[Facts]] = {
    Criterion.A: reports_missed,
    Criterion.B: never_active,
    Criterion.C: inactive_since,
    Criterion.D: unreachable,
    Criterion.E: determined_by_authority,
    Criterion.F: determined_deadlocked,
}


def matched(facts: Facts, *, on: date) -> str:
    """Return the letters of the campaign's criteria that hold, in order."""
    return "".join(c for c, each in CRITERIA.items() if c in facts.window.criteria and each.holds(facts, on))
