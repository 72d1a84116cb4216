"""Decoupling: the board of all associations, and the page of one."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.views.decorators.http import require_safe

from console import decoupling_sections as sections
from console.access import Permission, may, needs
from console.decoupling_access import access_listings
from console.decoupling_deeds import offers
from console.decoupling_filters import BoardFilter
from console.language import translated
from console.words import tell
from decoupling.models import Acceptance
from decoupling.queries.board import listing_rows
from decoupling.queries.figures import lines
from decoupling.states import Heading
from registry.models import Event

if TYPE_CHECKING:
    from django.http import HttpResponse

    from console.access import OfficerRequest
    from decoupling.models import Listing

TOLD = 12
"""Events the page of an association shows; the rest stand on the organisation's own page."""


@require_safe
@needs(Permission.VIEW_DECOUPLING)
def decoupling_list(request: OfficerRequest) -> HttpResponse:
    """Show the board: associations by separations, with what stands behind every figure."""
    today = timezone.localdate()
    reach = set(access_listings(request.user).values_list("pk", flat=True))
    everything = [line for line in lines(today) if line.listing.pk in reach]
    asked = BoardFilter(request.GET, everything, today=today)
    rows = asked.rows()
    found = {line.listing.pk: asked.sheets[line.listing.pk] for line in rows}
    shown = {
        "form": asked,
        "tabs": asked.tabs(),
        "headings": [(each.value, translated(each.label)) for each in Heading],
        "rows": [sections.row(line, found[line.listing.pk], request.user) for line in rows],
        "reason": asked.reason_label(),
        "waiting": sections.waiting_units(found.values(), request.user),
        "today": today,
        "may_list": may(request.user, Permission.HANDLE_DECOUPLING),
        "may_review": may(request.user, Permission.VIEW_FIGURES),
    }
    return render(request, "console/decoupling_list.html", shown)


@require_safe
@needs(Permission.VIEW_DECOUPLING)
def decoupling_page(request: OfficerRequest, code: str) -> HttpResponse:
    """Show one association: how far it is, what is missing from whom, every item under its separation."""
    return shown(request, get(request, code))


def get(request: OfficerRequest, code: str) -> Listing:
    """Return a listing within reach, by the code of its organisation; 404 for any other."""
    rows = listing_rows().filter(pk__in=access_listings(request.user).values("pk"))
    listing = get_object_or_404(rows.select_related(*RELATED), organisation__code=code)
    request.shown_organisation_id = listing.organisation_id
    return listing


RELATED = ("organisation", "former_unit", "batch", "plan_submitted_by", "plan_approved_by")


def shown(request: OfficerRequest, listing: Listing, *, status: int = 200) -> HttpResponse:
    """Return the page of one association as this user may see it."""
    today, user = timezone.localdate(), request.user
    view = sections.sheet_of(listing, user, today=today)
    acceptances = list(
        Acceptance.objects.filter(listing=listing)
        .select_related("accepted_by", "void_proposed_by", "voided_by")
        .prefetch_related("signatures__signer")
        .order_by("-accepted_on", "-pk")
    )
    standing = next((each for each in acceptances if each.voided_on is None), None)
    facts: dict[str, Any] = {
        "listing": listing,
        "organisation": listing.organisation,
        "today": today,
        "stages": sections.stages(listing),
        "view": view,
        "acceptances": acceptances,
        "acceptance": standing,
        "whole": sections.sees_all(user),
    }
    if sections.sees_all(user):
        told = Event.objects.filter(organisation=listing.organisation).select_related("by").order_by("-seq")
        facts |= {
            "offers": offers(listing, user, standing),
            "clocks": sections.clocks(listing, today=today),
            "placements": list(listing.placements.select_related("batch").order_by("-on", "-pk")),
            "signatures": list(listing.signatures.filter(acceptance__isnull=True).select_related("signer")),
            "timeline": tell(sections.about_decoupling(told)[:TOLD]),
            "after": sections.after(listing, today=today) if standing else None,
            "lacking": sections.lacks(listing, today=today),
        }
    return render(request, "console/decoupling_page.html", facts, status=status)
