"""What of the separations an account may reach: associations, items and the words of departments."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db.models import Q
from django.utils import timezone

from console.access import Permission, may
from decoupling.models import ChecklistItem, Department, Listing
from decoupling.queries.duties import responsibilities
from decoupling.states import PLAN_APPROVED, Category
from registry.states import FROM_UNITS

if TYPE_CHECKING:
    from django.db.models import QuerySet

    from registry.models import Unit, User


def access_listings(user: User) -> QuerySet[Listing]:
    """Return the listed associations ``user`` may know of.

    Somebody of another unit: those whose former supervising unit it is, and once the plan is approved those it answers
    for as the county's department, or has signed for.
    """
    rows = Listing.objects.all()
    if not may(user, Permission.VIEW_DECOUPLING):
        return rows.none()
    if user.role not in FROM_UNITS:
        return rows
    if user.unit_id is None:
        return rows.none()
    own = Q(former_unit=user.unit_id) | Q(sign_offs__unit=user.unit_id)
    if user.unit_id in {unit.pk for unit in Department.objects.on(timezone.localdate()).values()}:
        own |= Q(category=Category.LISTED, state__in=PLAN_APPROVED)
    return rows.filter(own).distinct()


def access_checklist(user: User, listing: Listing) -> QuerySet[ChecklistItem]:
    """Return the items of an association ``user`` may see: all for the bureau, its own share for another unit."""
    if not access_listings(user).filter(pk=listing.pk).exists():
        return ChecklistItem.objects.none()
    if user.role not in FROM_UNITS:
        return ChecklistItem.objects.all()
    share = responsibilities(user.unit, listing, on=timezone.localdate())
    return ChecklistItem.objects.filter(responsible__in=share)


def answers_for(user: User, unit: Unit | None) -> bool:
    """Tell whether ``user`` may act on what ``unit`` answers for: its own people, and the bureau's officers."""
    return may(user, Permission.SIGN_OFF_DECOUPLING) and (
        user.role not in FROM_UNITS or (unit is not None and user.unit_id == unit.pk)
    )
