"""The organisations somebody looked at last."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import transaction
from django.utils import timezone

from console.access import access_organisations
from console.models import RecentRecord

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.db.models import QuerySet
    from django.http import HttpRequest, HttpResponse

    from registry.models import User

KEPT = 20


def recent_records(user: User) -> QuerySet[RecentRecord]:
    """Return what ``user`` looked at last, the latest first; what is out of reach by now is left out."""
    rows = RecentRecord.objects.filter(user=user, organisation__in=access_organisations(user))
    return rows.select_related("organisation")


@transaction.atomic
def remember(*, user: User, organisation_id: int) -> None:
    """Put an organisation at the head of what ``user`` looked at; only the latest `KEPT` are kept."""
    row = RecentRecord(user=user, organisation_id=organisation_id, seen_at=timezone.now())
    RecentRecord.objects.bulk_create(
        [row], update_conflicts=True, unique_fields=["user", "organisation"], update_fields=["seen_at"]
    )
    own = RecentRecord.objects.filter(user=user)
    own.exclude(pk__in=own.values("pk")[:KEPT]).delete()


class RememberSeen:
    """Remember the organisation a page says it shows in ``request.shown_organisation_id``.

    A page that only shows something cannot write (`console.readonly`): what it notes is written when it is done.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        """Keep what answers the request."""
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer, then remember."""
        response = self.get_response(request)
        shown = getattr(request, "shown_organisation_id", None)
        if shown is not None and request.user.is_authenticated:
            remember(user=request.user, organisation_id=shown)
        return response
