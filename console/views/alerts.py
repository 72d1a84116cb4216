"""Alerts: what the user has to know, as long as its cause holds, and that it has been seen."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.contrib import messages
from django.http import Http404
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from console.access import Permission, needs
from console.views.work import posts
from worker.actions.alert import see
from worker.models import Alert
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


@posts
@needs(Permission.VIEW_ALERTS)
def alert_see(request: OfficerRequest, pk: int) -> HttpResponse:
    """Mark one of the user's own alerts as seen; it stands until its cause is gone."""
    if request.method == "POST":
        try:
            see(alert_id=pk, by=request.user)
        except Alert.DoesNotExist as error:
            raise Http404 from error
        messages.success(request, _("已标为已阅。"))
    return redirect("alert_list")
