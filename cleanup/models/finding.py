"""A finding: one body that meets criteria of one campaign, with the facts it rests on, frozen."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.conf import settings
from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from django.db.models import Q
from django_fsm import FSMField, FSMModelMixin, transition

from cleanup import rules
from cleanup.models.campaign import Campaign
from cleanup.states import LIVE, FindingState
from registry.models import JobRun, Organisation

if TYPE_CHECKING:
    from datetime import date


class Finding(FSMModelMixin, models.Model):
    """线索. ``criteria`` are the letters that matched; ``facts`` what each was judged on, as of ``found_on``."""

    campaign = models.ForeignKey(Campaign, models.PROTECT, related_name="findings")
    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="findings")
    criteria = models.CharField("情形", max_length=6)
    facts = models.JSONField("事实", default=dict, encoder=DjangoJSONEncoder)
    found_on = models.DateField("发现日期")
    run = models.ForeignKey(JobRun, models.PROTECT, null=True, blank=True, related_name="findings")
    ended_run = models.ForeignKey(JobRun, models.PROTECT, null=True, blank=True, related_name="ended_findings")
    state = FSMField("状态", choices=FindingState, default=FindingState.OPEN, protected=True)
    confirmed_on = models.DateField("确认日期", null=True, blank=True)
    ended_on = models.DateField("排除或撤回日期", null=True, blank=True)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="决定人"
    )
    reason = models.TextField("理由", blank=True)

    class Meta:
        verbose_name = "线索"
        verbose_name_plural = "线索"
        ordering = ("-found_on", "pk")
        indexes = (
            models.Index(fields=("campaign", "state"), name="finding_campaign_state"),
            models.Index(fields=("found_on", "id"), name="finding_latest"),
        )
        constraints = (
            models.CheckConstraint(name="finding_state_known", condition=Q(state__in=FindingState.values)),
            models.CheckConstraint(name="finding_has_criteria", condition=~Q(criteria="")),
            models.UniqueConstraint(
                fields=("campaign", "organisation"),
                condition=Q(state__in=LIVE),
                name="finding_one_standing_per_campaign",
            ),
            models.CheckConstraint(
                name="finding_confirmed_has_date",
                condition=~Q(state=FindingState.CONFIRMED) | Q(confirmed_on__isnull=False),
            ),
            models.CheckConstraint(
                name="finding_ended_has_date",
                condition=Q(state__in=LIVE, ended_on__isnull=True) | ~Q(state__in=LIVE) & Q(ended_on__isnull=False),
            ),
        )

    def __str__(self) -> str:
        """Return organisation and criteria."""
        return f"{self.organisation_id} {self.criteria}"

    @transition(field=state, source=FindingState.OPEN, target=FindingState.CONFIRMED)
    def confirm(self, *, facts: rules.DecisionFacts, on: date) -> None:
        """Accept the finding: the body is 纳入 and may be marked dormant."""
        rules.require(rules.CONFIRM_FINDING, facts, on=on)
        self.confirmed_on = on

    @transition(field=state, source=[FindingState.OPEN, FindingState.CONFIRMED], target=FindingState.DISMISSED)
    def dismiss(self, *, facts: rules.DecisionFacts, on: date) -> None:
        """Reject the finding with a reason; a confirmed one only while the body is not dormant and has no case."""
        rules.require(rules.DISMISS_FINDING, facts, on=on)
        self.ended_on = on

    @transition(field=state, source=FindingState.CONFIRMED, target=FindingState.DISMISSED)
    def drop(self, *, on: date) -> None:
        """Give up a confirmed finding together with its case, whose rules have judged it."""
        self.ended_on = on

    @transition(field=state, source=FindingState.OPEN, target=FindingState.WITHDRAWN)
    def withdraw(self, *, on: date) -> None:
        """Withdraw what the facts no longer support."""
        self.ended_on = on
