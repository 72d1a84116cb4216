"""The rules of documents kept with a body. Plain Python: facts in, verdict out; no database, no clock, no user."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from registry.rulebook import rule

if TYPE_CHECKING:
    from datetime import date


@dataclass(frozen=True, slots=True, kw_only=True)
class DocumentFacts:
    """A document handed in; ``is_on_file`` tells of one with the same content that is in force."""

    is_on_file: bool


@rule("R-137", basis="内部控制/材料")
def document_is_new(facts: DocumentFacts, _on: date) -> bool:
    """该组织还没有内容相同的文件。"""
    return not facts.is_on_file


FILE_DOCUMENT = (document_is_new,)


@dataclass(frozen=True, slots=True, kw_only=True)
class DocumentWithdrawalFacts:
    """A document to be withdrawn; ``is_evidence`` tells whether another record rests on it."""

    is_withdrawn: bool
    is_evidence: bool


@rule("R-138", basis="内部控制/材料")
def document_is_in_force(facts: DocumentWithdrawalFacts, _on: date) -> bool:
    """文件没有作废。"""
    return not facts.is_withdrawn


@rule("R-139", basis="内部控制/材料")
def document_is_no_evidence(facts: DocumentWithdrawalFacts, _on: date) -> bool:
    """没有其他记录以该文件为证明材料。"""
    return not facts.is_evidence


WITHDRAW_DOCUMENT = (document_is_in_force, document_is_no_evidence)
