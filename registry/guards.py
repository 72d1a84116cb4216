"""Database triggers that keep the ledger append-only and tie every change of state to its event.

They hold against everything that reaches the database with the application's rights: ``update()``, bulk writes, raw
SQL. Django rebuilds a table on SQLite when a migration alters it, and a rebuilt table loses its triggers: a migration
that alters a guarded table ends with `install`. A test and ``verify_ledger`` look.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from django.db.backends.base.base import BaseDatabaseWrapper

LEDGERS = {
    "event": "registry_event",
    "staff_event": "registry_staffevent",
    "law_event": "registry_lawevent",
    "checkpoint": "registry_checkpoint",
    "calendar_event": "registry_calendarevent",
    "campaign_event": "cleanup_campaignevent",
}
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
        if word not in {"event", "checkpoint"}
    },
    "checkpoint": """EXISTS (
        SELECT 1 FROM registry_checkpoint WHERE id = NEW.id OR number = NEW.number OR "on" = NEW."on"
    )""",
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


_FUNCTIONS = {
    "registry_event_is_final": """
    BEGIN RAISE EXCEPTION 'the ledger is append-only: event is not %', lower(TG_OP); END
    """,
    "registry_check_state_has_event": f"""
    BEGIN
        IF NEW.state IS DISTINCT FROM OLD.state AND NOT ({_STATE_HAS_EVENT}) THEN
            RAISE EXCEPTION 'state is moved only together with its event';
        END IF;
        RETURN NEW;
    END
    """,
    "registry_organisation_stays": """
    BEGIN RAISE EXCEPTION 'an organisation is never deleted'; END
    """,
    "registry_organisation_enters_with_event": """
    BEGIN
        IF NEW.event_count <> 1 OR NEW.event_head = '' THEN
            RAISE EXCEPTION 'an organisation enters once, with its first event';
        END IF;
        RETURN NEW;
    END
    """,
}
"""What PostgreSQL's triggers run."""


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
        for name, body in ({} if is_sqlite else _FUNCTIONS).items():
            cursor.execute(f"CREATE OR REPLACE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS $${body}$$")
        for name, body in (_sqlite() if is_sqlite else _postgresql()).items():
            if TABLES[name] in there:
                cursor.execute(f"CREATE TRIGGER {name} {body.strip()}")


def remove(connection: BaseDatabaseWrapper) -> None:
    """Drop the triggers; only migrations and tests of tampering have a reason to."""
    there = connection.introspection.table_names()
    with connection.cursor() as cursor:
        for name, table in TABLES.items():
            if table in there:
                on = "" if connection.vendor == "sqlite" else f" ON {table}"
                cursor.execute(f"DROP TRIGGER IF EXISTS {name}{on}")


def missing(connection: BaseDatabaseWrapper) -> list[str]:
    """Return the names of triggers the database lacks, has switched off, or has otherwise than they are written here."""
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.execute("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'")
            wanted = _sqlite()
        else:
            cursor.execute(
                "SELECT tgname, pg_get_triggerdef(pg_trigger.oid, true), proname, prosrc"
                " FROM pg_trigger JOIN pg_proc ON pg_proc.oid = tgfoid WHERE NOT tgisinternal AND tgenabled <> 'D'"
            )
            wanted = _postgresql()
        present = {name: (text, *function) for name, text, *function in cursor.fetchall()}
    return [name for name in NAMES if not _stands(name, wanted[name], present.get(name))]


def _stands(name: str, body: str, found: tuple[str, ...] | None) -> bool:
    """Tell whether a trigger is there as written, and on PostgreSQL runs what is written."""
    if found is None:
        return False
    text, *function = found
    return text == f"CREATE TRIGGER {name} {body.strip()}" and (
        not function or _FUNCTIONS.get(function[0]) == function[1]
    )
