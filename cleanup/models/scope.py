"""Whom a campaign is limited to by name, and whom it does not look at by a decision."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from cleanup.models.campaign import Campaign
from registry.models import Organisation


class Listed(models.Model):
    """A body on the list a campaign is limited to."""

    campaign = models.ForeignKey(Campaign, models.CASCADE, related_name="listed")
    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="+")

    class Meta:
        verbose_name = "名单内组织"
        verbose_name_plural = "名单内组织"
        ordering = ("campaign", "organisation")
        constraints = (models.UniqueConstraint(fields=("campaign", "organisation"), name="listed_once_per_campaign"),)

    def __str__(self) -> str:
        """Return campaign and organisation."""
        return f"{self.campaign_id} {self.organisation_id}"


class Exclusion(models.Model):
    """不排查. Of one campaign before it is approved, or with no campaign (免予排查) of every one, on a document.

    It counts from ``from_on`` to the end of ``until_on``, or until it is ended.
    """

    campaign = models.ForeignKey(
        Campaign, models.PROTECT, null=True, blank=True, related_name="exclusions", verbose_name="整治行动"
    )
    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="exclusions", verbose_name="社会组织")
    reason = models.TextField("理由")
    document_no = models.CharField("文号", max_length=100, blank=True)
    from_on = models.DateField("起")
    until_on = models.DateField("止", null=True, blank=True)
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name="决定人")
    ended_on = models.DateField("解除日期", null=True, blank=True)
    ended_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="解除人"
    )
    end_reason = models.TextField("解除理由", blank=True)

    class Meta:
        verbose_name = "不排查"
        verbose_name_plural = "不排查"
        ordering = ("-from_on", "-pk")
        constraints = (
            models.CheckConstraint(name="exclusion_has_reason", condition=~Q(reason="")),
            models.CheckConstraint(
                name="exclusion_of_every_campaign_has_document",
                condition=Q(campaign__isnull=False) | ~Q(document_no=""),
            ),
            models.CheckConstraint(
                name="exclusion_until_after_from", condition=Q(until_on__isnull=True) | Q(until_on__gte=F("from_on"))
            ),
            models.CheckConstraint(
                name="exclusion_ended_wholly",
                condition=Q(ended_on__isnull=True, ended_by__isnull=True, end_reason="")
                | Q(ended_on__isnull=False, ended_on__gte=F("from_on"), ended_by__isnull=False) & ~Q(end_reason=""),
            ),
            models.UniqueConstraint(
                fields=("campaign", "organisation"),
                condition=Q(ended_on__isnull=True),
                name="exclusion_once_per_campaign",
            ),
        )

    def __str__(self) -> str:
        """Return organisation and reason."""
        return f"{self.organisation_id} {self.reason}"
