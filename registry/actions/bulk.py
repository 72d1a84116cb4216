"""One verb for many bodies: each by its own action, in its own transaction, with its own event."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

from registry.actions import organisation as verbs
from registry.actions.ledger import Stale
from registry.actions.seen import upon_version
from registry.rulebook import Refused

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date

    from registry.models import Event, User
    from registry.rulebook import Rule

VERBS = {"hold": verbs.hold, "release": verbs.release}


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one body: its event, or the rules that refused it, or that others wrote meanwhile."""

    organisation_id: int
    event: Event | None = None
    broken: tuple[Rule[object], ...] = ()
    is_stale: bool = False


def each(*, verb: str, seen: Mapping[int, int | None], by: User, on: date, reason: str) -> list[Outcome]:
    """Hold or release every body of ``seen``, which tells by id the version the officer saw, None for none.

    One that is refused or stale does not stop the others. Sent twice, the second time everybody is left alone.
    """
    return [_one(verb, pk, version, by=by, on=on, reason=reason) for pk, version in sorted(seen.items())]


def _one(verb: str, organisation_id: int, version: int | None, *, by: User, on: date, reason: str) -> Outcome:
    act = partial(VERBS[verb], organisation_id=organisation_id, by=by, on=on, reason=reason)
    try:
        return Outcome(organisation_id, upon_version(organisation_id, version, act))
    except Refused as refused:
        return Outcome(organisation_id, broken=refused.broken)
    except Stale:
        return Outcome(organisation_id, is_stale=True)
