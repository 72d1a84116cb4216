"""Reading law data files: legal bases and policy values in TOML, checked before they reach a table."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any

SHIPPED = Path(__file__).parent / "data" / "law.toml"
_BASIS = {"code", "law", "version", "article", "text", "source", "verified", "effective_from", "effective_to"}
_POLICY = {"key", "kind", "year", "value", "unit", "basis", "source", "verified", "effective_from", "effective_to"}


def read(path: Path = SHIPPED) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """Return the legal bases and the policies of a law file, as columns; raise ValueError naming what is wrong."""
    data = tomllib.loads(path.read_text(encoding="utf-8"))
    bases, policies = data.get("basis", []), data.get("policy", [])
    _check(bases, "basis", known=_BASIS, needed={"code", "law", "version", "text", "source"})
    _check(policies, "policy", known=_POLICY, needed={"key", "value", "source", "effective_from"})
    codes = {row["code"] for row in bases}
    for row in policies:
        if row.get("basis") and row["basis"] not in codes:
            message = f"{path.name}: policy {row['key']} cites {row['basis']}, which is not among the legal bases"
            raise ValueError(message)
    return bases, policies


def _check(rows: list[dict[str, Any]], what: str, *, known: set[str], needed: set[str]) -> None:
    for place, row in enumerate(rows, start=1):
        for problem, names in (("unknown", row.keys() - known), ("missing", needed - row.keys())):
            if names:
                message = f"{what} {place}: {problem} {', '.join(sorted(names))}"
                raise ValueError(message)
