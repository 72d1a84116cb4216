"""The board of a campaign, on screen and to take away."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

from django.db.models import Count, Q
from django.http import Http404
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from cleanup.exports import board_columns
from cleanup.states import UNSETTLED
from console.access import Permission, access_findings, may, needs
from console.board import BoardFilter
from console.filters import INCLUDED, STAGES
from console.made_files import made
from console.paging import Order, page
from registry.exports import Sheet, chinese, write_csv, write_xlsx

if TYPE_CHECKING:
    from django.http import HttpResponse

    from console.access import OfficerRequest

BY_CODE = Order(("organisation__code", "pk"))
RELATED = ("organisation__supervising_unit", "campaign", "case__officer")


@require_safe
@needs(Permission.VIEW_CASES)
def case_board(request: OfficerRequest) -> HttpResponse:
    """Show every body on a campaign's list: what is done about it, by whom, until when, and whether it is crossed off."""
    asked = BoardFilter(request.GET)
    reach = access_findings(request.user)
    rows = asked.rows(reach).select_related(*RELATED)
    found = page(rows, BY_CODE, after=request.GET.get("after", ""), before=request.GET.get("before", ""))
    stages = {key: Count("pk", filter=STAGES[key][1]) for key in INCLUDED}
    counted = asked.but_stage(reach).aggregate(all=Count("pk"), **stages)
    chosen = asked.cleaned_data.get("stage", "")
    named: list[tuple[str, Any, str]] = [("", _("全部"), "all"), *((key, STAGES[key][0], key) for key in INCLUDED)]
    shown = {
        "form": asked,
        "campaign": asked.chosen,
        "page": found,
        "tabs": [
            {"value": value, "label": label, "count": counted[key], "chosen": value == chosen}
            for value, label, key in named
        ],
        "total": counted[chosen or "all"],
        "listed": counted["all"],
        "done": counted["completed"],
        "today": timezone.localdate(),
        "unsettled": UNSETTLED,
        "may_batch": may(request.user, Permission.TAKE_CASE_STEP),
        "query": request.GET.urlencode(),
    }
    return render(request, "console/case_board.html", shown)


@require_safe
@needs(Permission.VIEW_CASES)
def case_board_export(request: OfficerRequest) -> HttpResponse:
    """Hand out what the board shows as a file."""
    form = request.GET.get("form", "xlsx")
    if form not in {"csv", "xlsx"}:
        raise Http404
    asked = BoardFilter(request.GET)
    if asked.chosen is None:
        raise Http404
    today = timezone.localdate()
    rows = asked.rows(access_findings(request.user)).filter(Q(found_on__lte=today)).select_related(*RELATED)
    code = asked.chosen.code
    sheet = Sheet("逐个销号台账", board_columns(), rows.order_by("organisation__code", "pk"))
    heading = f"{asked.chosen.title}逐个销号台账（{chinese(today)}）"
    write = partial(write_csv, sheet=sheet) if form == "csv" else partial(write_xlsx, sheets=[sheet], heading=heading)
    return made(f"{sheet.title}-{code}-{today}.{form}", write)
