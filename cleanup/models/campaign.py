"""A campaign: on what document, over which bodies, by which criteria in which windows."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django_fsm import FSMField, FSMModelMixin, transition

from cleanup import rules
from cleanup.states import CampaignState, Criterion
from registry.models import Organisation, Unit
from registry.states import Kind

if TYPE_CHECKING:
    from datetime import date


class Campaign(FSMModelMixin, models.Model):
    """专项整治行动. ``starts_on`` and ``ends_on`` are the days the document sets."""

    code = models.CharField("编号", max_length=20, unique=True)
    title = models.CharField("名称", max_length=200)
    document_no = models.CharField("文号", max_length=100)
    starts_on = models.DateField("开始")
    ends_on = models.DateField("结束")
    scope_authority = models.CharField("限登记机关", max_length=100, blank=True)
    scope_unit = models.ForeignKey(Unit, models.PROTECT, null=True, blank=True, verbose_name="限业务主管单位")
    state = FSMField("状态", choices=CampaignState, default=CampaignState.DRAFT, protected=True)
    drafted_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name="拟定人")
    approved_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="批准人"
    )
    approved_on = models.DateField("批准日期", null=True, blank=True)
    concluded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="办结人"
    )
    concluded_on = models.DateField("结束日期", null=True, blank=True)

    class Meta:
        verbose_name = "整治行动"
        verbose_name_plural = "整治行动"
        ordering = ("-starts_on", "code")
        constraints = (
            models.CheckConstraint(name="campaign_state_known", condition=Q(state__in=CampaignState.values)),
            models.CheckConstraint(name="campaign_ends_after_start", condition=Q(ends_on__gte=F("starts_on"))),
            models.CheckConstraint(
                name="campaign_approved_unless_draft",
                condition=Q(state=CampaignState.DRAFT, approved_by__isnull=True, approved_on__isnull=True)
                | ~Q(state=CampaignState.DRAFT) & Q(approved_by__isnull=False, approved_on__isnull=False),
            ),
            models.CheckConstraint(name="campaign_four_eyes", condition=~Q(approved_by=F("drafted_by"))),
            models.CheckConstraint(
                name="campaign_concluded_has_date",
                condition=Q(state=CampaignState.CONCLUDED, concluded_on__isnull=False, concluded_by__isnull=False)
                | ~Q(state=CampaignState.CONCLUDED) & Q(concluded_on__isnull=True, concluded_by__isnull=True),
            ),
        )

    def __str__(self) -> str:
        """Return the title."""
        return self.title

    @transition(field=state, source=CampaignState.DRAFT, target=CampaignState.RUNNING)
    def start(self, *, facts: rules.StartFacts, on: date) -> None:
        """Approve and start; drafter and approver differ."""
        rules.require(rules.START_CAMPAIGN, facts, on=on)
        self.approved_on = on

    @transition(field=state, source=CampaignState.RUNNING, target=CampaignState.CONCLUDED)
    def conclude(self, *, facts: rules.ConclusionFacts, on: date) -> None:
        """End the campaign; open findings stay as they are and nothing new enters."""
        rules.require(rules.CONCLUDE_CAMPAIGN, facts, on=on)
        self.concluded_on = on


class Window(models.Model):
    """Criteria for one kind of body in one campaign; a kind without a window is out of scope.

    Criterion A looks at the ``missed_years`` report years ending with ``last_report_year``; C at the time from
    ``inactive_since``; B at the first ``first_year_months`` after the certificate, both only where the bureau looked
    into the body's activities no earlier than ``surveyed_since``: none on file does not mean none; D at attempts since
    ``contact_since``, needing ``address_attempts`` failed ones at the registered address and
    ``representative_attempts`` to the legal representative.
    """

    campaign = models.ForeignKey(Campaign, models.CASCADE, related_name="windows")
    kind = models.CharField("类型", max_length=30, choices=Kind)
    criteria = models.CharField("适用情形", max_length=6, default="ABCD")
    missed_years = models.PositiveSmallIntegerField("连续未报年数", default=2)
    last_report_year = models.PositiveSmallIntegerField("最近应报年度")
    first_year_months = models.PositiveSmallIntegerField("取得证书后未活动（月）", default=12)
    inactive_since = models.DateField("未活动起算")
    surveyed_since = models.DateField("活动核查不早于")
    contact_since = models.DateField("联系起算")
    address_attempts = models.PositiveSmallIntegerField("住所联系失败次数", default=2)
    representative_attempts = models.PositiveSmallIntegerField("法定代表人联系失败次数", default=1)

    class Meta:
        verbose_name = "认定口径"
        verbose_name_plural = "认定口径"
        ordering = ("campaign", "kind")
        constraints = (
            models.UniqueConstraint(fields=("campaign", "kind"), name="window_once_per_kind"),
            models.CheckConstraint(name="window_missed_years_positive", condition=Q(missed_years__gte=1)),
            models.CheckConstraint(
                name="window_contact_needs_attempts",
                condition=Q(address_attempts__gte=1, representative_attempts__gte=1),
            ),
        )

    def __str__(self) -> str:
        """Return kind and criteria."""
        return f"{self.get_kind_display()} {self.criteria}"

    @property
    def report_years(self) -> tuple[int, ...]:
        """Return the report years criterion A asks for, ascending."""
        return tuple(range(self.last_report_year - self.missed_years + 1, self.last_report_year + 1))


class Determination(models.Model):
    """A local criterion (E or F) found by hand, on a document; lifted when it no longer holds."""

    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="determinations")
    criterion = models.CharField("情形", max_length=1, choices=[(c.value, c.label) for c in (Criterion.E, Criterion.F)])
    made_on = models.DateField("认定日期")
    document_no = models.CharField("文号", max_length=100)
    made_by_unit = models.CharField("认定单位", max_length=200)
    lifted_on = models.DateField("解除日期", null=True, blank=True)

    class Meta:
        verbose_name = "情形认定"
        verbose_name_plural = "情形认定"
        ordering = ("organisation", "made_on")
        constraints = (
            models.CheckConstraint(name="determination_only_local", condition=Q(criterion__in=("E", "F"))),
            models.CheckConstraint(name="determination_has_document", condition=~Q(document_no="")),
            models.CheckConstraint(
                name="determination_lifted_after_made",
                condition=Q(lifted_on__isnull=True) | Q(lifted_on__gte=F("made_on")),
            ),
        )

    def __str__(self) -> str:
        """Return criterion and document."""
        return f"{self.criterion} {self.document_no}"
