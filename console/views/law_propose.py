"""Proposing a change of the law: on a form about one value or provision, or by a file that brings many."""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from console.access import Permission, needs
from console.language import translated
from console.law_forms import CorrectBasisForm, CorrectPolicyForm, EndForm, FileForm, NewValueForm, VerifyForm
from registry.lawbook import BadLawFile
from registry.models import LegalBasis, Policy
from registry.queries import law_changes
from registry.queries.law_changes import title
from registry.rulebook import Refused
from registry.states import LawTable
from worker.actions import law

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from django.http import HttpResponse

    from console.access import OfficerRequest
    from registry.queries.law_changes import Change

acts = require_http_methods(["GET", "HEAD", "POST"])


@acts
@needs(Permission.PROPOSE_LAW)
def law_policy_new(request: OfficerRequest, key: str) -> HttpResponse:
    """Propose a new value of a policy."""
    like = Policy.objects.filter(key=key).order_by("effective_from", "pk").last()
    like = like or get_object_or_404(Policy, key=key)
    form = NewValueForm(key, like, request.POST if request.method == "POST" else None)
    shown = {"title": title(key), "back": key, "forms": [form]}
    return _proposed(request, form if form.is_bound else None, "console/law_propose.html", shown)


@acts
@needs(Permission.PROPOSE_LAW)
def law_policy_change(request: OfficerRequest, pk: int) -> HttpResponse:
    """Propose to correct a value, to end it, or to mark it verified."""
    row = get_object_or_404(Policy, pk=pk)
    asked = [CorrectPolicyForm, EndForm, *([] if row.verified else [VerifyForm])]
    shown = {"title": law_changes.worded(LawTable.POLICY, law_changes.told(row)), "back": row.key}
    return _one_of(request, row, asked, shown)


@acts
@needs(Permission.PROPOSE_LAW)
def law_basis_change(request: OfficerRequest, pk: int) -> HttpResponse:
    """Propose to correct a provision, to end a version, or to mark it verified."""
    row = get_object_or_404(LegalBasis, pk=pk)
    asked = [CorrectBasisForm, EndForm, *([] if row.verified else [VerifyForm])]
    return _one_of(request, row, asked, {"title": row.code, "basis": row})


def _one_of(request: OfficerRequest, row: Any, asked: list[Any], shown: Mapping[str, Any]) -> HttpResponse:
    """Show the ways in which a row may be changed; take the one whose button was pressed."""
    pressed = request.POST.get("do", "")
    ways = [each(row, request.POST if each.slug == pressed else None) for each in asked]
    taken = next((each for each in ways if each.is_bound), None)
    return _proposed(request, taken, "console/law_propose.html", {**shown, "forms": ways, "opened": pressed})


@acts
@needs(Permission.PROPOSE_LAW)
def law_file_new(request: OfficerRequest) -> HttpResponse:
    """Propose the rows of a law file: a new version of a law with its values."""
    form = FileForm(request.POST, request.FILES) if request.method == "POST" else FileForm()
    return _proposed(
        request, form if form.is_bound else None, "console/law_file.html", {"form": form}, file_name=form.name
    )


def _proposed(
    request: OfficerRequest, form: Any, template: str, shown: Mapping[str, Any], *, file_name: str = ""
) -> HttpResponse:
    """Make a proposal of a filled form and lead to it; else show the form, with what stands against it."""
    if form is None:
        return render(request, template, dict(shown))
    refused: list[dict[str, Any]] = []
    if form.is_valid():
        try:
            changes = form.changes()
            reason = form.cleaned_data["reason"]
            made = law.propose(
                changes=changes, by=request.user, on=timezone.localdate(), reason=reason, file_name=file_name[:200]
            )
        except BadLawFile as bad:
            refused = [{"text": fault} for fault in bad.faults]
        except Refused as against:
            refused = _against(against, changes)
            if hasattr(form, "blame"):
                form.blame([each.code for each in against.broken])
        else:
            messages.success(request, _("已提出。请核对影响范围；批准由另一名人员办理。"))
            return redirect("law_proposal_page", pk=made.pk)
    return render(request, template, {**shown, "refused": refused}, status=HTTPStatus.UNPROCESSABLE_ENTITY)


def _against(refused: Refused, changes: Sequence[Change]) -> list[dict[str, Any]]:
    """Return the broken rules in words, each with the rows at fault."""
    found = law_changes.at_fault(refused.broken, changes)
    return [{"text": str(rule), "rows": [translated(name) for name in rows]} for rule, rows in found]
