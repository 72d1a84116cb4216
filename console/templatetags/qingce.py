"""What templates need beside Django's own: Chinese dates, words for values, permissions, addresses with changed filters."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Protocol
from urllib.parse import urlencode

from django import template

from console.access import Permission, may
from console.clock import is_near as deadline_is_near
from console.clock import stands as deadline_stands
from console.field_words import wrongs as wrong_words
from console.labels import day as chinese_day
from console.labels import days as chinese_days
from console.labels import moment as chinese_moment
from console.labels import money as chinese_money
from console.labels import together as joined
from console.language import translated as told
from console.words import letters as listed_letters

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from datetime import date, datetime
    from decimal import Decimal

    from django.contrib.auth.models import AnonymousUser
    from django.forms.boundfield import BoundField
    from django.template.context import RequestContext

    from console.sorting import Sorting
    from registry.models import User

register = template.Library()


class SortedForm(Protocol):
    """The filters of a list that may be sorted."""

    orders: Sorting


@register.filter
def day(value: date | str | None) -> str:
    """Return a date as 2026年11月23日."""
    return chinese_day(value)


@register.filter
def moment(value: datetime) -> str:
    """Return a moment as 2026年11月23日 14:05."""
    return chinese_moment(value)


@register.filter
def wrongs(field: BoundField) -> list[str]:
    """Return what is wrong with a field, as sentences."""
    return wrong_words(field)


@register.filter
def translated(text: object) -> str:
    """Return a text from below the console (a label, a rule, a sentence) in the reader's language."""
    return told(text)


@register.filter
def together(parts: Iterable[str]) -> str:
    """Return parts as a list in a sentence."""
    return joined(parts)


@register.filter
def days(text: object) -> str:
    """Return text with its ISO dates as 2026年11月23日."""
    return chinese_days(text)


@register.filter
def money(value: Decimal | None) -> str:
    """Return an amount in 元."""
    return chinese_money(value)


@register.filter
def stands(due_on: date, today: date) -> str:
    """Return how many days are left until a deadline, or by how many it has passed."""
    return deadline_stands(due_on, today)


@register.filter
def is_near(due_on: date, today: date) -> bool:
    """Tell whether a deadline is no further away than the deadlines the dashboard lists."""
    return deadline_is_near(due_on, today)


@register.filter
def encoded(query: Mapping[str, str]) -> str:
    """Return a filter as the query part of an address."""
    return urlencode(query)


@register.filter
def letters(criteria: str) -> str:
    """Return criteria as A、C."""
    return listed_letters(criteria)


@register.filter
def percent(value: float | None) -> str:
    """Return a share as 37.5%, or a dash where there is nothing to divide by."""
    return "—" if value is None else f"{value * 100:.1f}%"


@register.filter
def allowed(user: User | AnonymousUser, permission: str) -> bool:
    """Tell whether the user holds the permission of this name, such as ``"VIEW_REGISTER"``."""
    return may(user, Permission[permission])


@register.inclusion_tag("console/parts/sort.html", takes_context=True)
def sorted_by(context: RequestContext, form: SortedForm, name: str) -> dict[str, object]:
    """Return the head of a column one may sort by: a link, and how the list goes by it now."""
    word = context["request"].GET.get("order", "")
    return {
        "label": form.orders.columns[name].label,
        "direction": form.orders.direction(name, word),
        "link": address(context, order=form.orders.next(name, word)),
    }


@register.simple_tag(takes_context=True)
def address(context: RequestContext, **changes: Any) -> str:
    """Return the query part of this page's address with ``changes``; an empty value drops its key, and so does paging."""
    query = context["request"].GET.copy()
    for name in ("after", "before"):
        query.pop(name, None)
    for name, value in changes.items():
        query.pop(name, None)
        if value:
            query[name] = str(value)
    return f"?{query.urlencode()}"
