"""Saved views: a list with its filters, under a name of one's own."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q


class SavedView(models.Model):
    """常用视图; ``path`` is the address of a list, ``query`` its filters."""

    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="saved_views", verbose_name="所有人"
    )
    name = models.CharField("名称", max_length=50)
    path = models.CharField("列表", max_length=200)
    query = models.CharField("条件", max_length=2000, blank=True)

    class Meta:
        verbose_name = "常用视图"
        verbose_name_plural = "常用视图"
        ordering = ("name", "pk")
        constraints = (
            models.UniqueConstraint(fields=("owner", "name"), name="saved_view_once_per_name"),
            models.CheckConstraint(name="saved_view_has_name_and_path", condition=~Q(name="") & ~Q(path="")),
        )

    def __str__(self) -> str:
        """Return the name."""
        return self.name

    @property
    def link(self) -> str:
        """Return the address that opens the view."""
        return f"{self.path}?{self.query}" if self.query else self.path
