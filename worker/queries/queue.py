"""The work queue of one officer, across findings, cases, plans and applications, in a constant number of queries."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from django.db.models import F, Q, Subquery
from django.urls import reverse

from cleanup.models import Case, Finding
from cleanup.rules import TRACKS
from cleanup.rules.step import SIGNERS
from cleanup.states import CaseState, FindingState, Step
from decoupling.models import Listing
from decoupling.states import Category, ListingState
from registry.models import Filing, Subject
from registry.queries.deadlines import first_due
from registry.states import ASSIGNABLE, EXISTING, OFFICERS, FilingState, Role, SubjectKind
from worker.queries.carried import TO_DO, assignments, carried_by, unassigned

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import date

    from django.db.models import QuerySet

    from registry.models import Organisation, User

SHOWN = 50
"""Rows of each source a lane shows; its total counts them all."""

APPROVERS = (Role.REVIEWER, Role.DIRECTOR)
"""Roles that decide what others have proposed."""


WORKED = (CaseState.OPEN, CaseState.FOLLOW_UP)
"""States of cases in which something is to be done."""

IN_REVIEW = (FilingState.ACCEPTED, FilingState.REVIEWED)

STEPS = {
    FilingState.DRAFT: ("待填写完成", "drafted_on"),
    FilingState.SUBMITTED: ("待受理", "submitted_on"),
    FilingState.RETURNED: ("待申请人补正", "submitted_on"),
    FilingState.ACCEPTED: ("待审查", "accepted_on"),
    FilingState.REVIEWED: ("待决定", "reviewed_on"),
}
"""What an application waits for in each state, and since which day."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """Something to be done about a record; ``page`` and ``keys`` are the address that shows it.

    ``name`` is the body's; an application for 成立 has no organisation yet. ``assignment_id`` is the assignment in force, to be handed back to the action as what the officer saw.
    """

    subject: Subject
    label: str
    organisation: Organisation | None
    name: str
    since: date
    page: str
    keys: dict[str, Any]
    due_on: date | None = None
    assignment_id: int | None = None

    @property
    def is_assignable(self) -> bool:
        """Tell whether it may be given to somebody; an application for 成立 may not, it has no organisation yet."""
        return self.subject.kind in ASSIGNABLE and self.organisation is not None

    @property
    def link(self) -> str:
        """Return the address of the page."""
        return reverse(self.page, kwargs=self.keys)


@dataclass(slots=True)
class Lane:
    """Items of one kind of urgency, the oldest first; ``total`` may be more than are shown."""

    items: list[Item] = field(default_factory=list)
    total: int = 0

    def add(self, rows: QuerySet[Any], item: Callable[[Any], Item]) -> None:
        """Add the first rows and count all of them: two queries."""
        self.total += rows.count()
        self.items += [item(row) for row in rows[:SHOWN]]


@dataclass(slots=True)
class Queue:
    """Everything that concerns one officer. A piece of work stands in one lane only."""

    mine: Lane = field(default_factory=Lane)
    to_sign: Lane = field(default_factory=Lane)
    unassigned: Lane = field(default_factory=Lane)
    overdue: Lane = field(default_factory=Lane)
    waiting: Lane = field(default_factory=Lane)

    @property
    def lanes(self) -> tuple[Lane, ...]:
        """Return the lanes by urgency."""
        return self.overdue, self.mine, self.to_sign, self.unassigned, self.waiting


def queue_for(user: User, *, on: date) -> Queue:
    """Return the queue of ``user`` on the day ``on``; empty for roles that carry no work.

    Mine: findings and applications assigned to me, my drafts, my open cases. Overdue: cases and applications of mine
    past their day. To sign: the steps of others' cases whose next one my role signs, and for approvers the plans of
    others. Unassigned: findings and received applications nobody carries; for approvers also the accepted applications
    of others. Waiting: what I have brought so far that others
    must now approve or complete.
    """
    queue = Queue()
    if user.role in OFFICERS:
        _findings(queue, user)
        _cases(queue, user, on)
        _plans(queue, user)
        _filings(queue, user, on)
        for lane in queue.lanes:
            lane.items.sort(key=lambda item: (item.due_on is None, item.due_on or item.since, item.since))
    return queue


def _findings(queue: Queue, user: User) -> None:
    in_force = Subquery(assignments().values("pk")[:1])
    rows = Finding.objects.select_related("organisation").annotate(assignment_id=in_force).order_by("found_on", "pk")
    queue.mine.add(rows.filter(TO_DO & carried_by(user.pk)), _finding)
    queue.unassigned.add(rows.filter(unassigned()), _finding)


def _finding(finding: Any) -> Item:
    criteria = "/".join(finding.criteria)
    is_open = finding.state == FindingState.OPEN
    return Item(
        subject=Subject(SubjectKind.FINDING, finding.pk),
        label=f"核实线索（情形{criteria}）" if is_open else f"已确认线索待立案（情形{criteria}）",
        organisation=finding.organisation,
        name=finding.organisation.name,
        since=finding.found_on if is_open else finding.confirmed_on,
        page="finding_page",
        keys={"pk": finding.pk},
        assignment_id=finding.assignment_id,
    )


def _cases(queue: Queue, user: User, on: date) -> None:
    dated = Case.objects.select_related("finding__organisation").annotate(due_on=first_due(SubjectKind.CASE, on=on))
    rows = dated.filter(state__in=WORKED, officer=user).order_by(F("due_on").asc(nulls_last=True), "opened_on", "pk")
    queue.mine.add(rows.filter(Q(due_on__isnull=True) | Q(due_on__gte=on)), _case)
    queue.overdue.add(rows.filter(due_on__lt=on), _case)
    awaited = dated.filter(state__in=WORKED, next_step__in=signed_by(user.role)).exclude(officer=user)
    queue.to_sign.add(awaited.order_by("opened_on", "pk"), _awaited)


def signed_by(role: str) -> list[Step]:
    """Return the steps of the ways of all treatments that somebody of ``role`` signs: review, approval, decision."""
    legs = (leg for track in TRACKS.values() for leg in track.values() if leg.is_main and leg.actor in SIGNERS)
    return sorted({leg.step for leg in legs if role in SIGNERS[leg.actor]})


def _awaited(case: Any) -> Item:
    return replace(_case(case), label=f"个案待办：{case.get_next_step_display()}")


def _case(case: Any) -> Item:
    treatment = case.get_treatment_display()
    return Item(
        subject=Subject(SubjectKind.CASE, case.pk),
        label=f"办理个案：{treatment}" if case.state == CaseState.OPEN else f"办理后续事项：{treatment}",
        organisation=case.finding.organisation,
        name=case.finding.organisation.name,
        since=case.opened_on,
        due_on=case.due_on,
        page="case_page",
        keys={"pk": case.pk},
    )


def _plans(queue: Queue, user: User) -> None:
    rows = Listing.objects.filter(
        state=ListingState.PLANNED, category=Category.LISTED, organisation__state__in=EXISTING
    ).select_related("organisation")
    rows = rows.order_by("plan_submitted_on", "pk")
    queue.waiting.add(rows.filter(plan_submitted_by=user), lambda row: _plan(row, "脱钩实施方案待批复"))
    if user.role in APPROVERS:
        queue.to_sign.add(rows.exclude(plan_submitted_by=user), lambda row: _plan(row, "待批复脱钩实施方案"))


def _plan(listing: Listing, label: str) -> Item:
    return Item(
        subject=Subject(SubjectKind.LISTING, listing.pk),
        label=label,
        organisation=listing.organisation,
        name=listing.organisation.name,
        since=listing.plan_submitted_on or listing.placed_on,
        page="organisation_page",
        keys={"code": listing.organisation.code},
    )


def _filings(queue: Queue, user: User, on: date) -> None:
    """Who accepts an application neither reviews nor decides it: from then on it waits for others."""
    in_force = assignments(SubjectKind.FILING)
    rows = (
        Filing.objects.select_related("organisation")
        .annotate(assignment_id=Subquery(in_force.values("pk")[:1]), assignee=Subquery(in_force.values("assignee")[:1]))
        .annotate(due_on=first_due(SubjectKind.FILING, on=on))
        .order_by(F("due_on").asc(nulls_last=True), "drafted_on", "pk")
    )
    received, accepted = Q(state=FilingState.SUBMITTED), Q(state__in=IN_REVIEW)
    nobodys = Q(assignee__isnull=True)
    accepted_by_me = accepted & Q(handler=user)
    mine = Q(state=FilingState.DRAFT, drafted_by=user) | Q(assignee=user) & (received | accepted & ~Q(handler=user))
    open_to_me = received & nobodys
    if user.role in APPROVERS:
        open_to_me |= accepted & ~Q(handler=user) & (nobodys | Q(assignee=F("handler")))
    late, in_time = Q(due_on__lt=on), Q(due_on__isnull=True) | Q(due_on__gte=on)
    waiting = accepted_by_me | Q(state=FilingState.RETURNED, drafted_by=user)
    queue.mine.add(rows.filter(mine & in_time), _filing)
    queue.unassigned.add(rows.filter(open_to_me), _filing)
    queue.overdue.add(rows.filter(mine | waiting, late), _filing)
    queue.waiting.add(rows.filter(waiting & in_time), _filing)


def _filing(filing: Any) -> Item:
    step, since = STEPS[filing.state]
    return Item(
        subject=Subject(SubjectKind.FILING, filing.pk),
        label=f"{filing.get_kind_display()}申请{step}",
        organisation=filing.organisation,
        name=filing.name,
        since=getattr(filing, since),
        due_on=filing.due_on,
        page="filing_page",
        keys={"pk": filing.pk},
        assignment_id=filing.assignment_id,
    )
