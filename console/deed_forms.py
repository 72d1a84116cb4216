"""Forms of what is done to an organisation on its own page. Whether what is written suffices is for the rules to say."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import forms
from django.utils import timezone
from django.utils.text import format_lazy
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from cleanup.states import LOCAL, Criterion
from console.labels import day
from console.language import translated
from console.work_forms import DayField
from registry.files import ENDINGS, LARGEST
from registry.models import Event, Organisation
from registry.queries.law import NoPolicy
from registry.queries.reports import report_calendar
from registry.states import Channel, Conclusion, ContactOutcome

if TYPE_CHECKING:
    from datetime import date

    from django.core.files.uploadedfile import UploadedFile
    from django.http import QueryDict
    from django.utils.datastructures import MultiValueDict

    from registry.queries.reports import Year

BY_REVIEWER = "审核认定"
"""The ground of a body that a reviewer confirmed without a finding."""


def reason_field(label: Any = "", **kwargs: Any) -> forms.CharField:
    """Return a field for why; it is written into the ledger."""
    kwargs.setdefault("help_text", _("将记入台账，不可更改。"))
    return forms.CharField(label=label or _("理由"), required=False, widget=forms.Textarea(attrs={"rows": 3}), **kwargs)


def line(label: Any, *, size: int = 100, **kwargs: Any) -> forms.CharField:
    """Return a field of one line."""
    return forms.CharField(label=label, required=False, max_length=size, **kwargs)


class DeedForm(forms.Form):
    """What one deed asks for; ``version`` is the record the officer saw."""

    version = forms.IntegerField(required=False, widget=forms.HiddenInput)
    day_of_effect = "on"

    def __init__(
        self,
        data: QueryDict | None = None,
        files: MultiValueDict[str, UploadedFile[bytes]] | None = None,
        *,
        organisation: Organisation,
        asked: QueryDict | None = None,
    ) -> None:
        """Know the body; offer today, and what the address that led here already says."""
        self.organisation = organisation
        told = {name: asked[name] for name in self.base_fields if name in asked} if asked else {}
        start = {self.day_of_effect: timezone.localdate(), **told, "version": organisation.version}
        super().__init__(data, files, initial=start)
        self.complete()

    def complete(self) -> None:
        """Add the fields that depend on the body."""

    def clean(self) -> dict[str, Any]:
        """Ask for the day the deed takes effect: without it no rule can be asked."""
        told: dict[str, Any] = super().clean() or self.cleaned_data
        if self.day_of_effect not in self.errors and not told.get(self.day_of_effect):
            self.add_error(self.day_of_effect, gettext("请填写日期，如 2026-11-24"))
        return told

    def told(self) -> dict[str, Any]:
        """Return what the action takes beside the body and the officer."""
        return {name: value for name, value in self.cleaned_data.items() if name != "version"}


class MoveForm(DeedForm):
    """A move of state: the day it takes effect, and why."""

    on = DayField(_("生效日期"))
    reason = reason_field()

    def complete(self) -> None:
        """Ask for the day and the reason last, after the documents."""
        self.order_fields([name for name in self.fields if name not in {"on", "reason"}])


class ReviewForm(MoveForm):
    """A reviewer confirms a zombie without a finding: the reason is the ground."""

    def told(self) -> dict[str, Any]:
        """Return the reason as the reviewer's."""
        found = super().told()
        return {**found, "reviewer_reason": found["reason"]}


class ReactivationForm(MoveForm):
    """How each ground of dormancy was cured."""

    def complete(self) -> None:
        """Ask for one sentence for each ground."""
        for ground in self.grounds():
            what = translated(Criterion(ground).label) if ground in Criterion.values else gettext("审核人写明的理由")
            label = gettext("如何消除：%(ground)s") % {"ground": f"{ground}　{what}" if len(ground) == 1 else what}
            self.fields[f"cured_{ground}"] = line(label, size=300)
        super().complete()

    def grounds(self) -> list[str]:
        """Return the criteria the body became dormant on, or the reviewer's ground."""
        last = Event.objects.filter(organisation=self.organisation, verb="organisation.mark_dormant").last()
        return list(str(last.facts.get("criteria", "")) if last else "") or [BY_REVIEWER]

    def told(self) -> dict[str, Any]:
        """Return the grounds and what was written on each."""
        found = super().told()
        cured = {ground: found.pop(f"cured_{ground}", "") for ground in self.grounds()}
        return {**found, "grounds": frozenset(cured), "cured": {each: how for each, how in cured.items() if how}}


class CancelForm(MoveForm):
    """Documents of 注销."""

    resolution_on = DayField(_("决议日期"))
    consent_no = line(_("业务主管单位同意文号"), help_text=_("没有业务主管单位的不填。"))
    liquidation_report_on = DayField(_("清算报告日期"))


class RevokeForm(MoveForm):
    """Documents of 撤销 and 吊销."""

    decision_no = line(_("决定书文号"))
    decided_on = DayField(_("决定日期"))
    served_on = DayField(_("送达日期"), help_text=_("以送达回证或者公告期满之日为准。"))


class MergeForm(MoveForm):
    """The other body of a merger, by its code."""

    successor = line(_("合并后组织的统一社会信用代码"), size=30)
    resolution_on = DayField(_("合并决议日期"))

    def told(self) -> dict[str, Any]:
        """Return the successor by number, None where no body has the code: the rule says what is missing."""
        found = super().told()
        code = found.pop("successor").strip().upper()
        pk = Organisation.objects.filter(code=code).values_list("pk", flat=True).first()
        return {**found, "successor_id": pk}


class LiquidationForm(MoveForm):
    """The report that ends a liquidation."""

    liquidation_report_on = DayField(_("清算报告日期"))


class ReportForm(DeedForm):
    """An annual report as it was filed, or a correction of the one on file."""

    day_of_effect = "filed_on"

    year = forms.IntegerField(label=_("年度"), min_value=1950, max_value=2200)
    filed_on = DayField(_("报送日期"))
    supervisor_opinion = line(_("业务主管单位意见"), size=200)
    reason = line(_("说明"), size=300, help_text=_("更正已报送的年报时，写明原因。"))

    def complete(self) -> None:
        """Offer last year's report or the one asked for, say how that year stands, and show what is on file."""
        today = timezone.localdate()
        asked = str(self.initial.get("year", ""))
        year = int(asked) if asked.isascii() and asked.isdecimal() else today.year - 1
        self.initial["year"] = year
        known = next((each for each in self._years(today) if each.year == year), None)
        if known is None:
            return
        told = {"year": year, "due": day(known.due_on), "status": translated(known.status.label)}
        self.fields["year"].help_text = gettext("%(year)s年度：截止日%(due)s，%(status)s。") % told
        if known.report is not None:
            self.initial["filed_on"] = known.report.filed_on
            self.initial["supervisor_opinion"] = known.report.supervisor_opinion

    def _years(self, today: date) -> list[Year]:
        try:
            return report_calendar(self.organisation, today)
        except NoPolicy:
            return []

    def clean_year(self) -> int:
        """Refuse a year that has not begun to be reported: a report is about the past."""
        year: int = self.cleaned_data["year"]
        if year > timezone.localdate().year:
            raise forms.ValidationError(gettext("年度不能晚于今年"))
        return year


class ConclusionForm(DeedForm):
    """What an annual inspection came to."""

    year = forms.TypedChoiceField(label=_("年度"), coerce=int)
    conclusion = forms.ChoiceField(
        label=_("结论"), choices=[each for each in Conclusion.choices if each[0] != Conclusion.PENDING]
    )
    on = DayField(_("结论日期"))
    reason = reason_field(_("理由"), help_text=_("结论为基本合格、不合格，或者更改已有结论的，写明理由。"))

    def complete(self) -> None:
        """Offer the years on file, the newest first."""
        field = self.fields["year"]
        assert isinstance(field, forms.TypedChoiceField)  # noqa: S101 - narrows the type
        reports = self.organisation.annual_reports.order_by("-year")
        field.choices = [
            (
                each.year,
                gettext("%(year)s年度（%(now)s）")
                % {"year": each.year, "now": translated(each.get_conclusion_display())},
            )
            for each in reports
        ]


class ActivityForm(DeedForm):
    """Something the body held."""

    day_of_effect = "held_on"

    title = forms.CharField(label=_("活动"), max_length=200)
    held_on = DayField(_("日期"))
    source = line(_("来源"), size=200, help_text=_("如年度报告、现场检查、媒体报道。"))


class SurveyForm(DeedForm):
    """Up to which day the bureau looked into the body's activities."""

    day_of_effect = "until"

    until = DayField(_("核查至"), help_text=_("只有核查过的期间，没有活动记录才表示没有活动。"))
    reason = reason_field(_("核查经过"))


class ContactForm(DeedForm):
    """An attempt to reach the body."""

    day_of_effect = "tried_on"

    channel = forms.ChoiceField(label=_("方式"), choices=Channel)
    target = forms.CharField(label=_("联系地址或号码"), max_length=300)
    tried_on = DayField(_("日期"))
    outcome = forms.ChoiceField(label=_("结果"), choices=ContactOutcome, initial=ContactOutcome.PENDING)
    proof = line(_("凭证"), size=200, help_text=_("无法联系的必须填写：退信编号、通话记录、走访照片等。"))

    def complete(self) -> None:
        """Offer the registered address."""
        self.fields["target"].initial = self.organisation.address


LOCAL_CRITERIA = [(each.value, format_lazy("{} {}", each.value, _(str(each.label)))) for each in LOCAL]


class DeterminationForm(DeedForm):
    """A local criterion found on a document of the authority."""

    criterion = forms.ChoiceField(label=_("情形"), choices=LOCAL_CRITERIA)
    document_no = line(_("文号"))
    made_by_unit = line(_("认定单位"), size=200)
    on = DayField(_("认定日期"))


class LiftingForm(MoveForm):
    """A local criterion that no longer holds."""

    criterion = forms.ChoiceField(label=_("情形"), choices=LOCAL_CRITERIA)


class DocumentForm(DeedForm):
    """A document to be kept: what it is, when it came, and the file. Whether it is taken, its content tells."""

    title = line(_("文件名称"), size=200, help_text=_("写明是什么文件；不填的，用文件名。"))
    file = forms.FileField(
        label=_("文件"),
        max_length=None,
        allow_empty_file=True,
        widget=forms.FileInput(attrs={"accept": ",".join(ENDINGS)}),
        error_messages={"required": _("请选择文件"), "invalid": _("请选择文件")},
        help_text=format_lazy(_("PDF、OFD、Word（docx）、Excel（xlsx）、JPEG 或者 PNG，最大 {} MiB。"), LARGEST >> 20),
    )
    on = DayField(_("收到日期"))

    def told(self) -> dict[str, Any]:
        """Return the file as its content and the name it came with."""
        found = super().told()
        file = found.pop("file")
        return {**found, "content": file, "file_name": file.name}


class BulkForm(forms.Form):
    """Day and reason of a verb for many bodies."""

    on = DayField(_("生效日期"))
    reason = reason_field(help_text=_("每个组织各记一条台账，理由相同，不可更改。"))

    def __init__(self, data: QueryDict | None = None) -> None:
        """Offer today."""
        super().__init__(data, initial={"on": timezone.localdate()})

    def clean_on(self) -> Any:
        """Ask for the day."""
        if not self.cleaned_data["on"]:
            raise forms.ValidationError(gettext("请填写日期，如 2026-11-24"))
        return self.cleaned_data["on"]
