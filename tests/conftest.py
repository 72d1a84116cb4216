"""Strict ground for every test: guards and law data survive a flush, nobody shares files with anybody."""

import os
from collections.abc import Generator, Iterator
from datetime import date
from pathlib import Path

import pytest
from django.conf import LazySettings
from django.db import connection
from django.test import TransactionTestCase

from decoupling import checklist
from decoupling.models import ChecklistItem
from registry import guards, lawbook
from registry.models import LegalBasis, Policy, User
from registry.states import Role
from tests.factories import UserFactory

TODAY = date(2026, 11, 24)

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
    django_db_modify_db_settings_parallel_suffix: None, tmp_path_factory: pytest.TempPathFactory
) -> None:
    """Keep SQLite's test database in a file, as in service: in memory it shares a cache that locks differently."""
    if connection.vendor == "sqlite":
        connection.settings_dict["TEST"]["NAME"] = str(tmp_path_factory.mktemp("database") / "test.sqlite3")


@pytest.fixture(autouse=True)
def _own_files(settings: LazySettings, tmp_path: Path) -> None:
    settings.MEDIA_ROOT = tmp_path / "media"
    settings.EXPORT_DIR = tmp_path / "exports"
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    settings.STORAGES = {
        **settings.STORAGES,
        "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
    }


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
