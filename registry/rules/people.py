"""The rules of officers and their work: certificates, accounts, assignments, notes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from registry.rulebook import rule

if TYPE_CHECKING:
    from datetime import date


@dataclass(frozen=True, slots=True, kw_only=True)
class CertificateFacts:
    """An officer's enforcement certificate."""

    certificate_no: str
    certificate_until: date | None


@rule("R-111", basis="行政处罚法/42")
def holds_valid_certificate(facts: CertificateFacts, on: date) -> bool:
    """承办人当日持有有效的执法证。"""
    return bool(facts.certificate_no.strip()) and facts.certificate_until is not None and on <= facts.certificate_until


ENFORCE = (holds_valid_certificate,)


@dataclass(frozen=True, slots=True, kw_only=True)
class AccountFacts:
    """An account as it shall stand; ``subject`` is whose it is, None for a new one, ``by`` who changes it."""

    subject: int | None
    by: int
    comes_from_a_unit: bool
    has_unit: bool


@rule("R-112", basis="内部控制/账户")
def account_is_anothers(facts: AccountFacts, _on: date) -> bool:
    """本人的账户由其他管理员办理。"""
    return facts.subject != facts.by


@rule("R-113", basis="内部控制/账户")
def unit_fits_role(facts: AccountFacts, _on: date) -> bool:
    """业务主管单位、会签部门的人员写明所属单位，其他角色不写。"""
    return facts.comes_from_a_unit == facts.has_unit


CHANGE_ACCOUNT = (account_is_anothers, unit_fits_role)


@rule("R-114", basis="行政处罚法/42")
def certificate_is_whole(facts: CertificateFacts, on: date) -> bool:
    """执法证号和有效期同时填写，有效期不早于办理当日；收回执法证时两项均空。"""
    if not facts.certificate_no.strip():
        return facts.certificate_until is None
    return facts.certificate_until is not None and on <= facts.certificate_until


SET_CERTIFICATE = (certificate_is_whole,)


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
