"""One process at a time, where the database can tell: a lock of the session, which ends with it."""

from __future__ import annotations

from contextlib import contextmanager
from enum import Enum
from typing import TYPE_CHECKING
from zlib import crc32

from django.db import connection

if TYPE_CHECKING:
    from collections.abc import Iterator


class Hold(Enum):
    """What is known about others: none works, one does, or the database cannot tell (SQLite)."""

    ALONE = "alone"
    TAKEN = "taken"
    UNKNOWN = "unknown"


@contextmanager
def alone(what: str, number: int) -> Iterator[Hold]:
    """Try to be the only session that works on ``number`` of ``what``; never waits.

    PostgreSQL gives the lock up by itself when the session dies, so that whoever gets it may clear up behind it. SQLite
    has no such lock: there a row that says who works, written at once, must do.
    """
    if connection.vendor != "postgresql":
        yield Hold.UNKNOWN
        return
    key = [crc32(what.encode()) - 2**31, number % 2**31]
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_lock(%s::int, %s::int)", key)
        held = cursor.fetchone()[0]
    try:
        yield Hold.ALONE if held else Hold.TAKEN
    finally:
        if held:
            with connection.cursor() as cursor:
                cursor.execute("SELECT pg_advisory_unlock(%s::int, %s::int)", key)
