"""Refused rows on the desk: corrected and imported alone, or set aside for good."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.db import transaction
from django.utils import timezone

from registry.actions.intake.desk import KINDS, NotStartable
from registry.actions.intake.issues import REFUSED
from registry.actions.intake.run import Job, persistently
from registry.actions.intake.seen import Seen
from registry.models import ImportIssue, ImportRun
from registry.tables import Row, column_names

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import date

    from django.db.models import QuerySet

    from registry.actions.intake.columns import Layout
    from registry.actions.intake.issues import Counts, Issue
    from registry.models import User

IMPORTED, DROPPED = ImportIssue.Resolution.IMPORTED, ImportIssue.Resolution.DROPPED


class RowRefused(ValueError):
    """The row stays out also as corrected; ``issues`` say why."""

    def __init__(self, issues: Sequence[Issue]) -> None:
        """Keep the reasons."""
        super().__init__("；".join(issue.reason for issue in issues))
        self.issues = tuple(issues)


class NoReason(ValueError):
    """A row is not set aside without a word; the message says so, in Chinese."""


class RowSettled(ValueError):
    """Somebody has dealt with the row already; ``issue`` says who and how."""

    def __init__(self, issue: ImportIssue) -> None:
        """Keep what was done."""
        super().__init__(str(issue))
        self.issue = issue


@dataclass(frozen=True, slots=True)
class Cell:
    """One cell of a refused row: the column's name, the field it stands for (blank: none), and what stands in it.

    One beyond the header is not imported either, but it must be emptied before the row can be taken.
    """

    name: str
    field: str
    value: str
    is_beyond: bool


def cells_of(run: ImportRun, kept: Mapping[str, str]) -> list[Cell]:
    """Return a kept row cell by cell in the file's order; what stood beyond the header comes last."""
    layout = _layout(run, kept)
    fields = {place: field for field, place in layout.places.items()}
    return [
        Cell(name, fields.get(place, ""), kept.get(name, ""), is_beyond=place >= len(layout.names))
        for place, name in enumerate(_names(run, kept))
    ]


def retry(*, import_id: int, row: int, cells: Mapping[str, str], by: User, on: date) -> Counts:
    """Import one refused row as corrected: ``cells`` by column name replace what was kept.

    It goes the way every row goes, as if it were alone in its file; its reasons are then resolved, and doubts about it
    join those of the import. Raises `RowRefused` with nothing changed, `RowSettled` or `NotStartable`.
    """
    return persistently(lambda: _retry_once(import_id, row, cells, by, on))


@transaction.atomic
def _retry_once(import_id: int, number: int, cells: Mapping[str, str], by: User, on: date) -> Counts:
    run, issue = _open(import_id, number)
    kept = {**issue.cells, **cells}
    columns, take = KINDS[run.what]
    with Seen() as seen:
        job = Job(
            columns=columns,
            layout=_layout(run, issue.cells),
            file_name=run.file_name,
            by=by,
            on=on,
            seen=seen,
            run=run,
            is_dry=False,
            verb="更正后导入",
        )
        counts, issues = take(job, [Row(number, [kept.get(name, "") for name in _names(run, issue.cells)])])
    if counts.refused:
        raise RowRefused(issues)
    ImportIssue.objects.bulk_create([each.to_row(run) for each in issues])
    _resolve(run, number, IMPORTED, by=by)
    return counts


@transaction.atomic
def drop(*, import_id: int, row: int, by: User, note: str) -> None:
    """Set a refused row aside for good, with the reason in ``note``; raises `RowSettled`, `NotStartable`, or `NoReason`."""
    if not note.strip():
        message = "请写明不再导入的理由"
        raise NoReason(message)
    run, _ = _open(import_id, row)
    _resolve(run, row, DROPPED, by=by, note=note.strip())


def can_be_corrected(run: ImportRun) -> bool:
    """Tell whether the import is over, so that single rows may follow."""
    return not run.is_trial and run.outcome in {ImportRun.Stage.DONE, ImportRun.Stage.FAILED}


def refusals(run: ImportRun, row: int) -> QuerySet[ImportIssue]:
    """Return the reasons for which a row was refused."""
    return run.issues.filter(row=row, severity=REFUSED).select_related("resolved_by").order_by("pk")


def _open(import_id: int, row: int) -> tuple[ImportRun, ImportIssue]:
    """Lock the import and return it with the row's first reason, which keeps the cells.

    Raises `RowSettled`, or `NotStartable` while the import itself is not over.
    """
    run = ImportRun.objects.select_for_update(of=("self",)).get(pk=import_id)
    if not can_be_corrected(run):
        message = "该文件还没有正式导入完毕，现在不能逐行更正"
        raise NotStartable(message)
    issue = refusals(run, row)[:1].get()
    if issue.resolution:
        raise RowSettled(issue)
    return run, issue


def _resolve(run: ImportRun, row: int, resolution: str, *, by: User, note: str = "") -> None:
    refusals(run, row).update(
        resolution=resolution, resolved_at=timezone.now(), resolved_by=by, resolution_note=note[:500]
    )


def _names(run: ImportRun, kept: Mapping[str, str]) -> list[str]:
    """Return the columns of the row; runs of old did not keep their header, the cells themselves then name it."""
    names = list(column_names(run.header)) or list(kept)
    return [*names, *(name for name in kept if name not in names)]


def _layout(run: ImportRun, kept: Mapping[str, str]) -> Layout:
    return KINDS[run.what][0].layout(run.header or list(kept), run.mapping)
