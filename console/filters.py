"""Filters of the lists: forms whose fields live in the address, and the rows they leave."""

from __future__ import annotations

import unicodedata
from typing import TYPE_CHECKING, Any

from django import forms
from django.db.models import Exists, OuterRef, Q
from django.utils.translation import gettext_lazy as _

from cleanup.models import Campaign, Finding
from cleanup.states import LIVE, CampaignState, CaseState, Criterion, FindingState
from registry.models import FormerName, Organisation, Unit
from registry.states import Kind, State

if TYPE_CHECKING:
    from django.db.models import QuerySet
    from django.http import QueryDict

REVOKED_NOT_CANCELLED = "revoked_not_cancelled"

STAGES: dict[str, tuple[Any, Q]] = {
    "pending": (_("待核实"), Q(state=FindingState.OPEN)),
    "not_started": (_("未启动"), Q(state=FindingState.CONFIRMED, case__isnull=True)),
    "in_progress": (_("办理中"), Q(state=FindingState.CONFIRMED, case__state=CaseState.OPEN)),
    "completed": (_("已完成"), Q(state=FindingState.CONFIRMED, case__state=CaseState.CLOSED)),
    "dismissed": (_("已排除"), Q(state=FindingState.DISMISSED)),
    "withdrawn": (_("已自动撤回"), Q(state=FindingState.WITHDRAWN)),
}
"""Where a finding stands today: the funnel's places, and the two ways out of it. They never overlap."""

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
    criterion = forms.ChoiceField(
        label=_("线索情形"), required=False, choices=[("", _("不限")), *((c.value, c.value) for c in Criterion)]
    )
    unit = forms.ModelChoiceField(label=_("业务主管单位"), required=False, queryset=Unit.objects.none())
    order = forms.ChoiceField(label=_("排序"), required=False, choices=[("", _("按信用代码")), ("name", _("按名称"))])

    def __init__(self, data: QueryDict, *, reach: QuerySet[Organisation]) -> None:
        """Offer only the units that supervise somebody within ``reach``."""
        super().__init__(data)
        unit = self.fields["unit"]
        assert isinstance(unit, forms.ModelChoiceField)  # noqa: S101 - narrows the type
        unit.queryset = Unit.objects.filter(Exists(reach.filter(supervising_unit=OuterRef("pk"))))
        unit.empty_label = str(_("全部"))

    def but_state(self, rows: QuerySet[Organisation]) -> QuerySet[Organisation]:
        """Return what every filter but the state leaves; a value that makes no sense filters nothing."""
        asked = self._asked()
        rows = searched(rows, asked.get("q", ""))
        if asked.get("kind"):
            rows = rows.filter(kind=asked["kind"])
        if asked.get("unit"):
            rows = rows.filter(supervising_unit=asked["unit"])
        if asked.get("criterion"):
            rows = rows.filter(
                Exists(current_findings().filter(organisation=OuterRef("pk"), criteria__contains=asked["criterion"]))
            )
        return rows

    def rows(self, rows: QuerySet[Organisation]) -> QuerySet[Organisation]:
        """Return what all filters leave."""
        rows = self.but_state(rows)
        state = self._asked().get("state")
        if state == REVOKED_NOT_CANCELLED:
            return rows.filter(state=State.DEREGISTERED, cancelled_on__isnull=True)
        return rows.filter(state=state) if state else rows

    @property
    def by_name(self) -> bool:
        """Tell whether rows go by name, not by code."""
        return bool(self._asked().get("order") == "name")

    @property
    def is_narrowed(self) -> bool:
        """Tell whether anything is filtered at all."""
        return any(value for name, value in self._asked().items() if name != "order")

    def _asked(self) -> dict[str, Any]:
        self.is_valid()
        return self.cleaned_data


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
            *((key, label) for key, (label, _condition) in STAGES.items()),
        ],
    )
    criterion = forms.ChoiceField(
        label=_("情形"), required=False, choices=[("", _("不限")), *((c.value, c.value) for c in Criterion)]
    )

    def __init__(self, data: QueryDict) -> None:
        """Offer every campaign that was ever started."""
        super().__init__(data)
        campaign = self.fields["campaign"]
        assert isinstance(campaign, forms.ModelChoiceField)  # noqa: S101 - narrows the type
        campaign.queryset = Campaign.objects.exclude(state=CampaignState.DRAFT)
        campaign.empty_label = str(_("全部"))

    def but_stage(self, rows: QuerySet[Finding]) -> QuerySet[Finding]:
        """Return what every filter but the stage leaves."""
        asked = self._asked()
        if asked.get("q"):
            rows = rows.filter(organisation__in=searched(Organisation.objects.all(), asked["q"]))
        if asked.get("campaign"):
            rows = rows.filter(campaign=asked["campaign"])
        if asked.get("criterion"):
            rows = rows.filter(criteria__contains=asked["criterion"])
        return rows

    def rows(self, rows: QuerySet[Finding]) -> QuerySet[Finding]:
        """Return what all filters leave."""
        rows = self.but_stage(rows)
        stage = self._asked().get("stage")
        if stage == "included":
            return rows.filter(in_stages(INCLUDED))
        return rows.filter(STAGES[stage][1]) if stage else rows

    @property
    def is_narrowed(self) -> bool:
        """Tell whether anything is filtered at all."""
        return any(self._asked().values())

    def _asked(self) -> dict[str, Any]:
        self.is_valid()
        return self.cleaned_data


def in_stages(stages: tuple[str, ...]) -> Q:
    """Return the condition for findings in any of ``stages``."""
    condition = Q()
    for stage in stages:
        condition |= STAGES[stage][1]
    return condition


def current_findings() -> QuerySet[Finding]:
    """Return the findings that stand, open or confirmed, in campaigns that run."""
    return Finding.objects.filter(state__in=LIVE, campaign__state=CampaignState.RUNNING)


def searched(rows: QuerySet[Organisation], text: str) -> QuerySet[Organisation]:
    """Return rows in which every word of ``text`` occurs: in name, former name, code or legal representative.

    One character is enough; a code may be given in full-width characters and in any case.
    """
    for word in text.split():
        former = FormerName.objects.filter(organisation=OuterRef("pk"), name__contains=word)
        rows = rows.filter(
            Q(name__contains=word)
            | Q(code__contains=unicodedata.normalize("NFKC", word).upper())
            | Q(legal_representative__contains=word)
            | Exists(former)
        )
    return rows
