"""The rules of changing the law as data: who may propose what, who decides it, and on which effect. Plain Python."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any

from registry.rulebook import rule
from registry.rules.filing import StepFacts, step_keeps_the_order

if TYPE_CHECKING:
    from collections.abc import Sequence

_ANY_COMMON_YEAR = 2001
_SHARE = re.compile(r"(\d{1,2}(\.\d+)?|100)%")
_HUNDRED = 100


def value_fits(unit: str, value: Any) -> bool:
    """Tell whether ``value`` is written as its ``unit`` asks: a day of the year, a share, yes or no, words, so many or a range.

    Without a unit any text or number will do.
    """
    if unit.startswith("月-日"):
        return isinstance(value, str) and _is_day(value)
    if unit == "比例":
        return isinstance(value, str) and _SHARE.fullmatch(value) is not None
    if unit == "%":
        return _is_number(value) and value <= _HUNDRED
    if unit in {"是否", "名单"}:
        return isinstance(value, bool) if unit == "是否" else _is_worded(value)
    if unit:
        return _is_number(value) or _is_range(value)
    return isinstance(value, str | int) and bool(str(value).strip())


def _is_day(text: str) -> bool:
    """Tell whether a text is a day that every year has, as 05-31."""
    try:
        day = date.fromisoformat(f"{_ANY_COMMON_YEAR}-{text}")
    except ValueError:
        return False
    return day.strftime("%m-%d") == text


def _is_worded(value: Any) -> bool:
    return isinstance(value, list) and bool(value) and all(isinstance(each, str) and each.strip() for each in value)


def _is_number(value: Any) -> bool:
    return type(value) is int and value > 0


def _is_range(value: Any) -> bool:
    return isinstance(value, list) and all(map(_is_number, value)) and _rises(value)


def _rises(value: Sequence[int]) -> bool:
    return len(value) == len(("from", "to")) and value[0] < value[1]


@dataclass(frozen=True, slots=True, kw_only=True)
class LawChangeFacts(StepFacts):
    """A change of the law as data. Each tuple names the rows at fault, in words."""

    reason: str
    changes: int
    unsourced: tuple[str, ...]
    uncited: tuple[str, ...]
    overlapping: tuple[str, ...]
    disordered: tuple[str, ...]
    misfits: tuple[str, ...]
    gaps: tuple[str, ...]
    moved: tuple[str, ...]


@rule("R-140", basis="内部控制/法规")
def law_change_changes_something(facts: LawChangeFacts, _on: date) -> bool:
    """所提内容与现行法律依据、政策参数不同。"""
    return facts.changes > 0


@rule("R-141", basis="内部控制/法规")
def law_change_has_a_reason(facts: LawChangeFacts, _on: date) -> bool:
    """写明变动的理由。"""
    return bool(facts.reason.strip())


@rule("R-142", basis="内部控制/法规")
def every_row_has_a_source(facts: LawChangeFacts, _on: date) -> bool:
    """每一条都写明来源。"""
    return not facts.unsourced


@rule("R-143", basis="内部控制/法规")
def every_citation_is_on_file(facts: LawChangeFacts, _on: date) -> bool:
    """政策参数引用的依据都在法律依据中。"""
    return not facts.uncited


@rule("R-144", basis="内部控制/法规")
def validity_does_not_overlap(facts: LawChangeFacts, _on: date) -> bool:
    """同一依据的各个版本、同一事项（类型、年度相同）的各个值，有效期互不重叠。"""
    return not facts.overlapping


@rule("R-145", basis="内部控制/法规")
def validity_ends_after_it_starts(facts: LawChangeFacts, _on: date) -> bool:
    """失效日期晚于生效日期。"""
    return not facts.disordered


@rule("R-146", basis="内部控制/法规")
def values_fit_their_matter(facts: LawChangeFacts, _on: date) -> bool:
    """值的写法和单位与该事项一致。"""
    return not facts.misfits


@rule("R-147", basis="内部控制/法规")
def no_day_is_left_without_a_value(facts: LawChangeFacts, _on: date) -> bool:
    """变动以后，原来有值的日期仍然有值。"""
    return not facts.gaps


@rule("R-148", basis="内部控制/法规")
def law_stands_as_it_did(facts: LawChangeFacts, _on: date) -> bool:
    """提出以后，所要变动的内容没有另行变动。"""
    return not facts.moved


PROPOSE_LAW = (
    step_keeps_the_order,
    law_change_changes_something,
    law_change_has_a_reason,
    every_row_has_a_source,
    every_citation_is_on_file,
    validity_does_not_overlap,
    validity_ends_after_it_starts,
    values_fit_their_matter,
    no_day_is_left_without_a_value,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class LawDecisionFacts(LawChangeFacts):
    """A proposed change about to be approved.

    ``seen`` and ``effect`` are the digests of the effect the officer saw and of the effect it has now, ``confirmed`` of
    the one the director confirmed; ``wide`` tells whether more bodies are affected than the bureau's limit.
    """

    proposer: int
    decider: int
    opinion: str
    seen: str
    effect: str
    confirmed: str
    wide: bool


@rule("R-149", basis="内部控制/双人")
def law_is_approved_by_another(facts: LawDecisionFacts, _on: date) -> bool:
    """由提出人以外的人员批准。"""
    return facts.proposer != facts.decider


@rule("R-158", basis="内部控制/理由")
def approval_has_an_opinion(facts: LawDecisionFacts, _on: date) -> bool:
    """写明批准意见。"""
    return bool(facts.opinion.strip())


@rule("R-150", basis="内部控制/法规")
def effect_is_as_seen(facts: LawDecisionFacts, _on: date) -> bool:
    """批准人看到的影响范围与现在的一致；已有变化的，看过新的影响范围再批准。"""
    return facts.seen == facts.effect


@rule("R-151", basis="内部控制/法规")
def wide_effect_is_confirmed(facts: LawDecisionFacts, _on: date) -> bool:
    """影响的组织超过规定比例的，负责人已对现在的影响范围写明理由予以确认。"""
    return not facts.wide or facts.confirmed == facts.effect


APPLY_LAW = (law_stands_as_it_did, every_citation_is_on_file, validity_does_not_overlap, no_day_is_left_without_a_value)
"""What still has to hold when a change proposed some time ago is judged anew, or approved."""

APPROVE_LAWPROPOSAL = (
    step_keeps_the_order,
    law_is_approved_by_another,
    approval_has_an_opinion,
    *APPLY_LAW,
    effect_is_as_seen,
    wide_effect_is_confirmed,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class LawConfirmationFacts(StepFacts):
    """A director's confirmation of a wide effect."""

    proposer: int
    director: int
    reason: str
    seen: str
    effect: str


@rule("R-152", basis="内部控制/双人")
def wide_effect_is_confirmed_by_another(facts: LawConfirmationFacts, _on: date) -> bool:
    """由提出人以外的负责人确认。"""
    return facts.proposer != facts.director


@rule("R-153", basis="内部控制/法规")
def confirmation_has_a_reason(facts: LawConfirmationFacts, _on: date) -> bool:
    """写明确认的理由。"""
    return bool(facts.reason.strip())


@rule("R-154", basis="内部控制/法规")
def confirmed_effect_is_as_seen(facts: LawConfirmationFacts, _on: date) -> bool:
    """负责人确认的是最近一次列明的影响范围。"""
    return facts.seen == facts.effect


CONFIRM_LAWPROPOSAL = (
    step_keeps_the_order,
    wide_effect_is_confirmed_by_another,
    confirmation_has_a_reason,
    confirmed_effect_is_as_seen,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class LawEndFacts(StepFacts):
    """A proposed change about to be turned down or taken back."""

    proposer: int
    by: int
    reason: str


@rule("R-155", basis="内部控制/理由")
def law_end_has_a_reason(facts: LawEndFacts, _on: date) -> bool:
    """写明不予批准或者撤回的理由。"""
    return bool(facts.reason.strip())


@rule("R-156", basis="内部控制/双人")
def law_is_rejected_by_another(facts: LawEndFacts, _on: date) -> bool:
    """由提出人以外的人员决定不予批准；提出人自己可以撤回。"""
    return facts.proposer != facts.by


@rule("R-157", basis="内部控制/法规")
def law_is_withdrawn_by_its_proposer(facts: LawEndFacts, _on: date) -> bool:
    """由提出人撤回。"""
    return facts.proposer == facts.by


REJECT_LAWPROPOSAL = (step_keeps_the_order, law_end_has_a_reason, law_is_rejected_by_another)
WITHDRAW_LAWPROPOSAL = (step_keeps_the_order, law_end_has_a_reason, law_is_withdrawn_by_its_proposer)
