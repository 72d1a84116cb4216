"""The rules of a sweep: when it may run, be released, be undone. Plain Python: facts in, verdict out."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from registry.rulebook import rule

if TYPE_CHECKING:
    from datetime import date


@dataclass(frozen=True, slots=True, kw_only=True)
class SweepFacts:
    """A sweep about to run; ``last_swept_on`` is the day of the latest finished one of the campaign."""

    campaign_running: bool
    starts_on: date
    ends_on: date
    last_swept_on: date | None
    another_waits: bool
    today: date


@rule("R-50", basis="民发〔2021〕63号")
def sweep_fits_campaign(facts: SweepFacts, on: date) -> bool:
    """整治行动正在进行，排查日期不早于行动开始、不晚于今天。"""
    return facts.campaign_running and facts.starts_on <= on <= facts.today


@rule("R-51", basis="内部控制/日期")
def sweeps_go_forward(facts: SweepFacts, on: date) -> bool:
    """排查日期不早于该行动上一次完成的排查，后一次排查已经包含前一次。"""
    return facts.last_swept_on is None or facts.last_swept_on <= on


@rule("R-204", basis="内部控制/日期")
def sweep_before_the_end(facts: SweepFacts, on: date) -> bool:
    """排查日期不晚于行动的结束日期；到期尚需排查的，先依文书延长。"""
    return on <= facts.ends_on


@rule("R-211", basis="内部控制/排查")
def no_other_sweep_waits(facts: SweepFacts, _on: date) -> bool:
    """该行动没有停止待放行的排查；先放行，或者更正数据后重新核对。"""
    return not facts.another_waits


SWEEP = (sweep_fits_campaign, sweeps_go_forward, sweep_before_the_end, no_other_sweep_waits)


@dataclass(frozen=True, slots=True, kw_only=True)
class ReleaseFacts:
    """A sweep that stopped and is about to be let through."""

    waits: bool
    campaign_running: bool


@rule("R-212", basis="内部控制/排查")
def stopped_sweep_is_released_once(facts: ReleaseFacts, _on: date) -> bool:
    """排查已经停止、尚未放行，所属行动正在进行。"""
    return facts.waits and facts.campaign_running


RELEASE_SWEEP = (stopped_sweep_is_released_once,)


@dataclass(frozen=True, slots=True, kw_only=True)
class UndoFacts:
    """A sweep about to be undone; ``decided`` counts its findings somebody has confirmed, dismissed or replaced.

    ``stands`` tells that there is something to take back, of a whole sweep or of one that broke off.
    """

    stands: bool
    is_latest: bool
    campaign_paused: bool
    decided: int


@rule("R-213", basis="内部控制/排查")
def latest_sweep_is_undone(facts: UndoFacts, _on: date) -> bool:
    """撤销的是该行动最近一次写入线索的排查（包括中断的），且尚未撤销；之后的排查须先撤销。"""
    return facts.stands and facts.is_latest


@rule("R-214", basis="内部控制/排查")
def campaign_paused_for_the_undoing(facts: UndoFacts, _on: date) -> bool:
    """行动已经暂停，撤销后不会当晚又排查出同样的结果。"""
    return facts.campaign_paused


@rule("R-215", basis="内部控制/排查")
def nothing_built_on_the_sweep(facts: UndoFacts, _on: date) -> bool:
    """本次排查发现的线索均未确认、排除或者变动。"""
    return facts.decided == 0


UNDO_SWEEP = (latest_sweep_is_undone, campaign_paused_for_the_undoing, nothing_built_on_the_sweep)
