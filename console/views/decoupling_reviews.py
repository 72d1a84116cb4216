"""回头看: rounds, whom each looks at, and what it finds."""

from __future__ import annotations

from functools import partial
from http import HTTPStatus
from typing import TYPE_CHECKING, Any

from django import forms
from django.contrib import messages
from django.db.models import Count, Prefetch, Q
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_safe
from django_fsm import TransitionNotAllowed

from console import collisions
from console.access import Permission, may, needs
from console.decoupling_forms import choices
from console.deed_forms import line, reason_field
from console.language import translated
from console.work_forms import DayField
from decoupling.actions import review
from decoupling.models import ChecklistItem, ItemStatus, Rectification, ReviewRound, Revisit
from decoupling.states import SETTLED, Extent, Finding
from registry.actions.ledger import Stale
from registry.actions.seen import upon_version
from registry.rulebook import Refused

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.http import HttpResponse

    from console.access import OfficerRequest
    from registry.models import Event

METHODS = require_http_methods(["GET", "HEAD", "POST"])


class RoundForm(forms.Form):
    """A round about to begin."""

    title = line(gettext_lazy("名称"))
    document_no = line(gettext_lazy("部署文号"))
    extent = forms.ChoiceField(label=gettext_lazy("范围"), widget=forms.RadioSelect, initial=Extent.ALL)
    size = forms.IntegerField(label=gettext_lazy("抽查家数"), required=False, min_value=1)
    seed = line(
        gettext_lazy("抽取用字串"),
        help_text=gettext_lazy("抽查时填写一个公开的字串，如部署文号；按它计算抽取名单，任何人可以重算。"),
    )
    on = DayField(gettext_lazy("开始日期"))

    def __init__(self, data: Any = None) -> None:
        """Offer the extents and today."""
        super().__init__(data, initial={"on": timezone.localdate(), "extent": Extent.ALL})
        self.fields["extent"].choices = choices(Extent.choices)  # type: ignore[attr-defined]  # a choice field


class SoundForm(forms.Form):
    """Nothing found."""

    version = forms.IntegerField(required=False, widget=forms.HiddenInput)
    note = reason_field(gettext_lazy("核查情况"))
    on = DayField(gettext_lazy("核查日期"))


class ProblemForm(forms.Form):
    """An item found wanting."""

    version = forms.IntegerField(required=False, widget=forms.HiddenInput)
    code = forms.ChoiceField(label=gettext_lazy("事项"))
    problem = reason_field(gettext_lazy("发现的问题"))
    due_on = DayField(gettext_lazy("整改期限"))
    on = DayField(gettext_lazy("发现日期"))

    def __init__(self, data: Any, revisit: Revisit) -> None:
        """Offer the settled items."""
        super().__init__(data, initial={"on": timezone.localdate(), "version": revisit.listing.organisation.version})
        settled = ItemStatus.objects.filter(listing=revisit.listing_id, state__in=SETTLED).values("item")
        rows = ChecklistItem.objects.filter(pk__in=settled).order_by("code")
        self.fields["code"].choices = [(each.code, f"{each.code} {translated(each.title)}") for each in rows]  # type: ignore[attr-defined]  # a choice field


class CloseForm(forms.Form):
    """The end of a round."""

    conclusion = reason_field(gettext_lazy("结论"))
    on = DayField(gettext_lazy("结束日期"))


@METHODS
@needs(Permission.VIEW_FIGURES)
def decoupling_reviews(request: OfficerRequest) -> HttpResponse:
    """List the rounds; begin one."""
    allowed = may(request.user, Permission.REVIEW_DECOUPLED)
    sent = request.method == "POST" and allowed
    form = RoundForm(request.POST if sent else None)
    refused: list[str] = []
    if sent and form.is_valid():
        told = {**form.cleaned_data, "on": form.cleaned_data["on"] or timezone.localdate()}
        try:
            made = review.begin_round(by=request.user, **told)
        except Refused as error:
            refused = [translated(str(each)) for each in error.broken]
        else:
            messages.success(request, _("已开始，核查名单已经确定"))
            return redirect("decoupling_review", pk=made.pk)
    rounds = ReviewRound.objects.annotate(
        all=Count("revisits"), pending=Count("revisits", filter=Q(revisits__finding=Finding.PENDING))
    ).order_by("-began_on", "-pk")
    shown = {"rounds": list(rounds), "form": form if allowed else None, "refused": refused}
    status = HTTPStatus.UNPROCESSABLE_ENTITY if sent else HTTPStatus.OK
    return render(request, "console/decoupling_reviews.html", shown, status=status)


@require_safe
@needs(Permission.VIEW_FIGURES)
def decoupling_review(request: OfficerRequest, pk: int) -> HttpResponse:
    """Show a round: whom it looks at, what was found, and how it may be drawn again."""
    return _shown(request, pk)


def _shown(
    request: OfficerRequest, pk: int, *, tried: tuple[str, forms.Form] | None = None, refused: list[str] | None = None
) -> HttpResponse:
    found = get_object_or_404(ReviewRound.objects.select_related("began_by", "closed_by"), pk=pk)
    rows = (
        found.revisits.select_related("listing__organisation", "checked_by")
        .prefetch_related(
            Prefetch("rectifications", Rectification.objects.select_related("status__item").order_by("pk"))
        )
        .order_by("listing__organisation__code")
    )
    allowed = may(request.user, Permission.REVIEW_DECOUPLED) and found.closed_on is None
    shown = {
        "round": found,
        "rows": list(rows),
        "allowed": allowed,
        "close": tried[1] if tried else CloseForm(initial={"on": timezone.localdate()}),
        "refused": refused or [],
    }
    status = HTTPStatus.UNPROCESSABLE_ENTITY if tried else HTTPStatus.OK
    if tried and found.closed_on is not None:
        status, shown["written"] = HTTPStatus.CONFLICT, collisions.written(tried[1])
    return render(request, "console/decoupling_review.html", shown, status=status)


@METHODS
@needs(Permission.REVIEW_DECOUPLED)
def decoupling_review_close(request: OfficerRequest, pk: int) -> HttpResponse:
    """Close a round."""
    get_object_or_404(ReviewRound, pk=pk)
    if request.method != "POST":
        return redirect("decoupling_review", pk=pk)
    form = CloseForm(request.POST)
    if not form.is_valid():
        return _shown(request, pk, tried=("close", form))
    told = {**form.cleaned_data, "on": form.cleaned_data["on"] or timezone.localdate()}
    try:
        review.close_round(round_id=pk, by=request.user, **told)
    except Refused as error:
        return _shown(request, pk, tried=("close", form), refused=[translated(str(each)) for each in error.broken])
    messages.success(request, _("回头看已结束"))
    return redirect("decoupling_review", pk=pk)


@METHODS
@needs(Permission.REVIEW_DECOUPLED)
def decoupling_revisit(request: OfficerRequest, pk: int) -> HttpResponse:
    """Enter what was found of one association: nothing, or an item wanting."""
    revisit = get_object_or_404(Revisit.objects.select_related("review", "listing__organisation"), pk=pk)
    which = request.POST.get("which", "") if request.method == "POST" else ""
    body = revisit.listing.organisation
    seen_now = {"on": timezone.localdate(), "version": body.version}
    sound = SoundForm(request.POST if which == "sound" else None, initial=seen_now)
    problem = ProblemForm(request.POST if which == "problem" else None, revisit)
    verbs: dict[str, tuple[forms.Form, Callable[..., object]]] = {
        "sound": (sound, review.find_sound),
        "problem": (problem, review.find_problem),
    }
    refused: list[str] = []
    done_before: list[Event] = []
    if which in verbs and verbs[which][0].is_valid():
        form, act = verbs[which]
        told = {**form.cleaned_data, "on": form.cleaned_data["on"] or timezone.localdate()}
        seen = told.pop("version")
        try:
            upon_version(body.pk, seen, partial(act, revisit_id=pk, by=request.user, **told))
        except Stale as stale:
            done_before = collisions.since(body, seen or 0)
            collisions.renew(form, stale.record.version)
        except Refused as error:
            refused = [translated(str(each)) for each in error.broken]
        except TransitionNotAllowed:
            refused = [_("该事项已在整改中")]
        else:
            messages.success(request, _("已登记核查结果"))
            return redirect("decoupling_review", pk=revisit.review_id)
    status = HTTPStatus.CONFLICT if done_before else HTTPStatus.UNPROCESSABLE_ENTITY if which else HTTPStatus.OK
    shown = {
        "revisit": revisit,
        "organisation": body,
        "sound": sound,
        "problem": problem,
        "refused": refused,
        "done_before": collisions.told(done_before),
    }
    return render(request, "console/decoupling_revisit.html", shown, status=status)
