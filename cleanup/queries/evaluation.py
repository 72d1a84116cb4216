"""What a sweep of a campaign would do on a day: who meets what, who is left out, who enters, changes, leaves.

Reading only. A sweep carries the plan out, a preview keeps it to be looked at.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from enum import Enum
from typing import TYPE_CHECKING, NamedTuple

from cleanup.models import Finding
from cleanup.queries.criteria import judge
from cleanup.queries.scope import left_out, on_register
from cleanup.states import LIVE, FindingState

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping, Sequence
    from datetime import date

    from cleanup.models import Campaign
    from cleanup.queries.criteria import Judged
    from cleanup.queries.scope import Ground
    from cleanup.rules import WindowFacts
    from registry.models import Organisations


PIECE = 5000
"""Bodies asked for by their ids in one query."""


class Move(Enum):
    """What a sweep does for a body that meets something: a new finding, or one that takes the place of an open one."""

    ENTER = "enter"
    CHANGE = "change"


class Standing(NamedTuple):
    """A finding as it stands: its key, where, what it tells of, since when."""

    pk: int
    state: str
    criteria: str
    found_on: date


@dataclass(slots=True)
class Plan:
    """Whose finding enters or changes and whose is withdrawn, in order of the organisations' ids.

    ``met`` is everybody who meets something, ``out`` everybody left out with the reasons, ``live`` the findings that
    stand.
    """

    met: dict[int, Judged] = field(default_factory=dict)
    out: dict[int, list[Ground]] = field(default_factory=dict)
    live: dict[int, Standing] = field(default_factory=dict)
    moves: dict[int, Move] = field(default_factory=dict)
    leave: list[int] = field(default_factory=list)
    unchanged: int = 0

    @property
    def moved(self) -> int:
        """Return how many bodies' findings would be written or withdrawn."""
        return len(self.moves) + len(self.leave)

    def add(self, other: Plan) -> None:
        """Take in the plan of other bodies."""
        for mine, theirs in ((self.met, other.met), (self.out, other.out), (self.live, other.live)):
            mine.update(theirs)  # type: ignore[arg-type]  # each pair is of one type
        self.moves.update(other.moves)
        self.leave += other.leave
        self.unchanged += other.unchanged

    @property
    def judged(self) -> dict[int, str]:
        """Return what is met by each body that has an open finding or would get one; nothing where it would go.

        A decided finding stands as decided, and what is on hold stays as it is: neither is told of here.
        """
        stands = [pk for pk, each in self.live.items() if each.state == FindingState.OPEN and pk not in self.out]
        met = {pk: self.met[pk].criteria for pk in (*self.moves, *stands) if pk in self.met}
        return dict(sorted((met | dict.fromkeys(self.leave, "")).items()))

    @property
    def matched(self) -> int:
        """Return how many bodies the campaign looks at meet something."""
        return sum(pk not in self.out for pk in self.met)

    def by_criterion(self) -> Counter[str]:
        """Return how many of them meet each criterion."""
        counts: Counter[str] = Counter()
        for criteria, count in Counter(each.criteria for pk, each in self.met.items() if pk not in self.out).items():
            counts.update(dict.fromkeys(criteria, count))
        return counts


def plan(campaign: Campaign, asked: Mapping[str, WindowFacts], *, on: date, ids: Sequence[int] | None = None) -> Plan:
    """Return what a sweep on the day ``on`` would do, of the whole reach or of ``ids``.

    The register is read first and the findings after it: what an officer decides in between is an event, by which the
    sweep sees that it must judge the body anew.
    """
    if ids is None:
        return _planned(campaign, asked, on, None)
    found = Plan()
    for start in range(0, len(ids), PIECE):
        found.add(_planned(campaign, asked, on, ids[start : start + PIECE]))
    return found


def _planned(campaign: Campaign, asked: Mapping[str, WindowFacts], on: date, ids: Sequence[int] | None) -> Plan:
    met = judge(campaign, asked, on=on, ids=ids)
    out = left_out(campaign, on=on, ids=ids)
    live, dismissed = _standing(campaign, LIVE, ids), _standing(campaign, (FindingState.DISMISSED,), ids)
    found = Plan(met, out, live)
    for pk in sorted(met):
        if pk not in out:
            _place(found, pk, met[pk].criteria, live.get(pk), dismissed.get(pk))
    found.leave = sorted(pk for pk, each in live.items() if each.found_on <= on and _is_gone(found, pk, each))
    return found


def _place(found: Plan, pk: int, criteria: str, stands: Standing | None, before: Standing | None) -> None:
    """Sort one body that meets something; a dismissal covers only the criteria it was about."""
    if stands is None and (before is None or not set(criteria) <= set(before.criteria)):
        found.moves[pk] = Move.ENTER
    elif stands and stands.state == FindingState.OPEN and stands.criteria != criteria:
        found.moves[pk] = Move.CHANGE
    else:
        found.unchanged += 1


def _is_gone(found: Plan, pk: int, stands: Standing) -> bool:
    """Tell whether the facts no longer support an open finding; a hold or an application keeps it as it is."""
    grounds = found.out.get(pk, ())
    if stands.state != FindingState.OPEN or any(ground.freezes for ground in grounds):
        return False
    return pk not in found.met or bool(grounds)


def _standing(campaign: Campaign, states: Collection[str], ids: Sequence[int] | None) -> dict[int, Standing]:
    """Return the latest finding of each body in one of ``states``."""
    rows = Finding.objects.filter(campaign=campaign, state__in=states)
    if ids is not None:
        rows = rows.filter(organisation__in=ids)
    told = rows.order_by("pk").values_list("organisation_id", "pk", "state", "criteria", "found_on")
    return {row[0]: Standing(*row[1:]) for row in told.iterator()}


def looked_at(
    campaign: Campaign,
    kinds: Iterable[str],
    out: Mapping[int, object],
    *,
    on: date,
    ids: Sequence[int] | None = None,
) -> int:
    """Return how many bodies, of all or of ``ids``, the campaign looks at: on the register, in reach, not left out."""
    count = 0
    for kind in kinds:
        there = on_register(campaign, kind, on=on)
        count += there.count() if ids is None else _count(there, ids)
        count -= _count(there, list(out))
    return count


def _count(rows: Organisations, ids: Sequence[int]) -> int:
    pieces = (ids[start : start + PIECE] for start in range(0, len(ids), PIECE))
    return sum(rows.filter(pk__in=piece).count() for piece in pieces)
