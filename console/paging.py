"""Keyset pagination: the next page starts after a row, not after a number of rows, so page 10,000 costs what page 1 does."""

from __future__ import annotations

from dataclasses import dataclass
from functools import reduce
from operator import or_
from typing import TYPE_CHECKING, Any, Generic, TypeVar

from django.db.models import F, Model, Q

if TYPE_CHECKING:
    from collections.abc import Sequence

    from django.db.models import QuerySet

M = TypeVar("M", bound=Model)
T = TypeVar("T")

SIZE = 30


@dataclass(frozen=True, slots=True)
class Page(Generic[T]):
    """The rows of one page and the cursors of its neighbours; an empty cursor means there is none."""

    rows: list[T]
    previous: str = ""
    next: str = ""


@dataclass(frozen=True, slots=True)
class Order:
    """A total order over rows: columns that are never null, all in one direction, the last one unique.

    A cursor is the value of the last column, so that an address stays readable. ``computed`` are the columns that are
    made from others, each with its expression.
    """

    columns: tuple[str, ...]
    descending: bool = False
    computed: tuple[tuple[str, Any], ...] = ()

    def names(self, *, reverse: bool = False) -> list[Any]:
        """Return what ``order_by`` takes."""
        down = self.descending != reverse
        return [F(name).desc() if down else F(name).asc() for name in self.columns]

    def beyond(self, row: Sequence[Any], *, reverse: bool = False) -> Q:
        """Return the condition for rows that come after ``row`` (before it with ``reverse``)."""
        sign = "lt" if self.descending != reverse else "gt"
        equal = Q()
        steps = []
        for name, value in zip(self.columns, row, strict=True):
            steps.append(equal & Q((f"{name}__{sign}", value)))
            equal &= Q((name, value))
        return reduce(or_, steps)


def page(
    rows: QuerySet[M],
    order: Order,
    *,
    after: str = "",
    before: str = "",
    size: int = SIZE,
    among: QuerySet[M] | None = None,
) -> Page[M]:
    """Return the page of ``rows`` after or before the row a cursor names; an unknown cursor gives the first page.

    The row named need no longer be among ``rows``: it is looked for among all there are, or, where the order goes by what
    a query computes, in ``among``.
    """
    back = bool(before) and not after
    among = rows.model._default_manager.all() if among is None else among
    rows, among = (each.annotate(**dict(order.computed)) for each in (rows, among))
    place = _place(among, order, before if back else after)
    back = back and place is not None
    wanted = rows.filter(order.beyond(place, reverse=back)) if place else rows
    found = list(wanted.order_by(*order.names(reverse=back))[: size + 1])
    more = len(found) > size
    found = found[:size]
    if back:
        found.reverse()
    if not found:
        return Page([])
    key = order.columns[-1]
    first, last = (str(getattr(row, key)) for row in (found[0], found[-1]))
    has_previous = more if back else place is not None
    has_next = True if back else more
    return Page(found, previous=first if has_previous else "", next=last if has_next else "")


def page_of(rows: Sequence[T], *, after: str = "", before: str = "", size: int = SIZE) -> Page[T]:
    """Return a page of rows that were drawn up in memory; a cursor is how many rows stand before the page's neighbour.

    One that makes no sense gives the first page.
    """
    start = _number(after) or max(_number(before) - size, 0)
    start = start if start < len(rows) else 0
    end = start + size
    return Page(list(rows[start:end]), previous=str(start) if start else "", next=str(end) if end < len(rows) else "")


def _number(cursor: str) -> int:
    return int(cursor) if cursor.isdecimal() and len(cursor) < len(str(2**63)) else 0


def _place(rows: QuerySet[M], order: Order, cursor: str) -> tuple[Any, ...] | None:
    """Return the values of the row a cursor names, or None."""
    if not cursor or "\x00" in cursor:
        return None
    key = order.columns[-1]
    try:
        return rows.filter((key, cursor)).values_list(*order.columns).first()
    except ValueError:
        return None
