"""The list behind the figures of decoupling."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from console.access import Permission, needs
from decoupling.queries.figures import lines
from decoupling.states import UNSTATED, Category, Residue, Standing

if TYPE_CHECKING:
    from django.http import HttpResponse

    from console.access import OfficerRequest
    from decoupling.queries.figures import Line

SETTLED = "settled"
THIS_YEAR = "this_year"


@require_safe
@needs(Permission.VIEW_FIGURES)
def decoupling_list(request: OfficerRequest) -> HttpResponse:
    """List the associations on the decoupling list as they stand today, by where they stand."""
    today = timezone.localdate()
    everything = lines(today)
    should = [line for line in everything if line.standing is not None]
    groups: dict[str, tuple[object, list[Line]]] = {
        "": (_("应脱钩"), should),
        **{each.value: (each.label, [line for line in should if line.standing == each]) for each in Standing},
        SETTLED: (_("已处置"), [line for line in should if line.standing != Standing.REMAINING]),
        THIS_YEAR: (
            _("今年新脱钩"),
            [line for line in should if line.accepted_on and line.accepted_on.year == today.year],
        ),
        **{
            each.value: (each.label, [line for line in everything if line.placement.category == each])
            for each in (Category.EXEMPT, Category.DEFERRED)
        },
    }
    asked = request.GET.get("stage", "")
    chosen = asked if asked in groups else ""
    rows, reason = groups[chosen][1], request.GET.get("reason", "")
    reasons = {**dict(Residue.choices), UNSTATED: _("未填写原因")}
    if reason in reasons:
        rows = [line for line in rows if line.standing == Standing.REMAINING and (line.residue or UNSTATED) == reason]
    shown = {
        "tabs": [
            {"value": value, "label": label, "count": len(found), "chosen": value == chosen}
            for value, (label, found) in groups.items()
        ],
        "rows": [(line, reasons.get(line.residue, "")) for line in rows],
        "reason": reasons.get(reason, ""),
        "today": today,
    }
    return render(request, "console/decoupling_list.html", shown)
