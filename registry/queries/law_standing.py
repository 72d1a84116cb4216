"""Whether the law as data stands as its ledger leaves it: shipped with the program, then changed by approvals alone."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from registry import lawbook
from registry.lawbook import NATURAL
from registry.models import LawEvent, LawProposal
from registry.queries.law_changes import MODELS, told, worded, written
from registry.states import LawTable

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    Named = tuple[LawTable, tuple[Any, ...]]


def faults() -> Iterator[tuple[int, str]]:
    """Yield what does not stand as told: the place of the last word about it, 0 where nothing was ever said."""
    last = dict(LawEvent.objects.order_by("seq").values_list("subject", "seq"))
    states = dict(LawEvent.objects.order_by("seq").values_list("subject", "facts__state"))
    for proposal in LawProposal.objects.order_by("pk"):
        if proposal.pk not in last:
            yield 0, f"“{proposal}”没有任何台账记录"
        elif states[proposal.pk] != proposal.state:
            yield last[proposal.pk], f"“{proposal}”的状态与最后一条记录不符"
    yield from _row_faults()


def _row_faults() -> Iterator[tuple[int, str]]:
    expected = _expected()
    for table, model in MODELS.items():
        for row in model._default_manager.order_by("pk").iterator(chunk_size=1000):
            columns: Mapping[str, Any] = told(row)
            seq, stands = expected.pop(_name(table, columns), (0, None))
            if stands is None:
                yield seq, f"{table.label}{worded(table, columns)}未经批准增加"
            elif off := [name for name, value in stands.items() if columns[name] != value]:
                yield seq, f"{table.label}{worded(table, columns)}与台账不符：{'、'.join(off)}"
    for (table, _), (seq, columns) in expected.items():
        yield seq, f"{table.label}{worded(table, columns)}未经批准删除"


def _expected() -> dict[Named, tuple[int, Mapping[str, Any]]]:
    """Return every row there should be, by its name, with the place of the last word about it."""
    shipped = dict(zip((LawTable.BASIS, LawTable.POLICY), lawbook.read(), strict=True))
    rows: dict[Named, tuple[int, Mapping[str, Any]]] = {}
    for table, those in shipped.items():
        for columns in (written(table, each) for each in those):
            rows[_name(table, columns)] = 0, columns
    approvals = LawEvent.objects.filter(verb="law.approve").order_by("seq").values_list("seq", "facts")
    for seq, facts in approvals.iterator(chunk_size=100):
        for change in facts["changes"]:
            table = LawTable(change["table"])
            if change["before"]:
                rows.pop(_name(table, change["before"]), None)
            rows[_name(table, change["after"])] = seq, change["after"]
    return rows


def _name(table: LawTable, columns: Mapping[str, Any]) -> Named:
    return table, tuple(columns[name] for name in NATURAL[table])
