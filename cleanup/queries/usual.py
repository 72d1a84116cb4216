"""What the law book sets where a campaign sets nothing else, and what it says of a treatment."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from registry.queries.law import find, value

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date

WINDOW = {
    "missed_years": "criteria.missed_years",
    "first_year_months": "criteria.first_year_months",
    "address_attempts": "no_contact.address_attempts",
    "representative_attempts": "no_contact.representative_attempts",
}
"""Columns of a window, and the policy that sets each."""


def window(columns: Mapping[str, Any], *, on: date) -> dict[str, Any]:
    """Return the columns of a window whole: what is left out as policy sets it, for its kind, on the day ``on``."""
    left_out = {name: key for name, key in WINDOW.items() if name not in columns}
    return {**columns, **{name: value(key, on=on, kind=columns["kind"]) for name, key in left_out.items()}}


def revocable_from(kind: str, *, on: date) -> int | None:
    """Return after how many missed years in a row the law revokes a body of ``kind``; None where it says nothing."""
    found = find("revocation.missed_years", on=on, kind=kind)
    return None if found is None else found.value
