"""The statements of docs/ledger.md, executed: the program's role does its work, and cannot touch the ledger."""

from __future__ import annotations

import re
from contextlib import contextmanager
from datetime import date
from typing import TYPE_CHECKING

import pytest
from django.conf import settings
from django.db import DatabaseError, connection, transaction

from registry import guards
from registry.actions import check, checkpoint
from registry.actions import organisation as verbs
from registry.actions import user as users
from registry.states import Role
from tests.factories import OrganisationFactory

if TYPE_CHECKING:
    from collections.abc import Iterator

    from registry.models import User

pytestmark = pytest.mark.django_db

DAY = date(2022, 3, 1)


def statements() -> list[str]:
    """Return what the page tells to execute after every migration."""
    page = (settings.BASE_DIR / "docs" / "ledger.md").read_text(encoding="utf-8")
    _, granted = re.findall(r"```sql\n(.*?)```", page, re.DOTALL)
    without_comments = re.sub(r"--.*", "", granted)
    return [each.strip() for each in without_comments.split(";") if each.strip()]


def sql(statement: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(statement)


@contextmanager
def as_the_program() -> Iterator[None]:
    sql("SET LOCAL ROLE qingce_app")
    try:
        yield
    finally:
        sql("RESET ROLE")


@pytest.fixture
def roles(db: None) -> None:
    """Make the two roles, as the page says; the end of the test takes them back."""
    if connection.vendor != "postgresql":
        pytest.skip("SQLite knows no roles")
    with connection.cursor() as cursor:
        cursor.execute("SELECT rolsuper FROM pg_roles WHERE rolname = current_user")
        if not cursor.fetchone()[0]:
            pytest.skip("only a superuser makes roles")
    sql("CREATE ROLE qingce_owner LOGIN")
    sql("CREATE ROLE qingce_app LOGIN")
    for statement in statements() * 2:
        sql(statement)


def test_the_page_names_every_ledger() -> None:
    about = [each for each in statements() if "registry_event" in each]
    assert [set(re.findall(r"(?:registry|cleanup)_\w+", each)) for each in about] == [set(guards.LEDGERS.values())] * 2


def test_the_programs_role_does_its_work(roles: None, officer: User) -> None:
    with as_the_program():
        body = OrganisationFactory.create()
        verbs.hold(organisation_id=body.pk, by=officer, on=DAY, reason="诉讼中")
        verbs.amend(organisation_id=body.pk, changes={"address": "新址"}, by=officer, on=DAY, reason="迁址")
        for name in ("somebody", "another"):
            users.add_user(
                username=name,
                display_name=f"某人{name}",
                role=Role.CLERK,
                password="a-long-enough-one",
                by=officer,
                on=DAY,
                reason="新进",
            )
        made = checkpoint.make(on=DAY)
        done = check.verify()
    assert (done.holds, done.checkpoint) == (True, made)


@pytest.mark.parametrize(
    "statement",
    [
        "DROP TRIGGER event_is_not_updated ON registry_event",
        "ALTER TABLE registry_event DISABLE TRIGGER event_is_not_updated",
        "ALTER TABLE registry_event DISABLE TRIGGER ALL",
        "CREATE OR REPLACE FUNCTION registry_event_is_final() RETURNS trigger LANGUAGE sql AS 'SELECT 1'",
        "DROP FUNCTION registry_event_is_final() CASCADE",
        "SET session_replication_role = replica",
        "TRUNCATE registry_event CASCADE",
        "DROP TABLE registry_checkpoint CASCADE",
        "UPDATE registry_event SET reason = 'x'",
        "UPDATE registry_event SET id = id + 1000",
        "DELETE FROM registry_event",
        "UPDATE registry_staffevent SET reason = 'x'",
        "UPDATE registry_checkpoint SET root = 'x'",
        "DELETE FROM registry_checkpoint",
        "DELETE FROM registry_organisation",
        "UPDATE registry_organisation SET state = 'dormant', dormant_since = '2022-03-01'",
        "DELETE FROM django_migrations",
        "ALTER TABLE registry_event OWNER TO qingce_app",
        "GRANT UPDATE ON registry_event TO qingce_app",
    ],
)
def test_the_programs_role_cannot_touch_the_ledger(roles: None, statement: str) -> None:
    OrganisationFactory.create()
    refusals = "must be owner|permission denied|append-only|only together with its event"
    if statement.startswith("GRANT"):
        with as_the_program(), connection.cursor() as cursor:
            cursor.execute(statement)  # PostgreSQL only warns that nothing was granted
            cursor.execute("SELECT has_table_privilege('qingce_app', 'registry_event', 'UPDATE')")
            assert cursor.fetchone() == (False,)
        return
    with as_the_program(), pytest.raises(DatabaseError, match=refusals), transaction.atomic():
        sql(statement)
