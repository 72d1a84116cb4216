"""Reading checklists: the 27 items the system ships with, and what a county adds; checked before they reach a table."""

from __future__ import annotations

import tomllib
from datetime import date
from pathlib import Path
from typing import Any

from decoupling.states import Heading, Responsible

SHIPPED = Path(__file__).parent / "data" / "items.toml"
_NEEDED = {"code", "heading", "title", "evidence", "verifier", "responsible", "basis", "verified"}
_KNOWN = _NEEDED | {"blocking", "bridges"}
_LOCAL = {"since"}


class NoChecklist(ValueError):
    """The file is no checklist; the message names the item and what is wrong with it, in Chinese."""


def read(path: Path = SHIPPED) -> list[dict[str, Any]]:
    """Return the items of the shipped checklist, as columns; raise `NoChecklist`."""
    return _read(path, known=_KNOWN, needed=_NEEDED)


def read_local(path: Path) -> list[dict[str, Any]]:
    """Return the items a county adds, as columns: each says since when it applies. Raise `NoChecklist`."""
    items = _read(path, known=_KNOWN | _LOCAL, needed=_NEEDED | _LOCAL)
    if taken := {each["code"] for each in items} & {each["code"] for each in read()}:
        message = f"编号 {'、'.join(sorted(taken))} 属于全国统一的 27 项，本地增加的事项请另编号"
        raise NoChecklist(message)
    return [{**each, "local": True} for each in items]


def _read(path: Path, *, known: set[str], needed: set[str]) -> list[dict[str, Any]]:
    try:
        items: list[dict[str, Any]] = tomllib.loads(path.read_text(encoding="utf-8")).get("item", [])
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        message = f"不能读取事项清单：{error}"
        raise NoChecklist(message) from error
    codes: set[str] = set()
    for place, item in enumerate(items, start=1):
        for problem, names in (
            ("不认识的项", item.keys() - known),
            ("缺少", needed - item.keys()),
            ("重复的编号", {item.get("code")} & codes),
            ("不认识的方面", {item.get("heading")} - set(Heading.values)),
            ("不认识的责任部门", {item.get("responsible")} - set(Responsible.values)),
        ):
            if names:
                message = f"第 {place} 项：{problem} {'、'.join(sorted(map(str, names)))}"
                raise NoChecklist(message)
        if not str(item["code"]).startswith(item["heading"]) or not isinstance(item.get("since", date.min), date):
            message = f"第 {place} 项：编号应以所属方面的字母开头，since 应为日期"
            raise NoChecklist(message)
        codes.add(item["code"])
    return items
