"""Eight officers press the same button at once, in four processes, on a database they share."""

from __future__ import annotations

import os
import sqlite3
import subprocess
import sys
from contextlib import closing
from typing import TYPE_CHECKING
from urllib.parse import quote

import pytest
from django.conf import settings
from django.db import connection

from tests.factories import OrganisationFactory

if TYPE_CHECKING:
    from pathlib import Path

    from registry.models import User

PROCESSES = 4
COUNT = "SELECT count(*) FROM registry_event WHERE organisation_id = {} AND verb = 'organisation.mark_dormant'"


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
    if connection.vendor == "sqlite":
        with closing(sqlite3.connect(database.removeprefix("sqlite:///"))) as copy:
            return int(copy.execute(sql).fetchone()[0])
    with connection.cursor() as cursor:
        cursor.execute(sql)
        return int(cursor.fetchone()[0])


@pytest.mark.django_db(transaction=True)
def test_of_eight_officers_exactly_one_moves_the_organisation(officer: User, tmp_path: Path) -> None:
    body = OrganisationFactory.create(by=officer)
    database = shared_database(tmp_path)
    environment = {**os.environ, "DATABASE_URL": database, "DJANGO_SETTINGS_MODULE": "config.settings"}
    command = [sys.executable, "-m", "tests.registry.race", str(body.pk), str(officer.pk)]
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
    outcomes = [line for racer in racers for line in racer.communicate(timeout=60)[0].split()]
    assert sorted(outcomes) == ["moved", *["refused"] * 7]
    assert count(COUNT.format(body.pk), database) == 1
