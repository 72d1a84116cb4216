"""Database triggers that keep the ledger append-only and tie every change of state to its event.

They hold against everything that reaches the database with the application's rights: ``update()``, bulk writes, raw
SQL. Django rebuilds a table on SQLite when a migration alters it, and a rebuilt table loses its triggers: a migration
that alters a guarded table ends with `install`. A test and ``verify_ledger`` look.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from django.db.backends.base.base import BaseDatabaseWrapper

LEDGERS = {"event": "registry_event", "staff_event": "registry_staffevent", "law_event": "registry_lawevent"}
"""Append-only tables, by the word their triggers begin with."""

TABLES = {
    **{
        f"{word}_is_not_{done}": table for word, table in LEDGERS.items() for done in ("updated", "deleted", "replaced")
    },
    "organisation_state_has_event": "registry_organisation",
    "organisation_is_not_deleted": "registry_organisation",
    "organisation_is_not_replaced": "registry_organisation",
}
"""Each trigger and the table it watches."""

NAMES = tuple(TABLES)

_STATE_HAS_EVENT = """
    NEW.event_count = OLD.event_count + 1 AND EXISTS (
        SELECT 1 FROM registry_event
        WHERE organisation_id = NEW.id AND seq = NEW.event_count AND digest = NEW.event_head AND state = NEW.state
    )
"""

_REPLACES_OR_HAS_NO_EVENT = """
    NEW.event_count <> 1 OR NEW.event_head = '' OR EXISTS (
        SELECT 1 FROM registry_organisation WHERE id = NEW.id OR code = NEW.code OR uid = NEW.uid
    )
"""
"""What a new organisation must not be: without the place of its first event, or in the place of another one."""

_TAKEN = {
    "event": """EXISTS (
        SELECT 1 FROM registry_event
        WHERE id = NEW.id OR (organisation_id = NEW.organisation_id AND seq = NEW.seq)
    )""",
    **{
        word: f"EXISTS (SELECT 1 FROM {table} WHERE id = NEW.id OR seq = NEW.seq)"  # noqa: S608 - own table names
        for word, table in LEDGERS.items()
        if word != "event"
    },
}


def _sqlite() -> dict[str, str]:
    made: dict[str, str] = {}
    for word, table in LEDGERS.items():
        refused = f"SELECT RAISE(ABORT, 'the ledger is append-only: {word} is not"
        made |= {
            f"{word}_is_not_updated": f"BEFORE UPDATE ON {table} BEGIN {refused} updated'); END",
            f"{word}_is_not_deleted": f"BEFORE DELETE ON {table} BEGIN {refused} deleted'); END",
            f"{word}_is_not_replaced": f"BEFORE INSERT ON {table} WHEN {_TAKEN[word]} BEGIN {refused} replaced'); END",
        }
    made["organisation_state_has_event"] = f"""
        BEFORE UPDATE OF state ON registry_organisation
        WHEN NEW.state IS NOT OLD.state AND NOT ({_STATE_HAS_EVENT})
        BEGIN SELECT RAISE(ABORT, 'state is moved only together with its event'); END
    """
    made["organisation_is_not_deleted"] = """
        BEFORE DELETE ON registry_organisation
        BEGIN SELECT RAISE(ABORT, 'an organisation is never deleted'); END
    """
    made["organisation_is_not_replaced"] = f"""
        BEFORE INSERT ON registry_organisation WHEN {_REPLACES_OR_HAS_NO_EVENT}
        BEGIN SELECT RAISE(ABORT, 'an organisation enters once, with its first event'); END
    """
    return made


_FUNCTIONS = (
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
    CREATE OR REPLACE FUNCTION registry_organisation_stays() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN RAISE EXCEPTION 'an organisation is never deleted'; END $$
    """,
    """
    CREATE OR REPLACE FUNCTION registry_organisation_enters_with_event() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        IF NEW.event_count <> 1 OR NEW.event_head = '' THEN
            RAISE EXCEPTION 'an organisation enters once, with its first event';
        END IF;
        RETURN NEW;
    END $$
    """,
)


def _postgresql() -> dict[str, str]:
    made: dict[str, str] = {}
    for word, table in LEDGERS.items():
        final = "EXECUTE FUNCTION registry_event_is_final()"
        made |= {
            f"{word}_is_not_updated": f"BEFORE UPDATE ON {table} FOR EACH ROW {final}",
            f"{word}_is_not_deleted": f"BEFORE DELETE ON {table} FOR EACH ROW {final}",
            f"{word}_is_not_replaced": f"BEFORE TRUNCATE ON {table} FOR EACH STATEMENT {final}",
        }
    made["organisation_state_has_event"] = (
        "BEFORE UPDATE ON registry_organisation FOR EACH ROW EXECUTE FUNCTION registry_check_state_has_event()"
    )
    made["organisation_is_not_deleted"] = (
        "BEFORE DELETE ON registry_organisation FOR EACH ROW EXECUTE FUNCTION registry_organisation_stays()"
    )
    made["organisation_is_not_replaced"] = (
        "BEFORE INSERT ON registry_organisation FOR EACH ROW EXECUTE FUNCTION registry_organisation_enters_with_event()"
    )
    return made


def install(connection: BaseDatabaseWrapper) -> None:
    """Create the triggers anew; a table that does not exist yet gets its own from the migration that makes it."""
    remove(connection)
    there = connection.introspection.table_names()
    is_sqlite = connection.vendor == "sqlite"
    with connection.cursor() as cursor:
        for statement in () if is_sqlite else _FUNCTIONS:
            cursor.execute(statement)
        for name, body in (_sqlite() if is_sqlite else _postgresql()).items():
            if TABLES[name] in there:
                cursor.execute(f"CREATE TRIGGER {name} {body}")


def remove(connection: BaseDatabaseWrapper) -> None:
    """Drop the triggers; only migrations and tests of tampering have a reason to."""
    there = connection.introspection.table_names()
    with connection.cursor() as cursor:
        for name, table in TABLES.items():
            if table in there:
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
