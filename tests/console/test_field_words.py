"""What is wrong with a field is said in our own words, naming the field; what a form says itself stays."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from django import forms
from django.template.loader import render_to_string
from django.utils import translation
from django.utils.translation import gettext_lazy as _

from console.field_words import wrongs

if TYPE_CHECKING:
    from pathlib import Path

    import pytest


class Everything(forms.Form):
    name = forms.CharField(label=_("名称"), max_length=4)
    on = forms.DateField(label=_("日期"))
    count = forms.IntegerField(label=_("人数"), min_value=1)
    money = forms.DecimalField(label=_("金额"), max_digits=4, decimal_places=2)
    way = forms.ChoiceField(label=_("方式"), choices=[("a", "甲")])
    ways = forms.MultipleChoiceField(label=_("情形"), choices=[("a", "甲")])
    own = forms.DateField(label=_("办理日期"), error_messages={"invalid": _("请填写日期，如 2026-11-24")})

    def clean_name(self) -> str:
        if self.cleaned_data["name"] == "坏":
            raise forms.ValidationError("名称不能是坏的。")
        return str(self.cleaned_data["name"])


WRONG = {"name": "一二三四五", "on": "明天", "count": "0", "money": "1.234", "way": "x", "ways": ["汉"], "own": "明天"}
SAID = {
    "name": "“名称”至多 4 个字，现有 5 个，请缩短。",
    "on": "“日期”不是日期，请按年-月-日填写，如 2026-11-24。",
    "count": "“人数”不小于 1，请核对。",
    "money": "“金额”的小数位数太多，请核对。",
    "way": "“方式”请从所列各项中选择。",
    "ways": "“情形”请从所列各项中选择。",
    "own": "请填写日期，如 2026-11-24",
}


def test_each_fault_names_its_field_and_the_remedy() -> None:
    form = Everything(WRONG)
    assert {name: wrongs(form[name]) for name in SAID} == {name: [words] for name, words in SAID.items()}


def test_what_is_left_out_is_asked_for() -> None:
    form = Everything({"count": "x", "money": "y"})
    assert wrongs(form["name"]) == ["请填写“名称”。"]
    assert wrongs(form["way"]) == ["请选择“方式”。"]
    assert wrongs(form["count"]) == ["“人数”不是整数，请只填数字。"]
    assert wrongs(form["money"]) == ["“金额”不是数字，请只填数字。"]


def test_what_a_form_says_itself_stays() -> None:
    assert wrongs(Everything({**WRONG, "name": "坏"})["name"]) == ["名称不能是坏的。"]


def test_in_english_no_chinese_is_left_but_the_label_nobody_translated() -> None:
    with translation.override("en"):
        form = Everything(WRONG)
        said = [words for name in SAID for words in wrongs(form[name])]
    assert not [words for words in said if re.search(r"[，。；]|请", words)]
    assert not [words for words in said if words.startswith(("Enter a", "Select a", "Ensure", "This field"))]


def test_the_page_of_a_field_shows_them() -> None:
    page = render_to_string("console/parts/field.html", {"field": Everything(WRONG)["on"]})
    assert SAID["on"] in page
    assert 'id="id_on_error"' in page


def test_no_page_shows_errors_by_the_frameworks_words(pytestconfig: pytest.Config) -> None:
    folder: Path = pytestconfig.rootpath / "console" / "templates"
    found = [path.name for path in folder.rglob("*.html") if re.search(r"for \w+ in [\w.]+\.errors ", path.read_text())]
    assert found == []
