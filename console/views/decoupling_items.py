"""One item of one association: how it stands, its documents, what may be done about it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.http import Http404
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods, require_safe

from console import decoupling_forms as forms
from console.access import Permission, needs
from console.decoupling_access import access_checklist, answers_for
from console.downloads import attachment
from console.language import translated
from console.views.decoupling import get
from console.views.decoupling_deeds import METHODS, Page
from console.words import tell
from decoupling import rules
from decoupling.actions import item as items
from decoupling.models import Evidence, SignOff
from decoupling.queries.duties import sheet
from decoupling.states import PLAN_APPROVED, Category, ItemState, ListingState
from registry.models import Event, StoredFile
from registry.states import EXISTING

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.http import HttpResponse

    from console.access import Guarded, OfficerRequest
    from decoupling.models import ChecklistItem, Listing
    from decoupling.queries.duties import ItemLine
    from registry.rulebook import Rule

Verb = tuple[Any, type[forms.SeparationForm], "Callable[..., object]", "tuple[Rule[Any], ...]"]

VERBS: dict[str, Verb] = {
    "settle": (_("办结事项"), forms.SettleForm, items.settle, rules.SETTLE_ITEM),
    "attach": (_("归入材料"), forms.AttachForm, items.attach, rules.ATTACH_EVIDENCE),
    "prolong": (_("延长过渡期"), forms.ProlongForm, items.prolong, rules.PROLONG_ITEM),
    "reopen": (_("重新打开"), forms.ReasonForm, items.reopen, rules.REOPEN_ITEM),
}
"""Name, form, action and rules of what is done about an item."""


@require_safe
@needs(Permission.VIEW_DECOUPLING)
def decoupling_item(request: OfficerRequest, code: str, item: str) -> HttpResponse:
    """Show one item: how it stands, the documents filed with it, and everything that happened to it."""
    listing, line = _find(request, code, item)
    told = Event.objects.filter(organisation=listing.organisation, facts__item__code=item)
    shown = {
        "listing": listing,
        "organisation": listing.organisation,
        "item": line.item,
        "line": line,
        "documents": list(
            Evidence.objects.filter(listing=listing, item=line.item).select_related("file__kept_by").order_by("pk")
        ),
        "problems": list(line.status.rectifications.select_related("revisit__review")) if line.status else [],
        "verbs": [(verb, VERBS[verb][0]) for verb in _open(request, listing, line)],
        "timeline": tell(told.select_related("by").order_by("-seq")[:20]),
    }
    return render(request, "console/decoupling_item.html", shown)


def _find(request: OfficerRequest, code: str, item: str) -> tuple[Listing, ItemLine]:
    """Return a listing and one of its items the user may see; 404 for any other."""
    listing = get(request, code)
    wanted: ChecklistItem = get_object_or_404(access_checklist(request.user, listing), code=item)
    line = next((each for each in sheet(listing, on=timezone.localdate()).lines if each.item.pk == wanted.pk), None)
    if line is None:
        raise Http404
    return listing, line


def _open(request: OfficerRequest, listing: Listing, line: ItemLine) -> list[str]:
    """Return the verbs the item as it stands leaves to this user."""
    at_work = listing.state in PLAN_APPROVED and listing.category == Category.LISTED
    if not at_work or listing.organisation.state not in EXISTING or not answers_for(request.user, line.unit):
        return []
    accepted = listing.state == ListingState.ACCEPTED
    may = {
        "settle": not line.is_settled,
        "attach": True,
        "prolong": line.item.is_transitional and line.state == ItemState.DONE,
        "reopen": line.is_settled and not accepted,
    }
    return [verb for verb, open_now in may.items() if open_now]


def _page(verb: str) -> Guarded[[str, str]]:
    @METHODS
    @needs(Permission.SIGN_OFF_DECOUPLING)
    def view(request: OfficerRequest, code: str, item: str) -> HttpResponse:
        listing, line = _find(request, code, item)
        name, form, action, asks = VERBS[verb]
        back = reverse("decoupling_item", args=[code, item])
        page = Page(
            request, listing.organisation, f"{item} {name}", asks, (f"{item} {translated(line.item.title)}", back)
        )
        data, files = (request.POST, request.FILES) if request.method == "POST" else (None, None)
        filled = form(data, files, listing=listing, item=line.item)
        if verb not in _open(request, listing, line):
            return page.closed(gettext("按现在的情况，这一项不能这样办理"), filled)
        return page.answered(
            filled,
            lambda told: action(listing_id=listing.pk, code=item, by=request.user, **told),
        )

    return view


PAGES: dict[str, Guarded[[str, str]]] = {verb: _page(verb) for verb in VERBS}


@require_http_methods(["GET", "HEAD"])
@needs(Permission.VIEW_DECOUPLING)
def decoupling_file(request: OfficerRequest, code: str, pk: int) -> HttpResponse:
    """Hand out a document filed with an item, or the original of a department's word, within the user's reach."""
    listing = get(request, code)
    seen = access_checklist(request.user, listing)
    filed = Evidence.objects.filter(listing=listing, item__in=seen).values("file")
    signed = SignOff.objects.filter(listing=listing, file__isnull=False)
    pairs = set(seen.values_list("heading", "responsible"))
    originals = [each.file_id for each in signed if (each.heading, each.responsible) in pairs]
    stored = get_object_or_404(StoredFile.objects.filter(pk=pk, organisation=listing.organisation))
    if stored.pk not in originals and not filed.filter(file=stored).exists():
        raise Http404
    return attachment(stored)
