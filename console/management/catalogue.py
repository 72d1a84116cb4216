"""The English catalogue: every Chinese text people are shown, found in the code; read, completed and compiled with Babel."""

from __future__ import annotations

import ast
import re
import tomllib
from datetime import UTC, datetime
from io import BytesIO
from typing import TYPE_CHECKING, Any

from babel.messages.catalog import Catalog
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po
from django.conf import settings
from django.template import Engine
from django.template.base import FilterExpression, Node, Template, Variable
from django.templatetags.i18n import BlockTranslateNode, TranslateNode
from django.utils.functional import Promise
from django.utils.module_loading import autodiscover_modules

from console.language import CHINESE, catalogue, citations
from decoupling.actions.intake.columns import ITEMS, LISTINGS
from registry.actions.intake.columns import REGISTER, REPORTS
from registry.rulebook import BOOK

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

LANGUAGE = "en"
BELOW = ("worker", "cleanup", "decoupling", "inspection", "registry")
"""Packages whose labels and sentences are plain Chinese; the console translates them where it shows them."""

UNSEEN = re.compile(
    r"(^|/)(management|migrations|demonstration|exports|evidence|verify_export|admin|guards|tables|columns|initials|notices|paper|broker|supervisor)(/|\.py$)"
)
"""Code whose Chinese never stands on a page as our words: commands, history, files made or read, the admin."""

DATA = {
    "cleanup/data/notices.toml": ("title",),
    "decoupling/data/items.toml": ("title", "evidence", "verifier"),
    "registry/data/deadlines.toml": ("label",),
    "registry/data/filing_documents.toml": ("title", "note"),
    "registry/data/law.toml": ("title", "unit"),
}
"""Texts kept in data files, by the keys under which they stand."""

CALLS = {"_", "gettext", "gettext_lazy"}
_SLOTS = re.compile(r"%\(\w+\)s|\{\d+\}")
_WORD = re.compile(r"[\u4e00-\u9fff]")
_PATTERN = re.compile(r"\\|\(\?|\[[^\]]*\]")
_NO_DAY = datetime(2026, 1, 1, tzinfo=UTC)
"""The same day always: the file shall change only when its texts do."""

Found = tuple[str, str]
"""A text and the file it stands in."""


def found() -> Catalog:
    """Return a catalogue of all texts, none translated."""
    catalog = Catalog(
        locale=LANGUAGE,
        project="Qingce",
        version="0",
        header_comment="# English texts of Qingce. Collected and compiled by `make messages`; only translate here.",
        creation_date=_NO_DAY,
        revision_date=_NO_DAY,
        last_translator="Qingce",
        fuzzy=False,
    )
    for text, place in (*_in_templates(), *_in_console(), *_below(), *_in_rules(), *_in_columns(), *_in_data()):
        catalog.add(text, locations=[(place, 0)])
    return catalog


def completed(po: Path) -> Catalog:
    """Return all texts with what is translated already; a text that is gone is dropped."""
    catalog = found()
    if po.exists():
        with po.open("rb") as file:
            known = read_po(file, locale=LANGUAGE)
        for message in catalog:
            if message.id and (old := known.get(message.id)) is not None:
                message.string = old.string
    return catalog


def written(catalog: Catalog) -> tuple[bytes, bytes]:
    """Return the catalogue as text for people and compiled for the program."""
    readable, compiled = BytesIO(), BytesIO()
    write_po(readable, catalog, width=110, sort_by_file=True, include_lineno=False)
    write_mo(compiled, catalog)
    return readable.getvalue(), compiled.getvalue()


def files() -> tuple[Path, Path]:
    """Return where the catalogue lies: for people, and compiled."""
    compiled = catalogue(LANGUAGE)
    return compiled.with_suffix(".po"), compiled


def faults(catalog: Catalog) -> list[str]:
    """Return what is not translated, still Chinese, or has other values in it than the original."""
    wrong = []
    for message in catalog:
        source, said = str(message.id), str(message.string or "")
        if source and (
            not said or CHINESE.search(said) or sorted(set(_SLOTS.findall(source))) != sorted(set(_SLOTS.findall(said)))
        ):
            wrong.append(source)
    return wrong


def _in_templates() -> Iterator[Found]:
    engine = Engine.get_default()
    folder = settings.BASE_DIR / "console" / "templates"
    for path in sorted(folder.rglob("*.html")):
        name = str(path.relative_to(folder))
        for text in _of_nodes(engine.get_template(name)):
            yield text, f"console/templates/{name}"


def _of_nodes(template: Template) -> Iterator[str]:
    for node in template.nodelist.get_nodes_by_type(Node):
        if isinstance(node, BlockTranslateNode):
            yield node.render_token_list(node.singular)[0]
        elif isinstance(node, TranslateNode):
            yield str(node.filter_expression.var.literal)
        else:
            yield from _of_expressions(vars(node).values())


def _of_expressions(parts: Iterable[Any]) -> Iterator[str]:
    """Return the texts marked ``_("…")`` in the expressions of a tag."""
    for part in parts:
        if isinstance(part, FilterExpression):
            constants = [argument for _, arguments in part.filters for marked, argument in arguments]
            yield from _of_expressions([part.var, *constants])
        elif isinstance(part, Variable) and part.translate:
            yield str(part.literal)
        elif isinstance(part, Promise):
            yield str(part)
        elif isinstance(part, dict):
            yield from _of_expressions(part.values())
        elif isinstance(part, list | tuple):
            yield from _of_expressions(part)


def _in_console() -> Iterator[Found]:
    for place, tree in _modules("console"):
        for node in ast.walk(tree):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in CALLS and node.args:
                text = node.args[0]
                if isinstance(text, ast.Constant) and isinstance(text.value, str):
                    yield text.value, place


def _below() -> Iterator[Found]:
    cited = citations()
    for package in BELOW:
        for place, tree in _modules(package):
            said = {
                id(each.value)
                for each in ast.walk(tree)
                if isinstance(each, ast.Expr) and isinstance(each.value, ast.Constant)
            }
            for text in _texts(tree, said):
                if _WORD.search(text) and not _PATTERN.search(text) and text not in cited:
                    yield text, place


def _texts(node: ast.AST, said: set[int]) -> Iterator[str]:
    """Return the texts under a node, a sentence with values as its pattern; ``said`` are docstrings, to be left out.

    Sets, and keys of dictionaries, recognise what people wrote; they tell nothing.
    """
    if id(node) in said:
        return
    if isinstance(node, ast.JoinedStr):
        slots = [part for part in node.values if isinstance(part, ast.FormattedValue)]
        yield "".join(
            str(part.value) if isinstance(part, ast.Constant) else f"{{{slots.index(part)}}}"  # type: ignore[arg-type]  # a part is one of the two
            for part in node.values
        )
        for slot in slots:
            yield from _texts(slot.value, said)
    elif isinstance(node, ast.Constant) and isinstance(node.value, str):
        yield node.value
    elif isinstance(node, ast.Dict):
        for value in node.values:
            yield from _texts(value, said)
    elif not _recognises(node):
        for child in ast.iter_child_nodes(node):
            yield from _texts(child, said)


def _recognises(node: ast.AST) -> bool:
    """Tell whether a part of the code only knows words again, or cites the law."""
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
        return node.func.attr == "fromkeys"
    return isinstance(node, ast.Set) or (isinstance(node, ast.keyword) and node.arg == "basis")


def _modules(package: str) -> Iterator[tuple[str, ast.Module]]:
    for path in sorted((settings.BASE_DIR / package).rglob("*.py")):
        place = str(path.relative_to(settings.BASE_DIR))
        if not UNSEEN.search(place):
            yield place, ast.parse(path.read_text(encoding="utf-8"))


def _in_rules() -> Iterator[Found]:
    autodiscover_modules("rules")
    for rule in BOOK.values():
        yield rule.message, rule.holds.__module__.replace(".", "/") + ".py"


def _in_columns() -> Iterator[Found]:
    for columns in (REGISTER, REPORTS, LISTINGS, ITEMS):
        yield from ((title, "registry/actions/intake/columns.py") for title in columns.titles.values())


def _in_data() -> Iterator[Found]:
    for place, keys in DATA.items():
        rows = tomllib.loads((settings.BASE_DIR / place).read_text(encoding="utf-8"))
        for row in (row for table in rows.values() for row in table):
            yield from ((row[key], place) for key in keys if row.get(key))
            yield from ((field["label"], place) for field in row.get("fields", ()))
