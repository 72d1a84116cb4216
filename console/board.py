"""The board of a campaign: every body on its list with treatment, step, officer and deadline, crossed off one by one."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from cleanup.models import Campaign, Case, Finding
from cleanup.queries.due import case_due_on
from cleanup.states import EVER_STARTED, UNSETTLED, CampaignState, Treatment
from console.filters import INCLUDED, STAGES, in_stages
from registry.models import Organisation, User
from registry.queries.search import searched

if TYPE_CHECKING:
    from django.db.models import QuerySet
    from django.http import QueryDict

LATE = "late"
"""The word of the deadline filter for cases whose next deadline has passed."""


class BoardFilter(forms.Form):
    """Which campaign, and which of its bodies."""

    campaign = forms.ModelChoiceField(
        label=_("整治行动"), required=False, queryset=Campaign.objects.none(), to_field_name="code"
    )
    q = forms.CharField(label=_("搜索"), required=False, max_length=100)
    stage = forms.ChoiceField(
        label=_("办理情况"), required=False, choices=[("", _("全部")), *((key, STAGES[key][0]) for key in INCLUDED)]
    )
    treatment = forms.ChoiceField(label=_("处置方式"), required=False, choices=[("", _("全部")), *Treatment.choices])
    officer = forms.ModelChoiceField(label=_("承办人"), required=False, queryset=User.objects.none())
    due = forms.ChoiceField(label=_("期限"), required=False, choices=[("", _("不限")), (LATE, _("已逾期"))])

    def __init__(self, data: QueryDict) -> None:
        """Offer every campaign that was ever started, and everybody who carries a case."""
        super().__init__(data)
        _offer(
            self, "campaign", Campaign.objects.filter(state__in=EVER_STARTED).order_by("-starts_on"), _("最近的行动")
        )
        officers = User.objects.filter(pk__in=Case.objects.values("officer")).order_by("pk")
        _offer(self, "officer", officers, _("全部"))

    @property
    def chosen(self) -> Campaign | None:
        """Return the campaign asked for, else the one that runs, else the latest."""
        self.is_valid()
        asked: Campaign | None = self.cleaned_data.get("campaign")
        started = Campaign.objects.filter(state__in=EVER_STARTED)
        running = started.filter(state=CampaignState.RUNNING)
        return asked or running.order_by("-starts_on").first() or started.order_by("-starts_on").first()

    def but_stage(self, rows: QuerySet[Finding]) -> QuerySet[Finding]:
        """Return the bodies on the campaign's list that every filter but the stage leaves."""
        self.is_valid()
        asked = self.cleaned_data
        rows = rows.filter(in_stages(INCLUDED), campaign=self.chosen)
        rows = rows.annotate(case_due_on=case_due_on(on=timezone.localdate()))
        if asked.get("q"):
            rows = rows.filter(organisation__in=searched(Organisation.objects.all(), asked["q"]))
        if asked.get("treatment"):
            rows = rows.filter(case__treatment=asked["treatment"])
        if asked.get("officer"):
            rows = rows.filter(case__officer=asked["officer"])
        if asked.get("due") == LATE:
            rows = rows.filter(case__state__in=UNSETTLED, case_due_on__lt=timezone.localdate())
        return rows

    def rows(self, rows: QuerySet[Finding]) -> QuerySet[Finding]:
        """Return the bodies all filters leave."""
        rows = self.but_stage(rows)
        stage = self.cleaned_data.get("stage")
        return rows.filter(STAGES[stage][1]) if stage else rows

    @property
    def is_narrowed(self) -> bool:
        """Tell whether anything but the campaign is asked for."""
        self.is_valid()
        return any(value for name, value in self.cleaned_data.items() if name != "campaign")


def _offer(form: forms.Form, name: str, rows: QuerySet[Any], empty: Any) -> None:
    field = form.fields[name]
    assert isinstance(field, forms.ModelChoiceField)  # noqa: S101 - narrows the type
    field.queryset = rows
    field.empty_label = str(empty)
