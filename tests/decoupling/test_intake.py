"""Importing a list and items that a county kept in tables: every row through the rules of the pages, nothing half-done."""

from __future__ import annotations

from io import StringIO
from typing import TYPE_CHECKING, Any

import pytest
from django.core.files.base import ContentFile
from django.core.management import call_command
from xlsxwriter import Workbook

from decoupling.actions.intake import KINDS, import_items, import_listings
from decoupling.models import ItemStatus, Listing
from registry.actions.intake import desk, rows
from registry.models import Event, ImportIssue, ImportRun
from registry.queries.verification import faults
from tests.decoupling.situations import DAY, association, batch, implementing, listed
from tests.factories import OrganisationFactory

if TYPE_CHECKING:
    from pathlib import Path

    from registry.actions.intake import Report
    from registry.models import Organisation, User

pytestmark = pytest.mark.django_db

LIST = (
    "统一社会信用代码", "名称", "类别", "批次", "名单文号", "列入日期", "会员同业或者同地", "会员构成依据", "名称相符",
    "名称依据", "登记为社会团体法人", "登记类型依据", "理由",
)  # fmt: skip
SHEET = ("统一社会信用代码", "事项编号", "办理结果", "办结日期", "证明材料", "不适用的理由", "过渡截止日期")


def file(folder: Path, header: tuple[str, ...], *lines: tuple[Any, ...]) -> Path:
    path = folder / "名单.xlsx"
    with Workbook(path) as book:
        sheet = book.add_worksheet()
        for number, cells in enumerate((header, *lines)):
            sheet.write_row(number, 0, cells)
    return path


def line(body: Organisation, category: str = "拟脱钩", **differs: Any) -> tuple[Any, ...]:
    told = {
        "code": body.code, "name": body.name, "category": category, "batch": "第1批", "no": "虚1号", "on": "2022-03-01",
        "q1": "是", "e1": "会员名册", "q2": "是", "e2": "名称", "q3": "是", "e3": "登记证书", "reason": "", **differs,
    }  # fmt: skip
    return tuple(told.values())


def counts(report: Report) -> tuple[int, ...]:
    told = report.counts
    return told.created, told.updated, told.unchanged, told.refused


def verdicts(report: Report) -> list[tuple[int, str]]:
    return [(each.row, each.reason) for each in report.issues if each.row]


def test_a_list_is_placed_moved_or_left_and_every_refused_row_says_why(tmp_path: Path, officer: User) -> None:
    batch(1)
    new, later, there, deferred = (association() for _ in range(4))
    listed(there, document_no="虚1号")
    listed(deferred, category="deferred", document_no="虚0号")
    stranger = OrganisationFactory.build()
    school = OrganisationFactory.create()
    path = file(
        tmp_path, LIST,
        line(new),
        line(later, "暂不脱钩", reason="资产未清"),
        line(there),
        line(deferred, reason="资产已清", on="2022-03-05"),
        line(stranger),
        line(school),
        line(association(), "不脱钩"),
        line(association(), q1=""),
        line(association(), "其他"),
        line(association(), batch="9"),
        line(association(), on=""),
        line(new),
    )  # fmt: skip
    report = import_listings(path=path, by=officer, on=DAY)
    assert counts(report) == (2, 1, 1, 8)
    assert dict(Listing.objects.values_list("organisation", "category")) == {
        new.pk: "listed", later.pk: "deferred", there.pk: "listed", deferred.pk: "listed",
    }  # fmt: skip
    said = verdicts(report)
    assert [row for row, _ in said] == [6, 7, 8, 9, 10, 11, 12, 13]
    for (_, reason), words in zip(
        said,
        ("没有该代码", "R-65", "R-305", "逐问回答", "无法识别", "R-304", "没有列入日期", "与第 2 行重复"),
        strict=True,
    ):
        assert words in reason
    assert Event.objects.get(verb="listing.move").reason == "资产已清（导入“名单.xlsx”第 5 行）"
    assert ImportIssue.objects.filter(severity="refused").count() == 8
    assert list(faults()) == []


def test_a_trial_says_the_same_and_changes_nothing(tmp_path: Path, officer: User) -> None:
    batch(1)
    path = file(tmp_path, LIST, line(association()), line(association(), "不脱钩"))
    before = Event.objects.count()
    report = import_listings(path=path, by=officer, on=DAY, dry_run=True)
    assert counts(report) == (1, 0, 0, 1)
    assert (Listing.objects.count(), Event.objects.count()) == (0, before)
    assert counts(import_listings(path=path, by=officer, on=DAY)) == (1, 0, 0, 1)
    assert counts(import_listings(path=path, by=officer, on=DAY)) == (0, 0, 1, 1)


def test_items_are_settled_as_their_pages_would(tmp_path: Path, officer: User) -> None:
    listing = implementing()
    code, outside = listing.organisation.code, association()
    path = file(
        tmp_path, SHEET,
        (code, "A1", "已完成", "2022-03-01", "脱离函", "", ""),
        (code, "c7", "完成", "2022-03-01", "批准", "", "2022-06-01"),
        (code, "A4", "不适用", "2022-03-01", "", "没有代管事业单位", ""),
        (code, "B1", "未办结", "", "", "", ""),
        (code, "A2", "已完成", "2022-03-01", "", "", ""),
        (code, "Z9", "已完成", "2022-03-01", "材料", "", ""),
        (code, "A3", "已完成", "", "材料", "", ""),
        (code, "A1", "未完成", "", "", "", ""),
        (code, "A1", "已完成", "2022-03-01", "又一份", "", ""),
        (outside.code, "A1", "已完成", "2022-03-01", "材料", "", ""),
    )  # fmt: skip
    report = import_items(path=path, by=officer, on=DAY)
    assert counts(report) == (0, 3, 2, 5)
    settled = ItemStatus.objects.exclude(state="pending").order_by("item__code")
    assert list(settled.values_list("item__code", "state", "evidence")) == [
        ("A1", "done", "脱离函"), ("A4", "not_applicable", ""), ("C7", "done", "批准"),
    ]  # fmt: skip
    for (_, reason), words in zip(
        verdicts(report), ("R-73", "没有这个编号", "没有办结日期", "与本行不一致", "不在脱钩名单中"), strict=True
    ):
        assert words in reason
    assert not ItemStatus.objects.filter(item__code="A2").exists()
    assert list(faults()) == []


def test_a_refused_row_is_corrected_on_the_desk(tmp_path: Path, officer: User) -> None:
    batch(1)
    body = association()
    content = file(tmp_path, LIST, line(body, "不脱钩")).read_bytes()
    run = desk.upload(what="listings", file_name="名单.xlsx", content=ContentFile(content), by=officer, on=DAY)
    mapping = {column.name: column.field for column in desk.columns_seen(run)}
    desk.try_out(import_id=run.pk, mapping=mapping, by=officer, on=DAY)
    desk.perform(import_id=run.pk, attempt=1)
    assert not Listing.objects.exists()
    desk.start(import_id=run.pk, by=officer, on=DAY)
    desk.perform(import_id=run.pk, attempt=2)
    assert ImportRun.objects.get(pk=run.pk).refused == 1
    rows.retry(import_id=run.pk, row=2, cells={"理由": "专业性社团"}, by=officer, on=DAY)
    assert Listing.objects.get().category == "exempt"
    assert set(KINDS) <= set(desk.KINDS)


@pytest.mark.parametrize(("command", "header"), [("import_listings", LIST), ("import_items", SHEET)])
def test_the_commands_take_the_same_files(command: str, header: tuple[str, ...], tmp_path: Path, officer: User) -> None:
    listing = implementing()
    code = listing.organisation.code
    row = line(listing.organisation) if header is LIST else (code, "A1", "已完成", "2022-03-01", "脱离函", "", "")
    said = StringIO()
    call_command(command, str(file(tmp_path, header, row)), "--by", officer.username, stdout=said)
    assert "refused=0" in said.getvalue()
