"""Annual reports across the register: one year, who owes, who has filed, what is to be concluded."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from console.access import Permission, access_organisations, may, needs
from console.organisation_sections import deed_address
from console.paging import Order, page
from console.report_filters import STAGES, ReportFilter
from registry.queries.reports import duties
from registry.states import EXISTING, ReportStatus

if TYPE_CHECKING:
    from datetime import date

    from django.http import HttpResponse

    from console.access import OfficerRequest
    from registry.models import User

BY_CODE = Order(("code",))
TO_CONCLUDE = {ReportStatus.PENDING, ReportStatus.LATE}
TO_FILE = {ReportStatus.MISSING, ReportStatus.NOT_DUE, ReportStatus.EXEMPT}


@dataclass(frozen=True, slots=True)
class Line:
    """One body with how it stands, and what the officer does next; ``address`` is empty where there is nothing."""

    organisation: Any
    status: ReportStatus
    days_late: int
    verified: bool
    deed: str
    address: str


@require_safe
@needs(Permission.VIEW_REGISTER)
def report_list(request: OfficerRequest) -> HttpResponse:
    """List the bodies within reach that report for one year, with counts of how they stand."""
    today = timezone.localdate()
    asked = ReportFilter(request.GET, reach=access_organisations(request.user), today=today)
    found = page(
        asked.rows().select_related("supervising_unit"),
        BY_CODE,
        after=request.GET.get("after", ""),
        before=request.GET.get("before", ""),
    )
    counted, chosen = asked.counts(), asked.data.get("stage", "")
    tabs = [
        {"value": value, "label": label, "count": counted.get(value, 0), "chosen": value == chosen}
        for value, label in [("", _("全部")), *STAGES.items()]
    ]
    shown = {
        "form": asked,
        "page": found,
        "lines": _lines(found.rows, request.user, year=asked.chosen_year, on=today, here=request.get_full_path()),
        "tabs": tabs,
        "year": asked.chosen_year,
        "total": counted.get(chosen, 0),
    }
    return render(request, "console/report_list.html", shown)


def _lines(rows: list[Any], user: User, *, year: int, on: date, here: str) -> list[Line]:
    owed = duties(year, on)
    files, concludes = may(user, Permission.RECORD_EVIDENCE), may(user, Permission.CONCLUDE_REPORT)
    lines = []
    for each in rows:
        status = ReportStatus(each.report_status)
        late = (each.report_filed_on - each.report_due_on).days if each.report_filed_on else 0
        deed = ""
        if concludes and status in TO_CONCLUDE:
            deed = "conclude_report"
        elif files and status in TO_FILE and year < on.year and each.state in EXISTING:
            deed = "file_report"
        address = f"{deed_address(each, deed)}?{urlencode({'year': year, 'next': here})}" if deed else ""
        lines.append(Line(each, status, max(late, 0), owed[each.kind].verified, deed, address))
    return lines
