"""An association's place on the list, how it came there, its plan and how far it has come."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django_fsm import RETURN_VALUE, FSMField, FSMModelMixin, transition

from decoupling import rules
from decoupling.models.batch import Batch
from decoupling.states import PLAN_APPROVED, PLAN_SUBMITTED, Category, ListingState, Residue
from registry.models import Organisation, Unit

if TYPE_CHECKING:
    from datetime import date


class Listing(FSMModelMixin, models.Model):
    """列入名单的组织, one for each. Category, batch, document and ``placed_on`` repeat its latest `Placement`."""

    organisation = models.OneToOneField(Organisation, models.PROTECT, related_name="listing", verbose_name="社会组织")
    category = models.CharField("类别", max_length=20, choices=Category)
    batch = models.ForeignKey(Batch, models.PROTECT, related_name="listings", verbose_name="批次")
    document_no = models.CharField("名单文号", max_length=100)
    placed_on = models.DateField("列入日期")
    former_unit = models.ForeignKey(
        Unit, models.PROTECT, null=True, blank=True, related_name="decoupling_listings", verbose_name="原业务主管单位"
    )
    same_trade_members = models.BooleanField("主要会员为同业或者同地经济组织")
    name_fits = models.BooleanField("名称为行业协会、商会等")
    registered_as_association = models.BooleanField("登记为社会团体法人")
    members_evidence = models.TextField("会员构成的依据")
    name_evidence = models.TextField("名称的依据")
    registration_evidence = models.TextField("登记类型的依据")

    state = FSMField("进度", choices=ListingState, default=ListingState.LISTED, protected=True)
    plan_submitted_on = models.DateField("方案报送日期", null=True, blank=True)
    plan_submitted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="报送经办人"
    )
    plan_approved_on = models.DateField("方案批复日期", null=True, blank=True)
    plan_approved_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="批复经办人"
    )
    approval_no = models.CharField("批复文号", max_length=100, blank=True)
    approval_body = models.CharField("批复单位", max_length=200, blank=True)
    accepted_on = models.DateField("验收日期", null=True, blank=True)
    residue_reason = models.CharField("未脱钩原因", max_length=20, choices=Residue, blank=True)
    residue_note = models.CharField("未脱钩情况", max_length=300, blank=True)

    class Meta:
        verbose_name = "脱钩名单"
        verbose_name_plural = "脱钩名单"
        ordering = ("batch", "organisation__code")
        indexes = (models.Index(fields=("category", "state"), name="listing_category_state"),)
        constraints = (
            models.CheckConstraint(name="listing_category_known", condition=Q(category__in=Category.values)),
            models.CheckConstraint(name="listing_state_known", condition=Q(state__in=ListingState.values)),
            models.CheckConstraint(
                name="listing_residue_known", condition=Q(residue_reason="") | Q(residue_reason__in=Residue.values)
            ),
            models.CheckConstraint(
                name="listing_is_documented",
                condition=~Q(document_no="")
                & ~Q(members_evidence="")
                & ~Q(name_evidence="")
                & ~Q(registration_evidence=""),
            ),
            models.CheckConstraint(
                name="listing_to_decouple_in_scope",
                condition=~Q(category=Category.LISTED)
                | Q(same_trade_members=True, name_fits=True, registered_as_association=True),
            ),
            models.CheckConstraint(
                name="listing_plan_submitted_has_date",
                condition=Q(state__in=PLAN_SUBMITTED, plan_submitted_on__isnull=False, plan_submitted_by__isnull=False)
                | ~Q(state__in=PLAN_SUBMITTED) & Q(plan_submitted_on__isnull=True, plan_submitted_by__isnull=True),
            ),
            models.CheckConstraint(
                name="listing_plan_approved_has_document",
                condition=Q(state__in=PLAN_APPROVED, plan_approved_on__isnull=False, plan_approved_by__isnull=False)
                & ~Q(approval_no="")
                & ~Q(approval_body="")
                | ~Q(state__in=PLAN_APPROVED)
                & Q(plan_approved_on__isnull=True, plan_approved_by__isnull=True, approval_no="", approval_body=""),
            ),
            models.CheckConstraint(
                name="listing_plan_four_eyes", condition=~Q(plan_approved_by=F("plan_submitted_by"))
            ),
            models.CheckConstraint(
                name="listing_accepted_has_date",
                condition=Q(state=ListingState.ACCEPTED, accepted_on__isnull=False)
                | ~Q(state=ListingState.ACCEPTED) & Q(accepted_on__isnull=True),
            ),
            models.CheckConstraint(
                name="listing_accepted_was_to_decouple",
                condition=~Q(state=ListingState.ACCEPTED) | Q(category=Category.LISTED, residue_reason=""),
            ),
            models.CheckConstraint(
                name="listing_approved_after_submission",
                condition=Q(plan_approved_on__isnull=True) | Q(plan_approved_on__gte=F("plan_submitted_on")),
            ),
            models.CheckConstraint(
                name="listing_accepted_after_approval",
                condition=Q(accepted_on__isnull=True) | Q(accepted_on__gte=F("plan_approved_on")),
            ),
            models.CheckConstraint(
                name="listing_other_residue_has_note",
                condition=~Q(residue_reason=Residue.OTHER) | ~Q(residue_note=""),
            ),
        )

    def __str__(self) -> str:
        """Return organisation and category."""
        return f"{self.organisation_id} {self.get_category_display()}"

    @property
    def scope(self) -> rules.Scope:
        """Return the scope test as it was answered."""
        return rules.Scope(
            same_trade_members=self.same_trade_members,
            name_fits=self.name_fits,
            registered_as_association=self.registered_as_association,
            members_evidence=self.members_evidence,
            name_evidence=self.name_evidence,
            registration_evidence=self.registration_evidence,
        )

    @transition(field=state, source=ListingState.LISTED, target=ListingState.PLANNED)
    def submit_plan(self, *, facts: rules.StepFacts, on: date) -> None:
        """File the plan of an association that is to decouple."""
        rules.require(rules.SUBMIT_PLAN, facts, on=on)
        self.plan_submitted_on = on

    @transition(field=state, source=ListingState.PLANNED, target=ListingState.LISTED)
    def return_plan(self, *, facts: rules.PlanReturnFacts, on: date) -> None:
        """Send the plan back to be reworked."""
        rules.require(rules.RETURN_PLAN, facts, on=on)
        self.plan_submitted_on = self.plan_submitted_by = None

    @transition(field=state, source=ListingState.PLANNED, target=ListingState.APPROVED)
    def approve_plan(self, *, facts: rules.ApprovalFacts, on: date) -> None:
        """Record the approval of the plan; submitter and approver differ."""
        rules.require(rules.APPROVE_PLAN, facts, on=on)
        self.plan_approved_on = on
        self.approval_no, self.approval_body = facts.approval_no, facts.approval_body

    @transition(field=state, source=ListingState.APPROVED, target=ListingState.IMPLEMENTING)
    def begin(self) -> None:
        """Start the work: the first item was settled, by whose rules that stands."""

    @transition(field=state, source=ListingState.IMPLEMENTING, target=ListingState.SIGNED_OFF)
    def complete_sign_off(self) -> None:
        """Close the five headings: the last department that had to has signed, by whose rules that stands."""

    @transition(field=state, source=ListingState.SIGNED_OFF, target=ListingState.IMPLEMENTING)
    def resume(self) -> None:
        """Go back to work: an item was reopened, and with it the department's word is void."""

    @transition(field=state, source=ListingState.SIGNED_OFF, target=ListingState.ACCEPTED)
    def accept(self, *, facts: rules.AcceptanceFacts, on: date) -> None:
        """Accept as decoupled; the organisation's own move happens in the same action."""
        rules.require(rules.ACCEPT, facts, on=on)
        self.accepted_on = on
        self.residue_reason = self.residue_note = ""

    @transition(
        field=state,
        source=ListingState.ACCEPTED,
        target=RETURN_VALUE(ListingState.IMPLEMENTING, ListingState.SIGNED_OFF),
    )
    def void(self, *, facts: rules.VoidFacts, on: date, is_signed_off: bool) -> ListingState:
        """Undo an acceptance that was wrong: an audited correction, no way back for a body that did decouple."""
        rules.require(rules.VOID, facts, on=on)
        self.accepted_on = None
        return ListingState.SIGNED_OFF if is_signed_off else ListingState.IMPLEMENTING


class Placement(models.Model):
    """One entry in the history of a listing's category; the latest one by a day is in force on it."""

    listing = models.ForeignKey(Listing, models.PROTECT, related_name="placements", verbose_name="名单")
    category = models.CharField("类别", max_length=20, choices=Category)
    batch = models.ForeignKey(Batch, models.PROTECT, related_name="placements", verbose_name="批次")
    on = models.DateField("列入日期")
    document_no = models.CharField("文号", max_length=100)
    reason = models.TextField("理由", blank=True)

    class Meta:
        verbose_name = "名单类别变动"
        verbose_name_plural = "名单类别变动"
        ordering = ("listing", "on", "pk")
        constraints = (
            models.CheckConstraint(name="placement_category_known", condition=Q(category__in=Category.values)),
            models.CheckConstraint(name="placement_has_document", condition=~Q(document_no="")),
        )

    def __str__(self) -> str:
        """Return day and category."""
        return f"{self.on} {self.get_category_display()}"
