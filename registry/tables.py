"""Reading tables that people send: xlsx, csv and tsv as rows, whatever their encoding, delimiter and first lines.

A file is never trusted. Its type is told from its content, its size is known before anything is unpacked, and what
cannot be read ends in `Unreadable` with a sentence for the officer. Text is streamed: memory does not grow with it.
"""

from __future__ import annotations

import codecs
import csv
import hashlib
import re
import zipfile
import zlib
from dataclasses import dataclass, field
from itertools import islice, starmap
from typing import TYPE_CHECKING

from python_calamine import CalamineError, CalamineWorkbook, PasswordError

from registry.cells import shown

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence
    from pathlib import Path

    from registry.cells import Cell

SUFFIXES = (".xlsx", ".csv", ".tsv", ".txt")
ROWS = 1_048_576
"""No table may be longer: the limit of a worksheet."""
BYTES = 1 << 30
UNPACKED = 512 << 20
MEMBERS = 10_000
CELLS = 20_000_000
"""Cells of one worksheet, counted as the rectangle that a reader must hold."""
LONGEST_LINE = 1 << 20
HEADER_WITHIN = 30
"""The header is looked for in this many rows: titles and notes stand above it."""

_CHUNK = 1 << 18
_BOMS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_ENCODINGS = ("utf-8", "gb18030")
_DELIMITERS = (",", "\t", ";")
_ZIP, _OLE = b"PK\x03\x04", b"\xd0\xcf\x11\xe0"
_CONTROL = re.compile(rb"[\x00-\x08\x0e-\x19\x1c-\x1f]")
_REFERENCE = re.compile(rb'<(?:\w+:)?(?:c|row)\b[^>]*?\br="([A-Z]*)([0-9]+)"')
_TAIL = 1024
_SAVE_AS = "请用表格软件打开后另存为 xlsx 或 CSV UTF-8"


class Unreadable(ValueError):
    """The file cannot be read as a table; the message says why and what to do, in Chinese."""


@dataclass(frozen=True, slots=True)
class Row:
    """One row: its number as spreadsheet programs show it, in a text that of its first line, and its cells."""

    number: int
    cells: Sequence[Cell]


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """A table in a file: its header, and the rows below it, which are read once."""

    header: tuple[str, ...]
    header_row: int
    rows: Iterator[Row]
    length: int
    sha256: str
    notes: tuple[str, ...] = ()


@dataclass(slots=True)
class _Look:
    """What one pass over the bytes of a text file tells."""

    sha256: str = ""
    lines: int = 0
    ends_a_line: bool = False
    start: bytes = b""
    encoding: str = ""
    decoders: dict[str, codecs.IncrementalDecoder] = field(default_factory=dict)


def read(path: Path, *, is_header: Callable[[Sequence[str]], bool]) -> Table:
    """Open ``path`` and return its table; ``is_header`` recognises the header among the first rows.

    Blank rows are skipped. Raises `Unreadable`, also while the rows are being read. ``length`` is the number of rows as
    far as it is known beforehand.
    """
    if not path.is_file():
        message = f"找不到文件“{path.name}”"
        raise Unreadable(message)
    suffix_of(path.name)
    size = path.stat().st_size
    if size == 0:
        message = "文件是空的"
        raise Unreadable(message)
    if size > BYTES:
        message = f"文件有 {size >> 20} MiB，超过上限 {BYTES >> 20} MiB，请拆分后导入"
        raise Unreadable(message)
    with path.open("rb") as file:
        start = file.read(len(_ZIP))
    if start == _OLE:
        message = f"文件是旧版 Excel（xls）或加了密码，{_SAVE_AS}，并取消密码"
        raise Unreadable(message)
    if start == _ZIP:
        return _read_workbook(path, is_header)
    return _read_text(path, is_header)


def suffix_of(name: str) -> str:
    """Return the ending of a file's name, one of `SUFFIXES`; raise `Unreadable` for any other."""
    dot, ending = name.rpartition(".")[1:]
    suffix = f"{dot}{ending}".lower()
    if suffix not in SUFFIXES:
        message = f"不支持“{f'.{ending}' if dot else name}”文件，只接受 xlsx、csv、tsv；{_SAVE_AS}"
        raise Unreadable(message)
    return suffix


def column_names(header: Sequence[str]) -> tuple[str, ...]:
    """Return a name of its own for every column: its heading, or its place where that is blank or taken."""
    names: dict[str, None] = {}
    for place, heading in enumerate(header, start=1):
        name = heading if heading and heading not in names else f"第{place}列"
        while name in names:
            name += "′"
        names[name] = None
    return tuple(names)


# --- text ----------------------------------------------------------------------------------------------


def _read_text(path: Path, is_header: Callable[[Sequence[str]], bool]) -> Table:
    look = _look_at(path)
    if path.suffix.lower() == ".xlsx":
        message = f"扩展名是 xlsx，内容却不是 Excel 工作簿；{_SAVE_AS}"
        raise Unreadable(message)
    header, rows, delimiter = _split(path, look.encoding, is_header)
    if look.lines > ROWS and sum(1 for _ in _records(path, look.encoding, delimiter)) > ROWS:
        message = f"表格超过 {ROWS} 行的上限，请拆分后导入"
        raise Unreadable(message)
    return Table(
        header=tuple(map(shown, header.cells)),
        header_row=header.number,
        rows=rows,
        length=max(0, look.lines - header.number),
        sha256=look.sha256,
    )


def _split(path: Path, encoding: str, is_header: Callable[[Sequence[str]], bool]) -> tuple[Row, Iterator[Row], str]:
    """Return the header, the rows below it and the delimiter that shows them; the extension's own is tried first."""
    promised = "\t" if path.suffix.lower() == ".tsv" else ","
    reason: Unreadable | None = None
    for delimiter in sorted(_DELIMITERS, key=lambda each: each != promised):
        try:
            return (*_below_header(_records(path, encoding, delimiter), is_header), delimiter)
        except Unreadable as error:
            reason = reason or error
    raise reason or Unreadable(_SAVE_AS)


def _look_at(path: Path) -> _Look:
    """Read the file once: digest, lines, and the first encoding in which every byte makes sense."""
    look, sealed, unbroken = _Look(), hashlib.sha256(), 0
    with path.open("rb") as file:
        while piece := file.read(_CHUNK):
            if not look.start:
                _begin(look, piece)
            sealed.update(piece)
            look.lines += piece.count(b"\n")
            look.ends_a_line = piece[-2:].rstrip(b"\0").endswith(b"\n")
            unbroken = len(piece) - 1 - piece.rfind(b"\n") + (unbroken if b"\n" not in piece else 0)
            _decode(look, piece, final=False)
            if unbroken > LONGEST_LINE or (look.encoding != "utf-16" and _CONTROL.search(piece)) or not look.decoders:
                message = f"文件不是文本表格（二进制内容或无法识别的编码）；{_SAVE_AS}"
                raise Unreadable(message)
    _decode(look, b"", final=True)
    if not look.decoders:
        message = f"文件的编码无法识别（不是 UTF-8，也不是 GB18030）；{_SAVE_AS}"
        raise Unreadable(message)
    look.sha256 = sealed.hexdigest()
    look.encoding = look.encoding or next(iter(look.decoders))
    look.lines += not look.ends_a_line
    return look


def _begin(look: _Look, piece: bytes) -> None:
    look.start = piece[:4]
    look.encoding = next((name for bom, name in _BOMS if piece.startswith(bom)), "")
    names = (look.encoding,) if look.encoding else _ENCODINGS
    look.decoders = {name: codecs.getincrementaldecoder(name)() for name in names}


def _decode(look: _Look, piece: bytes, *, final: bool) -> None:
    for name, decoder in list(look.decoders.items()):
        try:
            decoder.decode(piece, final)
        except UnicodeDecodeError:
            del look.decoders[name]


def _records(path: Path, encoding: str, delimiter: str) -> Iterator[Row]:
    """Yield the records under the number of the line each begins on: quoted text may run over several lines."""
    with path.open(encoding=encoding, newline="") as file:
        reader = csv.reader(file, delimiter=delimiter, strict=True)
        number = 1
        try:
            for cells in reader:
                yield Row(number, cells)
                number = reader.line_num + 1
        except csv.Error as error:
            message = f"第 {reader.line_num} 行附近引号不成对，或单元格过长，无法分列；{_SAVE_AS}"
            raise Unreadable(message) from error


# --- workbooks -----------------------------------------------------------------------------------------


def _read_workbook(path: Path, is_header: Callable[[Sequence[str]], bool]) -> Table:
    _measure(path)
    with path.open("rb") as file:
        sha256 = hashlib.file_digest(file, "sha256").hexdigest()
    try:
        book = CalamineWorkbook.from_path(path)
        names = book.sheet_names
        for name in names:
            sheet = book.get_sheet_by_name(name)
            try:
                header, rows = _below_header(starmap(Row, enumerate(sheet.iter_rows(), start=1)), is_header)
            except Unreadable:
                continue
            others = [f"“{each}”" for each in names if each != name]
            return Table(
                header=tuple(map(shown, header.cells)),
                header_row=header.number,
                rows=rows,
                length=max(0, sheet.total_height - header.number),
                sha256=sha256,
                notes=(f"工作簿有 {len(names)} 个工作表，只导入“{name}”，未导入{'、'.join(others)}",) if others else (),
            )
    except PasswordError as error:
        message = "工作簿加了密码，请取消密码后再导入"
        raise Unreadable(message) from error
    except CalamineError as error:
        message = f"工作簿已损坏或不是 xlsx；{_SAVE_AS}"
        raise Unreadable(message) from error
    message = f"工作簿前 {HEADER_WITHIN} 行中找不到表头，请核对列名"
    raise Unreadable(message)


def _measure(path: Path) -> None:
    """Refuse a workbook that is not one, is damaged, or would unpack to more than can be held."""
    try:
        with zipfile.ZipFile(path) as archive:
            members = archive.infolist()
            names = {member.filename for member in members}
            if "xl/workbook.xml" not in names:
                message = f"文件是压缩包或其他文档，不是 Excel 工作簿；{_SAVE_AS}"
                raise Unreadable(message)
            unpacked = sum(member.file_size for member in members)
            if unpacked > UNPACKED or len(members) > MEMBERS:
                message = f"工作簿解压后有 {unpacked >> 20} MiB，超过上限 {UNPACKED >> 20} MiB，请拆分后导入"
                raise Unreadable(message)
            for member in members:
                _measure_member(archive, member)
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError, EOFError, OSError, zlib.error) as error:
        message = f"工作簿已损坏或被加密，无法解压；{_SAVE_AS}"
        raise Unreadable(message) from error


def _measure_member(archive: zipfile.ZipFile, member: zipfile.ZipInfo) -> None:
    """Unpack to nowhere: the sizes promised in the directory are then true, and the sheet's extent is known."""
    rows = columns = 0
    tail = b""
    is_sheet = "worksheets/" in member.filename
    with archive.open(member) as file:
        while piece := file.read(_CHUNK):
            if not is_sheet:
                continue
            for letters, digits in _REFERENCE.findall(tail + piece):
                rows, columns = max(rows, int(digits[:9])), max(columns, _column(letters[:4]))
            tail = piece[-_TAIL:]
            if rows > ROWS or rows * max(columns, 1) > CELLS:
                message = f"工作表有 {rows} 行、{columns} 列，超过上限（{ROWS} 行、{CELLS} 个单元格），请拆分后导入"
                raise Unreadable(message)


def _column(letters: bytes) -> int:
    number = 0
    for letter in letters:
        number = number * 26 + letter - 64
    return number


# --- both ----------------------------------------------------------------------------------------------


def _below_header(rows: Iterable[Row], is_header: Callable[[Sequence[str]], bool]) -> tuple[Row, Iterator[Row]]:
    rows = iter(rows)
    for row in islice(rows, HEADER_WITHIN):
        if is_header([shown(cell) for cell in row.cells]):
            return row, (each for each in rows if any(shown(cell) for cell in each.cells))
    message = f"前 {HEADER_WITHIN} 行中找不到表头，请核对列名（至少要有“名称”和“统一社会信用代码”等列）"
    raise Unreadable(message)
