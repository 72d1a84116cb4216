"""The ledger of accounts: one append-only row per thing done to a user's account, all in one chain."""

from typing import Any

from django.core.serializers.json import DjangoJSONEncoder
from django.db import models

from registry.ledger import staff_digest
from registry.models.final import FinalRow, FinalRows
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
)
"""Columns of an account that the ledger tells; never anything of its password."""


def account(user: User) -> dict[str, Any]:
    """Return an account as the ledger tells it."""
    told = {name: getattr(user, name) for name in ACCOUNT}
    until = user.certificate_until
    return {**told, "role": str(user.role), "certificate_until": until.isoformat() if until else None}


class StaffEvent(FinalRow):
    """What was done to somebody's account: when, by whom, why. ``facts["account"]`` is the account as it then stood."""

    seq = models.PositiveIntegerField("序号", unique=True)
    subject = models.ForeignKey(User, models.PROTECT, related_name="staff_events", verbose_name="人员")
    verb = models.CharField("事项", max_length=60)
    on = models.DateField("生效日期")
    at = models.DateTimeField("记录时间")
    by = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name="经办人")
    reason = models.TextField("理由")
    facts = models.JSONField("事实", default=dict, encoder=DjangoJSONEncoder)
    previous = models.CharField(max_length=64, blank=True)
    digest = models.CharField(max_length=64)

    objects = FinalRows["StaffEvent"].as_manager()

    class Meta:
        verbose_name = "人员台账记录"
        verbose_name_plural = "人员台账记录"
        ordering = ("seq",)
        constraints = (
            models.CheckConstraint(name="staff_event_seq_from_one", condition=models.Q(seq__gte=1)),
            models.CheckConstraint(name="staff_event_has_reason", condition=~models.Q(reason="")),
        )

    def __str__(self) -> str:
        """Return place and verb."""
        return f"{self.seq} {self.verb}"

    def expected_digest(self) -> str:
        """Recompute the digest from the row as it stands."""
        return staff_digest(
            seq=self.seq,
            subject=self.subject_id,
            verb=self.verb,
            on=self.on,
            at=self.at,
            by=self.by_id,
            reason=self.reason,
            facts=self.facts,
            previous=self.previous,
        )
