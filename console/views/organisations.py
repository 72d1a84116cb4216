"""The register: the list of organisations and the page of one."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db.models import Count, Prefetch, Q
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from cleanup.queries.explain import explain
from console import organisation_sections as sections
from console.access import Permission, access_events, access_findings, access_organisations, may, needs
from console.filters import REVOKED_NOT_CANCELLED, OrganisationFilter, current_findings
from console.language import translated
from console.notes import panel
from console.organisation_facts import exit_facts, facts
from console.paging import Order, page
from console.saved import saved_views
from console.words import tell
from registry.states import Kind, State

if TYPE_CHECKING:
    from collections.abc import Iterable

    from django.db.models import QuerySet
    from django.http import HttpResponse

    from console.access import OfficerRequest
    from registry.models import Organisation

LATEST_FIRST = Order(("on", "pk"), descending=True)


@require_safe
@needs(Permission.VIEW_REGISTER)
def organisation_list(request: OfficerRequest) -> HttpResponse:
    """List the organisations within reach, searched and filtered by what stands in the address."""
    reach = access_organisations(request.user)
    asked = OrganisationFilter(request.GET, reach=reach)
    rows = asked.rows(reach).select_related("supervising_unit")
    if may(request.user, Permission.VIEW_FINDINGS):
        standing = current_findings().select_related("campaign").order_by("pk")
        rows = rows.prefetch_related(Prefetch("findings", queryset=standing, to_attr="standing_findings"))
    found = page(
        rows,
        asked.orders.order(request.GET.get("order", "")),
        after=request.GET.get("after", ""),
        before=request.GET.get("before", ""),
    )
    shown = {
        "form": asked,
        "page": found,
        "saved_views": [each for each in saved_views(request.user) if each.path == request.path],
        "query": request.GET.urlencode(),
        **_counts(asked, reach),
    }
    return render(request, "console/organisation_list.html", shown)


def _counts(asked: OrganisationFilter, reach: QuerySet[Organisation]) -> dict[str, Any]:
    """Return how many bodies every state and every kind would leave, each beside the other filters."""
    revoked = Q(state=State.DEREGISTERED, cancelled_on__isnull=True)
    counted = asked.but_state(reach).aggregate(
        all=Count("pk"),
        **{state.value: Count("pk", filter=Q(state=state)) for state in State},
        **{REVOKED_NOT_CANCELLED: Count("pk", filter=revoked)},
    )
    by_kind = asked.but_kind(reach).aggregate(
        all=Count("pk"), **{kind.value: Count("pk", filter=Q(kind=kind)) for kind in Kind}
    )
    states = [*State.choices, (REVOKED_NOT_CANCELLED, _("已撤销未注销"))]
    chosen = asked.data.get("state", "")
    return {
        "tabs": _tabs(states, counted, chosen),
        "kinds": _tabs(Kind.choices, by_kind, asked.data.get("kind", "")),
        "total": counted.get(chosen or "all", counted["all"]),
    }


def _tabs(choices: Iterable[tuple[str, Any]], counted: dict[str, int], chosen: str) -> list[dict[str, Any]]:
    labels = [("", _("全部"), "all"), *((value, translated(label), value) for value, label in choices)]
    return [
        {"value": value, "label": label, "count": counted[key], "chosen": value == chosen}
        for value, label, key in labels
    ]


@require_safe
@needs(Permission.VIEW_REGISTER)
def organisation_page(request: OfficerRequest, code: str) -> HttpResponse:
    """Show one organisation: facts, what may be done, why it is flagged or not, and everything that happened to it."""
    rows = access_organisations(request.user).select_related(
        "supervising_unit", "industry_regulator", "party_body", "successor"
    )
    organisation = get_object_or_404(rows.prefetch_related("former_names"), code=code)
    request.shown_organisation_id = organisation.pk
    today = timezone.localdate()
    told = access_events(request.user, organisation)
    chosen = request.GET.get("events", "")
    events = page(
        sections.of_kind(told, chosen).select_related("by"),
        LATEST_FIRST,
        after=request.GET.get("after", ""),
        before=request.GET.get("before", ""),
    )
    shown: dict[str, Any] = {
        "organisation": organisation,
        "facts": facts(organisation, [(each.name, each.until) for each in organisation.former_names.all()]),
        "exit_facts": exit_facts(organisation),
        "offers": sections.offers(request.user, organisation),
        "deeds": sections.deeds(request.user, organisation),
        "years": sections.years(organisation, on=today),
        "decoupling": sections.decoupling(organisation),
        "notes": panel(request.user, organisation),
        "events": events,
        "timeline": tell(events.rows),
        "timeline_tabs": sections.timeline_tabs(told, chosen),
        "today": today,
        **sections.life(organisation),
    }
    if may(request.user, Permission.VIEW_DOCUMENTS):
        shown |= sections.documents(request.user, organisation)
    if may(request.user, Permission.VIEW_CASES):
        shown["cases"] = sections.cases(request.user, organisation)
    if may(request.user, Permission.VIEW_FINDINGS):
        shown["explanations"] = explain(organisation, on=today)
        found = access_findings(request.user).filter(organisation=organisation).order_by("-found_on", "-pk")
        shown["findings"] = list(found.select_related("campaign", "decided_by", "case"))
    return render(request, "console/organisation_page.html", shown)
