"""Drafting a change of the law as data: what it comes to, and what is said against it."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from registry import lawbook, rules
from registry.models import LegalBasis, Policy
from registry.queries.law_changes import COLUMNS, amended, drafted, faults, told, typed, written
from registry.queries.law_proposals import share
from registry.rules import broken
from registry.rules.law import value_fits
from registry.states import Kind, LawTable
from tests.registry.law import ON, moved_day, new_value

pytestmark = pytest.mark.django_db

PRIVATE = Kind.PRIVATE_NON_ENTERPRISE.value


def policy(key: str, **which: Any) -> Policy:
    return Policy.objects.get(key=key, **which)


def refused(changes: list[Any], reason: str = "核对") -> list[str]:
    facts = rules.LawChangeFacts(last_on=None, today=ON, reason=reason, changes=len(changes), **faults(changes))
    return [each.holds.__name__ for each in broken(rules.PROPOSE_LAW, facts, on=ON)]


def test_the_columns_of_a_law_file_are_those_of_its_tables() -> None:
    for table, model in ((LawTable.BASIS, LegalBasis), (LawTable.POLICY, Policy)):
        assert set(COLUMNS[table]) == {field.attname for field in model._meta.concrete_fields} - {"id"}
        for row in model.objects.all():
            assert written(table, typed(table, told(row))) == told(row)


def test_what_the_program_ships_breaks_none_of_the_rules_of_a_change() -> None:
    bases, policies = lawbook.read()
    assert drafted({LawTable.BASIS: bases, LawTable.POLICY: policies}) == []
    LegalBasis.objects.all().delete()
    Policy.objects.all().delete()
    changes = drafted({LawTable.BASIS: bases, LawTable.POLICY: policies})
    assert len(changes) == len(bases) + len(policies)
    assert refused(changes) == []


def test_a_value_of_one_year_stands_beside_the_general_one() -> None:
    (change,) = new_value()
    assert change.row is None
    assert change.after["effective_from"] == "2022-04-20"
    assert refused([change]) == []


def test_a_new_value_of_the_same_scope_ends_the_one_before_it() -> None:
    old = policy("annual_report.due", kind="association")
    new, ended = new_value(year=None, effective_from=date(2027, 1, 1))
    assert (new.row, ended.row) == (None, old.pk)
    assert (ended.before["effective_to"], ended.after["effective_to"]) == (None, "2027-01-01")
    assert refused([new, ended]) == []


def test_the_new_version_of_a_provision_ends_the_one_in_force() -> None:
    code = "行政处罚法/60"
    row = {**told(LegalBasis.objects.get(code=code)), "version": "2027修订", "effective_from": date(2027, 7, 1)}
    new, ended = drafted({LawTable.BASIS: [row]})
    assert (new.after["version"], ended.after["effective_to"]) == ("2027修订", "2027-07-01")
    assert refused([new, ended]) == []


def test_a_row_that_stands_already_changes_nothing() -> None:
    row = policy("alert.days_before")
    assert amended(row, value=row.value) == []
    assert drafted({LawTable.POLICY: [told(row)]}) == []
    assert refused([]) == ["law_change_changes_something"]


@pytest.mark.parametrize(
    ("columns", "rule"),
    [
        ({"source": " "}, "every_row_has_a_source"),
        ({"basis": "虚构法/1"}, "every_citation_is_on_file"),
        ({"year": None, "effective_from": date(1990, 1, 1)}, "validity_does_not_overlap"),
        ({"effective_to": date(2022, 4, 20)}, "validity_ends_after_it_starts"),
        ({"value": "02-29"}, "values_fit_their_matter"),
        ({"value": "6-30"}, "values_fit_their_matter"),
        ({"value": 30}, "values_fit_their_matter"),
        ({"unit": "日", "value": 30}, "values_fit_their_matter"),
    ],
)
def test_a_new_value_is_refused_for_what_is_wrong_with_it(columns: dict[str, Any], rule: str) -> None:
    assert refused(new_value(**columns)) == [rule]


def test_a_change_without_a_reason_is_refused() -> None:
    assert refused(new_value(), reason=" ") == ["law_change_has_a_reason"]


def test_no_day_may_be_left_without_a_value() -> None:
    row = policy("annual_report.due", kind=PRIVATE)
    changes = amended(row, effective_to=date(2027, 1, 1))
    assert refused(changes) == ["no_day_is_left_without_a_value"]
    assert faults(changes)["gaps"] == ("年检（年报）报送登记管理机关的截止日（民办非企业单位）",)
    assert refused(amended(row, effective_from=date(2000, 1, 1))) == ["no_day_is_left_without_a_value"]
    for_all = new_value(kind="", year=None, effective_from=date(1998, 1, 1))
    assert refused([*for_all, *changes]) == []


def test_a_value_of_one_kind_may_end_where_a_general_one_stands() -> None:
    row = policy("filing.establishment_days", kind=PRIVATE)
    assert refused(amended(row, effective_to=date(2027, 1, 1))) == []


def test_a_row_changed_since_it_was_drafted_is_told() -> None:
    row = policy("alert.days_before")
    changes = [*amended(row, value=30), *new_value()]
    Policy.objects.filter(pk=row.pk).update(value=7)
    Policy.objects.create(**typed(LawTable.POLICY, changes[1].after))
    told_of = faults(changes)["moved"]
    assert told_of == (
        "“期限届满前提醒的天数”（适用各类组织、自 2020-01-01 起）",
        "“年检（年报）报送登记管理机关的截止日”（适用社会团体、2021年度、自 2022-04-20 起）",
    )


@pytest.mark.parametrize(
    ("unit", "value", "fits"),
    [
        ("日", 30, True),
        ("日", 0, False),
        ("日", True, False),
        ("日", "30", False),
        ("日", [15, 30], True),
        ("日", [30, 15], False),
        ("日", [15], False),
        ("比例", "3%", True),
        ("比例", "100%", True),
        ("比例", "101%", False),
        ("比例", 3, False),
        ("%", 100, True),
        ("%", 101, False),
        ("条", 30, True),
        ("条", "许多", False),
        ("月-日（次年）", "05-31", True),
        ("月-日（次年）", "05-32", False),
        ("", "任何文字", True),
        ("", " ", False),
        ("", 1.5, False),
    ],
)
def test_a_value_is_written_as_its_unit_asks(unit: str, value: Any, fits: bool) -> None:
    assert value_fits(unit, value) is fits


def test_a_share_is_read_exactly() -> None:
    assert share("10%") * 300 == 30
    assert share("2.5%") * 40 == 1


def test_every_fault_of_a_law_file_is_told_at_once() -> None:
    file = """
[[basis]]
code = "虚构法/1"
law = "虚构法"
version = "2026"
text = "一"
effective_from = "2026-01-01"

[[policy]]
key = "annual_report.due"
kind = "club"
value = "06-30"
source = "通知"
effective_from = 2026-01-01
when = 1

[[policy]]
key = "annual_report.due"
kind = "club"
value = "06-30"
source = "通知"
effective_from = 2026-01-01

[[decree]]
"""
    with pytest.raises(lawbook.BadLawFile) as caught:
        lawbook.loaded(file.encode())
    assert caught.value.faults == [
        "不认识的表“decree”，请改为 basis 或者 policy",
        "法律依据第 1 条有误：缺少 source，请补上",
        "法律依据第 1 条有误：“effective_from”写作 2026-01-01，请改为日期（如 2026-01-01，不加引号）",
        "政策参数第 1 条有误：不认识的项目 when，请删去或者改为 key、kind、year、value、unit、basis、source、verified、effective_from、effective_to 之一",
        "政策参数第 1 条有误：“kind”写作 club，请改为 association、private_non_enterprise、foundation 之一，各类都适用的不写",
        "政策参数第 2 条有误：“kind”写作 club，请改为 association、private_non_enterprise、foundation 之一，各类都适用的不写",
        "政策参数第 2 条有误：与前面一条重复，请删去其中一条",
    ]


@pytest.mark.parametrize(
    ("content", "fault"),
    [
        (b"\xff\xfe", "不是 UTF-8 编码的 TOML 文件"),
        (b"[[basis", "不是 UTF-8 编码的 TOML 文件"),
        (b"", "文件里没有法律依据，也没有政策参数"),
        (b'policy = "x"', "“政策参数”应逐条写成双方括号的表 policy"),
    ],
)
def test_what_is_no_law_file_is_refused(content: bytes, fault: str) -> None:
    with pytest.raises(lawbook.BadLawFile, match=fault):
        lawbook.loaded(content)


def test_a_law_file_is_read_with_every_column() -> None:
    file = (
        '[[policy]]\nkey = "alert.days_before"\nvalue = 7\nunit = "日"\nsource = "通知"\neffective_from = 2027-01-01\n'
    )
    (row,) = lawbook.loaded(file.encode())[LawTable.POLICY]
    assert row == moved_day(
        key="alert.days_before", kind="", year=None, value=7, unit="日", basis="", source="通知", verified=False,
        effective_from=date(2027, 1, 1), effective_to=None,
    )  # fmt: skip
