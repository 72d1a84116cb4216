"""回头看: rounds that look again at what was accepted, whom they look at, and what must be put right."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from decoupling.models.item import ItemStatus
from decoupling.models.listing import Listing
from decoupling.states import Extent, Finding


class ReviewRound(models.Model):
    """A round of 回头看. ``seed`` and ``population`` let anyone draw its sample again."""

    title = models.CharField("名称", max_length=100)
    document_no = models.CharField("部署文号", max_length=100)
    extent = models.CharField("范围", max_length=10, choices=Extent)
    seed = models.CharField("抽取用字串", max_length=100, blank=True)
    population = models.PositiveIntegerField("已验收家数")
    began_on = models.DateField("开始日期")
    began_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name="经办人")
    closed_on = models.DateField("结束日期", null=True, blank=True)
    closed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="结束经办人"
    )
    conclusion = models.TextField("结论", blank=True)

    class Meta:
        verbose_name = "回头看"
        verbose_name_plural = "回头看"
        ordering = ("-began_on", "-pk")
        constraints = (
            models.CheckConstraint(name="review_round_extent_known", condition=Q(extent__in=Extent.values)),
            models.CheckConstraint(
                name="review_round_sample_has_seed", condition=~Q(extent=Extent.SAMPLE) | ~Q(seed="")
            ),
            models.CheckConstraint(
                name="review_round_closed_wholly",
                condition=Q(closed_on__isnull=True, closed_by__isnull=True, conclusion="")
                | Q(closed_on__isnull=False, closed_on__gte=F("began_on"), closed_by__isnull=False) & ~Q(conclusion=""),
            ),
        )

    def __str__(self) -> str:
        """Return the title."""
        return self.title


class Revisit(models.Model):
    """One association a round looks at, and what was found of it."""

    review = models.ForeignKey(ReviewRound, models.PROTECT, related_name="revisits", verbose_name="回头看")
    listing = models.ForeignKey(Listing, models.PROTECT, related_name="revisits", verbose_name="名单")
    finding = models.CharField("结果", max_length=10, choices=Finding, default=Finding.PENDING)
    note = models.TextField("核查情况", blank=True)
    checked_on = models.DateField("核查日期", null=True, blank=True)
    checked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="核查人"
    )

    class Meta:
        verbose_name = "回头看核查"
        verbose_name_plural = "回头看核查"
        ordering = ("review", "listing")
        constraints = (
            models.UniqueConstraint(fields=("review", "listing"), name="revisit_once_per_round"),
            models.CheckConstraint(name="revisit_finding_known", condition=Q(finding__in=Finding.values)),
            models.CheckConstraint(
                name="revisit_has_day_and_officer",
                condition=Q(finding=Finding.PENDING, checked_on__isnull=True, checked_by__isnull=True)
                | ~Q(finding=Finding.PENDING) & Q(checked_on__isnull=False, checked_by__isnull=False) & ~Q(note=""),
            ),
        )

    def __str__(self) -> str:
        """Return round and result."""
        return f"{self.review_id} {self.get_finding_display()}"


class Rectification(models.Model):
    """整改: an item of an accepted association reopened by 回头看, until it is settled again; its clock is a deadline of the item."""

    revisit = models.ForeignKey(Revisit, models.PROTECT, related_name="rectifications", verbose_name="核查")
    status = models.ForeignKey(ItemStatus, models.PROTECT, related_name="rectifications", verbose_name="事项")
    problem = models.TextField("问题")
    found_on = models.DateField("发现日期")
    done_on = models.DateField("整改完成日期", null=True, blank=True)

    class Meta:
        verbose_name = "回头看整改"
        verbose_name_plural = "回头看整改"
        ordering = ("found_on", "pk")
        constraints = (
            models.UniqueConstraint(
                fields=("status",), condition=Q(done_on__isnull=True), name="rectification_one_open_per_item"
            ),
            models.CheckConstraint(name="rectification_has_problem", condition=~Q(problem="")),
            models.CheckConstraint(
                name="rectification_days_in_order",
                condition=Q(done_on__isnull=True) | Q(done_on__gte=F("found_on")),
            ),
        )

    def __str__(self) -> str:
        """Return the problem."""
        return self.problem[:50]
