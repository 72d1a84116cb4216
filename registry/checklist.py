"""Reading the list of documents an application needs, which the system ships with, checked before anyone relies on it."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass, fields
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from registry.states import FilingKind, Kind

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

SHIPPED = Path(__file__).parent / "data" / "filing_documents.toml"


@dataclass(frozen=True, slots=True, kw_only=True)
class Document:
    """One document an application needs. ``basis`` is by kind of body, and a kind it does not name needs none.

    ``when`` lists columns: the document is needed only where the application proposes one of them. One that is not
    ``required`` may follow later; ``verified`` as for the law.
    """

    code: str
    filing: str
    title: str
    basis: Mapping[str, str]
    when: tuple[str, ...] = ()
    required: bool = True
    verified: bool = False

    def __str__(self) -> str:
        """Return the title, marked when nobody has verified it."""
        return self.title if self.verified else f"{self.title}（待核实）"


_KNOWN = {each.name for each in fields(Document)}
_NEEDED = {"code", "filing", "title", "basis"}


@cache
def read(path: Path = SHIPPED) -> tuple[Document, ...]:
    """Return the documents of a file in its order; raise ValueError naming what is wrong."""
    rows = tomllib.loads(path.read_text(encoding="utf-8")).get("document", [])
    seen: set[str] = set()
    for place, row in enumerate(rows, start=1):
        for problem, names in (
            ("unknown", row.keys() - _KNOWN),
            ("missing", _NEEDED - row.keys()),
            ("unknown filing", {row.get("filing")} - set(FilingKind.values)),
            ("unknown kind", row.get("basis", {}).keys() - set(Kind.values)),
            ("repeated", {row.get("code")} & seen),
        ):
            if names:
                message = f"document {place}: {problem} {', '.join(sorted(map(str, names)))}"
                raise ValueError(message)
        seen.add(row["code"])
    return tuple(Document(**{**row, "when": tuple(row.get("when", ()))}) for row in rows)


def needed(filing: str, kind: str, columns: Collection[str] = ()) -> tuple[Document, ...]:
    """Return what an application of kind ``filing`` by a body of ``kind`` needs when it proposes ``columns``."""
    return tuple(
        each
        for each in read()
        if each.filing == filing and kind in each.basis and (not each.when or set(each.when) & set(columns))
    )
