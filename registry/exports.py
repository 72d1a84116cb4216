"""The one writer of files that leave the house: sheets as CSV and XLSX, a paragraph as Word, and their manifest.

A sheet is one tuple of ``(title, getter)`` and an iterable of rows. Rows are streamed; no cell can become a formula; the
manifest says what was asked, as of when, how many rows, and carries each file's SHA-256 and the state of the ledger.
"""

from __future__ import annotations

import csv
import gzip
import hashlib
import json
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

import xlsxwriter
from django.utils import timezone
from docx import Document

from registry.models import Event
from registry.queries.checkpoints import latest

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

FORMULA_STARTS = ("=", "+", "-", "@", "＝", "＋", "－", "＠", "\t", "\r", "\n")
"""What makes spreadsheet programs take a text for a formula, full-width forms included."""
XLSX_ROWS = 1_048_576
CHUNK = 1 << 20


class Unwritable(ValueError):
    """The folder cannot be written into; the message says why, in Chinese."""


@dataclass(frozen=True, slots=True)
class Sheet:
    """A titled table: its columns as ``(title, getter)`` and its rows, which are read once."""

    title: str
    columns: tuple[tuple[str, Callable[[Any], Any]], ...]
    rows: Iterable[Any]


@contextmanager
def folder(out: Path) -> Iterator[Path]:
    """Give a folder to write into, and move its files to ``out`` only when all were written: nothing half-done remains.

    ``out`` is made where it is missing; files of the same names are replaced. Raises `Unwritable`.
    """
    try:
        out.mkdir(parents=True, exist_ok=True)
        with TemporaryDirectory(dir=out, prefix=".writing-") as name:
            directory = Path(name)
            yield directory
            for file in sorted(directory.iterdir()):
                file.replace(out / file.name)
    except OSError as error:
        message = f"不能写入文件夹“{out}”，请检查路径和权限（{error}）"
        raise Unwritable(message) from error


def chinese(day: date) -> str:
    """Return a date as 2022年12月31日."""
    return f"{day.year}年{day.month}月{day.day}日"


def percent(rate: float | None) -> str:
    """Return a rate as 87.5%, or a dash where there is none."""
    return "—" if rate is None else f"{rate:.1%}"


def write_csv(path: Path, sheet: Sheet) -> int:
    """Write ``sheet`` as UTF-8 CSV with a byte-order mark, as spreadsheet programs expect; return the row count."""
    count = 0
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        writer = csv.writer(file)
        writer.writerow([title for title, _ in sheet.columns])
        for count, row in enumerate(sheet.rows, start=1):  # noqa: B007 - the last count is the result
            writer.writerow([_text(getter(row)) for _, getter in sheet.columns])
    return count


def write_xlsx(path: Path, sheets: Sequence[Sheet], *, heading: str) -> dict[str, int]:
    """Write ``sheets`` into one workbook with ``heading`` above each table; return the row count of each."""
    counts = {}
    options = {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    with xlsxwriter.Workbook(str(path), options) as book:
        styles = {
            "heading": book.add_format({"bold": True, "font_size": 14}),
            "title": book.add_format(
                {"bold": True, "bg_color": "#E8EEF4", "border": 1, "text_wrap": True, "valign": "vcenter"}
            ),
            "cell": book.add_format({"border": 1, "text_wrap": True, "valign": "top"}),
            "day": book.add_format({"border": 1, "num_format": "yyyy-mm-dd", "align": "left", "valign": "top"}),
        }
        for sheet in sheets:
            counts[sheet.title] = _worksheet(book, sheet, heading, styles)
    return counts


def _worksheet(book: Any, sheet: Sheet, heading: str, styles: Mapping[str, Any]) -> int:
    table = book.add_worksheet(sheet.title)
    table.set_landscape()
    table.fit_to_pages(1, 0)
    table.freeze_panes(2, 0)
    table.repeat_rows(1)
    for column, (title, _) in enumerate(sheet.columns):
        table.set_column(column, column, max(10, min(40, 2.4 * len(title))))
    table.write_string(0, 0, heading, styles["heading"])
    for column, (title, _) in enumerate(sheet.columns):
        table.write_string(1, column, title, styles["title"])
    count = 0
    for count, row in enumerate(sheet.rows, start=1):
        if count + 2 > XLSX_ROWS:
            message = f"“{sheet.title}”超过 {XLSX_ROWS} 行，请改用 CSV"
            raise ValueError(message)
        for column, (_, getter) in enumerate(sheet.columns):
            _cell(table, count + 1, column, getter(row), styles)
    return count


def _cell(table: Any, row: int, column: int, value: Any, styles: Mapping[str, Any]) -> None:
    if isinstance(value, date):
        table.write_datetime(row, column, value, styles["day"])
    elif isinstance(value, (int, float)) and not isinstance(value, bool):
        table.write_number(row, column, value, styles["cell"])
    else:
        table.write_string(row, column, "" if value is None else str(value), styles["cell"])


def _text(value: Any) -> str:
    if value is None:
        return ""
    text = str(value)
    if isinstance(value, (int, float, Decimal, date)):
        return text
    is_formula = text.startswith(FORMULA_STARTS) or text.lstrip().startswith(FORMULA_STARTS)
    return f"'{text}" if is_formula else text


def write_docx(path: Path, *, heading: str, paragraphs: Sequence[str]) -> None:
    """Write ``paragraphs`` under ``heading`` as a Word document."""
    document = Document()
    document.add_heading(heading, level=1)
    for paragraph in paragraphs:
        document.add_paragraph(paragraph)
    document.save(str(path))


def write_manifest(
    directory: Path,
    files: Sequence[Path],
    *,
    what: str,
    as_of: date,
    asked: Mapping[str, Any],
    rows: Mapping[str, int],
    totals: Mapping[str, Any],
) -> Path:
    """Write ``manifest.json`` beside ``files``: what was asked, row counts, totals, digests, state of the ledger."""
    manifest = {
        "what": what,
        "as_of": as_of.isoformat(),
        "made_at": timezone.localtime().isoformat(timespec="seconds"),
        "asked": dict(asked),
        "totals": dict(totals),
        "rows": dict(rows),
        "files": {file.name: sha256_of(file) for file in files},
        "ledger": ledger_state(),
    }
    path = directory / "manifest.json"
    path.write_text(json.dumps(manifest, ensure_ascii=False, indent=2) + "\n", encoding="utf-8")
    return path


def write_ledger(path: Path, lines: Iterable[str]) -> int:
    """Write the ledger's ``lines`` to ``path``, compressed where its name ends in .gz; return how many lines.

    The file appears when it is whole. Raises `Unwritable`.
    """
    opened, count = gzip.open if path.suffix == ".gz" else open, 0
    with folder(path.parent) as directory, opened(directory / path.name, "wt", encoding="utf-8", newline="\n") as file:
        for count, line in enumerate(lines, start=1):  # noqa: B007 - the last count is the result
            file.write(line)
    return count


def ledger_state() -> dict[str, Any]:
    """Return how many events the ledger holds, and its newest checkpoint: an anchor kept outside the house.

    Whoever holds the file can later ask whether the ledger of that day is still the ledger (``verify_export.py --root``).
    """
    point = latest()
    anchor = (
        {"number": point.number, "on": point.on.isoformat(), "root": point.root, "digest": point.digest}
        if point
        else None
    )
    return {"events": Event.objects.count(), "checkpoint": anchor}


def sha256_of(path: Path) -> str:
    """Return a file's SHA-256 in hexadecimal."""
    sealed = hashlib.sha256()
    with path.open("rb") as file:
        while chunk := file.read(CHUNK):
            sealed.update(chunk)
    return sealed.hexdigest()
