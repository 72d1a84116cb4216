"""The clocks of an association end with it, come back with it, and lead to its page."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from decoupling.actions import item
from decoupling.models import ItemStatus
from decoupling.states import COMPLETION, PLAN, TRANSITION
from registry.models import Deadline, Subject
from registry.queries.deadlines import latest_of
from registry.queries.verification import faults
from registry.states import SubjectKind
from tests.decoupling.situations import DAY, LATER, association, batch, implementing, listed
from tests.decoupling.test_figures import EXITS, leave, reinstate
from worker.queries.records import records_of

if TYPE_CHECKING:
    from decoupling.models import Listing
    from registry.models import User

pytestmark = pytest.mark.django_db

NEXT = DAY + timedelta(days=10)


@pytest.fixture
def listing() -> Listing:
    """Return an association whose plan is due, and that is to be through by a day."""
    batch(3, plan_due_on=NEXT, done_due_on=LATER)
    return listed(association(is_charity=True), batch=3)


def clock(listing: Listing, kind: str) -> Deadline:
    found = latest_of(Subject(SubjectKind.LISTING, listing.pk), kind)
    assert found is not None
    return found


@pytest.mark.parametrize("how", [*EXITS, "revoke_licence"])
def test_with_the_body_its_clocks_end_and_the_event_of_the_exit_tells_of_them(
    how: str, listing: Listing, officer: User
) -> None:
    body = listing.organisation
    leave(body, how, by=officer, on=NEXT)
    assert [(clock(listing, kind).waived_on, clock(listing, kind).waived_by) for kind in (PLAN, COMPLETION)] == [
        (NEXT, officer)
    ] * 2
    told = body.events.last().facts["deadlines"]
    assert [(each["did"], each["row"]["kind"]) for each in told] == [("waive", PLAN), ("waive", COMPLETION)]
    assert list(faults()) == []


def test_the_clock_of_a_transition_ends_too(officer: User) -> None:
    listing = implementing()
    item.settle(listing_id=listing.pk, code="C7", outcome="done", evidence="批准", until=LATER, by=officer, on=DAY)
    leave(listing.organisation, "cancel", by=officer, on=NEXT)
    assert Deadline.objects.get(subject_kind=SubjectKind.ITEM, kind=TRANSITION).waived_on == NEXT


def test_an_exit_entered_late_ends_them_on_the_day_they_began(listing: Listing, officer: User) -> None:
    leave(listing.organisation, "cancel", by=officer, on=DAY - timedelta(days=5))
    assert clock(listing, PLAN).waived_on == DAY


def test_a_body_that_is_taken_back_has_the_days_it_had(listing: Listing, officer: User) -> None:
    before = clock(listing, COMPLETION)
    leave(listing.organisation, "revoke", by=officer, on=NEXT)
    reinstate(listing.organisation, by=officer, on=LATER + timedelta(days=9))
    after = clock(listing, COMPLETION)
    assert (after.is_running, after.due_on, after.starts_on) == (True, before.due_on, before.starts_on)
    assert after.pk != before.pk
    told = listing.organisation.events.last().facts["deadlines"]
    assert [(each["did"], each["row"]["kind"]) for each in told] == [("start", PLAN), ("start", COMPLETION)]


def test_a_body_without_clocks_leaves_and_returns_without_a_word_of_them(officer: User) -> None:
    body = listed().organisation
    leave(body, "cancel", by=officer, on=NEXT)
    reinstate(body, by=officer, on=LATER)
    assert [each.facts for each in body.events.all() if "deadlines" in each.facts] == []


def test_clocks_lead_to_the_page_of_the_association_or_of_the_item(listing: Listing, officer: User) -> None:
    other = implementing()
    item.settle(listing_id=other.pk, code="C7", outcome="done", evidence="批准", until=LATER, by=officer, on=DAY)
    status = ItemStatus.objects.get(listing=other, item__code="C7")
    found = records_of(Deadline.objects.select_related("organisation").order_by("pk"))
    code, another = listing.organisation.code, other.organisation.code
    assert {(subject.kind, subject.id): each.link for subject, each in found.items()} == {
        (SubjectKind.LISTING, listing.pk): f"/decoupling/{code}/",
        (SubjectKind.ITEM, status.pk): f"/decoupling/{another}/items/C7/",
    }
