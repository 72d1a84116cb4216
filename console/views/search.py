"""One box for everything: organisations, campaigns, cases and applications by number; and what was looked at last."""

from __future__ import annotations

import unicodedata
from typing import TYPE_CHECKING, Any

from django.db.models import Q
from django.shortcuts import redirect, render
from django.views.decorators.http import require_safe

from cleanup.models import Campaign
from cleanup.states import EVER_STARTED
from console.access import Permission, access_cases, access_filings, access_organisations, may, needs
from console.recents import recent_records
from registry.queries.search import searched

if TYPE_CHECKING:
    from django.http import HttpResponse

    from console.access import OfficerRequest

SHOWN = 10
LONGEST = 100


@require_safe
@needs(Permission.VIEW_REGISTER)
def search(request: OfficerRequest) -> HttpResponse:
    """Show what ``q`` finds, by kind of record; the exact code of one body leads straight to its page."""
    text = request.GET.get("q", "").replace("\x00", "").strip()[:LONGEST]
    code = unicodedata.normalize("NFKC", text).upper()
    if access_organisations(request.user).filter(code=code).exists():
        return redirect("organisation_page", code=code)
    shown: dict[str, Any] = {"q": text}
    if text:
        shown |= _found(request, text)
    else:
        shown["recent"] = list(recent_records(request.user)[:SHOWN])
    return render(request, "console/search.html", shown)


def _found(request: OfficerRequest, text: str) -> dict[str, Any]:
    rows = searched(access_organisations(request.user), text)
    organisations = list(rows.select_related("supervising_unit").order_by("code")[: SHOWN + 1])
    groups: dict[str, Any] = {"organisations": organisations[:SHOWN], "more_organisations": len(organisations) > SHOWN}
    if may(request.user, Permission.VIEW_FINDINGS):
        named = Q(code__iexact=text) | Q(title__contains=text) | Q(document_no__contains=text)
        started = Campaign.objects.filter(state__in=EVER_STARTED)
        groups["campaigns"] = list(started.filter(named).order_by("-starts_on", "code")[:SHOWN])
    if may(request.user, Permission.VIEW_CASES):
        documented = access_cases(request.user).filter(document_no__contains=text)
        related = documented.select_related("finding__organisation", "finding__campaign", "officer")
        cases = list(related.order_by("-opened_on", "-pk")[: SHOWN + 1])
        groups |= {"cases": cases[:SHOWN], "more_cases": len(cases) > SHOWN}
    if may(request.user, Permission.VIEW_FILINGS):
        numbered = access_filings(request.user).filter(number__contains=text).order_by("-number")
        groups["filings"] = list(numbered.select_related("organisation")[:SHOWN])
    return groups | {"found": any(groups.values())}
