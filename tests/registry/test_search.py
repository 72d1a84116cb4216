"""The search finds what officers type, by whichever way the database takes."""

from __future__ import annotations

import pytest
from django.db import connection
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from registry.grams import FORMER_NAME, ORGANISATION, MayHold, grams
from registry.models import FormerName, Organisation
from registry.queries import search
from registry.queries.search import searched
from tests.factories import OrganisationFactory

on_postgresql = pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite reads through the names")


def found(text: str) -> list[str]:
    return [row.name for row in searched(Organisation.objects.order_by("pk"), text)]


@pytest.mark.parametrize(
    ("word", "wanted"),
    [("茶", ["茶"]), ("茶叶", ["茶叶"]), ("茶叶协", ["叶协", "茶叶"]), ("茶茶茶", ["茶茶"])],
)
def test_a_word_is_looked_for_by_its_pairs(word: str, wanted: list[str]) -> None:
    assert grams(word) == wanted


@pytest.mark.django_db
@pytest.mark.parametrize("word", ["'", "\\", "%", "_", "a'b\\", "(", "&", "|", "!", ":*", "𠮷", "示例'&|!()"])
def test_any_character_may_be_looked_for(word: str) -> None:
    OrganisationFactory.create(name="没有这些字")
    OrganisationFactory.create(name=f"虚构{word}协会")
    assert found(word) == [f"虚构{word}协会"]


@pytest.mark.django_db
def test_former_names_are_found_whether_few_or_many(monkeypatch: pytest.MonkeyPatch) -> None:
    for number in range(4):
        body = OrganisationFactory.create(name=f"现名{number}")
        FormerName.objects.create(organisation=body, name=f"旧茶行{number}", until="2020-01-01")
    few = found("旧茶")
    monkeypatch.setattr(search, "FEW", 2)
    assert found("旧茶") == few == [f"现名{number}" for number in range(4)]


LETTERS = st.text(alphabet="茶叶协会甲aA1 '\\%", min_size=1, max_size=6)


@pytest.mark.django_db
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(names=st.lists(LETTERS.filter(str.strip), min_size=1, max_size=5), word=LETTERS.filter(str.strip))
def test_the_index_misses_nobody(names: list[str], word: str) -> None:
    made = [OrganisationFactory.create(name=name).pk for name in names]
    typed = word.split(maxsplit=1)[0]
    rows = Organisation.objects.filter(pk__in=made, name__contains=typed)
    assert set(rows.filter(MayHold(ORGANISATION, typed))) == set(rows)


@pytest.mark.django_db
@on_postgresql
@pytest.mark.parametrize(
    ("columns", "table", "index"),
    [
        (ORGANISATION, "registry_organisation", "organisation_grams"),
        (FORMER_NAME, "registry_formername", "former_name_grams"),
    ],
)
def test_postgresql_answers_from_the_index(columns: tuple[str, ...], table: str, index: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off")
        taken = ", ".join(columns)
        cursor.execute(f"EXPLAIN SELECT * FROM {table} WHERE registry_grams({taken}) @@ '''茶叶'''::tsquery")
        assert any(index in line for (line,) in cursor.fetchall())


@pytest.mark.django_db
@on_postgresql
@pytest.mark.parametrize(
    ("texts", "wanted"),
    [
        (["", ""], set()),
        (["茶"], {"茶"}),
        (["茶叶社", "51"], {"茶", "叶", "社", "茶叶", "叶社", "5", "1", "51"}),
        (["茶\x1f叶\n社"], {"茶", "叶", "\n", "社", "叶\n", "\n社"}),
    ],
)
def test_postgresql_keeps_characters_and_pairs_of_each_text(texts: list[str], wanted: set[str]) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT tsvector_to_array(registry_grams(VARIADIC %s))", [texts])
        assert set(cursor.fetchone()[0]) == wanted


@pytest.mark.django_db
@on_postgresql
def test_postgresql_leaves_room_for_heads_beside_their_rows() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT reloptions FROM pg_class WHERE relname = 'registry_organisation'")
        assert cursor.fetchone()[0] == ["fillfactor=80"]
