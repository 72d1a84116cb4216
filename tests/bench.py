"""What the main work costs, as ratios measured in the same run (``make bench``, ``make bench SIZES="5000 100000"``).

Each size gets a fresh database of its own, SQLite or what DATABASE_URL names. A register and five years of reports are
imported from files, then swept. The measure of the sweeps is one sequential scan of organisations and reports by the
database; the row-by-row loop is timed on a sample and multiplied.
"""

from __future__ import annotations

import csv
import random
import sys
import tempfile
from dataclasses import dataclass
from datetime import date
from hashlib import sha256
from pathlib import Path
from time import perf_counter
from typing import TYPE_CHECKING, Any

import django
from django.db import connection

django.setup()

from cleanup.actions.sweep import sweep  # noqa: E402 - models exist only after setup
from cleanup.models import Campaign, Finding  # noqa: E402 - likewise
from cleanup.queries.criteria import facts_for, window_facts  # noqa: E402 - likewise
from cleanup.rules import matched  # noqa: E402 - likewise
from registry.actions.intake import import_register, import_reports  # noqa: E402 - likewise
from registry.identifiers import compose  # noqa: E402 - likewise
from registry.models import AnnualReport, Event, Organisation, User  # noqa: E402 - likewise
from registry.queries.verification import faults  # noqa: E402 - likewise
from registry.states import Kind  # noqa: E402 - likewise
from tests.cleanup.situations import running_campaign  # noqa: E402 - likewise

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

DAY = date(2022, 9, 1)
YEARS = range(2017, 2022)
SAMPLE = 300
SCAN = (
    f"SELECT sum(length(name)), max(established_on) FROM {Organisation._meta.db_table}",
    f"SELECT sum(year), max(filed_on) FROM {AnnualReport._meta.db_table}",
)


@dataclass(frozen=True)
class Line:
    """One measurement: what, how long, over how many rows, and as a multiple of what."""

    work: str
    seconds: float
    rows: int
    ratio: float | None = None
    of: str = ""

    def __str__(self) -> str:
        ratio = f"{self.ratio:10.2f} × {self.of}" if self.ratio is not None else ""
        return f"{self.work:<44}{self.seconds:10.3f} s{self.rows / self.seconds:12,.0f} /s{ratio}"


def timed(work: Callable[[], Any]) -> tuple[float, Any]:
    """Return how long ``work`` took, and its result."""
    start = perf_counter()
    result = work()
    return perf_counter() - start, result


def write(path: Path, header: tuple[str, ...], rows: Iterator[tuple[Any, ...]]) -> Path:
    """Write a tab-separated file."""
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, delimiter="\t")
        writer.writerow(header)
        writer.writerows(rows)
    return path


def bodies(size: int) -> Iterator[tuple[Any, ...]]:
    """Yield a register: names, codes, founding days."""
    for number in range(size):
        code = compose(Kind.ASSOCIATION, "120119", number)
        yield f"虚构区第{number}协会", code, f"{2000 + number % 18}-05-06", f"虚构区测试路{number}号"


def reports(size: int, dice: random.Random) -> Iterator[tuple[Any, ...]]:
    """Yield five years of reports; one body in twelve stopped filing."""
    for number in range(size):
        code = compose(Kind.ASSOCIATION, "120119", number)
        stopped = dice.random() < 1 / 12
        for year in YEARS:
            if not (stopped and year >= YEARS[-2]):
                yield code, year, f"{year + 1}-03-15"


def scan() -> None:
    """Let the database read both tables once from end to end."""
    with connection.cursor() as cursor:
        for query in SCAN:
            cursor.execute(query)
            cursor.fetchall()


def row_by_row(campaign: Campaign, sample: list[int]) -> None:
    """Judge one organisation after the other by the single form of the rules, what was asked being known."""
    asked = window_facts(campaign.windows.get(kind=Kind.ASSOCIATION), on=DAY)
    for pk in sample:
        matched(facts_for([pk], asked, on=DAY)[pk], on=DAY)


def imports(size: int, folder: Path, by: User) -> Iterator[Line]:
    """Measure the two imports, events included."""
    register = write(folder / "register.tsv", ("名称", "统一社会信用代码", "成立日期", "住所"), bodies(size))
    filed = write(folder / "reports.tsv", ("统一社会信用代码", "年度", "报送日期"), reports(size, random.Random(size)))
    seconds, _ = timed(lambda: import_register(path=register, by=by, on=DAY))
    yield Line("import of the register", seconds, size)
    seconds, _ = timed(lambda: import_reports(path=filed, by=by, on=DAY))
    yield Line("import of five years of reports", seconds, AnnualReport.objects.count())


def sweeps(size: int, by: User) -> Iterator[Line]:
    """Measure evaluation, the first sweep, the second one and the loop nobody should write."""
    campaign = running_campaign()
    scan()
    base = min(timed(scan)[0] for _ in range(5))
    yield Line("one sequential scan", base, size)

    def one(work: str, **how: Any) -> Line:
        seconds, _ = timed(lambda: sweep(campaign_id=campaign.pk, as_of=DAY, by=by, **how))
        return Line(work, seconds, size, seconds / base, "scan")

    yield one("sweep, dry run", dry_run=True)
    first = one("first sweep")
    found = Finding.objects.count()
    yield Line(f"first sweep, {found} findings written", first.seconds, size, first.ratio, "scan")
    yield one("second sweep, nothing changed")
    sample = list(Organisation.objects.order_by("code").values_list("pk", flat=True)[:SAMPLE])
    loop = timed(lambda: row_by_row(campaign, sample))[0] * size / len(sample)
    yield Line(f"row by row (from {len(sample)})", loop, size, loop / first.seconds, "first sweep")


def ledger() -> Iterator[Line]:
    """Measure verification against nothing but hashing as many texts."""
    events = Event.objects.count()
    seconds, wrong = timed(lambda: list(faults()))
    if wrong:
        sys.exit(f"the ledger does not hold: {wrong[0]}")
    bare, _ = timed(lambda: [sha256(b"%d" % number * 80).hexdigest() for number in range(events)])
    yield Line("verification of the ledger", seconds, events, seconds / bare, "bare SHA-256")


def main(sizes: list[int]) -> None:
    """Print a table for each size."""
    for size in sizes:
        with tempfile.TemporaryDirectory() as folder:
            if connection.vendor == "sqlite":
                connection.settings_dict["TEST"]["NAME"] = str(Path(folder) / "bench.sqlite3")
            connection.creation.create_test_db(verbosity=0, autoclobber=True, serialize=False)
            try:
                by = User.objects.system()
                print(f"\n{size:,} organisations, {connection.display_name}")
                for measured in (imports(size, Path(folder), by), sweeps(size, by), ledger()):
                    for line in measured:
                        print(line, flush=True)
            finally:
                connection.creation.destroy_test_db(connection.settings_dict["NAME"], verbosity=0)


main([int(size) for size in sys.argv[1:]] or [2_000, 20_000])
