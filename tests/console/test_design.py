"""The design system polices itself: components are used, tokens alone carry colour, nothing is inline or from elsewhere."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest
from django.conf import settings

if TYPE_CHECKING:
    from pathlib import Path

ROOT: Path = settings.BASE_DIR
TEMPLATES = sorted((ROOT / "console" / "templates").rglob("*.html"))
SCRIPTS = sorted((ROOT / "console" / "static").rglob("*.js"))
SHEET = (ROOT / "console" / "static" / "console" / "qingce.css").read_text(encoding="utf-8")

COMPONENTS = (
    "alert",
    "bar",
    "empty",
    "facts",
    "field",
    "filters",
    "page_head",
    "pager",
    "sort",
    "state",
    "stepper",
    "tabs",
    "timeline",
    "toast",
    "trend",
    "written",
)
"""What pages are put together from; each says in a comment what it takes."""

COLOUR = re.compile(r"#[0-9a-fA-F]{3,8}\b|\b(?:rgb|hsl|oklch)\(")
TOKEN = re.compile(r"^\s*--([\w-]+):\s*([^;]+);", re.MULTILINE)


def text(path: Path) -> str:
    return path.read_text(encoding="utf-8")


def block(head: str) -> str:
    """Return what stands between the braces behind ``head``."""
    start = SHEET.index(head) + len(head)
    depth = 1
    for at, letter in enumerate(SHEET[start:], start):
        depth += {"{": 1, "}": -1}.get(letter, 0)
        if depth == 0:
            return SHEET[start:at]
    raise AssertionError(head)


def colours(head: str) -> set[str]:
    """Return the tokens of colour that a block sets."""
    return {name for name, value in TOKEN.findall(block(head).replace("; --", ";\n--")) if COLOUR.search(value)}


@pytest.mark.parametrize("name", COMPONENTS)
def test_a_component_says_what_it_takes_and_is_used(name: str) -> None:
    part = ROOT / "console" / "templates" / "console" / "parts" / f"{name}.html"
    assert "{% comment %}" in text(part)
    named = f"console/parts/{name}.html"
    users = [path for path in [*TEMPLATES, *(ROOT / "console").rglob("*.py")] if named in text(path)]
    assert users


def test_every_part_is_used_somewhere() -> None:
    everything = "".join(text(path) for path in [*TEMPLATES, *(ROOT / "console").rglob("*.py")])
    parts = [path for path in TEMPLATES if path.parent.name == "parts"]
    assert [path.name for path in parts if f"console/parts/{path.name}" not in everything] == []


def test_nothing_on_a_page_is_inline_or_from_elsewhere() -> None:
    inline = re.compile(
        r"\sstyle=|<style|\son\w+=\"|javascript:|<script(?![^>]*\bsrc=)|https?://(?!www\.w3\.org)|//cdn"
    )
    found = {f"{path.name}: {hit[0]}" for path in [*TEMPLATES, *SCRIPTS] for hit in inline.finditer(text(path))}
    assert found == set()
    assert not re.search(r"@import|url\((?!\")|https?://", SHEET)


def test_every_table_is_named_and_its_heads_say_what_they_head() -> None:
    unnamed, unscoped = [], []
    for path in TEMPLATES:
        for table in re.findall(r"<table.*?</table>", text(path), re.DOTALL):
            unnamed += [path.name] * ("<caption" not in table)
            unscoped += [f"{path.name}: {head}" for head in re.findall(r"<th\b[^>]*>", table) if "scope=" not in head]
    assert unscoped == []
    assert unnamed == []


def test_only_tokens_carry_colour() -> None:
    rest = SHEET
    for head in (":root {", "@media (prefers-color-scheme: dark) {", "@media print {"):
        rest = rest.replace(block(head), "")
    assert [hit[0] for hit in COLOUR.finditer(rest)] == []


def test_the_dark_and_the_printed_page_set_every_colour_anew() -> None:
    light = colours(":root {")
    assert len(light) > 20
    assert light - colours("@media (prefers-color-scheme: dark) {") - {"shadow"} == set()  # the dark casts none
    assert light - colours("@media print {") - {"shadow", "lifted", "veil"} == set()  # nor does paper


def test_motion_is_only_for_those_who_want_it() -> None:
    rest = SHEET.replace(block("@media (prefers-reduced-motion: no-preference) {"), "")
    assert not re.search(r"\b(?:transition|animation)\s*:", rest)
