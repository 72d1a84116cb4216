"""A made-up register of any size: written as files for the importer, or straight into the tables where only reading counts."""

from __future__ import annotations

import csv
import random
from datetime import timedelta
from types import NoneType
from typing import TYPE_CHECKING, Any
from uuid import uuid4

from django.core.management.color import no_style
from django.db import connection, transaction
from django.db.models import Max

from registry.actions.ledger import opening
from registry.identifiers import compose
from registry.ledger import canonical
from registry.models import AnnualReport, Event, Organisation
from registry.states import Kind

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from datetime import date
    from pathlib import Path

    from django.db.models import Model

    from registry.models import User

YEARS_FILED = 5
PIECE = 10_000
SINCE = timedelta(days=2)
"""So long the bodies have been on the register: nobody sweeps what was entered within the hour."""
STOPPED = 1 / 12
"""The share of bodies that no longer file."""

PLACES = ("虚构", "示例", "演示", "样本", "假想", "试用")
TRADES = (
    *("茶叶", "蔬菜", "园艺", "书法", "象棋", "羽毛球", "养老", "助残", "家政", "物流"),
    *("汽配", "餐饮", "摄影", "诗词", "舞蹈", "合唱", "登山", "环保", "科普", "编织"),
)
_BODY, _EVENT = (
    tuple(field.attname for field in model._meta.concrete_fields if not field.primary_key)
    for model in (Organisation, Event)
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
    like = Organisation(kind=Kind.ASSOCIATION)
    same = dict(zip(_BODY, _row(like, _BODY), strict=True))
    key = (Organisation.objects.aggregate(last=Max("pk"))["last"] or 0) + 1 - start
    for first in range(start, size, PIECE):
        numbers = range(first, min(first + PIECE, size))
        told = [_registered(like, each, key + each, on=on, by=by) for each in numbers]
        with transaction.atomic():
            _insert(
                Organisation,
                ("id", *_BODY),
                ([pk, *{**same, **body}.values()] for pk, (body, _) in enumerate(told, key + first)),
            )
            _insert(Event, _EVENT, (event for _, event in told))
        reports = (
            (key + number, year, f"{year + 1}-03-15", "", "pending")
            for number in numbers
            for year in years(on)
            if number not in quiet or year < on.year - 2
        )
        _insert(AnnualReport, ("organisation_id", "year", "filed_on", "supervisor_opinion", "conclusion"), reports)
    with connection.cursor() as cursor:
        for statement in connection.ops.sequence_reset_sql(no_style(), [Organisation]):
            cursor.execute(statement)


def code_of(number: int) -> str:
    """Return its unified social credit code."""
    return compose(Kind.ASSOCIATION, "120119", number)


def _registered(body: Organisation, number: int, pk: int, *, on: date, by: User) -> tuple[dict[str, Any], list[Any]]:
    """Make ``body``, which is used again and again, the one with this number; return its own columns, and its event."""
    own = {
        "code": code_of(number),
        "name": name_of(number),
        "address": f"虚构区测试路{number}号",
        "established_on": founded(number),
    }
    body.pk, body.uid = pk, uuid4()
    for column, value in own.items():
        setattr(body, column, value)
    event = opening(body, on=on, by=by, reason="测速", facts={})
    event.at -= SINCE
    event.digest = body.event_head = event.expected_digest(body.uid)
    uid = Organisation._meta.get_field("uid").get_db_prep_save(body.uid, connection)
    head = {"event_count": 1, "event_head": body.event_head, "name_initials": body.name_initials, "uid": uid}
    return own | head, _row(event, _EVENT)


def _row(row: Model, columns: tuple[str, ...]) -> list[Any]:
    prepared = []
    for name in columns:
        field, value = row._meta.get_field(name), getattr(row, name)
        if field.get_internal_type() == "JSONField":
            prepared.append(canonical(value))
        elif isinstance(value, (str, int, NoneType)):
            prepared.append(value)
        else:
            prepared.append(field.get_db_prep_save(value, connection))
    return prepared


def _insert(model: type[Model], columns: tuple[str, ...], rows: Iterable[Sequence[Any]]) -> None:
    """Insert rows whose values the database takes as they are, the quickest way it has."""
    table = f"{model._meta.db_table} ({', '.join(map(connection.ops.quote_name, columns))})"
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            with cursor.copy(f"COPY {table} FROM STDIN") as copy:
                for row in rows:
                    copy.write_row(row)
        else:
            cursor.executemany(f"INSERT INTO {table} VALUES ({', '.join(['%s'] * len(columns))})", rows)


def _written(path: Path, header: tuple[str, ...], rows: Iterator[tuple[Any, ...]]) -> Path:
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, delimiter="\t")
        writer.writerow(header)
        writer.writerows(rows)
    return path
