"""Pages of the deeds about a listed association, its items and its departments' words: one action each."""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods
from django_fsm import TransitionNotAllowed

from console import collisions
from console import decoupling_forms as forms
from console.access import Permission, access_organisations, needs
from console.decoupling_access import access_checklist, answers_for
from console.decoupling_deeds import DEEDS, closed_because
from console.language import translated
from console.moves import citations
from console.views.decoupling import get
from decoupling import rules
from decoupling.actions import listing as listings
from decoupling.actions import sign_off as words
from decoupling.models import Acceptance, Listing
from decoupling.queries.duties import sheet
from decoupling.queries.policies import name_suffixes
from decoupling.states import Heading, Responsible
from registry.actions.ledger import Stale
from registry.actions.seen import upon_version
from registry.actions.stored_file import Unacceptable
from registry.rulebook import Refused
from registry.states import Kind

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from django.http import HttpResponse

    from console.access import Guarded, OfficerRequest
    from console.decoupling_deeds import Deed
    from registry.models import Event, Organisation
    from registry.rulebook import Rule

METHODS = require_http_methods(["GET", "HEAD", "POST"])


def _page(deed: Deed) -> Guarded[[str]]:
    @METHODS
    @needs(deed.permission)
    def view(request: OfficerRequest, code: str) -> HttpResponse:
        listing = get(request, code)
        standing = Acceptance.objects.filter(listing=listing, voided_on__isnull=True).first()
        page = Page(request, listing.organisation, deed.name, deed.asks, back_to(listing.organisation))
        form = deed.form(request.POST if request.method == "POST" else None, listing=listing)
        if closed := closed_because(deed, listing, standing):
            return page.closed(closed, form)
        return page.answered(form, lambda told: deed.action(listing_id=listing.pk, by=request.user, **told))

    return view


class Page:
    """The page of one deed: its form, what it must meet, and after sending either the way on or the refusal."""

    def __init__(
        self,
        request: OfficerRequest,
        organisation: Organisation,
        name: Any,
        asks: Iterable[Rule[Any]],
        back: tuple[str, str],
    ) -> None:
        """Know what is done to whom."""
        self.request, self.organisation, self.name, self.back = request, organisation, str(name), back
        self.asks = list(dict.fromkeys(asks))

    def answered(self, form: forms.SeparationForm, act: Callable[[dict[str, Any]], object]) -> HttpResponse:
        """Show the form, or do what it asks; what is refused comes back with every text kept."""
        if self.request.method != "POST":
            return self.shown(form)
        if not form.is_valid():
            return self.shown(form, status=HTTPStatus.UNPROCESSABLE_ENTITY)
        seen = form.cleaned_data["version"]
        try:
            upon_version(self.organisation.pk, seen, lambda: act(form.told()))
        except Stale as stale:
            done_before = collisions.since(self.organisation, seen or 0)
            collisions.renew(form, stale.record.version)
            return self.shown(form, done_before=done_before, status=HTTPStatus.CONFLICT)
        except Refused as refused:
            return self.shown(form, broken=refused.broken, status=HTTPStatus.UNPROCESSABLE_ENTITY)
        except (Unacceptable, TransitionNotAllowed) as error:
            moved = _("没有办理：本页打开之后已有变动，请返回核对最新情况。")
            form.add_error(None, translated(str(error)) if isinstance(error, Unacceptable) else moved)
            return self.shown(form, status=HTTPStatus.UNPROCESSABLE_ENTITY)
        messages.success(self.request, _("已办理：%(what)s") % {"what": self.name})
        return redirect(self.back[1])

    def closed(self, why: str, form: forms.SeparationForm) -> HttpResponse:
        """Show why it cannot be done; after sending, what others did meanwhile and what was written."""
        if self.request.method != "POST":
            return self.shown(None, closed=why)
        form.is_valid()
        unknown = collisions.since(self.organisation, form.cleaned_data.get("version") or 0)
        written = collisions.written(form)
        return self.shown(None, closed=why, done_before=unknown, status=HTTPStatus.CONFLICT, written=written)

    def shown(
        self,
        form: forms.SeparationForm | None,
        *,
        closed: str = "",
        broken: Iterable[Rule[Any]] = (),
        done_before: Iterable[Event] = (),
        status: int = HTTPStatus.OK,
        **more: Any,
    ) -> HttpResponse:
        """Return the page."""
        cited = citations(code for each in self.asks for code in each.citations)
        failing = {each.code for each in broken}
        facts = {
            "name": self.name,
            "organisation": self.organisation,
            "back": self.back[1],
            "back_text": self.back[0],
            "form": form,
            "closed": closed,
            "refused": [translated(str(each)) for each in broken],
            "done_before": collisions.told(list(done_before)),
            "multipart": form is not None and form.is_multipart(),
            "asks": [
                {
                    "message": each.message,
                    "citation": "；".join(cited[code] for code in each.citations),
                    "is_missing": each.code in failing,
                }
                for each in self.asks
            ],
            **more,
        }
        return render(self.request, "console/decoupling_deed.html", facts, status=status)


def back_to(organisation: Organisation) -> tuple[str, str]:
    """Return the way back to the page of an association: its words and its address."""
    return organisation.name, reverse("decoupling_page", args=[organisation.code])


PAGES: dict[str, Guarded[[str]]] = {verb: _page(deed) for verb, deed in DEEDS.items()}
"""One view for each deed, each with its own permission."""


@METHODS
@needs(Permission.SIGN_OFF_DECOUPLING)
def decoupling_sign_off(request: OfficerRequest, code: str, heading: str, responsible: str) -> HttpResponse:
    """Give a department's word on what it answers for under one separation."""
    listing = get(request, code)
    if heading not in Heading.values or responsible not in Responsible.values:
        raise Http404
    part = sheet(listing, on=timezone.localdate()).part(heading, responsible)
    seen = access_checklist(request.user, listing).filter(heading=heading, responsible=responsible)
    if part is None or not seen.exists() or not answers_for(request.user, part.unit):
        raise Http404
    name = _("会签：%(heading)s") % {"heading": translated(Heading(heading).label)}
    page = Page(request, listing.organisation, name, rules.SIGN_OFF, back_to(listing.organisation))
    own = words.is_own(part, request.user)
    data, files = (request.POST, request.FILES) if request.method == "POST" else (None, None)
    return page.answered(
        forms.SignOffForm(data, files, listing=listing, own=own),
        lambda told: words.sign_off(
            listing_id=listing.pk, heading=heading, responsible=responsible, by=request.user, **told
        ),
    )


@METHODS
@needs(Permission.HANDLE_DECOUPLING)
def decoupling_place(request: OfficerRequest, code: str) -> HttpResponse:
    """Put an organisation on the list: three questions, each with what the answer rests on."""
    organisation = get_object_or_404(access_organisations(request.user), code=code)
    suffixes = name_suffixes(on=timezone.localdate())
    hint = rules.suggested_by_name(organisation.name, suffixes)
    page = Page(request, organisation, _("列入脱钩名单"), rules.PLACE, (_("待认定"), reverse("decoupling_candidates")))
    if Listing.objects.filter(organisation=organisation).exists():
        return page.shown(None, closed=_("该组织已在脱钩名单中，需要变动的请调整类别"))
    form = forms.ScopeFields(
        request.POST if request.method == "POST" else None, listing=Listing(organisation=organisation)
    )
    if request.method != "POST":
        form.initial["registered_as_association"] = organisation.kind == Kind.ASSOCIATION
        return page.shown(form, hint=hint, suffixes=suffixes)
    return page.answered(form, lambda told: listings.place(organisation_id=organisation.pk, by=request.user, **told))
