"""The rules of officers and their work: certificates, accounts, assignments, notes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from registry.rulebook import rule

if TYPE_CHECKING:
    from datetime import date


@dataclass(frozen=True, slots=True, kw_only=True)
class CertificateFacts:
    """An officer's enforcement certificate; ``taken_by`` names the other account that has the same number."""

    certificate_no: str
    certificate_until: date | None
    taken_by: str = ""


@rule("R-111", basis="行政处罚法/42")
def holds_valid_certificate(facts: CertificateFacts, on: date) -> bool:
    """承办人当日持有有效的执法证。"""
    return bool(facts.certificate_no.strip()) and facts.certificate_until is not None and on <= facts.certificate_until


ENFORCE = (holds_valid_certificate,)


@dataclass(frozen=True, slots=True, kw_only=True)
class AccountFacts:
    """An account as it shall stand; ``subject`` is whose it is, None for a new one, ``by`` who changes it.

    ``named_like`` is the other account whose person is shown under the same name.
    """

    subject: int | None
    by: int
    comes_from_a_unit: bool
    has_unit: bool
    named_like: str = ""


@rule("R-112", basis="内部控制/账户")
def account_is_anothers(facts: AccountFacts, _on: date) -> bool:
    """本人的账户由其他管理员办理。"""
    return facts.subject != facts.by


@rule("R-113", basis="内部控制/账户")
def unit_fits_role(facts: AccountFacts, _on: date) -> bool:
    """业务主管单位、会签部门的人员写明所属单位，其他角色不写。"""
    return facts.comes_from_a_unit == facts.has_unit


CHANGE_ACCOUNT = (account_is_anothers, unit_fits_role)


def _namesake(facts: AccountFacts) -> str:
    return f"账户“{facts.named_like}”已用此姓名"


@rule("R-183", basis="内部控制/账户", names=_namesake)
def name_tells_people_apart(facts: AccountFacts, _on: date) -> bool:
    """台账和页面以姓名称呼人员，姓名不与其他账户相同；同名的在姓名后注明科室、岗位或者工号。"""
    return not facts.named_like


ADD_ACCOUNT = (*CHANGE_ACCOUNT, name_tells_people_apart)


@rule("R-114", basis="行政处罚法/42")
def certificate_is_whole(facts: CertificateFacts, on: date) -> bool:
    """执法证号和有效期同时填写，有效期不早于办理当日；收回执法证时两项均空。"""
    if not facts.certificate_no.strip():
        return facts.certificate_until is None
    return facts.certificate_until is not None and on <= facts.certificate_until


def _holder(facts: CertificateFacts) -> str:
    return f"该执法证号已登记在账户“{facts.taken_by}”"


@rule("R-182", basis="内部控制/账户", names=_holder)
def certificate_is_one_persons(facts: CertificateFacts, _on: date) -> bool:
    """一个执法证号只登记在一个账户。"""
    return not facts.taken_by


SET_CERTIFICATE = (certificate_is_whole, certificate_is_one_persons)


@dataclass(frozen=True, slots=True, kw_only=True)
class AssigneeFacts:
    """Who shall carry something."""

    is_active: bool
    carries_work: bool


@rule("R-115", basis="内部控制/账户")
def assignee_is_in_office(facts: AssigneeFacts, _on: date) -> bool:
    """承办人在岗，角色为登记人员、执法人员、审核人或者负责人。"""
    return facts.is_active and facts.carries_work


ASSIGN = (assignee_is_in_office,)


@rule("R-116", basis="内部控制/理由")
def note_says_something(text: str, _on: date) -> bool:
    """备注写有内容。"""
    return bool(text.strip())


ADD_NOTE = (note_says_something,)
