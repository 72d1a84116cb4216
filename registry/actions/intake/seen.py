"""Remembering which keys a file has had, without keeping them in memory."""

from __future__ import annotations

import sqlite3
from typing import TYPE_CHECKING, Self

if TYPE_CHECKING:
    from types import TracebackType


class Seen:
    """Which row of the file a key stood in first. Kept in a temporary file, so that memory does not grow."""

    def __enter__(self) -> Self:
        """Open the temporary store; it vanishes when closed."""
        self._store = sqlite3.connect("", isolation_level=None)
        self._store.execute("CREATE TABLE seen (key TEXT PRIMARY KEY, row INTEGER) WITHOUT ROWID")
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Close and forget."""
        self._store.close()

    def first(self, what: str, key: str, row: int) -> int:
        """Return the first row that had ``key``; that is ``row`` itself when it is new or asked again."""
        place = f"{what}:{key}"
        if self._store.execute("INSERT OR IGNORE INTO seen VALUES (?, ?)", (place, row)).rowcount:
            return row
        return int(self._store.execute("SELECT row FROM seen WHERE key = ?", (place,)).fetchone()[0])
