"""Keeping documents: the bytes go to their random place, the row into the caller's transaction.

A document is always handed in with something else (evidence of an item, a decision); the caller's action locks the
organisation and tells of the file in its own event by `told`.
"""

from __future__ import annotations

import hashlib
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from django.utils import timezone

from registry.files import LARGEST, Unacceptable, examine
from registry.models import StoredFile

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from django.core.files.base import File

    from registry.models import Organisation, User

__all__ = ["LARGEST", "Unacceptable", "keeping", "told"]

_BLOCK = 1 << 16


@contextmanager
def keeping() -> Iterator[Callable[..., StoredFile]]:
    """Lend a ``with`` block the verb that keeps a document; stands before ``transaction.atomic()`` in the same line.

    The verb takes organisation, content, file_name, title and by, and returns the row or raises `Unacceptable`. When the block
    raises, its rows are rolled back and the bytes kept in it are removed again.
    """
    kept: list[StoredFile] = []

    def keep(*, content: File[bytes], **what: Any) -> StoredFile:
        stored = _described(content=content, **what)
        kept.append(stored)
        stored.file.save(stored.file_name, content, save=False)
        stored.save(force_insert=True)
        return stored

    try:
        yield keep
    except BaseException:
        for stored in kept:
            if stored.file.name:
                stored.file.storage.delete(stored.file.name)
        raise


def _described(*, organisation: Organisation, content: File[bytes], file_name: str, title: str, by: User) -> StoredFile:
    shown = "".join(letter for letter in file_name if letter.isprintable())[-255:]
    kind = examine(content, file_name=shown, size=content.size)
    digest = hashlib.sha256()
    for block in content.chunks(_BLOCK):
        digest.update(block)
    content.seek(0)
    return StoredFile(
        organisation=organisation,
        title=(title.strip() or shown)[:200],
        file_name=shown,
        kind=kind.word,
        size=content.size,
        sha256=digest.hexdigest(),
        kept_at=timezone.now(),
        kept_by=by,
    )


def told(stored: StoredFile) -> dict[str, Any]:
    """Return what an event tells of a document: anyone can later prove that these were its bytes."""
    return {"id": stored.pk, "title": stored.title, "name": stored.file_name, "sha256": stored.sha256}
