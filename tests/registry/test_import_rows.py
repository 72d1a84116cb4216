"""Refused rows after an import: corrected alone, set aside, never twice."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

import pytest
import xlsxwriter
from django.db import DatabaseError
from django.utils import timezone

from registry.actions.intake import desk, import_register, import_reports, rows
from registry.models import AnnualReport, Event, ImportIssue, ImportRun, Organisation, User
from registry.queries.imports import refused_columns, refused_rows, with_open_rows
from registry.queries.verification import faults
from registry.tables import column_names
from tests.constraints import refused_by
from tests.factories import OrganisationFactory
from tests.registry.files import code_of, register_row, write_rows

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.django_db

TODAY = date(2026, 11, 24)
LATER = date(2026, 11, 25)


@pytest.fixture
def taken(officer: User, tmp_path: Path) -> ImportRun:
    """An import of one good row and three bad ones."""
    path = write_rows(
        tmp_path / "名册.csv",
        register_row(1),
        register_row(2, 状态="?"),
        register_row(3, 统一社会信用代码="12345"),
        register_row(4, 名称=""),
    )
    run = import_register(path=path, by=officer, on=TODAY).run
    assert run
    return run


def retry(run: ImportRun, row: int, by: User, **cells: str) -> Any:
    return rows.retry(import_id=run.pk, row=row, cells=cells, by=by, on=LATER)


def open_rows(run: ImportRun) -> int:
    return int(with_open_rows(ImportRun.objects.filter(pk=run.pk)).get().open_rows)


def test_a_corrected_row_is_in_the_register_with_its_event_and_its_reasons_are_resolved(
    taken: ImportRun, reviewer: User
) -> None:
    counts = retry(taken, 3, reviewer, 状态="正常", 住所="不在表头中")
    assert (counts.created, counts.refused) == (1, 0)
    body = Organisation.objects.get(code=code_of(2))
    event = Event.objects.get(organisation=body)
    assert (event.by, event.on, event.reason) == (reviewer, LATER, "更正后导入“名册.csv”第 3 行")
    assert event.facts["import"] == {"run": taken.pk, "file": "名册.csv", "row": 3}
    issue = taken.issues.get(row=3)
    assert (issue.resolution, issue.resolved_by, issue.resolved_at is not None) == ("imported", reviewer, True)
    assert issue.cells["状态"] == "?"
    assert open_rows(taken) == 2
    assert list(faults()) == []


def test_a_row_that_is_still_wrong_changes_nothing_and_says_why(taken: ImportRun, officer: User) -> None:
    events = Event.objects.count()
    with pytest.raises(rows.RowRefused, match="登记状态无法识别") as refused:
        retry(taken, 3, officer, 状态="飞升")
    assert [issue.value for issue in refused.value.issues] == ["飞升"]
    assert (Event.objects.count(), open_rows(taken)) == (events, 3)


def test_all_reasons_of_a_row_are_resolved_at_once_and_new_doubts_are_kept(officer: User, tmp_path: Path) -> None:
    path = write_rows(tmp_path / "a.csv", register_row(1, 状态="?", 统一社会信用代码="1", 名称="", 注册资金="8"))
    run = import_register(path=path, by=officer, on=TODAY).run
    assert run
    assert run.issues.filter(severity="refused").count() == 2
    retry(run, 2, officer, 状态="正常", 统一社会信用代码=code_of(1), 名称="虚构区测试协会1")
    assert set(run.issues.filter(severity="refused").values_list("resolution", flat=True)) == {"imported"}
    assert run.issues.filter(severity="warning", row=2).get().field == "注册资金"


def test_the_second_officer_learns_who_came_first(taken: ImportRun, officer: User, reviewer: User) -> None:
    retry(taken, 3, reviewer, 状态="正常")
    with pytest.raises(rows.RowSettled) as told:
        retry(taken, 3, officer, 状态="正常")
    assert told.value.issue.resolved_by == reviewer
    assert Event.objects.filter(organisation__code=code_of(2)).count() == 1


def test_when_the_event_cannot_be_written_the_row_stays_open(
    taken: ImportRun, officer: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: object, **__: object) -> None:
        raise DatabaseError("no event today")

    monkeypatch.setattr(Event.objects, "bulk_create", broken)
    with pytest.raises(DatabaseError):
        retry(taken, 3, officer, 状态="正常")
    assert open_rows(taken) == 3
    assert not Organisation.objects.filter(code=code_of(2)).exists()


def test_a_row_is_set_aside_with_a_reason_only(taken: ImportRun, officer: User) -> None:
    with pytest.raises(rows.NoReason):
        rows.drop(import_id=taken.pk, row=4, by=officer, note="  ")
    rows.drop(import_id=taken.pk, row=4, by=officer, note="不属于本区登记")
    issue = taken.issues.get(row=4)
    assert (issue.resolution, issue.resolution_note, issue.resolved_by) == ("dropped", "不属于本区登记", officer)
    with pytest.raises(rows.RowSettled):
        retry(taken, 4, officer)


def test_while_it_is_only_a_trial_no_row_can_be_corrected(taken: ImportRun, officer: User) -> None:
    ImportRun.objects.update(is_trial=True)
    with pytest.raises(desk.NotStartable, match="还没有正式导入"):
        retry(taken, 3, officer, 状态="正常")
    ImportRun.objects.update(is_trial=False, outcome="running")
    with pytest.raises(desk.NotStartable, match="还没有正式导入"):
        rows.drop(import_id=taken.pk, row=3, by=officer, note="x")


def test_a_refused_report_is_taken_once_its_organisation_is_there(officer: User, tmp_path: Path) -> None:
    row = {"统一社会信用代码": code_of(7), "年度": "2024", "报送日期": "2025-03-01"}
    run = import_reports(path=write_rows(tmp_path / "a.csv", row), by=officer, on=TODAY).run
    assert run
    with pytest.raises(rows.RowRefused, match="没有该代码的组织"):
        retry(run, 2, officer)
    OrganisationFactory.create(code=code_of(7))
    assert retry(run, 2, officer).created == 1
    assert AnnualReport.objects.get().year == 2024


def test_cells_beyond_the_header_are_kept_and_must_be_emptied(officer: User, tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text(f"名称,统一社会信用代码\n虚构区测试,协会1,{code_of(1)},9\n", encoding="utf-8")
    run = import_register(path=path, by=officer, on=TODAY).run
    assert run
    cells = rows.cells_of(run, run.issues.filter(row=2)[0].cells)
    assert [(cell.name, cell.field, cell.value, cell.is_beyond) for cell in cells] == [
        ("名称", "name", "虚构区测试", False),
        ("统一社会信用代码", "code", "协会1", False),
        ("第3列", "", code_of(1), True),
        ("第4列", "", "9", True),
    ]
    right = {"名称": "虚构区测试协会1", "统一社会信用代码": code_of(1)}
    with pytest.raises(rows.RowRefused, match="单元格比表头多"):
        retry(run, 2, officer, **right)
    assert retry(run, 2, officer, **right, 第3列="", 第4列="").created == 1


def test_a_code_that_lost_its_digits_is_not_taken_for_one_that_has_them(officer: User, tmp_path: Path) -> None:
    path = tmp_path / "a.xlsx"
    with xlsxwriter.Workbook(str(path)) as book:
        sheet = book.add_worksheet()
        sheet.write_row(0, 0, ["名称", "统一社会信用代码"])
        sheet.write_row(1, 0, ["虚构区测试协会1", 531000005000185302])
    run = import_register(path=path, by=officer, on=TODAY).run
    assert run
    issue = run.issues.get(row=2)
    assert issue.cells["统一社会信用代码"] == "5.31000005000185E+17"
    with pytest.raises(rows.RowRefused, match="末几位已丢失"):
        retry(run, 2, officer)


def test_the_refused_rows_are_one_table_in_the_files_order(taken: ImportRun, officer: User) -> None:
    rows.drop(import_id=taken.pk, row=4, by=officer, note="重复")
    assert refused_columns(taken) == ["名称", "统一社会信用代码", "状态"]
    assert [(row, cells["状态"], reason) for row, cells, reason, _remedy in refused_rows(taken)] == [
        (3, "?", "【登记状态】登记状态无法识别"),
        (5, "正常", "【名称】名称为空"),
    ]


def test_a_row_of_a_run_that_kept_no_header_can_be_corrected_too(taken: ImportRun, officer: User) -> None:
    ImportRun.objects.update(header=[])
    taken.refresh_from_db()
    assert set(refused_columns(taken)) == {"名称", "统一社会信用代码", "状态"}
    assert retry(taken, 3, officer, 状态="正常").created == 1


def test_every_column_has_a_name_of_its_own() -> None:
    assert column_names(["甲", "", "甲", "第4列", "甲", "第4列"]) == ("甲", "第2列", "第3列", "第4列", "第5列", "第6列")
    assert column_names(["第2列", ""]) == ("第2列", "第2列′")


@pytest.mark.parametrize(
    "breach",
    [
        {"resolution": "imported"},
        {"resolved_at": timezone.now()},
        {"resolution": "dropped", "resolved_at": timezone.now()},
    ],
)
def test_what_is_resolved_says_how_when_and_by_whom(taken: ImportRun, breach: dict[str, object]) -> None:
    with refused_by(ImportIssue, "import_issue_resolved_wholly"):
        ImportIssue.objects.filter(run=taken).update(**breach)
