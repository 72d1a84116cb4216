"""What every step of decoupling asks, whichever it is."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from decoupling.states import Category
from registry.rulebook import rule

if TYPE_CHECKING:
    from datetime import date


@dataclass(frozen=True, slots=True, kw_only=True)
class StepFacts:
    """What every step looks at; ``not_before`` is the day of the step before it."""

    today: date
    not_before: date | None
    exited_on: date | None
    category: str


@rule("R-61", basis="发改体改〔2019〕1063号")
def on_the_register(facts: StepFacts, on: date) -> bool:
    """办理之日组织仍在册，没有注销、撤销、吊销或者合并。"""
    return facts.exited_on is None or facts.exited_on > on


@rule("R-62", basis="内部控制/日期")
def in_order(facts: StepFacts, on: date) -> bool:
    """日期不晚于今天，不早于上一环节。"""
    return on <= facts.today and (facts.not_before is None or facts.not_before <= on)


@rule("R-63", basis="发改体改〔2019〕1063号")
def is_to_decouple(facts: StepFacts, _on: date) -> bool:
    """该组织在名单中的类别为拟脱钩。"""
    return facts.category == Category.LISTED


STEP = (on_the_register, in_order)


@dataclass(frozen=True, slots=True, kw_only=True)
class SnapshotFacts:
    """Figures about to be frozen for the day asked about."""

    today: date


@rule("R-323", basis="内部控制/日期")
def cut_off_is_not_ahead(facts: SnapshotFacts, on: date) -> bool:
    """截至日期不晚于今天。"""
    return on <= facts.today


TAKE_SNAPSHOT = (cut_off_is_not_ahead,)
