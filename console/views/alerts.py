"""Alerts: what the user has to know, as long as its cause holds."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from console.access import Permission, needs
from worker.queries.alerts import standing

if TYPE_CHECKING:
    from django.http import HttpResponse

    from console.access import OfficerRequest

SHOWN = 100


@require_safe
@needs(Permission.VIEW_ALERTS)
def alert_list(request: OfficerRequest) -> HttpResponse:
    """List the user's own standing alerts, the unseen first; beyond `SHOWN` the page says how many more there are."""
    alerts = standing(request.user)
    total = alerts.count()
    shown = {
        "alerts": alerts[:SHOWN],
        "total": total,
        "hidden": max(0, total - SHOWN),
        "today": timezone.localdate(),
    }
    return render(request, "console/alert_list.html", shown)
