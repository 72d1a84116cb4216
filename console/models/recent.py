"""Recent records: which organisations somebody looked at last."""

from __future__ import annotations

from django.conf import settings
from django.db import models

from registry.models import Organisation


class RecentRecord(models.Model):
    """最近查看, one row for each organisation; `console.recents` keeps the latest few."""

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="recent_records", verbose_name="人员"
    )
    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="+", verbose_name="社会组织")
    seen_at = models.DateTimeField("查看时间")

    class Meta:
        verbose_name = "最近查看"
        verbose_name_plural = "最近查看"
        ordering = ("-seen_at", "-pk")
        constraints = (models.UniqueConstraint(fields=("user", "organisation"), name="recent_record_once_per_body"),)

    def __str__(self) -> str:
        """Return who and what."""
        return f"{self.user_id} {self.organisation_id}"
