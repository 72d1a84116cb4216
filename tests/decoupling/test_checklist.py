from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

import pytest

from decoupling import checklist
from decoupling.models import ChecklistItem
from decoupling.states import Heading
from registry import lawbook

if TYPE_CHECKING:
    from pathlib import Path


@pytest.mark.django_db
def test_a_new_database_holds_the_27_items_under_five_headings() -> None:
    items = list(ChecklistItem.objects.order_by("code"))
    assert Counter(each.heading for each in items) == {"A": 6, "B": 4, "C": 7, "D": 6, "E": 4}
    assert {each.heading for each in items} == set(Heading.values)
    assert [each.code for each in items] == [each["code"] for each in checklist.read()]


@pytest.mark.django_db
def test_only_subordinate_institutions_and_the_certificate_do_not_block() -> None:
    assert [each.code for each in ChecklistItem.objects.filter(blocking=False).order_by("code")] == ["A4", "A6"]


@pytest.mark.django_db
def test_an_item_nobody_verified_says_so() -> None:
    assert str(ChecklistItem.objects.get(code="D5")).endswith("（待核实）")
    assert str(ChecklistItem.objects.get(code="A1")) == "A1 取消主办、主管、联系、挂靠关系"


def test_every_basis_an_item_cites_is_in_the_law_book() -> None:
    known = {row["code"] for row in lawbook.read()[0]}
    assert {each["basis"] for each in checklist.read()} <= known


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("[[item]]\ncode = 'A1'\n", "第 1 项：缺少 basis、evidence"),
        ("[[item]]\nsize = 1\n", "第 1 项：不认识的项 size"),
    ],
)
def test_a_checklist_with_a_mistake_is_refused_by_name(text: str, problem: str, tmp_path: Path) -> None:
    file = tmp_path / "items.toml"
    file.write_text(text, encoding="utf-8")
    with pytest.raises(checklist.NoChecklist, match=problem):
        checklist.read(file)
