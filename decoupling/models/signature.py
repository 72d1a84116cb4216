"""Signatures under an acceptance."""

from django.conf import settings
from django.db import models
from django.db.models import Q

from decoupling.models.listing import Listing


class Signature(models.Model):
    """One person's 验收签字; void, and gone from here but not from the ledger, once an item is reopened before acceptance."""

    listing = models.ForeignKey(Listing, models.PROTECT, related_name="signatures", verbose_name="名单")
    signer = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name="签字人")
    signed_on = models.DateField("签字日期")
    capacity = models.CharField("所在单位或者身份", max_length=200)

    class Meta:
        verbose_name = "验收签字"
        verbose_name_plural = "验收签字"
        ordering = ("listing", "signed_on", "pk")
        constraints = (
            models.UniqueConstraint(fields=("listing", "signer"), name="signature_once_per_signer"),
            models.CheckConstraint(name="signature_has_capacity", condition=~Q(capacity="")),
        )

    def __str__(self) -> str:
        """Return signer and day."""
        return f"{self.signer_id} {self.signed_on}"
