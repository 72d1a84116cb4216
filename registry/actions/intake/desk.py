"""The import desk: a file is received, its columns are settled, it is tried and then imported by a worker."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass
from datetime import timedelta
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING

from django.db import transaction
from django.utils import timezone

from registry import tables
from registry.actions.intake import register, reports
from registry.actions.intake.columns import REGISTER, REPORTS, Columns
from registry.actions.intake.run import Job, ending, follow, opened
from registry.actions.intake.seen import Seen
from registry.cells import shown
from registry.models import ImportRun
from registry.tables import Unreadable

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date

    from django.core.files.base import File

    from registry.actions.intake.issues import Report
    from registry.actions.intake.run import Take
    from registry.models import User
    from registry.tables import Table

KINDS: dict[str, tuple[Columns, Take]] = {
    ImportRun.What.REGISTER: (REGISTER, register.take),
    ImportRun.What.REPORTS: (REPORTS, reports.take),
}
"""What the desk takes; a package above adds its own when it is loaded."""
LARGEST = 100 << 20
"""Bytes of a file that the desk takes; longer ones are for the commands."""
MOST_COLUMNS, WIDEST = 200, 16_384
"""Columns with a heading, and columns at all."""
SAMPLES = 3
PATIENCE = {ImportRun.Stage.QUEUED: timedelta(minutes=1), ImportRun.Stage.RUNNING: timedelta(minutes=10)}
"""After so long without progress nobody seems to be at it, and it may be started again."""


class NotStartable(ValueError):
    """The import cannot be started as it stands; the message says why, in Chinese."""


class StartedMeanwhile(NotStartable):
    """Somebody has tried out or started the file since the officer looked at it; the message says who, in Chinese."""

    def __init__(self, run: ImportRun) -> None:
        """Tell who, and what."""
        done = "试运行" if run.is_trial else "导入"
        super().__init__(f"“{run.by}”已经启动该文件的{done}，请核对最新情况后再办理")


@dataclass(frozen=True, slots=True)
class SeenColumn:
    """A column of an uploaded file: its name, the field it stands for (blank: none), its first cells."""

    name: str
    field: str
    samples: tuple[str, ...]


def upload(*, what: str, file_name: str, content: File[bytes], by: User, on: date) -> ImportRun:
    """Keep an officer's file under a random name and look at its first rows; nothing of it is imported yet.

    The name is only shown; of the content nothing is trusted. Raises `Unreadable`, and then nothing is kept.
    """
    suffix = tables.suffix_of(file_name)
    if content.size > LARGEST:
        message = f"文件有 {content.size >> 20} MiB，超过上限 {LARGEST >> 20} MiB，请拆分后上传"
        raise Unreadable(message)
    name = "".join(letter for letter in file_name if letter.isprintable())[-255:]
    run = ImportRun(what=what, file_name=name, by=by, on=on, outcome=ImportRun.Stage.UPLOADED)
    run.file.save(f"upload{suffix}", content, save=False)
    kept = False
    try:
        table = _first_look(Path(run.file.path), KINDS[what][0])
        run.header, run.sha256, run.rows_expected = list(table.header), table.sha256, table.length
        run.samples = [[shown(cell) for cell in row.cells[:MOST_COLUMNS]] for row in islice(table.rows, SAMPLES)]
        if not run.samples:
            message = "文件只有表头，没有数据行，请核对后重新选择"
            raise Unreadable(message)
        run.save()
        kept = True
    finally:
        if not kept:
            run.file.delete(save=False)
    return run


def _first_look(path: Path, columns: Columns) -> Table:
    """Open a file by a header that is known, or else by the first row that could be one."""
    table = None
    with suppress(Unreadable):
        table = tables.read(path, is_header=columns.is_header)
    table = table or tables.read(path, is_header=columns.may_be_header)
    headed = sum(bool(heading) for heading in table.header)
    if headed > MOST_COLUMNS or len(table.header) > WIDEST:
        message = f"表头有 {headed} 列，超过上限 {MOST_COLUMNS} 列，请核对文件"
        raise Unreadable(message)
    return table


def columns_of(run: ImportRun) -> Columns:
    """Return the columns an import of this kind understands."""
    return KINDS[run.what][0]


def columns_seen(run: ImportRun) -> list[SeenColumn]:
    """Return the columns with a heading or a cell, each with the field that is settled or that its heading names."""
    told = {**columns_of(run).guess(run.header), **run.mapping}
    seen = []
    for place, (name, heading) in enumerate(zip(tables.column_names(run.header), run.header, strict=True)):
        samples = tuple(row[place] for row in run.samples if place < len(row))
        if heading or any(samples):
            seen.append(SeenColumn(name, told[name], samples))
    return seen


def faults_of(run: ImportRun, mapping: Mapping[str, str]) -> list[str]:
    """Return what is wrong with a mapping, in Chinese: fields named twice, and indispensable ones named nowhere."""
    columns = columns_of(run)
    named = [field for field in mapping.values() if field]
    twice = [title for field, title in columns.titles.items() if named.count(field) > 1]
    missing = [column.title for column in columns.columns if column.needed and column.field not in named]
    found = [f"“{title}”对应了不止一列，只能对应一列" for title in twice]
    return found + [f"缺少必需的“{title}”，请指明是哪一列" for title in missing]


@transaction.atomic
def try_out(*, import_id: int, mapping: Mapping[str, str], by: User, on: date, seen: int | None = None) -> ImportRun:
    """Settle the columns and queue a trial, which says what would become of the rows; raises `NotStartable`.

    ``seen`` is, here and below, the attempt the officer saw: `StartedMeanwhile` when there was another since.
    """
    run = _locked(import_id, seen)
    if run.has_begun:
        message = "该文件已有部分导入，列的对应不能再改，只能继续导入"
        raise NotStartable(message)
    if faults := faults_of(run, mapping):
        raise NotStartable("；".join(faults))
    run.mapping = dict(mapping)
    return _queued(run, is_trial=True, by=by, on=on)


@transaction.atomic
def start(*, import_id: int, by: User, on: date, seen: int | None = None) -> ImportRun:
    """Queue the import of a file whose trial is done; raises `NotStartable`."""
    run = _locked(import_id, seen)
    if not (run.is_trial and run.outcome == ImportRun.Stage.DONE):
        message = "还没有试运行，请先试运行并看过结果"
        raise NotStartable(message)
    return _queued(run, is_trial=False, by=by, on=on)


@transaction.atomic
def resume(*, import_id: int, by: User, on: date, seen: int | None = None) -> ImportRun:
    """Queue again what failed or stands still; an import goes on where it stopped. Raises `NotStartable`."""
    run = _locked(import_id, seen)
    if run.attempt == 0 or run.outcome == ImportRun.Stage.DONE:
        message = "没有中断的试运行或者导入，不需要重新开始"
        raise NotStartable(message)
    return _queued(run, is_trial=run.is_trial, by=by, on=on)


@transaction.atomic
def discard(*, import_id: int, by: User, on: date, seen: int | None = None) -> ImportRun:
    """Give up a file nothing of which is in the register: the file and what its trial said go, that it was here stays.

    Raises `NotStartable`.
    """
    run = _locked(import_id, seen)
    if run.has_begun or run.is_under_way:
        message = "该文件已有部分导入或者正在处理，不能放弃"
        raise NotStartable(message)
    kept = str(run.file.name)
    run.issues.all().delete()
    run.rows_done = run.created = run.updated = run.unchanged = run.warned = run.refused = 0
    run.outcome, run.by, run.on, run.finished_at = ImportRun.Stage.DISCARDED, by, on, timezone.now()
    run.attempt += 1
    run.file, run.samples, run.error = "", [], ""
    run.save()
    transaction.on_commit(lambda: run.file.storage.delete(kept))
    return run


def _locked(import_id: int, seen: int | None) -> ImportRun:
    run = ImportRun.objects.select_for_update(of=("self",)).select_related("by").get(pk=import_id)
    if run.outcome == ImportRun.Stage.DISCARDED:
        message = f"“{run.by}”已放弃该文件，没有导入；需要导入的请重新上传"
        raise NotStartable(message)
    if seen is not None and seen != run.attempt:
        raise StartedMeanwhile(run)
    reason = ""
    if not run.file:
        reason = "该文件由命令导入，没有保存在系统中，请重新上传"
    elif run.is_imported:
        reason = "该文件已经导入，没有再次导入；更正后的文件请重新上传"
    elif is_under_way(run):
        reason = f"该文件正在{'试运行' if run.is_trial else '导入'}，没有再次启动"
    if reason:
        raise NotStartable(reason)
    return run


def _queued(run: ImportRun, *, is_trial: bool, by: User, on: date) -> ImportRun:
    if not run.has_begun:
        run.rows_done = run.created = run.updated = run.unchanged = run.warned = run.refused = 0
        run.issues.all().delete()
    run.outcome, run.is_trial, run.by, run.on = ImportRun.Stage.QUEUED, is_trial, by, on
    run.attempt += 1
    run.moved_at, run.finished_at, run.error = timezone.now(), None, ""
    run.save()
    return run


def is_under_way(run: ImportRun) -> bool:
    """Tell whether somebody is at it: queued or running, and not without progress for too long."""
    patience = PATIENCE.get(ImportRun.Stage(run.outcome))
    return bool(patience and run.moved_at and timezone.now() - run.moved_at < patience)


def put_back(*, run: ImportRun, reason: str) -> None:
    """Take a queued run out of the queue again, because nobody could be told; ``reason`` stands in the run."""
    queued = ImportRun.objects.filter(pk=run.pk, attempt=run.attempt, outcome=ImportRun.Stage.QUEUED)
    queued.update(outcome=ImportRun.Stage.FAILED, error=reason, finished_at=timezone.now())


def perform(*, import_id: int, attempt: int) -> Report | None:
    """Carry out what was queued, from where it stands; None when it was started anew or is done already.

    Raises `Unreadable` when the file breaks, and `Overtaken` when another worker has gone on with it.
    """
    run = ImportRun.objects.select_related("by").get(pk=import_id)
    ours = ImportRun.objects.filter(pk=import_id, attempt=attempt).exclude(outcome=ImportRun.Stage.DONE)
    if not ours.update(outcome=ImportRun.Stage.RUNNING, moved_at=timezone.now(), error=""):
        return None
    columns, take = KINDS[run.what]
    with ending(run), Seen() as seen:
        table, layout = opened(Path(run.file.path), columns, run.mapping)
        if table.sha256 != run.sha256:
            message = "存放的文件与上传时不一致，请重新上传"
            raise Unreadable(message)
        job = Job(
            columns=columns,
            layout=layout,
            file_name=run.file_name,
            by=run.by,
            on=run.on,
            seen=seen,
            run=run,
            is_dry=run.is_trial,
        )
        return follow(take, job, table)
