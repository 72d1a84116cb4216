"""The import desk: files received, their columns, the trial, the import and what came of it."""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.db.models import Count
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from console.access import Permission, access_imports, needs
from console.imports import COUNTS, STAGES, VIEWS, ColumnsForm, IssueFilter, UploadForm, stages
from console.language import translated
from console.paging import Order, page
from registry.actions.intake import Unreadable, desk, rows
from registry.models import ImportRun
from registry.queries.imports import with_open_rows
from worker import dispatch

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.http import HttpResponse

    from console.access import OfficerRequest

acts = require_http_methods(["GET", "HEAD", "POST"])

LATEST_FIRST = Order(("started_at", "pk"), descending=True)
BY_ROW = Order(("row", "pk"))


@require_safe
@needs(Permission.VIEW_IMPORTS)
def import_list(request: OfficerRequest) -> HttpResponse:
    """List the imports, latest first, with their counts and what is left to do."""
    runs = with_open_rows(access_imports(request.user).select_related("by"))
    found = page(runs, LATEST_FIRST, after=request.GET.get("after", ""), before=request.GET.get("before", ""))
    for run in found.rows:
        run.badge = STAGES[run.outcome, run.is_trial]
    return render(request, "console/import_list.html", {"page": found})


@acts
@needs(Permission.IMPORT)
def import_new(request: OfficerRequest) -> HttpResponse:
    """Receive a file; what cannot be read is said beside the field and not kept."""
    form = (
        UploadForm(request.POST, request.FILES, user=request.user)
        if request.method == "POST"
        else UploadForm(initial=_asked_for(request), user=request.user)
    )
    if form.is_bound and _too_long(request):
        form.errors["file"] = form.error_class(
            [_("文件超过上限 %(size)s MiB，请拆分后上传") % {"size": desk.LARGEST >> 20}]
        )
    elif form.is_bound and form.is_valid():
        file = form.cleaned_data["file"]
        told = {"what": form.cleaned_data["what"], "file_name": file.name, "content": file}
        try:
            run = desk.upload(**told, by=request.user, on=timezone.localdate())
        except Unreadable as reason:
            form.add_error("file", translated(str(reason)))
        else:
            return redirect("import_columns", pk=run.pk)
    status = HTTPStatus.UNPROCESSABLE_ENTITY if form.errors else HTTPStatus.OK
    return render(request, "console/import_new.html", {"form": form, "stages": stages(None)}, status=status)


def _asked_for(request: OfficerRequest) -> dict[str, str]:
    """Return what the address says the file holds, for a form that is not sent yet."""
    what = request.GET.get("what", "")
    return {"what": what} if what in ImportRun.What.values else {}


def _too_long(request: OfficerRequest) -> bool:
    """Tell whether the file was stopped on its way (`console.uploads`)."""
    length = request.META.get("CONTENT_LENGTH") or "0"
    return "file" not in request.FILES and length.isdigit() and int(length) > desk.LARGEST


@acts
@needs(Permission.IMPORT)
def import_columns(request: OfficerRequest, pk: int) -> HttpResponse:
    """Show what each column is taken for, let the officer say it better, and start the trial."""
    run = get_object_or_404(access_imports(request.user), pk=pk)
    is_settled = run.has_begun or run.is_under_way or not run.file
    if is_settled and request.method != "POST":
        return redirect("import_page", pk=pk)
    form = ColumnsForm(run, request.POST if request.method == "POST" else None)
    faults: list[str] = []
    if form.is_bound and form.is_valid():
        try:
            queued = desk.try_out(import_id=pk, mapping=form.mapping(), **_by(request))
        except desk.StartedMeanwhile as other:
            return _overtaken(request, pk, form, translated(str(other)))
        except desk.NotStartable as reason:
            faults = str(reason).split("；")
        else:
            return _asked(queued)
    elif not form.is_bound:
        faults = desk.faults_of(run, {column.name: column.field for column in form.columns})
    shown = {"faults": faults, "unknown": form.unknown, "is_settled": is_settled}
    status = HTTPStatus.UNPROCESSABLE_ENTITY if form.is_bound else HTTPStatus.OK
    return _columns(request, run, form, shown, status)


def _columns(
    request: OfficerRequest, run: ImportRun, form: ColumnsForm, shown: dict[str, Any], status: int
) -> HttpResponse:
    about = {"run": run, "form": form, "stages": stages(run, at_columns=True)}
    return render(request, "console/import_columns.html", about | shown, status=status)


def _overtaken(request: OfficerRequest, pk: int, form: ColumnsForm, conflict: str) -> HttpResponse:
    """Say who was first; what the officer chose stays on the page, to be sent again where that is still possible."""
    run = access_imports(request.user).get(pk=pk)
    shown = {"conflict": conflict, "is_settled": run.has_begun or run.is_under_way}
    return _columns(request, run, form, shown, HTTPStatus.CONFLICT)


def _by(request: OfficerRequest) -> dict[str, Any]:
    """Return who starts an import, when, and upon which attempt of those that were seen."""
    seen = request.POST.get("seen", "")
    return {"by": request.user, "on": timezone.localdate(), "seen": int(seen) if seen.isdecimal() else None}


@acts
@needs(Permission.IMPORT)
def import_start(request: OfficerRequest, pk: int) -> HttpResponse:
    """Import a file that was tried out."""
    return _go(request, pk, desk.start)


@acts
@needs(Permission.IMPORT)
def import_resume(request: OfficerRequest, pk: int) -> HttpResponse:
    """Go on with a trial or an import that failed or stands still."""
    return _go(request, pk, desk.resume)


@acts
@needs(Permission.IMPORT)
def import_discard(request: OfficerRequest, pk: int) -> HttpResponse:
    """Give up a file that is not imported."""
    get_object_or_404(access_imports(request.user), pk=pk)
    if request.method == "POST":
        try:
            desk.discard(import_id=pk, **_by(request))
        except desk.NotStartable as reason:
            messages.warning(request, translated(str(reason)))
        else:
            messages.success(request, _("已放弃该文件，登记册没有变动。"))
    return redirect("import_page", pk=pk)


def _go(request: OfficerRequest, pk: int, verb: Callable[..., ImportRun]) -> HttpResponse:
    get_object_or_404(access_imports(request.user), pk=pk)
    if request.method != "POST":
        return redirect("import_page", pk=pk)
    try:
        queued = verb(import_id=pk, **_by(request))
    except desk.NotStartable as reason:
        messages.warning(request, translated(str(reason)))
        return redirect("import_page", pk=pk)
    return _asked(queued)


def _asked(run: ImportRun) -> HttpResponse:
    """Hand a queued run to the worker; where nobody can be told it is put back, and its page says so."""
    try:
        dispatch.imports(run=run)
    except dispatch.BrokerUnreachable:
        desk.put_back(
            run=run, reason="消息服务（Redis）连接不上，没有开始。文件和列的对应均已保存，待服务恢复后可以重新开始。"
        )
    return redirect("import_page", pk=run.pk)


@require_safe
@needs(Permission.VIEW_IMPORTS)
def import_page(request: OfficerRequest, pk: int) -> HttpResponse:
    """Show one import: how far it is, its counts, and what there is to say about its rows."""
    run = get_object_or_404(with_open_rows(access_imports(request.user).select_related("by")), pk=pk)
    asked = IssueFilter(request.GET, run)
    issues = asked.rows(run.issues.all()).select_related("resolved_by")
    found = page(issues, BY_ROW, after=request.GET.get("after", ""), before=request.GET.get("before", ""))
    label, tone = STAGES[run.outcome, run.is_trial]
    shown = {
        "run": run,
        "stages": stages(run),
        "label": label,
        "tone": tone,
        "counts": [(name, label, getattr(run, name)) for name, label in COUNTS.items()],
        "has_counts": run.rows_done > 0 or run.outcome == ImportRun.Stage.DONE,
        "moves": run.is_under_way,
        "stands_still": run.is_under_way and not desk.is_under_way(run),
        "may_discard": bool(run.file) and not run.has_begun and not run.is_under_way,
        "may_resume": bool(run.file) and run.outcome == ImportRun.Stage.FAILED,
        "correctable": rows.can_be_corrected(run),
        "form": asked,
        "page": found,
        **_tabs(asked, run),
    }
    return render(request, "console/import_page.html", shown)


def _tabs(asked: IssueFilter, run: ImportRun) -> dict[str, Any]:
    issues: Any = asked.but_stage(run.issues.all())
    counted = issues.aggregate(
        all=Count("pk"), **{key: Count("pk", filter=held) for key, (_label, held) in VIEWS.items()}
    )
    chosen = asked.cleaned_data.get("stage", "")
    named: list[tuple[str, Any, str]] = [
        ("", _("全部"), "all"),
        *((key, label, key) for key, (label, _held) in VIEWS.items()),
    ]
    tabs = [
        {"value": value, "label": label, "count": counted[key], "chosen": value == chosen}
        for value, label, key in named
    ]
    return {"tabs": tabs, "total": counted[chosen or "all"]}
