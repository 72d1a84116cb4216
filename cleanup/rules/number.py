"""The numbers of the bureau's own documents: one number, one case."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from cleanup.states import Step
from registry.rulebook import rule

if TYPE_CHECKING:
    from datetime import date

OWN_NUMBERS = frozenset(
    {Step.FILE, Step.NOTIFY, Step.CALL_HEARING, Step.DECIDE, Step.ORDER, Step.GUIDE, Step.CANCEL, Step.MERGE}
)
"""Steps whose document is the bureau's own; the others cite numbers that units, courts and higher authorities gave."""


class Numbered(Protocol):
    """Facts about something that bears a number; ``number_taken_by`` says which other record has it already."""

    @property
    def number_taken_by(self) -> str:
        """Return a sentence, empty where there is none."""


@dataclass(frozen=True, slots=True, kw_only=True)
class NumberFacts:
    """What a case that is opened says of its number."""

    number_taken_by: str


def _taken(facts: Numbered) -> str:
    return facts.number_taken_by


@rule("R-433", basis="内部控制/文号", names=_taken)
def document_number_is_free(facts: Numbered, _on: date) -> bool:
    """本局文书的文号没有用于其他个案或者其他组织的登记申请。"""
    return not facts.number_taken_by


NUMBER = (document_number_is_free,)
