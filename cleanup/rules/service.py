"""The rules of serving documents: what may be sent how, and what proves that it has arrived. Plain Python, no clock."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from cleanup.rules.step import certificates_are_valid, nobody_recused_acts
from cleanup.states import CaseState, ServiceMethod
from registry.rulebook import rule

if TYPE_CHECKING:
    from datetime import date

    from cleanup.rules.leg import Leg
    from registry.rules import CertificateFacts


@dataclass(frozen=True, slots=True, kw_only=True)
class ServiceFacts:
    """A document about to be sent; ``made_on`` is the day of the step it comes from, None where there is none any more.

    ``leg`` is that step, None where it belongs to an earlier round. ``has_failed`` tells whether this document was
    handed over or posted in vain.
    """

    leg: Leg | None
    state: str
    made_on: date | None
    under_way: bool
    arrived: bool
    method: str
    address: str
    reason: str
    consent_no: str
    has_failed: bool
    is_unreachable: bool
    officer: int
    by: int
    today: date
    certificates: tuple[CertificateFacts, ...] = ()
    recused: frozenset[int] = frozenset()
    acting: tuple[int, ...] = ()


@rule("R-270", basis="行政处罚法/61")
def document_is_made(facts: ServiceFacts, _on: date) -> bool:
    """文书已经作出，需要送达。"""
    return facts.made_on is not None


@rule("R-271", basis="行政处罚法/61")
def is_not_under_way(facts: ServiceFacts, _on: date) -> bool:
    """该文书没有正在进行的送达，也没有送达成功。"""
    return not facts.under_way and not facts.arrived


@rule("R-272", basis="内部控制/日期")
def is_sent_in_order(facts: ServiceFacts, on: date) -> bool:
    """发出日期不早于文书作出之日，不晚于今天。"""
    return facts.made_on is not None and facts.made_on <= on <= facts.today


@rule("R-273", basis="行政处罚法/61")
def electronic_service_is_agreed(facts: ServiceFacts, _on: date) -> bool:
    """电子送达的，当事人已经签订确认书。"""
    return facts.method != ServiceMethod.ELECTRONIC or bool(facts.consent_no.strip())


@rule("R-274", basis="民事诉讼法/95")
def announcement_is_the_last_resort(facts: ServiceFacts, _on: date) -> bool:
    """公告送达的，该文书已经直接送达或者邮寄而没有送到，或者当事人下落不明，并写明原因。"""
    if facts.method != ServiceMethod.ANNOUNCEMENT:
        return True
    return bool(facts.reason.strip()) and (facts.has_failed or facts.is_unreachable)


@rule("R-275", basis="行政处罚法/61")
def address_is_stated(facts: ServiceFacts, _on: date) -> bool:
    """写明送达地址，公告送达的写明公告渠道。"""
    return bool(facts.address.strip())


@dataclass(frozen=True, slots=True, kw_only=True)
class ProofFacts:
    """A service whose end is to be recorded; ``announced_until`` is the last day of an announcement's period."""

    leg: Leg | None
    state: str
    sent_on: date
    under_way: bool
    served_on: date | None
    proof: str
    is_uploaded: bool
    failure: str
    is_announced: bool
    announced_until: date | None
    officer: int
    by: int
    today: date
    certificates: tuple[CertificateFacts, ...] = ()
    recused: frozenset[int] = frozenset()
    acting: tuple[int, ...] = ()


@rule("R-276", basis="内部控制/个案")
def officer_serves(facts: ServiceFacts | ProofFacts, _on: date) -> bool:
    """由承办人办理送达，并记录送达结果。"""
    return facts.by == facts.officer


@rule("R-441", basis="内部控制/个案")
def case_is_served_in(facts: ServiceFacts | ProofFacts, _on: date) -> bool:
    """个案没有中止，也没有结案；中止的，恢复以后办理送达和记录送达结果。"""
    return CaseState(facts.state) in {CaseState.OPEN, CaseState.FOLLOW_UP}


WHO = (officer_serves, certificates_are_valid, nobody_recused_acts, case_is_served_in)

SEND = (
    document_is_made,
    is_not_under_way,
    is_sent_in_order,
    electronic_service_is_agreed,
    announcement_is_the_last_resort,
    address_is_stated,
    *WHO,
)


@rule("R-277", basis="行政处罚法/61")
def service_is_under_way(facts: ProofFacts, _on: date) -> bool:
    """该次送达正在进行，尚未送达成功，也没有退回。"""
    return facts.under_way


@rule("R-278", basis="行政处罚法/61")
def arrival_is_proved(facts: ProofFacts, _on: date) -> bool:
    """有送达证明（送达回证、投递签收记录、公告截图等）：写明并上传。"""
    return bool(facts.proof.strip()) and facts.is_uploaded


@rule("R-279", basis="内部控制/日期")
def arrives_in_order(facts: ProofFacts, on: date) -> bool:
    """送达日期不早于发出日期，记录日期不早于送达日期、不晚于今天。"""
    return facts.served_on is not None and facts.sent_on <= facts.served_on <= on <= facts.today


@rule("R-280", basis="民事诉讼法/95")
def announcement_has_run_its_time(facts: ProofFacts, on: date) -> bool:
    """公告送达的，公告期间届满后视为送达。"""
    return not facts.is_announced or (facts.announced_until is not None and facts.announced_until < on)


@rule("R-281", basis="行政处罚法/61")
def failure_is_described(facts: ProofFacts, on: date) -> bool:
    """未能送达的，写明退件、拒收、下落不明等情况，日期不早于发出日期、不晚于今天。"""
    return bool(facts.failure.strip()) and facts.sent_on <= on <= facts.today


PROVE_SERVICE = (
    service_is_under_way,
    arrival_is_proved,
    arrives_in_order,
    announcement_has_run_its_time,
    *WHO,
)
FAIL_SERVICE = (service_is_under_way, failure_is_described, *WHO)
