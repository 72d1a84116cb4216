"""Strict ground for every test: guards and law data survive a flush, nobody shares files with anybody."""

import hashlib
import os
import shutil
import subprocess
import sys
from collections.abc import Generator, Iterator
from datetime import date
from pathlib import Path

import pytest
from django.conf import LazySettings, settings
from django.db import connection
from django.test import TransactionTestCase
from hypothesis import settings as hypothesis_settings

from decoupling import checklist
from decoupling.models import ChecklistItem
from registry import calendar, guards, lawbook
from registry.models import LegalBasis, Policy, User
from registry.states import Role
from tests.factories import UserFactory

hypothesis_settings.register_profile("long")
"""For thousands of steps of random histories: see ``tests/test_histories.py``."""

TODAY = date(2026, 11, 24)
MADE_FROM = ("*/migrations/*.py", "*/data/*.toml", "registry/*.py", "decoupling/checklist.py", "requirements/base.txt")
"""Everything a migrated database comes from."""

_flush = TransactionTestCase._fixture_teardown


def _flush_and_restore(self: TransactionTestCase) -> None:
    """Let the flush through the ledger's triggers, then put back what every database starts with."""
    guards.remove(connection)
    _flush(self)
    guards.install(connection)
    bases, policies = lawbook.read()
    LegalBasis.objects.bulk_create(LegalBasis(**row) for row in bases)
    Policy.objects.bulk_create(Policy(**row) for row in policies)
    ChecklistItem.objects.bulk_create(ChecklistItem(**row) for row in checklist.read())


TransactionTestCase._fixture_teardown = _flush_and_restore  # type: ignore[method-assign]  # pytest-django offers no door for it


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Where services are required (continuous integration), a test that skips for want of one has failed."""
    report = yield
    needs_service = any(item.get_closest_marker(name) for name in ("services", "browser"))
    if report.skipped and needs_service and os.environ.get("QINGCE_REQUIRE_SERVICES") == "1":
        report.outcome = "failed"
        report.longrepr = f"{item.nodeid} needs a service that is not there: {report.longrepr}"
    return report


@pytest.fixture(scope="session")
def django_db_modify_db_settings(
    django_db_modify_db_settings_parallel_suffix: None,
    tmp_path_factory: pytest.TempPathFactory,
    pytestconfig: pytest.Config,
) -> None:
    """Keep SQLite's test database in a file, as in service: in memory it shares a cache that locks differently.

    It starts as a copy of a migrated one, which is kept until anything changes that migrations are made from.
    """
    if connection.vendor == "sqlite":
        own = tmp_path_factory.mktemp("database") / "test.sqlite3"
        shutil.copy(_migrated(pytestconfig.cache.mkdir("migrated"), own.parent), own)
        connection.settings_dict["TEST"]["NAME"] = str(own)


@pytest.fixture(scope="session")
def django_db_keepdb() -> bool:
    """On SQLite the copy is taken as it is; what is not applied yet would be."""
    return connection.vendor == "sqlite"


def _migrated(shelf: Path, scratch: Path) -> Path:
    """Return the file of a migrated database from the shelf, made anew where there is none of the present migrations."""
    sources = sorted(path for pattern in MADE_FROM for path in settings.BASE_DIR.glob(pattern))
    digest = hashlib.sha256()
    for path in sources:
        digest.update(path.read_bytes())
    kept = shelf / f"{digest.hexdigest()[:32]}.sqlite3"
    if not kept.exists():
        environment = {**os.environ, "VAR_DIR": str(scratch), "DATABASE_URL": ""}
        command = [sys.executable, "manage.py", "migrate", "--run-syncdb", "--verbosity", "0"]
        subprocess.run(command, cwd=settings.BASE_DIR, env=environment, check=True)
        for outdated in shelf.glob("*.sqlite3"):
            outdated.unlink(missing_ok=True)
        (scratch / "qingce.sqlite3").replace(kept)
    return kept


@pytest.fixture(autouse=True)
def _own_files(settings: LazySettings, tmp_path: Path) -> None:
    settings.MEDIA_ROOT = tmp_path / "media"
    settings.EXPORT_DIR = tmp_path / "exports"
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    settings.STORAGES = {
        **settings.STORAGES,
        "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
    }


@pytest.fixture(autouse=True)
def _shipped_calendar() -> None:
    """Go by the calendar the system ships with, whatever the test before has loaded."""
    calendar.use(calendar.SHIPPED)


@pytest.fixture
def officer(db: None) -> User:
    return UserFactory.create(role=Role.REGISTRATION)


@pytest.fixture
def reviewer(db: None) -> User:
    return UserFactory.create(role=Role.REVIEWER)


@pytest.fixture
def without_guards(db: None) -> Iterator[None]:
    """Let a test tamper with the ledger behind the triggers' back."""
    guards.remove(connection)
    yield
    guards.install(connection)
