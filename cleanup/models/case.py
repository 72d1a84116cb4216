"""A case: what is done about a confirmed zombie, by whom, until when, and how it ended."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django_fsm import RETURN_VALUE, FSMField, FSMModelMixin, transition

from cleanup import rules
from cleanup.models.finding import Finding
from cleanup.states import SETTLED, CaseOutcome, CaseState, Step, Treatment

if TYPE_CHECKING:
    from datetime import date


class Case(FSMModelMixin, models.Model):
    """个案, one for each confirmed finding; its primary disposition is what the figures count.

    ``round`` counts how often it began anew: with another treatment, or after its decision was annulled. ``stage`` is the
    last step of the way that was taken in the present round, ``next_step`` the one that is due. ``closed_on`` is the day the body was disposed of,
    ``archived_on`` the day nothing was left to do.
    """

    finding = models.OneToOneField(Finding, models.PROTECT, related_name="case", verbose_name="线索")
    treatment = models.CharField("处置方式", max_length=20, choices=Treatment)
    officer = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="cases", verbose_name="承办人")
    opened_on = models.DateField("立案日期")
    document_no = models.CharField("文书号", max_length=100, blank=True)
    state = FSMField("状态", choices=CaseState, default=CaseState.OPEN, protected=True)
    round = models.PositiveSmallIntegerField("轮次", default=1)
    stage = models.CharField("已办至", max_length=20, choices=Step, blank=True)
    next_step = models.CharField("下一步", max_length=20, choices=Step, blank=True)
    outcome = models.CharField("办理结果", max_length=20, choices=CaseOutcome, blank=True)
    closed_on = models.DateField("办结日期", null=True, blank=True)
    archived_on = models.DateField("结案日期", null=True, blank=True)

    class Meta:
        verbose_name = "个案"
        verbose_name_plural = "个案"
        ordering = ("-opened_on", "pk")
        constraints = (
            models.CheckConstraint(name="case_state_known", condition=Q(state__in=CaseState.values)),
            models.CheckConstraint(name="case_treatment_known", condition=Q(treatment__in=Treatment.values)),
            models.CheckConstraint(name="case_stage_known", condition=Q(stage="") | Q(stage__in=Step.values)),
            models.CheckConstraint(
                name="case_next_step_known", condition=Q(next_step="") | Q(next_step__in=Step.values)
            ),
            models.CheckConstraint(name="case_round_from_one", condition=Q(round__gte=1)),
            models.CheckConstraint(
                name="case_closed_has_outcome_and_date",
                condition=Q(state__in=SETTLED, outcome__in=CaseOutcome.values, closed_on__isnull=False)
                | ~Q(state__in=SETTLED) & Q(outcome="", closed_on__isnull=True),
            ),
            models.CheckConstraint(
                name="case_closed_after_opening", condition=Q(closed_on__isnull=True) | Q(closed_on__gte=F("opened_on"))
            ),
            models.CheckConstraint(
                name="case_archived_when_closed",
                condition=Q(state=CaseState.CLOSED, archived_on__isnull=False, archived_on__gte=F("closed_on"))
                | ~Q(state=CaseState.CLOSED) & Q(archived_on__isnull=True),
            ),
        )

    def __str__(self) -> str:
        """Return finding and treatment."""
        return f"{self.finding_id} {self.treatment}"

    # --- the machine -----------------------------------------------------------------------------------

    def take(self, *, facts: rules.StepFacts, on: date) -> None:
        """Take a step; the state stays unless the step is one of the moves below, so this is no transition."""
        rules.require(rules.of_step(facts.leg), facts, on=on)
        if facts.leg is not None and facts.leg.is_main:
            self.stage = facts.leg.step

    @transition(field=state, source=CaseState.OPEN, target=CaseState.SUSPENDED)
    def suspend(self) -> None:
        """中止."""

    @transition(field=state, source=CaseState.SUSPENDED, target=CaseState.OPEN)
    def resume(self) -> None:
        """恢复."""

    @transition(
        field=state,
        source=[CaseState.OPEN, CaseState.SUSPENDED],
        target=RETURN_VALUE(CaseState.FOLLOW_UP, CaseState.CLOSED),
    )
    def close(self, *, facts: rules.ClosingFacts, on: date, follows: bool = False) -> CaseState:
        """Dispose of the body; the case stays at hand while something follows from it."""
        rules.require(rules.CLOSE_CASE, facts, on=on)
        self.outcome = facts.outcome
        self.closed_on = on
        self.archived_on = None if follows else on
        return CaseState.FOLLOW_UP if follows else CaseState.CLOSED

    @transition(field=state, source=CaseState.FOLLOW_UP, target=CaseState.CLOSED)
    def archive(self, *, on: date) -> None:
        """结案."""
        self.archived_on = on

    @transition(field=state, source=list(CaseState), target=CaseState.OPEN)
    def begin_anew(self, *, treatment: str) -> None:
        """Start another round: with another treatment, or after the decision was annulled."""
        self.treatment = treatment
        self.round += 1
        self.stage = self.outcome = ""
        self.closed_on = self.archived_on = None


class CaseRound(models.Model):
    """One round of a case: its treatment, how it ended, and whether that end was undone. The figures read these."""

    case = models.ForeignKey(Case, models.PROTECT, related_name="rounds", verbose_name="个案")
    number = models.PositiveSmallIntegerField("轮次")
    treatment = models.CharField("处置方式", max_length=20, choices=Treatment)
    began_on = models.DateField("开始日期")
    outcome = models.CharField("办理结果", max_length=20, choices=CaseOutcome, blank=True)
    closed_on = models.DateField("办结日期", null=True, blank=True)
    undone_on = models.DateField("撤销原结果日期", null=True, blank=True)

    class Meta:
        verbose_name = "个案轮次"
        verbose_name_plural = "个案轮次"
        ordering = ("case", "number")
        constraints = (
            models.UniqueConstraint(fields=("case", "number"), name="case_round_once"),
            models.CheckConstraint(
                name="case_round_closed_has_outcome_and_date",
                condition=Q(closed_on__isnull=False, outcome__in=CaseOutcome.values, closed_on__gte=F("began_on"))
                | Q(closed_on__isnull=True, outcome="", undone_on__isnull=True),
            ),
            models.CheckConstraint(
                name="case_round_undone_after_closing",
                condition=Q(undone_on__isnull=True) | Q(undone_on__gte=F("closed_on")),
            ),
        )

    def __str__(self) -> str:
        """Return case, place and treatment."""
        return f"{self.case_id}/{self.number} {self.treatment}"
