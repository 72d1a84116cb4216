"""Forms of the work pages. What may be written into them is judged by the rules, not here: nothing is required."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from cleanup.states import Criterion, Treatment
from console.access import Permission, roles_with
from console.language import translated
from console.treatments import has_left
from registry.models import Organisation, User
from registry.rules import ENFORCE, broken
from registry.states import Role

if TYPE_CHECKING:
    from django.db.models import QuerySet
    from django.http import QueryDict

    from cleanup.models import Case


class DayField(forms.DateField):
    """A day, picked from a calendar where the browser has one."""

    def __init__(self, label: Any, **kwargs: Any) -> None:
        """Ask for nothing by itself."""
        widget = forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"})
        errors = {"invalid": _("请填写日期，如 2026-11-24")}
        super().__init__(label=label, required=False, widget=widget, error_messages=errors, **kwargs)


class Person(forms.ModelChoiceField):  # type: ignore[type-arg]  # generic for the checker only
    """A colleague, shown with what the choice depends on."""

    def __init__(self, label: Any, rows: QuerySet[User], **kwargs: Any) -> None:
        """Choose among ``rows``."""
        errors = {"invalid_choice": _("请从名单中选择")}
        super().__init__(rows, label=label, required=False, error_messages=errors, **kwargs)

    def label_from_instance(self, obj: User) -> str:
        """Return name and role, and how long a certificate holds."""
        role = translated(Role(obj.role).label)
        if obj.certificate_until is None:
            return gettext("%(name)s（%(role)s）") % {"name": obj, "role": role}
        held = (
            gettext("执法证已过期")
            if broken(ENFORCE, obj.certificate(), on=timezone.localdate())
            else gettext("有执法证")
        )
        return gettext("%(name)s（%(role)s，%(held)s）") % {"name": obj, "role": role, "held": held}


def workers(permission: Permission) -> QuerySet[User]:
    """Return the active users whose role holds ``permission``."""
    return User.objects.filter(is_active=True, role__in=roles_with(permission)).order_by("pk")


class AssignForm(forms.Form):
    """Who shall carry a record; ``seen`` is the assignment the officer saw in force."""

    assignee = Person(_("承办人"), User.objects.none(), empty_label=_("请选择"))
    note = forms.CharField(label=_("说明（可不填）"), required=False, widget=forms.Textarea(attrs={"rows": 2}))
    seen = forms.IntegerField(required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        """Offer everybody who carries work."""
        super().__init__(*args, **kwargs)
        self.auto_id = "assign_%s"
        _rows(self, "assignee", workers(Permission.CARRY_WORK))


class HandBackForm(forms.Form):
    """Why a record goes back into the common queue."""

    note = forms.CharField(
        label=_("退回说明"),
        required=False,
        help_text=_("写给下一位承办人：已做到哪一步，为什么退回。"),
        widget=forms.Textarea(attrs={"rows": 3, "required": True}),
    )
    seen = forms.IntegerField(required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        """Keep its names apart from those of the other form."""
        super().__init__(*args, **kwargs)
        self.auto_id = "return_%s"


class NoteForm(forms.Form):
    """A note and the record it is about, empty for the organisation itself."""

    text = forms.CharField(
        label=_("写备注"),
        required=False,
        help_text=_("供同事参考，不进入台账；写好后不能修改。用“@姓名”提醒同事。"),
        widget=forms.Textarea(attrs={"rows": 3, "required": True}),
    )
    subject = forms.CharField(required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        """Keep its names apart from those of the page's other forms."""
        super().__init__(*args, **kwargs)
        self.auto_id = "note_%s"


class OpenCaseForm(forms.Form):
    """How a confirmed finding is treated, by whom and until when; ``version`` is the record the officer saw."""

    version = forms.IntegerField(required=False, widget=forms.HiddenInput)
    treatment = forms.ChoiceField(label=_("处置方式"), required=False, choices=[("", ""), *Treatment.choices])
    officer = Person(_("承办人"), User.objects.none(), empty_label=_("请选择"))
    due_on = DayField(_("办理期限"), help_text=_("可不填；填写后到期前自动提醒承办人。"))
    document_no = forms.CharField(label=_("立案文书号"), required=False, max_length=100)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        """Offer everybody who handles cases."""
        super().__init__(*args, **kwargs)
        _rows(self, "officer", workers(Permission.HANDLE_CASE))


class ReassignForm(forms.Form):
    """To whom a case goes and why; ``seen`` is the officer who was seen to carry it, ``version`` the record."""

    version = forms.IntegerField(required=False, widget=forms.HiddenInput)
    officer = Person(_("改派给"), User.objects.none(), empty_label=_("请选择"))
    reason = forms.CharField(
        label=_("改派理由"), required=False, widget=forms.Textarea(attrs={"rows": 2, "required": True})
    )
    seen = forms.IntegerField(required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, case: Case, **kwargs: Any) -> None:
        """Offer everybody who handles cases but the present officer."""
        kwargs.setdefault("initial", {"seen": case.officer_id, "version": case.finding.organisation.version})
        super().__init__(*args, **kwargs)
        self.auto_id = "reassign_%s"
        _rows(self, "officer", workers(Permission.HANDLE_CASE).exclude(pk=case.officer_id))


class CloseForm(forms.Form):
    """How a case ended: the documents of its treatment, the day, and the reason; ``version`` is the record seen."""

    version = forms.IntegerField(required=False, widget=forms.HiddenInput)
    on = DayField(_("办结日期"))
    reason = forms.CharField(
        label=_("办结理由"),
        required=False,
        help_text=_("将记入台账，不可更改。"),
        widget=forms.Textarea(attrs={"rows": 3, "required": True}),
    )

    def __init__(self, *args: Any, case: Case, **kwargs: Any) -> None:
        """Know the case, and offer today."""
        self.case = case
        kwargs.setdefault("initial", {"on": timezone.localdate(), "version": case.finding.organisation.version})
        super().__init__(*args, **kwargs)
        self.auto_id = "close_%s"
        self.order_fields([name for name in self.fields if name not in {"on", "reason"}])

    def documents(self) -> dict[str, Any]:
        """Return what `close_case` takes for this treatment."""
        return {name: value for name, value in self.cleaned_data.items() if name not in {"on", "reason", "version"}}


class CancellationForm(CloseForm):
    """Documents of 注销."""

    resolution_on = DayField(_("决议日期"))
    consent_no = forms.CharField(
        label=_("业务主管单位同意文号"), required=False, max_length=100, help_text=_("没有业务主管单位的不填。")
    )
    liquidation_report_on = DayField(_("清算报告日期"))


class PenaltyForm(CloseForm):
    """Documents of 撤销 and 吊销."""

    decision_no = forms.CharField(label=_("决定书文号"), required=False, max_length=100)
    decided_on = DayField(_("决定日期"))
    served_on = DayField(_("送达日期"), help_text=_("以送达回证或者公告期满之日为准。"))


class MergerForm(CloseForm):
    """The other body of a merger, by its code."""

    successor = forms.CharField(label=_("合并后组织的统一社会信用代码"), required=False, max_length=30)
    resolution_on = DayField(_("合并决议日期"))

    def clean_successor(self) -> int | None:
        """Return the organisation of this code, None where there is none: the rule says what is missing."""
        code = self.cleaned_data["successor"].strip().upper()
        found: int | None = Organisation.objects.filter(code=code).values_list("pk", flat=True).first()
        return found

    def documents(self) -> dict[str, Any]:
        """Return successor and resolution."""
        return {"successor_id": self.cleaned_data["successor"], "resolution_on": self.cleaned_data["resolution_on"]}


class RectificationForm(CloseForm):
    """How each criterion of the finding was cured."""

    def __init__(self, *args: Any, case: Case, **kwargs: Any) -> None:
        """Ask for one sentence for each criterion."""
        super().__init__(*args, case=case, **kwargs)
        for letter in case.finding.criteria:
            label = gettext("情形%(letter)s如何消除：%(what)s") % {
                "letter": letter,
                "what": translated(Criterion(letter).label),
            }
            self.fields[f"cured_{letter}"] = forms.CharField(label=label, required=False, max_length=300)
        self.order_fields([name for name in self.fields if name not in {"on", "reason"}])

    def documents(self) -> dict[str, Any]:
        """Return what was written on each criterion, without those left empty."""
        cured = {letter: self.cleaned_data.get(f"cured_{letter}", "") for letter in self.case.finding.criteria}
        return {"cured": {letter: how for letter, how in cured.items() if how}}


CLOSE_FORMS: dict[str, type[CloseForm]] = {
    Treatment.RECTIFY: RectificationForm,
    Treatment.CANCEL: CancellationForm,
    Treatment.REVOKE: PenaltyForm,
    Treatment.REVOKE_LICENCE: PenaltyForm,
    Treatment.MERGE: MergerForm,
}


def close_form(case: Case, data: QueryDict | None = None) -> CloseForm:
    """Return the form that closes ``case``; for a body that has left the register, day and reason are all it asks."""
    form = CloseForm if has_left(case) else CLOSE_FORMS[case.treatment]
    return form(data, case=case)


def _rows(form: forms.Form, name: str, rows: QuerySet[User]) -> None:
    field = form.fields[name]
    assert isinstance(field, forms.ModelChoiceField)  # noqa: S101 - narrows the type
    field.queryset = rows
