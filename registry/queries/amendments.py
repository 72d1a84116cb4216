"""What decides whether facts of a body may be corrected."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Any

from registry import rules
from registry.models import Organisation
from registry.states import Supervision

if TYPE_CHECKING:
    from collections.abc import Mapping


def amendment(organisation: Organisation, changes: Mapping[str, Any]) -> rules.AmendmentFacts:
    """Return the facts of ``changes``, columns and their new values, to ``organisation`` as it stands."""
    moves = (organisation.dormant_since, organisation.decoupled_on, organisation.deregistered_on)
    return rules.AmendmentFacts(
        columns=frozenset(name.removesuffix("_id") for name in changes),
        established_on=changes.get("established_on"),
        first_moved_on=min(filter(None, moves), default=None),
        leaves_industry=changes.get("is_industry_association") is False,
        was_decoupled=organisation.decoupled_on is not None,
        becomes_decoupled=changes.get("supervision") == Supervision.DECOUPLED,
        capital=None if changes.get("capital") is None else Decimal(changes["capital"]),
        known_since=None if "established_on" in changes else organisation.established_on,
        taken_by=_bearer(organisation, changes),
    )


def _bearer(organisation: Organisation, changes: Mapping[str, Any]) -> str:
    """Return the code of another body on the register that bears the new name; empty where none does."""
    name = changes.get("name", organisation.name)
    if name == organisation.name:
        return ""
    others = Organisation.objects.existing().filter(name=name).exclude(pk=organisation.pk)
    return others.values_list("code", flat=True).first() or ""
