"""The watch over associations that stand on their own: what warns, of whom, and leaders who leave office."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from console import decoupling_forms as forms
from console.access import Permission, needs
from console.language import translated
from console.views.decoupling import get
from console.views.decoupling_deeds import METHODS, Page, back_to
from decoupling import rules
from decoupling.actions import aftercare
from decoupling.models import Leader
from decoupling.queries.aftercare import watch, watched

if TYPE_CHECKING:
    from django.http import HttpResponse

    from console.access import OfficerRequest


@require_safe
@needs(Permission.VIEW_FIGURES)
def decoupling_watch(request: OfficerRequest) -> HttpResponse:
    """List the associations accepted as decoupled with what warns of each; ``rule`` leaves those one rule warns of."""
    listings = list(watched())
    found = watch(listings, on=timezone.localdate())
    book = {each.code: each for each in (*rules.aftercare.LEADER, *rules.aftercare.BODY)}
    counted = Counter(code for cautions in found.values() for code in {each.rule.code for each in cautions})
    asked = book.get(request.GET.get("rule", ""))
    rows = [
        (each, found[each.pk])
        for each in listings
        if found[each.pk] and (asked is None or any(caution.rule == asked for caution in found[each.pk]))
    ]
    shown = {
        "rows": rows,
        "watched": len(listings),
        "warned": sum(bool(cautions) for cautions in found.values()),
        "asked": asked,
        "tabs": [(rule, translated(rule.message), counted[code]) for code, rule in book.items() if counted[code]],
    }
    return render(request, "console/decoupling_watch.html", shown)


@METHODS
@needs(Permission.HANDLE_DECOUPLING)
def decoupling_leave_office(request: OfficerRequest, code: str, pk: int) -> HttpResponse:
    """Say that a leader of an association has left office."""
    listing = get(request, code)
    leader = get_object_or_404(Leader.objects.filter(listing=listing), pk=pk)
    name = _("登记离任：%(who)s") % {"who": f"{leader.name} {translated(leader.get_post_display())}"}
    page = Page(request, listing.organisation, name, rules.aftercare.ENTER_AFTERCARE, back_to(listing.organisation))
    form = forms.LeaveForm(request.POST if request.method == "POST" else None, listing=listing)
    if leader.left_on is not None:
        return page.closed(_("该负责人已登记离任"), form)
    return page.answered(form, lambda told: aftercare.leave_office(leader_id=leader.pk, by=request.user, **told))
