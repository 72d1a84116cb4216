"""What is watched once an association stands on its own. These warn and never stop anything: the values are local."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from decoupling.rules.steps import StepFacts, in_order, on_the_register
from registry.rulebook import rule

if TYPE_CHECKING:
    from datetime import date


@dataclass(frozen=True, slots=True, kw_only=True)
class LeaderFacts:
    """One leader in office, with what policy allows on the day."""

    born_on: date | None
    took_office_on: date
    term_until: date | None
    terms: int
    other_posts: str
    age_limit: int
    most_terms: int
    term_years: int


@rule("R-339", basis="发改经体〔2016〕2657号")
def leader_is_not_over_age(facts: LeaderFacts, on: date) -> bool:
    """负责人年龄不超过上限。"""
    return facts.born_on is None or _years(facts.born_on, on) <= facts.age_limit


@rule("R-340", basis="发改经体〔2016〕2657号")
def leader_has_not_stayed_too_long(facts: LeaderFacts, _on: date) -> bool:
    """负责人连任不超过规定届数；超过的，应有会员（代表）大会表决和登记管理机关同意。"""
    return facts.terms <= facts.most_terms


@rule("R-341", basis="发改经体〔2016〕2657号")
def term_has_not_run_out(facts: LeaderFacts, on: date) -> bool:
    """负责人在本届任期之内，没有到期未换届。"""
    until = facts.term_until
    if until is None:
        return _years(facts.took_office_on, on) < facts.term_years
    return until >= on


@rule("R-342", basis="发改经体〔2016〕2657号")
def leader_holds_no_second_post(facts: LeaderFacts, _on: date) -> bool:
    """负责人没有在其他社会团体担任负责人。"""
    return not facts.other_posts.strip()


@rule("R-343", basis="发改经体〔2016〕2657号")
def age_is_known(facts: LeaderFacts, _on: date) -> bool:
    """负责人的出生日期已经登记。"""
    return facts.born_on is not None


LEADER = (
    leader_is_not_over_age,
    age_is_known,
    leader_has_not_stayed_too_long,
    term_has_not_run_out,
    leader_holds_no_second_post,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class BodyFacts:
    """A decoupled association as a whole; the dates are those of the latest fact of each kind."""

    presidents: frozenset[str]
    secretaries: frozenset[str]
    president_employers: frozenset[str]
    secretary_employers: frozenset[str]
    fee_voted_on: date | None
    fee_published_on: date | None
    charter_on: date | None
    party_organisation_on: date | None
    party_body_set: bool


@rule("R-344", basis="发改经体〔2016〕2657号")
def president_and_secretary_differ(facts: BodyFacts, _on: date) -> bool:
    """会长和秘书长均已登记，由不同的人担任，且来自不同的会员单位。"""
    return (
        bool(facts.presidents)
        and bool(facts.secretaries)
        and not facts.presidents & facts.secretaries
        and not (facts.president_employers & facts.secretary_employers) - {""}
    )


@rule("R-345", basis="发改经体〔2017〕1999号")
def fees_were_voted(facts: BodyFacts, _on: date) -> bool:
    """会费标准经会员（代表）大会表决。"""
    return facts.fee_voted_on is not None


@rule("R-346", basis="发改经体〔2017〕1999号")
def fees_were_published(facts: BodyFacts, on: date) -> bool:
    """最近一个年度的会费收支已经公示。"""
    return facts.fee_published_on is not None and facts.fee_published_on.year >= on.year - 1


@rule("R-347", basis="中办发〔2015〕39号/三")
def charter_was_approved(facts: BodyFacts, _on: date) -> bool:
    """章程已核准，写入党的领导和党建领导机关。"""
    return facts.charter_on is not None


@rule("R-348", basis="中办发〔2015〕39号/三")
def party_is_present(facts: BodyFacts, _on: date) -> bool:
    """已明确党建工作机构，党的组织已经覆盖。"""
    return facts.party_body_set and facts.party_organisation_on is not None


BODY = (
    president_and_secretary_differ,
    fees_were_voted,
    fees_were_published,
    charter_was_approved,
    party_is_present,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class EntryFacts(StepFacts):
    """A leader or a dated fact about to be entered; ``days`` are those that must be told, in their order."""

    text: str
    days: tuple[date | None, ...]
    born_on: date | None = None
    term_until: date | None = None


@rule("R-349", basis="内部控制/日期")
def entry_is_whole(facts: EntryFacts, on: date) -> bool:
    """写明姓名或者情况，以及日期；所填日期先后有序，且不晚于登记之日。"""
    days = [day for day in facts.days if day is not None]
    if len(days) < len(facts.days) or [*days, on] != sorted([*days, on]):
        return False
    born_before = facts.born_on is None or facts.born_on < days[0]
    ends_after = facts.term_until is None or facts.term_until >= days[0]
    return bool(facts.text.strip()) and born_before and ends_after


ENTER_AFTERCARE = (on_the_register, in_order, entry_is_whole)


def _years(since: date, on: date) -> int:
    return on.year - since.year - ((on.month, on.day) < (since.month, since.day))
