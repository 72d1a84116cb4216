"""The applications of an organisation, wherever a page shows one."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django import template
from django.utils import timezone

from console.access import access_filings
from console.deadline_words import limit
from registry.queries.deadlines import next_due
from registry.states import SubjectKind

if TYPE_CHECKING:
    from django.template.context import RequestContext

    from console.deadline_words import Limit
    from registry.models import Filing, Organisation

register = template.Library()

SHOWN = 20


@register.simple_tag(takes_context=True)
def filings_of(context: RequestContext, organisation: Organisation) -> list[tuple[Filing, Limit | None]]:
    """Return the applications of ``organisation`` within the user's reach, the latest first, each with its clock."""
    today = timezone.localdate()
    rows = list(access_filings(context["request"].user).filter(organisation=organisation).order_by("-pk")[:SHOWN])
    periods = next_due(SubjectKind.FILING, (each.pk for each in rows), on=today)
    return [(each, limit(periods[each.pk], on=today) if each.pk in periods else None) for each in rows]
