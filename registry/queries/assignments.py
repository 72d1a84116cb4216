"""Who carries what."""

from __future__ import annotations

from typing import TYPE_CHECKING

from registry.models import Assignment

if TYPE_CHECKING:
    from collections.abc import Iterable

    from registry.models import Subject
    from registry.states import SubjectKind


def in_force(subject: Subject) -> Assignment | None:
    """Return the assignment of ``subject`` that is in force, None where nobody carries it."""
    return carriers(subject.kind, [subject.id]).get(subject.id)


def carriers(kind: SubjectKind, ids: Iterable[int]) -> dict[int, Assignment]:
    """Return the assignment in force for each record of ``ids`` that has one, in one query."""
    rows = Assignment.objects.filter(subject_kind=kind, subject_id__in=list(ids), returned_on__isnull=True)
    return {row.subject_id: row for row in rows.select_related("assignee", "assigned_by")}


def history(subject: Subject) -> list[Assignment]:
    """Return everybody who ever carried ``subject``, the latest first."""
    rows = Assignment.objects.filter(subject_kind=subject.kind, subject_id=subject.id)
    return list(rows.select_related("assignee", "assigned_by"))
