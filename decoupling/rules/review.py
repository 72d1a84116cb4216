"""The rules of 回头看: whom a round looks at, what it finds, and how it ends."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import TYPE_CHECKING

from decoupling.rules.steps import StepFacts, in_order, on_the_register
from decoupling.states import Extent
from registry.rulebook import rule

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import date


def drawn(codes: Iterable[str], *, seed: str, size: int) -> list[str]:
    """Return ``size`` of ``codes``: those whose SHA-256 of ``seed:code`` is lowest. Anyone can do it over."""
    return sorted(codes, key=lambda code: hashlib.sha256(f"{seed}:{code}".encode()).hexdigest())[:size]


@dataclass(frozen=True, slots=True, kw_only=True)
class RoundFacts:
    """A round about to begin; ``population`` counts those accepted by then."""

    today: date
    title: str
    document_no: str
    extent: str
    size: int | None
    seed: str
    population: int


@rule("R-327", basis="发改体改〔2019〕1063号")
def round_is_documented(facts: RoundFacts, on: date) -> bool:
    """回头看有名称和部署文号，日期不晚于今天。"""
    return bool(facts.title.strip()) and bool(facts.document_no.strip()) and on <= facts.today


@rule("R-328", basis="内部控制/理由")
def sample_can_be_redrawn(facts: RoundFacts, _on: date) -> bool:
    """有已验收的组织可查；抽查的，写明抽查家数（不多于已验收数）和抽取用的公开字串，他人可以重算。"""
    if facts.extent != Extent.SAMPLE:
        return facts.population > 0
    return facts.size is not None and 1 <= facts.size <= facts.population and bool(facts.seed.strip())


BEGIN_ROUND = (round_is_documented, sample_can_be_redrawn)


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckFacts(StepFacts):
    """An association about to be found sound by a round."""

    round_open: bool
    pending: bool
    note: str


@rule("R-329", basis="发改体改〔2019〕1063号")
def waits_to_be_checked(facts: CheckFacts, _on: date) -> bool:
    """该轮回头看尚未结束，该组织在核查名单中，核查结果没有确定。"""
    return facts.round_open and facts.pending


@rule("R-330", basis="内部控制/理由")
def check_is_told(facts: CheckFacts, _on: date) -> bool:
    """写明核查情况。"""
    return bool(facts.note.strip())


FIND_SOUND = (on_the_register, in_order, waits_to_be_checked, check_is_told)


@dataclass(frozen=True, slots=True, kw_only=True)
class ProblemFacts(StepFacts):
    """An item of an accepted association about to be reopened."""

    accepted: bool
    round_open: bool
    is_checked: bool
    problem: str
    due_on: date | None


@rule("R-331", basis="发改体改〔2019〕1063号")
def found_in_a_running_round(facts: ProblemFacts, _on: date) -> bool:
    """问题在进行中的回头看核查名单内发现，该组织已验收脱钩。"""
    return facts.accepted and facts.round_open and facts.is_checked


@rule("R-332", basis="内部控制/理由")
def problem_is_told(facts: ProblemFacts, _on: date) -> bool:
    """写明发现的问题。"""
    return bool(facts.problem.strip())


@rule("R-333", basis="内部控制/期限")
def rectification_has_a_day(facts: ProblemFacts, on: date) -> bool:
    """写明整改期限，且不早于发现之日。"""
    return facts.due_on is not None and facts.due_on >= on


FIND_PROBLEM = (on_the_register, in_order, found_in_a_running_round, problem_is_told, rectification_has_a_day)


@dataclass(frozen=True, slots=True, kw_only=True)
class CloseFacts:
    """A round about to be closed."""

    today: date
    not_before: date
    is_open: bool
    pending: int
    rectifying: int
    conclusion: str


@rule("R-334", basis="发改体改〔2019〕1063号")
def round_is_through(facts: CloseFacts, on: date) -> bool:
    """该轮回头看正在进行，名单内组织均已核查，发现的问题均已整改，日期不早于开始之日、不晚于今天。"""
    return facts.is_open and not facts.pending and not facts.rectifying and facts.not_before <= on <= facts.today


@rule("R-335", basis="内部控制/理由")
def round_has_conclusion(facts: CloseFacts, _on: date) -> bool:
    """写明该轮回头看的结论。"""
    return bool(facts.conclusion.strip())


CLOSE_ROUND = (round_is_through, round_has_conclusion)
