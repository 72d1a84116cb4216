"""How every import goes: open, lay out the columns, take the rows chunk by chunk, keep counts and issues.

Each chunk is one transaction with its issues and counts, so that an import killed half-way is simply started again:
what is in already is found unchanged.
"""

from __future__ import annotations

from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass
from itertools import islice
from typing import TYPE_CHECKING, Any

from django.db import IntegrityError, OperationalError, transaction
from django.db.models import F
from django.utils import timezone

from registry import tables
from registry.actions.intake.issues import WARNING, Counts, Issue, Margin, Report
from registry.actions.intake.seen import Seen
from registry.actions.ledger import Interrupted
from registry.actions.organisation import Stale
from registry.models import ImportIssue, ImportRun
from registry.states import Outcome

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from datetime import date
    from pathlib import Path

    from registry.actions.intake.columns import Columns, Layout
    from registry.models import User
    from registry.tables import Row

CHUNK = 500
ATTEMPTS = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """What the chunks of one import share."""

    columns: Columns
    layout: Layout
    file_name: str
    by: User
    on: date
    seen: Seen
    run: ImportRun | None

    @property
    def is_dry(self) -> bool:
        """Tell whether nothing may be written."""
        return self.run is None

    def margin(self, row: Row) -> Margin:
        """Return the margin of a row."""
        return Margin(row, self.layout, self.columns)

    def reason(self, row: Row) -> str:
        """Return the reason an event carries."""
        return f"导入“{self.file_name}”第 {row.number} 行"

    def source(self, row: Row) -> dict[str, Any]:
        """Return what an event says about where its data came from."""
        return {"import": {"run": self.run and self.run.pk, "file": self.file_name, "row": row.number}}


def carry_out(
    take: Callable[[Job, Sequence[Row]], tuple[Counts, list[Issue]]],
    *,
    what: str,
    columns: Columns,
    path: Path,
    by: User,
    on: date,
    dry_run: bool,
    file_name: str,
    tick: Callable[[int, int], object] | None,
) -> Report:
    """Import ``path`` by giving its rows to ``take`` in chunks; ``tick`` hears (rows done, rows expected).

    Raises `Unreadable` or `ColumnsMissing` before anything is written, and `Unreadable` when the file breaks later:
    the chunks before that are in.
    """
    table = tables.read(path, is_header=columns.is_header)
    layout = columns.layout(table.header)
    name = (file_name or path.name)[-255:]
    with _run(what, name, table.sha256, by=by, on=on, dry_run=dry_run) as run, Seen() as seen:
        job = Job(columns=columns, layout=layout, file_name=name, by=by, on=on, seen=seen, run=run)
        report = Report(run=run)
        about = _about_the_file(job, table)
        _write(job, report.counts, about)
        report.tell(about)
        done = 0
        while chunk := list(islice(table.rows, CHUNK)):
            counts, issues = _settle(job, take, chunk)
            report.counts.add(counts)
            report.tell(issues)
            done += len(chunk)
            if tick:
                tick(done, max(done, table.length))
    return report


@contextmanager
def _run(what: str, file_name: str, sha256: str, *, by: User, on: date, dry_run: bool) -> Iterator[ImportRun | None]:
    if dry_run:
        yield None
        return
    run = ImportRun.objects.create(what=what, file_name=file_name, sha256=sha256, by=by, on=on)
    outcome = Outcome.FAILED
    try:
        yield run
        outcome = Outcome.DONE
    finally:
        run.outcome, run.finished_at = outcome, timezone.now()
        run.save(update_fields=["outcome", "finished_at"])


def _about_the_file(job: Job, table: tables.Table) -> list[Issue]:
    notes = [*job.layout.notes, *(("", note, "如需导入其他工作表，请另存为单独的文件") for note in table.notes)]
    return [
        Issue(row=0, severity=WARNING, field=field, value="", reason=reason, remedy=remedy)
        for field, reason, remedy in notes
    ]


def _settle(
    job: Job, take: Callable[[Job, Sequence[Row]], tuple[Counts, list[Issue]]], chunk: Sequence[Row]
) -> tuple[Counts, list[Issue]]:
    """Take one chunk; when another officer was quicker with one of its rows, look again and take it anew."""
    if job.is_dry:
        return take(job, chunk)
    for _ in range(ATTEMPTS - 1):
        with suppress(IntegrityError, OperationalError, Interrupted, Stale):
            return _settle_once(job, take, chunk)
    return _settle_once(job, take, chunk)


@transaction.atomic
def _settle_once(
    job: Job, take: Callable[[Job, Sequence[Row]], tuple[Counts, list[Issue]]], chunk: Sequence[Row]
) -> tuple[Counts, list[Issue]]:
    counts, issues = take(job, chunk)
    _write(job, counts, issues)
    return counts, issues


def _write(job: Job, counts: Counts, issues: Sequence[Issue]) -> None:
    if job.run is None:
        return
    ImportIssue.objects.bulk_create([issue.to_row(job.run) for issue in issues], batch_size=CHUNK)
    ImportRun.objects.filter(pk=job.run.pk).update(**{name: F(name) + n for name, n in asdict(counts).items()})
