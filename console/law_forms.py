"""Forms about the law as data: filters, what shall stand, and the decisions about it. The rules judge what is written."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from django import forms
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from console.language import translated
from console.law_words import amount
from registry import lawbook
from registry.models import LegalBasis, Policy
from registry.queries.law_changes import amended, drafted, told
from registry.states import Kind, LawTable, ProposalState

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from django.db.models import QuerySet
    from django.http import QueryDict

    from registry.models import LawProposal
    from registry.queries.law_changes import Change

IN_CHINESE = {"lang": "zh-hans"}
"""What a field says of itself whose content is the law's: the same for every reader."""
_RANGE = re.compile(r"(\d+)\s*(?:至|-|–|~|～|,|，)\s*(\d+)")

CHECKED = [("", _("全部")), ("yes", _("已核实")), ("no", _("待核实"))]


class BasisFilter(forms.Form):
    """Search and filters of the legal bases."""

    q = forms.CharField(label=_("搜索"), required=False, max_length=100)
    law = forms.ChoiceField(label=_("法规"), required=False)
    checked = forms.ChoiceField(label=_("核实"), required=False, choices=CHECKED)

    def __init__(self, data: QueryDict) -> None:
        """Offer the laws there are."""
        super().__init__(data)
        laws = LegalBasis.objects.order_by("law").values_list("law", flat=True).distinct()
        self.fields["law"] = forms.ChoiceField(
            label=_("法规"),
            required=False,
            choices=[("", _("全部")), *((each, each) for each in laws)],
            widget=forms.Select(attrs=IN_CHINESE),
        )
        self.order_fields(("q", "law", "checked"))

    def rows(self, rows: QuerySet[LegalBasis]) -> QuerySet[LegalBasis]:
        """Return what all filters leave; a value that makes no sense filters nothing."""
        self.is_valid()
        asked = self.cleaned_data
        for word in asked.get("q", "").split():
            rows = rows.filter(Q(code__contains=word) | Q(law__contains=word) | Q(text__contains=word))
        if asked.get("law"):
            rows = rows.filter(law=asked["law"])
        return rows.filter(verified=asked["checked"] == "yes") if asked.get("checked") else rows

    @property
    def is_narrowed(self) -> bool:
        """Tell whether anything is filtered at all."""
        self.is_valid()
        return any(self.cleaned_data.values())


def _reason() -> forms.CharField:
    return forms.CharField(
        label=_("理由"),
        required=False,
        help_text=_("说明依据哪份通知、为什么变动，将记入法规台账，不可更改。"),
        widget=forms.Textarea(attrs={"rows": 3, "required": True}),
    )


def _day(label: Any, *, required: bool = False, help_text: Any = "") -> forms.DateField:
    widget = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    return forms.DateField(label=label, required=required, help_text=help_text, widget=widget)


def _source() -> forms.CharField:
    return forms.CharField(
        label=_("来源"),
        required=False,
        max_length=300,
        help_text=_("文件名称和文号，或者核对所依据的文本。"),
        widget=forms.TextInput(attrs={"required": True, "autocomplete": "off", **IN_CHINESE}),
    )


_VERIFIED = _("已对照原文核实")

ANSWERS = {
    "R-141": ("reason",),
    "R-142": ("source",),
    "R-143": ("basis",),
    "R-144": ("effective_from", "effective_to"),
    "R-145": ("effective_to",),
    "R-146": ("value",),
    "R-147": ("effective_from", "effective_to"),
}
"""By code of a rule, the fields that answer it."""


class ChangeForm(forms.Form):
    """What shall stand and why; ``changes`` makes of it what a proposal holds."""

    reason = _reason()
    slug: str

    def changes(self) -> list[Change]:
        """Return the change the officer wants."""
        raise NotImplementedError

    def blame(self, codes: Iterable[str]) -> None:
        """Mark the fields that answer the broken rules of these codes."""
        for code in codes:
            for name in ANSWERS.get(code, ()):
                if name in self.fields and name not in self.errors:
                    self.add_error(name, _("请核对这一项"))


class ValueField(forms.CharField):
    """A policy's value, written as its unit asks: 05-31, 90, or 15至30 where it runs from so many to so many."""

    def __init__(self, unit: str, example: Any) -> None:
        """Say how the value in force is written."""
        self.unit = unit
        super().__init__(
            label=_("值"),
            help_text=_("写法与现行值相同，如 %(example)s（%(unit)s）")
            % {"example": self.prepare_value(example), "unit": translated(unit)},
            widget=forms.TextInput(attrs={"autocomplete": "off", "required": True}),
            error_messages={"required": _("请填写值")},
        )

    def prepare_value(self, value: Any) -> Any:
        """Show a range, words and yes or no as people write them."""
        if isinstance(value, bool):
            return "是" if value else "否"
        return ("、" if self.unit == "名单" else "至").join(map(str, value)) if isinstance(value, list) else value

    def to_python(self, value: Any) -> Any:
        """Return a number or a range of numbers where the unit counts, words or yes or no where it asks, else the text."""
        text = str(super().to_python(value)).strip()
        if self.unit == "是否":
            return {"是": True, "否": False}.get(text, text)
        if self.unit == "名单":
            return [each.strip() for each in text.split("、") if each.strip()]
        if self.unit.startswith("月-日") or self.unit == "比例":
            return text
        if match := _RANGE.fullmatch(text):
            return [int(match[1]), int(match[2])]
        return int(text) if text.isascii() and text.isdecimal() else text


def _bases() -> list[tuple[str, Any]]:
    codes = LegalBasis.objects.order_by("code").values_list("code", flat=True).distinct()
    return [("", _("不注明依据")), *((code, code) for code in codes)]


class PolicyForm(ChangeForm):
    """The columns of a policy value."""

    def __init__(self, key: str, like: Policy, data: Mapping[str, Any] | None = None, **how: Any) -> None:
        """Ask for a value of ``key`` written like the value ``like``."""
        super().__init__(data, **how)
        self.key, self.unit = key, like.unit
        kinds = [("", _("各类组织")), *((each.value, translated(each.label)) for each in Kind)]
        self.fields |= {
            "kind": forms.ChoiceField(label=_("适用类型"), required=False, choices=kinds),
            "year": forms.IntegerField(
                label=_("适用年度"),
                required=False,
                min_value=1950,
                max_value=2200,
                help_text=_("只对某一年度有效的填写年度，如 2021；长期有效的留空。"),
            ),
            "value": ValueField(like.unit, like.value),
            "effective_from": _day(_("生效日期"), required=True, help_text=_("通知或者规定从哪一天起有效。")),
            "effective_to": _day(_("失效日期"), help_text=_("没有确定的留空。")),
            "basis": forms.ChoiceField(
                label=_("依据"), required=False, choices=_bases(), widget=forms.Select(attrs=IN_CHINESE)
            ),
            "source": _source(),
            "verified": forms.BooleanField(label=_VERIFIED, required=False),
        }
        self.order_fields(
            ("kind", "year", "value", "effective_from", "effective_to", "basis", "source", "verified", "reason")
        )

    def columns(self) -> dict[str, Any]:
        """Return the columns as entered."""
        return {name: value for name, value in self.cleaned_data.items() if name != "reason"}


class NewValueForm(PolicyForm):
    """A new value; one that would run on beside it ends on the day the new one begins."""

    slug = "new"

    def changes(self) -> list[Change]:
        """Return the new row, and the end of the one before it."""
        return drafted({LawTable.POLICY: [{"key": self.key, "unit": self.unit, **self.columns()}]})


class CorrectPolicyForm(PolicyForm):
    """A value that was entered wrongly."""

    slug = "correct"

    def __init__(self, row: Policy, data: Mapping[str, Any] | None = None) -> None:
        """Show the row as it stands."""
        shown = {name: getattr(row, name) for name in told(row)}
        super().__init__(row.key, row, data, initial=shown, prefix=self.slug)
        self.row = row

    def changes(self) -> list[Change]:
        """Return the row corrected."""
        return amended(self.row, **self.columns())


class CorrectBasisForm(ChangeForm):
    """A provision that was entered wrongly, or whose validity is known better."""

    slug = "correct"

    article = forms.CharField(label=_("条款"), required=False, max_length=50, widget=forms.TextInput(attrs=IN_CHINESE))
    text = forms.CharField(
        label=_("摘要"),
        widget=forms.Textarea(attrs={"rows": 4, "required": True, **IN_CHINESE}),
        error_messages={"required": _("请填写摘要")},
    )
    effective_from = _day(_("施行日期"))
    effective_to = _day(_("失效日期"))
    source = _source()
    verified = forms.BooleanField(label=_VERIFIED, required=False)
    field_order = ("article", "text", "effective_from", "effective_to", "source", "verified", "reason")

    def __init__(self, row: LegalBasis, data: Mapping[str, Any] | None = None) -> None:
        """Show the row as it stands."""
        super().__init__(data, initial={name: getattr(row, name) for name in told(row)}, prefix=self.slug)
        self.row = row

    def changes(self) -> list[Change]:
        """Return the row corrected."""
        return amended(self.row, **{name: value for name, value in self.cleaned_data.items() if name != "reason"})


class EndForm(ChangeForm):
    """The day from which something is no longer in force."""

    slug = "end"

    effective_to = _day(_("失效日期"), required=True, help_text=_("从这一天起不再适用。"))
    field_order = ("effective_to", "reason")

    def __init__(self, row: LegalBasis | Policy, data: Mapping[str, Any] | None = None) -> None:
        """End ``row``."""
        super().__init__(data, prefix=self.slug)
        self.row = row

    def changes(self) -> list[Change]:
        """Return the row with its end."""
        return amended(self.row, effective_to=self.cleaned_data["effective_to"])


class VerifyForm(ChangeForm):
    """That somebody has compared it with the original; the source says with what."""

    slug = "verify"

    source = _source()
    field_order = ("source", "reason")

    def __init__(self, row: LegalBasis | Policy, data: Mapping[str, Any] | None = None) -> None:
        """Mark ``row``."""
        super().__init__(data, initial={"source": row.source}, prefix=self.slug)
        self.row = row

    def changes(self) -> list[Change]:
        """Return the row marked."""
        return amended(self.row, verified=True, source=self.cleaned_data["source"])


class FileForm(forms.Form):
    """A law file with the rows of a new version."""

    file = forms.FileField(
        label=_("法规文件"),
        help_text=_("TOML 文件，格式见下；不超过 1 MiB。"),
        error_messages={"required": _("请选择文件"), "empty": _("文件是空的")},
    )
    reason = _reason()
    field_order = ("file", "reason")

    def clean_file(self) -> Any:
        """Refuse what is too large to be one."""
        file = self.cleaned_data["file"]
        if file.size > lawbook.LARGEST:
            raise forms.ValidationError(_("文件超过 1 MiB"))
        return file

    @property
    def name(self) -> str:
        """Return what the file is called."""
        return str(getattr(self.files.get("file"), "name", ""))

    def changes(self) -> list[Change]:
        """Return what the file changes; raise `lawbook.BadLawFile`."""
        file = self.cleaned_data["file"]
        file.seek(0)
        return drafted(lawbook.loaded(file.read()))


class DecisionForm(forms.Form):
    """A decision on a proposal; ``seen`` is the effect the page showed."""

    seen = forms.CharField(required=False, max_length=64, widget=forms.HiddenInput)

    label: Any = _("理由")
    help_text: Any = ""

    def __init__(self, proposal: LawProposal, verb: str, data: Mapping[str, Any] | None = None) -> None:
        """Keep the fields of several forms on one page apart by the verb."""
        super().__init__(data, auto_id=f"{verb}_%s", initial={"seen": proposal.effect_digest})
        widget = forms.Textarea(attrs={"rows": 3, "required": True})
        self.fields["reason"] = forms.CharField(
            label=self.label, required=False, help_text=self.help_text, widget=widget
        )

    def told(self) -> dict[str, str]:
        """Return what the action is told."""
        return {"reason": self.cleaned_data.get("reason", "")}

    def about(self, proposal: LawProposal) -> None:
        """Let what is sent again be about the effect as it is shown now."""
        self.data = {"reason": self["reason"].value() or "", "seen": proposal.effect_digest}


class ApproveForm(DecisionForm):
    """An opinion."""

    label = _("批准意见")
    help_text = _("批准后立即重新计算下列各项，每家组织的台账各记一条。")

    def told(self) -> dict[str, str]:
        """Return what the action is told, with the effect that was seen."""
        return {"opinion": self.cleaned_data.get("reason", ""), "seen": self.cleaned_data.get("seen", "")}


class ConfirmForm(DecisionForm):
    """Why a wide effect is meant."""

    label = _("确认的理由")
    help_text = _("写明为什么可以影响这么多组织；影响范围再有变化的，须重新确认。")

    def told(self) -> dict[str, str]:
        """Return what the action is told, with the effect that was seen."""
        return {**super().told(), "seen": self.cleaned_data.get("seen", "")}


STATES = [("", _("全部")), *((each.value, each.label) for each in ProposalState)]


def shown_value(row: Policy) -> str:
    """Return the value of a policy as people say it."""
    return amount(row.unit, row.value)
