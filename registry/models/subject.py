"""What a note or an assignment is about: a record of any package, by kind and number."""

from __future__ import annotations

from dataclasses import dataclass

from registry.states import SubjectKind


@dataclass(frozen=True, slots=True)
class Subject:
    """A record the register itself need not know: finding 12, case 3, filing 5."""

    kind: SubjectKind
    id: int

    def __str__(self) -> str:
        """Return ``finding:12``."""
        return f"{self.kind.value}:{self.id}"

    @classmethod
    def parse(cls, text: str) -> Subject:
        """Read what ``str`` wrote; raise ValueError for anything else."""
        kind, _, number = text.partition(":")
        if not (number.isascii() and number.isdecimal()):
            message = f"{text!r} names no record"
            raise ValueError(message)
        return cls(SubjectKind(kind), int(number))
