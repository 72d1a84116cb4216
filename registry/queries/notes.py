"""Notes as colleagues read them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from registry.models import Note

if TYPE_CHECKING:
    from django.db.models import QuerySet

    from registry.models import Organisation, Subject


def notes_for(organisation: Organisation, *, subject: Subject | None = None) -> QuerySet[Note]:
    """Return the notes on an organisation and all its records, or on one record only, the latest first."""
    rows = Note.objects.filter(organisation=organisation).select_related("by").prefetch_related("mentions")
    return rows.filter(subject_kind=subject.kind, subject_id=subject.id) if subject else rows
