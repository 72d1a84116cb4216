"""Two at once: what others did to an organisation since an officer opened a form, in words and field by field.

Every event raises the version by one, so the version an officer saw is the place of the last event it shows.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, cast

from django import forms
from django.utils.translation import gettext

from console.labels import column, column_value, day
from console.language import translated
from console.words import names_in, tell
from registry.models import Event

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

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
    """Return what was written into a form that can no longer be sent, as label and text, as its page has shown them."""
    if not form.is_bound:
        return []
    return [(str(each.label), _shown(each.field, each.value())) for each in form.visible_fields() if each.value()]


def _shown(field: forms.Field, value: Any) -> str:
    """Return a value in words: a choice by its label, a person or body by name, a day as a date."""
    if isinstance(value, (list, tuple)):
        return gettext("、").join(_shown(field, each) for each in value)
    if isinstance(field, forms.BooleanField):
        return gettext("是")
    if isinstance(field, forms.ModelChoiceField) and field.queryset is not None:
        chosen = field.queryset.filter(pk=value).first() if str(value).isdecimal() else None
        return field.label_from_instance(chosen) if chosen else str(value)
    if isinstance(field, forms.ChoiceField):
        choices = cast("Iterable[tuple[Any, Any]]", field.choices)
        return next((translated(label) for known, label in choices if str(known) == str(value)), str(value))
    return day(value) if isinstance(field, forms.DateField) else str(value)


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
