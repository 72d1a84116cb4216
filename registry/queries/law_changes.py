"""Changes of the law as data, drafted: what a row says now, what it shall say, and what is wrong with that.

Columns are written as the ledger writes them: dates as text.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import date
from itertools import pairwise
from typing import TYPE_CHECKING, Any

from django.db.models import Q

from registry import lawbook
from registry.lawbook import COLUMNS, NATURAL
from registry.models import LegalBasis, Policy
from registry.rules.law import value_fits
from registry.states import Kind, LawTable

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from django.db.models import Model

    from registry.models import LawChange
    from registry.rulebook import Rule

    Rows = Mapping[tuple[LawTable, int], Mapping[str, Any]]

MODELS: dict[LawTable, type[Model]] = {LawTable.BASIS: LegalBasis, LawTable.POLICY: Policy}
SCOPE = {LawTable.BASIS: ("code",), LawTable.POLICY: ("key", "kind", "year")}
"""What rows agree in whose validity must not overlap."""

VALIDITY = ("effective_from", "effective_to")

ALWAYS, NEVER = "", "9999-12-31"
"""How an open start and an open end compare with other days."""


@dataclass(frozen=True, slots=True)
class Change:
    """One row as it shall stand: a new one (``row`` None, ``before`` empty), or an existing one changed."""

    table: LawTable
    row: int | None
    before: Mapping[str, Any]
    after: Mapping[str, Any]

    @property
    def named(self) -> str:
        """Return the key of the policy, or the code of the legal basis."""
        return name_of(self.table, self.after)

    def told(self) -> dict[str, Any]:
        """Return the change as the ledger tells it."""
        return {"table": self.table.value, "row": self.row, "before": dict(self.before), "after": dict(self.after)}


def name_of(table: LawTable, columns: Mapping[str, Any]) -> str:
    """Return the key or the code of a row."""
    return str(columns[NATURAL[table][0]])


def told(row: Model) -> dict[str, Any]:
    """Return a legal basis or a policy as the ledger writes it."""
    return written(table_of(row), {name: getattr(row, name) for name in COLUMNS[table_of(row)]})


def table_of(row: Model) -> LawTable:
    """Return where a row is kept."""
    return LawTable.BASIS if isinstance(row, LegalBasis) else LawTable.POLICY


def written(table: LawTable, columns: Mapping[str, Any]) -> dict[str, Any]:
    """Return columns as the ledger writes them, every one of the table present."""
    full = lawbook.complete(table, columns)
    return {name: value.isoformat() if isinstance(value, date) else value for name, value in full.items()}


def typed(table: LawTable, columns: Mapping[str, Any]) -> dict[str, Any]:
    """Return columns the ledger wrote, as the model takes them."""
    fields = {field.attname: field for field in MODELS[table]._meta.concrete_fields}
    return {name: fields[name].to_python(value) for name, value in columns.items()}


# --- drafting ---------------------------------------------------------------------------------------------------


def drafted(rows: Mapping[LawTable, Sequence[Mapping[str, Any]]]) -> list[Change]:
    """Return what has to change so that ``rows`` stand; a row that stands already changes nothing.

    A new row ends, on the day it begins, the one of its scope that would run on beside it.
    """
    wanted = {table: [written(table, each) for each in rows.get(table, ())] for table in LawTable}
    present = _standing({table: {name_of(table, each) for each in wanted[table]} for table in LawTable})
    changes: list[Change] = []
    for table in LawTable:
        by_name = {_natural(table, columns): pk for (of, pk), columns in present.items() if of == table}
        for columns in wanted[table]:
            pk = by_name.get(_natural(table, columns))
            before = present[table, pk] if pk is not None else {}
            if before != columns:
                changes.append(Change(table, pk, before, columns))
    return [*changes, *_superseded(changes, present)]


def amended(row: Model, **columns: Any) -> list[Change]:
    """Return the change of ``columns`` of one row; empty where nothing differs."""
    before = told(row)
    after = written(table_of(row), {**before, **columns})
    return [] if after == before else [Change(table_of(row), row.pk, before, after)]


def changes_of(rows: Iterable[LawChange]) -> list[Change]:
    """Return what a proposal keeps, in its order."""
    return [Change(LawTable(each.table), each.row, each.before, each.after) for each in rows]


def _superseded(changes: Sequence[Change], present: Rows) -> Iterator[Change]:
    taken = {(change.table, change.row) for change in changes}
    for change in changes:
        start = change.after["effective_from"]
        if change.row is not None or start is None:
            continue
        for (table, pk), columns in present.items():
            same = table == change.table and _scope(table, columns) == _scope(table, change.after)
            if same and (table, pk) not in taken and _start(columns) < start < _end(columns):
                taken.add((table, pk))
                yield Change(table, pk, columns, {**columns, "effective_to": start})


def _standing(names: Mapping[LawTable, Iterable[str]]) -> dict[tuple[LawTable, int], dict[str, Any]]:
    """Return the rows of these names as they stand."""
    found = {}
    for table, model in MODELS.items():
        named = Q((f"{NATURAL[table][0]}__in", list(names.get(table, ()))))
        for row in model._default_manager.filter(named).order_by("pk"):
            found[table, row.pk] = told(row)
    return found


def _natural(table: LawTable, columns: Mapping[str, Any]) -> tuple[Any, ...]:
    return tuple(columns[name] for name in NATURAL[table])


def _scope(table: LawTable, columns: Mapping[str, Any]) -> tuple[Any, ...]:
    return tuple(columns[name] for name in SCOPE[table])


def _start(columns: Mapping[str, Any]) -> str:
    return columns["effective_from"] or ALWAYS


def _end(columns: Mapping[str, Any]) -> str:
    return columns["effective_to"] or NEVER


def days_ahead(changes: Iterable[Change], *, on: date) -> list[date]:
    """Return the days after ``on`` on which something that changes comes into force, or goes out of it."""
    told = {columns.get(name) for each in changes for columns in (each.before, each.after) for name in VALIDITY}
    return [day for day in sorted(date.fromisoformat(each) for each in told if each) if day > on]


# --- what is wrong with it ---------------------------------------------------------------------------------------


def faults(changes: Sequence[Change]) -> dict[str, tuple[str, ...]]:
    """Return what the rules of a change ask: for each kind of fault the rows at fault, in words."""
    present = _standing({table: {each.named for each in changes if each.table == table} for table in LawTable})
    after: dict[Any, Mapping[str, Any]] = dict(present)
    for place, change in enumerate(changes):
        after[change.table, change.row if change.row is not None else -1 - place] = change.after
    return {
        "unsourced": tuple(worded(each.table, each.after) for each in changes if not each.after["source"].strip()),
        "uncited": _uncited(changes),
        "overlapping": tuple(_overlapping(after)),
        "disordered": tuple(
            worded(each.table, each.after) for each in changes if _start(each.after) >= _end(each.after)
        ),
        "misfits": tuple(_misfits(changes, present)),
        "gaps": tuple(_gaps(present, after)),
        "moved": tuple(worded(each.table, each.after) for each in changes if _has_moved(each, present)),
    }


FAULTS = {
    "R-142": "unsourced",
    "R-143": "uncited",
    "R-144": "overlapping",
    "R-145": "disordered",
    "R-146": "misfits",
    "R-147": "gaps",
    "R-148": "moved",
}
"""By code of a rule, the rows at fault as `faults` names them."""


def at_fault(broken: Iterable[Rule[Any]], changes: Sequence[Change]) -> list[tuple[Rule[Any], tuple[str, ...]]]:
    """Return broken rules, each with the rows of ``changes`` that break it, in words."""
    found = faults(changes)
    return [(rule, found.get(FAULTS.get(rule.code, ""), ())) for rule in broken]


def _uncited(changes: Sequence[Change]) -> tuple[str, ...]:
    cited = {each.after["basis"] for each in changes if each.table == LawTable.POLICY} - {""}
    known = set(LegalBasis.objects.filter(code__in=cited).values_list("code", flat=True))
    known |= {each.named for each in changes if each.table == LawTable.BASIS}
    return tuple(sorted(cited - known))


def _overlapping(rows: Mapping[Any, Mapping[str, Any]]) -> Iterator[str]:
    scopes = defaultdict(list)
    for (table, _), columns in rows.items():
        scopes[table, _scope(table, columns)].append(columns)
    for (table, _), same in scopes.items():
        for first, second in pairwise(sorted(same, key=lambda each: (_start(each), _end(each)))):
            if _start(second) < _end(first):
                yield "、".join(worded(table, each) for each in (first, second))


def _misfits(changes: Sequence[Change], present: Rows) -> Iterator[str]:
    units = {columns["key"]: columns["unit"] for (table, _), columns in present.items() if table == LawTable.POLICY}
    for change in changes:
        if change.table == LawTable.POLICY:
            unit = units.get(change.named, change.after["unit"])
            if change.after["unit"] != unit or not value_fits(unit, change.after["value"]):
                yield worded(change.table, change.after)


def _gaps(before: Rows, after: Rows) -> Iterator[str]:
    """Return the matters that had a value for a kind of body on some day and shall have none."""
    for key in sorted({columns["key"] for (table, _), columns in before.items() if table == LawTable.POLICY}):
        had, has = (
            [each for (table, _), each in rows.items() if table == LawTable.POLICY and each["key"] == key]
            for rows in (before, after)
        )
        days = sorted({_start(each) for each in (*had, *has)} | {_end(each) for each in (*had, *has)})
        for kind in Kind.values:
            if any(_covers(had, kind, day) and not _covers(has, kind, day) for day in days):
                yield f"{title(key)}（{Kind(kind).label}）"


def _covers(rows: Iterable[Mapping[str, Any]], kind: str, day: str) -> bool:
    """Tell whether a body of ``kind`` has a value on ``day`` for whatever year."""
    return any(
        each["year"] is None and each["kind"] in {"", kind} and _start(each) <= day < _end(each) for each in rows
    )


def _has_moved(change: Change, present: Rows) -> bool:
    if change.row is not None:
        return present.get((change.table, change.row)) != change.before
    names = {_natural(table, columns) for (table, _), columns in present.items() if table == change.table}
    return _natural(change.table, change.after) in names


# --- in words ---------------------------------------------------------------------------------------------------


def title(key: str) -> str:
    """Return what a policy is about; of one the program does not read, its key."""
    return lawbook.titles().get(key, key)


def worded(table: LawTable, columns: Mapping[str, Any]) -> str:
    """Return what names a row: the citation with its version, or the matter with kind, year and first day."""
    if table == LawTable.BASIS:
        return f"“{columns['code']}”（{columns['version']}版本）"
    parts = [Kind(columns["kind"]).label if columns["kind"] else "各类组织"]
    parts += [f"{columns['year']}年度"] if columns["year"] else []
    parts += [f"自 {columns['effective_from']} 起"]
    return f"“{title(columns['key'])}”（适用{'、'.join(parts)}）"
