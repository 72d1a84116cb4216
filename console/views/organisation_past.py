"""The register and one organisation on a past day, rebuilt from the ledger."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from django.db.models import Count, Q
from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from console.access import Permission, access_events, access_organisations, needs
from console.language import translated
from console.organisation_facts import exit_facts, facts
from console.paging import Order, page
from console.past import DayForm, PastFilter, filters_of
from console.past_work import going_on
from console.words import tell
from registry.models import Event
from registry.queries.as_of import ledger_begins_on, organisation_as_of, organisations_as_of
from registry.states import State

if TYPE_CHECKING:
    from django.db.models import QuerySet
    from django.http import HttpResponse

    from console.access import OfficerRequest
    from registry.models import Organisation

BY_CODE = Order(("code",))
LATEST_FIRST = Order(("on", "pk"), descending=True)


@require_safe
@needs(Permission.VIEW_REGISTER)
def organisation_past_list(request: OfficerRequest) -> HttpResponse:
    """List the register as it stood on the day in the address."""
    reach = access_organisations(request.user)
    asked = PastFilter(request.GET)
    found = page(asked.rows(reach), BY_CODE, after=request.GET.get("after", ""), before=request.GET.get("before", ""))
    past = organisations_as_of([row.pk for row in found.rows], asked.day)
    shown = {
        "form": asked,
        "page": found,
        "rows": [past[row.pk].organisation for row in found.rows],
        "on": asked.day,
        "iso": asked.day.isoformat(),
        "begins_on": ledger_begins_on(),
        "present": urlencode(filters_of(asked)),
        "kept": list(filters_of(asked).items()),
        **_counts(asked, reach),
    }
    return render(request, "console/organisation_past_list.html", shown)


def _counts(asked: PastFilter, reach: QuerySet[Organisation]) -> dict[str, Any]:
    counted = asked.but_state(reach).aggregate(
        all=Count("pk"), **{state.value: Count("pk", filter=Q(past_state=state)) for state in State}
    )
    chosen = asked.data.get("state", "")
    labels = [("", _("全部"), "all"), *((state.value, translated(state.label), state.value) for state in State)]
    tabs = [
        {"value": value, "label": label, "count": counted[key], "chosen": value == chosen}
        for value, label, key in labels
    ]
    return {"tabs": tabs, "total": counted.get(chosen or "all", counted["all"])}


@require_safe
@needs(Permission.VIEW_REGISTER)
def organisation_past(request: OfficerRequest, code: str) -> HttpResponse:
    """Show one organisation as it stood on the day in the address."""
    organisation = get_object_or_404(access_organisations(request.user), code=code)
    asked = DayForm(request.GET)
    past = organisation_as_of(organisation, asked.day)
    shown: dict[str, Any] = {
        "present": organisation,
        "form": asked,
        "on": asked.day,
        "iso": asked.day.isoformat(),
        "past": past,
        "begins_on": Event.objects.filter(organisation=organisation, seq=1).values_list("on", flat=True).first(),
    }
    if past:
        shown["going_on"] = going_on(organisation, request.user, on=asked.day)
        events = page(
            access_events(request.user, organisation).filter(on__lte=asked.day).select_related("by"),
            LATEST_FIRST,
            after=request.GET.get("after", ""),
            before=request.GET.get("before", ""),
        )
        shown |= {
            "organisation": past.organisation,
            "facts": facts(past.organisation, past.former_names),
            "exit_facts": exit_facts(past.organisation),
            "events": events,
            "timeline": tell(events.rows),
        }
    return render(request, "console/organisation_past.html", shown)
