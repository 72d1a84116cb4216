"""Notes on an organisation and its records, as a panel any page may hold."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.db.models import Count
from django.urls import reverse

from console.access import Permission, access_cases, access_filings, access_findings, may, mentionable
from console.work_forms import NoteForm
from registry.queries.notes import notes_for
from registry.states import SubjectKind

if TYPE_CHECKING:
    from collections.abc import Iterable

    from registry.models import Note, Organisation, Subject, User

SHOWN = 5
PAGES = {SubjectKind.FINDING: "finding_page", SubjectKind.CASE: "case_page", SubjectKind.FILING: "filing_page"}
"""Records whose page shows their notes."""


@dataclass(frozen=True, slots=True)
class Told:
    """A note with the address of the record it is about, empty for the organisation itself."""

    note: Note
    address: str


@dataclass(frozen=True, slots=True)
class Panel:
    """The latest notes, how many there are, and the form for one more where the user may write."""

    organisation: Organisation
    subject: Subject | None
    notes: list[Told]
    total: int
    form: NoteForm | None
    colleagues: list[User]


def panel(user: User, organisation: Organisation, *, subject: Subject | None = None) -> Panel | None:
    """Return the notes on one record, or without ``subject`` on the organisation and all its records.

    None for roles that read no notes. Four queries at most.
    """
    if not may(user, Permission.VIEW_NOTES):
        return None
    rows = notes_for(organisation, subject=subject)
    writes = may(user, Permission.WRITE_NOTE)
    return Panel(
        organisation,
        subject,
        told(rows[:SHOWN]),
        rows.aggregate(total=Count("pk"))["total"],
        NoteForm(initial={"subject": str(subject or "")}) if writes else None,
        list(mentionable().exclude(pk=user.pk)) if writes else [],
    )


def told(notes: Iterable[Note]) -> list[Told]:
    """Return notes with the addresses of their records."""
    return [Told(note, address(note.subject) if note.subject else "") for note in notes]


def address(subject: Subject) -> str:
    """Return the page of a record, empty for one that has none."""
    name = PAGES.get(subject.kind)
    return reverse(name, args=[subject.id]) if name else ""


def is_within_reach(user: User, organisation: Organisation, subject: Subject) -> bool:
    """Tell whether ``subject`` is a record of ``organisation`` the user may see and write notes on."""
    if subject.kind == SubjectKind.FINDING:
        return access_findings(user).filter(pk=subject.id, organisation=organisation).exists()
    if subject.kind == SubjectKind.CASE:
        return access_cases(user).filter(pk=subject.id, finding__organisation=organisation).exists()
    if subject.kind == SubjectKind.FILING:
        return access_filings(user).filter(pk=subject.id, organisation=organisation).exists()
    return False
