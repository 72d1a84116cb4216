"""What is watched once an association stands on its own: its leaders, and dated facts of 综合监管."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from decoupling.models.listing import Listing
from decoupling.states import FactKind, Post
from registry.models.final import FinalRow, FinalRows


class Leader(models.Model):
    """负责人 of a listed association, as the bureau knows them; ``other_posts`` are those held in other associations."""

    listing = models.ForeignKey(Listing, models.PROTECT, related_name="leaders", verbose_name="名单")
    name = models.CharField("姓名", max_length=50)
    post = models.CharField("职务", max_length=20, choices=Post)
    born_on = models.DateField("出生日期", null=True, blank=True)
    employer = models.CharField("会员单位", max_length=200, blank=True)
    other_posts = models.CharField("在其他社会团体担任的负责人职务", max_length=300, blank=True)
    took_office_on = models.DateField("就任日期")
    term_until = models.DateField("本届任期至", null=True, blank=True)
    terms = models.PositiveSmallIntegerField("连续任职届数", default=1)
    left_on = models.DateField("离任日期", null=True, blank=True)

    class Meta:
        verbose_name = "负责人"
        verbose_name_plural = "负责人"
        ordering = ("listing", "post", "pk")
        constraints = (
            models.CheckConstraint(name="leader_post_known", condition=Q(post__in=Post.values)),
            models.CheckConstraint(name="leader_terms_from_one", condition=Q(terms__gte=1)),
            models.CheckConstraint(
                name="leader_days_in_order",
                condition=(Q(born_on__isnull=True) | Q(took_office_on__gt=F("born_on")))
                & (Q(left_on__isnull=True) | Q(left_on__gte=F("took_office_on")))
                & (Q(term_until__isnull=True) | Q(term_until__gte=F("took_office_on"))),
            ),
        )

    def __str__(self) -> str:
        """Return name and post."""
        return f"{self.name} {self.get_post_display()}"


class Aftercare(FinalRow):
    """A dated fact of 综合监管: fees voted or published, charter approved, Party organisation set up."""

    listing = models.ForeignKey(Listing, models.PROTECT, related_name="aftercare", verbose_name="名单")
    kind = models.CharField("事项", max_length=20, choices=FactKind)
    on = models.DateField("日期")
    note = models.CharField("情况", max_length=300)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name="登记人")

    objects = FinalRows["Aftercare"].as_manager()

    class Meta:
        verbose_name = "脱钩后监管记录"
        verbose_name_plural = "脱钩后监管记录"
        ordering = ("-on", "-pk")
        constraints = (
            models.CheckConstraint(name="aftercare_kind_known", condition=Q(kind__in=FactKind.values)),
            models.CheckConstraint(name="aftercare_has_note", condition=~Q(note="")),
        )

    def __str__(self) -> str:
        """Return day and kind."""
        return f"{self.on} {self.get_kind_display()}"
