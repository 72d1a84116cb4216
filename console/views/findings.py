"""Findings: the list, the page of one, and the decisions about it."""

from __future__ import annotations

from functools import partial
from http import HTTPStatus
from typing import TYPE_CHECKING, Any, Protocol

from django.contrib import messages
from django.db.models import Count, Q
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe
from django_fsm import TransitionNotAllowed

from cleanup.actions import finding as finding_actions
from cleanup.queries.explain import explain
from cleanup.queries.verification import with_clocks
from cleanup.queries.wrong_flags import DECIDED
from cleanup.states import LIVE, Criterion, FindingState
from console import labels
from console.access import Permission, access_findings, access_opinions, may, needs
from console.collisions import renew, since, told
from console.decisions import DONE, asks_for_the_test, choices, decided_already, decided_on, moved_already
from console.filters import INCLUDED, STAGES, FindingFilter, in_stages
from console.forms import DecisionForm
from console.notes import panel
from console.paging import page
from registry.actions.ledger import Stale
from registry.actions.seen import upon_version
from registry.models import Subject
from registry.queries.assignments import in_force
from registry.queries.law_proposals import moved
from registry.rulebook import Refused
from registry.states import EXISTING, SubjectKind
from worker.queries.carried import TO_DO

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import date

    from django.db.models import QuerySet
    from django.http import HttpResponse

    from cleanup.models import Finding
    from console.access import OfficerRequest
    from registry.models import Event, User

decides = require_http_methods(["GET", "HEAD", "POST"])
"""A GET of a decision's address, as after signing in anew, only leads back to the finding."""


class Verb(Protocol):
    """An action on a finding."""

    def __call__(self, *, finding_id: int, by: User, on: date, reason: str) -> Event:
        """Carry it out."""


@require_safe
@needs(Permission.VIEW_FINDINGS)
def finding_list(request: OfficerRequest) -> HttpResponse:
    """List the findings within reach, filtered by what stands in the address."""
    reach = access_findings(request.user)
    asked = FindingFilter(request.GET)
    rows = asked.rows(reach).select_related("organisation", "campaign", "case", "decided_by")
    order = asked.orders.order(request.GET.get("order", ""))
    found = page(rows, order, after=request.GET.get("after", ""), before=request.GET.get("before", ""))
    return render(request, "console/finding_list.html", {"form": asked, "page": found, **_counts(asked, reach)})


def _counts(asked: FindingFilter, reach: QuerySet[Finding]) -> dict[str, Any]:
    counted = asked.but_stage(reach).aggregate(
        all=Count("pk"),
        included=Count("pk", filter=in_stages(INCLUDED)),
        to_do=Count("pk", filter=TO_DO),
        decided=Count("pk", filter=Q(state__in=DECIDED)),
        **{stage: Count("pk", filter=condition) for stage, (_label, condition) in STAGES.items()},
    )
    chosen = asked.data.get("stage", "")
    named = [
        ("", _("全部"), "all"),
        ("included", _("已纳入"), "included"),
        *((stage, label, stage) for stage, (label, _condition) in STAGES.items()),
    ]
    tabs = [
        {"value": value, "label": label, "count": counted[key], "chosen": value == chosen}
        for value, label, key in named
    ]
    return {"tabs": tabs, "total": counted.get(chosen or "all", counted["all"])}


@require_safe
@needs(Permission.VIEW_FINDINGS)
def finding_page(request: OfficerRequest, pk: int) -> HttpResponse:
    """Show one finding with the facts it rests on, and what may be decided."""
    finding = _get(request, pk)
    return _shown(request, finding, DecisionForm(initial={"version": finding.organisation.version}))


@decides
@needs(Permission.DECIDE_FINDING)
def finding_confirm(request: OfficerRequest, pk: int) -> HttpResponse:
    """Confirm a finding."""
    return _decide(request, pk, "finding_confirm", finding_actions.confirm, decided_already, "tested_before")


@decides
@needs(Permission.DECIDE_FINDING)
def finding_dismiss(request: OfficerRequest, pk: int) -> HttpResponse:
    """Dismiss a finding."""
    return _decide(request, pk, "finding_dismiss", finding_actions.dismiss, decided_already)


@decides
@needs(Permission.MOVE_STATE)
def finding_mark_dormant(request: OfficerRequest, pk: int) -> HttpResponse:
    """Move the body of a confirmed finding to dormant."""
    return _decide(request, pk, "finding_mark_dormant", finding_actions.mark_dormant, moved_already)


def _decide(
    request: OfficerRequest, pk: int, name: str, verb: Verb, already: Callable[[Finding], str], *more: str
) -> HttpResponse:
    """Make one domain call, told what else of the form it asks for; a refusal keeps the officer's text and says which rule or who came first."""
    finding = _get(request, pk)
    if request.method != "POST":
        return redirect("finding_page", pk=pk)
    form = DecisionForm(request.POST)
    form.is_valid()
    reason, seen = form.cleaned_data.get("reason", ""), form.cleaned_data.get("version")
    told = {each: form.cleaned_data.get(each, "") for each in more}
    decide = partial(verb, finding_id=finding.pk, by=request.user, on=timezone.localdate(), reason=reason, **told)
    try:
        upon_version(finding.organisation_id, seen, decide)
    except Refused as refused:
        return _shown(
            request,
            _get(request, pk),
            form,
            refused=[str(each) for each in refused.broken],
            status=HTTPStatus.UNPROCESSABLE_ENTITY,
        )
    except TransitionNotAllowed:
        finding = _get(request, pk)
        return _shown(request, finding, form, refused=[already(finding)], status=HTTPStatus.CONFLICT)
    except Stale as stale:
        renew(form, stale.record.version)
        finding = _get(request, pk)
        is_open = any(each.url_name == name for each in choices(finding, request.user))
        return _shown(
            request,
            finding,
            form,
            refused=[] if is_open else [already(finding)],
            done_before=since(finding.organisation, seen or 0),
            status=HTTPStatus.CONFLICT,
        )
    messages.success(request, str(DONE[name]))
    return redirect("finding_page", pk=finding.pk)


def _get(request: OfficerRequest, pk: int) -> Finding:
    rows = access_findings(request.user).select_related(
        "organisation__supervising_unit", "campaign", "decided_by", "case__officer"
    )
    return get_object_or_404(rows, pk=pk)


def _shown(
    request: OfficerRequest,
    finding: Finding,
    form: DecisionForm,
    *,
    refused: list[str] | None = None,
    done_before: list[Event] | None = None,
    status: int = HTTPStatus.OK,
) -> HttpResponse:
    today = {
        verdict.criterion: verdict
        for each in explain(finding.organisation, on=timezone.localdate(), campaign=finding.campaign)
        for verdict in each.verdicts
    }
    grounds = [
        {
            "letter": letter,
            "label": Criterion(letter).label,
            "facts": labels.facts(finding.facts.get(letter, {})),
            "today": today.get(Criterion(letter)),
        }
        for letter in finding.criteria
    ]
    shown = {
        "finding": finding,
        "organisation": finding.organisation,
        "decided_on": decided_on(finding),
        "grounds": grounds,
        "choices": choices(finding, request.user),
        "form": form,
        "asks_for_the_test": asks_for_the_test(finding, request.user),
        "refused": refused or [],
        "done_before": told(done_before or []),
        "unmet": status == HTTPStatus.UNPROCESSABLE_ENTITY,
    } | _around(request, finding)
    return render(request, "console/finding_page.html", shown, status=status)


def _around(request: OfficerRequest, finding: Finding) -> dict[str, Any]:
    """Return what stands around the decision: the case or the way to it, who carries the finding, its notes."""
    asked = access_opinions(request.user).filter(finding=finding).select_related("unit")
    case, subject = getattr(finding, "case", None), Subject(SubjectKind.FINDING, finding.pk)
    is_confirmed = finding.state == FindingState.CONFIRMED
    waits = case is None and finding.state in LIVE and finding.organisation.state in EXISTING
    return {
        "case": case,
        "may_open_case": is_confirmed and waits and may(request.user, Permission.HANDLE_CASE),
        "waits": waits,
        "left": is_confirmed and case is None and not waits,
        "carrier": in_force(subject),
        "opinions": with_clocks(asked),
        "may_ask": finding.state == FindingState.OPEN and may(request.user, Permission.RECORD_EVIDENCE),
        "moved": moved(subject, *([Subject(SubjectKind.CASE, case.pk)] if case else [])),
        "notes": panel(request.user, finding.organisation, subject=subject),
    }
