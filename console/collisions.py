"""Two at once: what others did to an organisation since an officer opened a form, in words and field by field.

Every event raises the version by one, so the version an officer saw is the place of the last event it shows.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, cast

from console.labels import column, column_value
from console.words import names_in, tell
from registry.models import Event

if TYPE_CHECKING:
    from collections.abc import Sequence

    from django import forms
    from django.http import QueryDict

    from console.words import Said
    from registry.models import Organisation


@dataclass(frozen=True, slots=True)
class Moved:
    """A column somebody else changed meanwhile: what it was, what it is, and by which event."""

    name: str
    was: Any
    now: Any
    event: Event
    words: str

    @property
    def label(self) -> str:
        """Return the column's label."""
        return column(self.name)


def renew(form: forms.Form, version: int) -> None:
    """Let a form that is shown again tell the version it now shows; what was written in it stays."""
    data = cast("QueryDict", form.data).copy()
    data[form.add_prefix("version")] = str(version)
    form.data = data


def written(form: forms.Form) -> list[tuple[str, str]]:
    """Return what was written into a form that can no longer be sent, as label and text."""
    if not form.is_bound:
        return []
    return [(str(field.label), str(field.value())) for field in form.visible_fields() if field.value()]


def since(organisation: Organisation, version: int) -> list[Event]:
    """Return the events an officer who saw ``version`` does not know of, the oldest first."""
    rows = Event.objects.filter(organisation=organisation, seq__gt=version).select_related("by")
    return list(rows.order_by("seq"))


def told(events: Sequence[Event]) -> list[Said]:
    """Return them in words, the latest first, as the timeline does."""
    return tell(list(reversed(events)))


def moved(events: Sequence[Event]) -> dict[str, Moved]:
    """Return each column ``events`` changed, with its first old and its last new value and who wrote that one."""
    names = names_in(events)
    found: dict[str, Moved] = {}
    for event in events:
        for name, (old, new) in event.facts.get("changes", {}).items():
            was = found[name].was if name in found else old
            found[name] = Moved(name, was, new, event, column_value(name, new, names))
    return {name: each for name, each in found.items() if each.was != each.now}
