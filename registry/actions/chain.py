"""Appending to a ledger that is one chain."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeVar

from django.utils import timezone

from registry.ledger import START
from registry.models.chain import ChainRow

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date

    from django.db.models import Model

    from registry.models import User

R = TypeVar("R", bound=ChainRow)


def append(
    ledger: type[R], *, subject: Model, verb: str, on: date, by: User, reason: str, facts: Mapping[str, Any]
) -> R:
    """Append one row, inside the caller's transaction; whoever comes at the same moment waits for its end."""
    last = hold(ledger)
    row = ledger(
        seq=last.seq + 1 if last else 1,
        subject=subject,
        verb=verb,
        on=on,
        at=timezone.now(),
        by=by,
        reason=reason,
        facts=dict(facts),
        previous=last.digest if last else START,
    )
    row.digest = row.expected_digest()
    row.save(force_insert=True)
    return row


def hold(ledger: type[R]) -> R | None:
    """Lock the chain by its first row until the transaction ends; return its last row."""
    rows = ledger._default_manager
    list(rows.select_for_update(of=("self",)).filter(seq=1))
    return rows.order_by("-seq").first()
