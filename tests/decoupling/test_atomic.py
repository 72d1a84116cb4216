"""Nothing half-done: without its event no action leaves a trace."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from django.db import DatabaseError, transaction

from decoupling.actions import acceptance, item
from decoupling.actions import listing as listings
from decoupling.models import ItemStatus, Listing, Placement, Signature
from registry.models import Event, Organisation
from tests.decoupling.situations import (
    DAY,
    IN_SCOPE,
    LATER,
    accept,
    association,
    implementing,
    listed,
    planned,
    settled,
    signed,
)
from tests.factories import UserFactory

if TYPE_CHECKING:
    from collections.abc import Callable

    from registry.models import User

pytestmark = pytest.mark.django_db


VERBS: dict[str, tuple[Callable[[], Listing], Callable[[Listing, User], object]]] = {
    "move": (
        listed,
        lambda listing, by: listings.move(
            listing_id=listing.pk, category="exempt", document_no="虚7号", by=by, on=LATER, reason="特殊职能"
        ),
    ),
    "submit_plan": (listed, lambda listing, by: listings.submit_plan(listing_id=listing.pk, by=by, on=LATER)),
    "approve_plan": (
        planned,
        lambda listing, by: listings.approve_plan(
            listing_id=listing.pk, by=by, on=LATER, approval_no="虚2号", approval_body="联合工作组"
        ),
    ),
    "set_residue": (
        listed,
        lambda listing, by: listings.set_residue(listing_id=listing.pk, residue="party", by=by, on=LATER),
    ),
    "settle": (
        implementing,
        lambda listing, by: item.settle(
            listing_id=listing.pk, code="A1", outcome="done", by=by, on=LATER, evidence="决定"
        ),
    ),
    "reopen": (
        signed,
        lambda listing, by: item.reopen(listing_id=listing.pk, code="A1", by=by, on=LATER, reason="材料有误"),
    ),
    "sign": (
        settled,
        lambda listing, by: acceptance.sign(listing_id=listing.pk, by=by, on=LATER, capacity="民政局"),
    ),
    "accept": (signed, lambda listing, by: accept(listing, by=by)),
}


def everything() -> list[object]:
    return [
        list(model._default_manager.order_by("pk").values())
        for model in (Organisation, Listing, Placement, ItemStatus, Signature, Event)
    ]


@pytest.mark.parametrize("verb", VERBS)
def test_when_the_event_cannot_be_written_nothing_moves(
    verb: str, officer: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    prepare, act = VERBS[verb]
    listing = prepare()
    before = everything()

    def broken(*args: object, **kwargs: object) -> None:
        raise DatabaseError("no event today")

    with monkeypatch.context() as patch:
        patch.setattr(Event, "save", broken)
        with pytest.raises(DatabaseError, match="no event today"), transaction.atomic():
            act(listing, officer)
    assert everything() == before
    act(listing, officer)
    assert everything() != before


def test_when_the_event_cannot_be_written_nobody_is_listed(monkeypatch: pytest.MonkeyPatch) -> None:
    body = association()
    before = everything()

    def broken(*args: object, **kwargs: object) -> None:
        raise DatabaseError("no event today")

    with monkeypatch.context() as patch:
        patch.setattr(Event, "save", broken)
        with pytest.raises(DatabaseError, match="no event today"), transaction.atomic():
            listings.place(
                organisation_id=body.pk,
                category="listed",
                batch=1,
                document_no="虚1号",
                scope=IN_SCOPE,
                by=UserFactory.create(),
                on=DAY,
            )
    assert everything() == before


def test_states_are_protected() -> None:
    listing = settled()
    with pytest.raises(AttributeError):
        listing.state = "accepted"
    with pytest.raises(AttributeError):
        listing.items.first().state = "pending"
