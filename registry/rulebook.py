"""What a rule is, and what happens when one is broken.

A rule is one named pure function of facts and a date. The same object guards the transition, explains a greyed-out
button, fills ``docs/rules.md`` and names its test.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Generic, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from datetime import date

F = TypeVar("F")
F_contra = TypeVar("F_contra", contravariant=True)
"""A rule about less asks nothing more: it serves wherever facts that hold more are judged."""


@dataclass(frozen=True, slots=True)
class Rule(Generic[F_contra]):
    """A sentence that must hold: its code, legal basis, the Chinese sentence the officer reads, and the test.

    Where each kind of body has its own law, ``basis`` cites them one after the other, divided by ``；``. ``names`` says in
    a sentence which record stands against the facts, where it is one.
    """

    code: str
    basis: str
    message: str
    holds: Callable[[F_contra, date], bool]
    names: Callable[[F_contra], str] | None = None

    def __str__(self) -> str:
        """Return the rule as the officer reads it."""
        return f"{self.code} {self.message}（依据：{self.basis}）"

    @property
    def citations(self) -> tuple[str, ...]:
        """Return the codes of the legal bases, one by one."""
        return tuple(self.basis.split("；"))

    def said_of(self, facts: F_contra) -> Rule[F_contra]:
        """Return the rule as it is told where it is broken: with the record that stands against the facts."""
        named = self.names(facts) if self.names else ""
        return replace(self, message=f"{self.message}；{named}") if named else self

    def __reduce__(self) -> tuple[Callable[[str], Rule[Any]], tuple[str]]:
        """Travel between processes by code."""
        return by_code, (self.code,)


class Refused(Exception):
    """An action was refused; ``broken`` lists every rule that fails, in the order of the rulebook."""

    def __init__(self, failing: Iterable[Rule[Any]]) -> None:
        """Keep the broken rules; the text joins their sentences."""
        self.broken = tuple(failing)
        super().__init__("；".join(str(each) for each in self.broken))

    def __reduce__(self) -> tuple[type[Refused], tuple[tuple[Rule[Any], ...]]]:
        """Travel between processes with the rules, not with their text."""
        return Refused, (self.broken,)


BOOK: dict[str, Rule[Any]] = {}


def by_code(code: str) -> Rule[Any]:
    """Return the rule of this code; raise KeyError where there is none."""
    return BOOK[code]


def rule(
    code: str, *, basis: str, names: Callable[[Any], str] | None = None
) -> Callable[[Callable[[F, date], bool]], Rule[F]]:
    """Turn a test whose docstring is the officer's sentence into a `Rule`; a code may be used once only."""

    def decorate(test: Callable[[F, date], bool]) -> Rule[F]:
        if code in BOOK:
            message = f"rule code {code} is already taken by {BOOK[code].holds.__name__}"
            raise ValueError(message)
        if not test.__doc__:
            message = f"rule {code} has no sentence"
            raise ValueError(message)
        made = Rule(code=code, basis=basis, message=test.__doc__.strip().rstrip("。"), holds=test, names=names)
        BOOK[code] = made
        return made

    return decorate


def broken(rules: Iterable[Rule[F]], facts: F, *, on: date) -> list[Rule[F]]:
    """Return the rules that do not hold for ``facts`` on the day ``on``."""
    return [each.said_of(facts) for each in rules if not each.holds(facts, on)]


def require(rules: Iterable[Rule[F]], facts: F, *, on: date) -> None:
    """Raise `Refused` with every rule that does not hold; return only when all do."""
    failing = broken(rules, facts, on=on)
    if failing:
        raise Refused(failing)
