"""How an event is sealed: canonical JSON and the digest that carries the one before it.

Plain Python without Django, so that the same few lines can be read, and repeated elsewhere, by an auditor.
"""

from __future__ import annotations

import hashlib
import json
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping
    from uuid import UUID

START = ""
"""What the first event of an organisation carries as the digest before it."""


def canonical(value: object) -> str:
    """Return ``value`` as JSON with sorted keys and no spaces; refuse floats, which databases may rewrite."""
    _refuse_floats(value)
    return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"), allow_nan=False)


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
    previous: str,
) -> str:
    """Return the SHA-256, in hexadecimal, of one event of the organisation whose ``uid`` is ``chain``."""
    sealed = {
        "at": at.astimezone(UTC).isoformat(timespec="microseconds"),
        "basis": basis,
        "by": by,
        "chain": str(chain),
        "facts": facts,
        "on": on.isoformat(),
        "previous": previous,
        "reason": reason,
        "seq": seq,
        "state": state,
        "verb": verb,
    }
    return hashlib.sha256(canonical(sealed).encode()).hexdigest()


def chain_digest(
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
) -> str:
    """Return the SHA-256, in hexadecimal, of one row of a ledger that is one chain: of the accounts, of the law.

    ``chain`` is the name of the ledger, so that no row can be moved to another; ``subject`` is what the row is about.
    """
    sealed = {
        "at": at.astimezone(UTC).isoformat(timespec="microseconds"),
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
    return hashlib.sha256(canonical(sealed).encode()).hexdigest()


def _refuse_floats(value: object) -> None:
    if isinstance(value, float):
        message = "a ledger event holds no floating-point numbers; write amounts as text"
        raise TypeError(message)
    if isinstance(value, dict):
        for each in value.values():
            _refuse_floats(each)
    elif isinstance(value, (list, tuple)):
        for each in value:
            _refuse_floats(each)
