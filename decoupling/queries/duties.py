"""Who answers for what: which unit's word each item needs, what is signed, and what is missing from whom."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from decoupling.models import ChecklistItem, Department, ItemStatus, SignOff
from decoupling.states import PLAN_APPROVED, SETTLED, Heading, ItemState, ListingState, Responsible

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import date

    from decoupling.models import Listing
    from registry.models import Unit

REGISTRAR = Responsible.REGISTRAR


@dataclass(frozen=True, slots=True)
class ItemLine:
    """One item of one association: its row if it has one, and who answers for it (None: the registration authority)."""

    item: ChecklistItem
    status: ItemStatus | None
    unit: Unit | None
    bridged: bool

    @property
    def state(self) -> ItemState:
        """Return where it stands."""
        return ItemState(self.status.state) if self.status else ItemState.PENDING

    @property
    def is_settled(self) -> bool:
        """Tell whether it is done or not applicable."""
        return self.state in SETTLED

    @property
    def stands_open(self) -> bool:
        """Tell whether acceptance waits for it."""
        return self.item.blocking and not self.is_settled and not self.bridged


@dataclass(frozen=True, slots=True)
class Part:
    """What one department answers for under one heading, and its word on it if it has given one."""

    heading: Heading
    responsible: Responsible
    unit: Unit | None
    lines: tuple[ItemLine, ...]
    sign_off: SignOff | None

    @property
    def is_needed(self) -> bool:
        """Tell whether acceptance waits for this word: some item here has to be settled and does apply."""
        return any(line.item.blocking and line.state != ItemState.NOT_APPLICABLE for line in self.lines)

    @property
    def open_codes(self) -> tuple[str, ...]:
        """Return the items that must be settled first."""
        return tuple(line.item.code for line in self.lines if line.stands_open)

    @property
    def is_ready(self) -> bool:
        """Tell whether nothing is missing but the word itself."""
        return self.is_needed and self.sign_off is None and not self.open_codes

    @property
    def is_missing(self) -> bool:
        """Tell whether acceptance waits for this department."""
        return self.is_needed and self.sign_off is None


@dataclass(slots=True)
class Sheet:
    """Everything about the items of one association, heading by heading."""

    listing: Listing
    parts: dict[Heading, list[Part]] = field(default_factory=lambda: {heading: [] for heading in Heading})

    @property
    def all_parts(self) -> list[Part]:
        """Return the parts in the order of the headings."""
        return [part for parts in self.parts.values() for part in parts]

    @property
    def lines(self) -> list[ItemLine]:
        """Return the items in the order of their codes."""
        return sorted((line for part in self.all_parts for line in part.lines), key=lambda line: line.item.code)

    @property
    def open_items(self) -> tuple[str, ...]:
        """Return the codes of the items acceptance waits for."""
        return tuple(line.item.code for line in self.lines if line.stands_open)

    @property
    def unsigned_headings(self) -> tuple[str, ...]:
        """Return the headings some department has not signed yet."""
        return tuple(h.value for h, parts in self.parts.items() if any(part.is_missing for part in parts))

    def part(self, heading: str, responsible: str) -> Part | None:
        """Return the part of one department under one heading."""
        return next((part for part in self.parts[Heading(heading)] if part.responsible == responsible), None)

    def part_of(self, code: str) -> Part:
        """Return the part an item belongs to."""
        return next(part for part in self.all_parts if any(line.item.code == code for line in part.lines))

    def waiting_for(self) -> dict[Unit | None, list[Part]]:
        """Return by unit the parts acceptance waits for (None: the registration authority); empty before approval."""
        found: dict[Unit | None, list[Part]] = defaultdict(list)
        if self.listing.state in PLAN_APPROVED and self.listing.state != ListingState.ACCEPTED:
            for part in self.all_parts:
                if part.is_missing:
                    found[part.unit].append(part)
        return dict(found)


def sheet(listing: Listing, *, on: date) -> Sheet:
    """Return the sheet of one association as it stands, transitions judged by the day ``on``; four queries."""
    return sheets([listing], on=on)[listing.pk]


def sheets(listings: Sequence[Listing], *, on: date) -> dict[int, Sheet]:
    """Return the sheets of several associations (``former_unit`` selected) by number; four queries for all of them."""
    wanted = [each.pk for each in listings]
    signed = SignOff.objects.filter(listing__in=wanted).select_related("unit", "signed_by", "file").order_by("pk")
    read = _Read(
        items=list(ChecklistItem.objects.order_by("code")),
        units=Department.objects.on(on),
        statuses={
            (row.listing_id, row.item_id): row
            for row in ItemStatus.objects.filter(listing__in=wanted).select_related("decided_by").order_by("pk")
        },
        signed={(row.listing_id, row.heading, row.responsible): row for row in signed},
    )
    return {each.pk: _sheet(each, read, on) for each in listings}


@dataclass(frozen=True, slots=True)
class _Read:
    """What was read once for all sheets."""

    items: list[ChecklistItem]
    units: Mapping[str, Unit]
    statuses: Mapping[tuple[int, int], ItemStatus]
    signed: Mapping[tuple[int, str, str], SignOff]


def unit_of(listing: Listing, responsible: str, units: Mapping[str, Unit]) -> Unit | None:
    """Return who answers for it; where nobody is known, it falls to the registration authority (None)."""
    if responsible == Responsible.FORMER_UNIT:
        return listing.former_unit
    return units.get(responsible)


def responsibilities(unit: Unit | None, listing: Listing, *, on: date) -> frozenset[str]:
    """Return what ``unit`` answers for at this association; None asks for the registration authority's share."""
    units = Department.objects.on(on)
    return frozenset(each.value for each in Responsible if unit_of(listing, each, units) == unit)


def applies(item: ChecklistItem, listing: Listing) -> bool:
    """Tell whether an item applies to the association: one added by the county later leaves the accepted alone."""
    return item.since is None or listing.accepted_on is None or listing.accepted_on >= item.since


def _sheet(listing: Listing, read: _Read, on: date) -> Sheet:
    here = [(item, read.statuses.get((listing.pk, item.pk))) for item in read.items if applies(item, listing)]
    bridged = {item.bridges for item, status in here if item.bridges and _bridges(status, on)}
    grouped: dict[tuple[Heading, Responsible], list[ItemLine]] = defaultdict(list)
    for item, status in here:
        unit = unit_of(listing, item.responsible, read.units)
        line = ItemLine(item, status, unit, item.code in bridged)
        grouped[Heading(item.heading), Responsible(item.responsible)].append(line)
    made = Sheet(listing)
    for (heading, responsible), lines in grouped.items():
        sign_off = read.signed.get((listing.pk, heading.value, responsible.value))
        unit = sign_off.unit if sign_off else unit_of(listing, responsible, read.units)
        made.parts[heading].append(Part(heading, responsible, unit, tuple(lines), sign_off))
    return made


def _bridges(status: ItemStatus | None, on: date) -> bool:
    """Tell whether a transition stands in for what it bridges on the day ``on``."""
    return status is not None and status.state == ItemState.DONE and status.until is not None and status.until >= on
