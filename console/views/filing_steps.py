"""The steps of an application: each address makes one domain call and leads back; a refusal keeps every text."""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods
from django_fsm import TransitionNotAllowed

from console.access import Permission, needs
from console.filing_forms import blame
from console.filing_steps import VERBS, named
from console.filing_words import since
from console.language import translated
from console.views.filings import get, shown
from registry.actions import filing as filing_actions
from registry.actions.ledger import Stale
from registry.queries.filing_facts import code_problem
from registry.rulebook import Refused

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.http import HttpResponse

    from console.access import OfficerRequest
    from console.filing_forms import StepForm
    from registry.models import Filing

steps = require_http_methods(["GET", "HEAD", "POST"])
"""A GET of a step's address, as after signing in anew, only leads back to the application."""

ACTIONS: dict[str, Callable[..., object]] = {
    "submit": filing_actions.submit,
    "accept": filing_actions.accept,
    "return_for_completion": filing_actions.return_for_completion,
    "refuse_acceptance": filing_actions.refuse_acceptance,
    "review": filing_actions.review,
    "extend": filing_actions.extend,
    "approve": filing_actions.approve,
    "deny": filing_actions.deny,
    "withdraw": filing_actions.withdraw,
}


@steps
@needs(Permission.HANDLE_FILING)
def filing_submit(request: OfficerRequest, pk: int) -> HttpResponse:
    """收件."""
    return _take(request, pk, "submit")


@steps
@needs(Permission.HANDLE_FILING)
def filing_accept(request: OfficerRequest, pk: int) -> HttpResponse:
    """受理."""
    return _take(request, pk, "accept")


@steps
@needs(Permission.HANDLE_FILING)
def filing_return_for_completion(request: OfficerRequest, pk: int) -> HttpResponse:
    """退回补正."""
    return _take(request, pk, "return_for_completion")


@steps
@needs(Permission.HANDLE_FILING)
def filing_refuse_acceptance(request: OfficerRequest, pk: int) -> HttpResponse:
    """不予受理."""
    return _take(request, pk, "refuse_acceptance")


@steps
@needs(Permission.REVIEW_FILING)
def filing_review(request: OfficerRequest, pk: int) -> HttpResponse:
    """审查."""
    return _take(request, pk, "review")


@steps
@needs(Permission.EXTEND_FILING)
def filing_extend(request: OfficerRequest, pk: int) -> HttpResponse:
    """延长办理期限: 行政许可法 42 leaves it to the head of the authority."""
    return _take(request, pk, "extend")


@steps
@needs(Permission.DECIDE_FILING)
def filing_approve(request: OfficerRequest, pk: int) -> HttpResponse:
    """准予登记."""
    return _take(request, pk, "approve")


@steps
@needs(Permission.DECIDE_FILING)
def filing_deny(request: OfficerRequest, pk: int) -> HttpResponse:
    """不予登记."""
    return _take(request, pk, "deny")


@steps
@needs(Permission.HANDLE_FILING)
def filing_withdraw(request: OfficerRequest, pk: int) -> HttpResponse:
    """申请人撤回."""
    return _take(request, pk, "withdraw")


def _take(request: OfficerRequest, pk: int, verb: str) -> HttpResponse:
    filing = get(request.user, pk)
    if request.method != "POST":
        return redirect("filing_page", pk=pk)
    form = VERBS[verb].form(filing, verb, request.POST)
    if not form.is_valid():
        return _unmet(request, filing, verb, form)
    told: dict[str, Any] = {**form.told(), "version": form.cleaned_data["version"]}
    try:
        ACTIONS[verb](filing_id=filing.pk, by=request.user, on=timezone.localdate(), **told)
    except Refused as refused:
        _mark(form, refused)
        return _unmet(request, get(request.user, pk), verb, form, [translated(each) for each in refused.broken])
    except ValidationError as error:
        blame(form, error.message_dict)
        return _unmet(request, get(request.user, pk), verb, form)
    except (Stale, TransitionNotAllowed):
        return _overtaken(request, get(request.user, pk), verb, form)
    messages.success(request, str(VERBS[verb].done))
    return redirect("filing_page", pk=pk)


def _unmet(
    request: OfficerRequest, filing: Filing, verb: str, form: StepForm, refused: list[str] | None = None
) -> HttpResponse:
    """Answer that something is still asked for, in the rules' words or beside the fields."""
    return shown(
        request,
        filing,
        tried=(verb, form),
        refused=refused or [_("有内容没有填写或者填写有误，见标明的各项。")],
        status=HTTPStatus.UNPROCESSABLE_ENTITY,
    )


def _overtaken(request: OfficerRequest, filing: Filing, verb: str, form: StepForm) -> HttpResponse:
    """Answer that the application has moved on meanwhile, by whom and how; what was written stays on the page."""
    seen = form.cleaned_data["version"]
    meanwhile = since(filing, filing.version - 1 if seen is None else seen)
    form.about(filing)
    refused = [_("“%(verb)s”没有办理：本页打开之后申请已有变动，或者已经办理过。") % {"verb": named(verb, filing)}]
    if not meanwhile:
        refused = [
            _("“%(verb)s”没有办理：申请现为“%(state)s”，或者该组织的状态不允许。")
            % {"verb": named(verb, filing), "state": translated(filing.get_state_display())}
        ]
    return shown(
        request,
        filing,
        tried=(verb, form),
        refused=refused,
        meanwhile=meanwhile,
        status=HTTPStatus.CONFLICT,
    )


def _mark(form: StepForm, refused: Refused) -> None:
    """Tie each broken rule the form answers to the field that is empty, or holds what cannot be."""
    for rule in refused.broken:
        for name in form.answers.get(rule.code, ()):
            if name == "code":
                form.add_error(name, translated(code_problem(form.cleaned_data[name], form.filing.body_kind)))
            elif name in form.fields and not form.cleaned_data.get(name):
                form.add_error(name, _("请填写“%(label)s”") % {"label": form.fields[name].label})
