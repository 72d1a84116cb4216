"""The findings on a past day, rebuilt from the ledger."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from cleanup.queries.past import findings_begin_on
from console.access import Permission, access_organisations, needs
from console.filters import INCLUDED, STAGES
from console.paging import page_of
from console.past import FindingPastFilter, filters_of

if TYPE_CHECKING:
    from django.http import HttpResponse

    from console.access import OfficerRequest


@require_safe
@needs(Permission.VIEW_FINDINGS)
def finding_past_list(request: OfficerRequest) -> HttpResponse:
    """List the findings as they stood on the day in the address."""
    asked = FindingPastFilter(request.GET)
    found = asked.but_stage(access_organisations(request.user))
    rows = [finding for finding, stage in found if asked.wants(stage)]
    shown = {
        "form": asked,
        "page": page_of(rows, after=request.GET.get("after", ""), before=request.GET.get("before", "")),
        "tabs": _tabs(Counter(stage for _finding, stage in found), asked.data.get("stage", "")),
        "total": len(rows),
        "on": asked.day,
        "iso": asked.day.isoformat(),
        "begins_on": findings_begin_on(),
        "present": urlencode(filters_of(asked)),
        "kept": list(filters_of(asked).items()),
    }
    return render(request, "console/finding_past_list.html", shown)


def _tabs(counted: Counter[str], chosen: str) -> list[dict[str, Any]]:
    named = [
        ("", _("全部"), counted.total()),
        ("included", _("已纳入"), sum(counted[each] for each in INCLUDED)),
        *((stage, label, counted[stage]) for stage, (label, _condition) in STAGES.items()),
    ]
    return [
        {"value": value, "label": label, "count": count, "chosen": value == chosen} for value, label, count in named
    ]
