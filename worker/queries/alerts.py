"""Alerts as their recipients see them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db.models import F

from worker.models import Alert

if TYPE_CHECKING:
    from django.db.models import QuerySet

    from registry.models import User


def standing(recipient: User) -> QuerySet[Alert]:
    """Return the alerts whose cause still holds, the unseen first."""
    return Alert.objects.filter(recipient=recipient, closed_at__isnull=True).order_by(
        F("seen_at").asc(nulls_first=True), "-raised_at", "-pk"
    )
