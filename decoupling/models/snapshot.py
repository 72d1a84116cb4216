"""Figures as they were reported: frozen on the day, whatever is corrected later."""

from __future__ import annotations

from django.conf import settings
from django.core.serializers.json import DjangoJSONEncoder
from django.db import models

from registry.models.final import FinalRow, FinalRows


class Snapshot(FinalRow):
    """统计快照 of one cut-off date: totals, and one line for each association; ``sha256`` is that of both."""

    as_of = models.DateField("截至日期")
    taken_at = models.DateTimeField("留存时间")
    taken_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name="留存人")
    note = models.CharField("用途", max_length=200, blank=True)
    totals = models.JSONField("汇总", encoder=DjangoJSONEncoder)
    lines = models.JSONField("名单", encoder=DjangoJSONEncoder)
    sha256 = models.CharField("摘要", max_length=64)

    objects = FinalRows["Snapshot"].as_manager()

    class Meta:
        verbose_name = "脱钩统计快照"
        verbose_name_plural = "脱钩统计快照"
        ordering = ("-as_of", "-pk")
        constraints = (models.CheckConstraint(name="snapshot_has_digest", condition=~models.Q(sha256="")),)

    def __str__(self) -> str:
        """Return the cut-off date."""
        return f"截至{self.as_of}"
