"""The law as data in words: values with their units, validity, what a proposal changes, what was done about it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from cleanup.queries.notice_values import UNSET
from console.labels import day, days, plain
from console.language import CHINESE, is_chinese, translated
from registry.queries.law_changes import MODELS, worded
from registry.states import Kind, LawTable, ProposalState

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from datetime import date

    from django.utils.functional import _StrPromise

    from registry.models import LawChange, LawEvent, LegalBasis, Policy

ANY_COMMON_YEAR = 2001

LAW_WORDS: dict[str, _StrPromise] = {
    "law.propose": _("提出变动"),
    "law.confirm": _("负责人确认影响范围"),
    "law.approve": _("批准，即日起按变动后的内容计算"),
    "law.hold": _("影响范围比核定时大，暂停重新计算，等候负责人确认"),
    "law.recalculate": _("按变动后的内容重新计算"),
    "law.reject": _("不予批准"),
    "law.withdraw": _("撤回"),
}
"""The verbs of the ledger of the law."""

STANDS = {"current": _("现行"), "future": _("尚未生效"), "past": _("已失效")}
"""Where a version or a value stands on a day."""

NAMED_ABOVE = {"key", "unit"}
"""Columns of a new row that its name and its value tell already."""

BADGES = {
    ProposalState.PROPOSED: "open",
    ProposalState.APPROVED: "active",
    ProposalState.REJECTED: "",
    ProposalState.WITHDRAWN: "",
}


def is_worded(value: Any) -> bool:
    """Tell whether a policy's value is words, the bureau's own, and not a number, a day or what is still to be set."""
    texts = value if isinstance(value, list) else [value]
    return bool(texts) and all(isinstance(each, str) and CHINESE.search(each) and each != UNSET for each in texts)


def amount(unit: str, value: Any) -> str:
    """Return a policy's value as people say it: 次年5月31日, 90 日, 15至30 日, 10%, 协会、商会."""
    if value == UNSET:
        return translated(UNSET)
    if unit.startswith("月-日"):
        return _day_of_year(unit, str(value))
    if unit in {"比例", "%"}:
        return f"{str(value).removesuffix('%')}%"
    if isinstance(value, bool):
        return gettext("是") if value else gettext("否")
    if is_worded(value):
        return value if isinstance(value, str) else "、".join(value)
    if isinstance(value, list) and value:
        first, last = value[0], value[-1]
        value = gettext("%(first)s至%(last)s") % {"first": first, "last": last}
    return f"{value} {translated(unit)}".strip()


def _day_of_year(unit: str, value: str) -> str:
    named = day(f"{ANY_COMMON_YEAR}-{value}")
    named = named.removeprefix(f"{ANY_COMMON_YEAR}年") if is_chinese() else named.removesuffix(f" {ANY_COMMON_YEAR}")
    if unit.endswith("（次年）"):
        return gettext("次年%(day)s") % {"day": named}
    return gettext("当年%(day)s") % {"day": named} if unit.endswith("（当年）") else named


def validity(start: date | str | None, end: date | str | None) -> str:
    """Return from when to when something is in force; the last day is the one before ``end``."""
    if start and end:
        return gettext("%(start)s起，%(end)s失效") % {"start": day(start), "end": day(end)}
    if end:
        return gettext("%(end)s失效") % {"end": day(end)}
    return gettext("%(start)s起") % {"start": day(start)} if start else gettext("未注明施行日期")


def standing(row: LegalBasis | Policy, *, on: date) -> str:
    """Return whether a version or a value is in force on a day: a key of `STANDS`."""
    if row.effective_to is not None and row.effective_to <= on:
        return "past"
    return "future" if row.effective_from is not None and row.effective_from > on else "current"


def reach(kind: str, year: int | None) -> str:
    """Return which bodies and which year a value is for."""
    bodies = translated(Kind(kind).label) if kind else gettext("各类组织")
    return gettext("%(bodies)s，%(year)s年度") % {"bodies": bodies, "year": year} if year else bodies


@dataclass(frozen=True, slots=True)
class Line:
    """One column a change touches: its label, and what it says before and after."""

    label: str
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class Told:
    """One row a proposal wants changed, in words: what is done to it, which, and column by column."""

    what: str
    name: str
    is_new: bool
    lines: list[Line]


def tell_changes(changes: Iterable[LawChange]) -> list[Told]:
    """Return what a proposal changes, row by row."""
    return [_told(change) for change in changes]


def _told(change: LawChange) -> Told:
    table, before, after = LawTable(change.table), change.before, change.after
    names = [
        name
        for name in after
        if before.get(name) != after[name] and (before or (name not in NAMED_ABOVE and after[name] not in ("", None)))
    ]
    lines = [Line(_label(table, name), _value(name, before), _value(name, after)) for name in names]
    return Told(_what(before, names), days(translated(worded(table, after))), not before, lines)


def _what(before: Mapping[str, Any], names: list[str]) -> str:
    if not before:
        return gettext("新增")
    if names == ["effective_to"]:
        return gettext("失效")
    return gettext("标记核实") if set(names) <= {"verified", "source"} and "verified" in names else gettext("更正")


def _label(table: LawTable, name: str) -> str:
    return translated(next(each for each in MODELS[table]._meta.concrete_fields if each.attname == name).verbose_name)


def _value(name: str, columns: Mapping[str, Any]) -> str:
    value = columns.get(name)
    if name == "value" and columns:
        return amount(str(columns.get("unit", "")), value)
    if name == "kind":
        return translated(Kind(value).label) if value else gettext("各类组织")
    return "" if value is None or value == "" else plain(value)


@dataclass(frozen=True, slots=True)
class Said:
    """A row of the ledger of the law as its timeline shows it."""

    event: LawEvent
    title: str
    details: list[tuple[str, str]]


def tell(events: Iterable[LawEvent]) -> list[Said]:
    """Return what was done about a proposal, in words."""
    return [Said(event, str(LAW_WORDS.get(event.verb, event.verb)), _details(event)) for event in events]


def _details(event: LawEvent) -> list[tuple[str, str]]:
    effect = event.facts.get("effect")
    if not effect:
        return []
    told = gettext("%(bodies)s 家，在册 %(existing)s 家，上限 %(limit)s") % effect
    return [(gettext("影响的组织"), told), (gettext("影响范围摘要"), effect["digest"][:16])]
