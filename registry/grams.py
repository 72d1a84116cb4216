"""The index behind the search on PostgreSQL: each text's characters and pairs of neighbours, in a GIN index.

Chinese is written without spaces, and officers look for one character as well as for ten: a text that holds a word
holds all its characters and pairs. The index tells which rows may hold the word, the condition itself which do. SQLite
reads through the names instead, which is as quick for a county's register.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db.models import BooleanField, Func, TextField, Value

if TYPE_CHECKING:
    from django.db.backends.base.base import BaseDatabaseWrapper
    from django.db.models.sql.compiler import SQLCompiler

FUNCTION = """
CREATE OR REPLACE FUNCTION registry_grams(VARIADIC texts text[]) RETURNS tsvector
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT coalesce(array_to_tsvector(array_agg(DISTINCT gram)), '')
    FROM unnest(texts) AS text,
        LATERAL (SELECT string_to_array(text, NULL) AS letters) AS split,
        LATERAL generate_subscripts(letters, 1) AS place,
        LATERAL (VALUES (letters[place]), (letters[place] || letters[place + 1])) AS pair (gram)
    WHERE gram <> ''
$$
"""
ORGANISATION = ("name", "code", "legal_representative", "name_initials")
FORMER_NAME = ("name",)
INDEXES = {
    "organisation_grams": ("registry_organisation", ORGANISATION),
    "former_name_grams": ("registry_formername", FORMER_NAME),
}
"""Each index: its table, and the columns whose texts it takes together."""


def install(connection: BaseDatabaseWrapper) -> None:
    """Create function and indexes; on SQLite there is nothing to do."""
    if connection.vendor != "postgresql":
        return
    with connection.cursor() as cursor:
        cursor.execute(FUNCTION)
        for name, (table, columns) in INDEXES.items():
            taken = ", ".join(columns)
            cursor.execute(f"CREATE INDEX IF NOT EXISTS {name} ON {table} USING gin (registry_grams({taken}))")


def remove(connection: BaseDatabaseWrapper) -> None:
    """Drop them."""
    if connection.vendor != "postgresql":
        return
    with connection.cursor() as cursor:
        for name in INDEXES:
            cursor.execute(f"DROP INDEX IF EXISTS {name}")
        cursor.execute("DROP FUNCTION IF EXISTS registry_grams(text[])")


def grams(word: str) -> list[str]:
    """Return what a text must hold to hold ``word``: its pairs, of a single character that one."""
    return sorted({word[at : at + 2] for at in range(len(word) - 1)}) or [word]


class MayHold(Func):
    """True of rows whose ``columns`` together may hold one of ``words``; no row that does is missed.

    Whoever filters by it also filters by the words themselves. On SQLite it is true of every row.
    """

    output_field = BooleanField()

    def __init__(self, columns: tuple[str, ...], *words: str) -> None:
        """Ask for any of ``words``."""
        super().__init__(
            Func(*columns, function="registry_grams", output_field=TextField()),
            Value(" | ".join(sorted({_query(word) for word in words}))),
        )

    def as_sqlite(self, *_: Any, **__: Any) -> tuple[str, tuple[str | int, ...]]:
        """Return what is true of every row."""
        return "1 = 1", ()

    def as_postgresql(self, compiler: SQLCompiler, connection: BaseDatabaseWrapper) -> tuple[str, Any]:
        """Return the condition that the index answers."""
        return self.as_sql(compiler, connection, template="%(expressions)s::tsquery", arg_joiner=" @@ ")


def _query(word: str) -> str:
    quoted = (each.replace("\\", "\\\\").replace("'", "''") for each in grams(word))
    return "(" + " & ".join(f"'{each}'" for each in quoted) + ")"
