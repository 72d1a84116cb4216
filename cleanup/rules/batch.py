"""The rules of doing one thing in many cases at once. Plain Python, no clock."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from registry.rulebook import rule

if TYPE_CHECKING:
    from datetime import date

MOST_IN_BATCH = 500
"""How many cases one batch takes."""


@dataclass(frozen=True, slots=True, kw_only=True)
class BatchFacts:
    """A batch about to be asked for; ``is_alike`` tells that what is stated can be the same in every case."""

    cases: int
    treatments: frozenset[str]
    is_known: bool
    is_alike: bool


@rule("R-356", basis="内部控制/个案")
def batch_takes_similar_cases(facts: BatchFacts, _on: date) -> bool:
    """至少选择一件个案，至多五百件，并且处置方式相同。"""
    return 0 < facts.cases <= MOST_IN_BATCH and len(facts.treatments) == 1


@rule("R-357", basis="内部控制/个案")
def batch_states_the_same_in_each(facts: BatchFacts, _on: date) -> bool:
    """所选事项属于该处置方式的程序，并且各案可以填写相同的内容；须逐案写明的逐案办理。"""
    return facts.is_known and facts.is_alike


ASK_BATCH = (batch_takes_similar_cases, batch_states_the_same_in_each)
