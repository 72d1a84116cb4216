"""Beginning an application at the desk, once, however often the button is pressed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import transaction

from registry.actions import filing as filing_actions
from registry.models import Filing, User
from registry.states import FilingState

if TYPE_CHECKING:
    from datetime import date


@transaction.atomic
def begin(*, kind: str, organisation_id: int | None, by: User, on: date) -> Filing:
    """Return the draft of this kind that ``by`` has begun and not written into yet, or begin one."""
    User.objects.select_for_update().get(pk=by.pk)
    mine = Filing.objects.filter(
        kind=kind, organisation=organisation_id, state=FilingState.DRAFT, drafted_by=by, version=1, applicant=""
    )
    untouched = next((each for each in mine if not each.proposal and not each.documents), None)
    return untouched or filing_actions.draft(kind=kind, organisation_id=organisation_id, by=by, on=on)
