"""Nothing in code repeats a number that is a policy: where days are counted or numbers compared, the law book is asked.

Every number the law book ships is looked for where it would do harm: in what is passed to a date's arithmetic, in sums
and comparisons, in defaults and in named constants. What only happens to be as large stands in `OTHERWISE`, with the
reason.
"""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING, NamedTuple

import pytest
from django.conf import settings

from registry import lawbook

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

PACKAGES = ("registry", "cleanup", "decoupling", "worker")

ONE = 1
"""The step from a day to the next and from an index to the next: no policy can be told from it."""

NO_COUNT = {"max_length", "max_digits", "decimal_places", "indent", "seconds", "minutes", "minute", "hour"}
"""Keywords that size a column or a text, or tell the time of day: no policy is counted in less than days."""

OTHERWISE: dict[tuple[str, str], str] = {
    ("cleanup/rules/step.py", "TWO"): "officers, as 行政处罚法 42 says; nobody may set another number",
    ("registry/actions/intake/desk.py", "SAMPLES"): "cells shown of a column",
    ("registry/actions/intake/run.py", "ATTEMPTS"): "times a chunk is tried while the database is busy",
    ("registry/calendar.py", "SATURDAY"): "a day of the week",
    ("registry/calendar.py", "MONTHS_A_YEAR"): "of every year",
    ("registry/calendar.py", "YEAR_END"): "the 25th of December, from which on the next year is known or provisional",
    ("registry/cells.py", "range"): "codes of the date formats of Excel",
    ("registry/cells.py", "parts"): "parts of a written date",
    ("registry/exports.py", "count"): "lines of a sheet before its rows",
    ("registry/grams.py", "at"): "characters of a pair of neighbours",
    ("registry/identifiers.py", "_WEIGHTS"): "of the check digit",
    ("registry/rules/lifecycle.py", "facts.signers"): "signatures of two persons: the rule itself, no value",
    ("registry/rules/lifecycle.py", "facts.officers"): "two officers: the rule itself, no value",
    ("registry/tables.py", "HEADER_WITHIN"): "lines of a file in which the header is looked for",
    ("worker/celery.py", "50"): "minutes",
    ("worker/celery.py", "60"): "seconds of a minute, minutes of an hour",
    ("worker/celery.py", "broker_connection_timeout"): "seconds",
    ("worker/celery.py", "worker_soft_shutdown_timeout"): "seconds",
    ("worker/celery.py", "TIME_LIMIT"): "seconds",
    ("worker/processes.py", "concurrency"): "processes of a worker",
    ("worker/queries/causes.py", "QUOTED"): "characters of a note shown in an alert",
    ("worker/queries/figures.py", "KEPT"): "differences an alert names",
    ("worker/queries/workload.py", "MONTHS"): "months a chart shows",
    ("worker/queries/workload.py", "shown"): "officers and criteria a chart shows",
    ("worker/supervisor.py", "LAST_LINES"): "lines of a log",
}
"""Numbers that are as large as some policy and are none: by file and by the name they stand under, with the reason."""


class Found(NamedTuple):
    """A number that is as large as some policy: where, under which name, and the code around it."""

    line: int
    name: str
    code: str


def policy_numbers() -> set[int]:
    """Return every number the law book ships, those of a range too."""
    values = [row["value"] for row in lawbook.read()[1]]
    flat = [each for value in values for each in (value if isinstance(value, list) else [value])]
    return {each for each in flat if type(each) is int} - {ONE}


def repeated(source: str) -> Iterator[Found]:
    """Yield the numbers of policies in a module, wherever they count something."""
    numbers = policy_numbers()
    for node in ast.walk(ast.parse(source)):
        for name, value in _counts(node):
            for number in _numbers(value):
                if number.value in numbers:
                    yield Found(number.lineno, name, ast.unparse(node)[:100])


def _counts(node: ast.AST) -> Iterator[tuple[str, ast.expr]]:
    """Yield the expressions under ``node`` in which a number counts, each with the name it goes by."""
    match node:
        case (
            ast.Assign(targets=[ast.Name(id=name)], value=value) | ast.AnnAssign(target=ast.Name(id=name), value=value)
        ):
            if isinstance(value, ast.Constant | ast.BinOp | ast.Tuple | ast.List):
                yield name, value
            elif isinstance(value, ast.Call) and ast.unparse(value.func) not in {"date", "datetime"}:
                yield from ((name, each) for each in value.args)
        case ast.Call():
            yield from _passed(node)
        case ast.BinOp(left=left, op=ast.Add() | ast.Sub() | ast.Mult(), right=right):
            yield from ((_named(other), each) for each, other in ((left, right), (right, left)))
        case ast.Compare(left=left, comparators=others):
            yield from ((_named(left), each) for each in (*others, left))
        case ast.arguments():
            yield from _defaults(node)


def _passed(node: ast.Call) -> Iterator[tuple[str, ast.expr]]:
    called = ast.unparse(node.func)
    if _is_of_dates(called):
        yield from ((called, each) for each in node.args)
    for each in node.keywords:
        if each.arg and each.arg not in NO_COUNT:
            yield each.arg, each.value


def _defaults(node: ast.arguments) -> Iterator[tuple[str, ast.expr]]:
    places = [*node.posonlyargs, *node.args]
    with_default = [*places[len(places) - len(node.defaults) :], *node.kwonlyargs]
    for place, default in zip(with_default, (*node.defaults, *node.kw_defaults), strict=True):
        if default is not None:
            yield place.arg, default


def _is_of_dates(called: str) -> bool:
    """Tell whether a function counts days, by its name."""
    last = called.rpartition(".")[2]
    return any(word in last for word in ("delta", "days", "months", "years", "add_", "range", "Span", "Period"))


def _named(node: ast.expr) -> str:
    """Return what a number is added to or compared with, without the function that measures it."""
    return ast.unparse(node.args[0] if isinstance(node, ast.Call) and node.args else node)


def _numbers(node: ast.expr) -> Iterator[ast.Constant]:
    """Yield the number an expression is, or those a list of it holds."""
    for each in node.elts if isinstance(node, ast.Tuple | ast.List) else [node]:
        if isinstance(each, ast.Constant) and type(each.value) is int:
            yield each


def modules() -> list[Path]:
    found = [path for package in PACKAGES for path in (settings.BASE_DIR / package).rglob("*.py")]
    return sorted(path for path in found if not {"migrations", "__pycache__"} & set(path.parts))


def test_no_module_repeats_a_number_that_is_a_policy() -> None:
    met, wrong = set(), []
    for path in modules():
        name = str(path.relative_to(settings.BASE_DIR))
        for each in repeated(path.read_text(encoding="utf-8")):
            if (name, each.name) in OTHERWISE:
                met.add((name, each.name))
            else:
                wrong.append(f"{name}:{each.line}: {each.name}: {each.code}")
    assert wrong == []
    assert met == set(OTHERWISE), "gone from the code: take them out of OTHERWISE"


@pytest.mark.parametrize(
    "planted",
    [
        "due_on = decided_on + timedelta(days=90)",
        "due_on = add_working_days(served_on, 5)",
        "due_on = start + relativedelta(months=6)",
        "DAYS_TO_DECIDE = 90",
        "SERVICE = timedelta(days=7)",
        "def late(facts):\n    return facts.missed_years < 2",
        "def late(facts):\n    return (facts.today - facts.opened_on).days > 90",
        "def first_year(on):\n    return on.year - 2",
        "class Window:\n    missed_years = PositiveSmallIntegerField('x', default=2)",
        "def interval(days=15):\n    return days",
        "BETWEEN = (15, 30)",
        "def old(on, since=date(2020, 1, 1), *, years=2):\n    return since",
        "class Facts:\n    attempts: int = 2",
    ],
)
def test_a_planted_number_is_found(planted: str) -> None:
    assert list(repeated(planted))


def test_what_is_no_number_of_a_policy_is_left_alone() -> None:
    assert list(repeated("tomorrow = on + timedelta(days=1)\nname = CharField(max_length=20)\nhalf = size // 2")) == []
