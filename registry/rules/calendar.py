"""The rules of the calendar: what a year of holidays brings before it is loaded. Plain Python, like all rules."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from registry.rulebook import rule

if TYPE_CHECKING:
    from datetime import date

FIXED = ((1, 1), (5, 1), (10, 1), (10, 2), (10, 3))
"""Holidays whose day is the same every year: 元旦, 劳动节, 国庆节."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CalendarFacts:
    """A year about to be loaded: the days it closes offices on, the document that announced it, and what stands."""

    year: int
    off: frozenset[date]
    source: str
    differs: bool


@rule("R-172", basis="全国年节及纪念日放假办法/2")
def holidays_are_whole(facts: CalendarFacts, _on: date) -> bool:
    """文件列有当年元旦、劳动节、国庆节的法定放假日。"""
    listed = {(each.month, each.day) for each in facts.off if each.year == facts.year}
    return listed.issuperset(FIXED)


@rule("R-173", basis="内部控制/理由")
def announcement_is_named(facts: CalendarFacts, _on: date) -> bool:
    """写明公布该年节假日安排的文件名称或者文号。"""
    return bool(facts.source.strip())


@rule("R-174", basis="内部控制/期限")
def year_is_new(facts: CalendarFacts, _on: date) -> bool:
    """文件内容与已经载入的该年安排不同。"""
    return facts.differs


LOAD_CALENDAR = (holidays_are_whole, announcement_is_named, year_is_new)
