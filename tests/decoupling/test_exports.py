from __future__ import annotations

import csv
import json
from datetime import date
from io import StringIO
from typing import TYPE_CHECKING, Any

import pytest
import time_machine
from django.core.management import CommandError, call_command
from docx import Document
from python_calamine import CalamineWorkbook

from decoupling import exports
from decoupling.actions import listing as listings
from decoupling.models import ChecklistItem
from decoupling.states import Category, Residue
from registry.actions import organisation as organisation_actions
from registry.exports import sha256_of
from tests.decoupling.situations import accepted, association, implementing, listed
from tests.factories import UnitFactory

if TYPE_CHECKING:
    from pathlib import Path

    from registry.models import User

pytestmark = pytest.mark.django_db

END = date(2022, 12, 31)
SENTENCE = (
    "截至2022年12月31日，应脱钩行业协会商会5家，已脱钩2家（其中2022年新完成1家），注销1家，撤销（含吊销）0家，合并及其他0家，"
    "未脱钩2家（党建问题1家，未填报原因1家）；脱钩率40.0%，处置完成率60.0%。另有不脱钩1家、暂不脱钩0家，不计入应脱钩数。"
)


@pytest.fixture
def district(officer: User) -> None:
    """Seven bodies on the list, one of them only after the end of 2022."""
    ChecklistItem.objects.exclude(code__in=("A1", "A4")).delete()
    unit = UnitFactory.create(name="虚构区商务局")
    accepted(listed(association(supervising_unit=unit), on=date(2021, 3, 1)), on=date(2021, 11, 1))
    accepted(listed(association(supervising_unit=unit), on=date(2021, 3, 1)), on=date(2022, 8, 1))
    remaining = implementing(listed(association(name="=虚构区餐饮行业协会", supervising_unit=None), batch=2))
    listings.set_residue(listing_id=remaining.pk, residue=Residue.PARTY, by=officer, on=date(2022, 6, 1))
    listed(association(supervising_unit=unit), batch=2)
    gone = association(supervising_unit=unit)
    listed(gone)
    organisation_actions.cancel(
        organisation_id=gone.pk,
        by=officer,
        on=date(2022, 9, 1),
        reason="自愿注销",
        resolution_on=date(2022, 8, 1),
        consent_no="虚函1号",
        liquidation_report_on=date(2022, 8, 20),
    )
    listed(association(supervising_unit=unit), category=Category.EXEMPT)
    listed(association(supervising_unit=unit), on=date(2023, 1, 5))


def export(out: Path, as_of: str = "2022-12-31") -> str:
    told = StringIO()
    call_command("export_decoupling", "--as-of", as_of, "--out", str(out), stdout=told)
    return told.getvalue()


def table(file: Path, sheet: str) -> list[dict[str, Any]]:
    _, titles, *rows = CalamineWorkbook.from_path(file).get_sheet_by_name(sheet).to_python()
    return [dict(zip(titles, row, strict=True)) for row in rows]


def test_the_manifest_holds_the_totals_and_a_digest_of_every_file(district: None, tmp_path: Path) -> None:
    export(tmp_path / "out")
    manifest = json.loads((tmp_path / "out" / "manifest.json").read_text(encoding="utf-8"))
    assert (manifest["what"], manifest["as_of"], manifest["rows"]) == (
        "decoupling",
        "2022-12-31",
        {"汇总": 5, "名单": 6},
    )
    assert manifest["totals"] == {
        "should": 5,
        "decoupled": 2,
        "decoupled_in_year": 1,
        "cancelled": 1,
        "revoked": 0,
        "merged": 0,
        "remaining": 2,
        "remaining_by_reason": {**dict.fromkeys(Residue.values, 0), "party": 1, "unstated": 1},
        "implementing": 1,
        "overdue": 0,
        "rectifying": 0,
        "exempt": 1,
        "deferred": 0,
        "rate_decoupled": 0.4,
        "rate_settled": 0.6,
    }
    files = {file.name: sha256_of(file) for file in (tmp_path / "out").iterdir() if file.name != "manifest.json"}
    assert manifest["files"] == files
    assert set(files) == {"decoupling.xlsx", "decoupling.csv", "report.docx"}


def test_the_workbook_adds_up_by_batch_and_by_unit(district: None, tmp_path: Path) -> None:
    export(tmp_path)
    total, *parts = table(tmp_path / "decoupling.xlsx", "汇总")
    assert [each["项目"] for each in parts] == ["第1批", "第2批", "无业务主管单位", "虚构区商务局"]
    for title in ("应脱钩", "已脱钩", "其中：2022年新完成", "注销", "未脱钩", "原因：党建问题", "另：不脱钩"):
        assert sum(each[title] for each in parts[:2]) == sum(each[title] for each in parts[2:]) == total[title]
    assert (total["应脱钩"], total["脱钩率"], total["处置完成率"]) == (5, "40.0%", "60.0%")


def test_every_figure_can_be_counted_in_the_name_list(district: None, tmp_path: Path) -> None:
    export(tmp_path)
    names = table(tmp_path / "decoupling.xlsx", "名单")
    assert sorted(each["结果"] for each in names) == sorted(["已脱钩", "已脱钩", "未脱钩", "未脱钩", "注销", "不脱钩"])
    assert [each["验收日期"] for each in names if each["结果"] == "已脱钩"] == [date(2021, 11, 1), date(2022, 8, 1)]
    assert {each["原业务主管单位"] for each in names if each["结果"] == "已脱钩"} == {"虚构区商务局"}
    assert [each["退出日期"] for each in names if each["结果"] == "注销"] == [date(2022, 9, 1)]
    assert {each["未脱钩原因"] for each in names} == {"", "党建问题", "未填报原因"}


def test_the_name_list_of_a_past_day_knows_nothing_of_later_days(district: None, tmp_path: Path) -> None:
    export(tmp_path, "2022-05-31")
    names = table(tmp_path / "decoupling.xlsx", "名单")
    assert sorted(each["结果"] for each in names) == ["不脱钩", "已脱钩", "未脱钩", "未脱钩", "未脱钩", "未脱钩"]
    assert {each["退出日期"] for each in names} == {""}
    assert [each["批复文号"] for each in names if each["验收日期"] == ""].count("虚脱钩办〔2022〕2号") == 1


def test_the_csv_is_the_name_list_and_no_cell_is_a_formula(district: None, tmp_path: Path) -> None:
    export(tmp_path)
    with (tmp_path / "decoupling.csv").open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    assert len(rows) == 6
    assert [row["名称"] for row in rows if "餐饮" in row["名称"]] == ["'=虚构区餐饮行业协会"]
    assert table(tmp_path / "decoupling.xlsx", "名单")[2]["名称"] == "=虚构区餐饮行业协会"


def test_the_report_says_it_in_one_sentence_and_so_does_the_command(district: None, tmp_path: Path) -> None:
    told = export(tmp_path)
    heading, sentence = (each.text for each in Document(str(tmp_path / "report.docx")).paragraphs)
    assert heading == "行业协会商会与行政机关脱钩进展（截至2022年12月31日）"
    assert sentence == SENTENCE
    assert told.splitlines()[0] == SENTENCE
    assert [line.strip() for line in told.splitlines()[1:]] == [
        str(tmp_path / name) for name in ("decoupling.xlsx", "decoupling.csv", "report.docx", "manifest.json")
    ]


def test_an_empty_list_is_exported_with_null_rates(tmp_path: Path) -> None:
    told = export(tmp_path)
    totals = json.loads((tmp_path / "manifest.json").read_text(encoding="utf-8"))["totals"]
    assert (totals["should"], totals["rate_decoupled"], totals["rate_settled"]) == (0, None, None)
    assert "脱钩率—，处置完成率—。" in told


@pytest.mark.parametrize("text", ["2022-13-01", "2022/12/31", "昨天", ""])
def test_a_date_in_the_wrong_form_is_refused_in_chinese(text: str, tmp_path: Path) -> None:
    with pytest.raises(CommandError, match="不是有效日期，请写成 2022-12-31 的形式"):
        export(tmp_path / "out", text)
    assert not (tmp_path / "out").exists()


@time_machine.travel("2026-11-24T09:00:00+08:00", tick=False)
def test_a_day_to_come_has_no_figures(tmp_path: Path) -> None:
    with pytest.raises(CommandError, match="截至日期 2026-11-25 晚于今天 2026-11-24"):
        export(tmp_path / "out", "2026-11-25")
    assert not (tmp_path / "out").exists()


def test_a_place_that_is_no_folder_is_refused_in_chinese(tmp_path: Path) -> None:
    (tmp_path / "out").touch()
    with pytest.raises(CommandError, match="不能写入文件夹"):
        export(tmp_path / "out")


def test_an_export_that_breaks_leaves_the_former_one_as_it_was(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    export(tmp_path)
    before = {file.name: file.read_bytes() for file in tmp_path.iterdir()}

    def broken(*args: object, **kwargs: object) -> None:
        raise RuntimeError("no paper")

    monkeypatch.setattr(exports, "write_docx", broken)
    with pytest.raises(RuntimeError, match="no paper"):
        export(tmp_path)
    assert {file.name: file.read_bytes() for file in tmp_path.iterdir()} == before
