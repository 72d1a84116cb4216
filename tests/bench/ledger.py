"""What verification of the ledger costs, in time of the processor: ``python -m tests.bench.ledger [EVENTS]``.

A fresh database, SQLite or what DATABASE_URL names, is filled with chains of ten records sealed as the
ordinary writers do, each but the first telling of an annual report that stands beside it; verification of the chains
alone, and with every record beside them, is then told beside hashing as many texts of the same length and nothing else.
"""

from __future__ import annotations

import cProfile
import pstats
import sys
import tempfile
from datetime import date, timedelta
from functools import partial
from hashlib import sha256
from pathlib import Path
from time import perf_counter, process_time
from typing import TYPE_CHECKING, Any

import django
from django.db import connection
from django.utils import timezone

django.setup()

from registry import guards  # noqa: E402 - models exist only after setup
from registry.actions import checkpoint  # noqa: E402 - models exist only after setup
from registry.actions.ledger import opening  # noqa: E402 - likewise
from registry.identifiers import compose  # noqa: E402 - likewise
from registry.models import AnnualReport, Event, Organisation, User  # noqa: E402 - likewise
from registry.queries.verification import faults  # noqa: E402 - likewise
from registry.states import Kind  # noqa: E402 - likewise
from worker.queries.retold import RETOLD  # noqa: E402 - likewise

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from registry.queries.faults import Fault
    from registry.queries.retold import Retold

A_CHAIN = 10
PIECE = 1000
BEGAN = date(2022, 3, 1)
TEXT = "x" * 600
"""About as long as the text of a record."""


def filled(events: int) -> None:
    """Write so many records, in chains of `A_CHAIN`."""
    by = User.objects.system()
    guards.remove(connection)  # they let a body in with its first record only
    for start in range(0, events // A_CHAIN, PIECE):
        chains = [_chain(number, by) for number in range(start, min(start + PIECE, events // A_CHAIN))]
        Organisation.objects.bulk_create(chain[0].organisation for chain in chains)
        for chain in chains:
            for event in chain:
                event.organisation = chain[0].organisation
        Event.objects.bulk_create([event for chain in chains for event in chain], batch_size=1000)
        AnnualReport.objects.bulk_create([_report(event) for chain in chains for event in chain[1:]], batch_size=1000)
    guards.install(connection)
    checkpoint.make(on=BEGAN + timedelta(days=A_CHAIN))


def _chain(number: int, by: User) -> list[Event]:
    """Return the records of one body, sealed, none of them saved."""
    body = Organisation(
        code=compose(Kind.ASSOCIATION, "120119", number),
        name=f"虚构区测量协会{number}",
        kind=Kind.ASSOCIATION,
        established_on=BEGAN,
        address=f"虚构区测量路{number}号",
        legal_representative="测量人员",
    )
    chain = [opening(body, on=BEGAN, by=by, reason="登记", facts={})]
    for seq in range(2, A_CHAIN + 1):
        told = {"report": {"year": 2012 + seq, "filed_on": f"{2013 + seq}-03-01", "conclusion": "pending"}}
        event = Event(
            organisation=body, seq=seq, verb="report.file", on=BEGAN + timedelta(days=seq), at=timezone.now(), by=by,
            state=str(body.state), basis="社会团体登记管理条例/28", facts=told, previous=body.event_head,
        )  # fmt: skip
        event.digest = event.expected_digest(body.uid)
        body.event_count, body.event_head = seq, event.digest
        chain.append(event)
    return chain


def _report(event: Event) -> AnnualReport:
    """Return the report an event tells of."""
    told = {name: value for name, value in event.facts["report"].items() if name != "opinion"}
    return AnnualReport(organisation=event.organisation, **told)


def measured(work: Callable[[], Any]) -> tuple[float, float, Any]:
    """Return how long ``work`` kept the processor, how long it took, and its result."""
    clock, began = process_time(), perf_counter()
    result = work()
    return process_time() - clock, perf_counter() - began, result


def _faults(retold: Sequence[Retold]) -> list[Fault]:
    return list(faults(retold=retold))


def main(events: int, *, profile: bool) -> None:
    """Fill, verify, tell."""
    with tempfile.TemporaryDirectory() as name:
        if connection.vendor == "sqlite":
            connection.settings_dict["TEST"]["NAME"] = str(Path(name) / "ledger.sqlite3")
        connection.creation.create_test_db(verbosity=0, autoclobber=True, serialize=False)
        try:
            filled(events)
            bare, _, _ = measured(lambda: [sha256(TEXT.encode()).hexdigest() for _ in range(events)])
            profiler = cProfile.Profile() if profile else None
            for what, retold in (("chains alone", ()), ("with all records", RETOLD)):
                verify = partial(_faults, retold)
                used, took, wrong = measured(partial(profiler.runcall, verify) if profiler else verify)
                assert wrong == [], wrong[:3]
                print(
                    f"{connection.display_name}, {what}: {events:,} events, processor {used:.2f} s = "
                    f"{events / used:,.0f} /s, elapsed {took:.2f} s, {used / bare:.1f} × bare SHA-256"
                )
            if profiler:
                pstats.Stats(profiler).sort_stats("tottime").print_stats(18)
        finally:
            connection.creation.destroy_test_db(connection.settings_dict["NAME"], verbosity=0)


if __name__ == "__main__":
    main(int(next(iter(sys.argv[1:]), 200_000)), profile="--profile" in sys.argv)
