"""A campaign: on what document, over which bodies, by which criteria in which windows."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django_fsm import FSMField, FSMModelMixin, transition

from cleanup import rules
from cleanup.states import EVER_STARTED, IN_DRAFT, UNDER_WAY, CampaignState, Criterion
from registry.models import JobRun, Organisation, Unit
from registry.models.chain import ChainRow
from registry.models.final import FinalRows
from registry.states import Kind

if TYPE_CHECKING:
    from collections.abc import Iterator


SETTINGS = (
    "code",
    "title",
    "document_no",
    "starts_on",
    "ends_on",
    "scope_authority",
    "scope_unit_id",
    "by_list",
    "previous_id",
)
"""What a draft sets, beside its windows and its list."""


def plain(value: Any) -> Any:
    """Return a column's value as the ledger writes it."""
    return value.isoformat() if isinstance(value, date) else value


class Campaign(FSMModelMixin, models.Model):
    """专项整治行动. ``starts_on`` and ``ends_on`` are the days the document sets, the latter as last extended.

    ``by_list`` limits it to the bodies it lists, be there none. ``preview`` is the run that last showed who would enter:
    a draft whose terms were changed since has none, one from which bodies were left out since keeps it to look at. Its
    state is explained by its ledger, `CampaignEvent`.
    """

    code = models.CharField("编号", max_length=20, unique=True)
    title = models.CharField("名称", max_length=200)
    document_no = models.CharField("文号", max_length=100)
    starts_on = models.DateField("开始")
    ends_on = models.DateField("结束")
    scope_authority = models.CharField("限登记机关", max_length=100, blank=True)
    scope_unit = models.ForeignKey(Unit, models.PROTECT, null=True, blank=True, verbose_name="限业务主管单位")
    by_list = models.BooleanField("限名单", default=False)
    previous = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="following", verbose_name="上期行动"
    )
    version = models.PositiveIntegerField(default=1, editable=False)
    state = FSMField("状态", choices=CampaignState, default=CampaignState.DRAFT, protected=True)
    preview = models.OneToOneField(
        JobRun, models.PROTECT, null=True, blank=True, related_name="previewed_campaign", verbose_name="预览"
    )
    drafted_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name="拟定人")
    approved_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="批准人"
    )
    approved_on = models.DateField("批准日期", null=True, blank=True)
    started_on = models.DateField("启动日期", null=True, blank=True)
    paused_on = models.DateField("暂停日期", null=True, blank=True)
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
            models.CheckConstraint(name="campaign_not_its_own_previous", condition=~Q(previous=F("pk"))),
            models.CheckConstraint(
                name="campaign_previewed_unless_draft",
                condition=Q(state=CampaignState.DRAFT) | Q(preview__isnull=False),
            ),
            models.CheckConstraint(
                name="campaign_approved_unless_draft",
                condition=Q(state__in=IN_DRAFT, approved_by__isnull=True, approved_on__isnull=True)
                | ~Q(state__in=IN_DRAFT) & Q(approved_by__isnull=False, approved_on__isnull=False),
            ),
            models.CheckConstraint(name="campaign_four_eyes", condition=~Q(approved_by=F("drafted_by"))),
            models.CheckConstraint(
                name="campaign_started_has_date",
                condition=Q(state__in=EVER_STARTED, started_on__isnull=False, started_on__gte=F("approved_on"))
                | ~Q(state__in=EVER_STARTED) & Q(started_on__isnull=True),
            ),
            models.CheckConstraint(
                name="campaign_paused_has_date",
                condition=Q(state=CampaignState.PAUSED, paused_on__isnull=False, paused_on__gte=F("started_on"))
                | ~Q(state=CampaignState.PAUSED) & Q(paused_on__isnull=True),
            ),
            models.CheckConstraint(
                name="campaign_concluded_has_date",
                condition=Q(state=CampaignState.CONCLUDED, concluded_on__isnull=False, concluded_by__isnull=False)
                | ~Q(state=CampaignState.CONCLUDED) & Q(concluded_on__isnull=True, concluded_by__isnull=True),
            ),
        )

    def __str__(self) -> str:
        """Return the title."""
        return self.title

    def told(self) -> dict[str, Any]:
        """Return the campaign as its ledger tells it."""
        listed = self.listed.order_by("organisation__code").values_list("organisation__code", flat=True)
        return {
            **{name: plain(getattr(self, name)) for name in SETTINGS},
            "state": str(self.state),
            "windows": {window.kind: window.told() for window in self.windows.all()},
            "listed": list(listed),
        }

    # --- the machine -----------------------------------------------------------------------------------

    @transition(field=state, source=list(IN_DRAFT), target=CampaignState.PREVIEWED)
    def show(self, *, preview: JobRun) -> None:
        """Keep who would enter, for the approver to see."""
        self.preview = preview

    @transition(field=state, source=list(IN_DRAFT), target=CampaignState.DRAFT)
    def revise(self) -> None:
        """Open it for change; what was previewed no longer tells what it asks."""
        self.preview = None

    @transition(field=state, source=list(IN_DRAFT), target=CampaignState.DRAFT)
    def choose_anew(self) -> None:
        """Leave somebody out, or look at them again: what was previewed can be looked at, and no longer approved."""

    @transition(field=state, source=CampaignState.PREVIEWED, target=CampaignState.APPROVED)
    def approve(self, *, facts: rules.ApprovalFacts, on: date) -> None:
        """Approve as previewed; approver and drafters differ."""
        rules.require(rules.APPROVE_CAMPAIGN, facts, on=on)
        self.approved_on = on

    @transition(field=state, source=CampaignState.APPROVED, target=CampaignState.RUNNING)
    def start(self, *, facts: rules.CourseFacts, on: date) -> None:
        """Start an approved campaign on its day or later."""
        rules.require(rules.START_CAMPAIGN, facts, on=on)
        self.started_on = on

    @transition(field=state, source=CampaignState.RUNNING, target=CampaignState.PAUSED)
    def pause(self, *, facts: rules.CourseFacts, on: date) -> None:
        """Stop sweeping and confirming for a while; cases go on."""
        rules.require(rules.PAUSE_CAMPAIGN, facts, on=on)
        self.paused_on = on

    @transition(field=state, source=CampaignState.PAUSED, target=CampaignState.RUNNING)
    def resume(self, *, facts: rules.CourseFacts, on: date) -> None:
        """Go on."""
        rules.require(rules.PAUSE_CAMPAIGN, facts, on=on)
        self.paused_on = None

    @transition(field=state, source=list(UNDER_WAY), target=CampaignState.CONCLUDED)
    def conclude(self, *, facts: rules.ConclusionFacts, on: date) -> None:
        """End the campaign; open findings stay as they are and nothing new enters."""
        rules.require(rules.CONCLUDE_CAMPAIGN, facts, on=on)
        self.concluded_on, self.paused_on = on, None

    def extend(self, *, facts: rules.CampaignExtensionFacts, on: date) -> None:
        """Move the end, on a document; the state stays, so this is no transition."""
        rules.require(rules.EXTEND_CAMPAIGN, facts, on=on)
        self.ends_on = facts.until


class CampaignEvent(ChainRow):
    """What was done with a campaign. ``facts["campaign"]`` is the campaign as it then stood, windows and list included."""

    CHAIN = "campaigns"

    subject = models.ForeignKey(Campaign, models.PROTECT, related_name="events", verbose_name="整治行动")
    reason = models.TextField("理由", blank=True)

    objects = FinalRows["CampaignEvent"].as_manager()

    @classmethod
    def differing(cls) -> Iterator[tuple[int, str]]:
        """Compare every campaign with the last row about it."""
        told = {event.subject_id: event for event in cls.objects.order_by("seq")}
        for campaign in Campaign.objects.order_by("pk"):
            event = told.get(campaign.pk)
            if event is None or event.facts.get("campaign") != campaign.told():
                yield event.seq if event else 0, f"整治行动“{campaign.code}”与最后一条记录不符"

    class Meta(ChainRow.Meta):
        verbose_name = "行动台账记录"
        verbose_name_plural = "行动台账"
        constraints = (models.CheckConstraint(name="campaign_event_seq_from_one", condition=Q(seq__gte=1)),)


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
    missed_years = models.PositiveSmallIntegerField("连续未报年数")
    last_report_year = models.PositiveSmallIntegerField("最近应报年度")
    first_year_months = models.PositiveSmallIntegerField("取得证书后未活动（月）")
    inactive_since = models.DateField("未活动起算")
    surveyed_since = models.DateField("活动核查不早于")
    contact_since = models.DateField("联系起算")
    address_attempts = models.PositiveSmallIntegerField("住所联系失败次数")
    representative_attempts = models.PositiveSmallIntegerField("法定代表人联系失败次数")

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

    def told(self) -> dict[str, Any]:
        """Return what it sets, beside its kind, as the ledger tells it."""
        names = (field.name for field in self._meta.concrete_fields if field.name not in {"id", "campaign", "kind"})
        return {name: plain(getattr(self, name)) for name in names}

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
