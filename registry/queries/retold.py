"""Rows that the events of organisations tell of, beside the organisations themselves, rebuilt from the ledger alone.

A `Retold` states for every column of a model what of an event tells it, or why none does; a test refuses a column that
is in neither list. Rows are compared as the ledger writes them. Packages above this one define their own and are asked
for theirs by whoever stands above them all.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from registry.ledger import plain
from registry.models import Activity, AnnualReport, Deadline
from registry.queries.as_of import events_until

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
    from datetime import date

    from django.db.models import Model, QuerySet

    from registry.models import Event

Row = dict[str, Any]
"""A row as the ledger writes it: by the name of the column, texts and whole numbers, without what is empty."""

KEY = "no event tells of a row's number"


@dataclass(frozen=True, slots=True, kw_only=True)
class Retold:
    """A model whose rows belong to organisations and are rebuilt by ``replay`` from one organisation's events in order.

    ``told`` says by column what of an event tells it, ``untold`` why none does. ``owner`` leads from a row to its
    organisation; ``writes`` are columns written otherwise than as they stand, such as a key by what it points to.
    ``named`` are the columns by which people know a row of one organisation, ``marks`` the keys one of which stands among
    the facts of whatever tells of it: other events need not be read.
    """

    model: type[Model]
    named: tuple[str, ...]
    marks: tuple[str, ...]
    told: Mapping[str, str]
    untold: Mapping[str, str]
    replay: Callable[[Sequence[Event]], list[Row]]
    owner: str = "organisation"
    writes: Mapping[str, str] | None = None

    def standing(self, ids: Iterable[int]) -> dict[int, list[Row]]:
        """Return the rows as they stand, by organisation."""
        columns = {name: (self.writes or {}).get(name, name) for name in self.told}
        rows = self._rows(ids).values_list(self.owner, *columns.values())
        found: dict[int, list[Row]] = {}
        for pk, *values in rows.iterator(chunk_size=2000):
            found.setdefault(pk, []).append(without_empty(dict(zip(columns, values, strict=True))))
        return found

    def label(self, row: Row) -> str:
        """Return what ``row`` is, in words."""
        told = "，".join(f"{self.column(name)} {row.get(name, '')}" for name in self.named)
        return f"{self.model._meta.verbose_name}（{told}）"

    def column(self, name: str) -> str:
        """Return a column in words."""
        return str(next(each for each in self.model._meta.concrete_fields if each.attname == name).verbose_name)

    def _rows(self, ids: Iterable[int]) -> QuerySet[Model]:
        return self.model._default_manager.filter(**{f"{self.owner}__in": list(ids)}).order_by("pk")


def row_told(row: Model, *, but: Iterable[str] = ()) -> Row:
    """Return a row as the ledger writes it, for an event that tells the whole of it; ``but`` the columns it leaves out."""
    names = [field.attname for field in row._meta.concrete_fields if field.attname not in set(but)]
    return without_empty({name: getattr(row, name) for name in names})


def without_empty(columns: Mapping[str, Any]) -> Row:
    """Return ``columns`` as the ledger writes them, without what is empty."""
    told = {name: plain(value) for name, value in columns.items()}
    return {name: value for name, value in told.items() if value not in (None, "", [], {})}


def retold_as_of(retold: Retold, ids: Sequence[int], on: date | None = None) -> dict[int, list[Row]]:
    """Return the rows of ``ids`` as the events up to the day ``on`` leave them, by organisation; all events without a day.

    As everywhere, events count in the order in which they were recorded, by the day of their legal effect.
    """
    return {pk: retold.replay(each) for pk, each in events_until(ids, on).items()}


def differing(retold: Retold, ids: Sequence[int]) -> Iterator[tuple[int, list[Row], list[Row]]]:
    """Yield every organisation whose rows stand otherwise than its ledger leaves them: its key, what stands, what is told."""
    standing, told = retold.standing(ids), retold_as_of(retold, ids)
    for pk in ids:
        stands, said = (sorted(each.get(pk, []), key=repr) for each in (standing, told))
        if stands != said:
            yield pk, stands, said


# --- the difference in words --------------------------------------------------------------------------------------


def said(retold: Retold, stands: Sequence[Row], told: Sequence[Row]) -> Iterator[str]:
    """Yield for each row that stands otherwise than it is told which record it is, and what of it."""
    if stands == told:
        return
    rest, missing = list(stands), []
    for row in told:
        if row in rest:
            rest.remove(row)
        else:
            missing.append(row)
    for row in missing:
        found = next((each for each in rest if _is_named_alike(retold, each, row)), None)
        if found is None:
            yield f"{retold.label(row)}在台账中有，在数据中没有"
            continue
        rest.remove(found)
        off = [name for name in retold.told if found.get(name) != row.get(name)]
        yield f"{retold.label(row)}与台账不符：{'、'.join(map(retold.column, off))}"
    for row in rest:
        yield f"{retold.label(row)}在数据中有，在台账中没有"


def _is_named_alike(retold: Retold, one: Row, other: Row) -> bool:
    return all(one.get(name) == other.get(name) for name in retold.named)


# --- what the register itself tells of ----------------------------------------------------------------------------


def last_words(events: Iterable[Event], rows_of: Callable[[Event], Iterable[Row]]) -> list[Row]:
    """Return each row as the last event that tells the whole of it leaves it; rows are known by their ``id``."""
    words: dict[int, Row] = {}
    for event in events:
        for row in rows_of(event):
            words[row["id"]] = row
    return [words[pk] for pk in sorted(words)]


def _deadlines(events: Sequence[Event]) -> list[Row]:
    """Return the deadlines of the body; one that ran for its application, before there was a body, is not its own."""
    own = last_words(events, lambda event: (line["row"] for line in event.facts.get("deadlines", ())))
    return [row for row in own if "organisation_id" in row]


DEADLINES = Retold(
    model=Deadline,
    named=("kind", "id"),
    marks=("deadlines",),
    told={field.attname: 'facts["deadlines"][…]["row"]' for field in Deadline._meta.concrete_fields},
    untold={},
    replay=_deadlines,
)


def _reports(events: Sequence[Event]) -> list[Row]:
    reports: dict[int, Row] = {}
    for event in events:
        if told := event.facts.get("report"):
            row = reports.setdefault(told["year"], {"organisation_id": event.organisation_id, "year": told["year"]})
            row.update({column: told[name] for column, name in REPORT_TOLD.items() if name in told})
    return [without_empty(reports[year]) for year in sorted(reports)]


REPORT_TOLD = {"filed_on": "filed_on", "conclusion": "conclusion", "supervisor_opinion": "opinion"}

REPORTS = Retold(
    model=AnnualReport,
    named=("year",),
    marks=("report",),
    told={
        "organisation_id": "organisation",
        "year": 'facts["report"]: year',
        **{column: f'facts["report"]: {name}' for column, name in REPORT_TOLD.items()},
    },
    untold={"id": KEY},
    replay=_reports,
)


def _activities(events: Sequence[Event]) -> list[Row]:
    told = ((event.organisation_id, event.facts.get("activity")) for event in events)
    return [without_empty({"organisation_id": pk, **each}) for pk, each in told if each]


ACTIVITIES = Retold(
    model=Activity,
    named=("id",),
    marks=("activity",),
    told={
        "organisation_id": "organisation",
        **dict.fromkeys(("id", "held_on", "title", "source"), 'facts["activity"]'),
    },
    untold={},
    replay=_activities,
)

RETOLD = (DEADLINES, REPORTS, ACTIVITIES)
"""What the register itself tells of, beside the organisations."""
