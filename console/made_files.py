"""Handing out files that are made when somebody asks for them, and kept nowhere."""

from __future__ import annotations

from functools import partial
from mmap import ACCESS_READ, mmap
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, cast

from django.http import StreamingHttpResponse
from django.utils.http import content_disposition_header

from registry.exports import write_csv, write_xlsx

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from django.http import HttpResponse

    from registry.exports import Sheet

PIECE = 64 * 1024
TYPES = {
    ".csv": "text/csv; charset=utf-8",
    ".xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    ".docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    ".json": "application/json",
    ".zip": "application/zip",
}


def made(name: str, write: Callable[[Path], object]) -> HttpResponse:
    """Return what ``write`` writes to a path as a download called ``name``; nothing of it stays on the disk."""
    suffix = Path(name).suffix
    with TemporaryDirectory() as folder:
        path = Path(folder) / f"file{suffix}"
        write(path)
        with path.open("rb") as file:
            content = mmap(file.fileno(), 0, access=ACCESS_READ)  # outlives its folder
    headers = {
        "Content-Length": str(len(content)),
        "Content-Disposition": str(content_disposition_header(as_attachment=True, filename=name)),
    }
    answer = StreamingHttpResponse(_pieces(content), content_type=TYPES[suffix], headers=headers)
    return cast("HttpResponse", answer)  # it streams, which Django keeps apart by type only


def table(name: str, sheet: Sheet, form: str, *, heading: str) -> HttpResponse:
    """Return ``sheet`` as a download: as text, or as a workbook with ``heading`` above it."""
    write = partial(write_csv, sheet=sheet) if form == "csv" else partial(write_xlsx, sheets=[sheet], heading=heading)
    return made(f"{name}.{form}", write)


def _pieces(content: mmap) -> Iterator[bytes]:
    """Yield the content; no server may hand the map itself on, for its ``close`` cannot be replaced."""
    for start in range(0, len(content), PIECE):
        yield content[start : start + PIECE]
