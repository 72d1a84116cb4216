"""The checklist under the five separations, and where each association stands on each item."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.conf import settings
from django.db import models
from django.db.models import Q
from django_fsm import FSMField, FSMModelMixin, transition

from decoupling import rules
from decoupling.models.listing import Listing
from decoupling.states import SETTLED, Heading, ItemState, Responsible
from registry.models import StoredFile

if TYPE_CHECKING:
    from datetime import date


class ChecklistItem(models.Model):
    """One thing to be separated. A ``blocking`` one must be settled before acceptance; ``verified`` as for the law.

    ``responsible`` is whose word it needs. One that ``bridges`` another is an approved transition: settled with a last day
    it stands in for the other until then. ``local`` ones were added by the county and apply to what is accepted from
    ``since`` on.
    """

    code = models.CharField("编号", max_length=4, unique=True)
    heading = models.CharField("类别", max_length=1, choices=Heading)
    title = models.CharField("事项", max_length=100)
    evidence = models.CharField("证明材料", max_length=200)
    verifier = models.CharField("核实单位", max_length=100)
    responsible = models.CharField("责任部门", max_length=20, choices=Responsible)
    basis = models.CharField("依据", max_length=100)
    verified = models.BooleanField("已核实", default=False)
    blocking = models.BooleanField("验收前须办结", default=True)
    bridges = models.CharField("过渡期内代替", max_length=4, blank=True)
    local = models.BooleanField("本地增加", default=False)
    since = models.DateField("自", null=True, blank=True)

    class Meta:
        verbose_name = "脱钩事项"
        verbose_name_plural = "脱钩事项"
        ordering = ("code",)
        constraints = (
            models.CheckConstraint(name="checklist_item_heading_known", condition=Q(heading__in=Heading.values)),
            models.CheckConstraint(
                name="checklist_item_code_under_heading", condition=Q(code__startswith=models.F("heading"))
            ),
            models.CheckConstraint(
                name="checklist_item_responsible_known", condition=Q(responsible__in=Responsible.values)
            ),
            models.CheckConstraint(
                name="checklist_item_local_has_day",
                condition=Q(local=False, since__isnull=True) | Q(local=True, since__isnull=False),
            ),
        )

    def __str__(self) -> str:
        """Return code and title, marked when nobody has verified it."""
        return f"{self.code} {self.title}" + ("" if self.verified else "（待核实）")

    @property
    def is_transitional(self) -> bool:
        """Tell whether settling it takes a last day."""
        return bool(self.bridges)


class ItemStatus(FSMModelMixin, models.Model):
    """One item of one association; without a row the item is pending."""

    listing = models.ForeignKey(Listing, models.PROTECT, related_name="items", verbose_name="名单")
    item = models.ForeignKey(ChecklistItem, models.PROTECT, related_name="statuses", verbose_name="事项")
    state = FSMField("情况", choices=ItemState, default=ItemState.PENDING, protected=True)
    evidence = models.TextField("证明材料", blank=True)
    reason = models.TextField("理由", blank=True)
    until = models.DateField("过渡截止日期", null=True, blank=True)
    decided_on = models.DateField("办结日期", null=True, blank=True)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="经办人"
    )

    class Meta:
        verbose_name = "事项办理情况"
        verbose_name_plural = "事项办理情况"
        ordering = ("listing", "item")
        constraints = (
            models.UniqueConstraint(fields=("listing", "item"), name="item_status_once"),
            models.CheckConstraint(name="item_status_state_known", condition=Q(state__in=ItemState.values)),
            models.CheckConstraint(
                name="item_status_done_has_evidence", condition=~Q(state=ItemState.DONE) | ~Q(evidence="")
            ),
            models.CheckConstraint(
                name="item_status_not_applicable_has_reason",
                condition=~Q(state=ItemState.NOT_APPLICABLE) | ~Q(reason=""),
            ),
            models.CheckConstraint(
                name="item_status_settled_has_date",
                condition=Q(state__in=SETTLED, decided_on__isnull=False, decided_by__isnull=False)
                | ~Q(state__in=SETTLED) & Q(decided_on__isnull=True, decided_by__isnull=True),
            ),
            models.CheckConstraint(
                name="item_status_transition_ends_later",
                condition=Q(until__isnull=True) | Q(state=ItemState.DONE, until__gte=models.F("decided_on")),
            ),
            models.CheckConstraint(
                name="item_status_rectifying_has_reason", condition=~Q(state=ItemState.RECTIFYING) | ~Q(reason="")
            ),
        )

    def __str__(self) -> str:
        """Return item and state."""
        return f"{self.item_id} {self.get_state_display()}"

    @transition(field=state, source=[ItemState.PENDING, ItemState.RECTIFYING], target=ItemState.DONE)
    def finish(self, *, facts: rules.ItemFacts, on: date) -> None:
        """Settle as done, on evidence."""
        self._settle(facts, on)

    @transition(field=state, source=[ItemState.PENDING, ItemState.RECTIFYING], target=ItemState.NOT_APPLICABLE)
    def set_aside(self, *, facts: rules.ItemFacts, on: date) -> None:
        """Settle as not applicable, for a reason."""
        self._settle(facts, on)

    @transition(field=state, source=list(SETTLED), target=ItemState.PENDING)
    def reopen(self, *, facts: rules.ItemFacts, on: date) -> None:
        """Make pending again, for a reason that the event keeps; what was entered before stands in its own event."""
        rules.require(rules.REOPEN_ITEM, facts, on=on)
        self._open()

    @transition(field=state, source=list(SETTLED), target=ItemState.RECTIFYING)
    def rectify(self, *, facts: rules.ItemFacts, on: date) -> None:
        """Open for rectification after acceptance; what was decoupled stays so."""
        rules.require(rules.RECTIFY_ITEM, facts, on=on)
        self._open()
        self.reason = facts.reason

    def _settle(self, facts: rules.ItemFacts, on: date) -> None:
        rules.require(rules.SETTLE_ITEM, facts, on=on)
        self.evidence, self.reason, self.until = facts.evidence, facts.reason, facts.until
        self.decided_on = on

    def _open(self) -> None:
        self.evidence = self.reason = ""
        self.decided_on = self.decided_by = self.until = None


class Evidence(models.Model):
    """A document filed with an item of one association; written once, it stays with the item through reopening."""

    listing = models.ForeignKey(Listing, models.PROTECT, related_name="evidence", verbose_name="名单")
    item = models.ForeignKey(ChecklistItem, models.PROTECT, related_name="+", verbose_name="事项")
    file = models.OneToOneField(StoredFile, models.PROTECT, related_name="+", verbose_name="文件")

    class Meta:
        verbose_name = "分项材料"
        verbose_name_plural = "分项材料"
        ordering = ("listing", "item", "pk")

    def __str__(self) -> str:
        """Return item and file."""
        return f"{self.item_id} {self.file_id}"
