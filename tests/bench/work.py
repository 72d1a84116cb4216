"""What is measured: each function yields lines, with what it was measured against in the same run."""

from __future__ import annotations

import random
import statistics
from dataclasses import dataclass
from datetime import date, timedelta
from hashlib import sha256
from time import perf_counter
from typing import TYPE_CHECKING, Any

from django.db import connection
from django.test import Client
from django.urls import reverse

from cleanup.actions import campaign as campaigns
from cleanup.actions import preview as previews
from cleanup.actions.sweep import sweep
from cleanup.models import Finding, Sweep
from cleanup.queries.criteria import facts_for, window_facts
from cleanup.rules import matched
from cleanup.states import Evaluation
from registry import paper
from registry.actions import evidence
from registry.actions.intake import import_register, import_reports
from registry.models import AnnualReport, Event, Organisation
from registry.queries.search import searched
from registry.queries.verification import faults
from registry.states import Kind, Role
from tests.bench import fill
from tests.factories import UserFactory

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from cleanup.models import Campaign
    from registry.models import User

SAMPLE = 300
"""Bodies the row-by-row loop is timed on."""
CHANGED = 100
"""Bodies something happens to between two nights."""
TIMES = 40
"""How often a page or a search is asked for; of so many times the 95th percentile is told."""
IMPORTED = 10_000
"""At most so many bodies come through the importer, with their ledger; the rest is written into the tables."""
NOTICES = 200
SHOWN = 50
SCAN = (
    f"SELECT sum(length(name)), max(established_on) FROM {Organisation._meta.db_table}",
    f"SELECT sum(year), max(filed_on) FROM {AnnualReport._meta.db_table}",
)


@dataclass(frozen=True)
class Line:
    """One measurement: what, how long, over how many rows, and as a multiple of what."""

    work: str
    seconds: float
    rows: int = 0
    ratio: float | None = None
    of: str = ""

    def __str__(self) -> str:
        rate = f"{self.rows / self.seconds:12,.0f} /s" if self.rows else " " * 15
        ratio = f"{self.ratio:10.2f} × {self.of}" if self.ratio is not None else ""
        return f"{self.work:<46}{self.seconds * 1000:12,.1f} ms{rate}{ratio}"


def timed(work: Callable[[], Any]) -> tuple[float, Any]:
    """Return how long ``work`` took, and its result."""
    start = perf_counter()
    result = work()
    return perf_counter() - start, result


def late(work: Callable[[], Any], times: int = TIMES) -> float:
    """Return the 95th percentile of how long ``work`` takes, once warm."""
    work()
    return statistics.quantiles([timed(work)[0] for _ in range(times)], n=20)[-1]


def imports(size: int, folder: Path, *, on: date, by: User) -> Iterator[Line]:
    """Measure the two imports, events included, of at most `IMPORTED` bodies; fill the tables with the others."""
    count = min(size, IMPORTED)
    register = fill.register_file(folder / "register.tsv", count)
    filed = fill.reports_file(folder / "reports.tsv", count, on=on)
    seconds, _ = timed(lambda: import_register(path=register, by=by, on=on))
    yield Line(f"import of a register of {count:,}", seconds, count)
    seconds, _ = timed(lambda: import_reports(path=filed, by=by, on=on))
    yield Line("import of their reports of five years", seconds, AnnualReport.objects.count())


def ledger() -> Iterator[Line]:
    """Measure verification against nothing but hashing as many texts."""
    events = Event.objects.count()
    seconds, wrong = timed(lambda: list(faults()))
    if wrong:
        message = f"the ledger does not hold: {wrong[0]}"
        raise AssertionError(message)
    bare, _ = timed(lambda: [sha256(b"%d" % number * 80).hexdigest() for number in range(events)])
    yield Line(f"verification of {events:,} events", seconds, events, seconds / bare, "bare SHA-256")


def scan() -> None:
    """Let the database read both tables once from end to end."""
    with connection.cursor() as cursor:
        for query in SCAN:
            cursor.execute(query)
            cursor.fetchall()


def sweeps(size: int, *, on: date, by: User) -> Iterator[Line]:
    """Measure evaluation, the first sweep, a full and a nightly one after it, and the loop nobody should write."""
    campaign = _running(on, by)
    scan()
    base = min(timed(scan)[0] for _ in range(5))
    yield Line("one sequential scan", base, size)

    def one(work: str, **how: Any) -> Line:
        seconds, told = timed(lambda: sweep(campaign_id=campaign.pk, as_of=on, by=by, **how))
        if told.stopped:
            message = f"the breaker stopped the sweep: {told.stopped.note}"
            raise AssertionError(message)
        return Line(work, seconds, size, seconds / base, "scan")

    yield one("evaluation of everybody, nothing written", dry_run=True)
    first = one("first sweep")
    found = Finding.objects.count()
    yield Line(f"first sweep, {found:,} findings written", first.seconds, size, first.ratio, "scan")
    yield one("full sweep, nothing changed")
    _a_night_passes(campaign, on, by)
    nightly = one(f"nightly sweep, {CHANGED} bodies changed", evaluation=Evaluation.INCREMENTAL)
    if Sweep.objects.filter(campaign=campaign).latest("pk").evaluation != Evaluation.INCREMENTAL:
        message = "the nightly sweep judged everybody"
        raise AssertionError(message)
    yield nightly
    sample = list(Organisation.objects.order_by("code").values_list("pk", flat=True)[:SAMPLE])
    loop = timed(lambda: _row_by_row(campaign, sample, on))[0] * size / len(sample)
    yield Line(f"row by row (from {len(sample)})", loop, size, loop / first.seconds, "first sweep")


def searches() -> Iterator[Line]:
    """Measure the first page of what the register's search finds, against one scan of the names."""
    first = Organisation.objects.order_by("code")

    def ask(word: str) -> list[Organisation]:
        return list(searched(first, word)[:SHOWN])

    def names() -> None:
        with connection.cursor() as cursor:
            cursor.execute(f"SELECT sum(length(name)) FROM {Organisation._meta.db_table}")
            cursor.fetchall()

    base = min(timed(names)[0] for _ in range(5))
    for kind, word in (
        ("common", "茶"),
        ("common", "茶叶"),
        ("common", "书法"),
        ("rare", "鹤"),
        ("rare", "茶叶7"),
        ("of one body", fill.name_of(777)),
        ("of nobody", "茶叶书法"),
        ("initials", "cyxh"),
    ):
        seconds = late(lambda word=word: ask(word), TIMES // 2)  # type: ignore[misc]  # the word of this turn
        yield Line(f"search p95: {kind}, {len(word)} characters", seconds, 0, seconds / base, "scan of names")


def pages(by: User) -> Iterator[Line]:
    """Measure what the server takes for the pages officers open most."""
    client = Client()
    client.force_login(UserFactory.create(role=Role.REGISTRATION))
    body = Organisation.objects.order_by("code")[SAMPLE // 2]
    for name, address in (
        ("the register", reverse("organisation_list")),
        ("one organisation", reverse("organisation_page", args=[body.code])),
        ("findings", reverse("finding_list")),
    ):
        yield Line(f"page p95: {name}", late(lambda address=address: client.get(address)))  # type: ignore[misc]  # likewise


def notices(on: date) -> Iterator[Line]:
    """Measure documents set as PDF/A."""

    def one(number: int) -> bytes:
        return paper.pdf(
            paper.Paper(
                layout="letter",
                bureau="示例区民政局",
                title="责令改正通知书",
                document_no=f"示民社改〔{on.year}〕{number}号",
                addressee=fill.name_of(number),
                rows=(),
                paragraphs=(
                    "经查，你单位连续两年未按规定接受年度检查。",
                    "请于收到本通知之日起改正，并书面报告改正情况。",
                ),
                signs=(),
                copies="",
                on=on,
            )
        )

    one(0)
    seconds, _ = timed(lambda: [one(number) for number in range(NOTICES)])
    yield Line(f"{NOTICES} documents as PDF/A", seconds, NOTICES)


def _running(on: date, by: User) -> Campaign:
    """Return a campaign of this year that runs, for whoever has not filed for the last two years."""
    window = {
        "kind": Kind.ASSOCIATION,
        "criteria": "AB",
        "missed_years": 2,
        "last_report_year": on.year - 1,
        "inactive_since": date(on.year - 2, 1, 1),
        "surveyed_since": on - timedelta(days=365),
        "contact_since": date(on.year, 1, 1),
    }
    about = {"code": "bench", "title": "测速", "document_no": "测〔1〕号", "starts_on": on, "ends_on": on}
    drafted = campaigns.draft(windows=[window], by=by, on=on, **about)
    seen = previews.preview(campaign_id=drafted.pk, by=by, on=on)
    director = UserFactory.create(role=Role.DIRECTOR)
    campaigns.approve(campaign_id=drafted.pk, by=director, on=on, seen=seen.pk)
    return campaigns.start(campaign_id=drafted.pk, by=UserFactory.create(), on=on)


def _a_night_passes(campaign: Campaign, on: date, by: User) -> None:
    """Let the sweep count as read to the end, which it does an hour later, and something happen to a few bodies."""
    Sweep.objects.filter(campaign=campaign).update(read_up_to=Event.objects.latest("pk").pk)
    dice = random.Random(CHANGED)
    everybody = Organisation.objects.order_by("code").values_list("pk", flat=True)
    for at in dice.sample(range(min(len(everybody), IMPORTED)), CHANGED):
        evidence.record_activity(organisation_id=everybody[at], held_on=on, title="年会", source="走访", by=by)


def _row_by_row(campaign: Campaign, sample: list[int], on: date) -> None:
    """Judge one organisation after the other by the single form of the rules, what was asked being known."""
    asked = window_facts(campaign.windows.get(kind=Kind.ASSOCIATION), on=on)
    for pk in sample:
        matched(facts_for([pk], asked, on=on)[pk], on=on)
