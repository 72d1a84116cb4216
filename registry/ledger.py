r"""How a record is sealed: its canonical text, the digest that carries the one before it, the tree over all chains.

Plain Python without Django, so that an auditor can read the same few lines and write them anew; the stand-alone
``registry/verify_export.py`` does exactly that.

**Canonical text.** JSON in UTF-8. The keys of an object stand in order of their length in bytes, then of their bytes;
one space follows each comma and each colon, none stands elsewhere; of the characters only quote, backslash and those
below U+0020 are escaped, by the short forms JSON has for them or else as ``\u001f``. Numbers are whole: databases
rewrite others. PostgreSQL stores ``jsonb`` in this very form and SQLite gives back what it was given, so that the text
hashed is the text stored, on both.

**Digest.** SHA-256, in hexadecimal, of the canonical text of a record with the digest of the one before it.

**Tree.** A Merkle tree as RFC 6962 defines it: a leaf is hashed behind a zero byte, two children behind a one byte.
"""

from __future__ import annotations

import hashlib
import json
from datetime import UTC, date, datetime
from decimal import Decimal
from functools import lru_cache
from json.encoder import encode_basestring as quoted
from typing import TYPE_CHECKING, Any, Literal, cast

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from uuid import UUID

START = ""
"""What the first record of a chain carries as the digest before it."""


def canonical(value: object) -> str:
    """Return ``value`` as canonical JSON; raise TypeError for floats, and for keys that are not text."""
    if isinstance(value, str):
        return quoted(value)
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int):
        return int.__repr__(value)
    if isinstance(value, dict):
        return f"{{{', '.join([begun + canonical(value[key]) for key, begun in _in_order(tuple(value))])}}}"
    if isinstance(value, (list, tuple)):
        return f"[{', '.join(map(canonical, value))}]"
    what = (
        "no floating-point numbers; write amounts as text" if isinstance(value, float) else f"no {type(value).__name__}"
    )
    message = f"a ledger holds {what}"
    raise TypeError(message)


class Canonical(json.JSONEncoder):
    """Makes a column of JSON store the text that is hashed."""

    def encode(self, o: Any) -> str:
        """Return the canonical text."""
        return canonical(o)


def plain(value: Any) -> Any:
    """Return a column's value as the ledger writes it: dates and amounts as text."""
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, Decimal):
        return str(value)
    return str(value) if isinstance(value, str) else value


def sealed(record: Mapping[str, Any]) -> str:
    """Return the SHA-256, in hexadecimal, of a record."""
    return hashlib.sha256(canonical(record).encode()).hexdigest()


def moment(at: datetime) -> str:
    """Return a moment as records state it: in UTC, to the microsecond."""
    return at.astimezone(UTC).isoformat(timespec="microseconds")


def digest(
    *,
    chain: UUID,
    seq: int,
    verb: str,
    on: date,
    at: datetime,
    by: int,
    state: str,
    reason: str,
    basis: str,
    facts: Mapping[str, Any],
    run: int | None,
    previous: str,
) -> str:
    """Return the digest of one event of the organisation whose ``uid`` is ``chain``."""
    told = (seq, verb, on.isoformat(), moment(at), by, state, reason, basis, canonical(facts), run, previous)
    return hashlib.sha256(text(told, str(chain)).encode()).hexdigest()


def text(event: Sequence[Any], chain: str) -> str:
    """Return the canonical text of an event, told from ``seq`` to ``previous`` with day, moment and facts written already."""
    seq, verb, on, at, by, state, reason, basis, facts, run, previous = event
    return (  # at once: millions are sealed
        f'{{"at": {quoted(at)}, "by": {by}, "on": {quoted(on)}, "run": {"null" if run is None else run}, "seq": {seq}'
        f', "verb": {quoted(verb)}, "basis": {quoted(basis)}, "chain": {quoted(chain)}, "facts": {facts}'
        f', "state": {quoted(state)}, "reason": {quoted(reason)}, "previous": {quoted(previous)}}}'
    )


def chain_record(
    *,
    chain: str,
    seq: int,
    subject: int,
    verb: str,
    on: date,
    at: datetime,
    by: int,
    reason: str,
    facts: Mapping[str, Any],
    previous: str,
) -> dict[str, Any]:
    """Return what is sealed of one row of a ledger that is one chain: of the accounts, of the law.

    ``chain`` is the name of the ledger, so that no row can be moved to another; ``subject`` is what the row is about.
    """
    return {
        "at": moment(at),
        "by": by,
        "chain": chain,
        "facts": facts,
        "on": on.isoformat(),
        "previous": previous,
        "reason": reason,
        "seq": seq,
        "subject": subject,
        "verb": verb,
    }


def chain_leaf(*, chain: UUID | str, count: int, head: str, code: str = "") -> bytes:
    """Return the leaf of a chain of ``count`` records that ends with ``head``; ``code`` where it is an organisation's."""
    named = f'"code": {quoted(code)}, ' if code else ""
    told = f'{{{named}"head": {quoted(head)}, "chain": {quoted(str(chain))}, "count": {count}}}'  # canonical, at once
    return hashlib.sha256(b"\x00" + told.encode()).digest()


class Tree:
    """A Merkle tree that grows leaf by leaf and keeps one hash for each of its levels, however many leaves it has."""

    def __init__(self) -> None:
        """Begin without a leaf."""
        self.size = 0
        self.peaks: list[bytes] = []

    def add(self, leaf: bytes) -> None:
        """Append a leaf."""
        node, size = leaf, self.size
        while size & 1:
            node = self._join(self.peaks.pop(), node)
            size >>= 1
        self.peaks.append(node)
        self.size += 1

    def root(self) -> str:
        """Return the hash over all leaves, in hexadecimal; of none it is the hash of nothing."""
        if not self.peaks:
            return hashlib.sha256().hexdigest()
        *others, node = self.peaks
        for peak in reversed(others):
            node = self._join(peak, node)
        return node.hex()

    def _join(self, left: bytes, right: bytes) -> bytes:
        return hashlib.sha256(b"\x01" + left + right).digest()


class Trail(Tree):
    """A tree that notes what stands beside one leaf and its parents: with it, anyone gets from the leaf to the root."""

    def __init__(self, leaf: bytes) -> None:
        """Watch for ``leaf``, whose place need not be known."""
        super().__init__()
        self._watched = leaf
        self.path: list[tuple[Literal["left", "right"], str]] = []
        """Side and hash of each neighbour, from the leaf upwards; whole once `root` was asked for."""

    def _join(self, left: bytes, right: bytes) -> bytes:
        node = super()._join(left, right)
        if left == self._watched:
            self.path.append(("right", right.hex()))
            self._watched = node
        elif right == self._watched:
            self.path.append(("left", left.hex()))
            self._watched = node
        return node


@lru_cache(maxsize=4096)
def _in_order(keys: tuple[object, ...]) -> list[tuple[str, str]]:
    """Return keys in canonical order, each with what an object writes before its value; records have few sorts of them."""
    for key in keys:
        if not isinstance(key, str):
            message = f"a ledger's keys are texts, {key!r} is not"
            raise TypeError(message)
    texts = cast("tuple[str, ...]", keys)
    return [(key, f"{quoted(key)}: ") for key in sorted(texts, key=lambda key: (len(key.encode()), key.encode()))]
