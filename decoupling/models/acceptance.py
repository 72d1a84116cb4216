"""Acceptances and the signatures under them; one that was wrong is voided, and stays on file as such."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from decoupling.models.listing import Listing

STANDING = Q(voided_on__isnull=True)
"""In force."""


class Acceptance(models.Model):
    """验收. ``void_*`` tell of a proposal to void it, by one person, and ``voided_*`` of the decision, by another."""

    listing = models.ForeignKey(Listing, models.PROTECT, related_name="acceptances", verbose_name="名单")
    accepted_on = models.DateField("验收日期")
    accepted_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name="经办人")
    reason = models.TextField("验收结论")
    event_seq = models.PositiveIntegerField("台账序号")
    void_proposed_on = models.DateField("提请作废日期", null=True, blank=True)
    void_proposed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="提请人"
    )
    void_document_no = models.CharField("更正文书文号", max_length=100, blank=True)
    void_reason = models.TextField("作废理由", blank=True)
    voided_on = models.DateField("作废日期", null=True, blank=True)
    voided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="决定人"
    )

    class Meta:
        verbose_name = "脱钩验收"
        verbose_name_plural = "脱钩验收"
        ordering = ("listing", "accepted_on", "pk")
        constraints = (
            models.UniqueConstraint(fields=("listing",), condition=STANDING, name="acceptance_one_in_force"),
            models.CheckConstraint(name="acceptance_has_reason", condition=~Q(reason="")),
            models.CheckConstraint(
                name="acceptance_void_proposal_whole",
                condition=Q(
                    void_proposed_on__isnull=True, void_proposed_by__isnull=True, void_document_no="", void_reason=""
                )
                | Q(
                    void_proposed_on__isnull=False,
                    void_proposed_on__gte=F("accepted_on"),
                    void_proposed_by__isnull=False,
                )
                & ~Q(void_document_no="")
                & ~Q(void_reason=""),
            ),
            models.CheckConstraint(
                name="acceptance_voided_by_another",
                condition=Q(voided_on__isnull=True, voided_by__isnull=True)
                | Q(
                    voided_on__isnull=False,
                    voided_by__isnull=False,
                    void_proposed_on__isnull=False,
                    voided_on__gte=F("void_proposed_on"),
                )
                & ~Q(voided_by=F("void_proposed_by")),
            ),
        )

    def __str__(self) -> str:
        """Return the day, and whether it was voided."""
        return f"{self.accepted_on}{'（已作废）' if self.voided_on else ''}"


class Signature(models.Model):
    """One person's 验收签字; void, and gone from here but not from the ledger, once an item is reopened before acceptance.

    ``acceptance`` is the one it stands under, empty until that is declared.
    """

    listing = models.ForeignKey(Listing, models.PROTECT, related_name="signatures", verbose_name="名单")
    acceptance = models.ForeignKey(
        Acceptance, models.PROTECT, null=True, blank=True, related_name="signatures", verbose_name="验收"
    )
    signer = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name="签字人")
    signed_on = models.DateField("签字日期")
    capacity = models.CharField("所在单位或者身份", max_length=200)

    class Meta:
        verbose_name = "验收签字"
        verbose_name_plural = "验收签字"
        ordering = ("listing", "signed_on", "pk")
        constraints = (
            models.UniqueConstraint(
                fields=("listing", "signer"),
                condition=Q(acceptance__isnull=True),
                name="signature_once_per_signer",
            ),
            models.UniqueConstraint(fields=("acceptance", "signer"), name="signature_once_under_acceptance"),
            models.CheckConstraint(name="signature_has_capacity", condition=~Q(capacity="")),
        )

    def __str__(self) -> str:
        """Return signer and day."""
        return f"{self.signer_id} {self.signed_on}"
