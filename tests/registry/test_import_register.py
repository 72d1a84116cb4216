from collections.abc import Callable
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest
import xlsxwriter

from registry.actions import organisation as verbs
from registry.actions.intake import ColumnsMissing, Report, import_register, run
from registry.models import Event, ImportIssue, ImportRun, Organisation, Unit, User
from registry.queries.verification import faults
from registry.states import ExitKind, Kind, State, Supervision
from tests.factories import OrganisationFactory
from tests.registry.files import code_of, counts_of, reasons_of, register_row, write_rows

pytestmark = pytest.mark.django_db

TODAY = date(2026, 11, 24)
FULL = {
    "社会组织名称": "虚构区第１测试协会（筹）",
    "统一社会信用代码": code_of(1),
    "社会组织类型": "社会团体",
    "登记状态": "正常",
    "成立登记日期": "2010年5月6日",
    "登记管理机关": "虚构区民政局",
    "业务主管单位": "虚构区教育局",
    "法定代表人": "某某",
    "住所": "虚构区测试路１号",
    "活动资金（万元）": "3.5",
    "证书有效期": "2019-05-06 至 2023-05-05",
    "业务范围": "学术交流",
    "活动地域": "虚构区",
    "行业协会商会": "是",
    "慈善组织": "否",
    "登记体制": "双重管理",
    "行业管理部门": "虚构区工业和信息化局",
    "党建工作机构": "虚构区社会工作部",
    "证书编号": "虚社证字第1号",
}

Import = Callable[..., Report]


@pytest.fixture
def take(tmp_path: Path, officer: User) -> Import:
    """Import rows as a file, by an officer, today."""

    def importing(*rows: dict[str, object], dry_run: bool = False) -> Report:
        path = write_rows(tmp_path / "名册.csv", *rows)
        return import_register(path=path, by=officer, on=TODAY, dry_run=dry_run)

    return importing


def test_every_column_finds_its_place(take: Import) -> None:
    report = take(FULL)
    assert counts_of(report) == (1, 0, 0, 0)
    assert report.issues == []
    body = Organisation.objects.get()
    assert (body.name, body.code, body.kind, body.state) == (
        "虚构区第1测试协会（筹）",
        code_of(1),
        Kind.ASSOCIATION,
        State.ACTIVE,
    )
    assert (body.established_on, body.certificate_from, body.certificate_until) == (
        date(2010, 5, 6),
        date(2019, 5, 6),
        date(2023, 5, 5),
    )
    assert body.capital == Decimal("35000.00")
    assert (body.is_industry_association, body.is_charity, body.supervision) == (True, False, Supervision.DUAL)
    units = (body.supervising_unit, body.industry_regulator, body.party_body)
    assert [unit.name for unit in units if unit] == ["虚构区教育局", "虚构区工业和信息化局", "虚构区社会工作部"]
    assert (body.address, body.certificate_no, body.legal_representative) == (
        "虚构区测试路1号",
        "虚社证字第1号",
        "某某",
    )


def test_a_new_organisation_opens_its_ledger_with_where_it_came_from(take: Import, officer: User) -> None:
    report = take(register_row())
    event = Event.objects.get()
    assert report.run is not None
    assert (event.verb, event.on, event.by) == ("organisation.register", TODAY, officer)
    assert event.facts["import"] == {"run": report.run.pk, "file": "名册.csv", "row": 2}
    assert event.reason == "导入“名册.csv”第 2 行"
    assert list(faults()) == []


def test_the_same_file_again_changes_nothing(take: Import) -> None:
    rows = (FULL, {**FULL, "社会组织名称": "虚构区测试协会2", "统一社会信用代码": code_of(2)})
    take(*rows)
    before = Event.objects.count()
    assert counts_of(take(*rows)) == (0, 0, 2, 0)
    assert Event.objects.count() == before


def test_an_update_lists_what_changed_and_a_rename_keeps_the_former_name(take: Import) -> None:
    take(register_row(住所="旧址", 业务主管单位="虚构区教育局"))
    report = take({**register_row(住所="新址", 业务主管单位="虚构区体育局"), "名称": "虚构区新名协会"})
    assert counts_of(report) == (0, 1, 0, 0)
    body = Organisation.objects.get()
    event = body.events.get(seq=2)
    assert event.verb == "organisation.amend"
    assert set(event.facts["changes"]) == {"name", "address", "supervising_unit_id"}
    assert event.facts["changes"]["address"] == ["旧址", "新址"]
    assert [former.name for former in body.former_names.all()] == ["虚构区测试协会1"]
    assert list(faults()) == []


def test_a_blank_never_erases(take: Import) -> None:
    take(FULL)
    before = Organisation.objects.values().get()
    blank = {**dict.fromkeys(FULL, ""), "社会组织名称": FULL["社会组织名称"], "统一社会信用代码": code_of(1)}
    assert counts_of(take(blank)) == (0, 0, 1, 0)
    assert Organisation.objects.values().get() == before


def test_a_file_saying_there_is_no_unit_does_not_take_the_unit_away(take: Import) -> None:
    take(register_row(业务主管单位="虚构区教育局"))
    report = take(register_row(业务主管单位="无"))
    assert counts_of(report) == (0, 0, 1, 0)
    assert reasons_of(report) == ["文件写明没有业务主管单位，登记册为“虚构区教育局”"]


def test_direct_registration_in_the_units_column_is_a_regime_not_a_unit(take: Import) -> None:
    assert reasons_of(take(register_row(业务主管单位="直接登记"))) == []
    assert Organisation.objects.get().supervision == Supervision.DIRECT
    assert not Unit.objects.exists()


@pytest.mark.parametrize(
    ("cells", "reason"),
    [
        ({"统一社会信用代码": code_of(1)[:-1] + "?"}, "不允许的字符"),
        ({"统一社会信用代码": ""}, "代码为空"),
        ({"统一社会信用代码": "5.31000005000185E+17"}, "数字格式"),
        ({"名称": " "}, "名称为空"),
        ({"名称": "长" * 201}, "超过 200 字"),
        ({"状态": "飞升"}, "登记状态无法识别"),
        ({"状态": "注销"}, "状态为注销，却没有注销日期"),
        ({"状态": "撤销", "注销日期": "2020-01-01"}, "状态为撤销，却没有撤销日期"),
        ({"状态": "注销", "注销日期": "2027-01-01"}, "晚于导入日期"),
        ({"状态": "注销", "注销日期": "2009-01-01", "成立日期": "2010-01-01"}, "早于成立日期"),
        ({"状态": "撤销", "撤销日期": "2020-01-01", "注销日期": "2019-01-01"}, "早于撤销日期"),
        ({"状态": "吊销", "吊销日期": "2020-01-01"}, "只适用于慈善组织"),
        ({"状态": "合并", "退出日期": "2020-01-01"}, "合并须写明合并后的组织"),
        ({"统一社会信用代码": "91350100MA2XW0UN5C"}, ""),
    ],
)
def test_a_row_that_cannot_be_taken_is_kept_with_reason_and_remedy(
    take: Import, cells: dict[str, object], reason: str
) -> None:
    report = take({**register_row(1), **cells}, register_row(2))
    assert counts_of(report) == (1, 0, 0, 1)
    issue = ImportIssue.objects.get(severity="refused")
    assert reason in issue.reason
    assert issue.remedy
    assert issue.row == 2
    assert issue.cells["名称"] == str({**register_row(1), **cells}["名称"]).strip()
    assert Organisation.objects.get().code == code_of(2)


@pytest.mark.parametrize(
    ("cells", "reason", "column", "kept"),
    [
        ({"成立日期": "1900-01-01"}, "空日期", "established_on", None),
        ({"成立日期": "2030-01-01"}, "晚于导入日期", "established_on", None),
        ({"成立日期": "不记得了"}, "不是完整日期", "established_on", None),
        ({"证书有效期": "1900-01-01 至 1900-01-01"}, "空日期", "certificate_until", None),
        ({"证书有效期": "至 2022-07-10"}, "只有止期", "certificate_until", date(2022, 7, 10)),
        ({"证书有效期": "2022-07-10 至 2020-01-01"}, "早于起期", "certificate_from", None),
        ({"证书有效期起": "2022-07-10", "证书有效期止": "2020-01-01"}, "早于起期", "certificate_until", None),
        ({"注册资金": "200.00 （单位：元 / 万元）"}, "单位不明", "capital", None),
        ({"登记机关": "暂无"}, "按空白处理", "registration_authority", ""),
        ({"类型": "合作社"}, "类型无法识别", "kind", Kind.ASSOCIATION),
        ({"类型": "基金会"}, "与类型“基金会”不一致", "kind", Kind.FOUNDATION),
        ({"类型": "基金会", "行业协会商会": "是"}, "只有社会团体", "is_industry_association", False),
        ({"慈善组织": "也许"}, "应为“是”或“否”", "is_charity", False),
        ({"登记体制": "已脱钩"}, "脱钩须有验收记录", "supervision", Supervision.DUAL),
        ({"登记体制": "三重管理"}, "登记体制无法识别", "supervision", Supervision.DUAL),
        ({"法定代表人": "某" * 51}, "超过 50 字", "legal_representative", ""),
        ({"住所": "#REF!"}, "公式错误", "address", ""),
        ({"状态": ""}, "登记状态为空", "state", State.ACTIVE),
        ({"状态": "僵尸型"}, "须经整治程序认定", "state", State.ACTIVE),
        ({"状态": "已脱钩"}, "脱钩须有验收记录", "state", State.ACTIVE),
        ({"注销日期": "2020-01-01"}, "状态为存续，却填有退出日期", "state", State.ACTIVE),
        ({"业务主管单位": "无"}, "暂按双重管理登记", "supervision", Supervision.DUAL),
    ],
)
def test_a_doubtful_cell_is_warned_about_and_never_guessed(
    take: Import, cells: dict[str, object], reason: str, column: str, kept: object
) -> None:
    report = take(register_row(**cells))
    assert (*counts_of(report), report.counts.warned) == (1, 0, 0, 0, 1)
    assert any(reason in issue for issue in reasons_of(report)), reasons_of(report)
    assert getattr(Organisation.objects.get(), column) == kept


def test_of_several_units_the_first_is_taken_with_a_warning(take: Import) -> None:
    report = take(register_row(业务主管单位="虚构区教育局,虚构区体育局"))
    assert reasons_of(report) == ["写有多个单位，只采用第一个“虚构区教育局”"]
    assert [unit.name for unit in Unit.objects.all()] == ["虚构区教育局"]


@pytest.mark.parametrize(
    ("cells", "exit_kind", "left", "ended"),
    [
        ({"状态": "注销", "注销日期": "2020-03-04"}, ExitKind.CANCELLED, date(2020, 3, 4), date(2020, 3, 4)),
        ({"状态": "已注销", "退出日期": "2020-03-04"}, ExitKind.CANCELLED, date(2020, 3, 4), date(2020, 3, 4)),
        ({"状态": "撤销登记", "撤销日期": "2020-03-04"}, ExitKind.REVOKED, date(2020, 3, 4), None),
        (
            {"状态": "撤销", "撤销日期": "2020-03-04", "注销日期": "2021-01-01"},
            ExitKind.REVOKED,
            date(2020, 3, 4),
            date(2021, 1, 1),
        ),
        (
            {"状态": "吊销", "吊销日期": "2020-03-04", "慈善组织": "是"},
            ExitKind.LICENCE_REVOKED,
            date(2020, 3, 4),
            None,
        ),
    ],
)
def test_a_body_that_had_left_is_entered_as_having_left(
    take: Import, cells: dict[str, object], exit_kind: str, left: date, ended: date | None
) -> None:
    assert counts_of(take(register_row(**cells))) == (1, 0, 0, 0)
    body = Organisation.objects.get()
    assert (body.state, body.exit_kind, body.deregistered_on, body.cancelled_on) == (
        State.DEREGISTERED,
        exit_kind,
        left,
        ended,
    )
    assert counts_of(take(register_row(**cells))) == (0, 0, 1, 0)
    assert list(faults()) == []


@pytest.mark.parametrize(
    ("cells", "reason"),
    [
        ({"状态": "注销", "注销日期": "2020-01-01"}, "文件写明注销，登记册为“正常存续”"),
        ({"状态": "僵尸型"}, "文件写明“僵尸型（休眠）”，登记册为“正常存续”"),
        ({"类型": "基金会"}, "类型与登记册（社会团体）不一致"),
    ],
)
def test_the_state_and_kind_of_a_known_body_are_never_changed(
    take: Import, cells: dict[str, object], reason: str
) -> None:
    take(register_row())
    report = take(register_row(**cells))
    assert counts_of(report) == (0, 0, 1, 0)
    assert reason in reasons_of(report)
    assert Organisation.objects.get().state == State.ACTIVE


def test_a_body_that_left_is_not_brought_back_by_a_file(take: Import) -> None:
    take(register_row(状态="注销", 注销日期="2020-01-01"))
    report = take(register_row(成立日期="2021-01-01"))
    assert counts_of(report) == (0, 0, 1, 0)
    assert reasons_of(report) == ["文件写明存续，登记册为“已退出”", "成立日期晚于登记册的退出日期 2020-01-01"]


def test_a_certificate_that_contradicts_the_register_is_left_out(take: Import) -> None:
    take(register_row(证书有效期="2020-01-01 至 2024-01-01"))
    report = take(register_row(证书有效期止="2019-01-01"))
    assert counts_of(report) == (0, 0, 1, 0)
    assert "早于起期" in reasons_of(report)[0]


def test_the_second_row_with_a_code_is_refused_and_names_the_first(
    take: Import, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(run, "CHUNK", 2)
    report = take(register_row(1), register_row(2), register_row(3), register_row(1, 住所="他处"))
    assert counts_of(report) == (3, 0, 0, 1)
    assert reasons_of(report) == ["代码与第 2 行重复"]


def test_a_namesake_with_another_code_is_warned_about(take: Import) -> None:
    report = take(register_row(1), {**register_row(2), "名称": "虚构区测试协会1"})
    assert counts_of(report) == (2, 0, 0, 0)
    assert reasons_of(report) == ["名称与第 2 行相同而代码不同"]
    report = take({**register_row(3), "名称": "虚构区测试协会1"})
    assert reasons_of(report) == [f"登记册中已有同名组织，代码 {'、'.join(sorted([code_of(1), code_of(2)]))}"]


def test_a_row_whose_columns_slipped_is_refused(tmp_path: Path, officer: User) -> None:
    path = tmp_path / "a.csv"
    path.write_text(f"名称,统一社会信用代码\n虚构区,甲协会,{code_of(1)}\n", encoding="utf-8")
    report = import_register(path=path, by=officer, on=TODAY)
    assert counts_of(report) == (0, 0, 0, 1)
    assert reasons_of(report)[0] == "单元格比表头多，各列可能已经错位"
    assert {issue.cells["第3列"] for issue in ImportIssue.objects.filter(row=2)} == {code_of(1)}


def test_a_missing_column_is_one_warning_and_an_unknown_one_is_named(take: Import) -> None:
    report = take(register_row(1, 省份="某省"), register_row(2))
    about = [issue.reason for issue in report.issues if issue.row == 0]
    assert "文件没有“法定代表人”列，该项不导入" in about
    assert "以下列无法识别，未导入：“省份”" in about
    assert report.counts.warned == 0


def test_two_columns_of_the_same_meaning_are_warned_about(take: Import) -> None:
    report = take(register_row(住所="甲", 地址="乙"))
    assert "列“地址”与“住所”含义相同，只采用“住所”" in [issue.reason for issue in report.issues]
    assert Organisation.objects.get().address == "甲"


def test_a_file_without_an_indispensable_column_is_refused_whole(take: Import) -> None:
    with pytest.raises(ColumnsMissing, match="缺少必需的列：统一社会信用代码"):
        take({"名称": "虚构区甲协会", "状态": "正常"})
    assert not ImportRun.objects.exists()


def test_a_workbook_with_dates_and_numbers_is_imported(tmp_path: Path, officer: User) -> None:
    path = tmp_path / "名册.xlsx"
    with xlsxwriter.Workbook(str(path)) as book:
        sheet = book.add_worksheet()
        sheet.write(0, 0, "虚构区社会组织名册")
        sheet.write_row(1, 0, ["名称", "统一社会信用代码", "成立日期", "注册资金（万元）", "状态"])
        sheet.write_row(2, 0, ["虚构区甲协会", code_of(1)])
        sheet.write_datetime(2, 2, date(2010, 5, 6), book.add_format({"num_format": "yyyy/m/d"}))
        sheet.write_number(2, 3, 3)
        sheet.write_string(2, 4, "正常")
        sheet.write_row(3, 0, ["虚构区乙协会", int("531000005000185302"), 40304, "", "正常"])
    report = import_register(path=path, by=officer, on=TODAY)
    assert counts_of(report) == (1, 0, 0, 1)
    assert "数字格式" in reasons_of(report)[0]
    body = Organisation.objects.get()
    assert (body.established_on, body.capital) == (date(2010, 5, 6), Decimal("30000.00"))


def test_the_dormant_and_decoupled_may_be_called_normal(take: Import, officer: User) -> None:
    body = OrganisationFactory.create(code=code_of(1), name="虚构区测试协会1")
    verbs.mark_dormant(
        organisation_id=body.pk, by=officer, on=date(2022, 1, 1), reason="审核", reviewer_reason="长期停摆"
    )
    report = take(register_row())
    assert counts_of(report) == (0, 0, 1, 0)
    assert reasons_of(report) == []
