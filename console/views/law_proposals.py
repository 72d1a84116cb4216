"""Proposed changes of the law: the list, the page of one with what it would move, and the decisions about it."""

from __future__ import annotations

from functools import partial
from http import HTTPStatus
from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.db.models import Count, Q
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe
from django_fsm import TransitionNotAllowed

from console.access import Permission, access_law_proposals, needs
from console.labels import day
from console.language import translated
from console.law_effects import KINDS, Drift, effect_sheet, of_kind, tell_effects
from console.law_forms import STATES
from console.law_steps import VERBS, choices
from console.law_words import BADGES, tell, tell_changes
from console.made_files import made
from console.paging import Order, page
from registry.actions import law_proposal as proposal_actions
from registry.exports import write_csv
from registry.queries import law_proposals
from registry.rulebook import Refused
from registry.rules import effect_is_as_seen
from worker.actions import law

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.http import HttpResponse

    from console.access import OfficerRequest
    from console.law_forms import DecisionForm
    from registry.models import LawProposal

acts = require_http_methods(["GET", "HEAD", "POST"])

LATEST_FIRST = Order(("pk",), descending=True)
BY_PLACE = Order(("place", "pk"))


# --- showing --------------------------------------------------------------------------------------------------------


@require_safe
@needs(Permission.VIEW_LAW)
def law_proposal_list(request: OfficerRequest) -> HttpResponse:
    """List the proposals, the latest first."""
    chosen = request.GET.get("state", "")
    reach = access_law_proposals(request.user)
    counted = reach.aggregate(
        all=Count("pk"), **{value: Count("pk", filter=Q(state=value)) for value, _label in STATES if value}
    )
    rows = reach.select_related("proposed_by", "ended_by").prefetch_related("changes")
    if chosen in counted:
        rows = rows.filter(state=chosen)
    found = page(rows, LATEST_FIRST, after=request.GET.get("after", ""), before=request.GET.get("before", ""))
    tabs = [
        {"value": value, "label": label, "count": counted[value or "all"], "chosen": value == chosen}
        for value, label in STATES
    ]
    listed = [(each, BADGES[each.state], tell_changes(each.changes.all())) for each in found.rows]
    shown = {"page": found, "tabs": tabs, "listed": listed, "total": counted.get(chosen or "all", counted["all"])}
    return render(request, "console/law_proposal_list.html", shown)


@require_safe
@needs(Permission.VIEW_LAW)
def law_proposal_page(request: OfficerRequest, pk: int) -> HttpResponse:
    """Show one proposal: what would stand, what would move, what may be decided."""
    return _shown(request, _get(request, pk))


@require_safe
@needs(Permission.VIEW_LAW)
def law_proposal_effects(request: OfficerRequest, pk: int) -> HttpResponse:
    """Give everything a proposal moves, or would move, as a file."""
    proposal = _get(request, pk)
    return made(f"影响范围-{proposal.pk}.csv", partial(write_csv, sheet=effect_sheet(proposal)))


def _get(request: OfficerRequest, pk: int) -> LawProposal:
    rows = access_law_proposals(request.user).select_related("proposed_by", "confirmed_by", "ended_by", "run")
    return get_object_or_404(rows, pk=pk)


def _shown(
    request: OfficerRequest,
    proposal: LawProposal,
    *,
    tried: tuple[str, DecisionForm] | None = None,
    refused: list[str] | None = None,
    drift: Drift | None = None,
    status: int = HTTPStatus.OK,
) -> HttpResponse:
    """Return the page of a proposal; after a refusal with the reasons, and with what was written in the form."""
    offered = choices(proposal, request.user, on=timezone.localdate(), tried=tried)
    closed = tried is not None and not any(each.is_tried and each.form for each in offered)
    shown = {
        "proposal": proposal,
        "badge": BADGES[proposal.state],
        "changes": tell_changes(proposal.changes.all()),
        "is_wide": law_proposals.is_wide(proposal),
        "is_confirmed": bool(proposal.effect_digest) and proposal.confirmed_digest == proposal.effect_digest,
        "share": f"{proposal.bodies / proposal.existing:.1%}" if proposal.existing else "0%",
        "told": tell(proposal.events.select_related("by").order_by("-seq")),
        "choices": offered,
        "tried": tried,
        "kept": tried[1]["reason"].value() if tried is not None and closed else "",
        "refused": refused or [],
        "drift": drift,
        **_effects(request, proposal),
    }
    return render(request, "console/law_proposal_page.html", shown, status=status)


def _effects(request: OfficerRequest, proposal: LawProposal) -> dict[str, Any]:
    """Return a page of what a proposal moves, and how much of each kind there is."""
    kind = request.GET.get("stage", "")
    counted = proposal.effects.aggregate(all=Count("pk"), **{name: Count("pk", filter=of_kind(name)) for name in KINDS})
    rows = proposal.effects.filter(of_kind(kind)) if kind in KINDS else proposal.effects.all()
    after, before = (request.GET.get(name, "") for name in ("after", "before"))
    found = page(rows.select_related("organisation"), BY_PLACE, after=after, before=before)
    named = [("", _("全部"), "all"), *((name, label, name) for name, (label, _starts) in KINDS.items())]
    tabs = [
        {"value": value, "label": label, "count": counted[key], "chosen": value == kind} for value, label, key in named
    ]
    later = proposal.effects.exclude(on=None).order_by("on").values_list("on")
    return {
        "page": found,
        "effects": tell_effects(found.rows),
        "tabs": tabs,
        "count": counted["all"],
        "later": later.annotate(bodies=Count("organisation", distinct=True)),
        "at_once": proposal.effects.filter(on=None).aggregate(bodies=Count("organisation", distinct=True))["bodies"],
    }


# --- deciding -------------------------------------------------------------------------------------------------------


@acts
@needs(Permission.PROPOSE_LAW)
def law_proposal_preview(request: OfficerRequest, pk: int) -> HttpResponse:
    """Judge anew what an undecided proposal would move."""
    proposal = _get(request, pk)
    if request.method != "POST":
        return redirect("law_proposal_page", pk=pk)
    try:
        law.preview(proposal_id=proposal.pk, on=timezone.localdate())
    except Refused as refused:
        return _shown(request, proposal, refused=_said(refused), status=HTTPStatus.UNPROCESSABLE_ENTITY)
    except TransitionNotAllowed:
        messages.warning(request, _("已经决定，影响范围不再变动。"))
    else:
        messages.success(request, _("影响范围已重新列明。"))
    return redirect("law_proposal_page", pk=pk)


@acts
@needs(Permission.APPROVE_LAW)
def law_proposal_approve(request: OfficerRequest, pk: int) -> HttpResponse:
    """Approve, and recalculate what rests on the law."""
    return _decide(request, pk, "approve", law.approve)


@acts
@needs(Permission.CONFIRM_LAW)
def law_proposal_confirm(request: OfficerRequest, pk: int) -> HttpResponse:
    """Let a wide effect be approved."""
    return _decide(request, pk, "confirm", proposal_actions.confirm)


@acts
@needs(Permission.APPROVE_LAW)
def law_proposal_reject(request: OfficerRequest, pk: int) -> HttpResponse:
    """Turn a proposal down."""
    return _decide(request, pk, "reject", proposal_actions.reject)


@acts
@needs(Permission.PROPOSE_LAW)
def law_proposal_withdraw(request: OfficerRequest, pk: int) -> HttpResponse:
    """Take a proposal back."""
    return _decide(request, pk, "withdraw", proposal_actions.withdraw)


def _decide(request: OfficerRequest, pk: int, verb: str, act: Callable[..., object]) -> HttpResponse:
    proposal = _get(request, pk)
    if request.method != "POST":
        return redirect("law_proposal_page", pk=pk)
    form = VERBS[verb].form(proposal, verb, request.POST)
    form.is_valid()
    try:
        act(proposal_id=pk, by=request.user, on=timezone.localdate(), **form.told())
    except Refused as refused:
        return _unmet(request, proposal, verb, form, refused)
    except TransitionNotAllowed:
        proposal = _get(request, pk)
        said = _("没有办理：%(by)s已于%(on)s将该变动办为“%(state)s”。") % {
            "by": proposal.ended_by,
            "on": day(proposal.ended_on),
            "state": translated(proposal.get_state_display()),
        }
        return _shown(request, proposal, tried=(verb, form), refused=[said], status=HTTPStatus.CONFLICT)
    messages.success(request, str(VERBS[verb].done))
    return redirect("law_proposal_page", pk=pk)


def _unmet(
    request: OfficerRequest, proposal: LawProposal, verb: str, form: DecisionForm, refused: Refused
) -> HttpResponse:
    """Answer in the rules' words; where the effect has changed since it was seen, show the new one beside the old."""
    if effect_is_as_seen not in refused.broken:
        status = HTTPStatus.UNPROCESSABLE_ENTITY
        return _shown(request, proposal, tried=(verb, form), refused=_said(refused), status=status)
    before = Drift.of(proposal)
    law.preview(proposal_id=proposal.pk, on=timezone.localdate())
    proposal = _get(request, proposal.pk)
    form.about(proposal)
    drift = before.until(proposal)
    return _shown(
        request, proposal, tried=(verb, form), refused=_said(refused), drift=drift, status=HTTPStatus.CONFLICT
    )


def _said(refused: Refused) -> list[str]:
    return [translated(each) for each in refused.broken]
