"""The ledger of accounts: one append-only row per thing done to a user's account, all in one chain."""

from typing import Any

from django.db import models

from registry.models.chain import ChainRow
from registry.models.final import FinalRows
from registry.models.user import User

ACCOUNT = (
    "username",
    "display_name",
    "role",
    "unit_id",
    "is_active",
    "is_superuser",
    "certificate_no",
    "certificate_until",
    "legal_qualification_no",
)
"""Columns of an account that the ledger tells; never anything of its password."""


def account(user: User) -> dict[str, Any]:
    """Return an account as the ledger tells it."""
    told = {name: getattr(user, name) for name in ACCOUNT}
    until = user.certificate_until
    return {**told, "role": str(user.role), "certificate_until": until.isoformat() if until else None}


class StaffEvent(ChainRow):
    """What was done to somebody's account. ``facts["account"]`` is the account as it then stood."""

    CHAIN = "accounts"

    subject = models.ForeignKey(User, models.PROTECT, related_name="staff_events", verbose_name="人员")

    objects = FinalRows["StaffEvent"].as_manager()

    class Meta(ChainRow.Meta):
        verbose_name = "人员台账记录"
        verbose_name_plural = "人员台账记录"
        constraints = (
            models.CheckConstraint(name="staff_event_seq_from_one", condition=models.Q(seq__gte=1)),
            models.CheckConstraint(name="staff_event_has_reason", condition=~models.Q(reason="")),
        )
