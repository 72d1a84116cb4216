"""Law as data: legal bases and dated policy values, each with source and whether anyone has verified it."""

from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from django.db.models import F, Q

from registry.states import Kind


class LegalBasis(models.Model):
    """One provision as the system cites it. ``text`` is our summary, not the official wording."""

    code = models.CharField("引用", max_length=100)
    law = models.CharField("名称", max_length=200)
    version = models.CharField("版本", max_length=50)
    article = models.CharField("条款", max_length=50, blank=True)
    text = models.TextField("摘要")
    source = models.CharField("来源", max_length=300)
    verified = models.BooleanField("已核实", default=False)
    effective_from = models.DateField("施行日期", null=True, blank=True)
    effective_to = models.DateField("失效日期", null=True, blank=True)

    class Meta:
        verbose_name = "法律依据"
        verbose_name_plural = "法律依据"
        ordering = ("law", "code", "version")
        constraints = (models.UniqueConstraint(fields=("code", "version"), name="legal_basis_once_per_version"),)

    def __str__(self) -> str:
        """Return the citation, marked when nobody has verified it."""
        return self.code if self.verified else f"{self.code}（待核实）"


class Policy(models.Model):
    """A dated value that law or the bureau sets: a window, a due date, a number of days."""

    key = models.CharField("事项", max_length=80)
    kind = models.CharField("适用类型", max_length=30, choices=Kind, blank=True)
    year = models.PositiveSmallIntegerField("适用年度", null=True, blank=True)
    value = models.JSONField("值", encoder=DjangoJSONEncoder)
    unit = models.CharField("单位", max_length=20, blank=True)
    basis = models.CharField("依据", max_length=100, blank=True)
    source = models.CharField("来源", max_length=300)
    verified = models.BooleanField("已核实", default=False)
    effective_from = models.DateField("生效")
    effective_to = models.DateField("失效", null=True, blank=True)

    class Meta:
        verbose_name = "政策参数"
        verbose_name_plural = "政策参数"
        ordering = ("key", "kind", "year", "effective_from")
        constraints = (
            models.UniqueConstraint(fields=("key", "kind", "year", "effective_from"), name="policy_once_per_start"),
            models.UniqueConstraint(
                fields=("key", "kind", "effective_from"), condition=Q(year=None), name="policy_once_per_start_any_year"
            ),
            models.CheckConstraint(
                name="policy_ends_after_start",
                condition=Q(effective_to__isnull=True) | Q(effective_to__gt=F("effective_from")),
            ),
        )

    def __str__(self) -> str:
        """Return key and value, marked when nobody has verified it."""
        return f"{self.key}={self.value}" + ("" if self.verified else "（待核实）")
