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

FUNCTION = r"""
CREATE OR REPLACE FUNCTION registry_grams(VARIADIC texts text[]) RETURNS tsvector
LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE AS $$
DECLARE
    told text := array_to_string(texts, E'\x1f');
BEGIN
    RETURN array_to_tsvector(array_remove(
        string_to_array(replace(told, E'\x1f', ''), NULL)
        || string_to_array(regexp_replace(told, '(..)', E'\\1\x1f', 'g'), E'\x1f')
        || string_to_array(regexp_replace(substr(told, 2), '(..)', E'\\1\x1f', 'g'), E'\x1f'),
        ''
    ));
END
$$
"""
"""All characters, the pairs from the first character on and those from the second on; U+001F, which no word holds, parts
them. Every row written runs it, so it goes over the text with what the database has built in, not row by row."""
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
