"""The rules of the cleanup: when a body is a zombie, and what may be decided about it. Facts in, verdict out."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from dateutil.relativedelta import relativedelta

from cleanup.states import OUTCOME_OF, CaseOutcome, Criterion, Treatment
from registry.rulebook import Refused, Rule, broken, require, rule
from registry.rules import has_a_reason, is_not_in_the_future
from registry.states import Kind

__all__ = ["Refused", "broken", "has_a_reason", "is_not_in_the_future", "require"]


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


@dataclass(frozen=True, slots=True, kw_only=True)
class StartFacts:
    """A campaign about to start."""

    drafter: int
    approver: int
    document_no: str
    windows: int


@rule("R-37", basis="内部控制/双人")
def approved_by_another(facts: StartFacts, _on: date) -> bool:
    """整治行动由拟定人以外的人员批准。"""
    return facts.drafter != facts.approver


@rule("R-38", basis="民发〔2021〕63号")
def campaign_has_document_and_windows(facts: StartFacts, _on: date) -> bool:
    """整治行动有文号，并至少对一类组织设定认定口径。"""
    return bool(facts.document_no.strip()) and facts.windows > 0


START_CAMPAIGN = (approved_by_another, campaign_has_document_and_windows)


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


@dataclass(frozen=True, slots=True, kw_only=True)
class LiftingFacts:
    """A determination about to be lifted."""

    made_on: date
    lifted: bool
    today: date


@rule("R-56", basis="内部控制/日期")
def lifted_once_and_in_order(facts: LiftingFacts, on: date) -> bool:
    """认定尚未解除，解除日期不早于认定日期，不晚于今天。"""
    return not facts.lifted and facts.made_on <= on <= facts.today


LIFT_DETERMINATION = (lifted_once_and_in_order,)


@dataclass(frozen=True, slots=True, kw_only=True)
class DecisionFacts:
    """An officer's decision on a finding; ``still_met`` are its criteria that hold on the day of the decision."""

    reason: str
    today: date
    found_on: date
    campaign_running: bool
    on_hold: bool
    on_register: bool
    still_met: str
    dormant_or_in_case: bool


@rule("R-39", basis="民发〔2021〕63号")
def campaign_is_running(facts: DecisionFacts, _on: date) -> bool:
    """所属整治行动正在进行。"""
    return facts.campaign_running


@rule("R-40", basis="内部控制/暂缓")
def body_not_on_hold(facts: DecisionFacts, _on: date) -> bool:
    """该组织未处于暂缓处理期间。"""
    return not facts.on_hold


@rule("R-41", basis="内部控制/理由")
def decision_has_reason(facts: DecisionFacts, _on: date) -> bool:
    """写明确认或者排除的理由。"""
    return bool(facts.reason.strip())


@rule("R-42", basis="内部控制/日期")
def decided_after_finding(facts: DecisionFacts, on: date) -> bool:
    """决定日期不早于发现日期，不晚于今天。"""
    return facts.found_on <= on <= facts.today


@rule("R-43", basis="内部控制/日期")
def nothing_follows_from_it(facts: DecisionFacts, _on: date) -> bool:
    """该线索尚未转为休眠，也没有立案；否则先恢复或者办结。"""
    return not facts.dormant_or_in_case


@rule("R-52", basis="民发〔2021〕63号")
def body_on_register(facts: DecisionFacts, _on: date) -> bool:
    """该组织仍在册；已退出登记的不再确认，由排查自动撤回。"""
    return facts.on_register


@rule("R-53", basis="民发〔2021〕63号")
def facts_still_hold(facts: DecisionFacts, _on: date) -> bool:
    """按决定当日的登记情况，所列情形至少一项仍然存在；已经消除的由排查自动撤回。"""
    return bool(facts.still_met)


CONFIRM_FINDING = (
    campaign_is_running,
    body_not_on_hold,
    body_on_register,
    facts_still_hold,
    decision_has_reason,
    decided_after_finding,
)
DISMISS_FINDING = (decision_has_reason, decided_after_finding, nothing_follows_from_it)


@dataclass(frozen=True, slots=True, kw_only=True)
class TreatmentFacts:
    """What decides which treatments are lawful for a body; ``missed_years`` counts the years its criterion A names."""

    treatment: str
    kind: str
    is_charity: bool
    criteria: str
    missed_years: int
    confirmed: bool
    confirmed_on: date | None
    on_register: bool
    today: date
    due_on: date | None = None


TWO_YEARS = 2  # 连续两年 of 令27 第10条: the law's own number, not a policy of the bureau

REVOCABLE = {
    Kind.ASSOCIATION: frozenset("AB"),
    Kind.PRIVATE_NON_ENTERPRISE: frozenset("A"),
    Kind.FOUNDATION: frozenset("AB"),
}
"""Criteria that carry a statutory ground for 撤销; one inactive year is none for a 民办非企业单位."""


@rule("R-44", basis="民发〔2021〕63号")
def finding_is_confirmed(facts: TreatmentFacts, on: date) -> bool:
    """线索已经确认，组织仍在册，立案不早于确认。"""
    return facts.confirmed and facts.on_register and facts.confirmed_on is not None and facts.confirmed_on <= on


@rule("R-45", basis="社会团体登记管理条例/29；民办非企业单位登记管理暂行条例/25/1/3；基金会管理条例/41/1")
def revocation_has_ground(facts: TreatmentFacts, _on: date) -> bool:
    """撤销登记须有法定事由：社会团体、基金会为情形A或B；民办非企业单位仅为情形A且连续两年（一年未活动不是其撤销事由）。"""
    if facts.treatment != Treatment.REVOKE:
        return True
    if facts.kind == Kind.PRIVATE_NON_ENTERPRISE and facts.missed_years < TWO_YEARS:
        return False
    return bool(REVOCABLE[Kind(facts.kind)] & set(facts.criteria))


@rule("R-46", basis="慈善法/109")
def licence_revocation_is_for_charities(facts: TreatmentFacts, _on: date) -> bool:
    """吊销登记证书只适用于慈善组织，且仅无法联系或者仅有地方认定情形的不足以吊销。"""
    return facts.treatment != Treatment.REVOKE_LICENCE or (facts.is_charity and bool({*"ABC"} & set(facts.criteria)))


@rule("R-54", basis="内部控制/日期")
def case_dates_in_order(facts: TreatmentFacts, on: date) -> bool:
    """立案日期不晚于今天，办理期限不早于立案日期。"""
    return on <= facts.today and (facts.due_on is None or facts.due_on >= on)


OPEN_CASE = (finding_is_confirmed, revocation_has_ground, licence_revocation_is_for_charities, case_dates_in_order)


@dataclass(frozen=True, slots=True, kw_only=True)
class ClosingFacts:
    """The end of a case; ``still_met`` are the finding's criteria that the register still sees as met.

    ``exited`` tells that the body has left the register by another way meanwhile, which is then the outcome.
    """

    treatment: str
    outcome: str
    opened_on: date
    today: date
    reason: str
    still_met: str
    exited: bool


@rule("R-47", basis="内部控制/日期")
def closed_in_order(facts: ClosingFacts, on: date) -> bool:
    """办结日期不早于立案日期，不晚于今天。"""
    return facts.opened_on <= on <= facts.today


@rule("R-48", basis="民发〔2021〕63号")
def outcome_fits_treatment(facts: ClosingFacts, _on: date) -> bool:
    """办理结果与处置方式一致（组织已另行退出的，以实际退出方式为准），并写明理由。"""
    fits = facts.exited or CaseOutcome(facts.outcome) == OUTCOME_OF[Treatment(facts.treatment)]
    return fits and bool(facts.reason.strip())


@rule("R-49", basis="民发〔2021〕63号")
def rectified_facts_are_cured(facts: ClosingFacts, _on: date) -> bool:
    """整改办结时，纳入的各种情形经系统核对均已消除（如补报年报、开展活动、恢复联系、解除认定）。"""
    return facts.exited or facts.treatment != Treatment.RECTIFY or not facts.still_met


CLOSE_CASE = (closed_in_order, outcome_fits_treatment, rectified_facts_are_cured)


@dataclass(frozen=True, slots=True, kw_only=True)
class HandoverFacts:
    """A case that shall go from one officer to another."""

    is_open: bool
    opened_on: date
    officer: int
    successor: int


@rule("R-117", basis="内部控制/账户")
def open_case_goes_to_another(facts: HandoverFacts, on: date) -> bool:
    """个案尚在办理，改派给另一名承办人，改派日期不早于立案日期。"""
    return facts.is_open and facts.opened_on <= on and facts.officer != facts.successor


REASSIGN_CASE = (open_case_goes_to_another,)


@dataclass(frozen=True, slots=True, kw_only=True)
class SweepFacts:
    """A sweep about to run; ``last_swept_on`` is the day of the latest finished one of the campaign."""

    campaign_running: bool
    starts_on: date
    last_swept_on: date | None
    today: date


@rule("R-50", basis="民发〔2021〕63号")
def sweep_fits_campaign(facts: SweepFacts, on: date) -> bool:
    """整治行动正在进行，排查日期不早于行动开始、不晚于今天。"""
    return facts.campaign_running and facts.starts_on <= on <= facts.today


@rule("R-51", basis="内部控制/日期")
def sweeps_go_forward(facts: SweepFacts, on: date) -> bool:
    """排查日期不早于该行动上一次完成的排查，后一次排查已经包含前一次。"""
    return facts.last_swept_on is None or facts.last_swept_on <= on


SWEEP = (sweep_fits_campaign, sweeps_go_forward)
