"""The values of decoupling that law or the county set, as they stand on a day."""

from __future__ import annotations

from typing import TYPE_CHECKING

from registry.queries.law import value

if TYPE_CHECKING:
    from datetime import date


def approvers(*, on: date) -> tuple[str, ...]:
    """Return the bodies that may approve a plan here."""
    return tuple(value("decoupling.approval_bodies", on=on))


def certificate_first(*, on: date) -> bool:
    """Tell whether the certificate must be exchanged before acceptance here; the order differs by place."""
    return bool(value("decoupling.certificate_first", on=on))


def name_suffixes(*, on: date) -> tuple[str, ...]:
    """Return the endings of names that suggest a closer look, and never decide."""
    return tuple(value("decoupling.name_suffixes", on=on))
