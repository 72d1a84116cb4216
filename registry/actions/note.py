"""Verbs of a note."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import TYPE_CHECKING

from django.db import transaction
from django.utils import timezone

from registry import rules
from registry.actions.ledger import lock
from registry.models import Note

if TYPE_CHECKING:
    from collections.abc import Iterable

    from registry.models import Subject, User

_AT = re.compile(r"(?<![A-Za-z0-9])[@＠]")
_GOES_ON = re.compile(r"[A-Za-z0-9_]")
AGAIN = timedelta(minutes=1)
"""Within this time the same words on the same record, by the same person, are a button pressed twice."""


@transaction.atomic
def add_note(
    *, organisation_id: int, text: str, by: User, colleagues: Iterable[User], subject: Subject | None = None
) -> Note:
    """Write a note on an organisation, or on one of its records; it stays as written.

    ``colleagues`` are those who may see the organisation; the active ones among them that the text calls by
    ``@username`` or ``@姓名`` are mentioned, the writer excepted. Sent twice within a minute, it is written once.
    Raises `Refused` for an empty text.
    """
    now = timezone.now()
    rules.require(rules.ADD_NOTE, text, on=timezone.localdate(now))
    words = {
        "organisation_id": lock(organisation_id).pk,
        "subject_kind": subject.kind if subject else "",
        "subject_id": subject.id if subject else None,
        "text": text.strip(),
        "by": by,
    }
    if already := Note.objects.filter(**words, at__gt=now - AGAIN).first():
        return already
    note = Note.objects.create(**words, at=now)
    note.mentions.set(each for each in mentioned(text, colleagues) if each.is_active and each.pk != by.pk)
    return note


def mentioned(text: str, people: Iterable[User]) -> list[User]:
    """Return those of ``people`` the text calls: after each @ the longest name that fits, for all who bear it.

    Chinese names need no space after them; a username ends where Latin letters and digits end.
    """
    called: dict[str, list[User]] = {}
    for person in people:
        for name in {person.username, person.display_name} - {""}:
            called.setdefault(name, []).append(person)
    names = sorted(called, key=len, reverse=True)
    found: dict[int, User] = {}
    for at in _AT.finditer(text):
        name = next((each for each in names if _stands(each, text, at.end())), "")
        found |= {person.pk: person for person in called.get(name, ())}
    return list(found.values())


def _stands(name: str, text: str, start: int) -> bool:
    end = start + len(name)
    runs_on = name[-1].isascii() and _GOES_ON.match(text, end)
    return text.startswith(name, start) and not runs_on
