"""The rules of what is kept with a step of a case. Plain Python, no clock."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from registry.rulebook import rule

if TYPE_CHECKING:
    from datetime import date


@dataclass(frozen=True, slots=True, kw_only=True)
class StepFileFacts:
    """A file about to be kept with a step; ``hands`` are the officer of the case and whoever took the step."""

    is_closed: bool
    hands: frozenset[int]
    by: int
    is_there: bool
    taken_on: date
    today: date


@rule("R-267", basis="社会组织登记管理机关行政处罚程序规定")
def file_of_an_open_case(facts: StepFileFacts, _on: date) -> bool:
    """个案尚未结案归档；归档以后不再存入材料。"""
    return not facts.is_closed


@rule("R-268", basis="内部控制/个案")
def kept_by_who_took_the_step(facts: StepFileFacts, _on: date) -> bool:
    """材料由承办人或者办理该步骤的人员存入。"""
    return facts.by in facts.hands


@rule("R-269", basis="内部控制/个案")
def file_is_new_and_in_order(facts: StepFileFacts, on: date) -> bool:
    """该步骤还没有内容相同的材料，存入日期不早于办理日期，不晚于今天。"""
    return not facts.is_there and facts.taken_on <= on <= facts.today


ATTACH = (file_of_an_open_case, kept_by_who_took_the_step, file_is_new_and_in_order)
