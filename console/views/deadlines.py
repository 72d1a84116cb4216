"""Deadlines: the list of those that run, and the page of one with what may be done about it."""

from __future__ import annotations

from dataclasses import dataclass
from http import HTTPStatus
from typing import TYPE_CHECKING, Any

from django import forms
from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from console.access import Permission, access_deadlines, may, needs, roles_with
from console.deadline_filters import STANDINGS, DeadlineFilter
from console.deadline_words import limit
from console.labels import together
from console.language import translated
from console.paging import Order, page
from console.views.work import posts
from registry import rules
from registry.actions import deadline as verbs
from registry.models import Deadline, Event, User
from registry.queries.deadlines import running, standing, standings
from registry.states import OFFICERS
from worker.queries.records import records_of

if TYPE_CHECKING:
    from django.http import HttpResponse
    from django.utils.functional import _StrPromise

    from console.access import Guarded, OfficerRequest

BY_DUE = Order(("due_on", "pk"))


class ReasonForm(forms.Form):
    """Why, in the officer's words; an empty one is refused by the rule itself."""

    reason = forms.CharField(
        label=gettext_lazy("理由或者文书"),
        required=False,
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 3, "maxlength": 500}),
    )


@dataclass(frozen=True, slots=True)
class Verb:
    """How the page names what may be done, which rules guard it, and what it says when it is done."""

    name: _StrPromise
    done: _StrPromise
    guards: tuple[rules.Rule[Any], ...]
    asks_reason: bool = True


VERBS: dict[str, Verb] = {
    "extend": Verb(gettext_lazy("延长期限"), gettext_lazy("已延长期限。"), rules.EXTEND_DEADLINE),
    "suspend": Verb(gettext_lazy("中止计算"), gettext_lazy("已中止计算。"), rules.SUSPEND_DEADLINE),
    "resume": Verb(gettext_lazy("恢复计算"), gettext_lazy("已恢复计算。"), rules.RESUME_DEADLINE, asks_reason=False),
    "waive": Verb(gettext_lazy("免除期限"), gettext_lazy("已免除期限。"), (*rules.WAIVE_DEADLINE, *rules.END_DEADLINE)),
}


@dataclass(frozen=True, slots=True)
class Choice:
    """Something the page offers: its form if this officer may do it, and what closes it for now."""

    verb: str
    name: str
    form: ReasonForm | None
    asks_reason: bool
    closed_because: tuple[str, ...]
    is_tried: bool


@require_safe
@needs(Permission.VIEW_DEADLINES)
def deadline_list(request: OfficerRequest) -> HttpResponse:
    """List the deadlines that run, the first to fall due first, each with its record and whoever carries it."""
    today = timezone.localdate()
    reach = access_deadlines(request.user) & running(on=today)
    officers = User.objects.filter(is_active=True, role__in=OFFICERS).order_by("pk")
    asked = DeadlineFilter(request.GET, today=today, officers=officers)
    rows = asked.rows(reach).select_related("organisation")
    found = page(rows, BY_DUE, after=request.GET.get("after", ""), before=request.GET.get("before", ""))
    records = records_of(found.rows)
    people = User.objects.in_bulk({each.carrier_id for each in records.values() if each.carrier_id})
    listed = [
        (
            limit(each, on=today),
            records[each.deadline.subject],
            people.get(records[each.deadline.subject].carrier_id or 0),
        )
        for each in standings(found.rows, on=today)
    ]
    counted = asked.counts(reach)
    tabs = [
        {"value": word, "label": label, "count": counted[word or "all"], "chosen": word == asked.chosen}
        for word, label in STANDINGS.items()
    ]
    shown = {"form": asked, "page": found, "listed": listed, "tabs": tabs, "total": counted[asked.chosen or "all"]}
    return render(request, "console/deadline_list.html", shown)


@require_safe
@needs(Permission.VIEW_DEADLINES)
def deadline_page(request: OfficerRequest, pk: int) -> HttpResponse:
    """Show one deadline: until when, from which day, on what basis, what became of it and what may be done."""
    return _shown(request, _get(request, pk))


def _acting(verb: str) -> Guarded[[int]]:
    @posts
    @needs(Permission.MANAGE_DEADLINE)
    def act(request: OfficerRequest, pk: int) -> HttpResponse:
        deadline = _get(request, pk)
        if request.method != "POST":
            return redirect("deadline_page", pk=pk)
        form = ReasonForm(request.POST)
        form.is_valid()
        try:
            _done(verb, deadline, form.cleaned_data.get("reason", ""), request.user)
        except rules.Refused as refused:
            return _shown(request, _get(request, pk), tried=(verb, form, [translated(each) for each in refused.broken]))
        messages.success(request, VERBS[verb].done)
        return redirect("deadline_page", pk=pk)

    return act


ACTS = {verb: _acting(verb) for verb in VERBS}


def _done(verb: str, deadline: Deadline, reason: str, by: User) -> Event:
    common: dict[str, Any] = {"deadline_id": deadline.pk, "by": by, "on": timezone.localdate()}
    if verb == "extend":
        return verbs.extend_deadline(**common, document=reason)
    if verb == "suspend":
        return verbs.suspend_deadline(**common, reason=reason)
    return verbs.waive_deadline(**common, reason=reason) if verb == "waive" else verbs.resume_deadline(**common)


def _get(request: OfficerRequest, pk: int) -> Deadline:
    rows = access_deadlines(request.user).select_related("organisation", "extended_by", "waived_by")
    return get_object_or_404(rows, pk=pk)


def _shown(
    request: OfficerRequest, deadline: Deadline, *, tried: tuple[str, ReasonForm, list[str]] | None = None
) -> HttpResponse:
    today = timezone.localdate()
    found = {
        "deadline": deadline,
        "limit": limit(standing(deadline, on=today), on=today) if deadline.is_running else None,
        "record": records_of([deadline])[deadline.subject],
        "choices": _choices(request, deadline, tried),
        "tried": tried,
        "refused": tried[2] if tried else [],
        "done_by": together(translated(role.label) for role in roles_with(Permission.MANAGE_DEADLINE)),
    }
    status = HTTPStatus.UNPROCESSABLE_ENTITY if tried else HTTPStatus.OK
    return render(request, "console/deadline_page.html", found, status=status)


def _choices(
    request: OfficerRequest, deadline: Deadline, tried: tuple[str, ReasonForm, list[str]] | None
) -> list[Choice]:
    """Return what law lets happen to a running deadline of a body on the register; nothing for what has ended."""
    if not deadline.is_running or deadline.organisation is None:
        return []
    possible = {
        "extend": bool(deadline.book.extension) and deadline.suspended_on is None,
        "suspend": bool(deadline.book.suspension) and deadline.suspended_on is None,
        "resume": deadline.suspended_on is not None,
        "waive": deadline.book.waivable,
    }
    return [_choice(request, verb, deadline, tried) for verb, is_possible in possible.items() if is_possible]


def _choice(
    request: OfficerRequest, verb: str, deadline: Deadline, tried: tuple[str, ReasonForm, list[str]] | None
) -> Choice:
    is_tried = tried is not None and tried[0] == verb
    facts = deadline.facts(reason="—")
    return Choice(
        verb=verb,
        name=str(VERBS[verb].name),
        form=(tried[1] if tried and is_tried else ReasonForm())
        if may(request.user, Permission.MANAGE_DEADLINE)
        else None,
        asks_reason=VERBS[verb].asks_reason,
        closed_because=tuple(
            translated(each) for each in rules.broken(VERBS[verb].guards, facts, on=timezone.localdate())
        ),
        is_tried=is_tried,
    )
