"""A made-up register of any size: written as files for the importer, or straight into the tables where only reading counts."""

from __future__ import annotations

import csv
import random
from typing import TYPE_CHECKING, Any

from django.db import transaction

from registry.actions.ledger import opening
from registry.identifiers import compose
from registry.initials import initials
from registry.models import AnnualReport, Event, Organisation
from registry.states import Kind

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import date
    from pathlib import Path

    from registry.models import User

YEARS_FILED = 5
PIECE = 10_000
STOPPED = 1 / 12
"""The share of bodies that no longer file."""

PLACES = ("虚构", "示例", "演示", "样本", "假想", "试用")
TRADES = (
    *("茶叶", "蔬菜", "园艺", "书法", "象棋", "羽毛球", "养老", "助残", "家政", "物流"),
    *("汽配", "餐饮", "摄影", "诗词", "舞蹈", "合唱", "登山", "环保", "科普", "编织"),
)
FORMS = ("协会", "商会", "促进会", "联合会", "研究会")


def name_of(number: int) -> str:
    """Return the name of the body with this number; no two are alike."""
    place, trade, form = PLACES[number % 6], TRADES[number // 6 % 20], FORMS[number // 120 % 5]
    return f"{place}区{trade}{number}{form}"


def founded(number: int) -> str:
    """Return the day it was founded on."""
    return f"{2000 + number % 18}-05-06"


def years(on: date) -> range:
    """Return the years reports are on file for, seen on a day: the last ones that are due."""
    return range(on.year - YEARS_FILED, on.year)


def stopped(size: int) -> set[int]:
    """Return the numbers of the bodies that have stopped filing."""
    dice = random.Random(size)
    return {number for number in range(size) if dice.random() < STOPPED}


def register_file(path: Path, size: int) -> Path:
    """Write a register of ``size`` bodies."""
    header = ("名称", "统一社会信用代码", "成立日期", "住所")
    rows = ((name_of(each), code_of(each), founded(each), f"虚构区测试路{each}号") for each in range(size))
    return _written(path, header, rows)


def reports_file(path: Path, size: int, *, on: date) -> Path:
    """Write their annual reports; whoever has stopped has filed none for the last two years."""
    quiet = stopped(size)
    header = ("统一社会信用代码", "年度", "报送日期")
    rows = (
        (code_of(each), year, f"{year + 1}-03-15")
        for each in range(size)
        for year in years(on)
        if each not in quiet or year < on.year - 2
    )
    return _written(path, header, rows)


def tables(start: int, size: int, *, on: date, by: User) -> None:
    """Write the bodies from number ``start`` up to ``size`` with their first event, and their reports without any."""
    quiet = stopped(size)
    for first in range(start, size, PIECE):
        numbers = range(first, min(first + PIECE, size))
        bodies = [_body(each) for each in numbers]
        events = [opening(body, on=on, by=by, reason="测速", facts={}) for body in bodies]
        with transaction.atomic():
            made = Organisation.objects.bulk_create(bodies)
            Event.objects.bulk_create(events)
        AnnualReport.objects.bulk_create(
            AnnualReport(organisation=body, year=year, filed_on=f"{year + 1}-03-15", conclusion="pending")
            for number, body in zip(numbers, made, strict=True)
            for year in years(on)
            if number not in quiet or year < on.year - 2
        )


def code_of(number: int) -> str:
    """Return its unified social credit code."""
    return compose(Kind.ASSOCIATION, "120119", number)


def _body(number: int) -> Organisation:
    name = name_of(number)
    return Organisation(
        code=code_of(number),
        name=name,
        name_initials=initials(name),
        kind=Kind.ASSOCIATION,
        address=f"虚构区测试路{number}号",
        established_on=founded(number),
    )


def _written(path: Path, header: tuple[str, ...], rows: Iterator[tuple[Any, ...]]) -> Path:
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, delimiter="\t")
        writer.writerow(header)
        writer.writerows(rows)
    return path
