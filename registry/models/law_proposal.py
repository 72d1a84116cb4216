"""A proposed change of the law as data: what shall stand, what it would move, who decided it; and its ledger."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.conf import settings
from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from django.db.models import F, Q
from django_fsm import FSMField, FSMModelMixin, transition

from registry import rules
from registry.models.chain import ChainRow
from registry.models.final import FinalRow, FinalRows
from registry.models.organisation import Organisation
from registry.models.run import JobRun
from registry.states import DECIDED_PROPOSAL, TURNED_DOWN_PROPOSAL, LawTable, ProposalState

if TYPE_CHECKING:
    from datetime import date


class LawProposal(FSMModelMixin, models.Model):
    """法规政策变动. Its ``changes`` are rows as they shall stand; ``effects`` what would come of them, as last judged.

    Rows that come into force, or go out of it, on a later day move what rests on them on that day: ``recalculate_on`` is
    the next one, ``held_on`` since when the director is waited for, because the effect is wider than was foreseen.

    ``bodies`` counts the organisations affected, ``existing`` those on the register, when the effect was judged;
    ``effect_digest`` stands for it. A director's confirmation is of one effect: ``confirmed_digest``.
    """

    reason = models.TextField("理由")
    file_name = models.CharField("法规文件", max_length=200, blank=True)
    state = FSMField("状态", choices=ProposalState, default=ProposalState.PROPOSED, protected=True)
    proposed_on = models.DateField("提出日期")
    proposed_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name="提出人")

    judged_at = models.DateTimeField("影响范围核定时间", null=True, blank=True)
    effect_digest = models.CharField(max_length=64, blank=True)
    bodies = models.PositiveIntegerField("影响的组织", default=0)
    existing = models.PositiveIntegerField("在册组织", default=0)
    limit = models.CharField("影响面上限", max_length=20, blank=True)

    confirmed_on = models.DateField("确认日期", null=True, blank=True)
    confirmed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="确认人"
    )
    confirm_reason = models.TextField("确认理由", blank=True)
    confirmed_digest = models.CharField(max_length=64, blank=True)

    ended_on = models.DateField("决定或者撤回日期", null=True, blank=True)
    ended_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="决定人"
    )
    end_reason = models.TextField("决定或者撤回的理由", blank=True)
    run = models.OneToOneField(JobRun, models.PROTECT, null=True, blank=True, related_name="law_proposal")
    recalculate_on = models.DateField("重新计算日期", null=True, blank=True)
    held_on = models.DateField("暂停重新计算日期", null=True, blank=True)

    class Meta:
        verbose_name = "法规政策变动"
        verbose_name_plural = "法规政策变动"
        ordering = ("-pk",)
        constraints = (
            models.CheckConstraint(name="law_proposal_state_known", condition=Q(state__in=ProposalState.values)),
            models.CheckConstraint(name="law_proposal_has_reason", condition=~Q(reason="")),
            models.CheckConstraint(
                name="law_proposal_effect_is_whole",
                condition=Q(judged_at__isnull=True, effect_digest="", limit="", bodies=0)
                | Q(judged_at__isnull=False, bodies__lte=F("existing")) & ~Q(effect_digest="") & ~Q(limit=""),
            ),
            models.CheckConstraint(
                name="law_proposal_confirmed_by_another_for_a_reason",
                condition=Q(
                    confirmed_on__isnull=True, confirmed_by__isnull=True, confirm_reason="", confirmed_digest=""
                )
                | Q(confirmed_on__isnull=False, confirmed_on__gte=F("proposed_on"), confirmed_by__isnull=False)
                & ~Q(confirmed_by=F("proposed_by"))
                & ~Q(confirm_reason="")
                & ~Q(confirmed_digest=""),
            ),
            models.CheckConstraint(
                name="law_proposal_ended_has_date_and_officer",
                condition=Q(state=ProposalState.PROPOSED, ended_on__isnull=True, ended_by__isnull=True, end_reason="")
                | Q(ended_on__isnull=False, ended_on__gte=F("proposed_on"), ended_by__isnull=False)
                & ~Q(state=ProposalState.PROPOSED),
            ),
            models.CheckConstraint(
                name="law_proposal_decided_by_another",
                condition=~Q(state__in=DECIDED_PROPOSAL) | ~Q(ended_by=F("proposed_by")),
            ),
            models.CheckConstraint(
                name="law_proposal_turned_down_has_reason",
                condition=~Q(state__in=TURNED_DOWN_PROPOSAL) | ~Q(end_reason=""),
            ),
            models.CheckConstraint(
                name="law_proposal_approved_has_run_and_effect",
                condition=Q(state=ProposalState.APPROVED, run__isnull=False, judged_at__isnull=False)
                | ~Q(state=ProposalState.APPROVED) & Q(run__isnull=True),
            ),
            models.CheckConstraint(
                name="law_proposal_recalculates_once_approved",
                condition=Q(recalculate_on__isnull=True) | Q(state=ProposalState.APPROVED),
            ),
            models.CheckConstraint(
                name="law_proposal_held_from_its_day_on",
                condition=Q(held_on__isnull=True) | Q(held_on__gte=F("recalculate_on"), recalculate_on__isnull=False),
            ),
        )

    def __str__(self) -> str:
        """Return the number under which people know it."""
        return f"法规政策变动第{self.pk}号"

    @property
    def is_open(self) -> bool:
        """Tell whether it waits for a decision."""
        return bool(self.state == ProposalState.PROPOSED)

    @transition(field=state, source=ProposalState.PROPOSED, target=ProposalState.APPROVED)
    def approve(self, *, facts: rules.LawDecisionFacts, on: date) -> None:
        """Let the change take effect, by somebody else than who proposed it."""
        rules.require(rules.APPROVE_LAWPROPOSAL, facts, on=on)
        self.ended_on = on

    @transition(field=state, source=ProposalState.PROPOSED, target=ProposalState.REJECTED)
    def reject(self, *, facts: rules.LawEndFacts, on: date) -> None:
        """Turn it down, for a reason."""
        rules.require(rules.REJECT_LAWPROPOSAL, facts, on=on)
        self.ended_on, self.end_reason = on, facts.reason

    @transition(field=state, source=ProposalState.PROPOSED, target=ProposalState.WITHDRAWN)
    def withdraw(self, *, facts: rules.LawEndFacts, on: date) -> None:
        """Take it back, by who proposed it."""
        rules.require(rules.WITHDRAW_LAWPROPOSAL, facts, on=on)
        self.ended_on, self.end_reason = on, facts.reason

    @transition(field=state, source=ProposalState.PROPOSED, target=ProposalState.PROPOSED)
    def confirm(self, *, facts: rules.LawConfirmationFacts, on: date) -> None:
        """Let a wide effect be approved: the director stands for it, for a reason."""
        rules.require(rules.CONFIRM_LAWPROPOSAL, facts, on=on)
        self.confirmed_on, self.confirm_reason, self.confirmed_digest = on, facts.reason, facts.effect

    @transition(field=state, source=ProposalState.APPROVED, target=ProposalState.APPROVED)
    def release(self, *, facts: rules.LawConfirmationFacts, on: date) -> None:
        """Let an effect take place that has become wider than it was foreseen, likewise."""
        rules.require(rules.CONFIRM_LAWPROPOSAL, facts, on=on)
        self.confirmed_on, self.confirm_reason, self.confirmed_digest = on, facts.reason, facts.effect
        self.held_on = None


class LawChange(FinalRow):
    """One row of the law as data as a proposal wants it: a new one, or ``row`` changed from ``before`` to ``after``."""

    proposal = models.ForeignKey(LawProposal, models.PROTECT, related_name="changes", verbose_name="变动")
    place = models.PositiveIntegerField("序号")
    table = models.CharField("数据", max_length=20, choices=LawTable)
    named = models.CharField("事项或者引用", max_length=100)
    row = models.PositiveBigIntegerField("原编号", null=True, blank=True)
    before = models.JSONField("原内容", default=dict, encoder=DjangoJSONEncoder)
    after = models.JSONField("新内容", encoder=DjangoJSONEncoder)

    objects = FinalRows["LawChange"].as_manager()

    class Meta:
        verbose_name = "法规政策变动内容"
        verbose_name_plural = "法规政策变动内容"
        ordering = ("proposal", "place")
        indexes = (models.Index(fields=("table", "named"), name="law_change_named"),)
        constraints = (
            models.UniqueConstraint(fields=("proposal", "place"), name="law_change_once_per_place"),
            models.CheckConstraint(name="law_change_table_known", condition=Q(table__in=LawTable.values)),
        )

    def __str__(self) -> str:
        """Return what it is about."""
        return f"{self.proposal_id}#{self.place} {self.named}"


class LawEffect(models.Model):
    """What would come of a proposal for one record, in words: as last judged, and for good once it has taken place.

    It takes place with the approval, or ``on`` a later day.
    """

    proposal = models.ForeignKey(LawProposal, models.PROTECT, related_name="effects", verbose_name="变动")
    place = models.PositiveIntegerField("序号")
    on = models.DateField("变动日期", null=True, blank=True)
    organisation = models.ForeignKey(
        Organisation, models.PROTECT, null=True, blank=True, related_name="law_effects", verbose_name="社会组织"
    )
    subject = models.CharField("事项编号", max_length=60)
    what = models.CharField("事项", max_length=60)
    before = models.TextField("变动前", blank=True)
    after = models.TextField("变动后", blank=True)

    class Meta:
        verbose_name = "法规政策变动影响"
        verbose_name_plural = "法规政策变动影响"
        ordering = ("proposal", "place")
        indexes = (models.Index(fields=("subject",), name="law_effect_subject"),)
        constraints = (
            models.UniqueConstraint(fields=("proposal", "place"), name="law_effect_once_per_place"),
            models.CheckConstraint(name="law_effect_changes_something", condition=~Q(before=F("after"))),
        )

    def __str__(self) -> str:
        """Return which record is moved."""
        return f"{self.proposal_id}#{self.place} {self.subject}"


class LawEvent(ChainRow):
    """What was done about a proposed change. An approval tells every row of the law as it then stands."""

    CHAIN = "law"

    subject = models.ForeignKey(LawProposal, models.PROTECT, related_name="events", verbose_name="变动")

    objects = FinalRows["LawEvent"].as_manager()

    class Meta(ChainRow.Meta):
        verbose_name = "法规台账记录"
        verbose_name_plural = "法规台账记录"
        constraints = (
            models.CheckConstraint(name="law_event_seq_from_one", condition=Q(seq__gte=1)),
            models.CheckConstraint(name="law_event_has_reason", condition=~Q(reason="")),
        )
