"""Accounts of people: the forms about them, passwords made for them, and their ledger in words."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from django import forms
from django.contrib.auth.forms import PasswordChangeForm
from django.contrib.auth.validators import UnicodeUsernameValidator
from django.db.models import Q
from django.shortcuts import redirect
from django.utils.deprecation import MiddlewareMixin
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from console import sorting
from console.labels import plain
from console.language import translated
from console.words import STAFF_WORDS
from registry.models import StaffEvent, Unit, User
from registry.states import Role

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from datetime import date

    from django.db.models import QuerySet
    from django.http import HttpRequest, HttpResponse

WARNED_BEFORE = timedelta(days=60)
"""How long before an enforcement certificate expires its holder is told."""

ROLES = [(role.value, role.label) for role in Role if role != Role.SYSTEM]

_ALPHABET = "abcdefghjkmnpqrstuvwxyz23456789"
"""Letters and figures nobody mistakes for one another when they are read out."""


def new_password() -> str:
    """Return a random password as four groups of four."""
    return "-".join("".join(secrets.choice(_ALPHABET) for _ in range(4)) for _ in range(4))


def version(user: User) -> int:
    """Return how many things were done to an account; a form of an earlier version is out of date."""
    return StaffEvent.objects.filter(subject=user).count()


class UserFilter(forms.Form):
    """Search and filters of the people."""

    q = forms.CharField(label=_("搜索"), required=False, max_length=100)
    role = forms.ChoiceField(label=_("角色"), required=False, choices=[("", _("全部")), *ROLES])
    state = forms.ChoiceField(
        label=_("账户"), required=False, choices=[("", _("全部")), ("open", _("在用")), ("closed", _("已停用"))]
    )
    order = sorting.PEOPLE.field()
    orders = sorting.PEOPLE

    def rows(self, rows: QuerySet[User]) -> QuerySet[User]:
        """Return what all filters leave; a value that makes no sense filters nothing."""
        self.is_valid()
        asked = self.cleaned_data
        for word in asked.get("q", "").split():
            rows = rows.filter(
                Q(username__icontains=word) | Q(display_name__contains=word) | Q(unit__name__contains=word)
            )
        if asked.get("role"):
            rows = rows.filter(role=asked["role"])
        if asked.get("state"):
            rows = rows.filter(is_active=asked["state"] == "open")
        return rows

    @property
    def is_narrowed(self) -> bool:
        """Tell whether anything is filtered at all."""
        self.is_valid()
        return any(value for name, value in self.cleaned_data.items() if name != "order")


class ReasonForm(forms.Form):
    """Why an account is changed, and which version of it the administrator saw; the rules judge the reason."""

    version = forms.IntegerField(widget=forms.HiddenInput, required=False)
    reason = forms.CharField(
        label=_("理由"),
        required=False,
        max_length=500,
        help_text=_("记入人员台账，不可更改。"),
        widget=forms.TextInput(attrs={"required": True, "autocomplete": "off"}),
    )


class RoleForm(ReasonForm):
    """Another role, or unit."""

    role = forms.ChoiceField(label=_("角色"), choices=ROLES)
    unit = forms.ModelChoiceField(
        label=_("所属单位"),
        queryset=Unit.objects.all(),
        required=False,
        empty_label=_("本局"),
        help_text=_("业务主管单位、会签部门的人员填写，本局人员不填。"),
    )
    field_order: tuple[str, ...] = ("role", "unit", "reason", "version")


class CertificateForm(ReasonForm):
    """An enforcement certificate, or none."""

    certificate_no = forms.CharField(label=_("执法证号"), required=False, max_length=50)
    certificate_until = forms.DateField(
        label=_("有效期至"),
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        help_text=_("收回执法证时，两项都清空。"),
    )
    field_order = ("certificate_no", "certificate_until", "reason", "version")


class QualificationForm(ReasonForm):
    """What qualifies somebody for legal review, or nothing."""

    legal_qualification_no = forms.CharField(
        label=_("法律职业资格证号或者原有资格依据"),
        required=False,
        max_length=100,
        help_text=_("初次从事处罚决定法制审核的，填写法律职业资格证号；收回时清空。"),
    )
    field_order = ("legal_qualification_no", "reason", "version")


class NewUserForm(RoleForm):
    """Somebody new."""

    username = forms.CharField(
        label=_("用户名"),
        max_length=150,
        validators=[UnicodeUsernameValidator()],
        help_text=_("用于登录，开设后不再更改。"),
        widget=forms.TextInput(attrs={"autocomplete": "off", "autocapitalize": "none"}),
    )
    display_name = forms.CharField(
        label=_("姓名"),
        max_length=50,
        help_text=_("台账和页面以此称呼本人，不与他人相同。"),
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    field_order = ("username", "display_name", "role", "unit", "reason")

    def clean_username(self) -> str:
        """Refuse a name somebody has."""
        username: str = self.cleaned_data["username"]
        if User.objects.filter(username=username).exists():
            raise forms.ValidationError(gettext("用户名“%(name)s”已被使用。") % {"name": username})
        return username


class OwnPasswordForm(PasswordChangeForm):
    """The old password and a new one, in our own words."""

    error_messages = {
        "password_mismatch": _("两次输入的新密码不一致。"),
        "password_incorrect": _("原密码不正确。"),
    }

    def clean_new_password1(self) -> str:
        """Refuse the password one has."""
        password: str = self.cleaned_data["new_password1"]
        if self.user.check_password(password):
            raise forms.ValidationError(gettext("新密码与原密码相同，请另设一个。"))
        return password

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        """Name the fields in Chinese; the helps come as one sentence."""
        super().__init__(*args, **kwargs)
        for name, label in (
            ("old_password", _("原密码")),
            ("new_password1", _("新密码")),
            ("new_password2", _("再输入一次新密码")),
        ):
            self.fields[name].label = label
            self.fields[name].help_text = ""
            self.fields[name].error_messages["required"] = gettext("请填写“%(label)s”。") % {"label": label}
        self.fields["new_password1"].help_text = _(
            "至少八个字符，不能全是数字，不能与用户名、姓名相近，不能是常见密码。"
        )


class OwnPasswordFirst(MiddlewareMixin):
    """Opens nothing to somebody whose password an administrator has set, until they have set one of their own."""

    OPEN = frozenset({"own_password", "sign_in", "sign_out", "set_language"})

    def process_view(self, request: HttpRequest, *_: Any) -> HttpResponse | None:
        """Lead to the page of one's own password."""
        match = request.resolver_match
        is_open = match is not None and match.view_name in self.OPEN
        given = request.user.is_authenticated and request.user.has_given_password
        return redirect("own_password") if given and not is_open else None


def certificate_state(user: User, *, on: date) -> str:
    """Return ``valid``, ``expiring`` or ``expired``, as the badges name it; empty where there is no certificate."""
    until = user.certificate_until
    if until is None:
        return ""
    if until < on:
        return "expired"
    return "expiring" if until <= on + WARNED_BEFORE else "valid"


@dataclass(frozen=True, slots=True)
class StaffSaid:
    """A row of the ledger of accounts as it is shown: what was done, and what differs since, as label and text."""

    event: StaffEvent
    title: str
    details: list[tuple[str, str]]


def tell_staff(events: Iterable[StaffEvent]) -> list[StaffSaid]:
    """Return rows of the ledger of accounts in words; the units they mention are read at once."""
    listed = list(events)
    wanted = {value for event in listed for value in event.facts.get("changes", {}).get("unit_id", []) if value}
    units = dict(Unit.objects.filter(pk__in=wanted).values_list("pk", "name")) if wanted else {}
    return [StaffSaid(event, str(STAFF_WORDS.get(event.verb, event.verb)), _changes(event, units)) for event in listed]


def _changes(event: StaffEvent, units: Mapping[int, str]) -> list[tuple[str, str]]:
    columns = {field.attname: field for field in User._meta.concrete_fields}
    return [
        (
            translated(columns[name].verbose_name),
            f"{_value(name, old, units)} → {_value(name, new, units)}",
        )
        for name, (old, new) in event.facts.get("changes", {}).items()
    ]


def _value(name: str, value: Any, units: Mapping[int, str]) -> str:
    if name == "role":
        return translated(dict(Role.choices).get(value, value))
    if name == "unit_id":
        return units.get(value, gettext("本局")) if value else gettext("本局")
    return plain(value)
