"""Applications to the register: from receipt to decision, with their clock, four eyes and every step."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.conf import settings
from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from django.db.models import F, Q
from django_fsm import FSMField, FSMModelMixin, transition

from registry import rules
from registry.models.final import FinalRow, FinalRows
from registry.models.organisation import Organisation
from registry.models.subject import Subject
from registry.states import DECIDED_FILING, PENDING_FILING, STOPPED_FILING, FilingKind, FilingState, SubjectKind

if TYPE_CHECKING:
    from datetime import date

NOT_REVIEWED = (FilingState.DRAFT, FilingState.SUBMITTED, FilingState.RETURNED, FilingState.NOT_ACCEPTED)
"""States before acceptance, and the end it may come to there."""
REVIEW_DONE = (FilingState.REVIEWED, *DECIDED_FILING)
ACCEPTED_OR_LATER = (FilingState.ACCEPTED, *REVIEW_DONE)


class FilingNumber(models.Model):
    """The last number given in a year; its row is locked while the next one is given, so that none is left out."""

    year = models.PositiveSmallIntegerField("年度", primary_key=True)
    last = models.PositiveIntegerField("最后编号", default=0)

    class Meta:
        verbose_name = "收件编号"
        verbose_name_plural = "收件编号"

    def __str__(self) -> str:
        """Return year and number as on an application."""
        return f"{self.year}-{self.last:04d}"


class Filing(FSMModelMixin, models.Model):
    """登记申请. ``proposal`` holds columns as the ledger writes them (see `registry.queries.proposals`).

    ``documents`` says for each code of the checklist ``{"status", "reason", "reference"}``. ``organisation`` is empty
    for 成立 until approved. Its time limits are rows of `Deadline`.
    """

    kind = models.CharField("申请事项", max_length=20, choices=FilingKind)
    number = models.CharField("收件编号", max_length=20, blank=True)
    organisation = models.ForeignKey(
        Organisation, models.PROTECT, null=True, blank=True, related_name="filings", verbose_name="社会组织"
    )
    applicant = models.CharField("申请人", max_length=100, blank=True)
    proposal = models.JSONField("申请内容", default=dict, encoder=DjangoJSONEncoder)
    documents = models.JSONField("材料", default=dict, encoder=DjangoJSONEncoder)
    state = FSMField("状态", choices=FilingState, default=FilingState.DRAFT, protected=True)
    version = models.PositiveIntegerField(default=1, editable=False)
    drafted_on = models.DateField("填写日期")
    drafted_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name="填写人")

    received_on = models.DateField("收件日期", null=True, blank=True)
    submitted_on = models.DateField("材料收到日期", null=True, blank=True)
    missing = models.TextField("需要补正的内容", blank=True)

    accepted_on = models.DateField("受理日期", null=True, blank=True)
    handler = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="受理人"
    )

    reviewed_on = models.DateField("审查日期", null=True, blank=True)
    reviewer = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="审查人"
    )
    opinion = models.TextField("审查意见", blank=True)
    favourable = models.BooleanField("建议准予", null=True, blank=True)

    decided_on = models.DateField("决定日期", null=True, blank=True)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="决定人"
    )
    decision_no = models.CharField("决定文号", max_length=100, blank=True)
    decision_basis = models.CharField("决定依据", max_length=200, blank=True)
    decision_reason = models.TextField("决定理由", blank=True)

    stopped_on = models.DateField("终止日期", null=True, blank=True)
    stop_reason = models.TextField("终止理由", blank=True)

    class Meta:
        verbose_name = "登记申请"
        verbose_name_plural = "登记申请"
        ordering = ("-pk",)
        indexes = (models.Index(fields=("state",), name="filing_state"),)
        constraints = (
            models.CheckConstraint(name="filing_kind_known", condition=Q(kind__in=FilingKind.values)),
            models.CheckConstraint(name="filing_state_known", condition=Q(state__in=FilingState.values)),
            models.CheckConstraint(
                name="filing_organisation_fits_kind",
                condition=~Q(kind=FilingKind.ESTABLISH) & Q(organisation__isnull=False)
                | Q(kind=FilingKind.ESTABLISH, state=FilingState.APPROVED, organisation__isnull=False)
                | Q(kind=FilingKind.ESTABLISH, organisation__isnull=True) & ~Q(state=FilingState.APPROVED),
            ),
            models.UniqueConstraint(fields=("number",), condition=~Q(number=""), name="filing_number_once"),
            models.UniqueConstraint(
                fields=("organisation",),
                condition=Q(state__in=PENDING_FILING),
                name="filing_one_pending_per_organisation",
            ),
            models.CheckConstraint(
                name="filing_received_has_number_and_dates",
                condition=Q(received_on__isnull=False, submitted_on__isnull=False, submitted_on__gte=F("received_on"))
                & ~Q(number="")
                & ~Q(state=FilingState.DRAFT)
                | Q(received_on__isnull=True, submitted_on__isnull=True, number="")
                & Q(state__in=(FilingState.DRAFT, FilingState.WITHDRAWN)),
            ),
            models.CheckConstraint(
                name="filing_returned_says_what_is_missing", condition=~Q(state=FilingState.RETURNED) | ~Q(missing="")
            ),
            models.CheckConstraint(
                name="filing_accepted_has_handler",
                condition=Q(
                    accepted_on__isnull=False,
                    accepted_on__gte=F("submitted_on"),
                    handler__isnull=False,
                )
                & ~Q(state__in=NOT_REVIEWED)
                | Q(accepted_on__isnull=True, handler__isnull=True) & ~Q(state__in=ACCEPTED_OR_LATER),
            ),
            models.CheckConstraint(
                name="filing_reviewed_by_another",
                condition=Q(reviewed_on__isnull=True, reviewer__isnull=True, opinion="", favourable__isnull=True)
                & ~Q(state__in=REVIEW_DONE)
                | Q(
                    reviewed_on__isnull=False,
                    accepted_on__isnull=False,
                    reviewed_on__gte=F("accepted_on"),
                    reviewer__isnull=False,
                    favourable__isnull=False,
                )
                & ~Q(reviewer=F("handler"))
                & ~Q(opinion="")
                & Q(state__in=(*REVIEW_DONE, FilingState.WITHDRAWN)),
            ),
            models.CheckConstraint(
                name="filing_decided_by_another_in_writing",
                condition=Q(
                    decided_on__isnull=True,
                    decided_by__isnull=True,
                    decision_no="",
                    decision_basis="",
                    decision_reason="",
                )
                & ~Q(state__in=DECIDED_FILING)
                | Q(
                    decided_on__isnull=False,
                    decided_on__gte=F("reviewed_on"),
                    decided_by__isnull=False,
                    state__in=DECIDED_FILING,
                )
                & ~Q(decided_by=F("handler"))
                & ~Q(decision_no="")
                & ~Q(decision_basis=""),
            ),
            models.CheckConstraint(
                name="filing_denied_has_reason", condition=~Q(state=FilingState.DENIED) | ~Q(decision_reason="")
            ),
            models.CheckConstraint(
                name="filing_stopped_has_date_and_reason",
                condition=Q(state__in=STOPPED_FILING, stopped_on__isnull=False) & ~Q(stop_reason="")
                | ~Q(state__in=STOPPED_FILING) & Q(stopped_on__isnull=True, stop_reason=""),
            ),
        )

    def __str__(self) -> str:
        """Return number and what is asked for."""
        return f"{self.number or '（草稿）'} {self.get_kind_display()}"

    @property
    def subject(self) -> Subject:
        """Return how notes, assignments and deadlines name it."""
        return Subject(SubjectKind.FILING, self.pk)

    @property
    def decision_clock(self) -> str:
        """Return the kind of deadline its decision is under."""
        return "filing.establishment" if self.kind == FilingKind.ESTABLISH else "filing.decision"

    @property
    def name(self) -> str:
        """Return the name of the body it is about: proposed for 成立, else as registered."""
        return self.organisation.name if self.organisation else str(self.proposal.get("name") or "")

    @property
    def body_kind(self) -> str:
        """Return the kind of the body it is about; empty while a draft does not say."""
        return self.organisation.kind if self.organisation else str(self.proposal.get("kind") or "")

    # --- the machine -----------------------------------------------------------------------------------

    @transition(field=state, source=[FilingState.DRAFT, FilingState.RETURNED], target=FilingState.SUBMITTED)
    def submit(self, *, facts: rules.SubmissionFacts, on: date) -> None:
        """Hand in, or hand in again with what was missing; the number of the first receipt stays."""
        rules.require(rules.SUBMIT_FILING, facts, on=on)
        self.received_on = self.received_on or on
        self.submitted_on = on
        self.missing = ""

    @transition(field=state, source=FilingState.SUBMITTED, target=FilingState.ACCEPTED)
    def accept(self, *, facts: rules.IntakeFacts, on: date) -> None:
        """受理: the documents are complete, the clock runs."""
        rules.require(rules.ACCEPT_FILING, facts, on=on)
        self.accepted_on = on

    @transition(field=state, source=FilingState.SUBMITTED, target=FilingState.RETURNED)
    def return_for_completion(self, *, facts: rules.IntakeFacts, on: date) -> None:
        """补正: say once and in time all that is missing."""
        rules.require(rules.RETURN_FOR_COMPLETION_FILING, facts, on=on)
        self.missing = facts.missing

    @transition(field=state, source=FilingState.SUBMITTED, target=FilingState.NOT_ACCEPTED)
    def refuse_acceptance(self, *, facts: rules.IntakeFacts, on: date) -> None:
        """不予受理, for a reason."""
        rules.require(rules.REFUSE_ACCEPTANCE_FILING, facts, on=on)
        self.stopped_on, self.stop_reason = on, facts.reason

    @transition(field=state, source=FilingState.ACCEPTED, target=FilingState.REVIEWED)
    def review(self, *, facts: rules.ReviewFacts, on: date) -> None:
        """审查, by somebody else than the officer who accepted."""
        rules.require(rules.REVIEW_FILING, facts, on=on)
        self.reviewed_on, self.opinion = on, facts.opinion

    @transition(field=state, source=FilingState.REVIEWED, target=FilingState.APPROVED)
    def approve(self, *, facts: rules.DecisionFacts, on: date) -> None:
        """准予登记; the register moves in the same action."""
        rules.require(rules.APPROVE_FILING, facts, on=on)
        self._decide(facts, on)

    @transition(field=state, source=FilingState.REVIEWED, target=FilingState.DENIED)
    def deny(self, *, facts: rules.DecisionFacts, on: date) -> None:
        """不予登记, with reasons."""
        rules.require(rules.DENY_FILING, facts, on=on)
        self._decide(facts, on)

    @transition(field=state, source=[FilingState.DRAFT, *PENDING_FILING], target=FilingState.WITHDRAWN)
    def withdraw(self, *, facts: rules.WithdrawalFacts, on: date) -> None:
        """The applicant takes it back before the decision."""
        rules.require(rules.WITHDRAW_FILING, facts, on=on)
        self.stopped_on, self.stop_reason = on, facts.reason

    def _decide(self, facts: rules.DecisionFacts, on: date) -> None:
        self.decided_on = on
        self.decision_no, self.decision_basis, self.decision_reason = facts.decision_no, facts.basis, facts.reason


class FilingStep(FinalRow):
    """One thing done with an application: written once. A body's own ledger tells the same from receipt on."""

    filing = models.ForeignKey(Filing, models.PROTECT, related_name="steps", verbose_name="登记申请")
    seq = models.PositiveIntegerField("序号")
    verb = models.CharField("事项", max_length=60)
    on = models.DateField("办理日期")
    at = models.DateTimeField("记录时间")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name="经办人")
    state = models.CharField("之后状态", max_length=20, choices=FilingState)
    reason = models.TextField("说明", blank=True)
    facts = models.JSONField("事实", default=dict, encoder=DjangoJSONEncoder)

    objects = FinalRows["FilingStep"].as_manager()

    class Meta:
        verbose_name = "申请办理步骤"
        verbose_name_plural = "申请办理步骤"
        ordering = ("filing", "seq")
        constraints = (
            models.UniqueConstraint(fields=("filing", "seq"), name="filing_step_once_per_place"),
            models.CheckConstraint(name="filing_step_seq_from_one", condition=Q(seq__gte=1)),
        )

    def __str__(self) -> str:
        """Return application, place and verb."""
        return f"{self.filing_id}#{self.seq} {self.verb}"
