"""Forms of a case's steps and services, made from what the track asks for. The rules judge what is written, not these."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from cleanup.rules.leg import What
from cleanup.states import Criterion, ServiceMethod, Treatment
from console.labels import day
from console.language import translated
from console.work_forms import DayField, Person
from registry.models import Organisation, User
from registry.states import OFFICERS

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

    from django.http import QueryDict

    from cleanup.models import Case, CaseStep, Service
    from cleanup.rules import Ask, Leg

SEND, PROVE, FAIL = "send", "prove", "fail"


class StepForm(forms.Form):
    """What a step states, and on which day it was taken."""

    def __init__(self, case: Case, leg: Leg, data: QueryDict | None = None, *, number: str = "") -> None:
        """Ask for what the leg asks; offer today, and the number the step's document was issued under."""
        super().__init__(data, initial={"on": timezone.localdate(), "document_no": number})
        self.auto_id = f"{leg.step.value}_%s"
        self.case, self.leg = case, leg
        for ask in leg.asks:
            self._add(ask)
        self.fields["on"] = DayField(_("办理日期"), help_text=_("按实际办理之日填写，不晚于今天。"))

    def _add(self, ask: Ask) -> None:
        if ask.what == What.CURED:
            for letter in self.case.finding.criteria:
                label = gettext("情形%(letter)s如何消除：%(what)s") % {
                    "letter": letter,
                    "what": translated(Criterion(letter).label),
                }
                self.fields[f"{ask.name}_{letter}"] = forms.CharField(label=label, required=False, max_length=300)
            return
        self.fields[ask.name] = _field(ask, self.case)
        self.fields[ask.name].help_text = translated(ask.help)

    @property
    def on(self) -> date:
        """Return the day of the step."""
        return self.cleaned_data["on"] or timezone.localdate()

    def entered(self) -> dict[str, Any]:
        """Return what `cleanup.actions.step.take` takes."""
        told = {name: _plain(value) for name, value in self.cleaned_data.items() if name != "on"}
        for ask in self.leg.asks:
            if ask.what == What.CURED:
                given = {c: told.pop(f"{ask.name}_{c}", "") for c in self.case.finding.criteria}
                told[ask.name] = {letter: how for letter, how in given.items() if how}
            elif ask.what == What.BODY:
                code = str(told.get(ask.name) or "").strip().upper()
                told[ask.name] = Organisation.objects.filter(code=code).values_list("pk", flat=True).first()
        return told


def _field(ask: Ask, case: Case) -> forms.Field:
    label = translated(ask.label)
    if ask.what in (What.DAY, What.AHEAD):
        return DayField(label)
    if ask.what == What.PERSON:
        return _person(ask, label)
    if ask.what in (What.YES, What.MAYBE):
        return forms.BooleanField(label=label, required=False)
    if ask.what in (What.CHOICE, What.TREATMENT):
        known: Any = Treatment if ask.what == What.TREATMENT else ask.choices
        offered = [(each.value, each.label) for each in known if each.value != case.treatment]
        return forms.ChoiceField(label=label, required=False, choices=[("", _("请选择")), *offered])
    widget = forms.Textarea(attrs={"rows": 3}) if ask.what == What.LONG else forms.TextInput
    return forms.CharField(label=label, required=False, widget=widget)


def _person(ask: Ask, label: str) -> forms.Field:
    rows = User.objects.filter(is_active=True, role__in=OFFICERS).order_by("pk")
    if ask.name == "second":
        rows = rows.filter(certificate_until__gte=timezone.localdate())
    return Person(label, rows, empty_label=_("请选择"))


def _plain(value: Any) -> Any:
    return value.pk if isinstance(value, User) else value


class StepFileForm(forms.Form):
    """A scan to be kept with a step."""

    step = forms.TypedChoiceField(label=_("步骤"), coerce=int)
    title = forms.CharField(label=_("材料名称"), max_length=200)
    content = forms.FileField(label=_("文件"), help_text=_("PDF、OFD、Word 或者图片。"))

    def __init__(self, *args: Any, steps: Sequence[CaseStep], **kwargs: Any) -> None:
        """Offer the steps that were taken, the latest first."""
        super().__init__(*args, **kwargs)
        self.auto_id = "attach_%s"
        offered = self.fields["step"]
        assert isinstance(offered, forms.TypedChoiceField)  # noqa: S101 - narrows the type
        offered.choices = [
            (each.pk, f"{translated(each.get_step_display())} {day(each.on)}")
            for each in sorted(steps, key=lambda each: -each.seq)
        ]
        for field in self.fields.values():
            field.error_messages |= {"required": _("请填写"), "invalid_choice": _("请从名单中选择")}


class SendForm(forms.Form):
    """How a document is sent."""

    method = forms.ChoiceField(label=_("送达方式"), choices=ServiceMethod.choices)
    address = forms.CharField(
        label=_("送达地址或者公告渠道"), required=False, max_length=300, help_text=_("不填的，按登记住所送达。")
    )
    tracking_no = forms.CharField(label=_("邮件号"), required=False, max_length=100)
    consent_no = forms.CharField(label=_("电子送达确认书"), required=False, max_length=100)
    reason = forms.CharField(label=_("采用公告送达的原因"), required=False, widget=forms.Textarea(attrs={"rows": 2}))
    on = DayField(_("发出日期"))

    def __init__(self, data: QueryDict | None = None, *, step_id: int) -> None:
        """Offer today."""
        super().__init__(data, initial={"on": timezone.localdate()})
        self.auto_id = f"send_{step_id}_%s"


class ProveForm(forms.Form):
    """That a document has arrived, and the paper that proves it."""

    served_on = DayField(_("送达日期"), help_text=_("公告送达的不填，以公告期满之日为准。"))
    proof = forms.CharField(label=_("送达证明"), required=False, max_length=300)
    content = forms.FileField(label=_("送达证明文件"), required=False, help_text=_("PDF、OFD、Word 或者图片。"))

    def __init__(self, *args: Any, service: Service, **kwargs: Any) -> None:
        """Keep its names apart from those of other services."""
        super().__init__(*args, **kwargs)
        self.auto_id = f"prove_{service.pk}_%s"


class FailForm(forms.Form):
    """Why a document has not arrived."""

    failure = forms.CharField(label=_("未能送达的情况"), required=False, max_length=300)

    def __init__(self, *args: Any, service: Service, **kwargs: Any) -> None:
        """Keep its names apart from those of other services."""
        super().__init__(*args, **kwargs)
        self.auto_id = f"fail_{service.pk}_%s"
