"""Several processes that do the same at once on a database they share with the test."""

from __future__ import annotations

import os
import sqlite3
import subprocess
import sys
from contextlib import closing
from typing import TYPE_CHECKING
from urllib.parse import quote

from django.conf import settings
from django.db import connection

if TYPE_CHECKING:
    from pathlib import Path

PROCESSES = 4


def shared_database(folder: Path) -> str:
    """Return the address of the test database; one that lives in memory is first copied into ``folder``."""
    if connection.vendor == "sqlite":
        with closing(sqlite3.connect(folder / "shared.sqlite3")) as copy:
            connection.connection.backup(copy)
        return f"sqlite:///{folder / 'shared.sqlite3'}"
    at = connection.settings_dict
    who = quote(at["USER"]) + (f":{quote(at['PASSWORD'])}" if at["PASSWORD"] else "")
    return f"postgres://{who}@{at['HOST']}:{at['PORT'] or 5432}/{at['NAME']}"


def count(sql: str, database: str) -> int:
    """Return what a query that counts says in the shared database."""
    if connection.vendor == "sqlite":
        with closing(sqlite3.connect(database.removeprefix("sqlite:///"))) as copy:
            return int(copy.execute(sql).fetchone()[0])
    with connection.cursor() as cursor:
        cursor.execute(sql)
        return int(cursor.fetchone()[0])


def outcomes(module: str, *about: object, database: str) -> list[str]:
    """Run ``module`` in `PROCESSES` processes, let all of them go at once, and return what they print, sorted."""
    environment = {**os.environ, "DATABASE_URL": database, "DJANGO_SETTINGS_MODULE": "config.settings"}
    command = [sys.executable, "-m", module, *map(str, about)]
    racers = [
        subprocess.Popen(
            command, env=environment, cwd=settings.BASE_DIR, text=True, stdin=subprocess.PIPE, stdout=subprocess.PIPE
        )
        for _ in range(PROCESSES)
    ]
    assert [racer.stdout.readline().strip() for racer in racers if racer.stdout] == ["ready"] * PROCESSES
    for racer in racers:
        assert racer.stdin
        racer.stdin.write("go\n")
        racer.stdin.flush()
    return sorted(line for racer in racers for line in racer.communicate(timeout=60)[0].split())
