"""The rules of the documents: when one may be issued, and when declared void."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from registry.rulebook import rule

if TYPE_CHECKING:
    from datetime import date


@dataclass(frozen=True, slots=True, kw_only=True)
class NoticeFacts:
    """A document about to be issued; ``missing`` are places nobody has said anything for.

    ``in_turn`` tells that the steps before its own are taken and their documents have arrived, ``by_the_right_person``
    that whoever makes it acts in the case or signs for the bureau, with a certificate where a penalty wants one.
    """

    belongs: bool
    in_turn: bool
    by_the_right_person: bool
    missing: tuple[str, ...]
    signatory: str
    standing: bool
    opened_on: date
    today: date


@rule("R-350", basis="行政处罚法/58")
def belongs_to_the_procedure(facts: NoticeFacts, _on: date) -> bool:
    """该文书属于本案处置方式的程序。"""
    return facts.belongs


@rule("R-396", basis="行政处罚法/57；行政处罚法/58")
def is_in_turn(facts: NoticeFacts, _on: date) -> bool:
    """文书所属步骤之前的步骤均已办理，须送达的文书已经送达；送达回证和公告在须送达的文书之后制作。"""
    return not facts.belongs or facts.in_turn


@rule("R-397", basis="行政处罚法/42")
def is_made_by_the_right_person(facts: NoticeFacts, _on: date) -> bool:
    """文书由本案承办、调查人员或者审核、决定人员制作；处罚案件的承办、调查人员当日持有有效的执法证，且没有被决定回避。"""
    return facts.by_the_right_person


@rule("R-351", basis="行政处罚法/44")
def every_place_is_filled(facts: NoticeFacts, _on: date) -> bool:
    """文书各栏均已填写；登记信息缺少的先补录，联系方式和代字在法规与政策中设定。"""
    return not facts.missing and bool(facts.signatory.strip())


@rule("R-352", basis="内部控制/日期")
def dated_within_the_case(facts: NoticeFacts, on: date) -> bool:
    """文书日期不早于立案日期，不晚于今天。"""
    return facts.opened_on <= on <= facts.today


@rule("R-353", basis="内部控制/更正")
def replaces_nothing_that_stands(facts: NoticeFacts, _on: date) -> bool:
    """每案一份的文书，前一份已经作废才能再制作。"""
    return not facts.standing


ISSUE_NOTICE = (
    belongs_to_the_procedure,
    is_in_turn,
    is_made_by_the_right_person,
    every_place_is_filled,
    dated_within_the_case,
    replaces_nothing_that_stands,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class VoidingFacts:
    """A document about to be declared void; ``served`` tells that it was sent to the body already."""

    voided: bool
    served: bool
    made_on: date
    today: date
    reason: str


@rule("R-354", basis="内部控制/更正")
def void_once_and_unsent(facts: VoidingFacts, on: date) -> bool:
    """文书尚未作废，也没有送达；已经送达的以新的文书变更或者撤回。"""
    return not facts.voided and not facts.served and facts.made_on <= on <= facts.today


@rule("R-355", basis="内部控制/理由")
def voiding_has_a_reason(facts: VoidingFacts, _on: date) -> bool:
    """写明作废的理由。"""
    return bool(facts.reason.strip())


VOID_NOTICE = (void_once_and_unsent, voiding_has_a_reason)
