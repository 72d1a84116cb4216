"""Verbs of the departments: give their word on what they answer for; and of the bureau: remind them of it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db import transaction

from decoupling import rules
from decoupling.actions.item import close_if_through
from decoupling.actions.listing import entered, locked, step
from decoupling.models import Reminder, SignOff
from decoupling.queries.duties import sheet
from decoupling.states import UNDER_WAY, Heading, Responsible
from registry.actions.stored_file import keeping
from registry.actions.stored_file import told as told_of

if TYPE_CHECKING:
    from datetime import date

    from django.core.files.base import File

    from decoupling.models import Listing
    from decoupling.queries.duties import Part
    from registry.models import Event, Organisation, Unit, User


def sign_off(
    *,
    listing_id: int,
    heading: str,
    responsible: str,
    result: str,
    by: User,
    on: date,
    document_no: str = "",
    original: File[bytes] | None = None,
    original_name: str = "",
) -> Event:
    """Give a department's written word on its items under one heading.

    Its own people sign by themselves. An officer of the bureau writes down a word that came on paper, with its number
    and the original. When the last word is given, the five headings are closed. Raises `Refused` or `Unacceptable`.
    """
    with keeping() as keep, transaction.atomic():
        organisation, listing = locked(listing_id)
        found = sheet(listing, on=on)
        part = found.part(heading, responsible)
        own = part is not None and is_own(part, by)
        words = {"document_no": document_no, "result": result, "has_original": original is not None}
        rules.require(rules.SIGN_OFF, _facts(organisation, listing, part, own=own, **words), on=on)
        assert part is not None  # noqa: S101 - R-312 has said so
        stored = None
        if original is not None:
            title = f"{Heading(heading).label}书面评定结果"
            stored = keep(organisation=organisation, content=original, file_name=original_name, title=title, by=by)
        word = {"result": result.strip(), "on_paper": not own, "document_no": document_no.strip()}
        SignOff.objects.create(
            listing=listing, heading=heading, responsible=responsible, unit=part.unit, signed_on=on, signed_by=by,
            file=stored, **word,
        )  # fmt: skip
        close_if_through(listing, on=on)
        told = {**_told(part), **word, **({"file": told_of(stored)} if stored else {})}
        return entered(organisation, listing, "listing.sign_off", by=by, on=on, sign_off=told)


def is_own(part: Part, by: User) -> bool:
    """Tell whether ``by`` belongs to the department; the bureau's own people have no unit, and answer for its share."""
    return by.unit_id == (part.unit.pk if part.unit else None)


@transaction.atomic
def remind(*, listing_id: int, unit: Unit, by: User, on: date, note: str = "") -> Event:
    """Ask a department for what is missing from it; its people are alerted. Raises `Refused`."""
    organisation, listing = locked(listing_id)
    parts = sheet(listing, on=on).waiting_for().get(unit, [])
    facts = rules.ReminderFacts(
        **step(organisation, listing, not_before=listing.plan_approved_on),
        is_waited_for=bool(parts),
        reminded_today=Reminder.objects.filter(listing=listing, unit=unit, on=on).exists(),
    )
    rules.require(rules.REMIND, facts, on=on)
    Reminder.objects.create(listing=listing, unit=unit, on=on, by=by, note=note)
    told = {"unit": unit.pk, "unit_name": unit.name, "headings": [part.heading.value for part in parts]}
    return entered(organisation, listing, "listing.remind", by=by, on=on, reason=note, reminder=told)


def _facts(
    organisation: Organisation, listing: Listing, part: Part | None, *, own: bool, **words: Any
) -> rules.SignOffFacts:
    return rules.SignOffFacts(
        **step(organisation, listing, not_before=_last_settled_on(listing, part)),
        plan_approved=listing.state in UNDER_WAY,
        open_items=part.open_codes if part else (),
        nothing_to_sign=part is None,
        already_signed=part is not None and part.sign_off is not None,
        own=own,
        on_paper=not own,
        **words,
    )


def _last_settled_on(listing: Listing, part: Part | None) -> date | None:
    days = [line.status.decided_on for line in part.lines if line.status] if part else []
    return max((day for day in (listing.plan_approved_on, *days) if day), default=None)


def _told(part: Part) -> dict[str, Any]:
    return {
        "heading": part.heading.value,
        "responsible": Responsible(part.responsible).value,
        "unit": part.unit.pk if part.unit else None,
        "unit_name": part.unit.name if part.unit else "",
        "items": [line.item.code for line in part.lines],
    }
