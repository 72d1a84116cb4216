"""Writing small files to import; every code in them is made up."""

from __future__ import annotations

import csv
from typing import TYPE_CHECKING

from registry.identifiers import compose
from registry.states import Kind

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from registry.actions.intake import Report


def code_of(number: int, kind: Kind = Kind.ASSOCIATION) -> str:
    """Return a valid code of the fictional district; the same number gives the same code."""
    return compose(kind, "120119", number)


def write_rows(path: Path, *rows: Mapping[str, object]) -> Path:
    """Write rows as CSV under the headings that occur in them, in the order they occur first."""
    headings = list(dict.fromkeys(heading for row in rows for heading in row))
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, headings, restval="")
        writer.writeheader()
        writer.writerows(rows)
    return path


def register_row(number: int = 1, **cells: object) -> dict[str, object]:
    """Return a row of a register file under everyday headings."""
    return {"名称": f"虚构区测试协会{number}", "统一社会信用代码": code_of(number), "状态": "正常", **cells}


def counts_of(report: Report) -> tuple[int, int, int, int]:
    """Return how many rows were created, updated, unchanged and refused."""
    return report.counts.created, report.counts.updated, report.counts.unchanged, report.counts.refused


def reasons_of(report: Report) -> list[str]:
    """Return what was said about rows, without what was said about the whole file."""
    return [issue.reason for issue in report.issues if issue.row]
