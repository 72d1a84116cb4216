"""What is wrong with a field, in our own words: which field, and what to do. What a form says by itself stays as it is."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import forms
from django.utils import translation
from django.utils.translation import gettext_lazy as _

from console.language import CHINESE, translated

if TYPE_CHECKING:
    from django.core.exceptions import ValidationError
    from django.forms.boundfield import BoundField
    from django.utils.functional import _StrPromise

WORDS: dict[str, _StrPromise] = {
    "required": _("请填写“%(label)s”。"),
    "invalid": _("“%(label)s”的写法不对，请核对后重新填写。"),
    "invalid_choice": _("“%(label)s”请从所列各项中选择。"),
    "invalid_list": _("“%(label)s”请从所列各项中选择。"),
    "invalid_pk_value": _("“%(label)s”请从所列各项中选择。"),
    "max_length": _("“%(label)s”至多 %(limit_value)s 个字，现有 %(show_value)s 个，请缩短。"),
    "min_length": _("“%(label)s”至少 %(limit_value)s 个字，现有 %(show_value)s 个，请补充。"),
    "max_value": _("“%(label)s”不大于 %(limit_value)s，请核对。"),
    "min_value": _("“%(label)s”不小于 %(limit_value)s，请核对。"),
    "max_digits": _("“%(label)s”的位数太多，请核对。"),
    "max_whole_digits": _("“%(label)s”的位数太多，请核对。"),
    "max_decimal_places": _("“%(label)s”的小数位数太多，请核对。"),
    "null_characters_not_allowed": _("“%(label)s”含有看不见的字符，请删除后重新填写。"),
    "missing": _("“%(label)s”没有收到，请重新选择文件。"),
    "empty": _("“%(label)s”是空文件，请重新选择。"),
    "unique": _("“%(label)s”已有其他记录使用，请核对。"),
}
"""By the code of the error."""

KINDS: tuple[tuple[type[forms.Field], _StrPromise], ...] = (
    (forms.DateField, _("“%(label)s”不是日期，请按年-月-日填写，如 2026-11-24。")),
    (forms.DecimalField, _("“%(label)s”不是数字，请只填数字。")),
    (forms.IntegerField, _("“%(label)s”不是整数，请只填数字。")),
    (forms.FileField, _("“%(label)s”没有收到，请重新选择文件。")),
)
"""What is wrong with a value that cannot be read as what the field holds."""

CHOSEN = _("请选择“%(label)s”。")


def wrongs(bound: BoundField) -> list[str]:
    """Return what is wrong with a field as sentences in the reader's language."""
    return [_said(bound, error) for error in bound.errors.as_data()]


def _said(bound: BoundField, error: ValidationError) -> str:
    code = error.code or ""
    if code not in WORDS or not _is_djangos(error):
        return translated(next(iter(error)))
    words = WORDS[code]
    if code == "required" and isinstance(bound.field, (forms.ChoiceField, forms.FileField)):
        words = CHOSEN
    if code == "invalid":
        words = next((told for kind, told in KINDS if isinstance(bound.field, kind)), words)
    told: dict[str, Any] = {"limit_value": "", "show_value": "", **(error.params or {})}
    return str(words) % {**told, "label": translated(bound.label)}


def _is_djangos(error: ValidationError) -> bool:
    """Tell whether a message comes from the framework: untranslated, ours are Chinese and its own are not."""
    blank = {name: value if isinstance(value, int) else "" for name, value in (error.params or {}).items()}
    with translation.override(None):
        return not CHINESE.search(str(error.message % blank if blank else error.message))
