"""What alerts departments rest on: associations whose separation waits for their word."""

from __future__ import annotations

from collections import defaultdict
from datetime import timedelta
from typing import TYPE_CHECKING

from django.db.models import Max
from django.urls import reverse

from decoupling.models import Listing, Reminder
from decoupling.queries.duties import sheets
from decoupling.states import UNDER_WAY, Category
from registry.models import User
from registry.queries.law import value
from registry.states import EXISTING, FROM_UNITS
from worker.queries.causes import Cause
from worker.states import AlertKind

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import date

    from decoupling.queries.duties import Part


def sign_offs(*, on: date) -> Iterator[Cause]:
    """Yield a cause for everybody of a department that an association waits for.

    That is where only its word is missing, or where the bureau has reminded it of what is. Waiting longer than policy
    says, and every new reminder, are causes of their own: the department is alerted anew.
    """
    patience = timedelta(days=int(value("decoupling.reminder_days", on=on)))
    people, reminded = _people(), _reminded(on)
    listings = Listing.objects.filter(
        category=Category.LISTED, state__in=UNDER_WAY, organisation__state__in=EXISTING
    ).select_related("organisation", "former_unit")
    for found in sheets(list(listings.order_by("pk")), on=on).values():
        for unit, parts in found.waiting_for().items():
            if unit is None or unit.pk not in people:
                continue
            last = reminded.get((found.listing.pk, unit.pk))
            ready = [part for part in parts if part.is_ready]
            if not ready and last is None:
                continue
            late = any(_ready_on(part) + patience < on for part in ready)
            name = found.listing.organisation.name
            asked = "、".join(part.heading.label for part in (ready or parts))
            yield from (
                Cause(
                    kind=AlertKind.SIGN_OFF,
                    recipient_id=recipient,
                    key=f"sign-off {found.listing.pk} {unit.pk} {last or ''} {'late' if late else ''}".rstrip(),
                    subject=f"“{name}”脱钩的{asked}{'已经办结，待您单位会签' if ready else '尚待您单位办理'}",
                    link=reverse("decoupling_page", kwargs={"code": found.listing.organisation.code}),
                )
                for recipient in people[unit.pk]
            )


def _people() -> dict[int, list[int]]:
    """Return by unit those who sign in for it."""
    people: dict[int, list[int]] = defaultdict(list)
    rows = User.objects.filter(is_active=True, role__in=FROM_UNITS, unit__isnull=False).order_by("pk")
    for pk, unit in rows.values_list("pk", "unit_id"):
        people[unit].append(pk)
    return people


def _reminded(on: date) -> dict[tuple[int, int], date]:
    """Return by listing and unit the day of the latest reminder."""
    rows = Reminder.objects.filter(on__lte=on).order_by("listing", "unit").values_list("listing", "unit")
    return {(listing, unit): day for listing, unit, day in rows.annotate(Max("on"))}


def _ready_on(part: Part) -> date:
    """Return the day from which only the department's word was missing."""
    return max(line.status.decided_on for line in part.lines if line.status and line.status.decided_on)
