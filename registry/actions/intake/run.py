"""How every import goes: open, lay out the columns, take the rows chunk by chunk, keep counts and issues.

Each chunk is one transaction with its issues, counts and the number of rows done, so that an import killed half-way
goes on where it stopped, or is simply started again: what is in already is found unchanged.
"""

from __future__ import annotations

from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass, replace
from itertools import islice
from typing import TYPE_CHECKING, Any, TypeVar

from django.db import IntegrityError, OperationalError, transaction
from django.db.models import F
from django.utils import timezone

from registry import tables
from registry.actions.intake.issues import WARNING, Counts, Issue, Margin, Report
from registry.actions.intake.seen import Seen
from registry.actions.ledger import Interrupted, Stale
from registry.models import ImportIssue, ImportRun

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence
    from datetime import date
    from pathlib import Path

    from registry.actions.intake.columns import Columns, Layout
    from registry.models import User
    from registry.tables import Row, Table

    Take = Callable[["Job", Sequence[Row]], tuple[Counts, list[Issue]]]
    """Takes rows: writes them unless the job is dry, and returns what became of them and what there is to say."""

T = TypeVar("T")

CHUNK = 500
ATTEMPTS = 3


class Overtaken(RuntimeError):
    """Somebody else has gone on with this run meanwhile; what they wrote stands."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """What the chunks of one import share. A dry job leaves the register alone; without a run it writes nothing."""

    columns: Columns
    layout: Layout
    file_name: str
    by: User
    on: date
    seen: Seen
    run: ImportRun | None
    is_dry: bool
    verb: str = "导入"

    def margin(self, row: Row) -> Margin:
        """Return the margin of a row."""
        return Margin(row, self.layout, self.columns)

    def reason(self, row: Row) -> str:
        """Return the reason an event carries."""
        return f"{self.verb}“{self.file_name}”第 {row.number} 行"

    def source(self, row: Row) -> dict[str, Any]:
        """Return what an event says about where its data came from."""
        return {"import": {"run": self.run and self.run.pk, "file": self.file_name, "row": row.number}}


def opened(path: Path, columns: Columns, mapping: Mapping[str, str] | None) -> tuple[Table, Layout]:
    """Open a file and lay out its columns; with ``mapping`` the header is the row that has all columns it names."""

    def is_header(cells: Sequence[str]) -> bool:
        return mapping.keys() <= set(tables.column_names(cells)) if mapping else columns.is_header(cells)

    table = tables.read(path, is_header=is_header)
    return table, columns.layout(table.header, mapping)


def carry_out(
    take: Take,
    *,
    what: str,
    columns: Columns,
    path: Path,
    by: User,
    on: date,
    dry_run: bool,
    file_name: str,
    tick: Callable[[int, int], object] | None,
    mapping: Mapping[str, str] | None,
) -> Report:
    """Import ``path`` by giving its rows to ``take`` in chunks; ``tick`` hears (rows done, rows expected).

    Raises `Unreadable` or `ColumnsMissing` before anything is written, and `Unreadable` when the file breaks later:
    the chunks before that are in.
    """
    table, layout = opened(path, columns, mapping)
    name = (file_name or path.name)[-255:]
    run = None if dry_run else ImportRun(what=what, file_name=name, by=by, on=on, mapping=mapping or {})
    if run:
        run.sha256, run.header, run.rows_expected = table.sha256, list(table.header), table.length
        run.save()
    with ending(run), Seen() as seen:
        job = Job(columns=columns, layout=layout, file_name=name, by=by, on=on, seen=seen, run=run, is_dry=run is None)
        return follow(take, job, table, tick=tick)


def follow(take: Take, job: Job, table: Table, *, tick: Callable[[int, int], object] | None = None) -> Report:
    """Take all rows of a table, or of a run that was interrupted those that are left; return what came of these."""
    report = Report(run=job.run)
    done = job.run.rows_done if job.run else 0
    if done:
        _replay(take, job, table, done)
    else:
        about = _about_the_file(job, table)
        _tell_about_the_file(job, about)
        report.tell(about)
    while chunk := list(islice(table.rows, CHUNK)):
        counts, issues = _settle(take, job, chunk)
        report.counts.add(counts)
        report.tell(issues)
        done += len(chunk)
        if job.run:
            job.run.rows_done = done
        if tick:
            tick(done, max(done, table.length))
    return report


@contextmanager
def ending(run: ImportRun | None) -> Iterator[None]:
    """Record how the run ended, unless it is somebody else's by then."""
    outcome = ImportRun.Stage.FAILED
    error = "处理中断，已导入的部分有效，可以继续导入"
    try:
        yield
        outcome, error = ImportRun.Stage.DONE, ""
    except tables.Unreadable as reason:
        error = str(reason)
        raise
    except Overtaken:
        run = None
        raise
    finally:
        if run:
            run.outcome, run.error, run.finished_at = outcome, error, timezone.now()
            ImportRun.objects.filter(pk=run.pk, attempt=run.attempt).update(
                outcome=run.outcome, error=run.error, finished_at=run.finished_at
            )


def _replay(take: Take, job: Job, table: Table, done: int) -> None:
    """Look again at the rows that are in, so that what repeats them further down is still noticed."""
    rehearsal = replace(job, is_dry=True)
    while chunk := list(islice(table.rows, min(CHUNK, done))):
        take(rehearsal, chunk)
        done -= len(chunk)


def _about_the_file(job: Job, table: Table) -> list[Issue]:
    notes = [*job.layout.notes, *(("", note, "如需导入其他工作表，请另存为单独的文件") for note in table.notes)]
    return [
        Issue(row=0, severity=WARNING, field=field, value="", reason=reason, remedy=remedy)
        for field, reason, remedy in notes
    ]


@transaction.atomic
def _tell_about_the_file(job: Job, about: Sequence[Issue]) -> None:
    """Note what there is to say about the whole file, in place of what an earlier start left."""
    if job.run:
        _require_ours(job.run, done=0, then=0, counts=Counts())
        job.run.issues.all().delete()
        ImportIssue.objects.bulk_create([issue.to_row(job.run) for issue in about])


def _settle(take: Take, job: Job, chunk: Sequence[Row]) -> tuple[Counts, list[Issue]]:
    """Take one chunk; when another officer was quicker with one of its rows, look again and take it anew."""
    return persistently(lambda: _settle_once(take, job, chunk)) if job.run else take(job, chunk)


def persistently(attempt: Callable[[], T]) -> T:
    """Return what ``attempt`` returns, making it again a few times when others were writing the same rows."""
    for _ in range(ATTEMPTS - 1):
        with suppress(IntegrityError, OperationalError, Interrupted, Stale):
            return attempt()
    return attempt()


@transaction.atomic
def _settle_once(take: Take, job: Job, chunk: Sequence[Row]) -> tuple[Counts, list[Issue]]:
    counts, issues = take(job, chunk)
    if job.run:
        ImportIssue.objects.bulk_create([issue.to_row(job.run) for issue in issues], batch_size=CHUNK)
        done = job.run.rows_done
        _require_ours(job.run, done=done, then=done + len(chunk), counts=counts)
    return counts, issues


def _require_ours(run: ImportRun, *, done: int, then: int, counts: Counts) -> None:
    """Note progress; raise `Overtaken` where the run has been started anew or another worker is further."""
    ours = ImportRun.objects.filter(pk=run.pk, attempt=run.attempt, rows_done=done)
    told = {name: F(name) + n for name, n in asdict(counts).items()}
    if not ours.update(rows_done=then, moved_at=timezone.now(), **told):
        message = f"导入记录 {run.pk} 已由另一进程继续办理"
        raise Overtaken(message)
