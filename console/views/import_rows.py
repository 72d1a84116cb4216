"""The error desk: one refused row, corrected and imported again or set aside, and all of them as a file."""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from console.access import Permission, access_imports, access_organisations, needs
from console.collisions import written
from console.imports import DropForm, RowForm, refused_sheet
from console.labels import day
from console.language import translated
from console.made_files import table
from console.views.imports import acts
from registry.actions.intake import desk, rows
from registry.identifiers import InvalidCode, validate_uscc
from registry.models import ImportIssue

if TYPE_CHECKING:
    from collections.abc import Iterable

    from django.http import HttpResponse

    from console.access import OfficerRequest
    from registry.actions.intake import Counts, Issue
    from registry.models import ImportRun, Organisation


@require_safe
@needs(Permission.VIEW_IMPORTS)
def import_row(request: OfficerRequest, pk: int, row: int) -> HttpResponse:
    """Show a refused row with its reasons and its cells to correct."""
    return _shown(request, *_get(request, pk, row))


@acts
@needs(Permission.IMPORT)
def import_row_retry(request: OfficerRequest, pk: int, row: int) -> HttpResponse:
    """Import a row as corrected; a new refusal keeps the text and says why."""
    run, issues = _get(request, pk, row)
    if request.method != "POST":
        return redirect("import_row", pk=pk, row=row)
    form = RowForm(run, issues[0].cells, request.POST)
    if not form.is_valid():
        return _shown(request, run, issues, form=form, status=HTTPStatus.UNPROCESSABLE_ENTITY)
    try:
        counts = rows.retry(import_id=pk, row=row, cells=form.cells(), by=request.user, on=timezone.localdate())
    except rows.RowRefused as refused:
        return _shown(request, run, issues, form=form, refused=refused.issues, status=HTTPStatus.UNPROCESSABLE_ENTITY)
    except (rows.RowSettled, desk.NotStartable) as reason:
        return _came_second(request, pk, row, reason, form=form)
    messages.success(request, _taken(row, counts))
    return redirect(f"{reverse('import_page', args=[pk])}?stage=open")


@acts
@needs(Permission.IMPORT)
def import_row_drop(request: OfficerRequest, pk: int, row: int) -> HttpResponse:
    """Set a row aside for good, with a reason."""
    run, issues = _get(request, pk, row)
    if request.method != "POST":
        return redirect("import_row", pk=pk, row=row)
    form = DropForm(request.POST)
    if form.is_valid():
        try:
            rows.drop(import_id=pk, row=row, by=request.user, note=form.cleaned_data["note"])
        except rows.NoReason as reason:
            form.add_error("note", translated(str(reason)))
        except (rows.RowSettled, desk.NotStartable) as reason:
            return _came_second(request, pk, row, reason, drop=form)
        else:
            messages.success(request, _("第 %(row)s 行不再导入，理由已记录。") % {"row": row})
            return redirect(f"{reverse('import_page', args=[pk])}?stage=open")
    return _shown(request, run, issues, drop=form, status=HTTPStatus.UNPROCESSABLE_ENTITY)


@require_safe
@needs(Permission.VIEW_IMPORTS)
def import_refused(request: OfficerRequest, pk: int, form: str) -> HttpResponse:
    """Give the open refused rows with their reasons as a workbook or as text, to be corrected and imported again."""
    run = get_object_or_404(access_imports(request.user), pk=pk)
    if form not in {"csv", "xlsx"}:
        raise Http404
    sheet = refused_sheet(run)
    heading = f"{run.get_what_display()} · {sheet.title}"
    return table(f"{sheet.title}-{run.pk}", sheet, form, heading=heading)


def _get(request: OfficerRequest, pk: int, row: int) -> tuple[ImportRun, list[ImportIssue]]:
    run = get_object_or_404(access_imports(request.user), pk=pk)
    issues = list(rows.refusals(run, row))
    if not issues:
        raise Http404
    return run, issues


def _taken(row: int, counts: Counts) -> str:
    if counts.created:
        told = _("第 %(row)s 行已更正并导入：新增。")
    elif counts.updated:
        told = _("第 %(row)s 行已更正并导入：更新。")
    else:
        told = _("第 %(row)s 行与登记册一致，没有需要变动的内容，已标为处理完毕。")
    said = told % {"row": row}
    return said + _("另有提示，见“请核对”。") if counts.warned else said


def _came_second(
    request: OfficerRequest, pk: int, row: int, reason: rows.RowSettled | desk.NotStartable, **forms: Any
) -> HttpResponse:
    """Say who dealt with the row first, or why none can be; what the officer wrote stays on the page."""
    said = settled(reason.issue) if isinstance(reason, rows.RowSettled) else translated(str(reason))
    return _shown(request, *_get(request, pk, row), **forms, conflict=said, status=HTTPStatus.CONFLICT)


def settled(issue: ImportIssue) -> str:
    """Return who dealt with a row, when and how."""
    told = _("该行已由“%(by)s”于%(on)s处理：%(how)s。本次提交没有重复办理。")
    when = timezone.localdate(issue.resolved_at)
    how = translated(ImportIssue.Resolution(issue.resolution).label)
    return told % {"by": issue.resolved_by, "on": day(when), "how": how}


def _shown(
    request: OfficerRequest,
    run: ImportRun,
    issues: list[ImportIssue],
    *,
    form: RowForm | None = None,
    drop: DropForm | None = None,
    refused: Iterable[Issue] = (),
    conflict: str = "",
    status: int = HTTPStatus.OK,
) -> HttpResponse:
    cells = issues[0].cells
    told: Iterable[Issue | ImportIssue] = tuple(refused) or issues
    form = form or RowForm(run, cells)
    form.mark(told)
    context = {
        "run": run,
        "row": issues[0].row,
        "issues": issues,
        "told": told,
        "first": issues[0],
        "refused_again": bool(refused),
        "conflict": conflict,
        "form": form,
        "drop": drop or DropForm(),
        "written": written(drop) if drop else [],
        "correctable": rows.can_be_corrected(run) and not issues[0].resolution,
        "organisation": _known(request, run, cells),
    }
    return render(request, "console/import_row.html", context, status=status)


def _known(request: OfficerRequest, run: ImportRun, kept: dict[str, str]) -> Organisation | None:
    """Return the organisation on the register that has the row's code."""
    value = next((cell.value for cell in rows.cells_of(run, kept) if cell.field == "code"), "")
    try:
        code = validate_uscc(value)
    except InvalidCode:
        return None
    return access_organisations(request.user).filter(code=code).first()
