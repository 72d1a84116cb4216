"""One deed for many similar cases: what was asked for, and what came of it in each."""

from __future__ import annotations

from django.conf import settings
from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from django.db.models import Q

from cleanup.models.case import Case
from cleanup.states import BatchDeed, BatchOutcome, Treatment


class CaseBatch(models.Model):
    """批量办理. ``what`` is the kind of a document or a step, ``entered`` what is stated in every case alike."""

    deed = models.CharField("事项类别", max_length=10, choices=BatchDeed)
    what = models.CharField("事项", max_length=30)
    treatment = models.CharField("处置方式", max_length=20, choices=Treatment)
    entered = models.JSONField("填写内容", default=dict, encoder=DjangoJSONEncoder)
    on = models.DateField("办理日期")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name="经办人")
    asked_at = models.DateTimeField("提交时间", auto_now_add=True)

    class Meta:
        verbose_name = "批量办理"
        verbose_name_plural = "批量办理"
        ordering = ("-asked_at", "-pk")
        constraints = (
            models.CheckConstraint(name="case_batch_deed_known", condition=Q(deed__in=BatchDeed.values)),
            models.CheckConstraint(name="case_batch_treatment_known", condition=Q(treatment__in=Treatment.values)),
        )

    def __str__(self) -> str:
        """Return deed and what."""
        return f"{self.deed} {self.what}"


class CaseBatchRow(models.Model):
    """One case of a batch. ``told`` is the number it was done under, or in words why it was not done."""

    batch = models.ForeignKey(CaseBatch, models.PROTECT, related_name="rows", verbose_name="批量办理")
    case = models.ForeignKey(Case, models.PROTECT, related_name="batch_rows", verbose_name="个案")
    outcome = models.CharField("结果", max_length=10, choices=BatchOutcome, default=BatchOutcome.WAITING)
    told = models.JSONField("说明", default=list, encoder=DjangoJSONEncoder)

    class Meta:
        verbose_name = "批量办理的个案"
        verbose_name_plural = "批量办理的个案"
        ordering = ("batch", "pk")
        constraints = (
            models.UniqueConstraint(fields=("batch", "case"), name="case_batch_row_once"),
            models.CheckConstraint(name="case_batch_row_outcome_known", condition=Q(outcome__in=BatchOutcome.values)),
        )

    def __str__(self) -> str:
        """Return case and outcome."""
        return f"{self.case_id} {self.outcome}"
