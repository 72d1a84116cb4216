"""Nothing half-done: without its event no action leaves a trace."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from django.db import DatabaseError, transaction

from decoupling.actions import acceptance, aftercare, item, sign_off
from decoupling.actions import listing as listings
from decoupling.models import Acceptance, Aftercare, Evidence, ItemStatus, Listing, Placement, Signature, SignOff
from registry.models import Deadline, Event, Organisation, StoredFile
from tests.decoupling.situations import (
    APPROVAL,
    DAY,
    IN_SCOPE,
    LATER,
    accept,
    accepted,
    association,
    batch,
    implementing,
    listed,
    planned,
    proposed_void,
    settled,
    signed,
    signed_off,
)
from tests.factories import UserFactory
from tests.registry.documents import document

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
        lambda listing, by: listings.approve_plan(listing_id=listing.pk, by=by, on=LATER, **APPROVAL),
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
        signed_off,
        lambda listing, by: acceptance.sign(listing_id=listing.pk, by=by, on=LATER, capacity="民政局"),
    ),
    "accept": (signed, lambda listing, by: accept(listing, by=by)),
    "return_plan": (
        planned,
        lambda listing, by: listings.return_plan(listing_id=listing.pk, by=by, on=LATER, reason="补充"),
    ),
    "change_certificate": (
        implementing,
        lambda listing, by: acceptance.change_certificate(
            listing_id=listing.pk, by=by, on=LATER, certificate_no="虚社证字第9号", issued_on=LATER
        ),
    ),
    "attach": (
        implementing,
        lambda listing, by: item.attach(
            listing_id=listing.pk, code="A1", content=document(), file_name="决定.pdf", title="决定", by=by, on=LATER
        ),
    ),
    "sign_off": (
        settled,
        lambda listing, by: sign_off.sign_off(
            listing_id=listing.pk, heading="A", responsible="registrar", result="已分离", by=by, on=LATER
        ),
    ),
    "propose_void": (
        accepted,
        lambda listing, by: acceptance.propose_void(
            listing_id=listing.pk, by=by, on=LATER, document_no="虚更1号", reason="资产未清"
        ),
    ),
    "void": (
        proposed_void,
        lambda listing, by: acceptance.void(listing_id=listing.pk, by=by, on=LATER, reason="属实"),
    ),
    "enter_fact": (
        listed,
        lambda listing, by: aftercare.enter_fact(
            listing_id=listing.pk, kind="charter", fact_on=DAY, note="核准", by=by, on=LATER
        ),
    ),
}


WATCHED = (
    Organisation,
    Listing,
    Placement,
    ItemStatus,
    Evidence,
    SignOff,
    Signature,
    Acceptance,
    Aftercare,
    Deadline,
    StoredFile,
    Event,
)


def everything() -> list[object]:
    return [list(model._default_manager.order_by("pk").values()) for model in WATCHED]


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
    batch()
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
