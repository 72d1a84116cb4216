"""First letters of names: read like a person reads them, and kept right wherever a name is written."""

import csv
from datetime import date
from importlib import import_module
from pathlib import Path

import pytest
from django.apps import apps
from django.db import connection
from hypothesis import given
from hypothesis import strategies as st

from registry import guards
from registry.actions import organisation as verbs
from registry.actions.intake.register import import_register
from registry.identifiers import compose
from registry.initials import KEPT, initials, is_initials
from registry.models import Organisation, User
from registry.queries.verification import faults
from registry.states import Kind
from tests.factories import OrganisationFactory


@pytest.mark.parametrize(
    ("name", "letters"),
    [
        ("虚构区茶叶协会", "xgqcyxh"),
        ("重庆商会", "cqsh"),
        ("银行业协会", "yhyxh"),
        ("自行车运动协会", "zxcydxh"),
        ("音乐家协会", "yyjxh"),
        ("协会计算机分会", "xhjsjfh"),
        ("老年大学（ＡＢＣ第12号）", "lndxabcd12h"),
        ("☂", ""),
        ("", ""),
    ],
)
def test_letters_follow_the_word_a_character_stands_in(name: str, letters: str) -> None:
    assert initials(name) == letters


@given(st.text(max_size=200))
def test_any_name_gives_letters_that_fit_their_column(name: str) -> None:
    letters = initials(name)
    assert set(letters) <= KEPT
    assert len(letters) <= (Organisation._meta.get_field("name_initials").max_length or 0)


@pytest.mark.parametrize(("word", "meant"), [("cyxh", True), ("CYxh", True), ("茶", False), ("", False), ("c%", False)])
def test_only_letters_and_digits_are_meant_as_initials(word: str, meant: bool) -> None:
    assert is_initials(word) is meant


@pytest.mark.django_db
def test_a_name_and_its_letters_are_written_together(officer: User, tmp_path: Path) -> None:
    body = OrganisationFactory.create(name="虚构区茶叶协会")
    assert Organisation.objects.get(pk=body.pk).name_initials == "xgqcyxh"
    verbs.amend(
        organisation_id=body.pk, changes={"name": "虚构区银行业协会"}, by=officer, on=date(2022, 1, 1), reason="更名"
    )
    assert Organisation.objects.get(pk=body.pk).name_initials == "xgqyhyxh"
    assert "name_initials" not in body.events.get(seq=2).facts["changes"]
    file = tmp_path / "名册.csv"
    code = compose(Kind.ASSOCIATION, "120119", 881)
    with file.open("w", encoding="utf-8", newline="") as out:
        csv.writer(out).writerows(
            [["统一社会信用代码", "名称"], [code, "虚构区音乐协会"], [body.code, "虚构区长跑协会"]]
        )
    import_register(path=file, by=officer, on=date(2022, 2, 1))
    assert Organisation.objects.get(code=code).name_initials == "xgqyyxh"
    assert Organisation.objects.get(pk=body.pk).name_initials == "xgqcpxh"
    assert list(faults()) == []


@pytest.mark.django_db(transaction=True)
def test_bodies_entered_before_the_column_get_their_letters(monkeypatch: pytest.MonkeyPatch) -> None:
    migration = import_module("registry.migrations.0007_fill_name_initials")
    monkeypatch.setattr(migration, "BATCH", 2)
    for number in "一二三四五":
        OrganisationFactory.create(name=f"虚构区茶叶第{number}协会")
    Organisation.objects.update(name_initials="")
    migration.fill(apps, None)
    assert list(Organisation.objects.order_by("pk").values_list("name_initials", flat=True)) == [
        f"xgqcyd{letter}xh" for letter in "yessw"
    ]
    assert guards.missing(connection) == []
