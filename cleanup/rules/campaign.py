"""The rules of a campaign and its sweeps. Plain Python: facts in, verdict out; no database, no clock, no user."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from registry.rulebook import rule

if TYPE_CHECKING:
    from datetime import date


@dataclass(frozen=True, slots=True, kw_only=True)
class StartFacts:
    """A campaign about to start."""

    drafter: int
    approver: int
    document_no: str
    windows: int


@rule("R-37", basis="内部控制/双人")
def approved_by_another(facts: StartFacts, _on: date) -> bool:
    """整治行动由拟定人以外的人员批准。"""
    return facts.drafter != facts.approver


@rule("R-38", basis="民发〔2021〕63号")
def campaign_has_document_and_windows(facts: StartFacts, _on: date) -> bool:
    """整治行动有文号，并至少对一类组织设定认定口径。"""
    return bool(facts.document_no.strip()) and facts.windows > 0


START_CAMPAIGN = (approved_by_another, campaign_has_document_and_windows)


@dataclass(frozen=True, slots=True, kw_only=True)
class ConclusionFacts:
    """A campaign about to end."""

    approved_on: date | None
    today: date


@rule("R-55", basis="内部控制/日期")
def concluded_after_approval(facts: ConclusionFacts, on: date) -> bool:
    """结束日期不早于批准日期，不晚于今天。"""
    return facts.approved_on is not None and facts.approved_on <= on <= facts.today


CONCLUDE_CAMPAIGN = (concluded_after_approval,)


@dataclass(frozen=True, slots=True, kw_only=True)
class SweepFacts:
    """A sweep about to run; ``last_swept_on`` is the day of the latest finished one of the campaign."""

    campaign_running: bool
    starts_on: date
    last_swept_on: date | None
    today: date


@rule("R-50", basis="民发〔2021〕63号")
def sweep_fits_campaign(facts: SweepFacts, on: date) -> bool:
    """整治行动正在进行，排查日期不早于行动开始、不晚于今天。"""
    return facts.campaign_running and facts.starts_on <= on <= facts.today


@rule("R-51", basis="内部控制/日期")
def sweeps_go_forward(facts: SweepFacts, on: date) -> bool:
    """排查日期不早于该行动上一次完成的排查，后一次排查已经包含前一次。"""
    return facts.last_swept_on is None or facts.last_swept_on <= on


SWEEP = (sweep_fits_campaign, sweeps_go_forward)
