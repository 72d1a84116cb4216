"""Database triggers that keep the ledger append-only and tie every change of state to its event.

They hold against everything that reaches the database with the application's rights: ``update()``, bulk writes, raw
SQL. Django rebuilds a table on SQLite when a migration alters it, and a rebuilt table loses its triggers: a migration
that alters ``registry_event`` or ``registry_organisation`` ends with `install`. A test and ``verify_ledger`` look.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from django.db.backends.base.base import BaseDatabaseWrapper

NAMES = (
    "event_is_not_updated",
    "event_is_not_deleted",
    "event_is_not_replaced",
    "organisation_state_has_event",
)

_STATE_HAS_EVENT = """
    NEW.event_count = OLD.event_count + 1 AND EXISTS (
        SELECT 1 FROM registry_event
        WHERE organisation_id = NEW.id AND seq = NEW.event_count AND digest = NEW.event_head AND state = NEW.state
    )
"""

_SQLITE = (
    """
    CREATE TRIGGER event_is_not_updated BEFORE UPDATE ON registry_event
    BEGIN SELECT RAISE(ABORT, 'the ledger is append-only: event is not updated'); END
    """,
    """
    CREATE TRIGGER event_is_not_deleted BEFORE DELETE ON registry_event
    BEGIN SELECT RAISE(ABORT, 'the ledger is append-only: event is not deleted'); END
    """,
    """
    CREATE TRIGGER event_is_not_replaced BEFORE INSERT ON registry_event
    WHEN EXISTS (
        SELECT 1 FROM registry_event
        WHERE id = NEW.id OR (organisation_id = NEW.organisation_id AND seq = NEW.seq)
    )
    BEGIN SELECT RAISE(ABORT, 'the ledger is append-only: event is not replaced'); END
    """,
    f"""
    CREATE TRIGGER organisation_state_has_event BEFORE UPDATE OF state ON registry_organisation
    WHEN NEW.state IS NOT OLD.state AND NOT ({_STATE_HAS_EVENT})
    BEGIN SELECT RAISE(ABORT, 'state is moved only together with its event'); END
    """,
)

_POSTGRESQL = (
    """
    CREATE OR REPLACE FUNCTION registry_event_is_final() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN RAISE EXCEPTION 'the ledger is append-only: event is not %', lower(TG_OP); END $$
    """,
    f"""
    CREATE OR REPLACE FUNCTION registry_check_state_has_event() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        IF NEW.state IS DISTINCT FROM OLD.state AND NOT ({_STATE_HAS_EVENT}) THEN
            RAISE EXCEPTION 'state is moved only together with its event';
        END IF;
        RETURN NEW;
    END $$
    """,
    """
    CREATE TRIGGER event_is_not_updated BEFORE UPDATE ON registry_event
    FOR EACH ROW EXECUTE FUNCTION registry_event_is_final()
    """,
    """
    CREATE TRIGGER event_is_not_deleted BEFORE DELETE ON registry_event
    FOR EACH ROW EXECUTE FUNCTION registry_event_is_final()
    """,
    """
    CREATE TRIGGER event_is_not_replaced BEFORE TRUNCATE ON registry_event
    FOR EACH STATEMENT EXECUTE FUNCTION registry_event_is_final()
    """,
    """
    CREATE TRIGGER organisation_state_has_event BEFORE UPDATE ON registry_organisation
    FOR EACH ROW EXECUTE FUNCTION registry_check_state_has_event()
    """,
)


def install(connection: BaseDatabaseWrapper) -> None:
    """Create the triggers anew."""
    remove(connection)
    with connection.cursor() as cursor:
        for statement in _SQLITE if connection.vendor == "sqlite" else _POSTGRESQL:
            cursor.execute(statement)


def remove(connection: BaseDatabaseWrapper) -> None:
    """Drop the triggers; only migrations and tests of tampering have a reason to."""
    with connection.cursor() as cursor:
        for name in NAMES:
            table = "registry_organisation" if name.startswith("organisation") else "registry_event"
            on = "" if connection.vendor == "sqlite" else f" ON {table}"
            cursor.execute(f"DROP TRIGGER IF EXISTS {name}{on}")


def missing(connection: BaseDatabaseWrapper) -> list[str]:
    """Return the names of triggers the database does not have."""
    if connection.vendor == "sqlite":
        query = "SELECT name FROM sqlite_master WHERE type = 'trigger'"
    else:
        query = "SELECT tgname FROM pg_trigger WHERE NOT tgisinternal AND tgenabled <> 'D'"
    with connection.cursor() as cursor:
        cursor.execute(query)
        present = {name for (name,) in cursor.fetchall()}
    return [name for name in NAMES if name not in present]
