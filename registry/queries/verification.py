"""Recomputing the whole ledger from its first record, and naming whatever does not hold.

A walk goes through the books, then through every organisation's chain in order of code, from its first event to the head
kept on the organisation; the events must also leave the register as it stands, and every record beside it that they are
asked about (`Retold`). On its way it grows the tree of every
checkpoint anew and at the end compares the roots. What looks wrong is read a second time before it is called wrong:
colleagues may have added to the chain meanwhile.

A walk that was cut short can be gone on with from its `Walk.position`. It then vouches for each chain at the moment it
was read, as any walk does; only a fresh one does without what the earlier one had kept.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, cast

from django.db import connection
from django.db.models import Exists, OuterRef

from registry import guards
from registry.ledger import START, Tree, canonical, chain_leaf
from registry.models import Checkpoint, Event, JobRun, Organisation
from registry.queries import sealed
from registry.queries.books import books
from registry.queries.checkpoints import JOB, ORGANISATIONS
from registry.queries.faults import Fault, chain_faults
from registry.queries.retold import said
from registry.queries.sealed import DIGEST, FACTS, PK, SEQ, Recorded
from registry.states import Outcome

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from registry.queries.books import Book
    from registry.queries.retold import Retold, Row
    from registry.queries.sealed import Chain

ACCOUNTS, LAW, CALENDAR = (book.title for book in books()[:3])
CHECKPOINTS = "检查点"


def faults(*, retold: Sequence[Retold] = (), tick: Callable[[int], object] | None = None) -> Iterator[Fault]:
    """Yield everything wrong with the ledger; ``tick`` is told how many records were checked."""
    yield from Walk(retold=retold).faults(tick=tick)


@dataclass(slots=True)
class _Growing:
    """A tree being grown anew for the checkpoints that cover the same records."""

    cuts: dict[str, int]
    tree: Tree
    events: int = 0

    def plant(self, leaf: bytes, count: int) -> None:
        """Add the leaf of a chain that had ``count`` records by then."""
        self.tree.add(leaf)
        self.events += count


class Walk:
    """One verification: how far it has come, and the trees it has grown on the way."""

    def __init__(self, position: Mapping[str, Any] | None = None, *, retold: Sequence[Retold] = ()) -> None:
        """Begin afresh, or go on from a `position`; checkpoints made since that one began are left to the next walk.

        Beside the organisations, the rows of ``retold`` must stand as the ledger leaves them.
        """
        self.retold = retold
        told = position or {}
        self.after: str = told.get("after", "")
        self.chains: int = told.get("chains", 0)
        self.events: int = told.get("events", 0)
        self._goes_on = bool(told)
        self._made = list(JobRun.objects.filter(job=JOB, outcome=Outcome.DONE).order_by("slot"))
        self.checkpoints = list(Checkpoint.objects.order_by("number"))
        """All there were when the walk began, in order."""
        keys = {canonical(each.cuts): each.cuts for each in self.checkpoints if _is_sound(each)}
        kept: Mapping[str, Any] = told.get("trees", dict.fromkeys(keys, ((), 0, 0)))
        self._growing = {key: _regrown(cuts, *kept[key]) for key, cuts in keys.items() if key in kept}

    @property
    def position(self) -> dict[str, Any]:
        """Return what is needed to go on from here later; nothing before the first chain is done."""
        if not self.after:
            return {}
        trees = {
            key: ([peak.hex() for peak in each.tree.peaks], each.tree.size, each.events)
            for key, each in self._growing.items()
        }
        return {"after": self.after, "chains": self.chains, "events": self.events, "trees": trees}

    @property
    def checkpoint(self) -> Checkpoint | None:
        """Return the newest checkpoint whose root this walk compares."""
        return next((each for each in reversed(self.checkpoints) if canonical(each.cuts) in self._growing), None)

    def faults(self, *, tick: Callable[[int], object] | None = None) -> Iterator[Fault]:
        """Walk to the end and yield what does not hold."""
        if not self._goes_on:
            for name in guards.missing(connection):
                yield Fault("", 0, f"数据库缺少防篡改触发器 {name}")
            for book in books():
                yield from self._book(book, tick)
        growing = sorted(self._growing.values(), key=lambda each: each.cuts[ORGANISATIONS])
        for chains in sealed.slices(after=self.after):
            beside = [(each, each.standing([chain.pk for chain in chains])) for each in self.retold]
            for chain in chains:
                found = _twice(chain)
                yield from found or _beside(chain, beside)
                _plant(chain, growing)
                self.after, self.chains, self.events = chain.code, self.chains + 1, self.events + len(chain.events)
                if tick:
                    tick(len(chain.events))
        yield from _orphans()
        yield from self._roots()
        yield from self._gone()

    def _book(self, book: Book, tick: Callable[[int], object] | None) -> Iterator[Fault]:
        """Check a ledger kept as one chain, and plant its head in each tree."""
        previous, ends = START, {}
        wanted = {each.cuts.get(book.chain, 0) for each in self._growing.values()}
        for place, row in enumerate(book.rows.iterator(chunk_size=1000), start=1):
            if row.seq != place:
                yield Fault(book.title, row.seq, f"序号不连续，此处应为第 {place} 条")
                break
            if row.previous != previous:
                yield Fault(book.title, row.seq, "与上一条不衔接（上一条摘要不符）")
            if row.expected_digest() != row.digest:
                yield Fault(book.title, row.seq, f"内容被改动（{row.verb}，{row.on}），摘要不符")
            previous = row.digest
            if place in wanted:
                ends[place] = row.digest
            self.events += 1
            if tick:
                tick(1)
        for each in self._growing.values():
            if head := ends.get(count := each.cuts.get(book.chain, 0)):
                each.plant(chain_leaf(chain=book.chain, count=count, head=head), count)
        for seq, message in book.differing():
            yield Fault(book.title, seq, message)

    def _roots(self) -> Iterator[Fault]:
        previous = START
        for place, each in enumerate(self.checkpoints, start=1):
            if each.number != place:
                yield Fault(CHECKPOINTS, each.number, f"编号不连续，此处应为第 {place} 号")
                return
            if each.previous != previous:
                yield Fault(CHECKPOINTS, each.number, "与上一检查点不衔接（上一检查点摘要不符）")
            previous = each.digest
            if not _is_sound(each):
                yield Fault(CHECKPOINTS, each.number, f"内容被改动（{each.on}），摘要不符")
            elif grown := self._growing.get(canonical(each.cuts)):
                found = (grown.tree.root(), grown.tree.size, grown.events)
                if found != (each.root, each.chains, each.events):
                    yield Fault(
                        CHECKPOINTS,
                        each.number,
                        f"根摘要与台账不符（{each.on}）：此后有记录被改动、删除或者添加到它所含的记录中",
                    )

    def _gone(self) -> Iterator[Fault]:
        """Name each checkpoint that a run has made and that is not there, or no longer is the one it made."""
        digests = {each.number: each.digest for each in self.checkpoints}
        for run in self._made:
            number, digest = run.counts.get("number", 0), run.counts.get("digest")
            if digest and digests.get(number) != digest:
                yield Fault(CHECKPOINTS, number, f"{run.slot} 建立的检查点已被删除或者替换（摘要见任务运行）")


def _is_sound(checkpoint: Checkpoint) -> bool:
    """Tell whether a checkpoint is as it was sealed, and says which records it covers."""
    cuts = checkpoint.cuts
    return (
        checkpoint.expected_digest() == checkpoint.digest
        and isinstance(cuts, dict)
        and isinstance(cuts.get(ORGANISATIONS), int)
    )


def _regrown(cuts: dict[str, int], peaks: Sequence[str], size: int, events: int) -> _Growing:
    tree = Tree()
    tree.peaks, tree.size = [bytes.fromhex(peak) for peak in peaks], size
    return _Growing(cuts, tree, events)


def _twice(chain: Chain) -> list[Fault]:
    """Return what is wrong with a chain, having read it again where anything seemed to be."""
    found = list(chain_faults(chain))
    if not found:
        return []
    again = sealed.chain(chain.pk)
    return list(chain_faults(again)) if again else found


def _beside(chain: Chain, standing: Sequence[tuple[Retold, Mapping[int, Sequence[Row]]]]) -> Iterator[Fault]:
    """Yield what stands otherwise beside a sound chain, having read it again where anything seemed to."""
    for retold, rows in standing:
        if any(_said(retold, chain, rows.get(chain.pk, ()))):
            seq = chain.events[-1][SEQ]
            yield from (Fault(chain.code, seq, message) for message in _said(retold, *_at_rest(retold, chain)))


def _said(retold: Retold, chain: Chain, rows: Sequence[Row]) -> Iterator[str]:
    marks = [f'"{each}": ' for each in retold.marks]
    events = [Recorded.of(each) for each in chain.events if any(mark in each[FACTS] for mark in marks)]
    if not events and not rows:
        return
    try:
        told = retold.replay(cast("Sequence[Event]", events))
    except (LookupError, StopIteration, TypeError, ValueError):
        yield f"{retold.model._meta.verbose_name}：台账记录前后不接，无法重放"
        return
    yield from said(retold, rows, told)


def _at_rest(retold: Retold, chain: Chain) -> tuple[Chain, Sequence[Row]]:
    """Return a chain and the rows beside it at a moment when nobody was adding to it."""
    while True:
        before, rows = sealed.chain(chain.pk) or chain, retold.standing([chain.pk]).get(chain.pk, ())
        after = sealed.chain(chain.pk) or chain
        if before.head == after.head:
            return after, rows


def _plant(chain: Chain, growing: Sequence[_Growing]) -> None:
    """Plant the head the chain had at each cut; ``growing`` is in order of the cuts."""
    leaf, count, place = b"", 0, 0
    for each in growing:
        while place < len(chain.events) and chain.events[place][PK] <= each.cuts[ORGANISATIONS]:
            place += 1
        if place != count:
            count = place
            leaf = chain_leaf(chain=chain.uid, count=count, head=chain.events[count - 1][DIGEST], code=chain.code)
        if leaf:
            each.plant(leaf, count)


def _orphans() -> Iterator[Fault]:
    registered = Organisation.objects.filter(pk=OuterRef("organisation"))
    stray = Event.objects.filter(~Exists(registered)).order_by("organisation").values_list("organisation", flat=True)
    for pk in stray.distinct():
        yield Fault("", 0, f"台账中编号 {pk} 的组织已不在登记表中")
