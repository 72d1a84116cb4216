import io
import tracemalloc
import zipfile
from collections.abc import Sequence
from contextlib import suppress
from datetime import date
from pathlib import Path

import pytest
import xlsxwriter
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from registry import tables
from registry.tables import Row, Unreadable

HEADER = ["名称", "统一社会信用代码"]
LINES = [HEADER, ["虚构区甲协会", "代码一"], ["虚构区乙，协会", "代码二"]]
EXPECTED = [(2, ["虚构区甲协会", "代码一"]), (3, ["虚构区乙，协会", "代码二"])]


def is_header(cells: Sequence[str]) -> bool:
    return set(HEADER) <= set(cells)


def _rows(path: Path) -> list[tuple[int, list[object]]]:
    return [(row.number, list(row.cells)) for row in tables.read(path, is_header=is_header).rows]


def _text(path: Path, delimiter: str = ",", encoding: str = "utf-8", end: str = "\n") -> Path:
    path.write_bytes("".join(delimiter.join(line) + end for line in LINES).encode(encoding))
    return path


def _workbook(path: Path, rows: Sequence[Sequence[object]], *, first_row: int = 0) -> Path:
    with xlsxwriter.Workbook(str(path)) as book:
        sheet = book.add_worksheet("名册")
        day = book.add_format({"num_format": "yyyy-mm-dd"})
        for number, row in enumerate(rows, start=first_row):
            for place, cell in enumerate(row):
                if isinstance(cell, date):
                    sheet.write_datetime(number, place, cell, day)
                else:
                    sheet.write(number, place, cell)
    return path


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
@pytest.mark.parametrize(("name", "delimiter"), [("a.csv", ","), ("a.tsv", "\t"), ("a.txt", "\t"), ("a.csv", ";")])
@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_text_is_read_in_every_encoding_and_delimiter(
    tmp_path: Path, encoding: str, name: str, delimiter: str, end: str
) -> None:
    assert _rows(_text(tmp_path / name, delimiter, encoding, end)) == EXPECTED


def test_a_csv_full_of_tabs_and_a_tsv_full_of_commas_are_told_by_their_header(tmp_path: Path) -> None:
    assert _rows(_text(tmp_path / "a.csv", "\t")) == EXPECTED
    assert _rows(_text(tmp_path / "a.tsv", ",")) == EXPECTED


def test_a_workbook_is_read_with_its_dates(tmp_path: Path) -> None:
    path = _workbook(tmp_path / "a.xlsx", [HEADER, ["甲", date(2017, 9, 19)]])
    assert _rows(path) == [(2, ["甲", date(2017, 9, 19)])]


def test_the_header_is_found_below_titles_and_rows_keep_their_numbers(tmp_path: Path) -> None:
    book = _workbook(tmp_path / "a.xlsx", [["社会组织名册"], [], ["截至 2021 年底"], HEADER, ["甲", "一"]], first_row=2)
    assert _rows(book) == [(7, ["甲", "一"])]
    text = tmp_path / "a.csv"
    text.write_text("社会组织名册,\n\n截至 2021 年底,\n名称,统一社会信用代码\n\n甲,一\n,\n", encoding="utf-8")
    assert _rows(text) == [(6, ["甲", "一"])]


@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_rows_below_text_of_several_lines_keep_the_numbers_of_their_lines(tmp_path: Path, end: str) -> None:
    lines = ["名称,统一社会信用代码", '"甲', '乙",一', "", "丙,二"]
    path = tmp_path / "a.csv"
    path.write_bytes(end.join(lines).encode())
    assert _rows(path) == [(2, [f"甲{end}乙", "一"]), (5, ["丙", "二"])]


def test_merged_cells_hidden_rows_and_formulas_do_no_harm(tmp_path: Path) -> None:
    path = tmp_path / "a.xlsx"
    with xlsxwriter.Workbook(str(path)) as book:
        sheet = book.add_worksheet()
        sheet.merge_range(0, 0, 0, 1, "社会组织名册")
        sheet.write_row(1, 0, HEADER)
        sheet.write_formula(2, 0, '="甲"&"会"', None, "甲会")
        sheet.write_formula(2, 1, "=1/0", None, "#DIV/0!")
        sheet.write_row(3, 0, ["乙", "二"])
        sheet.set_row(3, None, None, {"hidden": True})
    assert _rows(path) == [(3, ["甲会", ""]), (4, ["乙", "二"])]


def test_the_sheet_with_the_header_is_taken_and_the_others_are_named(tmp_path: Path) -> None:
    path = tmp_path / "a.xlsx"
    with xlsxwriter.Workbook(str(path)) as book:
        book.add_worksheet("说明").write(0, 0, "请按说明填写")
        sheet = book.add_worksheet("名册")
        sheet.write_row(0, 0, HEADER)
        sheet.write_row(1, 0, ["甲", "一"])
    table = tables.read(path, is_header=is_header)
    assert [list(row.cells) for row in table.rows] == [["甲", "一"]]
    assert table.notes == ("工作簿有 2 个工作表，只导入“名册”，未导入“说明”",)


def test_a_workbook_under_the_name_of_a_text_is_read_as_what_it_is(tmp_path: Path) -> None:
    path = _workbook(tmp_path / "a.xlsx", [HEADER, ["甲", "一"]]).rename(tmp_path / "a.csv")
    assert _rows(path) == [(2, ["甲", "一"])]


def _zip(members: dict[str, bytes]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return out.getvalue()


def _sheet(reference: str) -> bytes:
    return _zip({"xl/workbook.xml": b"<workbook/>", "xl/worksheets/sheet1.xml": f'<c r="{reference}"/>'.encode()})


@pytest.mark.parametrize(
    ("name", "content", "reason"),
    [
        ("a.csv", b"", "是空的"),
        ("a.xlsx", b"", "是空的"),
        ("a.csv", bytes(range(256)) * 4, "二进制内容"),
        ("a.csv", b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR", "二进制内容"),
        ("a.csv", b"abc\xff\xff\xff\n" * 3, "编码"),
        ("a.csv", b"a" * (tables.LONGEST_LINE + 300_000), "不是文本表格"),
        ("a.csv", "甲,乙\n丙,丁\n".encode(), "找不到表头"),
        ("a.csv", '名称,统一社会信用代码\n"甲,一\n乙,二\n'.encode(), "引号不成对"),
        ("a.pdf", b"%PDF-1.7", "不支持“.pdf”文件"),
        ("a", b"x", "不支持“a”文件"),
        ("a.xlsx", b"<html><table></table></html>", "内容却不是 Excel"),
        ("a.xlsx", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600, "旧版 Excel"),
        ("a.xlsx", b"PK\x03\x04" + b"rubbish" * 40, "已损坏"),
        ("a.xlsx", _zip({"word/document.xml": b"<x/>"}), "不是 Excel 工作簿"),
        ("a.xlsx", _zip({"xl/workbook.xml": b"<x/>"}), "已损坏"),
        ("a.xlsx", _sheet("A10000000"), "超过上限"),
        ("a.xlsx", _sheet("XFD1048576"), "超过上限"),
    ],
)
def test_what_is_no_table_ends_in_a_clear_sentence(tmp_path: Path, name: str, content: bytes, reason: str) -> None:
    path = tmp_path / name
    path.write_bytes(content)
    with pytest.raises(Unreadable, match=reason):
        _rows(path)


def test_a_missing_file_is_said_to_be_missing(tmp_path: Path) -> None:
    with pytest.raises(Unreadable, match="找不到文件"):
        _rows(tmp_path / "nowhere.csv")


def test_a_zip_bomb_is_refused_before_it_is_unpacked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tables, "UNPACKED", 1 << 20)
    path = tmp_path / "a.xlsx"
    path.write_bytes(_zip({"xl/workbook.xml": b"<x/>", "xl/worksheets/sheet1.xml": b" " * (1 << 21)}))
    with pytest.raises(Unreadable, match="超过上限 1 MiB"):
        _rows(path)


def test_a_directory_that_lies_about_sizes_is_noticed(tmp_path: Path) -> None:
    honest = _zip({"xl/workbook.xml": b"<x/>", "xl/worksheets/sheet1.xml": b" " * 5000})
    path = tmp_path / "a.xlsx"
    path.write_bytes(honest.replace((5000).to_bytes(4, "little"), (50).to_bytes(4, "little")))
    with pytest.raises(Unreadable, match="已损坏"):
        _rows(path)


def test_a_text_with_too_many_rows_is_refused_before_the_first_is_taken(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tables, "ROWS", 3)
    assert len(_rows(_text(tmp_path / "a.csv"))) == 2
    path = tmp_path / "b.csv"
    path.write_text("名称,统一社会信用代码\n" + "甲,一\n" * 3, encoding="utf-8")
    with pytest.raises(Unreadable, match="超过 3 行"):
        tables.read(path, is_header=is_header)


def test_memory_does_not_grow_with_a_text(tmp_path: Path) -> None:
    peaks = []
    for count in (20_000, 100_000):
        path = tmp_path / f"{count}.csv"
        path.write_text("名称,统一社会信用代码\n" + "虚构区测试协会,某代码\n" * count, encoding="utf-8")
        tracemalloc.start()
        assert sum(1 for _ in tables.read(path, is_header=is_header).rows) == count
        peaks.append(tracemalloc.get_traced_memory()[1])
        tracemalloc.stop()
    assert peaks[1] < 1.2 * peaks[0]


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None, max_examples=200)
@given(content=st.binary(max_size=300), name=st.sampled_from(["a.csv", "a.tsv", "a.xlsx"]))
def test_any_bytes_are_rows_or_unreadable(tmp_path: Path, content: bytes, name: str) -> None:
    path = tmp_path / name
    path.write_bytes(content)
    with suppress(Unreadable):
        table = tables.read(path, is_header=lambda cells: len(cells) > 1)
        assert all(isinstance(row, Row) for row in table.rows)
