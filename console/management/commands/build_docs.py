"""Write the documents that come from the code: ``docs/rules.md`` and ``docs/lifecycle.md``."""

from __future__ import annotations

from importlib import import_module
from itertools import groupby
from operator import attrgetter
from typing import TYPE_CHECKING, Any

from django.apps import apps
from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.utils.module_loading import autodiscover_modules
from django_fsm import FSMField

from registry import lawbook
from registry.rulebook import BOOK, Rule

if TYPE_CHECKING:
    from argparse import ArgumentParser
    from collections.abc import Iterable, Iterator

    from django.db.models import Model

HEADER = "<!-- Written by `make docs` from the code; a change made here is lost. -->"
PACKAGES = {"registry": "登记（registry）", "cleanup": "清理整治（cleanup）", "decoupling": "脱钩（decoupling）"}


class Command(BaseCommand):
    """Writes the generated documents, or says which are stale."""

    help = "由代码生成 docs/rules.md 与 docs/lifecycle.md"

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--check", action="store_true", help="只检查是否最新，不写文件")

    def handle(self, *_: Any, check: bool, **options: Any) -> None:
        autodiscover_modules("rules")
        folder = settings.BASE_DIR / "docs"
        pages = {folder / "rules.md": rules_page(), folder / "lifecycle.md": lifecycle_page()}
        stale = {
            path: page for path, page in pages.items() if not path.exists() or path.read_text(encoding="utf-8") != page
        }
        if check and stale:
            message = f"已过期：{'、'.join(f'docs/{path.name}' for path in stale)}；请运行 make docs 后提交"
            raise CommandError(message)
        for path, page in stale.items():
            path.write_text(page, encoding="utf-8")
            self.stdout.write(f"docs/{path.name}")


def rules_page() -> str:
    """Return every rule of the rulebook with its sentence and its legal basis, package by package."""
    bases = {row["code"]: row for row in lawbook.read()[0]}
    lines = [
        HEADER,
        "# 规则 · Rules",
        "",
        "每条规则是一个只看事实和日期的函数；同一条规则决定动作能否办理、按钮为何不可用，并记入台账。",
        "“待核实”指依据的文本尚未由人核对原文。",
    ]
    for package, rules in groupby(sorted(BOOK.values(), key=_place), key=_package):
        lines += ["", f"## {PACKAGES.get(package, package)}", ""]
        lines += _table(("编号", "规则", "依据", "核实", "代码"), (_rule_row(each, bases) for each in rules))
    return "\n".join(lines) + "\n"


def _package(each: Rule[Any]) -> str:
    return each.holds.__module__.partition(".")[0]


def _place(each: Rule[Any]) -> tuple[int, str]:
    return list(PACKAGES).index(_package(each)), each.code


def _rule_row(each: Rule[Any], bases: dict[str, dict[str, Any]]) -> tuple[str, ...]:
    cited = [bases.get(code) for code in each.citations]
    verdict = "未收录" if None in cited else "已核实" if all(row and row.get("verified") for row in cited) else "待核实"
    return each.code, each.message, each.basis, verdict, f"`{each.holds.__name__}`"


def lifecycle_page() -> str:
    """Return every state machine as a diagram and a table of its transitions."""
    lines = [HEADER, "# 状态 · Lifecycles", "", "每个图由模型中的转换生成；表中列出守卫每个转换的规则（见 rules.md）。"]
    for model in sorted(apps.get_models(), key=_rank):
        for column in model._meta.concrete_fields:
            if isinstance(column, FSMField):
                lines += _machine(model, column)
    return "\n".join(lines) + "\n"


def _rank(model: type[Model]) -> int:
    return list(PACKAGES).index(model._meta.app_label) if model._meta.app_label in PACKAGES else len(PACKAGES)


def _machine(model: type[Model], column: Any) -> Iterator[str]:
    moves = sorted(column.get_all_transitions(model), key=attrgetter("name"))
    labels = dict(column.flatchoices)
    yield from ("", f"## {model._meta.verbose_name}（{model._meta.label}.{column.name}）", "")
    yield from ("```mermaid", "stateDiagram-v2")
    yield from (f'    state "{label}" as {value}' for value, label in labels.items())
    yield f"    [*] --> {column.default}"
    edges: dict[tuple[str, str], list[str]] = {}
    for move in moves:
        for target in _targets(move):
            edges.setdefault((str(move.source), target), []).append(move.name)
    order = list(labels)
    for (source, target), names in sorted(edges.items(), key=lambda edge: [order.index(end) for end in edge[0]]):
        yield f"    {source} --> {target}: {', '.join(names)}"
    yield from ("```", "")
    rows = (_move_row(model, name, list(same), labels) for name, same in groupby(moves, key=attrgetter("name")))
    yield from _table(("转换", "自", "至", "说明", "规则"), rows)


def _targets(move: Any) -> list[str]:
    several = getattr(move.target, "allowed_states", None)
    return [str(target) for target in several or (move.target,)]


def _move_row(model: type[Model], name: str, moves: list[Any], labels: dict[str, str]) -> tuple[str, ...]:
    sources = {str(move.source) for move in moves}
    targets = {target for move in moves for target in _targets(move)}
    said = (moves[0].method.__doc__ or "").strip().splitlines()[0]
    guards = " ".join(each.code for each in _guards(model, name))
    return f"`{name}`", _named(sources, labels), _named(targets, labels), said, guards


def _named(values: set[str], labels: dict[str, str]) -> str:
    return "、".join(str(label) for value, label in labels.items() if value in values)


def _guards(model: type[Model], name: str) -> tuple[Rule[Any], ...]:
    """Return the rules of a transition: by convention ``VERB`` or ``VERB_MODEL`` in the ``rules.py`` of its package."""
    book = vars(import_module(f"{model._meta.app_label}.rules"))
    guards: tuple[Rule[Any], ...] = book.get(name.upper()) or book.get(f"{name}_{model._meta.model_name}".upper(), ())
    return guards


def _table(titles: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> Iterator[str]:
    yield f"| {' | '.join(titles)} |"
    yield "|" + " --- |" * len(titles)
    for row in rows:
        yield f"| {' | '.join(row)} |"
