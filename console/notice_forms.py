"""Forms of a case's documents: a field for whatever an officer fills in, and in words what still stands in the way."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from cleanup.queries import notice_values
from console.labels import together
from console.language import translated
from console.work_forms import DayField

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date

    from django.http import QueryDict
    from django.utils.functional import _StrPromise

    from cleanup import notices
    from cleanup.actions.notice import Draft

FROM_THE_REGISTER: Mapping[str, _StrPromise] = {
    "name": _("名称"),
    "code": _("统一社会信用代码"),
    "kind": _("类型"),
    "address": _("住所"),
    "legal_representative": _("法定代表人"),
    "certificate_no": _("登记证书编号"),
    "bureau": _("登记管理机关"),
}
"""Places filled from the register; what is missing there is entered there."""

FROM_THE_LAW: Mapping[str, _StrPromise] = {
    "prefix": _("文书文号的代字"),
    "contact": _("文书上的联系地址和电话"),
    "response_days": _("当事人申请听证的期限"),
    "announcement_days": _("公告送达期间"),
    "creditor_days": _("清算公告后债权申报期间"),
    "application_days": _("清算结束后申请注销登记的期限"),
    "reconsideration_days": _("申请行政复议的期限"),
    "lawsuit_months": _("提起行政诉讼的期限"),
}
"""Places filled from the policies of the law book; what is missing there two officers set there."""

POLICY_OF: Mapping[str, str] = {**notice_values.POLICIES, "prefix": notice_values.PREFIX}
"""The policy behind each of `FROM_THE_LAW`."""


class NoticeForm(forms.Form):
    """What an officer fills into one kind of document; what an earlier one or an earlier step says stands there already."""

    def __init__(
        self, form: notices.Form, data: QueryDict | None = None, *, proposed: Mapping[str, str] | None = None
    ) -> None:
        """Ask for the fields of ``form``; offer today."""
        super().__init__(data, initial={**(proposed or {}), "on": timezone.localdate()})
        self.auto_id = "notice_%s"
        for each in form.fields:
            widget = forms.Textarea(attrs={"rows": 5}) if each.long else forms.TextInput
            self.fields[each.name] = forms.CharField(label=translated(each.label), required=False, widget=widget)
        self.fields["on"] = DayField(_("文书日期"), help_text=_("不早于立案日期，不晚于今天。"))
        self.fields["seen"] = forms.IntegerField(required=False, widget=forms.HiddenInput)

    @property
    def on(self) -> date:
        """Return the day of the document."""
        found: date | None = getattr(self, "cleaned_data", {}).get("on")
        return found or timezone.localdate()

    def entered(self) -> dict[str, str]:
        """Return what was filled in; before it is sent, what is offered."""
        given: Mapping[str, Any] = self.cleaned_data if self.is_bound else self.initial
        return {name: str(given.get(name) or "") for name in self.fields if name not in {"on", "seen"}}

    def mark_empty(self, draft: Draft) -> None:
        """Say beside each field the document cannot do without that it is empty."""
        for name in draft.facts.missing:
            if name in self.fields:
                self.add_error(name, _("请填写"))


class VoidForm(forms.Form):
    """Why a document is declared void."""

    reason = forms.CharField(label=_("作废的理由"), required=False, max_length=300)


@dataclass(frozen=True, slots=True)
class Lacking:
    """What a document lacks beside its own fields: columns of the register, policies with their labels, a legal ground."""

    register: str
    law: tuple[tuple[str, str], ...]
    ground: bool

    def __bool__(self) -> bool:
        """Tell whether anything is lacking."""
        return bool(self.register or self.law or self.ground)


def lacking(draft: Draft) -> Lacking:
    """Return what ``draft`` lacks beside its own fields."""
    missing = {*draft.facts.missing, *([] if draft.facts.signatory.strip() else ["bureau"])}
    return Lacking(
        register=together(str(label) for name, label in FROM_THE_REGISTER.items() if name in missing),
        law=tuple((POLICY_OF[name], str(label)) for name, label in FROM_THE_LAW.items() if name in missing),
        ground=bool(missing & {"violated", "penalty_basis"}),
    )
