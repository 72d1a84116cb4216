"""Where the ledger stood at a checkpoint: the records it covers, the leaves of its tree, the way from one leaf to its root."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.db.models import Exists, Max, OuterRef

from registry.ledger import Trail, Tree, chain_leaf
from registry.models import Checkpoint, Event
from registry.queries.books import books

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

JOB = "ledger.checkpoint"
"""The job that makes them; each of its runs keeps the number and the digest of the one it made."""

ORGANISATIONS = "organisations"
"""The key of ``Checkpoint.cuts`` for the events of organisations."""


@dataclass(frozen=True, slots=True)
class Head:
    """How far one chain had come: an organisation's, or with an empty ``code`` a book's."""

    code: str
    chain: str
    count: int
    head: str

    @property
    def leaf(self) -> bytes:
        """Return its leaf in the tree."""
        return chain_leaf(chain=self.chain, count=self.count, head=self.head, code=self.code)


def present_cuts() -> dict[str, int]:
    """Return what a checkpoint made now covers; whoever asks has made sure that nobody is writing."""
    return {
        ORGANISATIONS: Event.objects.aggregate(last=Max("pk"))["last"] or 0,
        **{book.chain: book.count() for book in books()},
    }


def heads(cuts: Mapping[str, int]) -> Iterator[Head]:
    """Yield the head of every chain as the records within ``cuts`` leave it: the books, then organisations by code."""
    for book in books():
        if count := cuts.get(book.chain, 0):
            yield Head("", book.chain, count, book.rows.get(seq=count).digest)
    covered = Event.objects.filter(pk__lte=cuts[ORGANISATIONS])
    later = covered.filter(organisation=OuterRef("organisation"), seq__gt=OuterRef("seq"))
    last = covered.filter(~Exists(later)).order_by("organisation__code")
    rows = last.values_list("organisation__code", "organisation__uid", "seq", "digest")
    for code, uid, count, head in rows.iterator(chunk_size=5000):
        yield Head(code, str(uid), count, head)


def tree_of(cuts: Mapping[str, int]) -> tuple[Tree, int]:
    """Return the tree over all heads within ``cuts``, and how many records they have."""
    tree, events = Tree(), 0
    for each in heads(cuts):
        tree.add(each.leaf)
        events += each.count
    return tree, events


def proof(checkpoint: Checkpoint, code: str) -> tuple[Head, list[tuple[str, str]]] | None:
    """Return the head of the organisation with ``code`` in ``checkpoint`` and the way to its root.

    None where the checkpoint is older than the organisation's first event.
    """
    within = Event.objects.filter(organisation__code=code, pk__lte=checkpoint.cuts[ORGANISATIONS])
    last = within.select_related("organisation").order_by("-seq").first()
    if last is None:
        return None
    head = Head(code, str(last.organisation.uid), last.seq, last.digest)
    trail = Trail(head.leaf)
    for each in heads(checkpoint.cuts):
        trail.add(each.leaf)
    trail.root()
    return head, list(trail.path)


def latest() -> Checkpoint | None:
    """Return the newest checkpoint."""
    return Checkpoint.objects.order_by("-number").first()
