"""Looking at documents that are kept."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from registry.models import StoredFile


def is_intact(stored: StoredFile) -> bool:
    """Tell whether the bytes are still those that were handed in; a file that is gone is not intact."""
    try:
        with stored.file.storage.open(str(stored.file.name)) as content:
            return hashlib.file_digest(content, "sha256").hexdigest() == stored.sha256
    except OSError:
        return False
