"""Forms officers fill in; what may be written into them is judged by the rules, not here."""

from __future__ import annotations

from django import forms
from django.contrib.auth.forms import AuthenticationForm
from django.utils.translation import gettext_lazy as _


class SignInForm(AuthenticationForm):
    """User name and password, with our own words for what can go wrong."""

    error_messages = {
        "invalid_login": _("用户名或者密码不正确，请核对后重新输入。密码区分大小写。"),
        "inactive": _("该账号已停用，请联系管理员。"),
    }

    def __init__(self, *args: object, **kwargs: object) -> None:
        """Name the fields in Chinese."""
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]  # Django's own arguments
        self.fields["username"].label = _("用户名")
        self.fields["password"].label = _("密码")
        for field, message in (("username", _("请输入用户名")), ("password", _("请输入密码"))):
            self.fields[field].error_messages["required"] = message


class DecisionForm(forms.Form):
    """The reason of a decision; whether it suffices is for the rules to say. ``version`` is the record the officer saw."""

    version = forms.IntegerField(required=False, widget=forms.HiddenInput)
    reason = forms.CharField(
        label=_("理由"),
        required=False,
        strip=True,
        help_text=_("写明核实的经过和结论，将记入台账，不可更改。"),
        widget=forms.Textarea(attrs={"rows": 4, "required": True}),
    )
    tested_before = forms.CharField(
        label=_("此前的联系核查"),
        required=False,
        strip=True,
        max_length=500,
        help_text=_("没有在本系统做过联系核查、此前已按同样程序核查的，写明日期、方式和凭证；其他情况先做联系核查。"),
        widget=forms.Textarea(attrs={"rows": 2, "maxlength": 500}),
    )
