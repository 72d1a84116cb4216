"""The rules of leaving a body out of a campaign. Plain Python: facts in, verdict out."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from registry.rulebook import rule

if TYPE_CHECKING:
    from datetime import date


@dataclass(frozen=True, slots=True, kw_only=True)
class ExclusionFacts:
    """A body about to be left out: of one campaign, or of all (``exempts``)."""

    exempts: bool
    in_draft: bool
    in_reach: bool
    standing: bool
    document_no: str
    until_on: date | None


@rule("R-200", basis="内部控制/双人")
def excluded_before_approval(facts: ExclusionFacts, _on: date) -> bool:
    """个别组织在行动批准之前排除，由批准人一并审定；批准之后以排除线索办理。"""
    return facts.exempts or facts.in_draft


@rule("R-201", basis="内部控制/理由")
def not_left_out_yet(facts: ExclusionFacts, _on: date) -> bool:
    """该组织属于本次行动的范围，尚未排除（免予排查）。"""
    return facts.in_reach and not facts.standing


@rule("R-202", basis="内部控制/理由")
def exemption_is_documented(facts: ExclusionFacts, on: date) -> bool:
    """免予排查有文号；写明期限的，期限不早于生效日期。"""
    if not facts.exempts:
        return True
    return bool(facts.document_no.strip()) and (facts.until_on is None or facts.until_on >= on)


LEAVE_OUT = (excluded_before_approval, not_left_out_yet, exemption_is_documented)


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadmissionFacts:
    """A body about to be looked at again."""

    exempts: bool
    in_draft: bool
    from_on: date
    ended: bool
    today: date


@rule("R-203", basis="内部控制/日期")
def readmitted_once_and_in_order(facts: ReadmissionFacts, on: date) -> bool:
    """排除（免予排查）尚未解除，解除日期不早于生效日期、不晚于今天；行动批准之后，其排除名单不再变动。"""
    return (facts.exempts or facts.in_draft) and not facts.ended and facts.from_on <= on <= facts.today


READMIT = (readmitted_once_and_in_order,)
