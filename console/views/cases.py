"""Cases: the list, the page of one, and its verbs: open, hand over, close."""

from __future__ import annotations

from functools import partial
from http import HTTPStatus
from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.db.models import Count, Q
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe
from django_fsm import TransitionNotAllowed

from cleanup.actions import case as case_actions
from cleanup.queries.progress import read
from cleanup.states import PENALTIES, UNSETTLED, CaseState
from console import case_steps
from console.access import Permission, access_cases, access_findings, may, needs
from console.collisions import renew, since, told, written
from console.filters import CaseFilter
from console.language import translated
from console.notes import panel
from console.paging import page
from console.past import DayForm
from console.treatments import asks, closed_already, closed_because, has_left, options, still_met
from console.views.work import posts
from console.words import tell
from console.work_forms import OpenCaseForm, ReassignForm, close_form
from registry.actions.ledger import Stale
from registry.actions.seen import upon_version
from registry.models import Event, Subject
from registry.queries.deadlines import first_due
from registry.queries.law_proposals import moved
from registry.rulebook import Refused
from registry.states import SubjectKind

if TYPE_CHECKING:
    from django.http import HttpResponse

    from cleanup.models import Case, Finding
    from cleanup.queries.progress import Progress
    from console.access import OfficerRequest
    from console.case_forms import StepFileForm, StepForm


@require_safe
@needs(Permission.VIEW_CASES)
def case_list(request: OfficerRequest) -> HttpResponse:
    """List the cases within reach, filtered by what stands in the address."""
    today = timezone.localdate()
    reach = access_cases(request.user).annotate(due_on=first_due(SubjectKind.CASE, on=today))
    asked = CaseFilter(request.GET)
    rows = asked.rows(reach).select_related("finding__organisation", "finding__campaign", "officer")
    order = asked.orders.order(request.GET.get("order", ""))
    after, before = request.GET.get("after", ""), request.GET.get("before", "")
    found = page(rows, order, after=after, before=before, among=reach)
    counted = asked.but_state(reach).aggregate(
        all=Count("pk"), **{state.value: Count("pk", filter=Q(state=state)) for state in CaseState}
    )
    chosen = request.GET.get("state", "")
    named = [("", _("全部"), "all"), *((state.value, translated(state.label), state.value) for state in CaseState)]
    tabs = [
        {"value": value, "label": label, "count": counted[key], "chosen": value == chosen}
        for value, label, key in named
    ]
    shown = {
        "form": asked,
        "page": found,
        "tabs": tabs,
        "total": counted.get(chosen or "all", counted["all"]),
        "today": today,
    }
    return render(request, "console/case_list.html", shown)


@require_safe
@needs(Permission.VIEW_CASES)
def case_page(request: OfficerRequest, pk: int) -> HttpResponse:
    """Show one case: its clock, what comes next, what closing asks, and what has happened."""
    return show(request, get(request, pk))


@posts
@needs(Permission.HANDLE_CASE)
def case_open(request: OfficerRequest, pk: int) -> HttpResponse:
    """Open a case on a confirmed finding: the lawful treatments, and why the others are not."""
    finding = _finding(request, pk)
    if request.method != "POST":
        if hasattr(finding, "case"):
            return redirect("case_page", pk=finding.case.pk)
        stands = {"officer": request.user.pk, "version": finding.organisation.version}
        return _opening(request, finding, OpenCaseForm(initial=stands))
    form = OpenCaseForm(request.POST)
    form.is_valid()
    asked = form.cleaned_data
    if asked.get("officer") is None and "officer" not in form.errors:
        form.add_error("officer", _("请选择承办人"))
    if asked.get("treatment") not in {each.value for each in options(finding, on=timezone.localdate())}:
        form.add_error("treatment", _("请选择处置方式"))
    if form.errors:
        return _opening(request, finding, form, status=HTTPStatus.UNPROCESSABLE_ENTITY)
    return _open(request, finding, form)


def _open(request: OfficerRequest, finding: Finding, form: OpenCaseForm) -> HttpResponse:
    asked = dict(form.cleaned_data)
    seen = asked.pop("version")
    verb = partial(case_actions.open_case, finding_id=finding.pk, by=request.user, on=timezone.localdate(), **asked)
    try:
        case = upon_version(finding.organisation_id, seen, verb)
    except Refused as refused:
        reasons = [str(each) for each in refused.broken]
        return _opening(request, finding, form, refused=reasons, status=HTTPStatus.UNPROCESSABLE_ENTITY)
    except case_actions.OpenedMeanwhile as other:
        messages.info(request, _("%(why)s，本次提交没有重复立案。") % {"why": translated(other)})
        return redirect("case_page", pk=other.case.pk)
    except Stale as stale:
        renew(form, stale.record.version)
        finding = _finding(request, finding.pk)
        unknown = since(finding.organisation, seen or 0)
        return _opening(request, finding, form, done_before=unknown, status=HTTPStatus.CONFLICT)
    messages.success(request, _("已立案。"))
    return redirect("case_page", pk=case.pk)


def _finding(request: OfficerRequest, pk: int) -> Finding:
    rows = access_findings(request.user).select_related("organisation", "campaign", "case__officer")
    return get_object_or_404(rows, pk=pk)


def _opening(
    request: OfficerRequest,
    finding: Finding,
    form: OpenCaseForm,
    *,
    refused: list[str] | None = None,
    done_before: list[Event] | None = None,
    status: int = HTTPStatus.OK,
) -> HttpResponse:
    found = options(finding, on=timezone.localdate())
    shown = {
        "finding": finding,
        "organisation": finding.organisation,
        "form": form,
        "options": found,
        "is_possible": any(not each.closed_because for each in found),
        "refused": refused or [],
        "done_before": told(done_before or []),
        "case": getattr(finding, "case", None),
        "written": written(form),
    }
    return render(request, "console/case_open.html", shown, status=status)


@posts
@needs(Permission.REASSIGN_CASE)
def case_reassign(request: OfficerRequest, pk: int) -> HttpResponse:
    """Hand a case to another officer."""
    case = get(request, pk)
    if request.method != "POST":
        return redirect("case_page", pk=pk)
    form = ReassignForm(request.POST, case=case)
    if not form.is_valid() or form.cleaned_data["officer"] is None or form.cleaned_data["seen"] is None:
        if not form.errors:
            form.add_error("officer", _("请选择承办人"))
        return show(request, case, reassign=form, status=HTTPStatus.UNPROCESSABLE_ENTITY)
    asked = form.cleaned_data
    verb = partial(
        case_actions.reassign_case,
        case_id=case.pk,
        officer=asked["officer"],
        seen_id=asked["seen"],
        reason=asked["reason"],
        by=request.user,
        on=timezone.localdate(),
    )
    try:
        upon_version(case.finding.organisation_id, asked["version"], verb)
    except Refused as refused:
        return show(request, case, reassign=form, broken=refused, status=HTTPStatus.UNPROCESSABLE_ENTITY)
    except case_actions.ReassignedMeanwhile as other:
        reasons = [translated(other)]
        return show(request, case, reassign=form, refused=reasons, status=HTTPStatus.CONFLICT)
    except Stale as stale:
        renew(form, stale.record.version)
        return _overtaken(request, pk, asked["version"] or 0, reassign=form)
    messages.success(request, _("个案已改派给“%(officer)s”。") % {"officer": asked["officer"]})
    return redirect("case_page", pk=case.pk)


@posts
@needs(Permission.HANDLE_CASE)
def case_close(request: OfficerRequest, pk: int) -> HttpResponse:
    """Close a case with the documents of its treatment."""
    case = get(request, pk)
    if request.method != "POST":
        return redirect("case_page", pk=pk)
    form = close_form(case, request.POST)
    said = [] if _may_close(request, case) else [_("按步骤办理个案；不经步骤的，由审核人补录。")]
    if said or not form.is_valid():
        return show(request, case, close=form, refused=said, status=HTTPStatus.UNPROCESSABLE_ENTITY)
    on = form.cleaned_data["on"] or timezone.localdate()
    reason, seen = form.cleaned_data["reason"], form.cleaned_data["version"]
    verb = partial(case_actions.close_case, case_id=case.pk, by=request.user, on=on, reason=reason, **form.documents())
    try:
        upon_version(case.finding.organisation_id, seen, verb)
    except Refused as refused:
        return show(request, case, close=form, broken=refused, status=HTTPStatus.UNPROCESSABLE_ENTITY)
    except TransitionNotAllowed:
        case = get(request, pk)
        return show(request, case, close=form, refused=[closed_already(case)], status=HTTPStatus.CONFLICT)
    except Stale as stale:
        renew(form, stale.record.version)
        return _overtaken(request, pk, seen or 0, close=form)
    messages.success(request, _("个案已办结。"))
    return redirect("case_page", pk=case.pk)


def _overtaken(request: OfficerRequest, pk: int, version: int, **form: Any) -> HttpResponse:
    """Show the case as it stands with what others recorded since ``version``, and the form with its text."""
    case = get(request, pk)
    unknown = since(case.finding.organisation, version)
    return show(request, case, **form, done_before=unknown, status=HTTPStatus.CONFLICT)


def get(request: OfficerRequest, pk: int) -> Case:
    """Return a case within reach, or 404."""
    rows = access_cases(request.user).select_related(
        "finding__organisation__supervising_unit", "finding__campaign", "finding__decided_by", "officer"
    )
    return get_object_or_404(rows, pk=pk)


def show(
    request: OfficerRequest,
    case: Case,
    *,
    close: Any = None,
    reassign: ReassignForm | None = None,
    broken: Refused | None = None,
    refused: list[str] | None = None,
    done_before: list[Event] | None = None,
    tried: tuple[str, StepForm] | None = None,
    served: list[str] | None = None,
    attach: StepFileForm | None = None,
    pack: DayForm | None = None,
    status: int = HTTPStatus.OK,
) -> HttpResponse:
    """Show the page; a refused form keeps its text and stands beside the reasons: of a step, a service, or the rest."""
    organisation, today = case.finding.organisation, timezone.localdate()
    events = Event.objects.filter(organisation=organisation, facts__case__id=case.pk).select_related("by")
    progress = read(case, case.finding, organisation)
    shown: dict[str, Any] = {
        "case": case,
        "finding": case.finding,
        "organisation": organisation,
        "today": today,
        "is_penalty": case.treatment in PENALTIES,
        "timeline": tell(events.order_by("-on", "-pk")),
        "notes": panel(request.user, organisation, subject=Subject(SubjectKind.CASE, case.pk)),
        "moved": moved(Subject(SubjectKind.CASE, case.pk), Subject(SubjectKind.FINDING, case.finding_id)),
        **_stood_against(broken, refused, done_before),
        "refused_form": _where(reassign=reassign, tried=tried, attach=attach),
        "served": served or [],
        "close": close,
        "reassign": reassign,
        "written": written(reassign or close) if reassign or close else [],
        "pack": pack or DayForm(initial={"on": today}),
        **case_steps.shown(progress, request.user, on=today, tried=tried, attach=attach),
        **_ends(request, case, close, reassign, progress),
    }
    return render(request, "console/case_page.html", shown, status=status)


def _stood_against(
    broken: Refused | None, refused: list[str] | None, done_before: list[Event] | None
) -> dict[str, Any]:
    """Return what stood against a form that was sent: rules, other sentences, or what others did before."""
    return {
        "refused": [translated(each) for each in broken.broken] if broken else refused or [],
        "unmet": broken is not None,
        "done_before": told(done_before or []),
    }


def _where(*, reassign: ReassignForm | None, tried: tuple[str, StepForm] | None, attach: StepFileForm | None) -> str:
    """Return where on the page a refusal stands."""
    if attach:
        return "files"
    return "reassign" if reassign else f"step-{tried[0]}" if tried else "close"


def _may_close(request: OfficerRequest, case: Case) -> bool:
    """Tell whether the user may close the case at once: of a body that has left whoever handles it, else a reviewer."""
    return may(request.user, Permission.HANDLE_CASE if has_left(case) else Permission.RECORD_EXIT)


def _ends(
    request: OfficerRequest, case: Case, close: Any, reassign: ReassignForm | None, progress: Progress
) -> dict[str, Any]:
    """Return what the page needs to hand a case over, and to close it at once where nothing was done by steps yet."""
    shown: dict[str, Any] = {}
    if may(request.user, Permission.REASSIGN_CASE):
        shown["reassign"] = reassign or ReassignForm(case=case)
    if case.state not in UNSETTLED:
        return shown
    today = timezone.localdate()
    shown |= {
        "asks": asks(case),
        "closed_because": closed_because(case, by=request.user, on=today),
        "still": still_met(case, on=today),
        "has_left": has_left(case),
        "closes_at_once": has_left(case) or (not progress.present and _may_close(request, case)),
    }
    if _may_close(request, case):
        shown["close"] = close or close_form(case)
    return shown
