"""Entering an application: choosing what it is, and writing down what is applied for with which documents."""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods
from django_fsm import TransitionNotAllowed

from console.access import Permission, access_organisations, needs
from console.filing_forms import ContentForm, NewForm, blame
from console.filing_steps import VERBS, is_of_a_body, may_write
from console.filing_words import since
from console.labels import together
from console.language import translated
from console.views.filings import get
from registry.actions import filing as filing_actions
from registry.actions.filing_draft import begin
from registry.actions.ledger import Stale
from registry.identifiers import InvalidCode, validate_uscc
from registry.queries import filings
from registry.queries.filing_documents import unsettled
from registry.queries.proposals import absent, column
from registry.rulebook import Refused

if TYPE_CHECKING:
    from django.http import HttpResponse

    from console.access import OfficerRequest
    from console.filing_words import Told
    from registry.models import Filing, FilingStep, Organisation, User

enters = require_http_methods(["GET", "HEAD", "POST"])


@enters
@needs(Permission.HANDLE_FILING)
def filing_new(request: OfficerRequest) -> HttpResponse:
    """Begin an application: of a kind, and for 变更 and 注销 of an organisation."""
    if request.method != "POST":
        given = {name: request.GET[name] for name in ("kind", "code") if request.GET.get(name)}
        body = _body(request.user, given.get("code", ""))
        return render(request, "console/filing_new.html", {"form": NewForm(initial=given), "body": body})
    form = NewForm(request.POST)
    body = None
    if form.is_valid() and is_of_a_body(form.cleaned_data["kind"]):
        body = _body(request.user, form.cleaned_data["code"])
        if body is None:
            form.add_error("code", _("没有找到使用这个代码的组织，请核对后重新填写。"))
    if not form.is_valid():
        shown = {"form": form, "body": body}
        return render(request, "console/filing_new.html", shown, status=HTTPStatus.UNPROCESSABLE_ENTITY)
    filing = begin(
        kind=form.cleaned_data["kind"],
        organisation_id=body.pk if body else None,
        by=request.user,
        on=timezone.localdate(),
    )
    return redirect("filing_edit", pk=filing.pk)


@enters
@needs(Permission.HANDLE_FILING)
def filing_edit(request: OfficerRequest, pk: int) -> HttpResponse:
    """Write down what is applied for, and tell about each document; then hand it in, if that was asked for."""
    filing = get(request.user, pk)
    if request.method != "POST":
        may = may_write(filing, request.user)
        return _shown(request, filing, ContentForm(filing)) if may else redirect("filing_page", pk=pk)
    form = ContentForm(filing, request.POST)
    if not form.is_valid():
        return _shown(request, filing, form, status=HTTPStatus.UNPROCESSABLE_ENTITY)
    try:
        saved = _save(request, filing, form)
    except Stale:
        return _collided(request, form)
    except (Refused, ValidationError) as error:
        return _unsaved(request, form, error)
    return _saved(request, pk, is_changed=saved is not None)


def _saved(request: OfficerRequest, pk: int, *, is_changed: bool) -> HttpResponse:
    """Go on after saving: hand it in, or look at it again."""
    if request.POST.get("then") == "submit":
        return _submitted(request, pk)
    messages.success(request, _("已保存。") if is_changed else _("内容没有变动。"))
    return redirect("filing_edit", pk=pk)


def _unsaved(request: OfficerRequest, form: ContentForm, error: Refused | ValidationError) -> HttpResponse:
    """Answer with the rules' own words, or beside the field that cannot be read."""
    refused = [] if isinstance(error, ValidationError) else _words(error)
    if isinstance(error, ValidationError):
        blame(form, error.message_dict)
    return _shown(request, form.filing, form, refused=refused, status=HTTPStatus.UNPROCESSABLE_ENTITY)


def _save(request: OfficerRequest, filing: Filing, form: ContentForm) -> FilingStep | None:
    return filing_actions.save_draft(
        filing_id=filing.pk,
        version=form.cleaned_data["version"],
        by=request.user,
        on=timezone.localdate(),
        applicant=form.cleaned_data["applicant"],
        proposal=form.proposal(),
        documents=form.checklist(),
    )


def _submitted(request: OfficerRequest, pk: int) -> HttpResponse:
    """Hand in what has just been saved; where a rule refuses that, the content stays saved."""
    present = get(request.user, pk)
    try:
        filing_actions.submit(filing_id=pk, by=request.user, on=timezone.localdate(), version=present.version)
    except Refused as refused:
        form = ContentForm(get(request.user, pk))
        return _shown(
            request, form.filing, form, refused=_words(refused), is_saved=True, status=HTTPStatus.UNPROCESSABLE_ENTITY
        )
    except (Stale, TransitionNotAllowed):
        messages.warning(request, _("没有收件：申请刚刚由他人变动，请核对。"))
        return redirect("filing_page", pk=pk)
    messages.success(request, str(VERBS["submit"].done))
    return redirect("filing_page", pk=pk)


def _collided(request: OfficerRequest, form: ContentForm) -> HttpResponse:
    """Answer that somebody saved first: who and what, with the officer's own texts kept on top of it."""
    present = get(request.user, form.filing.pk)
    meanwhile = since(present, form.cleaned_data["version"])
    return _shown(request, present, form.on_top_of(present), meanwhile=meanwhile, status=HTTPStatus.CONFLICT)


def _shown(
    request: OfficerRequest,
    filing: Filing,
    form: ContentForm,
    *,
    refused: list[str] | None = None,
    is_saved: bool = False,
    meanwhile: list[Told] | None = None,
    status: int = HTTPStatus.OK,
) -> HttpResponse:
    can_write = may_write(filing, request.user)
    step = next((each for each in filings.steps(filing, by=request.user, on=timezone.localdate()) if can_write), None)
    shown = {
        "filing": filing,
        "form": form,
        "may_write": can_write,
        "applicant": form["applicant"],
        "unmet": [translated(each) for each in step.broken] if step else [],
        "absent": together(translated(column(name).verbose_name) for name in absent(filing)),
        "unsettled": [translated(title) for title in unsettled(filing)],
        "refused": refused or [],
        "is_saved": is_saved,
        "meanwhile": meanwhile or [],
    }
    return render(request, "console/filing_edit.html", shown, status=status)


def _words(refused: Refused) -> list[str]:
    return [translated(each) for each in refused.broken]


def _body(user: User, code: str) -> Organisation | None:
    """Return the organisation of a code as an officer may type it, within reach of ``user``."""
    try:
        valid = validate_uscc(code)
    except InvalidCode:
        return None
    return access_organisations(user).filter(code=valid).first()
