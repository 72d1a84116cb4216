"""Looking at documents that are kept."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

from registry.models import FileWithdrawal, StoredFile

if TYPE_CHECKING:
    from django.db.models import QuerySet

    from registry.models import Organisation


def is_intact(stored: StoredFile) -> bool:
    """Tell whether the bytes are still those that were handed in; a file that is gone is not intact."""
    try:
        with stored.file.storage.open(str(stored.file.name)) as content:
            return hashlib.file_digest(content, "sha256").hexdigest() == stored.sha256
    except OSError:
        return False


def in_force(organisation: Organisation) -> QuerySet[StoredFile]:
    """Return the documents of a body that were not withdrawn, the latest first."""
    return organisation.stored_files.filter(withdrawal=None).order_by("-kept_at", "-pk")


def is_evidence(stored: StoredFile) -> bool:
    """Tell whether a record of any package points to the document; which ones there are, the models say."""
    relations = [each for each in StoredFile._meta.related_objects if each.related_model is not FileWithdrawal]
    return any(each.related_model._default_manager.filter(**{each.field.name: stored}).exists() for each in relations)
