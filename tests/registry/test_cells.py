from contextlib import suppress
from datetime import date, datetime
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from registry import cells
from registry.cells import Period, Sentinel, Unclear

ANYTHING = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.floats(),
    st.dates(),
    st.datetimes(),
    st.text(),
    st.text(alphabet="0123456789０１２-/.年月日至起止 元万亿,¥（）", max_size=30),
)
DAY = date(2017, 9, 19)


@pytest.mark.parametrize(
    "written",
    [
        "2017-09-19",
        "2017/9/19",
        "2017.9.19",
        "2017年9月19日",
        "2017 年 9 月 19 日",
        "20170919",
        "２０１７－０９－１９",
        "2017-09-19 00:00:00",
        " 2017-09-19T00:00:00 ",
        20170919,
        42997.0,
        DAY,
        datetime(2017, 9, 19),  # noqa: DTZ001 - a spreadsheet knows no time zone
    ],
)
def test_a_day_is_understood_in_every_usual_shape(written: cells.Cell) -> None:
    assert cells.day(written) == DAY


@pytest.mark.parametrize(
    "written", ["1899-12-30", "1900-01-01", "1970-01-01", "1900-01-00", "0000-00-00", date(1970, 1, 1), 0, 1.0]
)
def test_a_stand_in_date_is_never_data(written: cells.Cell) -> None:
    with pytest.raises(Sentinel, match="空日期"):
        cells.day(written)


@pytest.mark.parametrize("written", ["2017-02-30", "2017年9月", "43000", 2017.0, "17-9-19", "昨天", True, "2017-9/19"])
def test_what_is_no_whole_day_is_unclear(written: cells.Cell) -> None:
    with pytest.raises(Unclear):
        cells.day(written)


@pytest.mark.parametrize("written", ["", "  ", None, "无", "暂无", "-", "/"])
def test_a_cell_that_says_nothing_is_nothing(written: cells.Cell) -> None:
    assert cells.day(written) is None
    assert cells.money(written) is None
    assert cells.period(written) is None
    assert cells.yes_or_no(written) is None
    assert cells.year(written) is None


@pytest.mark.parametrize(
    "written",
    [
        "2017-09-19 至 2020-09-18",
        "2017-09-19至2020-09-18",
        "2017.9.19-2020.9.18",
        "2017/9/19 - 2020/9/18",
        "2017-09-19 ～ 2020-09-18",
        "2017年9月19日—2020年9月18日",
        "自2017年9月19日起至2020年9月18日止",
    ],
)
def test_a_period_is_understood_in_every_usual_shape(written: str) -> None:
    assert cells.period(written) == Period(DAY, date(2020, 9, 18))


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("至 2022-07-10", Period(None, date(2022, 7, 10), ("只有止期，没有起期",))),
        ("2013-04-25 至", Period(date(2013, 4, 25), None, ("只有起期，没有止期",))),
        ("2020-09-18 至 2017-09-19", Period(doubts=("止期 2017-09-19 早于起期 2020-09-18，起止均未采用",))),
        ("2017-09-19 至 2017-09-19", Period(DAY, DAY, ("起期和止期为同一天（2017-09-19）",))),
        (
            "1900-01-01 至 1900-01-01",
            Period(doubts=("1900-01-01 是表格软件或数据库的空日期，不作为日期",)),
        ),
    ],
)
def test_a_period_with_a_doubt_says_so(written: str, expected: Period) -> None:
    assert cells.period(written) == expected


def test_the_word_to_alone_is_nothing() -> None:
    assert cells.period("至") is None


@pytest.mark.parametrize("written", ["2022-07-10", "长期", "2017-09-19 至 2018-09-19 至 2020-09-18"])
def test_what_is_no_span_is_unclear(written: str) -> None:
    with pytest.raises(Unclear, match="不是起止日期"):
        cells.period(written)


@pytest.mark.parametrize(
    ("written", "unit", "yuan"),
    [
        ("800.00 万元", "", "8000000.00"),
        ("2000000.00 元", "", "2000000.00"),
        ("２０万元", "", "200000.00"),
        ("8,000,000元", "", "8000000.00"),
        ("1，234.56 万元", "", "12345600.00"),
        ("9999999999999.99元", "", "9999999999999.99"),
        ("￥30000元整", "", "30000.00"),
        ("3", "万元", "30000.00"),
        (3.0, "万元", "30000.00"),
        (12.340000000001, "元", "12.34"),
        ("2000000.00 元", "万元", "2000000.00"),
        ("0.00 元", "", "0.00"),
        ("1.5亿元", "", "150000000.00"),
    ],
)
def test_money_is_yuan_to_the_cent(written: cells.Cell, unit: str, yuan: str) -> None:
    assert cells.money(written, unit=unit) == Decimal(yuan)


@pytest.mark.parametrize(
    ("written", "reason"),
    [
        ("200.00 （单位：元 / 万元）", "单位不明"),
        ("0.00 （单位：元 / 万元）", "单位不明"),
        ("800", "没有写明金额单位"),
        (800.0, "没有写明金额单位"),
        ("-3 元", "不是可识别的人民币金额"),
        ("100万美元", "不是可识别的人民币金额"),
        ("叁万元", "不是可识别的人民币金额"),
        ("0.001元", "不足一分"),
        ("3,5万元", "不是可识别的人民币金额"),
        ("1,00元", "不是可识别的人民币金额"),
        ("1,2345元", "不是可识别的人民币金额"),
        (",500元", "不是可识别的人民币金额"),
        ("1234,567元", "不是可识别的人民币金额"),
        ("10000000000000元", "超出合理范围"),
        ("99999999999999.99元", "超出合理范围"),
        ("999999999999999万元", "超出合理范围"),
    ],
)
def test_money_that_could_be_two_amounts_is_unclear(written: cells.Cell, reason: str) -> None:
    with pytest.raises(Unclear, match=reason):
        cells.money(written)


def test_names_keep_chinese_punctuation_and_lose_full_width_digits() -> None:
    assert cells.text(" 虚构区第２中学（Ａ区）　校友会\u200b ") == "虚构区第2中学（A区） 校友会"


def test_a_formula_error_is_no_text() -> None:
    with pytest.raises(Unclear, match="公式错误"):
        cells.text("#REF!")


@pytest.mark.parametrize(
    ("written", "expected"), [("是", True), ("√", True), ("否", False), (True, True), ("N", False)]
)
def test_yes_and_no_are_understood(written: cells.Cell, expected: bool) -> None:
    assert cells.yes_or_no(written) is expected


@pytest.mark.parametrize("written", ["2021", "2021年度", "2021年", 2021.0, "２０２１"])
def test_a_year_is_understood(written: cells.Cell) -> None:
    assert cells.year(written) == 2021


@given(ANYTHING)
def test_no_cell_ends_in_anything_but_a_value_or_a_reason(cell: cells.Cell) -> None:
    for reader in (cells.day, cells.period, cells.money, cells.yes_or_no, cells.year, cells.text, cells.compact):
        value: object = None
        with suppress(Unclear):
            value = reader(cell)
        if isinstance(value, Decimal):
            assert value >= 0
        if isinstance(value, str):
            assert "\x00" not in value


@given(st.dates(min_value=date(1850, 1, 1), max_value=date(2200, 12, 31)))
def test_every_day_is_read_back_as_written_unless_it_is_a_stand_in(day: date) -> None:
    for written in (day, day.isoformat(), f"{day.year}年{day.month}月{day.day}日", f"{day:%Y%m%d}"):
        try:
            assert cells.day(written) == day
        except Sentinel:
            assert day in cells.SENTINELS
