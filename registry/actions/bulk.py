"""One verb for many bodies: each by its own action, in its own transaction, with its own event."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from registry.actions import organisation as verbs
from registry.rulebook import Refused

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import date

    from registry.models import Event, User
    from registry.rulebook import Rule

VERBS = {"hold": verbs.hold, "release": verbs.release}


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one body: its event, or the rules that refused it."""

    organisation_id: int
    event: Event | None
    broken: tuple[Rule[object], ...] = ()


def each(*, verb: str, organisation_ids: Iterable[int], by: User, on: date, reason: str) -> list[Outcome]:
    """Hold or release every body of ``organisation_ids``; one that is refused does not stop the others.

    Sent twice, the second time everybody is refused: a body already held is not held again.
    """
    return [_one(verb, pk, by=by, on=on, reason=reason) for pk in sorted(set(organisation_ids))]


def _one(verb: str, organisation_id: int, *, by: User, on: date, reason: str) -> Outcome:
    try:
        return Outcome(organisation_id, VERBS[verb](organisation_id=organisation_id, by=by, on=on, reason=reason))
    except Refused as refused:
        return Outcome(organisation_id, None, refused.broken)
