"""Verbs of the documents kept with a body: hand one in, withdraw one that was handed in by mistake."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import transaction
from django.utils import timezone

from registry import rules
from registry.actions.ledger import lock, record, snapshot
from registry.actions.stored_file import keeping, told
from registry.models import FileWithdrawal, StoredFile
from registry.queries.stored_files import in_force, is_evidence

if TYPE_CHECKING:
    from datetime import date

    from django.core.files.base import File

    from registry.models import Event, User


def file_document(
    *, organisation_id: int, content: File[bytes], file_name: str, title: str, by: User, on: date
) -> Event:
    """Keep a document with a body, as received on a day.

    Raises `registry.files.Unacceptable` for a file that is not taken, and `Refused` for one that is on file already.
    """
    with keeping() as keep, transaction.atomic():
        organisation = lock(organisation_id)
        _require_day(on)
        kept = keep(organisation=organisation, content=content, file_name=file_name, title=title, by=by)
        same = in_force(organisation).filter(sha256=kept.sha256).exclude(pk=kept.pk)
        rules.require(rules.FILE_DOCUMENT, rules.DocumentFacts(is_on_file=same.exists()), on=on)
        facts = {"document": told(kept)}
        return record(organisation, snapshot(organisation), verb="document.file", on=on, by=by, facts=facts)


@transaction.atomic
def withdraw_document(*, document_id: int, by: User, on: date, reason: str) -> Event:
    """Mark a document as withdrawn; its bytes and its row stay. Raises `Refused` where others rest on it."""
    stored = StoredFile.objects.get(pk=document_id)
    organisation = lock(stored.organisation_id)
    _require_day(on, reason=reason)
    facts = rules.DocumentWithdrawalFacts(
        is_withdrawn=FileWithdrawal.objects.filter(stored=stored).exists(), is_evidence=is_evidence(stored)
    )
    rules.require(rules.WITHDRAW_DOCUMENT, facts, on=on)
    FileWithdrawal.objects.create(stored=stored, on=on, reason=reason, by=by)
    return record(
        organisation,
        snapshot(organisation),
        verb="document.withdraw",
        on=on,
        by=by,
        reason=reason,
        facts={"document": told(stored)},
    )


def _require_day(on: date, *, reason: str | None = None) -> None:
    """Raise `Refused` for a day still to come and, where a reason is asked for, for none."""
    asked = (rules.is_not_in_the_future,) if reason is None else (rules.has_a_reason, rules.is_not_in_the_future)
    facts = rules.MoveFacts(reason=reason or "", established_on=None, last_event_on=None, today=timezone.localdate())
    rules.require(asked, facts, on=on)
