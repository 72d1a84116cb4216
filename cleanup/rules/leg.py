"""What a step of a procedure is: who takes it, what comes before, what must be stated, which clocks it moves."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import Enum
from typing import TYPE_CHECKING, Any, Protocol

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
    UNSETTLED = "unsettled"
    """While what is done about the body is not settled, suspended or not: what the body brings in is received any day."""


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
    """A deadline a step starts: of which kind, counted from or ending on which stated day; else from the step itself.

    One that ``goes_on`` counts on from where an earlier round began it, unless it was met there.
    """

    kind: str
    since: str = ""
    until: str = ""
    goes_on: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Leg:
    """A step on the track of a treatment, typed from the law.

    ``after`` are the steps that come before it, ``served`` those of them whose document must have reached the body, with
    proof. ``serves`` is the document of its own that has to. ``starts`` and ``meets`` are the clocks it moves,
    ``on_service`` those that start with the proved service of its document. It has to be taken anew once a step it
    ``follows`` was taken after it. ``is_main`` steps are the way; the others may happen beside it.
    """

    step: Step
    actor: Actor
    basis: str
    after: tuple[Step, ...] = ()
    served: tuple[Step, ...] = ()
    follows: tuple[Step, ...] = ()
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


class Acting(Protocol):
    """Facts about somebody who acts in a case, in a step or a service."""

    @property
    def leg(self) -> Leg | None:
        """Return the step."""

    @property
    def by(self) -> int:
        """Return who enters it."""

    @property
    def acting(self) -> tuple[int, ...]:
        """Return who takes part."""

    @property
    def certificates(self) -> tuple[CertificateFacts, ...]:
        """Return the certificate of each."""

    @property
    def recused(self) -> frozenset[int]:
        """Return who was recused in the case."""


@dataclass(frozen=True, slots=True, kw_only=True)
class StepFacts:
    """What decides whether a step may be taken on a day.

    ``done`` gives for each step of the present round its last day, ``served`` for each the day its document is proved to
    have reached the body, ``due`` for each kind of deadline the last day of the latest one; what is ``stale`` has to be
    taken anew. ``rectify_until`` is the last day an order that has arrived, or is under way, gives the body, and
    ``least_days`` how many it has to give at least. ``entered`` is what the
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
    stale: frozenset[str] = frozenset()
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
    has_supervising_unit: bool = False
    contested: bool = False
    published: bool = False
    treatment: str = ""
    number_taken_by: str = ""
    remaining: tuple[Step, ...] = ()
    rectify_until: date | None = None
    least_days: int = 0
    on_hold: bool = False

    def stands(self, step: Step) -> bool:
        """Tell whether a step was taken in the present round and need not be taken anew."""
        return step in self.done and step not in self.stale
