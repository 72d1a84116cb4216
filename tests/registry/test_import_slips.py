"""Slips in files that must not pass for data: stray quotation marks, headings that mean something else."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

import pytest

from registry.actions.intake import import_register, import_reports
from registry.actions.intake.columns import REGISTER
from registry.models import AnnualReport, Organisation
from tests.factories import OrganisationFactory
from tests.registry.files import code_of, counts_of, register_row, write_rows
from tests.registry.moves import body_in

if TYPE_CHECKING:
    from pathlib import Path

    from registry.actions.intake import Report
    from registry.models import User

pytestmark = pytest.mark.django_db

TODAY = date(2026, 11, 24)


def taken(path: Path, *lines: str, by: User) -> Report:
    """Import the lines as a register."""
    path.write_text("\n".join(lines), encoding="utf-8")
    return import_register(path=path, by=by, on=TODAY)


@pytest.mark.parametrize(
    ("heading", "swallowing"),
    [
        ("统一社会信用代码,名称,状态", '{0},"甲协会,正常\n{1},乙协会,正常\n{2},丙协会",正常'),
        ("统一社会信用代码,名称,住所", '{0},甲协会,"甲路\n{1},乙协会,乙路\n{2},丙协会,丙路"'),
        ("名称,统一社会信用代码,状态", '甲协会,"{0},正常\n乙协会,{1},正常\n丙协会,{2}",正常'),
    ],
)
def test_a_stray_quotation_mark_swallows_no_row_in_silence(
    tmp_path: Path, officer: User, heading: str, swallowing: str
) -> None:
    codes = [code_of(number) for number in range(1, 5)]
    last = {"统一社会信用代码": codes[3], "名称": "丁协会"}
    final = ",".join(last.get(title, "正常") for title in heading.split(","))
    report = taken(tmp_path / "a.csv", heading, swallowing.format(*codes), final, by=officer)
    assert counts_of(report) == (1, 0, 0, 1)
    told = next(issue for issue in report.issues if issue.cells)
    assert (told.row, "第 2 行起是否有不成对的引号" in told.remedy) == (2, True)
    assert list(Organisation.objects.values_list("name", flat=True)) == ["丁协会"]


def test_text_of_several_lines_without_another_code_is_taken(tmp_path: Path, officer: User) -> None:
    row = register_row(1, 业务范围="一、学术交流\n二、业务培训")
    report = import_register(path=write_rows(tmp_path / "a.csv", row), by=officer, on=TODAY)
    assert counts_of(report) == (1, 0, 0, 0)


def test_a_report_whose_name_runs_over_lines_is_refused(tmp_path: Path, officer: User) -> None:
    OrganisationFactory.create(code=code_of(1))
    row = {"统一社会信用代码": code_of(1), "年度": 2021, "报送日期": "2022-05-31", "名称": "甲协会\n乙协会"}
    report = import_reports(path=write_rows(tmp_path / "a.csv", row), by=officer, on=TODAY)
    assert counts_of(report) == (0, 0, 0, 1)
    assert not AnnualReport.objects.exists()


@pytest.mark.parametrize(
    ("heading", "field"),
    [
        ("名称（必填）", "name"),
        ("住所（选填）", "address"),
        ("住所（地址）", "address"),
        ("统一社会信用代码【18位】", "code"),
        ("开办资金（人民币 万元）", "capital"),
        ("活动资金（单位：元 / 万元）", "capital"),
        ("慈善组织（是/否）", "is_charity"),
        ("类型（社会团体/民办非企业单位/基金会）", "kind"),
        ("成立日期（YYYY-MM-DD）", "established_on"),
        ("证书有效期（止）", "certificate_until"),
        ("名称（曾用名）", None),
        ("名称（英文）", None),
        ("法定代表人（联系电话）", None),
        ("住所（邮政编码）", None),
        ("住所（名称）", None),
    ],
)
def test_only_what_says_no_more_is_left_out_of_a_heading(heading: str, field: str | None) -> None:
    assert REGISTER.field_of(heading) == field


def test_a_heading_qualified_by_other_words_is_not_taken_for_ours(tmp_path: Path, officer: User) -> None:
    row = {"名称（曾用名）": "虚构区旧名协会", **register_row(1), "法定代表人（联系电话）": "00000000"}
    report = import_register(path=write_rows(tmp_path / "a.csv", row), by=officer, on=TODAY)
    body = Organisation.objects.get()
    assert (body.name, body.legal_representative) == ("虚构区测试协会1", "")
    assert "以下列无法识别，未导入：“名称（曾用名）”、“法定代表人（联系电话）”" in [
        issue.reason for issue in report.issues
    ]


def test_the_largest_amount_taken_is_read_back_as_it_was_written(tmp_path: Path, officer: User) -> None:
    rows = [register_row(1, 注册资金="9999999999999.99元"), register_row(2, 注册资金="99999999999999.99元")]
    import_register(path=write_rows(tmp_path / "a.csv", *rows), by=officer, on=TODAY)
    amounts = Organisation.objects.order_by("code").values_list("capital", flat=True)
    assert sorted(map(str, amounts)) == ["9999999999999.99", "None"]


def test_an_import_keeps_a_decoupled_body_what_it_was_when_it_decoupled(
    tmp_path: Path, officer: User, reviewer: User
) -> None:
    body = body_in("decoupled", by=officer, other=reviewer)
    row = {
        "名称": body.name,
        "统一社会信用代码": body.code,
        "成立日期": "2026-01-05",
        "行业协会商会": "否",
        "住所": "新址",
    }
    report = import_register(path=write_rows(tmp_path / "a.csv", row), by=officer, on=TODAY)
    assert counts_of(report) == (0, 1, 0, 0)
    now = Organisation.objects.get(pk=body.pk)
    assert (now.established_on, now.is_industry_association, now.address) == (body.established_on, True, "新址")
    told = [issue.reason for issue in report.issues if issue.row]
    assert told == ["该组织已脱钩，是行业协会商会", f"成立日期晚于登记册的脱钩日期 {body.decoupled_on}"]
