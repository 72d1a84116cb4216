"""What every move of the register is judged by: its reason, and the order of what happened before."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.utils import timezone

from registry import rules
from registry.models import Event
from registry.queries.as_of import value_of

if TYPE_CHECKING:
    from registry.models import Organisation

EXITS = ("organisation.cancel", "organisation.revoke", "organisation.revoke_licence", "organisation.merge")
"""The verbs by which a body leaves the register."""

STATE_VERBS = (
    "organisation.mark_dormant",
    "organisation.reactivate",
    "organisation.complete_decoupling",
    "organisation.void_decoupling",
    *EXITS,
    "organisation.reinstate",
)
"""The verbs that move a body's state."""


def move_facts(organisation: Organisation | None, reason: str) -> rules.MoveFacts:
    """Return what a move must bring, whichever it is; without a body only the reason and today."""
    last = (
        Event.objects.filter(organisation=organisation, verb__in=STATE_VERBS).order_by("-seq").first()
        if organisation
        else None
    )
    return rules.MoveFacts(
        reason=reason,
        established_on=organisation.established_on if organisation else None,
        last_event_on=last.on if last else None,
        today=timezone.localdate(),
    )


def undone(organisation: Organisation, event_seq: int) -> dict[str, Any]:
    """Return what the columns held that a decoupling changed by that event, those nobody has changed again since."""
    entered = Event.objects.get(organisation=organisation, seq=event_seq, verb="organisation.complete_decoupling")
    return {
        name: value_of(name, old)
        for name, (old, new) in entered.facts["changes"].items()
        if name not in {"state", "decoupled_on"} and getattr(organisation, name) == value_of(name, new)
    }
