"""Forms of applications: what is applied for with its documents, and what each step asks for.

Nothing is refused here that a rule or a column refuses: the forms carry texts, the actions judge them.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, cast

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from console.labels import column_value, plain
from console.language import translated
from registry.models import Filing, Unit
from registry.models.organisation import CAPITAL_LABELS
from registry.queries import filing_documents, proposals
from registry.states import DocumentStatus, FilingKind, Kind, Supervision

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from django.forms.boundfield import BoundField

    from registry.queries.filing_documents import Item

PARTS = ("status", "reason", "reference")
SEVERAL_LINES = {"business_scope"}


class Line(forms.CharField):
    """A text with the line ends the register keeps, whatever ends the browser sends."""

    def to_python(self, value: Any) -> str:
        """Return the text."""
        return str(super().to_python(value)).replace("\r\n", "\n")


@dataclass(frozen=True, slots=True)
class DocumentRow:
    """One document of the checklist beside the fields that tell about it; ``met`` is what another officer wrote."""

    item: Item
    status: BoundField
    reason: BoundField
    reference: BoundField
    met: str

    @property
    def first_status(self) -> str:
        """Return the status this page showed at first, as a hidden field: radio buttons are drawn one by one."""
        return self.status.as_hidden(only_initial=True)


@dataclass(frozen=True, slots=True)
class ProposalRow:
    """One particular beside its field; ``present`` is what the register says, for 变更 only, ``met`` as above."""

    name: str
    field: BoundField
    present: str
    is_changed: bool
    met: str


class ContentForm(forms.Form):
    """Who applies for what, with which documents. Of an amendment only what the officer touched is proposed.

    Every field carries along what it showed at first, so that on a collision the officer's own texts can be told from
    those merely shown.
    """

    version = forms.IntegerField(widget=forms.HiddenInput)
    applicant = Line(label=_("申请人"), required=False, max_length=100)

    def __init__(self, filing: Filing, data: Mapping[str, Any] | None = None) -> None:
        """Offer the columns this kind of application may propose, and the documents it needs as it stands."""
        super().__init__(data, initial={"version": filing.version, "applicant": filing.applicant})
        self.filing = filing
        self.met: dict[str, str] = {}
        self.items = filing_documents.items(filing)
        self.units = dict(Unit.objects.order_by("name").values_list("pk", "name"))
        for name in proposals.PROPOSABLE[filing.kind]:
            self.fields[name] = self._column(name)
            self.initial[name] = self._standing(name)
        for item in self.items:
            self._add_document(item)
        for name, field in self.fields.items():
            field.show_hidden_initial = name != "version"

    def _column(self, name: str) -> forms.Field:
        label, field = self._label(name), proposals.column(name)
        if name == "supervision":
            ways = [(each.value, translated(each.label)) for each in (Supervision.DUAL, Supervision.DIRECT)]
            return forms.ChoiceField(label=label, required=False, choices=ways)
        if field.choices:
            choices = [("", gettext("请选择")), *((value, translated(text)) for value, text in field.flatchoices)]
            return forms.ChoiceField(label=label, required=False, choices=choices)
        if field.related_model is not None:
            units = [("", gettext("无")), *((str(pk), unit) for pk, unit in self.units.items())]
            return forms.ChoiceField(label=label, required=False, choices=units)
        if field.get_internal_type() == "BooleanField":
            return forms.BooleanField(label=label, required=False)
        return Line(label=label, required=False, widget=_widget(name, field.get_internal_type()))

    def _label(self, name: str) -> str:
        if name == "capital" and self.filing.body_kind:
            return gettext("%(name)s（元）") % {"name": translated(CAPITAL_LABELS[Kind(self.filing.body_kind)])}
        return translated(proposals.column(name).verbose_name)

    def _standing(self, name: str) -> Any:
        body, proposal = self.filing.organisation, self.filing.proposal
        if name in proposal or body is None or self.filing.kind != FilingKind.AMEND:
            return proposal.get(name, "")
        value = getattr(body, name)
        return "" if value is None else str(value)

    def _add_document(self, item: Item) -> None:
        choices = [(each.value, translated(each.label)) for each in DocumentStatus]
        status = forms.ChoiceField(
            label=translated(item.document.title), required=False, choices=choices, widget=forms.RadioSelect
        )
        reason = Line(label=gettext("不适用的理由"), required=False, max_length=300)
        reference = Line(label=gettext("文号、页码"), required=False, max_length=100)
        told = {"status": item.status.value, "reason": item.reason, "reference": item.reference}
        for part, field in zip(PARTS, (status, reason, reference), strict=True):
            key = document_key(item.document.code, part)
            self.fields[key] = field
            self.initial[key] = told[part]

    @property
    def particulars(self) -> list[ProposalRow]:
        """Return the fields of what is applied for, beside what the register says now."""
        names = {(Unit._meta.label, pk): name for pk, name in self.units.items()}
        body = self.filing.organisation if self.filing.kind == FilingKind.AMEND else None
        return [
            ProposalRow(
                name,
                self[name],
                present=column_value(name, getattr(body, name), names) if body else "",
                is_changed=body is not None and name in self.filing.proposal,
                met=self.met.get(name, ""),
            )
            for name in sorted(proposals.PROPOSABLE[self.filing.kind], key=lambda each: each != "name")
        ]

    @property
    def documents(self) -> list[DocumentRow]:
        """Return the checklist with its fields."""
        rows = []
        for item in self.items:
            keys = [document_key(item.document.code, part) for part in PARTS]
            met = next((self.met[key] for key in keys if key in self.met), "")
            status, reason, reference = (self[key] for key in keys)
            rows.append(DocumentRow(item, status, reason, reference, met))
        return rows

    def words(self, name: str) -> str:
        """Return what a field shows at first, in words."""
        value = _sent(self[name].initial)
        field = self.fields[name]
        labels: dict[str, str] = (
            dict(cast("list[tuple[str, str]]", field.choices)) if isinstance(field, forms.ChoiceField) else {}
        )
        return labels.get(value) or plain(value)

    def proposal(self) -> dict[str, Any]:
        """Return what is applied for, as entered; for an amendment without what nobody touched."""
        names = proposals.PROPOSABLE[self.filing.kind]
        if self.filing.kind == FilingKind.AMEND:
            touched = {*self.changed_data, *self.filing.proposal}
            names = tuple(name for name in names if name in touched)
        return {name: self.cleaned_data[name] for name in names}

    def checklist(self) -> dict[str, dict[str, str]]:
        """Return what is told about each document; about those the page did not ask for it stays as it was."""
        told = {
            item.document.code: {part: self.cleaned_data[document_key(item.document.code, part)] for part in PARTS}
            for item in self.items
        }
        return {**self.filing.documents, **{code: each for code, each in told.items() if each["status"]}}

    def on_top_of(self, present: Filing) -> ContentForm:
        """Return the form on the record as somebody else has saved it, with what this officer touched kept.

        ``met`` of the new form holds the fields both have changed, each with what the other wrote.
        """
        shown = ContentForm(present)
        data: dict[str, Any] = {"version": present.version}
        met: dict[str, str] = {}
        for name in [each for each in shown.fields if each != "version"]:
            stands = _sent(shown[name].initial)
            mine = name in self.fields and name in self.changed_data
            kept = _sent(self[name].value()) if mine else stands
            data |= {name: kept, f"initial-{name}": stands}
            if mine and kept != stands and stands != _sent(self.data.get(f"initial-{name}", stands)):
                met[name] = shown.words(name)
        again = ContentForm(present, data)
        again.met = met
        return again


def _widget(name: str, of: str) -> forms.Widget:
    """Return what a text is written into."""
    if of == "DateField":
        return forms.DateInput(attrs={"type": "date"})
    if name in SEVERAL_LINES:
        return forms.Textarea(attrs={"rows": 4})
    numeric = {"inputmode": "decimal"} if name == "capital" else {}
    return forms.TextInput(attrs={"autocomplete": "off", **numeric})


def _sent(value: Any) -> str:
    """Return a field's value as a browser sends it."""
    return "" if value is None else str(value).replace("\r\n", "\n")


def document_key(code: str, part: str) -> str:
    """Return the name of the field for one part of what is told about a document."""
    return f"{code.replace('.', '-')}-{part}"


def blame(form: forms.Form, errors: Mapping[str, Iterable[str]]) -> None:
    """Tie errors that name a column to its field, and all others to the form."""
    for name, messages in errors.items():
        for message in messages:
            form.add_error(name if name in form.fields else None, translated(message))


class NewForm(forms.Form):
    """What is applied for, and for 变更 and 注销 by which body."""

    kind = forms.ChoiceField(
        label=_("申请事项"),
        choices=[(each.value, _(each.label)) for each in FilingKind],
        widget=forms.RadioSelect,
        error_messages={"required": _("请选择申请事项")},
    )
    code = forms.CharField(
        label=_("统一社会信用代码"),
        required=False,
        max_length=40,
        help_text=_("申请变更、注销登记的，填写该组织的代码；也可以从组织页面直接发起。"),
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )


def _text(label: Any, *, rows: int = 3, **more: Any) -> forms.CharField:
    widget = forms.Textarea(attrs={"rows": rows, "required": True})
    return forms.CharField(label=label, required=False, widget=widget, **more)


class StepForm(forms.Form):
    """A step that asks for nothing; ``version`` is that of the page the officer looked at."""

    version = forms.IntegerField(required=False, widget=forms.HiddenInput)

    answers: Mapping[str, tuple[str, ...]] = {}
    """By code of a rule, the fields that answer it."""

    def __init__(self, filing: Filing, verb: str, data: Mapping[str, Any] | None = None) -> None:
        """Keep the fields of several forms on one page apart by the verb."""
        super().__init__(data, auto_id=f"{verb}_%s", initial={"version": filing.version})
        self.filing = filing

    def told(self) -> dict[str, Any]:
        """Return what the action is told."""
        return {name: value for name, value in self.cleaned_data.items() if name != "version"}

    def about(self, present: Filing) -> None:
        """Let what is sent again be about the record as it is shown now."""
        self.data = {**{name: self.data.get(name) for name in self.data}, "version": present.version}


class ReturnForm(StepForm):
    """What is missing."""

    missing = _text(_("需要补正的全部内容"), rows=4, help_text=_("一次写全，申请人据此补正。"))
    answers = {"R-29": ("missing",)}


class ReasonForm(StepForm):
    """A reason."""

    reason = _text(_("理由"))
    answers = {"R-101": ("reason",), "R-170": ("reason",), "R-121": ("reason",)}


class ReviewForm(StepForm):
    """An opinion and what it recommends."""

    opinion = _text(_("审查意见"), rows=4, help_text=_("写明核对了哪些材料和条件。"))
    favourable = forms.ChoiceField(
        label=_("建议"),
        choices=[("yes", _("建议准予")), ("no", _("建议不予准予"))],
        widget=forms.RadioSelect,
        error_messages={"required": _("请选择建议准予或者建议不予准予")},
    )
    answers = {"R-103": ("opinion",)}

    def told(self) -> dict[str, Any]:
        """Return the opinion, and the recommendation as yes or no."""
        return {"opinion": self.cleaned_data["opinion"], "favourable": self.cleaned_data["favourable"] == "yes"}


class DecisionForm(StepForm):
    """A decision in writing."""

    decision_no = forms.CharField(label=_("决定文号"), required=False, max_length=100)
    basis = forms.CharField(
        label=_("法律依据"), required=False, max_length=200, widget=forms.TextInput(attrs={"lang": "zh-hans"})
    )
    answers = {"R-108": ("decision_no", "basis"), "R-109": ("reason",), "R-110": ("code",)}

    def __init__(self, filing: Filing, verb: str, data: Mapping[str, Any] | None = None) -> None:
        """Offer the provision the application itself rests on as the basis."""
        super().__init__(filing, verb, data)
        self.initial["basis"] = next((each.basis for each in filing_documents.items(filing)), "")


class DenyForm(DecisionForm):
    """不予登记, with reasons."""

    reason = _text(_("不予登记的理由"))


class ApproveForm(DecisionForm):
    """准予登记, with what the registrar issues: a code for a new body, the particulars of a certificate."""

    reason = forms.CharField(label=_("说明（可以不填）"), required=False, widget=forms.Textarea(attrs={"rows": 2}))

    def __init__(self, filing: Filing, verb: str, data: Mapping[str, Any] | None = None) -> None:
        """Ask for a code only where a body is new, and for a certificate only where there is one afterwards."""
        super().__init__(filing, verb, data)
        if filing.kind == FilingKind.ESTABLISH:
            self.fields["code"] = forms.CharField(label=_("赋予的统一社会信用代码"), required=False, max_length=40)
        if filing.kind != FilingKind.CANCEL:
            for name in proposals.ISSUABLE:
                self.fields[name] = _issued(name)

    def told(self) -> dict[str, Any]:
        """Return the decision, and apart what is issued."""
        told = super().told()
        issued = {name: told.pop(name) for name in proposals.ISSUABLE if name in told}
        return {**told, "issued": issued}


def _issued(name: str) -> forms.CharField:
    field = proposals.column(name)
    kind = {"type": "date"} if field.get_internal_type() == "DateField" else {}
    return forms.CharField(label=translated(field.verbose_name), required=False, widget=forms.TextInput(attrs=kind))
