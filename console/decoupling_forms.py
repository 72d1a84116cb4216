"""Forms of what is done in a separation. Whether what is written suffices is for the rules to say."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import forms
from django.utils import timezone
from django.utils.text import format_lazy
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from console.deed_forms import line, reason_field
from console.language import translated
from console.work_forms import DayField
from decoupling.models import Batch
from decoupling.queries.duties import sheet
from decoupling.queries.policies import approvers
from decoupling.rules import Scope
from decoupling.states import Category, FactKind, Post, Residue
from registry.files import ENDINGS, LARGEST
from registry.models import Unit

if TYPE_CHECKING:
    from collections.abc import Iterable

    from django.core.files.uploadedfile import UploadedFile
    from django.http import QueryDict
    from django.utils.datastructures import MultiValueDict

    from decoupling.models import Listing

    Sent = QueryDict | None
    Files = MultiValueDict[str, UploadedFile[bytes]] | None

QUESTIONS: tuple[tuple[str, str, Any], ...] = (
    ("same_trade_members", "members_evidence", _("一、会员主体为同一行业或者同一地域的经济活动单位、人员")),
    ("name_fits", "name_evidence", _("二、名称为行业协会、协会、商会、同业公会、联合会、促进会等")),
    ("registered_as_association", "registration_evidence", _("三、在民政部门登记为社会团体法人")),
)
"""The scope test: the answer, what it rests on, and the question."""


def choices(labels: Iterable[tuple[str, Any]], *, empty: Any = None) -> list[tuple[str, str]]:
    """Return choices in the reader's language, ``empty`` first where there is one."""
    first = [] if empty is None else [("", str(empty))]
    return [*first, *((value, translated(label)) for value, label in labels)]


class SeparationForm(forms.Form):
    """A deed of a day, about a listed association."""

    version = forms.IntegerField(required=False, widget=forms.HiddenInput)
    on = DayField(_("日期"))

    def __init__(self, data: Sent = None, files: Files = None, *, listing: Listing, **about: Any) -> None:
        """Know the listing, and offer today."""
        self.listing, self.about = listing, about
        seen = {"version": listing.organisation.version, "on": timezone.localdate()}
        super().__init__(data, files, initial={**seen, **self.preset()})
        self.complete()

    def preset(self) -> dict[str, Any]:
        """Return what the fields show at first."""
        return {}

    def complete(self) -> None:
        """Add what depends on the listing."""

    def clean(self) -> dict[str, Any]:
        """Ask for the day: without it no rule can be asked."""
        told: dict[str, Any] = super().clean() or self.cleaned_data
        if "on" in self.fields and "on" not in self.errors and not told.get("on"):
            self.add_error("on", gettext("请填写日期，如 2026-11-24"))
        return told

    def told(self) -> dict[str, Any]:
        """Return what the action takes beside the listing and the officer."""
        return {name: value for name, value in self.cleaned_data.items() if name != "version"}


class ScopeFields(SeparationForm):
    """Category, batch, document and the scope test, question by question."""

    category = forms.ChoiceField(label=_("列入"), widget=forms.RadioSelect)
    batch = forms.ModelChoiceField(
        label=_("批次"),
        queryset=Batch.objects.order_by("number"),
        empty_label=None,
        error_messages={"required": _("还没有登记批次，请先登记批次")},
    )
    document_no = line(_("名单文号"))
    reason = reason_field()

    def complete(self) -> None:
        """Ask the three questions, each with what the answer rests on; the reason and the day come last."""
        self.fields["category"].choices = choices(self.offered())  # type: ignore[attr-defined]  # a choice field
        for answer, evidence, question in QUESTIONS:
            self.fields[answer] = forms.BooleanField(label=question, required=False)
            self.fields[evidence] = line(_("认定依据"), size=500)
        self.order_fields(
            ["category", *(name for answer, evidence, _q in QUESTIONS for name in (answer, evidence)), "batch",
             "document_no", "reason", "on"]
        )  # fmt: skip

    def offered(self) -> list[tuple[str, Any]]:
        """Return the categories to choose from."""
        return [(each.value, each.label) for each in Category]

    def told(self) -> dict[str, Any]:
        """Return the scope test as one."""
        told = super().told()
        scope = Scope(**{name: told.pop(name) for answer, evidence, _q in QUESTIONS for name in (answer, evidence)})
        return {**told, "batch": told["batch"].number, "scope": scope}


class MoveForm(ScopeFields):
    """Another category."""

    def preset(self) -> dict[str, Any]:
        """Show the answers given before, for correction."""
        shown = {name: getattr(self.listing, name) for answer, evidence, _q in QUESTIONS for name in (answer, evidence)}
        return {**shown, "batch": self.listing.batch_id}

    def offered(self) -> list[tuple[str, Any]]:
        """Return the other categories."""
        return [(each.value, each.label) for each in Category if each != self.listing.category]


class PlanForm(SeparationForm):
    """The letter a plan came with."""

    document_no = line(_("来文文号"))
    field_order: tuple[str, ...] = ("document_no", "on")


class ReasonForm(SeparationForm):
    """Why."""

    reason = reason_field()
    field_order: tuple[str, ...] = ("reason", "on")


class ApproveForm(SeparationForm):
    """The approval of a plan, by one of the bodies that may."""

    approval_no = line(_("批复文号"))
    approval_body = forms.ChoiceField(label=_("批复单位"), required=False)
    field_order: tuple[str, ...] = ("approval_no", "approval_body", "on")

    def complete(self) -> None:
        """Offer who may approve here."""
        bodies = [(name, name) for name in approvers(on=timezone.localdate())]
        self.fields["approval_body"].choices = bodies  # type: ignore[attr-defined]  # a choice field


class ResidueForm(SeparationForm):
    """Why it has not decoupled."""

    residue = forms.ChoiceField(label=_("未脱钩原因"), required=False)
    note = line(_("具体情况"), size=300)
    field_order: tuple[str, ...] = ("residue", "note", "on")

    def preset(self) -> dict[str, Any]:
        """Show what was stated last."""
        return {"residue": self.listing.residue_reason, "note": self.listing.residue_note}

    def complete(self) -> None:
        """Offer the reasons."""
        self.fields["residue"].choices = choices(Residue.choices, empty=_("原因已消除"))  # type: ignore[attr-defined]  # a choice field


class SignForm(SeparationForm):
    """In which capacity somebody signs."""

    capacity = line(_("签字人所在单位或者身份"), size=200)
    field_order: tuple[str, ...] = ("capacity", "on")


def unit_field(label: Any) -> forms.ModelChoiceField[Unit]:
    """Return a choice among the units."""
    return forms.ModelChoiceField(label=label, queryset=Unit.objects.order_by("name"), required=False, empty_label="—")


class AcceptForm(SeparationForm):
    """The acceptance and what the register changes by it."""

    reason = reason_field(_("验收结论"))
    industry_regulator = unit_field(_("行业管理部门"))
    party_body = unit_field(_("党建工作机构"))
    certificate_no = line(
        _("新证书编号"), size=50, help_text=_("随验收换发的填写；先换或者后换的，另在“换发证书”中办理。")
    )
    certificate_from = DayField(_("发证日期"))
    field_order: tuple[str, ...] = (
        "reason",
        "industry_regulator",
        "party_body",
        "certificate_no",
        "certificate_from",
        "on",
    )

    def preset(self) -> dict[str, Any]:
        """Show what the register holds."""
        body = self.listing.organisation
        return {"industry_regulator": body.industry_regulator_id, "party_body": body.party_body_id}


class CertificateForm(SeparationForm):
    """A certificate without a supervising unit."""

    certificate_no = line(_("新证书编号"), size=50)
    issued_on = DayField(_("发证日期"))
    certificate_until = DayField(_("有效期止"))
    field_order: tuple[str, ...] = ("certificate_no", "issued_on", "certificate_until", "on")


class VoidForm(ReasonForm):
    """Why an acceptance was wrong, and the document that says so."""

    document_no = line(_("更正文书文号"))
    field_order: tuple[str, ...] = ("document_no", "reason", "on")


class RemindForm(SeparationForm):
    """Whom to remind, of those that are waited for."""

    unit = forms.ModelChoiceField(label=_("责任部门"), queryset=Unit.objects.none(), empty_label=None)
    note = line(_("说明"), size=300)
    field_order: tuple[str, ...] = ("unit", "note", "on")

    def complete(self) -> None:
        """Offer the departments something is missing from."""
        waiting = sheet(self.listing, on=timezone.localdate()).waiting_for()
        wanted = [unit.pk for unit in waiting if unit is not None]
        self.fields["unit"].queryset = Unit.objects.filter(pk__in=wanted)  # type: ignore[attr-defined]  # a model choice


# --- items ----------------------------------------------------------------------------------------------


class SettleForm(SeparationForm):
    """How an item ended; a transition says until when."""

    outcome = forms.ChoiceField(label=_("办理结果"), widget=forms.RadioSelect, initial="done")
    evidence = forms.CharField(
        label=_("证明材料"),
        required=False,
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=_("写明文件名称、文号；扫描件在下方“材料”中上传。"),
    )
    reason = reason_field(_("不适用的理由"), help_text="")
    until = DayField(_("过渡截止日期"))
    field_order: tuple[str, ...] = ("outcome", "evidence", "reason", "until", "on")

    def complete(self) -> None:
        """Ask for a last day only where there is one."""
        offered = [("done", gettext("已完成")), ("not_applicable", gettext("不适用"))]
        self.fields["outcome"].choices = offered  # type: ignore[attr-defined]  # a choice field
        self.initial["outcome"] = "done"
        if not self.about["item"].is_transitional:
            del self.fields["until"]


def file_field(label: Any, *, required: bool = True) -> forms.FileField:
    """Return a field for a document; what it is, is told by its content."""
    told = format_lazy(_("PDF、OFD、Word（docx）、Excel（xlsx）、JPEG 或者 PNG，最大 {} MiB。"), LARGEST >> 20)
    return forms.FileField(
        label=label,
        required=required,
        max_length=None,
        allow_empty_file=True,
        help_text=told,
        widget=forms.FileInput(attrs={"accept": ",".join(ENDINGS)}),
        error_messages={"required": _("请选择文件")},
    )


class AttachForm(SeparationForm):
    """A document to be filed with an item."""

    title = line(_("材料名称"), size=200)
    file = file_field(_("文件"))
    field_order: tuple[str, ...] = ("title", "file", "on")

    def told(self) -> dict[str, Any]:
        """Return the bytes and what they were called."""
        told = super().told()
        sent = told.pop("file")
        return {**told, "content": sent, "file_name": sent.name}


class ProlongForm(SeparationForm):
    """Another last day, on another approval."""

    until = DayField(_("过渡截止日期"))
    evidence = line(_("批准文件"), size=500)
    field_order: tuple[str, ...] = ("until", "evidence", "on")


class SignOffForm(SeparationForm):
    """A department's word; what came on paper has a number and an original."""

    result = forms.CharField(label=_("评定结果"), required=False, widget=forms.Textarea(attrs={"rows": 3}))
    document_no = line(_("书面评定结果文号"))
    original = file_field(_("书面评定结果原件"), required=False)
    field_order: tuple[str, ...] = ("result", "document_no", "original", "on")

    def complete(self) -> None:
        """Ask for the paper only where the signer does not speak for the department."""
        if self.about["own"]:
            del self.fields["document_no"]
            del self.fields["original"]

    def told(self) -> dict[str, Any]:
        """Return the bytes of the original and what they were called."""
        told = super().told()
        if sent := told.get("original"):
            told["original_name"] = sent.name
        return told


# --- afterwards -----------------------------------------------------------------------------------------


class LeaderForm(SeparationForm):
    """A leader who is in office."""

    name = line(_("姓名"), size=50)
    post = forms.ChoiceField(label=_("职务"))
    born_on = DayField(_("出生日期"))
    employer = line(_("会员单位"), size=200)
    other_posts = line(_("在其他社会团体担任的负责人职务"), size=300)
    took_office_on = DayField(_("就任日期"))
    term_until = DayField(_("本届任期至"))
    terms = forms.IntegerField(label=_("连续任职届数"), min_value=1, max_value=20, initial=1)

    def complete(self) -> None:
        """Offer the posts; the day of entry comes last."""
        self.fields["post"].choices = choices(Post.choices)  # type: ignore[attr-defined]  # a choice field
        self.order_fields([name for name in self.fields if name != "on"])


class LeaveForm(SeparationForm):
    """The day a leader left office."""

    left_on = DayField(_("离任日期"))
    field_order: tuple[str, ...] = ("left_on", "on")


class FactForm(SeparationForm):
    """A dated fact of supervision."""

    kind = forms.ChoiceField(label=_("事项"))
    fact_on = DayField(_("发生日期"))
    note = line(_("情况"), size=300)
    field_order: tuple[str, ...] = ("kind", "fact_on", "note", "on")

    def complete(self) -> None:
        """Offer the kinds."""
        self.fields["kind"].choices = choices(FactKind.choices)  # type: ignore[attr-defined]  # a choice field
