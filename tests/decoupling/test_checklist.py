from __future__ import annotations

from collections import Counter
from datetime import date
from io import StringIO
from typing import TYPE_CHECKING

import pytest
from django.core.management import CommandError, call_command

from decoupling import checklist
from decoupling.actions.item import settle
from decoupling.models import ChecklistItem
from decoupling.queries.readiness import open_items
from decoupling.states import Heading
from registry import lawbook
from tests.decoupling.situations import implementing

if TYPE_CHECKING:
    from pathlib import Path

    from registry.models import User


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


# --- what a county adds --------------------------------------------------------------------------------

LOCAL = """
[[item]]
code = "A7"
heading = "A"
title = "核实分支机构"
evidence = "分支机构清单"
verifier = "登记管理机关"
responsible = "registrar"
basis = "发改体改〔2019〕1063号"
verified = false
since = 2022-03-01
"""


def written(folder: Path, text: str) -> str:
    file = folder / "local.toml"
    file.write_text(text, encoding="utf-8")
    return str(file)


def loaded(folder: Path, text: str, *options: str) -> str:
    said = StringIO()
    call_command("load_items", written(folder, text), *options, stdout=said)
    return said.getvalue()


@pytest.mark.django_db
def test_local_items_are_added_corrected_and_left(tmp_path: Path) -> None:
    assert "新增 1：A7" in loaded(tmp_path, LOCAL, "--dry-run")
    assert not ChecklistItem.objects.filter(local=True).exists()
    assert "新增 1：A7" in loaded(tmp_path, LOCAL)
    assert "未变 1：A7" in loaded(tmp_path, LOCAL)
    assert "更正 1：A7" in loaded(tmp_path, LOCAL.replace("核实", "清理"))
    item = ChecklistItem.objects.get(code="A7")
    assert (item.title, item.local, item.since, item.blocking) == ("清理分支机构", True, date(2022, 3, 1), True)
    assert "A7" in open_items(implementing(), on=date(2022, 3, 1))


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("text", "problem"),
    [
        (LOCAL.replace("A7", "A1"), "属于全国统一的 27 项"),
        (LOCAL.replace("since = 2022-03-01", ""), "缺少 since"),
        (LOCAL.replace('"registrar"', '"mayor"'), "不认识的责任部门 mayor"),
        (LOCAL.replace("核实分支机构", "核" * 101), "事项 A7：事项不符合要求"),
        (LOCAL + 'bridges = "Z1"\n', "代替的事项 Z1 不存在"),
        (LOCAL + LOCAL.replace("A7", "A8").replace("核实分支机构", ""), "事项 A8：事项不符合要求"),
    ],
)
def test_a_file_with_one_mistake_enters_nothing(text: str, problem: str, tmp_path: Path) -> None:
    with pytest.raises(CommandError, match=problem):
        loaded(tmp_path, text)
    assert not ChecklistItem.objects.filter(local=True).exists()


@pytest.mark.django_db
def test_an_item_somebody_settled_keeps_its_words(tmp_path: Path, officer: User) -> None:
    loaded(tmp_path, LOCAL)
    listing = implementing()
    settle(listing_id=listing.pk, code="A7", outcome="done", evidence="清单", by=officer, on=date(2022, 3, 1))
    assert "未变 1：A7" in loaded(tmp_path, LOCAL)
    with pytest.raises(CommandError, match="已经有组织办理"):
        loaded(tmp_path, LOCAL.replace("核实", "清理"))
