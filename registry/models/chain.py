"""A ledger that is one chain: the accounts have one, and whatever else is no organisation's."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

from django.db import models

from registry.ledger import Canonical, chain_record, sealed
from registry.models.final import FinalRow
from registry.models.user import User

if TYPE_CHECKING:
    from collections.abc import Iterator


class ChainRow(FinalRow):
    """Something done to a ``subject`` (a foreign key of the ledger): when, by whom, why, and what it then was."""

    CHAIN: ClassVar[str]
    """The name of the ledger, sealed into every row of it."""

    subject_id: int

    seq = models.PositiveIntegerField("序号", unique=True)
    verb = models.CharField("事项", max_length=60)
    on = models.DateField("生效日期")
    at = models.DateTimeField("记录时间")
    by = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name="经办人")
    reason = models.TextField("理由")
    facts = models.JSONField("事实", default=dict, encoder=Canonical)
    previous = models.CharField(max_length=64, blank=True)
    digest = models.CharField(max_length=64)

    class Meta:
        abstract = True
        ordering = ("seq",)

    def __str__(self) -> str:
        """Return place and verb."""
        return f"{self.seq} {self.verb}"

    @classmethod
    def differing(cls) -> Iterator[tuple[int, str]]:
        """Yield what does not stand as the ledger tells, with the place of its last word; a ledger that can, says so."""
        return iter(())

    def record(self) -> dict[str, Any]:
        """Return what is sealed of the row as it stands."""
        told: dict[str, Any] = {
            name: getattr(self, name) for name in ("seq", "verb", "on", "at", "reason", "facts", "previous")
        }
        return chain_record(chain=self.CHAIN, subject=self.subject_id, by=self.by_id, **told)

    def expected_digest(self) -> str:
        """Recompute the digest from the row as it stands."""
        return sealed(self.record())
