"""What a step of a procedure is: who takes it, what comes before, what must be stated, which clocks it moves."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import Enum
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date

    from cleanup.states import Actor, DocumentKind, Step
    from registry.rulebook import Rule
    from registry.rules import CertificateFacts


class Phase(Enum):
    """When in the life of a case a step may be taken."""

    WORK = "work"
    """While what is done about the body is not settled."""
    AFTER = "after"
    """Once the body has left the register: what follows from it."""
    EITHER = "either"
    ALWAYS = "always"
    """In a closed case too: a decision may be contested and annulled later."""
    PAUSED = "paused"
    """While the case is suspended."""


class What(Enum):
    """What kind of thing is to be stated."""

    TEXT = "text"
    LONG = "long"
    DAY = "day"
    AHEAD = "ahead"
    """A day that may lie ahead."""
    PERSON = "person"
    BODY = "body"
    CHOICE = "choice"
    YES = "yes"
    """A statement that must be ticked."""
    MAYBE = "maybe"
    """A statement that may be ticked or not."""
    TREATMENT = "treatment"
    CURED = "cured"
    """A sentence for each criterion of the finding."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Ask:
    """Something a step has to state, under the name the ledger keeps it by."""

    name: str
    label: str
    what: What = What.TEXT
    required: bool = True
    help: str = ""
    choices: type[Enum] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Clock:
    """A deadline a step starts: of which kind, counted from or ending on which stated day; else from the step itself."""

    kind: str
    since: str = ""
    until: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Leg:
    """A step on the track of a treatment, typed from the law.

    ``after`` are the steps that come before it, ``served`` those of them whose document must have reached the body, with
    proof. ``serves`` is the document of its own that has to. ``starts`` and ``meets`` are the clocks it moves,
    ``on_service`` those that start with the proved service of its document. ``is_main`` steps are the way; the others
    may happen beside it.
    """

    step: Step
    actor: Actor
    basis: str
    after: tuple[Step, ...] = ()
    served: tuple[Step, ...] = ()
    asks: tuple[Ask, ...] = ()
    documents: tuple[DocumentKind, ...] = ()
    serves: DocumentKind | None = None
    starts: tuple[Clock, ...] = ()
    meets: tuple[str, ...] = ()
    on_service: tuple[Clock, ...] = ()
    rules: tuple[Rule[StepFacts], ...] = ()
    phase: Phase = Phase.WORK
    takes_two: bool = False
    is_penal: bool = False
    repeats: bool = False
    is_main: bool = True
    by_itself: bool = False

    @property
    def names(self) -> tuple[str, ...]:
        """Return the names of what it asks for."""
        return tuple(each.name for each in self.asks)


@dataclass(frozen=True, slots=True, kw_only=True)
class StepFacts:
    """What decides whether a step may be taken on a day.

    ``done`` gives for each step of the present round its last day, ``served`` for each the day its document is proved to
    have reached the body, ``due`` for each kind of deadline the last day of the latest one. ``entered`` is what the
    officer states, ``missing`` the names of what is asked for and not there. ``officers`` act in the case: whoever
    carries or carried it, and who took a step of the officer's in the round; ``acting`` are those who take this step,
    with ``certificates`` for each.
    """

    leg: Leg | None
    state: str
    opened_on: date
    last_on: date
    today: date
    officer: int
    by: int
    role: str
    acting: tuple[int, ...] = ()
    acting_in_office: bool = True
    certificates: tuple[CertificateFacts, ...] = ()
    officers: frozenset[int] = frozenset()
    recused: frozenset[int] = frozenset()
    is_qualified: bool = False
    done: Mapping[str, date] = field(default_factory=dict)
    served: Mapping[str, date] = field(default_factory=dict)
    due: Mapping[str, date] = field(default_factory=dict)
    entered: Mapping[str, Any] = field(default_factory=dict)
    missing: tuple[str, ...] = ()
    serious: bool = False
    limitation: date | None = None
    hearing_on: date | None = None
    hearing_host: int | None = None
    hearing_notice_due: date | None = None
    review_agreed: bool = False
    review_is_last: bool = False
    has_supervising_unit: bool = False
    contested: bool = False
    published: bool = False
    treatment: str = ""
    number_taken_by: str = ""
    remaining: tuple[Step, ...] = ()
