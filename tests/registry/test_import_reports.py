import io
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest
from django.core.management import call_command

from registry.actions.evidence import file_report
from registry.actions.intake import ColumnsMissing, Report, import_reports
from registry.models import AnnualReport, Event, ImportIssue, ImportRun, Organisation, User
from registry.queries.verification import faults
from registry.states import Conclusion
from tests.factories import OrganisationFactory
from tests.registry.files import code_of, counts_of, write_rows

pytestmark = pytest.mark.django_db

TODAY = date(2026, 11, 24)
Import = Callable[..., Report]


@pytest.fixture
def take(tmp_path: Path, officer: User) -> Import:
    """Import rows as a file, by an officer, today."""

    def importing(*rows: dict[str, object], dry_run: bool = False) -> Report:
        path = write_rows(tmp_path / "年报.csv", *rows)
        return import_reports(path=path, by=officer, on=TODAY, dry_run=dry_run)

    return importing


@pytest.fixture
def body(db: None) -> Organisation:
    return OrganisationFactory.create(code=code_of(1), name="虚构区测试协会1")


def _row(year: object = 2021, number: int = 1, **cells: object) -> dict[str, object]:
    row = {"统一社会信用代码": code_of(number), "年度": year, "报送时间": "2022-05-31", "年检结论": "合格"}
    return {**row, **cells}


def test_reports_are_filed_with_their_columns(take: Import, body: Organisation) -> None:
    assert counts_of(take(_row("2021年度", 初审意见="同意"))) == (1, 0, 0, 0)
    report = AnnualReport.objects.get()
    assert (report.organisation, report.year, report.filed_on) == (body, 2021, date(2022, 5, 31))
    assert (report.conclusion, report.supervisor_opinion) == (Conclusion.QUALIFIED, "同意")


def test_several_years_of_one_body_in_one_file_chain_in_the_order_of_the_file(take: Import, body: Organisation) -> None:
    other = OrganisationFactory.create(code=code_of(2))
    rows = [_row(year, 报送时间=f"{year + 1}-05-31") for year in (2019, 2018, 2020)]
    assert counts_of(take(*rows, _row(2021, 2))) == (4, 0, 0, 0)
    events = body.events.filter(verb="report.file")
    assert [(event.seq, event.facts["report"]["year"], event.on) for event in events] == [
        (2, 2019, date(2020, 5, 31)),
        (3, 2018, date(2019, 5, 31)),
        (4, 2020, date(2021, 5, 31)),
    ]
    assert other.events.count() == 2
    assert list(faults()) == []


def test_an_imported_report_tells_the_ledger_what_a_filed_one_tells(
    take: Import, body: Organisation, officer: User
) -> None:
    other = OrganisationFactory.create(code=code_of(2))
    for conclusion, word in ((Conclusion.PENDING, "待审"), (Conclusion.UNQUALIFIED, "不合格")):
        take(_row(2021, 年检结论=word, 初审意见="同意"))
        file_report(
            organisation_id=other.pk,
            year=2021,
            filed_on=date(2022, 5, 31),
            by=officer,
            conclusion=conclusion,
            supervisor_opinion="同意",
            reason="结论已出",
        )
    imported = [(event.verb, event.on, event.facts["report"]) for event in body.events.filter(seq__gt=1)]
    filed = [(event.verb, event.on, event.facts["report"]) for event in other.events.filter(seq__gt=1)]
    assert imported == filed
    assert [verb for verb, _, _ in imported] == ["report.file", "report.correct"]


def test_the_same_file_again_changes_nothing(take: Import, body: Organisation) -> None:
    rows = [_row(2020), _row(2021)]
    take(*rows)
    assert counts_of(take(*rows)) == (0, 0, 2, 0)
    assert body.events.count() == 3


def test_a_blank_conclusion_is_pending_and_never_erases(take: Import, body: Organisation) -> None:
    take(_row(年检结论=""))
    assert AnnualReport.objects.get().conclusion == Conclusion.PENDING
    assert counts_of(take(_row(年检结论="基本合格", 初审意见="同意"))) == (0, 1, 0, 0)
    assert counts_of(take(_row(年检结论="", 初审意见=""))) == (0, 0, 1, 0)
    report = AnnualReport.objects.get()
    assert (report.conclusion, report.supervisor_opinion) == (Conclusion.BASICALLY_QUALIFIED, "同意")
    correction = body.events.get(verb="report.correct")
    assert correction.facts["report"]["before"]["conclusion"] == "pending"
    assert list(faults()) == []


@pytest.mark.parametrize(
    ("cells", "reason"),
    [
        ({"统一社会信用代码": code_of(9)}, "登记册中没有该代码的组织"),
        ({"统一社会信用代码": "X"}, "应为 18 位"),
        ({"年度": ""}, "年度为空"),
        ({"年度": "去年"}, "不是年度"),
        ({"年度": "2027"}, "超出范围"),
        ({"年度": "1949"}, "超出范围"),
        ({"报送时间": ""}, "没有报送日期"),
        ({"报送时间": "1900-01-01"}, "空日期"),
        ({"报送时间": "五月"}, "不是完整日期"),
        ({"报送时间": "2027-01-01"}, "晚于导入日期"),
        ({"报送时间": "2020-05-31"}, "尚未结束"),
        ({"报送时间": "2021-05-01"}, "尚未结束"),
        ({"报送时间": "2010-05-05", "年度": "2009"}, "早于成立日期"),
        ({"年检结论": "未参检"}, "结论无法识别"),
    ],
)
def test_a_row_that_cannot_be_taken_is_kept_with_reason_and_remedy(
    take: Import, body: Organisation, cells: dict[str, object], reason: str
) -> None:
    report = take(_row(2021, **cells), _row(2020))
    assert counts_of(report) == (1, 0, 0, 1)
    issue = ImportIssue.objects.get(severity="refused")
    assert (issue.row, reason in issue.reason, bool(issue.remedy)) == (2, True, True)
    assert issue.cells["年度"] == str({**_row(2021), **cells}["年度"])
    assert AnnualReport.objects.get().year == 2020


def test_the_second_row_for_a_year_is_refused_and_names_the_first(take: Import, body: Organisation) -> None:
    report = take(_row(2021), _row(2020), _row(2021, 年检结论="不合格"))
    assert counts_of(report) == (2, 0, 0, 1)
    assert report.issues[-1].reason == "同一组织 2021 年度的报告与第 2 行重复"
    assert AnnualReport.objects.get(year=2021).conclusion == Conclusion.QUALIFIED


def test_a_name_that_does_not_fit_the_register_is_warned_about(take: Import, body: Organisation) -> None:
    report = take(_row(2021, 名称="虚构区他人协会"))
    assert counts_of(report) == (1, 0, 0, 0)
    assert [issue.reason for issue in report.issues] == ["名称与登记册（虚构区测试协会1）不一致，按代码认定"]


def test_a_report_filed_before_its_year_ended_names_the_probable_year(take: Import, body: Organisation) -> None:
    report = take(_row(2026, 报送时间="2026-05-01"))
    assert counts_of(report) == (0, 0, 0, 1)
    (issue,) = report.issues
    assert (issue.field, issue.reason) == ("年度", "2026 年度在报送日期 2026-05-01 尚未结束")
    assert "2026 年报送的一般是 2025 年度" in issue.remedy


def test_a_dry_run_tells_the_same_and_writes_nothing(take: Import, body: Organisation) -> None:
    rows = (_row(2021), _row(2020, 9), _row(2019))
    before = [model.objects.count() for model in (AnnualReport, Event, ImportRun, ImportIssue)]
    dry = take(*rows, dry_run=True)
    assert [model.objects.count() for model in (AnnualReport, Event, ImportRun, ImportIssue)] == before
    wet = take(*rows)
    assert (wet.counts, wet.issues) == (dry.counts, dry.issues)


def test_a_file_without_years_is_refused_whole(take: Import) -> None:
    with pytest.raises(ColumnsMissing, match="缺少必需的列：年度"):
        take({"统一社会信用代码": code_of(1), "报送日期": "2022-05-31"})


def test_the_command_printscounts_of(tmp_path: Path, body: Organisation) -> None:
    out = io.StringIO()
    path = write_rows(tmp_path / "a.csv", _row(2021), _row(2020, 9))
    call_command("import_reports", str(path), stdout=out)
    assert "新增 created=1 更新 updated=0 未变 unchanged=0 提示 warned=0 未导入 refused=1" in out.getvalue()
    assert "未导入 第 3 行【统一社会信用代码】登记册中没有该代码的组织" in out.getvalue()
    assert body.events.get(verb="report.file").by == User.objects.system()
