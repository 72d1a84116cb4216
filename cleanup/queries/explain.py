"""Why a body was flagged, and why not: every criterion with its facts, dates and legal basis, in plain words."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from dateutil.relativedelta import relativedelta
from django.db.models import Q

from cleanup.models import Campaign
from cleanup.queries.criteria import facts_for, window_facts
from cleanup.queries.scope import left_out, on_register
from cleanup.rules import CRITERIA, Facts
from cleanup.states import Criterion
from registry.queries.law import bases
from registry.states import Kind

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from datetime import date

    from registry.models import LegalBasis, Organisation


@dataclass(frozen=True, slots=True)
class Verdict:
    """One criterion for one body: asked at all, met or not, in words, with the facts and the citation behind it."""

    criterion: Criterion
    applies: bool
    met: bool
    sentence: str
    facts: dict[str, Any]
    basis: str


@dataclass(frozen=True, slots=True)
class Explanation:
    """All verdicts of one campaign; ``exclusion`` says why the body is out of its reach, if it is."""

    campaign: Campaign
    exclusion: str
    verdicts: tuple[Verdict, ...]

    @property
    def in_scope(self) -> bool:
        """Tell whether the campaign looks at the body at all."""
        return not self.exclusion

    @property
    def flagged(self) -> bool:
        """Tell whether a sweep on that day finds the body."""
        return self.in_scope and any(verdict.met for verdict in self.verdicts)


def running_on(on: date) -> list[Campaign]:
    """Return the campaigns that were running on the day ``on``."""
    rows = Campaign.objects.filter(Q(concluded_on__isnull=True) | Q(concluded_on__gt=on), started_on__lte=on)
    return list(rows.prefetch_related("windows"))


def explain(organisation: Organisation, *, on: date, campaign: Campaign | None = None) -> list[Explanation]:
    """Judge ``organisation`` by every campaign running on the day ``on``, or by the one given."""
    campaigns = [campaign] if campaign else running_on(on)
    known = bases((code for rule in CRITERIA.values() for code in rule.citations), on=on) if campaigns else {}
    return [_explained(organisation, each, known, on) for each in campaigns]


def _explained(
    organisation: Organisation, campaign: Campaign, known: Mapping[str, LegalBasis], on: date
) -> Explanation:
    window = next((each for each in campaign.windows.all() if each.kind == organisation.kind), None)
    if window is None:
        kind = Kind(organisation.kind).label
        return Explanation(campaign, f"本次行动没有为“{kind}”设定认定口径", ())
    asked = window_facts(window, on=on)
    facts = facts_for([organisation.pk], asked, on=on)[organisation.pk]
    verdicts = tuple(_verdict(facts, each, known, on) for each in Criterion)
    return Explanation(campaign, _exclusion(organisation, campaign, on), verdicts)


def _exclusion(organisation: Organisation, campaign: Campaign, on: date) -> str:
    """Return why the campaign does not look at the body on that day, every reason there is; empty where it does."""
    if on_register(campaign, organisation.kind, on=on).filter(pk=organisation.pk).exists():
        grounds = left_out(campaign, on=on, ids=[organisation.pk])
        return "；".join(ground.sentence for ground in grounds.get(organisation.pk, ()))
    if organisation.deregistered_on and organisation.deregistered_on <= on:
        return f"已于 {organisation.deregistered_on} 退出（{organisation.get_exit_kind_display()}）"
    if organisation.established_on and organisation.established_on > on:
        return f"{organisation.established_on} 才成立"
    return "不在本次行动的登记机关或者业务主管单位范围内"


def _verdict(facts: Facts, criterion: Criterion, known: Mapping[str, LegalBasis], on: date) -> Verdict:
    rule = CRITERIA[criterion]
    applies = criterion in facts.window.criteria
    met = applies and rule.holds(facts, on)
    sentence = worded(facts, criterion, on=on) if applies else "本次行动未采用这一情形"
    cited = "；".join(str(known.get(code, code)) for code in rule.citations)
    return Verdict(criterion, applies, met, sentence, described(facts, criterion, on=on), cited)


def described(facts: Facts, criterion: Criterion, *, on: date) -> dict[str, Any]:
    """Return what one criterion was judged on, JSON-ready, as it is frozen in a finding."""
    window = facts.window
    if criterion == Criterion.A:
        return {
            "report_years": list(window.report_years),
            "due_on": {str(year): window.due_on[year].isoformat() for year in window.report_years},
            "missed_years": sorted(set(window.report_years) - facts.filed_years),
            "filed_years": sorted(facts.filed_years),
            "years_not_entered": sorted(set(window.report_years) - window.years_on_file),
            "established_on": _iso(facts.established_on),
        }
    if criterion in {Criterion.B, Criterion.C}:
        since = (
            facts.established_on and facts.established_on + relativedelta(months=window.first_year_months)
            if criterion == Criterion.B
            else window.inactive_since
        )
        return {
            "first_year_ended_on" if criterion == Criterion.B else "inactive_since": _iso(since),
            "established_on": _iso(facts.established_on),
            "last_activity_on": _iso(facts.last_activity_on),
            "activity_surveyed_on": _iso(facts.activity_surveyed_on),
            "surveyed_since": window.surveyed_since.isoformat(),
        }
    if criterion == Criterion.D:
        return {
            "contact_since": window.contact_since.isoformat(),
            "failed_address": facts.failed_address,
            "needed_address": window.address_attempts,
            "failed_representative": facts.failed_representative,
            "needed_representative": window.representative_attempts,
        }
    return {"determined": criterion in facts.determinations, "on": on.isoformat()}


def worded(facts: Facts, criterion: Criterion, *, on: date) -> str:
    """Return in one sentence what the register knows about one criterion and why it is met or not."""
    return _WORDS[criterion](facts, on)


def _reports_worded(facts: Facts, on: date) -> str:
    window = facts.window
    if facts.established_on is None:
        return "成立日期未登记，无法判断应报年度，请先补录"
    said = []
    for year in window.report_years:
        due = window.due_on[year]
        if facts.established_on > window.due_if_established_by[year]:
            said.append(f"{year}年度：成立于 {facts.established_on}，不需要报送")
        elif year in facts.filed_years:
            said.append(f"{year}年度：已报送")
        elif year not in window.years_on_file:
            said.append(f"{year}年度：系统中没有任何同类组织的年报，尚未录入，不作判断")
        elif due >= on:
            said.append(f"{year}年度：{due} 到期，尚未到期")
        else:
            said.append(f"{year}年度：应于 {due} 前报送，未报送")
        if year in window.unverified_years:
            said[-1] += "（报送期限或者应报范围待核实）"
    return "；".join(said)


def _survey_worded(facts: Facts) -> str:
    if facts.activity_surveyed_on is None:
        return "活动情况未核查，没有活动记录不等于没有活动"
    if facts.activity_surveyed_on < facts.window.surveyed_since:
        return f"活动情况仅核查至 {facts.activity_surveyed_on}，本次行动要求不早于 {facts.window.surveyed_since}"
    return f"活动情况核查至 {facts.activity_surveyed_on}"


def _activity_worded(facts: Facts) -> str:
    return f"最近一次活动 {facts.last_activity_on}" if facts.last_activity_on else "没有活动记录"


def _first_year_worded(facts: Facts, _on: date) -> str:
    if facts.established_on is None:
        return "成立日期未登记，无法判断，请先补录"
    end = facts.established_on + relativedelta(months=facts.window.first_year_months)
    return f"{facts.established_on} 成立，至 {end} 满 {facts.window.first_year_months} 个月；{_activity_worded(facts)}；{_survey_worded(facts)}"


def _inactive_worded(facts: Facts, _on: date) -> str:
    start = facts.window.inactive_since
    if facts.established_on is None:
        return "成立日期未登记，无法判断，请先补录"
    if facts.established_on >= start:
        return f"{facts.established_on} 成立，不早于起算日 {start}"
    return f"自 {start} 起算；{_activity_worded(facts)}；{_survey_worded(facts)}"


def _contact_worded(facts: Facts, _on: date) -> str:
    window = facts.window
    return (
        f"自 {window.contact_since} 以来且最近一次取得联系之后：住所联系失败 {facts.failed_address} 次"
        f"（认定需 {window.address_attempts} 次），法定代表人联系失败 {facts.failed_representative} 次"
        f"（认定需 {window.representative_attempts} 次）"
    )


def _determination_worded(criterion: Criterion) -> Callable[[Facts, date], str]:
    def said(facts: Facts, _on: date) -> str:
        return "有未解除的书面认定" if criterion in facts.determinations else "没有书面认定"

    return said


_WORDS: dict[Criterion, Callable[[Facts, date], str]] = {
    Criterion.A: _reports_worded,
    Criterion.B: _first_year_worded,
    Criterion.C: _inactive_worded,
    Criterion.D: _contact_worded,
    Criterion.E: _determination_worded(Criterion.E),
    Criterion.F: _determination_worded(Criterion.F),
}


def _iso(day: date | None) -> str | None:
    return day.isoformat() if day else None
