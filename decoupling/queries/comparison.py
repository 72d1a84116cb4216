"""Figures frozen for a cut-off date, and what changed from one date to another: who went where."""

from __future__ import annotations

from collections import Counter
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

from decoupling.queries.figures import lines
from decoupling.states import Category, Standing

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from datetime import date

    from decoupling.models import Snapshot
    from decoupling.queries.figures import Line

NOT_LISTED = "not_listed"

PLACES: dict[str, str] = {
    **{each.value: each.label for each in Standing},
    Category.EXEMPT.value: Category.EXEMPT.label,
    Category.DEFERRED.value: Category.DEFERRED.label,
    NOT_LISTED: "未列入名单",
}
"""Where an association counts, in the order reports go by."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One association as a report of a day counts it; what a snapshot keeps of each."""

    code: str
    name: str
    unit: str
    batch: int
    place: str
    residue: str
    accepted_on: str | None
    exit_on: str | None
    voided: bool

    @classmethod
    def of(cls, line: Line) -> Entry:
        """Return the entry of a line of the figures."""
        organisation = line.listing.organisation
        return cls(
            code=organisation.code,
            name=organisation.name,
            unit=str(line.listing.former_unit or ""),
            batch=line.placement.batch_id,
            place=line.place,
            residue=line.residue,
            accepted_on=line.accepted_on.isoformat() if line.accepted_on else None,
            exit_on=line.exit.since.isoformat() if line.exit else None,
            voided=line.voided,
        )

    def told(self) -> dict[str, Any]:
        """Return what a snapshot keeps."""
        return asdict(self)


@dataclass(frozen=True, slots=True)
class Move:
    """An association that counts elsewhere on the later date; ``before`` or ``after`` is empty where it was not listed."""

    code: str
    name: str
    before: Entry | None
    after: Entry | None

    @property
    def from_place(self) -> str:
        """Return where it counted."""
        return self.before.place if self.before else NOT_LISTED

    @property
    def to_place(self) -> str:
        """Return where it counts now."""
        return self.after.place if self.after else NOT_LISTED

    @property
    def is_void(self) -> bool:
        """Tell whether it fell back because its acceptance was voided."""
        return self.from_place == Standing.DECOUPLED and self.to_place == Standing.REMAINING


@dataclass(frozen=True, slots=True)
class Difference:
    """What changed between two dates; everybody who moved, and how many went from where to where."""

    moves: tuple[Move, ...]

    @property
    def table(self) -> list[tuple[str, str, int]]:
        """Return from, to and how many, in the order of the report."""
        counted = Counter((move.from_place, move.to_place) for move in self.moves)
        order = list(PLACES)
        return [
            (before, after, number)
            for (before, after), number in sorted(
                counted.items(), key=lambda each: (order.index(each[0][0]), order.index(each[0][1]))
            )
        ]

    def net(self, place: str) -> int:
        """Return by how many a place has grown."""
        entered = sum(move.to_place == place for move in self.moves)
        return entered - sum(move.from_place == place for move in self.moves)


def entries(as_of: date) -> list[Entry]:
    """Return everybody on the list as the records count them on a day."""
    return [Entry.of(line) for line in lines(as_of)]


def kept(snapshot: Snapshot) -> list[Entry]:
    """Return everybody as a snapshot kept them."""
    return [Entry(**row) for row in snapshot.lines]


def difference(before: Iterable[Entry], after: Iterable[Entry]) -> Difference:
    """Return what changed from one report to the other."""
    old, new = _by_code(before), _by_code(after)
    moves = []
    for code in sorted(old.keys() | new.keys()):
        move = Move(code, (new.get(code) or old[code]).name, old.get(code), new.get(code))
        if move.from_place != move.to_place:
            moves.append(move)
    return Difference(tuple(moves))


def _by_code(found: Iterable[Entry]) -> Mapping[str, Entry]:
    return {each.code: each for each in found}
