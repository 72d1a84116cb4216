"""One association on every path there is, and the figures at the end of each of the days something happened."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING

import pytest

from decoupling.actions import item, review
from decoupling.actions import listing as listings
from decoupling.models import ItemStatus, Listing, Revisit
from decoupling.queries.figures import standing
from registry.queries.verification import faults
from tests.decoupling.situations import (
    DAY,
    accept,
    accepted,
    again,
    batch,
    implementing,
    listed,
    signed,
    voided,
)
from tests.decoupling.test_figures import leave, reinstate

if TYPE_CHECKING:
    from registry.models import User

pytestmark = pytest.mark.django_db

PLACES = ("decoupled", "cancelled", "revoked", "merged", "remaining")


def days(number: int) -> date:
    return DAY + timedelta(days=number)


def told(on: date) -> tuple[int, ...]:
    """Return 应脱钩 and the five places it is made of, having checked the identity."""
    figures = standing(on)
    placed = tuple(getattr(figures, name) for name in PLACES)
    assert figures.should == sum(placed)
    return (figures.should, *placed)


def test_every_path_is_counted_right_on_each_of_its_days(officer: User) -> None:
    batch(1)
    plain, wrong, reopened, moving, gone, struck, joined, back = (listed() for _ in range(8))
    later = listed(category="deferred")
    assert told(DAY) == (8, 0, 0, 0, 0, 8)

    accept(signed(plain, on=days(10)), by=officer, on=days(10))
    assert ItemStatus.objects.filter(listing=plain, item__code="A4").exists() is False
    accepted(wrong, on=days(10))
    accepted(reopened, on=days(10))
    assert told(days(10)) == (8, 3, 0, 0, 0, 5)

    listings.move(
        listing_id=later.pk, category="listed", batch=1, document_no="虚2号", scope=later.scope, by=officer,
        on=days(20), reason="资产已清",
    )  # fmt: skip
    assert told(days(19)) == (8, 3, 0, 0, 0, 5)
    assert told(days(20)) == (9, 3, 0, 0, 0, 6)

    for listing, how in ((gone, "cancel"), (struck, "revoke"), (joined, "merge"), (back, "revoke")):
        leave(listing.organisation, how, by=officer, on=days(30))
    assert told(days(30)) == (9, 3, 1, 2, 1, 2)

    voided(wrong, on=days(40))
    assert told(days(39)) == (9, 3, 1, 2, 1, 2)
    assert told(days(40)) == (9, 2, 1, 2, 1, 3)

    reinstate(back.organisation, by=officer, on=days(50))
    assert told(days(50)) == (9, 2, 1, 1, 1, 4)

    _over_the_premises(moving, officer)
    assert told(days(60)) == (9, 3, 1, 1, 1, 3)

    _looked_at_again(reopened, officer)
    assert told(days(70)) == (9, 3, 1, 1, 1, 3)
    assert (standing(days(70)).rectifying, standing(days(75)).rectifying) == (1, 0)

    accept(signed(again(later), on=days(80)), by=officer, on=days(80))
    accept(signed(again(wrong), on=days(80)), by=officer, on=days(80))
    assert told(days(80)) == (9, 5, 1, 1, 1, 1)
    assert told(days(30)) == (9, 3, 1, 2, 1, 2)
    assert list(faults()) == []


def _over_the_premises(listing: Listing, officer: User) -> None:
    """Accept one whose premises are handed over later: an approved transition stands in for that."""
    implementing(listing, on=days(55))
    item.settle(
        listing_id=listing.pk, code="C7", outcome="done", evidence="批准", until=days(200), by=officer, on=days(55)
    )
    accept(signed(again(listing), on=days(60), but="C6"), by=officer, on=days(60))
    assert not ItemStatus.objects.filter(listing=listing, item__code="C6").exists()


def _looked_at_again(listing: Listing, officer: User) -> None:
    """Reopen an item by 回头看 and put it right; the state stays."""
    review.begin_round(title="回头看", document_no="虚回1号", extent="all", by=officer, on=days(65))
    revisit = Revisit.objects.get(listing=listing)
    review.find_problem(revisit_id=revisit.pk, code="D1", problem="仍有兼职", due_on=days(90), by=officer, on=days(66))
    assert again(listing).state == "accepted"
    item.settle(listing_id=listing.pk, code="D1", outcome="done", evidence="辞职文件", by=officer, on=days(75))
