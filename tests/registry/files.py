"""Writing small files to import; every code in them is made up."""

from __future__ import annotations

import csv
from typing import TYPE_CHECKING

from registry.identifiers import compose
from registry.states import Kind

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path


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
