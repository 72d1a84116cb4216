"""Two at once: a verb is carried out only upon the record its officer saw."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

from django.db import transaction

from registry.actions.ledger import lock

if TYPE_CHECKING:
    from collections.abc import Callable

T = TypeVar("T")


@transaction.atomic
def upon_version(organisation_id: int, version: int | None, verb: Callable[[], T]) -> T:
    """Carry out ``verb`` with the organisation locked; raise `Stale` when others have written since ``version``.

    Every event raises the version: whoever decides has seen everything on record. Without a version nothing was seen.
    """
    lock(organisation_id, version=version)
    return verb()
