"""Policy values and legal bases as they stand on a day."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

from django.db.models import Q

from registry.models import LegalBasis, Policy

if TYPE_CHECKING:
    from collections.abc import Iterable


class NoPolicy(LookupError):
    """No value is in force; the system never guesses one."""


def policy(key: str, *, on: date, kind: str = "", year: int | None = None) -> Policy:
    """Return the most specific value of ``key`` in force on the day ``on``; raise `NoPolicy` where there is none.

    A value for this year beats one for any year, then one for this kind beats one for all, then the latest start.
    """
    best = find(key, on=on, kind=kind, year=year)
    if best is None:
        message = f"{on} 没有“{key}”的有效值（类型 {kind or '不限'}，年度 {year or '不限'}）"
        raise NoPolicy(message)
    return best


def find(key: str, *, on: date, kind: str = "", year: int | None = None) -> Policy | None:
    """Return what `policy` returns, or None where law and bureau say nothing."""
    rows = Policy.objects.filter(
        Q(kind="") | Q(kind=kind),
        Q(year=None) | Q(year=year),
        Q(effective_to=None) | Q(effective_to__gt=on),
        key=key,
        effective_from__lte=on,
    )
    return most_specific(rows)


def most_specific(rows: Iterable[Policy]) -> Policy | None:
    """Return the row that beats the others: for this year, then for this kind, then the latest start."""
    return max(rows, key=lambda row: (row.year is not None, row.kind != "", row.effective_from), default=None)


def in_force(rows: Iterable[Policy], key: str, *, on: date, kind: str = "", year: int | None = None) -> Policy | None:
    """Return what `policy` would find among ``rows`` already in memory, saved or not; None where there is nothing."""
    return most_specific(
        row
        for row in rows
        if row.key == key and row.kind in {"", kind} and row.year in {None, year} and is_in_force(row, on)
    )


def is_in_force(row: Policy, on: date) -> bool:
    """Tell whether a value is in force on the day ``on``."""
    return row.effective_from <= on and (row.effective_to is None or row.effective_to > on)


def value(key: str, *, on: date, kind: str = "", year: int | None = None) -> Any:
    """Return only the value of `policy`."""
    return policy(key, on=on, kind=kind, year=year).value


def basis(code: str, *, on: date) -> LegalBasis | None:
    """Return the version of a legal basis in force on the day ``on``, or the newest known one."""
    return bases([code], on=on).get(code)


def bases(codes: Iterable[str], *, on: date) -> dict[str, LegalBasis]:
    """Return by code what `basis` returns for each, in one query; a code nobody knows is left out."""

    def rank(row: LegalBasis) -> tuple[bool, date, str]:
        start = row.effective_from or date.min
        return start <= on and (row.effective_to is None or row.effective_to > on), start, row.version

    rows = LegalBasis.objects.filter(code__in=set(codes))
    return {row.code: row for row in sorted(rows, key=rank)}
