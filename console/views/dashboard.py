"""The first page after signing in: how far the work has come."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db.models import Count, Q
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from cleanup.models import Campaign
from cleanup.queries.figures import funnel
from cleanup.queries.sweeps import last_swept_on
from cleanup.queries.wrong_flags import wrong_flags
from cleanup.states import CLEARED_BY, EVER_STARTED, CampaignState, Criterion
from console.access import Permission, access_findings, access_organisations, may, needs
from console.decoupling_access import access_listings
from console.figures import bar, columns
from console.filters import STAGES
from console.recents import recent_records
from decoupling.queries.duties import sheets
from decoupling.queries.figures import REASONS, standing
from decoupling.states import Residue, Standing
from registry.queries.report_year import FILED, standings
from registry.states import FROM_UNITS, Kind, ReportStatus, State
from worker.queries.alerts import standing as standing_alerts
from worker.queries.workload import case_deadlines, filing_deadlines, flags, trend, workload

if TYPE_CHECKING:
    from datetime import date
    from typing import Any

    from django.http import HttpResponse

    from console.access import OfficerRequest

TONES = {
    Standing.DECOUPLED: "done",
    Standing.CANCELLED: "doing",
    Standing.REVOKED: "other",
    Standing.MERGED: "last",
    Standing.REMAINING: "todo",
}
TREND_TONES = ("doing", "last", "done")
"""Tones of what was found, confirmed and closed in a month."""

RECENT = 6


@require_safe
@needs(Permission.OWN_ACCOUNT)
def dashboard(request: OfficerRequest) -> HttpResponse:
    """Show funnel, decoupling rates, deadlines, workload, trend and the register's size, as far as the user may see."""
    today = timezone.localdate()
    shown: dict[str, Any] = {"today": today, "states": _states(request)}
    if may(request.user, Permission.VIEW_FIGURES):
        shown |= _campaign(request.GET.get("campaign", ""), today) | _decoupling(today) | _work(today)
    elif may(request.user, Permission.VIEW_FINDINGS):
        shown["own_pending"] = access_findings(request.user).filter(STAGES["pending"][1]).count()
    if may(request.user, Permission.VIEW_REGISTER):
        shown["reports"] = _reports(request, today)
    if request.user.role in FROM_UNITS:
        shown["own_separations"] = _own_separations(request, today)
    if may(request.user, Permission.VIEW_ALERTS):
        shown["alerts"] = standing_alerts(request.user).filter(seen_at__isnull=True).count()
    if may(request.user, Permission.APPROVE_CAMPAIGN):
        shown["to_approve"] = Campaign.objects.filter(state=CampaignState.PREVIEWED).count()
    shown["recent"] = list(recent_records(request.user)[:RECENT])
    return render(request, "console/dashboard.html", shown)


def _own_separations(request: OfficerRequest, today: date) -> int:
    """Return how many associations wait for the user's own unit."""
    rows = list(access_listings(request.user).select_related("former_unit"))
    return sum(request.user.unit in found.waiting_for() for found in sheets(rows, on=today).values())


def _states(request: OfficerRequest) -> list[dict[str, Any]]:
    counted = access_organisations(request.user).aggregate(
        **{state.value: Count("pk", filter=Q(state=state)) for state in State}
    )
    return [{"value": state.value, "label": state.label, "count": counted[state.value]} for state in State]


def _reports(request: OfficerRequest, today: date) -> dict[str, Any]:
    """Return how last year's annual reports stand, as far as the user may see: counts that open their lists."""
    year = today.year - 1
    counted = standings(access_organisations(request.user), year, today)
    total = sum(counted.values())
    filed = sum(counted.get(each, 0) for each in FILED)
    shown = [(each.value, each.label, counted[each]) for each in ReportStatus if counted.get(each)]
    missing = counted.get(ReportStatus.MISSING, 0)
    return {"year": year, "total": total, "missing": missing, "rate": filed / total if total else None, "shown": shown}


def _campaign(code: str, today: date) -> dict[str, Any]:
    campaigns = list(Campaign.objects.filter(state__in=EVER_STARTED).order_by("-starts_on", "code"))
    asked = [each for each in campaigns if each.code == code]
    running = [each for each in campaigns if each.state == CampaignState.RUNNING]
    chosen = next(iter([*asked, *running, *campaigns]), None)
    if chosen is None:
        return {"campaigns": []}
    figures = funnel(chosen, as_of=today)
    parts = [
        (_("已完成"), figures.completed, "done", "completed"),
        (_("办理中"), figures.in_progress, "doing", "in_progress"),
        (_("未启动"), figures.not_started, "todo", "not_started"),
    ]
    return {
        "campaigns": campaigns,
        "campaign": chosen,
        "funnel": figures,
        "funnel_bar": bar(parts),
        "swept_on": last_swept_on(chosen),
        "outcomes": [(each.value, each.label, figures.completed_by[each.value]) for each in CLEARED_BY],
        "by_kind": [(each.value, each.label, figures.by_kind[each.value]) for each in Kind],
        "wrong_flags": [(each.value, each.label, rate) for each, rate in wrong_flags(chosen).items()],
        "by_criterion": [
            (each.value, each.label, row)
            for each in Criterion
            if (row := figures.by_criterion[each.value]).included or row.pending
        ],
    }


def _decoupling(today: date) -> dict[str, Any]:
    figures = standing(today)
    parts = [(each.label, getattr(figures, each.value), tone, each.value) for each, tone in TONES.items()]
    reasons = dict(Residue.choices)
    return {
        "decoupling": figures,
        "decoupling_bar": bar(parts),
        "remaining": [
            (reason, reasons.get(reason, _("未填写原因")), figures.remaining_by_reason[reason])
            for reason in REASONS
            if figures.remaining_by_reason[reason]
        ],
    }


def _work(today: date) -> dict[str, Any]:
    months = trend(on=today)
    groups = [
        (_("%(month)s月") % {"month": each.month.month}, (each.found.count, each.confirmed.count, each.closed.count))
        for each in months
    ]
    return {
        "deadlines": case_deadlines(on=today),
        "filing_deadlines": filing_deadlines(on=today),
        "flags": [(each.value, each.label, figure) for each, figure in flags().items() if figure.count],
        "workload": workload(on=today),
        "trend": months,
        "chart": columns(groups, TREND_TONES),
        "trend_legend": [(TREND_TONES[0], _("发现")), (TREND_TONES[1], _("确认")), (TREND_TONES[2], _("办结"))],
    }
