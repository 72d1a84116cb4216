"""An alert: what an officer must know, why, and until when it holds."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from worker.states import AlertKind


class Alert(models.Model):
    """提醒. ``cause`` names what gave rise to it; it closes when that is gone, and one cause is told a person once."""

    kind = models.CharField("类别", max_length=20, choices=AlertKind)
    recipient = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="alerts", verbose_name="接收人"
    )
    cause = models.CharField("起因", max_length=100)
    subject = models.CharField("内容", max_length=300)
    link = models.CharField("链接", max_length=200)
    due_on = models.DateField("期限", null=True, blank=True)
    raised_at = models.DateTimeField("提醒时间")
    seen_at = models.DateTimeField("查看时间", null=True, blank=True)
    closed_at = models.DateTimeField("解除时间", null=True, blank=True)

    class Meta:
        verbose_name = "提醒"
        verbose_name_plural = "提醒"
        ordering = ("-raised_at", "-pk")
        indexes = (
            models.Index(fields=("recipient",), condition=Q(closed_at__isnull=True), name="alert_open_of_recipient"),
        )
        constraints = (
            models.UniqueConstraint(fields=("recipient", "cause"), name="alert_once_per_cause"),
            models.CheckConstraint(name="alert_kind_known", condition=Q(kind__in=AlertKind.values)),
            models.CheckConstraint(
                name="alert_deadline_has_date",
                condition=Q(kind=AlertKind.DEADLINE, due_on__isnull=False)
                | ~Q(kind=AlertKind.DEADLINE) & Q(due_on__isnull=True),
            ),
            models.CheckConstraint(
                name="alert_seen_after_raising", condition=Q(seen_at__isnull=True) | Q(seen_at__gte=F("raised_at"))
            ),
            models.CheckConstraint(
                name="alert_closed_after_raising",
                condition=Q(closed_at__isnull=True) | Q(closed_at__gte=F("raised_at")),
            ),
        )

    def __str__(self) -> str:
        """Return what the officer reads."""
        return self.subject
