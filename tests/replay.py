"""That the tables are what the ledger tells: every row of every organisation rebuilt from its events and compared."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from cleanup.queries import retold as of_cleanup
from registry.models import Organisation
from registry.queries import retold as of_register
from registry.queries.retold import differing

if TYPE_CHECKING:
    from collections.abc import Iterable

RETOLD = (*of_register.RETOLD, *of_cleanup.RETOLD)


def differences(ids: Iterable[int] | None = None) -> list[tuple[str, int, Any, Any]]:
    """Return where rows stand otherwise than the ledger tells: which table, whose, what stands, what is told."""
    wanted = Organisation.objects.order_by("pk").values_list("pk", flat=True) if ids is None else ids
    bodies = list(wanted)
    return [(each.model.__name__, *found) for each in RETOLD for found in differing(each, bodies)]
