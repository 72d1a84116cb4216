"""Separations the tests of the console start from: associations whose former unit is that of a finding's body."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from django.utils import timezone

from decoupling.actions import aftercare, item, snapshot
from decoupling.models import ReviewRound, Revisit
from tests.decoupling.situations import association, implementing, listed
from tests.factories import UserFactory
from tests.registry.documents import document

if TYPE_CHECKING:
    from cleanup.models import Finding
    from decoupling.models import Listing, Snapshot


def separated(finding: Finding) -> Listing:
    """Return a listing whose plan is approved."""
    return implementing(listed(association(supervising_unit=finding.organisation.supervising_unit)))


def filed_document(finding: Finding) -> tuple[str, int]:
    """Return the code of an association and a document filed with its item A1."""
    listing = separated(finding)
    filed = item.attach(
        listing_id=listing.pk, code="A1", content=document(), file_name="决定.pdf", title="决定",
        by=UserFactory.create(), on=timezone.localdate(),
    )  # fmt: skip
    return listing.organisation.code, filed.file_id


def revisited(finding: Finding) -> Revisit:
    """Return an association a round of 回头看 looks at, with one item that was settled."""
    made = ReviewRound.objects.create(
        title="回头看", document_no="虚1号", extent="all", population=1, began_on=date(2022, 6, 1), began_by=UserFactory.create()
    )  # fmt: skip
    listing = separated(finding)
    item.settle(
        listing_id=listing.pk, code="A1", outcome="done", evidence="决定", by=UserFactory.create(), on=date(2022, 6, 1)
    )
    return Revisit.objects.create(review=made, listing=listing)


def leader_of(finding: Finding) -> tuple[str, int]:
    """Return the code of an association and a leader in office."""
    listing = separated(finding)
    day = date(2022, 6, 1)
    leader = aftercare.enter_leader(
        listing_id=listing.pk, name="甲", post="president", took_office_on=day, by=UserFactory.create(), on=day
    )
    return listing.organisation.code, leader.pk


def kept_figures() -> Snapshot:
    """Return figures kept as reported."""
    return snapshot.take(as_of=date(2022, 12, 31), by=UserFactory.create(), note="年报")
