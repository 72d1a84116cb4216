"""Forms of verification: attempts at contact and what came of them, opinions asked for and recorded. The rules judge them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import forms
from django.utils import timezone
from django.utils.text import format_lazy
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from cleanup.queries.verification import COLUMN, unit_of
from cleanup.states import Asked, Reached, Stance
from console.language import translated
from console.work_forms import DayField
from registry.files import ENDINGS, LARGEST
from registry.states import Channel, ContactOutcome

if TYPE_CHECKING:
    from cleanup.models import Finding

KNOWN = [(each.value, each.label) for each in (ContactOutcome.FAILED, ContactOutcome.REACHED)]
OTHERWISE = [(each.value, each.label) for each in (Channel.PHONE, Channel.VISIT, Channel.EMAIL)]


def file_field(label: Any) -> forms.FileField:
    """Return a field for a document or a picture; whether it is taken, its content tells."""
    return forms.FileField(
        label=label,
        required=False,
        allow_empty_file=True,
        widget=forms.FileInput(attrs={"accept": ",".join(ENDINGS)}),
        help_text=format_lazy(_("PDF、OFD、Word（docx）、Excel（xlsx）、JPEG 或者 PNG，最大 {} MiB。"), LARGEST >> 20),
    )


def text_field(label: Any, **kwargs: Any) -> forms.CharField:
    """Return a field of some lines."""
    area = forms.Textarea(attrs={"rows": 3, "maxlength": 1000})
    return forms.CharField(label=label, required=False, max_length=1000, widget=area, **kwargs)


class DatedForm(forms.Form):
    """A form whose deed has a day, today unless told otherwise."""

    on = DayField(_("日期"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        """Offer today."""
        kwargs.setdefault("initial", {"on": timezone.localdate()})
        super().__init__(*args, **kwargs)

    def clean(self) -> dict[str, Any]:
        """Ask for the day: without it no rule can be asked."""
        told: dict[str, Any] = super().clean() or {}
        if "on" not in self.errors and not told.get("on"):
            self.add_error("on", gettext("请填写日期，如 2026-11-24"))
        return told

    def told(self) -> dict[str, Any]:
        """Return what the action takes: a file as its content and the name it came with."""
        found = dict(self.cleaned_data)
        file = found.pop("file", None)
        return {**found, "content": file, "file_name": file.name} if file else found


class LetterForm(DatedForm):
    """A tracked letter to the registered address."""

    tracking_no = forms.CharField(label=_("挂号单号"), required=False, max_length=60)

    def told(self) -> dict[str, Any]:
        """Say that it is a letter."""
        return {**super().told(), "channel": Channel.LETTER}


class CallForm(DatedForm):
    """A call, a visit or a message, with what came of it at once."""

    channel = forms.ChoiceField(label=_("方式"), choices=OTHERWISE)
    target = forms.CharField(
        label=_("电话或者邮箱"), required=False, max_length=300, help_text=_("上门的不填，以登记住所为准。")
    )
    outcome = forms.ChoiceField(label=_("结果"), choices=KNOWN)
    proof = forms.CharField(
        label=_("凭证"),
        required=False,
        max_length=200,
        help_text=_("无法联系的必须填写：退信编号、通话记录、走访照片等。"),
    )
    file = file_field(_("照片或者记录"))
    field_order = ("channel", "target", "on", "outcome", "proof", "file")


class SettleForm(DatedForm):
    """What came of a letter."""

    outcome = forms.ChoiceField(label=_("结果"), choices=KNOWN)
    proof = forms.CharField(
        label=_("凭证"), required=False, max_length=200, help_text=_("退信编号、退回原因或者签收回执。")
    )
    file = file_field(_("退信或者回执照片"))
    field_order = ("outcome", "on", "proof", "file")


class VerdictForm(DatedForm):
    """What the test came to."""

    verdict = forms.ChoiceField(label=_("结论"), choices=Reached)
    reason = text_field(_("说明"), help_text=_("将记入台账，不可更改。"))
    field_order = ("verdict", "on", "reason")


class AskForm(DatedForm):
    """Whom to ask about a finding, on what document, what, and until when."""

    asked = forms.ChoiceField(label=_("征求意见的单位"))
    document_no = forms.CharField(label=_("征求意见函文号"), required=False, max_length=100)
    question = text_field(_("征求的事项"))
    due_on = DayField(_("答复期限"))
    field_order = ("asked", "document_no", "question", "on", "due_on")

    def __init__(self, *args: Any, finding: Finding, **kwargs: Any) -> None:
        """Offer the units the register names for the body."""
        super().__init__(*args, **kwargs)
        body = finding.organisation
        found = [(each, unit_of(body, each)) for each in Asked if getattr(body, COLUMN[each])]
        field = self.fields["asked"]
        assert isinstance(field, forms.ChoiceField)  # noqa: S101 - narrows the type
        named = gettext("%(unit)s（%(as)s）")
        field.choices = [(each.value, named % {"unit": unit, "as": translated(each.label)}) for each, unit in found]


class AnswerForm(DatedForm):
    """What the unit says; ``may_be_silent`` where the bureau records it."""

    stance = forms.ChoiceField(label=_("意见"), choices=Stance)
    answer = text_field(_("意见内容"))
    answer_no = forms.CharField(label=_("复函文号"), required=False, max_length=100)
    file = file_field(_("复函"))
    field_order = ("stance", "answer", "answer_no", "on", "file")

    def __init__(self, *args: Any, may_be_silent: bool, **kwargs: Any) -> None:
        """Let a unit not say of itself that it is silent."""
        super().__init__(*args, **kwargs)
        field = self.fields["stance"]
        assert isinstance(field, forms.ChoiceField)  # noqa: S101 - narrows the type
        field.choices = [each for each in Stance.choices if may_be_silent or each[0] != Stance.SILENT]
