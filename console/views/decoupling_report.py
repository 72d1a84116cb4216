"""The figures of decoupling on a cut-off date: explained, kept as reported, and compared with another date."""

from __future__ import annotations

from datetime import date
from functools import partial
from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from console.access import Permission, may, needs
from console.language import translated
from console.made_files import made
from decoupling.actions import snapshot as snapshots
from decoupling.exports import FILES, by_batch, by_unit, export_decoupling
from decoupling.models import Snapshot
from decoupling.queries.comparison import PLACES, Entry, difference, kept
from decoupling.queries.figures import counted, lines
from decoupling.states import UNSTATED, Residue
from registry.rulebook import Refused

if TYPE_CHECKING:
    from pathlib import Path

    from django.http import HttpResponse

    from console.access import OfficerRequest
    from decoupling.queries.comparison import Difference

REASONS: dict[str, Any] = {**dict(Residue.choices), UNSTATED: "未填写原因"}


@require_safe
@needs(Permission.VIEW_FIGURES)
def decoupling_report(request: OfficerRequest) -> HttpResponse:
    """Show the figures of a day with their denominators, and what changed since another day or a kept report."""
    today = timezone.localdate()
    as_of = min(_day(request.GET.get("as_of", "")) or today, today)
    drawn = lines(as_of)
    figures = counted(drawn, as_of)
    since, base = _base(request, as_of)
    now = [Entry.of(line) for line in drawn]
    snapshot = Snapshot.objects.filter(as_of=as_of).order_by("pk").last()
    shown = {
        "today": today,
        "as_of": as_of,
        "since": since,
        "figures": figures,
        "groups": [
            *((_("第 %(batch)s 批") % {"batch": number}, each) for number, each in by_batch(drawn, as_of)),
            *((unit or _("无业务主管单位"), each) for unit, each in by_unit(drawn, as_of)),
        ],
        "remaining": [
            (translated(REASONS[reason]), number) for reason, number in figures.remaining_by_reason.items() if number
        ],
        "difference": _told(difference(base, now)) if base is not None else None,
        "snapshots": list(Snapshot.objects.select_related("taken_by").order_by("-as_of", "-pk")),
        "snapshot": snapshot,
        "corrected": _told(difference(kept(snapshot), now)) if snapshot else None,
        "may_keep": may(request.user, Permission.KEEP_SNAPSHOT),
        "files": FILES,
    }
    return render(request, "console/decoupling_report.html", shown)


def _base(request: OfficerRequest, as_of: date) -> tuple[date | None, list[Entry] | None]:
    """Return what to compare with: an earlier day as the records count it now."""
    since = _day(request.GET.get("since", ""))
    if since is None or since >= as_of:
        return since, None
    return since, [Entry.of(line) for line in lines(since)]


def _told(found: Difference) -> dict[str, Any]:
    return {
        "table": [(translated(PLACES[a]), translated(PLACES[b]), number) for a, b, number in found.table],
        "moves": [
            (move, translated(PLACES[move.from_place]), translated(PLACES[move.to_place])) for move in found.moves
        ],
    }


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


@require_http_methods(["GET", "HEAD", "POST"])
@needs(Permission.KEEP_SNAPSHOT)
def decoupling_snapshot(request: OfficerRequest) -> HttpResponse:
    """Keep the figures of a day as they are reported."""
    as_of = _day(request.POST.get("as_of", "")) if request.method == "POST" else None
    if as_of is None:
        return redirect("decoupling_report")
    try:
        snapshots.take(as_of=as_of, by=request.user, note=request.POST.get("note", "")[:200])
    except Refused as refused:
        messages.error(request, "；".join(translated(str(each)) for each in refused.broken))
        return redirect("decoupling_report")
    messages.success(request, _("已留存截至该日的统计快照"))
    return redirect(f"{reverse('decoupling_report')}?as_of={as_of}")


@require_safe
@needs(Permission.VIEW_FIGURES)
def decoupling_snapshot_page(request: OfficerRequest, pk: int) -> HttpResponse:
    """Show figures as they were kept, with everybody behind them, and whether they are still whole."""
    snapshot = get_object_or_404(Snapshot.objects.select_related("taken_by"), pk=pk)
    intact = snapshots.digest(snapshot.as_of, snapshot.totals, snapshot.lines) == snapshot.sha256
    rows = [
        (each, translated(PLACES[each.place]), translated(REASONS.get(each.residue, ""))) for each in kept(snapshot)
    ]
    shown = {"snapshot": snapshot, "rows": rows, "intact": intact, "totals": snapshot.totals}
    return render(request, "console/decoupling_snapshot.html", shown)


@require_safe
@needs(Permission.VIEW_FIGURES)
def decoupling_export(_request: OfficerRequest, as_of: str, name: str) -> HttpResponse:
    """Hand out one file of the report of a day, drawn up now."""
    day = _day(as_of)
    if day is None or day > timezone.localdate() or name not in FILES:
        raise Http404
    return made(f"{as_of}-{name}", partial(_draw, on=day, name=name))


def _draw(path: Path, *, on: date, name: str) -> None:
    export_decoupling(as_of=on, directory=path.parent)
    (path.parent / name).rename(path)
