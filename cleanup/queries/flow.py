"""What moved in a campaign between two days: 期初 + 新增 − 办结和移出 = 期末, for each body exactly one account.

In the balance stands whoever is confirmed and not completed. A body that enters and is completed between the two days
counts in both; one that comes back (its exit was undone) enters anew.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from datetime import timedelta
from enum import StrEnum
from typing import TYPE_CHECKING

from cleanup.queries.figures import clearing, is_counted, known, round_of, stage_of
from cleanup.states import CLEARED_BY, Criterion, Treatment
from registry.states import Kind

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import date

    from cleanup.models import Campaign, Finding

IN_BALANCE = frozenset({"not_started", "in_progress"})
REMOVED = "removed"
"""How a body leaves the balance that was never a zombie: its finding was dismissed, or its case dropped."""

NONE = "none"
"""The value of a split for what has none: no supervising unit, no case yet."""


class Split(StrEnum):
    """By what the figures are split."""

    CRITERION = "criterion"
    KIND = "kind"
    UNIT = "unit"
    OFFICER = "officer"
    TREATMENT = "treatment"


class Place(StrEnum):
    """Where a body may stand in the account of a period; ``PENDING`` stands apart from it."""

    OPENING = "opening"
    ENTERED = "entered"
    CLOSED = "closed"
    BALANCE = "balance"
    PENDING = "pending"


@dataclass(frozen=True, slots=True)
class Mover:
    """One finding over the period: where it stood before it and at its end, and how it left the balance."""

    finding: Finding
    places: frozenset[Place]
    how: str
    comes_back: bool
    treatment: str

    def values(self, split: Split) -> tuple[str, ...]:
        """Return under which values of a split it counts: several only for criteria."""
        body, case = self.finding.organisation, getattr(self.finding, "case", None)
        if split == Split.CRITERION:
            return tuple(self.finding.criteria)
        if split == Split.KIND:
            return (body.kind,)
        if split == Split.UNIT:
            return (str(body.supervising_unit_id or NONE),)
        if split == Split.TREATMENT:
            return (self.treatment or NONE,)
        return (str(case.officer_id) if case and self.treatment else NONE,)


@dataclass(slots=True)
class Account:
    """One line: opening + entered − closed = balance; ``how`` tells what became of the closed ones."""

    opening: int = 0
    entered: int = 0
    closed: int = 0
    balance: int = 0
    pending: int = 0
    back: int = 0
    how: Counter[str] = field(default_factory=Counter)

    def add(self, mover: Mover) -> None:
        """Count one finding."""
        for place in mover.places:
            setattr(self, place, getattr(self, place) + 1)
        self.back += mover.comes_back
        if Place.CLOSED in mover.places:
            self.how[mover.how] += 1

    @property
    def holds(self) -> bool:
        """Tell whether the account adds up, and what became of the closed ones too."""
        return self.opening + self.entered - self.closed == self.balance and self.how.total() == self.closed

    def totals(self) -> dict[str, int]:
        """Return the line as the manifest holds it."""
        closed = {f"closed_{each}": self.how[each] for each in (*CLEARED_BY, REMOVED)}
        return {**{place.value: getattr(self, place) for place in Place}, **closed}


@dataclass(frozen=True, slots=True)
class Flow:
    """All movers of a campaign between two days, both included."""

    campaign: Campaign
    since: date
    until: date
    movers: tuple[Mover, ...]

    @property
    def total(self) -> Account:
        """Return the account of all bodies."""
        account = Account()
        for mover in self.movers:
            account.add(mover)
        return account

    def split(self, by: Split) -> dict[str, Account]:
        """Return one account for each value of a split that has anything to tell; kinds, criteria … in their order."""
        found: dict[str, Account] = {}
        for mover in self.movers:
            for value in mover.values(by):
                found.setdefault(value, Account()).add(mover)
        known = list(_ORDER.get(by, ()))
        ranked = {value: known.index(value) if value in known else len(known) for value in found}
        return {value: found[value] for value in sorted(found, key=lambda each: (ranked[each], each == NONE, each))}

    def at(self, place: Place, *, by: Split | None = None, value: str = "", how: str = "") -> list[Mover]:
        """Return who stands behind one number."""
        return [
            each
            for each in self.movers
            if place in each.places
            and (by is None or value in each.values(by))
            and (not how or place != Place.CLOSED or each.how == how)
        ]


_ORDER: dict[Split, list[str]] = {
    Split.CRITERION: Criterion.values,
    Split.KIND: Kind.values,
    Split.TREATMENT: Treatment.values,
}


def flow(campaign: Campaign, *, since: date, until: date) -> Flow:
    """Return who moved in ``campaign`` from the day ``since`` to the end of the day ``until``."""
    return moved(campaign, known(campaign, as_of=until), since=since, until=until)


def moved(campaign: Campaign, findings: Iterable[Finding], *, since: date, until: date) -> Flow:
    """Return the same, of ``findings``: all that were made in ``campaign`` by the day ``until``."""
    movers = (_mover(each, since=since, until=until) for each in findings)
    return Flow(campaign, since, until, tuple(each for each in movers if each.places))


def _place(finding: Finding, on: date) -> str:
    """Return the stage of a finding on a day; nothing where it does not count."""
    return stage_of(finding, on) if is_counted(finding, on) else ""


def _mover(finding: Finding, *, since: date, until: date) -> Mover:
    """Place one finding by its stage on the eve of the period and at its end, where it has any.

    One that was confirmed and given up again within the period passes through.
    """
    stands = _place(finding, until)
    was, now = _place(finding, since - timedelta(days=1)) in IN_BALANCE, stands in IN_BALANCE
    confirmed = finding.confirmed_on is not None and since <= finding.confirmed_on <= until
    entered = not was and (now or confirmed)
    closed = (was or entered) and not now
    places = {
        Place.OPENING: was,
        Place.ENTERED: entered,
        Place.CLOSED: closed,
        Place.BALANCE: now,
        Place.PENDING: stands == "pending",
    }
    cleared = clearing(finding, until) if stands == "completed" else None
    last = round_of(finding, until)
    return Mover(
        finding=finding,
        places=frozenset(place for place, holds in places.items() if holds),
        how=(str(cleared.outcome) if cleared else REMOVED) if closed else "",
        comes_back=entered and not confirmed,
        treatment=str(last.treatment) if last else "",
    )
