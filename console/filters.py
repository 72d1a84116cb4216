"""Filters of the lists: forms whose fields live in the address, and the rows they leave."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

from django import forms
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db.models import Exists, OuterRef, Q
from django.utils import timezone
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from cleanup.models import Campaign, Case, Finding
from cleanup.queries.wrong_flags import DECIDED as DECIDED_STATES
from cleanup.states import (
    EVER_STARTED,
    LIVE,
    SETTLED,
    UNSETTLED,
    CampaignState,
    CaseOutcome,
    CaseState,
    Criterion,
    FindingState,
    Treatment,
)
from console import sorting
from registry.models import Assignment, Organisation, Unit, User
from registry.queries.search import searched
from registry.states import OFFICERS, Kind, State
from worker.queries import carried

if TYPE_CHECKING:
    from django.db.models import QuerySet
    from django.http import QueryDict

REVOKED_NOT_CANCELLED = "revoked_not_cancelled"

UNDONE = (
    Q(case__state__in=SETTLED) & ~Q(case__outcome=CaseOutcome.RECTIFIED) & ~Q(organisation__state=State.DEREGISTERED)
)
"""A case closed by an exit that was undone: the body is back on the register and still to be dealt with."""

EXITED = Q(case__isnull=True, organisation__state=State.DEREGISTERED)
"""The body left the register before a case was opened: once confirmed, it is cleared by that exit."""

CRITERIA = [(each.value, format_lazy("{} {}", each.value, _(str(each.label)))) for each in Criterion]
"""The criteria as a filter offers them: letter and words."""

STAGES: dict[str, tuple[Any, Q]] = {
    "pending": (_("待核实"), Q(state=FindingState.OPEN)),
    "not_started": (_("未启动"), Q(state=FindingState.CONFIRMED, case__isnull=True) & ~EXITED),
    "in_progress": (_("办理中"), Q(state=FindingState.CONFIRMED) & (Q(case__state__in=UNSETTLED) | UNDONE)),
    "completed": (_("已完成"), Q(state=FindingState.CONFIRMED) & (Q(case__state__in=SETTLED) & ~UNDONE | EXITED)),
    "dismissed": (_("已排除"), Q(state=FindingState.DISMISSED)),
    "withdrawn": (_("已自动撤回"), Q(state=FindingState.WITHDRAWN)),
}
"""Where a finding stands today: the funnel's places, and the two ways out of it. They never overlap."""

DECIDED = "decided"
"""The word for what an officer has decided about, one way or the other: what wrong flags are measured by."""

TO_BE_DONE = "to_do"
"""What waits for an officer before there is a case: part of two of the stages."""

UNDATED = "undated"
"""The word of the deadline filter for open cases without one."""

INCLUDED = ("not_started", "in_progress", "completed")


class OrganisationFilter(forms.Form):
    """Search and filters of the register."""

    q = forms.CharField(label=_("搜索"), required=False, max_length=100)
    kind = forms.ChoiceField(label=_("类型"), required=False, choices=[("", _("全部")), *Kind.choices])
    state = forms.ChoiceField(
        label=_("状态"),
        required=False,
        choices=[("", _("全部")), *State.choices, (REVOKED_NOT_CANCELLED, _("已撤销未注销"))],
    )
    criterion = forms.ChoiceField(label=_("线索情形"), required=False, choices=[("", _("不限")), *CRITERIA])
    unit = forms.ModelChoiceField(label=_("业务主管单位"), required=False, queryset=Unit.objects.none())
    order = sorting.REGISTER.field()
    orders = sorting.REGISTER

    def __init__(self, data: QueryDict, *, reach: QuerySet[Organisation]) -> None:
        """Offer only the units that supervise somebody within ``reach``."""
        super().__init__(data)
        unit = self.fields["unit"]
        assert isinstance(unit, forms.ModelChoiceField)  # noqa: S101 - narrows the type
        unit.queryset = Unit.objects.filter(Exists(reach.filter(supervising_unit=OuterRef("pk"))))
        unit.empty_label = str(_("全部"))

    def but_state(self, rows: QuerySet[Organisation]) -> QuerySet[Organisation]:
        """Return what every filter but the state leaves; a value that makes no sense filters nothing."""
        rows = self._beside(rows)
        kind = self._asked().get("kind")
        return rows.filter(kind=kind) if kind else rows

    def but_kind(self, rows: QuerySet[Organisation]) -> QuerySet[Organisation]:
        """Return what every filter but the kind leaves."""
        return self._in_state(self._beside(rows))

    def rows(self, rows: QuerySet[Organisation]) -> QuerySet[Organisation]:
        """Return what all filters leave."""
        return self._in_state(self.but_state(rows))

    def _beside(self, rows: QuerySet[Organisation]) -> QuerySet[Organisation]:
        asked = self._asked()
        rows = searched(rows, asked.get("q", ""))
        if asked.get("unit"):
            rows = rows.filter(supervising_unit=asked["unit"])
        if asked.get("criterion"):
            rows = rows.filter(
                Exists(current_findings().filter(organisation=OuterRef("pk"), criteria__contains=asked["criterion"]))
            )
        return rows

    def _in_state(self, rows: QuerySet[Organisation]) -> QuerySet[Organisation]:
        state = self._asked().get("state")
        if state == REVOKED_NOT_CANCELLED:
            return rows.filter(state=State.DEREGISTERED, cancelled_on__isnull=True)
        return rows.filter(state=state) if state else rows

    @property
    def is_narrowed(self) -> bool:
        """Tell whether anything is filtered at all."""
        return any(value for name, value in self._asked().items() if name != "order")

    def _asked(self) -> dict[str, Any]:
        self.is_valid()
        return self.cleaned_data


class MonthField(forms.DateField):
    """A month as 2026-03, in the address only: charts lead here."""

    def __init__(self) -> None:
        """Take no day."""
        of_this_time = [MinValueValidator(date(1949, 10, 1)), MaxValueValidator(date(2200, 12, 1))]
        super().__init__(required=False, input_formats=["%Y-%m"], widget=forms.HiddenInput, validators=of_this_time)


class FindingFilter(forms.Form):
    """Filters of the findings."""

    q = forms.CharField(label=_("搜索"), required=False, max_length=100)
    campaign = forms.ModelChoiceField(
        label=_("整治行动"), required=False, queryset=Campaign.objects.none(), to_field_name="code"
    )
    stage = forms.ChoiceField(
        label=_("办理情况"),
        required=False,
        choices=[
            ("", _("全部")),
            ("included", _("已纳入")),
            (TO_BE_DONE, _("待办（未立案）")),
            (DECIDED, _("已决定（确认或者排除）")),
            *((key, label) for key, (label, _condition) in STAGES.items()),
        ],
    )
    criterion = forms.ChoiceField(label=_("情形"), required=False, choices=[("", _("不限")), *CRITERIA])
    kind = forms.ChoiceField(
        required=False, choices=[("", _("全部")), *Kind.choices], widget=forms.HiddenInput, label=_("类型")
    )
    carrier = forms.ModelChoiceField(label=_("承办人"), required=False, queryset=User.objects.none())
    due = forms.ChoiceField(
        label=_("办理期限"),
        required=False,
        choices=[("", _("不限")), (carried.OVERDUE, _("已逾期")), ("14", _("14日内到期"))],
    )
    order = sorting.FINDINGS.field()
    orders = sorting.FINDINGS
    found_in = MonthField()
    confirmed_in = MonthField()
    closed_in = MonthField()

    def __init__(self, data: QueryDict) -> None:
        """Offer every campaign that was ever started, and everybody who carries work or carried some."""
        super().__init__(data)
        offer(self, "campaign", Campaign.objects.filter(state__in=EVER_STARTED))
        with_work = Exists(Case.objects.filter(officer=OuterRef("pk"))) | Exists(
            Assignment.objects.filter(assignee=OuterRef("pk"))
        )
        offer(self, "carrier", User.objects.filter(Q(role__in=OFFICERS) | with_work).order_by("pk"))

    def but_stage(self, rows: QuerySet[Finding]) -> QuerySet[Finding]:
        """Return what every filter but the stage leaves."""
        asked = self._asked()
        if asked.get("q"):
            rows = rows.filter(organisation__in=searched(Organisation.objects.all(), asked["q"]))
        if asked.get("campaign"):
            rows = rows.filter(campaign=asked["campaign"])
        if asked.get("criterion"):
            rows = rows.filter(criteria__contains=asked["criterion"])
        if asked.get("kind"):
            rows = rows.filter(organisation__kind=asked["kind"])
        if asked.get("carrier"):
            rows = rows.filter(carried.carried_by(asked["carrier"].pk))
        if asked.get("due"):
            rows = rows.filter(carried.due(asked["due"], on=timezone.localdate()))
        for word, column in carried.MONTHLY.items():
            if asked.get(word):
                rows = rows.filter(carried.in_month(column, asked[word]))
        return rows

    def rows(self, rows: QuerySet[Finding]) -> QuerySet[Finding]:
        """Return what all filters leave."""
        rows = self.but_stage(rows)
        stage = self._asked().get("stage")
        if stage == "included":
            return rows.filter(in_stages(INCLUDED))
        if stage == TO_BE_DONE:
            return rows.filter(carried.TO_DO)
        if stage == DECIDED:
            return rows.filter(state__in=DECIDED_STATES)
        return rows.filter(STAGES[stage][1]) if stage else rows

    @property
    def is_narrowed(self) -> bool:
        """Tell whether anything is filtered at all."""
        return any(value for name, value in self._asked().items() if name != "order")

    def _asked(self) -> dict[str, Any]:
        self.is_valid()
        return self.cleaned_data


class CaseFilter(forms.Form):
    """Filters of the cases."""

    q = forms.CharField(label=_("搜索"), required=False, max_length=100)
    campaign = forms.ModelChoiceField(
        label=_("整治行动"), required=False, queryset=Campaign.objects.none(), to_field_name="code"
    )
    state = forms.ChoiceField(label=_("状态"), required=False, choices=[("", _("全部")), *CaseState.choices])
    treatment = forms.ChoiceField(label=_("处置方式"), required=False, choices=[("", _("全部")), *Treatment.choices])
    officer = forms.ModelChoiceField(label=_("承办人"), required=False, queryset=User.objects.none())
    due = forms.ChoiceField(
        label=_("办理期限"),
        required=False,
        choices=[("", _("不限")), (carried.OVERDUE, _("已逾期")), ("14", _("14日内到期")), (UNDATED, _("未定期限"))],
    )
    order = sorting.CASES.field()
    orders = sorting.CASES
    outcome = forms.ChoiceField(
        label=_("办理结果"), required=False, choices=[("", _("全部")), *CaseOutcome.choices], widget=forms.HiddenInput
    )

    def __init__(self, data: QueryDict) -> None:
        """Offer every campaign that was ever started, and everybody who carries a case or carried one."""
        super().__init__(data)
        offer(self, "campaign", Campaign.objects.filter(state__in=EVER_STARTED))
        offer(self, "officer", User.objects.filter(Exists(Case.objects.filter(officer=OuterRef("pk")))).order_by("pk"))

    def but_state(self, rows: QuerySet[Case]) -> QuerySet[Case]:
        """Return what every filter but the state leaves; each row has ``due_on``, when its next deadline falls due."""
        asked = self._asked()
        if asked.get("q"):
            bodies = searched(Organisation.objects.all(), asked["q"])
            rows = rows.filter(Q(finding__organisation__in=bodies) | Q(document_no__contains=asked["q"].strip()))
        if asked.get("campaign"):
            rows = rows.filter(finding__campaign=asked["campaign"])
        for name in ("treatment", "officer", "outcome"):
            if asked.get(name):
                rows = rows.filter(**{name: asked[name]})
        if asked.get("due") == UNDATED:
            return rows.filter(Q(due_on__isnull=True), state=CaseState.OPEN)
        if asked.get("due"):
            return rows.filter(finding__in=Finding.objects.filter(carried.due(asked["due"], on=timezone.localdate())))
        return rows

    def rows(self, rows: QuerySet[Case]) -> QuerySet[Case]:
        """Return what all filters leave."""
        state = self._asked().get("state")
        rows = self.but_state(rows)
        return rows.filter(state=state) if state else rows

    @property
    def is_narrowed(self) -> bool:
        """Tell whether anything is filtered at all."""
        return any(value for name, value in self._asked().items() if name != "order")

    def _asked(self) -> dict[str, Any]:
        self.is_valid()
        return self.cleaned_data


def offer(form: forms.Form, name: str, rows: QuerySet[Any]) -> None:
    """Let a choice of ``form`` be made among ``rows``, or not at all."""
    field = form.fields[name]
    assert isinstance(field, forms.ModelChoiceField)  # noqa: S101 - narrows the type
    field.queryset = rows
    field.empty_label = str(_("全部"))


def in_stages(stages: tuple[str, ...]) -> Q:
    """Return the condition for findings in any of ``stages``."""
    condition = Q()
    for stage in stages:
        condition |= STAGES[stage][1]
    return condition


def current_findings() -> QuerySet[Finding]:
    """Return the findings that stand, open or confirmed, in campaigns that run."""
    return Finding.objects.filter(state__in=LIVE, campaign__state=CampaignState.RUNNING)
