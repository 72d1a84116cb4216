"""Forms of a campaign: its settings, the window of each kind, and what its steps ask. The rules judge what is written."""

from __future__ import annotations

import unicodedata
from typing import TYPE_CHECKING, Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from cleanup.models import Campaign
from cleanup.queries.carry_over import unfinished
from cleanup.queries.usual import window as usual
from cleanup.states import EVER_STARTED, NATIONAL
from console.filters import CRITERIA
from console.labels import together
from console.language import translated
from console.work_forms import DayField
from registry.models import Organisation, Unit
from registry.states import Kind

if TYPE_CHECKING:
    from datetime import date

    from django.http import QueryDict

    from cleanup.models import Window

ROLLED = ("inactive_since", "surveyed_since", "contact_since")
"""Days of a window that move on with the years when a campaign follows another."""


class Number(forms.IntegerField):
    """A whole number that is at least one where it is asked for."""

    def __init__(self, label: Any, *, most: int = 120) -> None:
        """Ask for nothing by itself."""
        super().__init__(label=label, required=False, min_value=1, max_value=most)


class WindowForm(forms.Form):
    """The window of one kind; a kind that is not ``used`` is out of scope and asks for nothing."""

    used = forms.BooleanField(required=False)
    criteria = forms.MultipleChoiceField(
        label=_("适用情形"), required=False, choices=CRITERIA, widget=forms.CheckboxSelectMultiple
    )
    missed_years = Number(_("情形A：连续未报年数"), most=10)
    last_report_year = Number(_("情形A：最近应报年度"), most=2200)
    first_year_months = Number(_("情形B：取得证书后未活动（月）"))
    inactive_since = DayField(_("情形C：未活动起算日"))
    surveyed_since = DayField(_("情形B、C：活动核查不早于"))
    contact_since = DayField(_("情形D：联系起算日"))
    address_attempts = Number(_("情形D：住所联系失败次数"))
    representative_attempts = Number(_("情形D：法定代表人联系失败次数"))

    def __init__(self, kind: Kind, data: QueryDict | None = None, *, initial: dict[str, Any] | None = None) -> None:
        """Stand for ``kind``, with what another window of it says where there is one."""
        self.kind = kind
        super().__init__(data, prefix=kind.value, initial=initial or _begun(kind))
        self.fields["used"].label = translated(kind.label)

    @property
    def settings(self) -> list[forms.BoundField]:
        """Return the fields beside ``used`` and ``criteria``."""
        return [self[name] for name in SETTINGS]

    def clean(self) -> dict[str, Any]:
        """Everything is filled in for a kind in scope."""
        told: dict[str, Any] = super().clean() or {}
        for name in ("criteria", *SETTINGS) if told.get("used") else ():
            if name not in self.errors and not told.get(name):
                self.add_error(name, unfilled(self, name))
        return told

    def columns(self) -> dict[str, Any]:
        """Return the columns of the window."""
        told = {name: self.cleaned_data[name] for name in SETTINGS}
        return {**told, "kind": self.kind.value, "criteria": "".join(sorted(self.cleaned_data["criteria"]))}


SETTINGS = tuple(name for name in WindowForm.base_fields if name not in {"used", "criteria"})


def unfilled(form: forms.Form, name: str) -> str:
    """Return what is said beside a field that was left empty."""
    return gettext("请填写“%(label)s”") % {"label": form.fields[name].label}


class CampaignForm(forms.Form):
    """What a draft sets: on what document, how long, over whom; ``version`` is the draft the officer saw."""

    version = forms.IntegerField(required=False, widget=forms.HiddenInput)
    code = forms.CharField(label=_("编号"), max_length=20, help_text=_("简短，用在名单和地址里，如 2026-1。"))
    title = forms.CharField(label=_("名称"), max_length=200)
    document_no = forms.CharField(
        label=_("文号"), max_length=100, required=False, help_text=_("可以后补；没有文号不能批准。")
    )
    starts_on = DayField(_("开始日期"))
    ends_on = DayField(_("结束日期"))
    previous = forms.ModelChoiceField(Campaign.objects.none(), label=_("上期行动"), required=False, empty_label=_("无"))
    scope_authority = forms.ChoiceField(label=_("限登记机关"), required=False)
    scope_unit = forms.ModelChoiceField(
        Unit.objects.none(), label=_("限业务主管单位"), required=False, empty_label=_("不限")
    )
    by_list = forms.BooleanField(label=_("只排查名单上的组织"), required=False)
    listed = forms.CharField(
        label=_("名单"),
        required=False,
        help_text=_("每行一个统一社会信用代码；勾选“只排查名单上的组织”时使用。"),
        widget=forms.Textarea(attrs={"rows": 4}),
    )
    carry = forms.BooleanField(label=_("把上期未办结的组织加入名单"), required=False)

    def __init__(self, *args: Any, campaign: Campaign | None = None, **kwargs: Any) -> None:
        """Know the draft that is changed, if one is."""
        self.campaign = campaign
        super().__init__(*args, **kwargs)
        authorities = Organisation.objects.exclude(registration_authority="").order_by("registration_authority")
        names = authorities.values_list("registration_authority", flat=True).distinct()
        _field(self, "scope_authority", forms.ChoiceField).choices = [
            ("", _("不限")),
            *((each, each) for each in names),
        ]
        _field(self, "scope_unit", forms.ModelChoiceField).queryset = Unit.objects.filter(
            pk__in=Organisation.objects.filter(supervising_unit__isnull=False).values("supervising_unit")
        )
        before = Campaign.objects.filter(state__in=EVER_STARTED)
        _field(self, "previous", forms.ModelChoiceField).queryset = (
            before.exclude(pk=campaign.pk) if campaign else before
        )

    def clean_code(self) -> str:
        """Refuse a code another campaign has."""
        code: str = self.cleaned_data["code"].strip()
        if Campaign.objects.filter(code=code).exclude(pk=self.campaign.pk if self.campaign else 0).exists():
            raise forms.ValidationError(_("这个编号已经用于另一次行动"))
        return code

    def clean_listed(self) -> list[int]:
        """Return the organisations of the codes, however they are separated; name those that are not on the register."""
        typed = unicodedata.normalize("NFKC", self.cleaned_data["listed"]).upper()
        codes = list(dict.fromkeys(typed.replace(",", " ").replace(";", " ").replace("、", " ").split()))
        found = dict(Organisation.objects.filter(code__in=codes).values_list("code", "pk"))
        if missing := [code for code in codes if code not in found]:
            raise forms.ValidationError(gettext("登记名册中没有：%(codes)s") % {"codes": together(missing[:5])})
        return list(found.values())

    def clean(self) -> dict[str, Any]:
        """Days are filled in and in order; what is carried over comes from a campaign."""
        told: dict[str, Any] = super().clean() or {}
        starts, ends = told.get("starts_on"), told.get("ends_on")
        for name in ("starts_on", "ends_on"):
            if name not in self.errors and not told.get(name):
                self.add_error(name, unfilled(self, name))
        if starts and ends and ends < starts:
            self.add_error("ends_on", _("结束日期不能早于开始日期"))
        if told.get("carry") and not told.get("previous"):
            self.add_error("previous", _("请选择上期行动"))
        return told

    def columns(self, *, on: date) -> dict[str, Any]:
        """Return what the actions take, with the list as it then stands."""
        told = {name: value for name, value in self.cleaned_data.items() if name != "version"}
        carry, listed = told.pop("carry"), set(told.pop("listed"))
        if carry:
            listed |= {each.organisation_id for each in unfinished(told["previous"], on=on)}
        return {**told, "listed": sorted(listed)}


def stands(campaign: Campaign) -> dict[str, Any]:
    """Return what the form shows of a draft."""
    names = (
        "code",
        "title",
        "document_no",
        "starts_on",
        "ends_on",
        "previous",
        "scope_authority",
        "scope_unit",
        "by_list",
    )
    codes = campaign.listed.order_by("organisation__code").values_list("organisation__code", flat=True)
    return {
        **{name: getattr(campaign, name) for name in names},
        "version": campaign.version,
        "listed": "\n".join(codes),
    }


def windows(campaign: Campaign | None, data: QueryDict | None = None, *, years: int = 0) -> list[WindowForm]:
    """Return one form for each kind, with what ``campaign`` asks of it, moved on by ``years``."""
    told = {each.kind: each for each in campaign.windows.all()} if campaign else {}
    return [WindowForm(kind, data, initial=_told(told.get(kind), years)) for kind in Kind]


def _begun(kind: Kind) -> dict[str, Any]:
    """Return what stands in the window of a kind no campaign has looked at yet: what the law book says."""
    return usual({"kind": kind, "criteria": [each.value for each in NATIONAL]}, on=timezone.localdate())


def _told(window: Window | None, years: int) -> dict[str, Any]:
    if window is None:
        return {}
    found = {name: getattr(window, name) for name in SETTINGS}
    found["last_report_year"] += years
    for name in ROLLED:
        day = found[name]
        is_leap_day = (day.month, day.day) == (2, 29)
        found[name] = day.replace(year=day.year + years, day=28 if is_leap_day and years % 4 else day.day)
    return {**found, "criteria": list(window.criteria), "used": True}


def copied(campaign: Campaign, *, years: int) -> dict[str, Any]:
    """Return what the form of a campaign that follows ``campaign`` begins with."""
    kept = stands(campaign)
    begun = {name: kept[name] for name in ("title", "scope_authority", "scope_unit")}
    started = campaign.state in EVER_STARTED
    return {**begun, "previous": campaign if started else campaign.previous, "carry": started and years == 0}


def _field(form: forms.Form, name: str, kind: type[Any]) -> Any:
    field = form.fields[name]
    assert isinstance(field, kind)  # noqa: S101 - narrows the type
    return field


class UponForm(forms.Form):
    """A step that asks for nothing; ``upon`` is the last row of the campaign's ledger the officer saw."""

    upon = forms.IntegerField(required=False, widget=forms.HiddenInput)

    def told(self) -> dict[str, Any]:
        """Return what the action takes."""
        return {name: value for name, value in self.cleaned_data.items() if name != "upon"}


class ApproveForm(UponForm):
    """``seen`` is the preview the officer looked at."""

    seen = forms.IntegerField(required=False, widget=forms.HiddenInput)


class ReasonForm(UponForm):
    """Why, in the officer's words; an empty one is refused by the rule itself."""

    reason = forms.CharField(
        label=_("理由"),
        required=False,
        max_length=500,
        help_text=_("将记入台账，不可更改。"),
        widget=forms.Textarea(attrs={"rows": 3, "maxlength": 500}),
    )


class ExtendForm(ReasonForm):
    """Until when, on what document."""

    until = DayField(_("延长至"))
    document_no = forms.CharField(label=_("延长的文号"), required=False, max_length=100)
    field_order = ("upon", "until", "document_no", "reason")

    def clean(self) -> dict[str, Any]:
        """A day is filled in; whether it is late enough is for the rule to say."""
        told: dict[str, Any] = super().clean() or {}
        if "until" not in self.errors and not told.get("until"):
            self.add_error("until", unfilled(self, "until"))
        return told
