"""Batches of the list: one decision of the joint working group, with the days by which its work is due."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from decoupling.states import APPOINTED, Responsible
from registry.models import Unit
from registry.models.final import FinalRow, FinalRows

if TYPE_CHECKING:
    from datetime import date


class Batch(models.Model):
    """批次. ``plan_due_on`` and ``done_due_on`` start the clocks of its associations; late is a state, not an end."""

    number = models.PositiveSmallIntegerField("批次", primary_key=True)
    title = models.CharField("名称", max_length=100)
    document_no = models.CharField("部署文号", max_length=100)
    decided_on = models.DateField("部署日期")
    plan_due_on = models.DateField("方案报送期限", null=True, blank=True)
    done_due_on = models.DateField("完成脱钩期限", null=True, blank=True)
    opened_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name="登记人")

    class Meta:
        verbose_name = "脱钩批次"
        verbose_name_plural = "脱钩批次"
        ordering = ("number",)
        constraints = (
            models.CheckConstraint(name="batch_from_one", condition=Q(number__gte=1)),
            models.CheckConstraint(name="batch_is_documented", condition=~Q(title="") & ~Q(document_no="")),
            models.CheckConstraint(
                name="batch_days_in_order",
                condition=(Q(plan_due_on__isnull=True) | Q(plan_due_on__gte=F("decided_on")))
                & (Q(done_due_on__isnull=True) | Q(done_due_on__gte=F("decided_on")))
                & (Q(plan_due_on__isnull=True) | Q(done_due_on__isnull=True) | Q(done_due_on__gte=F("plan_due_on"))),
            ),
        )

    def __str__(self) -> str:
        """Return number and title."""
        return f"第{self.number}批 {self.title}"


class Departments(FinalRows["Department"]):
    """Who answers for what; the latest appointment by a day is in force on it."""

    def on(self, day: date) -> dict[str, Unit]:
        """Return by responsibility the unit in force on the day ``day``; one nobody is appointed for is missing."""
        rows = self.filter(since__lte=day).select_related("unit").order_by("since", "pk")
        return {row.responsible: row.unit for row in rows}


class Department(FinalRow):
    """责任部门: from a day on, a unit answers for a responsibility; written once, replaced by a later one."""

    responsible = models.CharField("职责", max_length=20, choices=Responsible)
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="+", verbose_name="单位")
    since = models.DateField("自")
    appointed_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name="登记人")

    objects = Departments.as_manager()

    class Meta:
        verbose_name = "脱钩责任部门"
        verbose_name_plural = "脱钩责任部门"
        ordering = ("responsible", "since", "pk")
        constraints = (models.CheckConstraint(name="department_is_appointed", condition=Q(responsible__in=APPOINTED)),)

    def __str__(self) -> str:
        """Return responsibility and unit."""
        return f"{self.get_responsible_display()} {self.unit_id}"
