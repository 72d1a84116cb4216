"""Looking at a page cannot change anything: while a GET is answered, writing SQL is refused."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from django.db import connection

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

WRITES = ("INSERT", "UPDATE", "DELETE", "REPLACE", "MERGE", "TRUNCATE", "CREATE", "ALTER", "DROP")


class WroteOnGet(RuntimeError):
    """A page that should only show something tried to write."""


@contextmanager
def no_writes(*, when: bool = True) -> Iterator[None]:
    """Refuse writing statements inside the block with `WroteOnGet`; with ``when`` false let everything pass."""
    if not when:
        yield
        return
    with connection.execute_wrapper(_refuse):
        yield


def _refuse(execute: Callable[..., Any], sql: str, params: Any, many: bool, context: Any) -> Any:  # noqa: FBT001 - Django's shape
    if sql.lstrip().upper().startswith(WRITES):
        raise WroteOnGet(sql)
    return execute(sql, params, many, context)
