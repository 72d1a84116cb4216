"""The board: one row for each listed association, with what is done under each separation."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

from decoupling.models import ChecklistItem, ItemStatus, Listing
from decoupling.states import Heading, ItemState

if TYPE_CHECKING:
    from collections.abc import Iterable

    from django.db.models import QuerySet

    from registry.models import Organisation


@dataclass(frozen=True, slots=True)
class Progress:
    """How many items under one separation are done, of those that apply."""

    done: int
    applicable: int


@dataclass(frozen=True, slots=True)
class Row:
    """One association as it stands now."""

    listing: Listing
    headings: dict[Heading, Progress]

    @property
    def organisation(self) -> Organisation:
        """Return whose row it is."""
        return self.listing.organisation

    @property
    def total(self) -> Progress:
        """Return the progress over all separations."""
        return Progress(
            sum(each.done for each in self.headings.values()), sum(each.applicable for each in self.headings.values())
        )


def board(listings: Iterable[Listing] | None = None) -> list[Row]:
    """Return the rows of ``listings`` (a queryset or a page of one), or of the whole list.

    Two queries beyond that of the listings, which should select ``organisation`` and ``former_unit``.
    """
    shown = list(listing_rows() if listings is None else listings)
    items = Counter(ChecklistItem.objects.order_by("code").values_list("heading", flat=True))
    statuses = ItemStatus.objects.filter(listing__in=[each.pk for each in shown]).order_by("pk")
    counts = Counter(statuses.values_list("listing_id", "item__heading", "state"))
    return [
        Row(
            listing,
            {
                heading: Progress(
                    counts[listing.pk, heading.value, ItemState.DONE.value],
                    items[heading.value] - counts[listing.pk, heading.value, ItemState.NOT_APPLICABLE.value],
                )
                for heading in Heading
            },
        )
        for listing in shown
    ]


def listing_rows() -> QuerySet[Listing]:
    """Return all listings with what a row shows, in the order of the board."""
    return Listing.objects.select_related("organisation", "former_unit").order_by("batch", "organisation__code")
