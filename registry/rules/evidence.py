"""The rules of evidence and of corrections. Plain Python: facts in, verdict out; no database, no clock, no user."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from registry.rulebook import rule

if TYPE_CHECKING:
    from datetime import date
    from decimal import Decimal


@dataclass(frozen=True, slots=True, kw_only=True)
class EvidenceFacts:
    """A body whose life is evidenced by something that happened on a day; ``year`` is that of an annual report."""

    established_on: date | None
    year: int | None = None


@rule("R-127", basis="内部控制/日期")
def is_of_its_lifetime(facts: EvidenceFacts, on: date) -> bool:
    """所记日期不早于成立日期。"""
    return facts.established_on is None or facts.established_on <= on


@rule("R-128", basis="内部控制/日期")
def year_has_ended(facts: EvidenceFacts, on: date) -> bool:
    """年度报告在所报年度结束以后报送。"""
    return facts.year is None or facts.year < on.year


RECORD_EVIDENCE = (is_of_its_lifetime,)
FILE_REPORT = (is_of_its_lifetime, year_has_ended)


@dataclass(frozen=True, slots=True, kw_only=True)
class CorrectionFacts:
    """Why a report on file is corrected."""

    reason: str


@rule("R-136", basis="内部控制/理由")
def correction_has_a_reason(facts: CorrectionFacts, _on: date) -> bool:
    """更正已报送的年度报告，写明原因。"""
    return bool(facts.reason.strip())


CORRECT_REPORT = (correction_has_a_reason,)


AMENDABLE = frozenset(
    {
        *("name", "is_industry_association", "is_charity", "supervision", "registration_authority"),
        *("supervising_unit", "industry_regulator", "party_body", "legal_representative", "address"),
        *("business_scope", "activity_area", "capital", "established_on"),
        *("certificate_no", "certificate_from", "certificate_until"),
    }
)
"""Facts of an organisation that may be corrected; whatever else it has, a verb of its own writes."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AmendmentFacts:
    """Which columns are corrected; ``established_on`` only where it is among them.

    ``first_moved_on`` is the body's earliest change of state; ``leaves_industry`` tells whether it shall no longer be an
    industry association, ``becomes_decoupled`` whether its 登记体制 shall be 已脱钩. ``known_since`` is its founding day
    where that is not corrected itself, ``taken_by`` the code of another body on the register that bears the new name.
    """

    columns: frozenset[str]
    established_on: date | None
    first_moved_on: date | None
    leaves_industry: bool
    was_decoupled: bool
    becomes_decoupled: bool = False
    capital: Decimal | None = None
    known_since: date | None = None
    taken_by: str = ""


@rule("R-129", basis="内部控制/更正")
def corrects_facts_only(facts: AmendmentFacts, _on: date) -> bool:
    """更正的都是登记事项；状态及其日期、退出、合并和暂缓另按相应事项办理。"""
    return facts.columns <= AMENDABLE


@rule("R-130", basis="内部控制/日期")
def establishment_comes_first(facts: AmendmentFacts, on: date) -> bool:
    """更正后的成立日期不晚于生效日期，也不晚于该组织认定僵尸型、脱钩和退出的日期。"""
    day = facts.established_on
    return day is None or (day <= on and (facts.first_moved_on is None or day <= facts.first_moved_on))


@rule("R-131", basis="中办发〔2015〕39号/二")
def decoupled_stays_association(facts: AmendmentFacts, _on: date) -> bool:
    """已脱钩的组织仍为行业协会商会。"""
    return not (facts.leaves_industry and facts.was_decoupled)


@rule("R-134", basis="内部控制/更正")
def decoupling_is_accepted_not_entered(facts: AmendmentFacts, _on: date) -> bool:
    """登记体制不直接改为“已脱钩”：由脱钩验收办理。"""
    return facts.was_decoupled or not facts.becomes_decoupled


@rule("R-135", basis="内部控制/更正")
def capital_is_not_negative(facts: AmendmentFacts, _on: date) -> bool:
    """注册资金、开办资金和活动资金不小于零。"""
    return facts.capital is None or facts.capital >= 0


@rule("R-180", basis="内部控制/日期")
def amended_after_founding(facts: AmendmentFacts, on: date) -> bool:
    """生效日期不早于该组织的成立日期。"""
    return facts.known_since is None or facts.known_since <= on


@rule("R-181", basis="内部控制/更正")
def name_is_free(facts: AmendmentFacts, _on: date) -> bool:
    """变更后的名称没有被在册的其他组织使用。"""
    return not facts.taken_by


AMEND = (
    corrects_facts_only,
    establishment_comes_first,
    decoupled_stays_association,
    decoupling_is_accepted_not_entered,
    capital_is_not_negative,
    amended_after_founding,
    name_is_free,
)
