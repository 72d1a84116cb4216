"""Reading law data files: legal bases and policy values in TOML, checked before they reach a table."""

from __future__ import annotations

import tomllib
from datetime import date
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from registry.states import Kind, LawTable

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

SHIPPED = Path(__file__).parent / "data" / "law.toml"

LARGEST = 1 << 20
"""Bytes of a law file; the shipped one has a twentieth of that."""

COLUMNS: dict[LawTable, dict[str, type]] = {
    LawTable.BASIS: {
        "code": str,
        "law": str,
        "version": str,
        "article": str,
        "text": str,
        "source": str,
        "verified": bool,
        "effective_from": date,
        "effective_to": date,
    },
    LawTable.POLICY: {
        "key": str,
        "kind": str,
        "year": int,
        "value": object,
        "unit": str,
        "basis": str,
        "source": str,
        "verified": bool,
        "effective_from": date,
        "effective_to": date,
    },
}
"""The columns of each table, with what a file writes in them, in the order in which people read them."""

NEEDED = {
    LawTable.BASIS: {"code", "law", "version", "text", "source"},
    LawTable.POLICY: {"key", "value", "source", "effective_from"},
}

NATURAL = {LawTable.BASIS: ("code", "version"), LawTable.POLICY: ("key", "kind", "year", "effective_from")}
"""What names a row: no two rows of a table may agree in all of it."""

_BLANK = {str: "", bool: False}


class BadLawFile(ValueError):
    """A file that is no law file; ``faults`` says in Chinese what is wrong, row by row."""

    def __init__(self, faults: list[str]) -> None:
        """Keep the faults."""
        self.faults = faults
        super().__init__("；".join(faults))


def read(path: Path = SHIPPED) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """Return the legal bases and the policies of a shipped law file, as columns; raise `BadLawFile`."""
    data = tomllib.loads(path.read_text(encoding="utf-8"))
    bases, policies = data.get(LawTable.BASIS, []), data.get(LawTable.POLICY, [])
    codes = {row.get("code") for row in bases}
    uncited = [
        f"政策参数“{row.get('key')}”引用的“{row['basis']}”不在法律依据中"
        for row in policies
        if row.get("basis") and row["basis"] not in codes
    ]
    if faults := [*_faults(data), *uncited]:
        raise BadLawFile(faults)
    return bases, policies


def loaded(content: bytes) -> dict[LawTable, list[dict[str, Any]]]:
    """Return the rows of a law file somebody hands in, every column present; raise `BadLawFile` with all its faults."""
    try:
        data = tomllib.loads(content.decode("utf-8-sig"))
    except (UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise BadLawFile([f"不是 UTF-8 编码的 TOML 文件：{error}"]) from error
    if faults := list(_faults(data)):
        raise BadLawFile(faults)
    return {table: [complete(table, row) for row in data.get(table, [])] for table in LawTable}


def complete(table: LawTable, row: Mapping[str, Any]) -> dict[str, Any]:
    """Return a row with every column of its table, those it leaves out empty."""
    return {name: row.get(name, _BLANK.get(kind)) for name, kind in COLUMNS[table].items()}


@cache
def titles(path: Path = SHIPPED) -> dict[str, str]:
    """Return what the policies the program reads are about, in words, by key."""
    matters = tomllib.loads(path.read_text(encoding="utf-8")).get("matter", [])
    return {row["key"]: row["title"] for row in matters}


def _faults(data: Mapping[str, Any]) -> Iterator[str]:
    known = {*LawTable.values, "matter"}
    yield from (f"不认识的表“{name}”，请改为 basis 或者 policy" for name in data if name not in known)
    if not any(data.get(table) for table in LawTable):
        yield "文件里没有法律依据，也没有政策参数，请至少写一条 [[basis]] 或者 [[policy]]"
    for table in LawTable:
        rows = data.get(table, [])
        if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
            yield f"“{table.label}”应逐条写成双方括号的表 {table.value}"
            continue
        seen: set[tuple[Any, ...]] = set()
        for place, row in enumerate(rows, start=1):
            where = f"{table.label}第 {place} 条"
            yield from (f"{where}有误：{fault}" for fault in _row_faults(table, row))
            name = tuple(row.get(column) for column in NATURAL[table])
            if name in seen:
                yield f"{where}有误：与前面一条重复，请删去其中一条"
            seen.add(name)


def _row_faults(table: LawTable, row: Mapping[str, Any]) -> Iterator[str]:
    columns = COLUMNS[table]
    if unknown := sorted(row.keys() - columns.keys()):
        yield f"不认识的项目 {'、'.join(unknown)}，请删去或者改为 {'、'.join(columns)} 之一"
    if missing := sorted(name for name in NEEDED[table] if row.get(name) in (None, "")):
        yield f"缺少 {'、'.join(missing)}，请补上"
    for name, kind in columns.items():
        if name in row and not _is(row[name], kind):
            yield f"“{name}”写作 {row[name]}，请改为{_KINDS[kind]}"
    if row.get("kind", "") not in {"", *Kind.values}:
        yield f"“kind”写作 {row['kind']}，请改为 {'、'.join(Kind.values)} 之一，各类都适用的不写"


_KINDS = {str: "文字", bool: "true 或者 false", date: "日期（如 2026-01-01，不加引号）", int: "年份"}


def _is(value: Any, kind: type) -> bool:
    """Tell whether a file writes ``value`` where ``kind`` belongs; a moment is no date, and true no number."""
    return kind is object or type(value) is kind
