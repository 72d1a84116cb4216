"""Recomputing the ledgers.

Of the organisations, every chain from its first event to the head kept on the organisation; of the accounts, the one
chain, whose latest row about each person must tell the account as it stands; of the law, the one chain, which together
with what the program ships must tell every legal basis and policy as it stands.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import groupby
from operator import itemgetter
from typing import TYPE_CHECKING, Any, TypeVar

from django.db import connection
from django.db.models import Max

from registry import guards
from registry.ledger import START, digest
from registry.models import Event, LawEvent, Organisation, StaffEvent
from registry.models.chain import ChainRow
from registry.models.staff import account
from registry.queries import law_standing
from registry.queries.as_of import REPLAYED, value_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from django.db.models import QuerySet

C = TypeVar("C", bound=ChainRow)

_COLUMNS = (
    "organisation_id",
    "seq",
    "verb",
    "on",
    "at",
    "by_id",
    "state",
    "reason",
    "basis",
    "facts",
    "previous",
    "digest",
)


ACCOUNTS = "人员台账"
LAW = "法规台账"


@dataclass(frozen=True, slots=True)
class Fault:
    """Where a ledger does not hold: the organisation's code (or `ACCOUNTS`, `LAW`), the place in its chain, what is wrong."""

    code: str
    seq: int
    message: str

    def __str__(self) -> str:
        """Return the fault as the auditor reads it."""
        return f"{self.code} 第 {self.seq} 条：{self.message}" if self.code else self.message


def faults(*, tick: Callable[[int], object] | None = None) -> Iterator[Fault]:
    """Yield everything wrong with the ledgers, chain by chain; ``tick`` is told how many events were checked."""
    for name in guards.missing(connection):
        yield Fault("", 0, f"数据库缺少防篡改触发器 {name}")
    yield from _organisation_faults(tick)
    yield from _account_faults(tick)
    yield from _law_faults(tick)


def _organisation_faults(tick: Callable[[int], object] | None) -> Iterator[Fault]:
    """Read both tables once, side by side, in order of the organisation's id: memory is constant."""
    rows = Event.objects.order_by("organisation_id", "seq").values_list(*_COLUMNS).iterator(chunk_size=5000)
    chains = groupby(rows, key=itemgetter(0))
    current = next(chains, None)
    wanted = ("pk", "uid", "code", "event_count", "event_head", *REPLAYED)
    for row in Organisation.objects.order_by("pk").values_list(*wanted).iterator(chunk_size=5000):
        pk, uid, code, count, head = row[:5]
        while current and current[0] < pk:
            yield _orphan(current[0])
            current = next(chains, None)
        events: list[tuple[Any, ...]] = []
        if current and current[0] == pk:
            events = list(current[1])
            current = next(chains, None)
        yield from _chain_faults(uid, code, events)
        if tick:
            tick(len(events))
        if not events:
            yield Fault(code, 0, "没有任何台账记录")
        elif (events[-1][1], events[-1][11]) != (count, head):
            yield Fault(code, events[-1][1], f"链尾与登记表不符：登记表记 {count} 条，台账有 {events[-1][1]} 条")
        elif off := _differing(events, dict(zip(REPLAYED, row[5:], strict=True))):
            yield Fault(code, events[-1][1], f"登记表与台账不符，未经台账改动：{'、'.join(off)}")
    while current:
        yield _orphan(current[0])
        current = next(chains, None)


def _orphan(pk: int) -> Fault:
    return Fault("", 0, f"台账中编号 {pk} 的组织已不在登记表中")


def _differing(events: list[tuple[Any, ...]], present: Mapping[str, Any]) -> list[str]:
    """Return the columns whose present value is not what the events leave, in words."""
    told: dict[str, Any] = {}
    for event in events:
        told.update({name: new for name, (_, new) in event[9].get("changes", {}).items()})
    return [
        str(field.verbose_name) for name, field in REPLAYED.items() if value_of(name, told.get(name)) != present[name]
    ]


def _chain_faults(uid: Any, code: str, events: list[tuple[Any, ...]]) -> Iterator[Fault]:
    previous = START
    for place, (_, seq, verb, on, at, by, state, reason, basis, facts, before, sealed) in enumerate(events, start=1):
        if seq != place:
            yield Fault(code, seq, f"序号不连续，此处应为第 {place} 条")
            return
        if before != previous:
            yield Fault(code, seq, "与上一条不衔接（上一条摘要不符）")
        recomputed = digest(
            chain=uid,
            seq=seq,
            verb=verb,
            on=on,
            at=at,
            by=by,
            state=state,
            reason=reason,
            basis=basis,
            facts=facts,
            previous=before,
        )
        if recomputed != sealed:
            yield Fault(code, seq, f"内容被改动（{verb}，{on}），摘要不符")
        previous = sealed


def _account_faults(tick: Callable[[int], object] | None) -> Iterator[Fault]:
    yield from _single_chain_faults(StaffEvent, ACCOUNTS, tick)
    for event in _last_told(StaffEvent):
        stands = account(event.subject)
        if off := sorted(name for name, value in event.facts.get("account", {}).items() if stands.get(name) != value):
            yield Fault(ACCOUNTS, event.seq, f"“{event.subject}”的账户与最后一条记录不符：{'、'.join(off)}")


def _law_faults(tick: Callable[[int], object] | None) -> Iterator[Fault]:
    yield from _single_chain_faults(LawEvent, LAW, tick)
    yield from (Fault(LAW, seq, message) for seq, message in law_standing.faults())


def _single_chain_faults(ledger: type[ChainRow], name: str, tick: Callable[[int], object] | None) -> Iterator[Fault]:
    """Yield what is wrong with a ledger that is one chain, as far as its rows alone tell."""
    previous = START
    rows = ledger._default_manager.order_by("seq")
    for place, event in enumerate(rows.iterator(chunk_size=1000), start=1):
        if tick:
            tick(1)
        if event.seq != place:
            yield Fault(name, event.seq, f"序号不连续，此处应为第 {place} 条")
            return
        if event.previous != previous:
            yield Fault(name, event.seq, "与上一条不衔接（上一条摘要不符）")
        if event.expected_digest() != event.digest:
            yield Fault(name, event.seq, f"内容被改动（{event.verb}，{event.on}），摘要不符")
        previous = event.digest


def _last_told(ledger: type[C]) -> QuerySet[C, C]:
    """Return the last row about each subject of a ledger that is one chain."""
    rows = ledger._default_manager.select_related("subject")
    last = rows.order_by().values("subject").annotate(last=Max("seq")).values("last")
    return rows.filter(seq__in=last).order_by("seq")
