"""Deadlines as they stand on a day: what runs, what is due and overdue, how much is left, and what a new law would move.

Screens, alerts and reports read these; nothing else computes a last day.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from django.db.models import OuterRef, Q, Subquery

from registry import clockbook
from registry.calendar import Due
from registry.clockbook import UNITS
from registry.models import Deadline, Policy
from registry.models.deadline import COUNTING, RUNNING
from registry.periods import Period, left
from registry.queries.calendar import current
from registry.queries.law import in_force, policy
from registry.states import Duty, PeriodUnit

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import date

    from django.db.models import QuerySet

    from registry.calendar import Calendar
    from registry.models import Subject
    from registry.states import SubjectKind

ACTED_ON = (Duty.BUREAU, Duty.BODY)
"""Whom a deadline binds that can be missed; what merely has to be waited out cannot."""


# --- which ------------------------------------------------------------------------------------------------


def running(*, on: date) -> QuerySet[Deadline]:
    """Return the deadlines begun by the day ``on`` and neither met nor waived, suspended ones included."""
    return Deadline.objects.filter(RUNNING, starts_on__lte=on).order_by("due_on", "pk")


def due_within(days: int, *, on: date) -> QuerySet[Deadline]:
    """Return what somebody has to do from the day ``on`` to ``days`` days later."""
    return _to_be_met(on=on).filter(due_on__range=(on, on + timedelta(days=days)))


def overdue(*, on: date) -> QuerySet[Deadline]:
    """Return what somebody had to do before the day ``on`` and has not."""
    return _to_be_met(on=on).filter(due_on__lt=on)


def extended() -> QuerySet[Deadline]:
    """Return the deadlines that were given more time, running or ended."""
    return Deadline.objects.filter(extended_on__isnull=False)


def waited_out(*, on: date) -> QuerySet[Deadline]:
    """Return the running periods that had to be waited out and are over: the next step may be taken."""
    return running(on=on).filter(COUNTING, kind__in=clockbook.keys(Duty.WAIT), due_on__lt=on)


def _to_be_met(*, on: date) -> QuerySet[Deadline]:
    return running(on=on).filter(COUNTING, kind__in=clockbook.keys(*ACTED_ON))


def of_subject(subject: Subject) -> QuerySet[Deadline]:
    """Return every deadline of a record, those that have ended too, in the order they began."""
    rows = Deadline.objects.filter(subject_kind=subject.kind, subject_id=subject.id)
    return rows.order_by("starts_on", "pk")


def running_of(subject: Subject, kind: str) -> Deadline | None:
    """Return the one deadline of that kind that runs for a record, None where none does."""
    return of_subject(subject).filter(RUNNING, kind=kind).first()


def latest_of(subject: Subject, kind: str) -> Deadline | None:
    """Return the deadline of that kind begun last for a record, running or ended; None where none ever began."""
    return of_subject(subject).filter(kind=kind).last()


def first_due(kind: SubjectKind, *, on: date) -> Subquery:
    """Return, for an outer query over records of ``kind``, the first last day that bound somebody on the day ``on``.

    Of a past day the last days are the present ones: what has been extended since counts as extended.
    """
    unended = Q(met_on__isnull=True) | Q(met_on__gt=on), Q(waived_on__isnull=True) | Q(waived_on__gt=on)
    counting = Q(suspended_on__isnull=True) | Q(suspended_on__gt=on)
    rows = Deadline.objects.filter(*unended, counting, starts_on__lte=on, kind__in=clockbook.keys(*ACTED_ON))
    mine = rows.filter(subject_kind=kind, subject_id=OuterRef("pk")).order_by("due_on", "pk")
    return Subquery(mine.values("due_on")[:1])


def having(kind: SubjectKind, rows: QuerySet[Deadline]) -> Q:
    """Return the condition for records of ``kind`` that have one of these deadlines."""
    return Q(pk__in=rows.filter(subject_kind=kind).order_by().values("subject_id"))


# --- how much is left ---------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Standing:
    """A deadline on a day. ``left`` counts the days after it up to the last one, working days where they count.

    Once the last day is past, ``left`` is the number of calendar days since then, negative. ``provisional`` tells
    whether the last day or the days left rest on a year whose holidays nobody has announced.
    """

    deadline: Deadline
    left: int
    provisional: bool

    @property
    def is_over(self) -> bool:
        """Tell whether the last day is past; a suspended deadline does not pass."""
        return self.left < 0 and self.deadline.suspended_on is None


def standing(deadline: Deadline, *, on: date, calendar: Calendar | None = None) -> Standing:
    """Return where ``deadline`` stands on the day ``on``; ``calendar`` is the present one unless given."""
    by = calendar or current()
    days, guessed = left(deadline.due_on, on, in_working_days=deadline.in_working_days, calendar=by)
    return Standing(deadline, days, deadline.provisional or guessed)


def next_due(kind: SubjectKind, ids: Iterable[int], *, on: date) -> dict[int, Standing]:
    """Return where the running deadline stands that is due first for each record of ``kind``: two queries, or none."""
    wanted, found = set(ids), dict[int, Standing]()
    if wanted:
        rows = running(on=on).filter(subject_kind=kind, subject_id__in=wanted)
        for each in standings(rows, on=on):
            found.setdefault(each.deadline.subject_id, each)
    return found


def standings(deadlines: Iterable[Deadline], *, on: date) -> list[Standing]:
    """Return where each of ``deadlines`` stands on the day ``on``."""
    calendar = current()
    return [standing(each, on=on, calendar=calendar) for each in deadlines]


# --- what one would be --------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Terms:
    """What policy says of a deadline: what is counted, how many, on what basis, and whether anybody has verified it."""

    unit: PeriodUnit
    length: int
    basis: str
    verified: bool


def terms(key: str, *, on: date, kind: str = "") -> Terms:
    """Return what policy ``key`` sets for a period that begins on the day ``on``; raise `NoPolicy`."""
    return terms_of(policy(key, on=on, kind=kind))


def terms_of(row: Policy) -> Terms:
    """Return what a policy row sets."""
    return Terms(UNITS[row.unit], int(row.value), row.basis, row.verified)


def would_be_due(kind: str, *, starts_on: date, body_kind: str = "") -> Due:
    """Return the last day of a deadline of that kind if it began on ``starts_on``; raise `NoPolicy`."""
    set_by = terms(clockbook.kind(kind).policy, on=starts_on, kind=body_kind)
    return Period(starts_on=starts_on, unit=set_by.unit, length=set_by.length).due(current())


# --- what a change of law or calendar moves -------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Recount:
    """A running deadline that policy and calendar would now set otherwise; ``terms`` is None where policy is silent."""

    deadline: Deadline
    old: Due
    new: Due
    terms: Terms | None

    @property
    def is_moved(self) -> bool:
        """Tell whether the last day itself moves; else only its mark or its basis changes."""
        return self.old.on != self.new.on


def recomputed(
    deadlines: Iterable[Deadline], *, policies: Iterable[Policy] | None = None, calendar: Calendar | None = None
) -> list[Recount]:
    """Return those of the running ``deadlines`` that policy and calendar would now set otherwise: a pure preview.

    Policies are those in force on the day each began; ``policies`` are all there are and ``calendar`` is the present one
    unless given, saved or not, so that a change can be seen before it is made. A deadline whose policy is gone keeps its
    length.
    """
    rows, by = [each for each in deadlines if each.is_running], calendar or current()
    known = list(Policy.objects.filter(key__in={each.policy for each in rows})) if policies is None else list(policies)
    found = (_recounted(each, known, by) for each in rows)
    return [each for each in found if each is not None]


def _recounted(deadline: Deadline, policies: list[Policy], calendar: Calendar) -> Recount | None:
    set_by = _set_by(deadline, policies)
    period = deadline.period
    before = (period.unit, period.length, deadline.basis, deadline.verified)
    after = (set_by.unit, set_by.length, set_by.basis, set_by.verified) if set_by else before
    if set_by:
        period = Period(
            starts_on=period.starts_on,
            unit=set_by.unit,
            length=set_by.length,
            pauses=period.pauses,
            extension=period.extension,
            extension_unit=period.extension_unit,
        )
    old, new = Due(deadline.due_on, deadline.provisional), period.due(calendar)
    return None if (old, before) == (new, after) else Recount(deadline, old, new, set_by)


def _set_by(deadline: Deadline, policies: list[Policy]) -> Terms | None:
    if not deadline.policy:
        return None
    row = in_force(policies, deadline.policy, on=deadline.starts_on, kind=deadline.policy_kind)
    return None if row is None else terms_of(row)
