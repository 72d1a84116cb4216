"""The departments' written words on what they answer for, and reminders to those who have not given theirs."""

from django.conf import settings
from django.db import models
from django.db.models import Q

from decoupling.models.listing import Listing
from decoupling.states import Heading, Responsible
from registry.models import StoredFile, Unit
from registry.models.final import FinalRow, FinalRows


class SignOff(models.Model):
    """会签: one responsible department's 评定结果 on its items under one heading.

    ``unit`` is empty where the registration authority itself is responsible. ``on_paper`` ones were written down by the
    bureau from the original in ``file``. Void, and gone from here but not from the ledger, once one of the items is
    reopened before acceptance.
    """

    listing = models.ForeignKey(Listing, models.PROTECT, related_name="sign_offs", verbose_name="名单")
    heading = models.CharField("方面", max_length=1, choices=Heading)
    responsible = models.CharField("职责", max_length=20, choices=Responsible)
    unit = models.ForeignKey(Unit, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="责任部门")
    signed_on = models.DateField("会签日期")
    signed_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name="会签人")
    result = models.TextField("评定结果")
    on_paper = models.BooleanField("依书面代录", default=False)
    document_no = models.CharField("评定结果文号", max_length=100, blank=True)
    file = models.OneToOneField(
        StoredFile, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="书面评定结果"
    )

    class Meta:
        verbose_name = "分项会签"
        verbose_name_plural = "分项会签"
        ordering = ("listing", "heading", "responsible")
        constraints = (
            models.UniqueConstraint(fields=("listing", "heading", "responsible"), name="sign_off_once"),
            models.CheckConstraint(name="sign_off_heading_known", condition=Q(heading__in=Heading.values)),
            models.CheckConstraint(name="sign_off_responsible_known", condition=Q(responsible__in=Responsible.values)),
            models.CheckConstraint(name="sign_off_has_result", condition=~Q(result="")),
            models.CheckConstraint(
                name="sign_off_on_paper_has_original",
                condition=Q(on_paper=False) | Q(file__isnull=False) & ~Q(document_no=""),
            ),
        )

    def __str__(self) -> str:
        """Return heading and department."""
        return f"{self.heading} {self.get_responsible_display()}"


class Reminder(FinalRow):
    """催办: a department was asked for what is missing from it; its people are alerted while it still is."""

    listing = models.ForeignKey(Listing, models.PROTECT, related_name="reminders", verbose_name="名单")
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="+", verbose_name="责任部门")
    on = models.DateField("催办日期")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name="催办人")
    note = models.CharField("说明", max_length=300, blank=True)

    objects = FinalRows["Reminder"].as_manager()

    class Meta:
        verbose_name = "催办"
        verbose_name_plural = "催办"
        ordering = ("-on", "-pk")
        constraints = (models.UniqueConstraint(fields=("listing", "unit", "on"), name="reminder_once_a_day"),)

    def __str__(self) -> str:
        """Return day and department."""
        return f"{self.on} {self.unit_id}"
