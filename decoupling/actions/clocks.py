"""The clocks of decoupling: which deadline starts and ends with which deed. Each returns what the event tells of them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from decoupling.states import COMPLETION, PLAN, Category
from registry.actions import deadline
from registry.models import Subject
from registry.queries.deadlines import running_of
from registry.states import SubjectKind

if TYPE_CHECKING:
    from datetime import date

    from decoupling.models import ItemStatus, Listing
    from registry.models import Organisation, User

    Told = list[dict[str, Any]]


def of_listing(listing: Listing) -> Subject:
    """Return what the clocks of an association are about."""
    return Subject(SubjectKind.LISTING, listing.pk)


def of_item(status: ItemStatus) -> Subject:
    """Return what the clock of one item is about."""
    return Subject(SubjectKind.ITEM, status.pk)


def begin(subject: Subject, kind: str, organisation: Organisation, *, on: date, due_on: date | None) -> Told:
    """Start a clock that ends on ``due_on``; without a day, or with one that is past, there is none to start."""
    if due_on is None or due_on < on:
        return []
    return [deadline.start(subject=subject, kind=kind, on=on, organisation=organisation, fixed_on=due_on)]


def meet(subject: Subject, kind: str, *, on: date) -> Told:
    """End a clock because what was due is done; where none runs there is nothing to end."""
    return [deadline.meet(subject=subject, kind=kind, on=on)] if running_of(subject, kind) else []


def waive(subject: Subject, kind: str, *, on: date, by: User, reason: str) -> Told:
    """End a clock because what it was for has fallen away; where none runs there is nothing to end."""
    if running_of(subject, kind) is None:
        return []
    return [deadline.waive(subject=subject, kind=kind, on=on, by=by, reason=reason)]


def follow_category(listing: Listing, organisation: Organisation, *, on: date, by: User, reason: str) -> Told:
    """Start the clocks of what is to decouple, end those of what is not."""
    subject = of_listing(listing)
    if listing.category != Category.LISTED:
        return [told for kind in (PLAN, COMPLETION) for told in waive(subject, kind, on=on, by=by, reason=reason)]
    told: Told = []
    if listing.plan_submitted_on is None and running_of(subject, PLAN) is None:
        told += begin(subject, PLAN, organisation, on=on, due_on=listing.batch.plan_due_on)
    if running_of(subject, COMPLETION) is None:
        told += begin(subject, COMPLETION, organisation, on=on, due_on=listing.batch.done_due_on)
    return told
