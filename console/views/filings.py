"""Applications: the list, and the page of one with its clock, its checklist, its steps and what may be done next."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db.models import Count
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from console.access import Permission, access_filings, needs
from console.collisions import written
from console.deadline_words import limit
from console.filing_filters import PENDING, FilingFilter, in_state
from console.filing_steps import choices, may_write
from console.filing_words import carried_out, particulars, stages, tell
from console.language import translated
from console.notes import panel
from console.paging import Order, page
from registry.models import Subject
from registry.queries.deadlines import first_due, latest_of, next_due
from registry.queries.filing_documents import items
from registry.states import FilingState, SubjectKind

if TYPE_CHECKING:
    from django.db.models import QuerySet
    from django.http import HttpResponse

    from console.access import OfficerRequest
    from console.filing_forms import StepForm
    from console.filing_words import Told
    from console.notes import Panel
    from registry.models import Filing, User

LATEST_FIRST = Order(("pk",), descending=True)
BY_DUE = Order(("due_on", "pk"))


@require_safe
@needs(Permission.VIEW_FILINGS)
def filing_list(request: OfficerRequest) -> HttpResponse:
    """List the applications within reach; where all have a date they are due on, the most urgent come first."""
    today = timezone.localdate()
    reach = access_filings(request.user)
    asked = FilingFilter(request.GET, user=request.user, today=today)
    dated = reach.annotate(due_on=first_due(SubjectKind.FILING, on=today))
    asked_of = dated.filter(due_on__isnull=False) if asked.all_have_a_due_date else dated
    found = page(
        asked.rows(asked_of).select_related("organisation", "drafted_by", "handler", "reviewer"),
        BY_DUE if asked.all_have_a_due_date else LATEST_FIRST,
        after=request.GET.get("after", ""),
        before=request.GET.get("before", ""),
        among=dated,
    )
    periods = next_due(SubjectKind.FILING, (each.pk for each in found.rows), on=today)
    listed = [(each, limit(periods[each.pk], on=today) if each.pk in periods else None) for each in found.rows]
    shown = {"form": asked, "page": found, "listed": listed, **_counts(asked, reach)}
    return render(request, "console/filing_list.html", shown)


def _counts(asked: FilingFilter, reach: QuerySet[Filing]) -> dict[str, Any]:
    named = [("", _("全部")), (PENDING, _("在办")), *((each.value, translated(each.label)) for each in FilingState)]
    counted = asked.but_state(reach).aggregate(
        all=Count("pk"), **{value: Count("pk", filter=in_state(value)) for value, _label in named if value}
    )
    chosen = asked.data.get("state", "")
    tabs = [
        {"value": value, "label": label, "count": counted[value or "all"], "chosen": value == chosen}
        for value, label in named
    ]
    return {"tabs": tabs, "total": counted.get(chosen or "all", counted["all"])}


@require_safe
@needs(Permission.VIEW_FILINGS)
def filing_page(request: OfficerRequest, pk: int) -> HttpResponse:
    """Show one application."""
    return shown(request, get(request.user, pk))


def get(user: User, pk: int) -> Filing:
    """Return an application within reach of ``user``, or 404."""
    rows = access_filings(user).select_related(
        "organisation__supervising_unit", "drafted_by", "handler", "reviewer", "decided_by"
    )
    return get_object_or_404(rows, pk=pk)


def shown(
    request: OfficerRequest,
    filing: Filing,
    *,
    tried: tuple[str, StepForm] | None = None,
    refused: list[str] | None = None,
    meanwhile: list[Told] | None = None,
    status: int = 200,
) -> HttpResponse:
    """Return the page of ``filing``; after a refusal with the reasons, and with what was written in the form."""
    today = timezone.localdate()
    period = next_due(SubjectKind.FILING, [filing.pk], on=today).get(filing.pk)
    event = carried_out(filing)
    offered = choices(filing, request.user, on=today, tried=tried)
    found = {
        "filing": filing,
        "limit": limit(period, on=today) if period else None,
        "decision": latest_of(filing.subject, filing.decision_clock),
        "stages": stages(filing),
        "particulars": particulars(filing, event),
        "items": items(filing),
        "told": tell(filing, filing.steps.select_related("by").order_by("-seq")),
        "choices": offered,
        "tried": tried,
        "written": [] if tried is None or any(each.is_tried and each.form for each in offered) else written(tried[1]),
        "may_write": may_write(filing, request.user),
        "event": event,
        "refused": refused or [],
        "meanwhile": meanwhile or [],
        "notes": _notes(request.user, filing),
    }
    return render(request, "console/filing_page.html", found, status=status)


def _notes(user: User, filing: Filing) -> Panel | None:
    """Return the notes on the application of a body on the register: notes belong to bodies."""
    body = filing.organisation
    return None if body is None else panel(user, body, subject=Subject(SubjectKind.FILING, filing.pk))
