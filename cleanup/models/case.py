"""A case: what is done about a confirmed zombie, by whom, until when, and how it ended."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django_fsm import FSMField, FSMModelMixin, transition

from cleanup import rules
from cleanup.models.finding import Finding
from cleanup.states import CaseOutcome, CaseState, Treatment

if TYPE_CHECKING:
    from datetime import date


class Case(FSMModelMixin, models.Model):
    """个案, one for each confirmed finding; its primary disposition is what the figures count."""

    finding = models.OneToOneField(Finding, models.PROTECT, related_name="case", verbose_name="线索")
    treatment = models.CharField("处置方式", max_length=20, choices=Treatment)
    officer = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="cases", verbose_name="承办人")
    opened_on = models.DateField("立案日期")
    due_on = models.DateField("办理期限", null=True, blank=True)
    document_no = models.CharField("文书号", max_length=100, blank=True)
    state = FSMField("状态", choices=CaseState, default=CaseState.OPEN, protected=True)
    outcome = models.CharField("办理结果", max_length=20, choices=CaseOutcome, blank=True)
    closed_on = models.DateField("办结日期", null=True, blank=True)

    class Meta:
        verbose_name = "个案"
        verbose_name_plural = "个案"
        ordering = ("-opened_on", "pk")
        constraints = (
            models.CheckConstraint(name="case_state_known", condition=Q(state__in=CaseState.values)),
            models.CheckConstraint(name="case_treatment_known", condition=Q(treatment__in=Treatment.values)),
            models.CheckConstraint(
                name="case_closed_has_outcome_and_date",
                condition=Q(state=CaseState.CLOSED, outcome__in=CaseOutcome.values, closed_on__isnull=False)
                | Q(state=CaseState.OPEN, outcome="", closed_on__isnull=True),
            ),
            models.CheckConstraint(
                name="case_closed_after_opening", condition=Q(closed_on__isnull=True) | Q(closed_on__gte=F("opened_on"))
            ),
            models.CheckConstraint(
                name="case_due_after_opening", condition=Q(due_on__isnull=True) | Q(due_on__gte=F("opened_on"))
            ),
        )

    def __str__(self) -> str:
        """Return finding and treatment."""
        return f"{self.finding_id} {self.treatment}"

    @transition(field=state, source=CaseState.OPEN, target=CaseState.CLOSED)
    def close(self, *, facts: rules.ClosingFacts, on: date) -> None:
        """Close with the outcome of the treatment; the organisation's own move happens in the same action."""
        rules.require(rules.CLOSE_CASE, facts, on=on)
        self.outcome = facts.outcome
        self.closed_on = on
