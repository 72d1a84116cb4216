"""Reading the checklist the system ships with, checked before it reaches a table."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any

SHIPPED = Path(__file__).parent / "data" / "items.toml"
_NEEDED = {"code", "heading", "title", "evidence", "verifier", "basis", "verified"}
_KNOWN = _NEEDED | {"blocking"}


def read(path: Path = SHIPPED) -> list[dict[str, Any]]:
    """Return the items of a checklist file, as columns; raise ValueError naming what is wrong."""
    items: list[dict[str, Any]] = tomllib.loads(path.read_text(encoding="utf-8")).get("item", [])
    for place, item in enumerate(items, start=1):
        for problem, names in (("unknown", item.keys() - _KNOWN), ("missing", _NEEDED - item.keys())):
            if names:
                message = f"item {place}: {problem} {', '.join(sorted(names))}"
                raise ValueError(message)
    return items
