"""Two at once in a separation: for each address that is posted to, a scene, or why nobody can come second."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from decoupling.actions import item, review
from registry.models import Organisation
from tests.console.scenes import Scene, body, today, written
from tests.console.separations import leader_of, revisited
from tests.console.situations import open_finding
from tests.decoupling import situations as separations
from tests.factories import UserFactory

if TYPE_CHECKING:
    from collections.abc import Callable

    from decoupling.models import Listing
    from registry.models import User


def separation(so_far: Callable[[], Listing], *more: str) -> Scene:
    """Return an association that has come so far; ``more`` stands in the address after its code."""
    there = so_far().organisation
    return Scene((there.code, *more), partial(written, there))


def unplaced() -> Scene:
    separations.batch()
    return body(industry=True)


def put_off() -> Scene:
    return separation(partial(separations.listed, category="deferred"))


def in_transition() -> Listing:
    there = separations.implementing()
    item.settle(
        listing_id=there.pk, code="C7", outcome="done", by=UserFactory.create(), on=today(), evidence="批准",
        until=today(),
    )  # fmt: skip
    return there


def done_item() -> Listing:
    there = separations.implementing()
    item.settle(listing_id=there.pk, code="A1", outcome="done", by=UserFactory.create(), on=today(), evidence="决定")
    return there


def looked_at() -> Scene:
    there = revisited(open_finding())
    return Scene((there.pk,), partial(written, there.listing.organisation))


def leaving() -> Scene:
    code, leader = leader_of(open_finding())
    return Scene((code, leader), partial(written, Organisation.objects.get(code=code)))


def closing() -> Scene:
    there = revisited(open_finding())

    def first(by: User) -> None:
        there.review.revisits.all().delete()
        review.close_round(round_id=there.review_id, by=by, on=today(), conclusion="核查完毕")

    return Scene((there.review_id,), first)


SCENES: dict[str, Callable[[], Scene]] = {
    "decoupling_place": unplaced,
    "decoupling_move": put_off,
    "decoupling_submit_plan": partial(separation, separations.listed),
    "decoupling_return_plan": partial(separation, separations.planned),
    "decoupling_approve_plan": partial(separation, separations.planned),
    "decoupling_set_residue": partial(separation, separations.implementing),
    "decoupling_remind": partial(separation, separations.implementing),
    "decoupling_item_settle": partial(separation, separations.implementing, "A1"),
    "decoupling_item_prolong": partial(separation, in_transition, "C7"),
    "decoupling_item_reopen": partial(separation, done_item, "A1"),
    "decoupling_sign_off": partial(separation, separations.settled, "A", "former_unit"),
    "decoupling_sign": partial(separation, separations.signed_off),
    "decoupling_accept": partial(separation, separations.signed_off),
    "decoupling_change_certificate": partial(separation, separations.implementing),
    "decoupling_propose_void": partial(separation, separations.accepted),
    "decoupling_void": partial(separation, separations.proposed_void),
    "decoupling_decline_void": partial(separation, separations.proposed_void),
    "decoupling_enter_leader": partial(separation, separations.listed),
    "decoupling_leave_office": leaving,
    "decoupling_enter_fact": partial(separation, separations.listed),
    "decoupling_revisit": looked_at,
    "decoupling_review_close": closing,
}

ALONE = {
    "decoupling_item_attach": "a document is added, none is changed",
    "decoupling_setup": "a batch or an appointment is added; a number somebody has taken is refused",
    "decoupling_reviews": "begins a new round",
    "decoupling_snapshot": "a snapshot is added, none is changed",
}
