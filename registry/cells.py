"""Understanding what stands in a cell: text, dates, periods, money, yes or no. Plain Python, no table, no clock.

Each reader returns the value, or None for a cell that says nothing, or raises `Unclear` with the reason in Chinese.
Nothing is guessed: what could mean two things is unclear.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from decimal import ROUND_HALF_UP, Decimal
from math import isfinite

Cell = str | int | float | bool | date | datetime | time | timedelta | None
"""What a reader of tables may find in a cell."""

NOTHING = frozenset(
    {"", "-", "--", "—", "——", "/", "\\", "无", "暂无", "空", "不详", "未知", "未填", "null", "none", "nan"}
)
"""Words people write into a cell that has nothing to say."""
FORMULA_ERRORS = frozenset({"#REF!", "#N/A", "#VALUE!", "#DIV/0!", "#NAME?", "#NULL!", "#NUM!", "#SPILL!", "#CALC!"})
SENTINELS = frozenset({date(1899, 12, 30), date(1899, 12, 31), date(1900, 1, 1), date(1970, 1, 1)})
"""Days that programs write when they mean "none"."""
EARLIEST, LATEST = 1850, 2200
EXACT = 2**53
"""Beyond this a number in a spreadsheet has lost its last digits; it is shown as such programs show it."""
CENT = Decimal("0.01")
LARGEST_AMOUNT = Decimal(10) ** 13
"""Amounts stay below it: with two decimals, 15 digits are what every database gives back unchanged."""

_FULL_WIDTH = {code: code - 0xFEE0 for code in (*range(0xFF10, 0xFF1A), *range(0xFF21, 0xFF3B), *range(0xFF41, 0xFF5B))}
_SPACES = dict.fromkeys(map(ord, "\u3000\u00a0\t\r\n\v\f\u2028\u2029"), " ")
_INVISIBLE = dict.fromkeys([*range(9), *range(14, 32), 127, 0x200B, 0x200C, 0x200D, 0x2060, 0xFEFF])
_TIDY = {**_FULL_WIDTH, **_SPACES, **_INVISIBLE}
_MIDNIGHT = re.compile(r"[T ]+0{1,2}:00(?::00(?:\.0+)?)?$")
_DAY = re.compile(r"([0-9]{4})\s*([-/.年])\s*([0-9]{1,2})\s*(?:\2|月)\s*([0-9]{1,2})\s*日?")
_DIGITS = re.compile(r"([0-9]{4})([0-9]{2})([0-9]{2})")
_NO_DAY = re.compile(r"0{4}[-/.]?0{1,2}[-/.]?0{1,2}|1900[-/.]0?1[-/.]0{1,2}")
_SERIALS = range(10_000, 80_001)
"""Day numbers of spreadsheets taken as dates: 1927 to 2119; smaller ones are years or counts."""
_SERIAL_START = date(1899, 12, 30)
_BETWEEN = re.compile(r"\s*(?:至|到|起|~|〜|–+|—+|--+)\s*|\s+-\s+|(?<=[日0-9])-(?=[0-9]{4}[./年])")
_AMOUNT = re.compile(
    r"(?:人民币|RMB|CNY|¥)?((?:[0-9]{1,15}|[0-9]{1,3}(?:,[0-9]{3}){1,4})(?:\.[0-9]{1,8})?)"
    r"(?:\(?(万元|亿元|元|万|亿)(?:整|人民币)?\)?)?"
)
_YEAR = re.compile(r"([0-9]{4})\s*(?:年|年度)?")
_UNITS = {"元": 1, "万": 10_000, "万元": 10_000, "亿": 100_000_000, "亿元": 100_000_000}
_YES = frozenset({"是", "有", "√", "✓", "对", "y", "yes", "true", "1", "1.0"})
_NO = frozenset({"否", "不是", "×", "✗", "x", "n", "no", "false", "0", "0.0", "非"})


class Unclear(ValueError):
    """The cell says something that cannot be taken as data; the message says why, in Chinese."""


class Sentinel(Unclear):
    """The cell holds a day that programs write when they mean "none"."""


@dataclass(frozen=True, slots=True)
class Period:
    """A span of days; an end that is not stated is None. ``doubts`` say in Chinese what was left out or is odd."""

    start: date | None = None
    end: date | None = None
    doubts: tuple[str, ...] = ()


def shown(cell: Cell) -> str:
    """Return the cell as it is kept in an issue and shown to the officer: plain text, nothing interpreted."""
    if cell is None:
        return ""
    if isinstance(cell, datetime) and cell.time() == time():
        return cell.date().isoformat()
    if isinstance(cell, (date, time)):
        return cell.isoformat()
    if isinstance(cell, float) and isfinite(cell) and cell == int(cell):
        return str(int(cell)) if abs(cell) <= EXACT else f"{cell:.15G}"
    return str(cell).translate(_INVISIBLE).strip()


def text(cell: Cell) -> str:
    """Return the cell's text with full-width digits and letters made half-width; Chinese punctuation stays as it is."""
    tidy = re.sub(r" {2,}", " ", shown(cell).translate(_TIDY)).strip()
    if tidy.upper() in FORMULA_ERRORS:
        message = f"单元格是表格软件的公式错误 {tidy}"
        raise Unclear(message)
    return tidy


def compact(cell: Cell) -> str:
    """Return the cell's text in NFKC without any space, for comparing words and reading numbers."""
    return "".join(unicodedata.normalize("NFKC", shown(cell)).split())


def says_nothing(cell: Cell) -> bool:
    """Tell whether the cell is blank or holds one of the words for nothing."""
    return compact(cell).lower() in NOTHING


def day(cell: Cell) -> date | None:
    """Return the day a cell names; raise `Sentinel` for a stand-in date and `Unclear` for anything else."""
    if says_nothing(cell):
        return None
    if isinstance(cell, datetime):
        found = cell.date()
    elif isinstance(cell, date):
        found = cell
    elif isinstance(cell, (int, float)) and not isinstance(cell, bool):
        found = _day_of_number(cell)
    else:
        found = _day_of_text(cell)
    if found in SENTINELS:
        message = f"{found} 是表格软件或数据库的空日期，不作为日期"
        raise Sentinel(message)
    if not EARLIEST <= found.year <= LATEST:
        message = f"日期 {found} 超出合理范围"
        raise Unclear(message)
    return found


def _day_of_number(number: float) -> date:
    if isfinite(number) and number == int(number):
        whole = int(number)
        if whole in _SERIALS:
            return _SERIAL_START + timedelta(days=whole)
        if whole in {0, 1}:
            return date(1900, 1, 1)
        if found := _DIGITS.fullmatch(str(whole)):
            return _day_of_parts(*found.groups(), whole=str(whole))
    message = f"数值 {shown(number)} 不是日期"
    raise Unclear(message)


def _day_of_text(cell: Cell) -> date:
    plain = _MIDNIGHT.sub("", unicodedata.normalize("NFKC", shown(cell)).strip())
    if _NO_DAY.fullmatch(plain):
        return date(1900, 1, 1)
    if found := _DAY.fullmatch(plain):
        year, _, month, number = found.groups()
        return _day_of_parts(year, month, number, whole=plain)
    if found := _DIGITS.fullmatch(plain):
        return _day_of_parts(*found.groups(), whole=plain)
    message = f"“{plain[:50]}”不是完整日期，应写作 2017-09-19、2017/9/19 或 2017年9月19日"
    raise Unclear(message)


def _day_of_parts(year: str, month: str, number: str, *, whole: str) -> date:
    try:
        return date(int(year), int(month), int(number))
    except ValueError as error:
        message = f"没有“{whole}”这一天"
        raise Unclear(message) from error


def period(cell: Cell) -> Period | None:
    """Return the span a cell such as ``2017-09-19 至 2020-09-18`` names; None when it names nothing.

    A side that is missing, a stand-in date or unreadable is left out and named in ``doubts``; an end before its start
    drops both. Raise `Unclear` for a cell that is no span at all.
    """
    plain = unicodedata.normalize("NFKC", shown(cell)).strip()
    if says_nothing(plain):
        return None
    parts = _BETWEEN.split(plain.removesuffix("止"))
    if len(parts) > 2 and "起" in plain:  # noqa: PLR2004 - "自…起至…止" splits twice between the same two days
        parts = [part for part in parts if part] or [""]
    if len(parts) != 2:  # noqa: PLR2004 - a span has two ends
        message = f"“{plain[:50]}”不是起止日期，应写作“2017-09-19 至 2020-09-18”"
        raise Unclear(message)
    parts = [part.removeprefix("自").strip() for part in parts]
    if not any(parts):
        return None
    (start, start_doubt), (end, end_doubt) = map(_side, parts)
    doubts = list(dict.fromkeys(each for each in (start_doubt, end_doubt) if each))
    if start and end and end < start:
        return Period(doubts=(f"止期 {end} 早于起期 {start}，起止均未采用",))
    if start and end and start == end:
        doubts.append(f"起期和止期为同一天（{start}）")
    if not doubts and (start is None or end is None):
        doubts.append("只有止期，没有起期" if end else "只有起期，没有止期")
    return Period(start, end, tuple(doubts))


def _side(part: str) -> tuple[date | None, str]:
    try:
        return day(part), ""
    except Unclear as reason:
        return None, str(reason)


def money(cell: Cell, *, unit: str = "") -> Decimal | None:
    """Return an amount in yuan, to the cent; ``unit`` is what the column's header says, such as ``万元``.

    Commas divide thousands. Raise `Unclear` for an amount whose unit is not stated or could be two, whose commas stand
    elsewhere, a negative one, or another currency.
    """
    if says_nothing(cell):
        return None
    if isinstance(cell, float):
        plain = format(Decimal(repr(cell)).quantize(Decimal("0.000001"), ROUND_HALF_UP), "f") if _fits(cell) else ""
    else:
        plain = compact(cell)
    found = _AMOUNT.fullmatch(plain)
    if found is None:
        reason = "金额单位不明（元还是万元）" if "元/万元" in plain or "万元/元" in plain else "不是可识别的人民币金额"
        message = f"“{shown(cell)[:50]}”{reason}"
        raise Unclear(message)
    factor = _UNITS.get(found[2] or compact(unit))
    if factor is None:
        message = f"“{shown(cell)[:50]}”没有写明金额单位（元还是万元）"
        raise Unclear(message)
    amount = Decimal(found[1].replace(",", "")) * factor
    if amount != amount.quantize(CENT, ROUND_HALF_UP) and not isinstance(cell, float):
        message = f"“{shown(cell)[:50]}”不足一分，金额有误"
        raise Unclear(message)
    if amount >= LARGEST_AMOUNT:
        message = f"“{shown(cell)[:50]}”超出合理范围"
        raise Unclear(message)
    return amount.quantize(CENT, ROUND_HALF_UP)


def _fits(number: float) -> bool:
    return isfinite(number) and abs(number) < LARGEST_AMOUNT


def yes_or_no(cell: Cell) -> bool | None:
    """Return what a 是/否 cell says; None when blank; raise `Unclear` otherwise."""
    word = compact(cell).lower()
    if word in _YES:
        return True
    if word in _NO:
        return False
    if word in NOTHING:
        return None
    message = f"“{shown(cell)[:50]}”应为“是”或“否”"
    raise Unclear(message)


def year(cell: Cell) -> int | None:
    """Return a calendar year such as ``2021``, ``2021年`` or ``2021年度``; raise `Unclear` otherwise."""
    if says_nothing(cell):
        return None
    found = _YEAR.fullmatch(compact(cell))
    if found is None or not EARLIEST <= int(found[1]) <= LATEST:
        message = f"“{shown(cell)[:50]}”不是年度，应写作 2021 或 2021年度"
        raise Unclear(message)
    return int(found[1])
