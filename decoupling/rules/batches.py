"""The rules of batches and of who answers for what."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from decoupling.states import APPOINTED
from registry.rulebook import rule

if TYPE_CHECKING:
    from datetime import date


@dataclass(frozen=True, slots=True, kw_only=True)
class BatchFacts:
    """A batch about to be entered, decided on the day asked about."""

    today: date
    taken: bool
    number: int
    title: str
    document_no: str
    plan_due_on: date | None
    done_due_on: date | None


@rule("R-336", basis="发改体改〔2019〕1063号")
def batch_is_documented(facts: BatchFacts, on: date) -> bool:
    """批次从 1 起编号、没有重复，有名称和部署文号，部署日期不晚于今天。"""
    return (
        facts.number >= 1
        and not facts.taken
        and bool(facts.title.strip())
        and bool(facts.document_no.strip())
        and on <= facts.today
    )


@rule("R-337", basis="内部控制/期限")
def batch_days_follow_each_other(facts: BatchFacts, on: date) -> bool:
    """方案报送期限、完成脱钩期限不早于部署日期，且依次在后。"""
    days = [day for day in (on, facts.plan_due_on, facts.done_due_on) if day is not None]
    return days == sorted(days)


OPEN_BATCH = (batch_is_documented, batch_days_follow_each_other)


@dataclass(frozen=True, slots=True, kw_only=True)
class AppointmentFacts:
    """A unit about to answer for something from the day asked about."""

    today: date
    responsible: str
    not_before: date | None
    changes: bool


@rule("R-338", basis="内部控制/日期")
def appointment_is_dated(facts: AppointmentFacts, on: date) -> bool:
    """指定的是职能部门，单位与现在不同，日期不晚于今天、不早于上一次指定。"""
    return (
        facts.responsible in APPOINTED
        and facts.changes
        and on <= facts.today
        and (facts.not_before is None or facts.not_before <= on)
    )


APPOINT = (appointment_is_dated,)
