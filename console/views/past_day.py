"""A past day at one glance: the register and the campaigns as they stood, each number leading to its list of that day."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any

from django.shortcuts import render
from django.views.decorators.http import require_safe

from cleanup.queries.figures import is_counted, tallied
from cleanup.queries.past import findings_as_of
from console.access import Permission, access_organisations, may, needs
from console.past import DayForm
from decoupling.models import Snapshot
from registry.queries.as_of import known_on, ledger_begins_on
from registry.states import Kind, State

if TYPE_CHECKING:
    from datetime import date

    from django.db.models import QuerySet
    from django.http import HttpResponse

    from cleanup.models import Campaign, Finding
    from console.access import OfficerRequest
    from registry.models import Organisation


@require_safe
@needs(Permission.VIEW_REGISTER)
def past_day(request: OfficerRequest) -> HttpResponse:
    """Show how many stood where on the day in the address, as far as the user may see."""
    asked = DayForm(request.GET)
    on, reach = asked.day, access_organisations(request.user)
    shown = {
        "form": asked,
        "on": on,
        "iso": on.isoformat(),
        "begins_on": ledger_begins_on(),
        **_register(reach, on),
    }
    if may(request.user, Permission.VIEW_FINDINGS):
        shown["campaigns"] = _campaigns(reach, on)
    if may(request.user, Permission.VIEW_FIGURES):
        shown["snapshot"] = Snapshot.objects.filter(as_of__lte=on).order_by("as_of", "pk").last()
    return render(request, "console/past_day.html", shown)


def _register(reach: QuerySet[Organisation], on: date) -> dict[str, Any]:
    """Return the register as a table: a line for each state with anybody in it, a column for each kind."""
    counted = Counter(known_on(reach, on).values_list("past_state", "past_kind"))  # type: ignore[misc]  # it annotates
    kinds = [(kind.value, kind.label) for kind in Kind]
    lines = [(state.value, state.label, [(kind, counted[state, kind]) for kind, _label in kinds]) for state in State]
    sums = [(kind, sum(counted[state, kind] for state in State)) for kind, _label in kinds]
    return {
        "kinds": kinds,
        "lines": [
            (value, label, numbers, total)
            for value, label, numbers in lines
            if (total := sum(number for _kind, number in numbers))
        ],
        "sums": sums,
        "total": counted.total(),
    }


def _campaigns(reach: QuerySet[Organisation], on: date) -> list[dict[str, Any]]:
    """Return the figures of every campaign that had found anybody, the latest first."""
    found: dict[Campaign, list[Finding]] = {}
    for each in findings_as_of(on, among=reach):
        found.setdefault(each.campaign, []).append(each)
    latest_first = sorted(found, key=lambda campaign: (campaign.starts_on, campaign.code), reverse=True)
    return [
        {"campaign": each, "figures": tallied((one for one in found[each] if is_counted(one, on)), on)}
        for each in latest_first
    ]
