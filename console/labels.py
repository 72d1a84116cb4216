"""Values as an officer reads them: dates, amounts, yes and no, and the names of columns and facts."""

from __future__ import annotations

import re
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from typing import TYPE_CHECKING, Any

from django.utils import dateformat, timezone
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from console.language import is_chinese, translated
from registry.models import Organisation

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from django.utils.functional import _StrPromise

_ISO = re.compile(r"(\d{4})-(\d{2})-(\d{2})")
_ISO_IN_TEXT = re.compile(r"(\s?)(?<![\d-])(\d{4}-\d{2}-\d{2})(?![\d-])(\s?)")

FACTS: dict[str, _StrPromise] = {
    "report_years": _("应报年度"),
    "due_on": _("报送截止日"),
    "missed_years": _("未报送年度"),
    "filed_years": _("已报送年度"),
    "years_not_entered": _("系统未录入年度"),
    "established_on": _("成立日期"),
    "first_year_ended_on": _("首个期间届满日"),
    "inactive_since": _("未活动起算日"),
    "last_activity_on": _("最近一次活动"),
    "activity_surveyed_on": _("活动情况核查至"),
    "surveyed_since": _("要求核查不早于"),
    "contact_since": _("联系起算日"),
    "failed_address": _("住所联系失败次数"),
    "needed_address": _("认定所需住所联系失败次数"),
    "failed_representative": _("法定代表人联系失败次数"),
    "needed_representative": _("认定所需法定代表人联系失败次数"),
    "determined": _("有书面认定"),
    "on": _("核对日期"),
}
"""The facts a criterion is judged on, as `cleanup.queries.explain.described` names them."""

YEARS = {"report_years", "missed_years", "filed_years", "years_not_entered"}


def day(value: date | str | None) -> str:
    """Return a date (or its ISO text) as 2026年11月23日 or 23 November 2026; empty for nothing, other text unchanged."""
    if isinstance(value, str) and (match := _ISO.match(value)):
        value = _date(match)
    if isinstance(value, date):
        return dateformat.format(value, "Y年n月j日" if is_chinese() else "j F Y")
    return value or ""


def moment(value: datetime) -> str:
    """Return a moment as 2026年11月23日 14:05 or 23 November 2026, 14:05, in local time."""
    local = timezone.localtime(value)
    return f"{day(local)}{' ' if is_chinese() else ', '}{local:%H:%M}"


def days(text: object) -> str:
    """Return ``text`` with every ISO date in it written as a reader writes it; what is safe HTML stays so."""
    found = _ISO_IN_TEXT.sub(_written, str(text))
    return mark_safe(found) if isinstance(text, SafeString) else found  # noqa: S308 - only dates have changed


def _written(match: re.Match[str]) -> str:
    before, iso, after = match.groups()
    return day(iso) if is_chinese() else f"{before}{day(iso)}{after}"


def _date(match: re.Match[str]) -> date | str:
    try:
        return date(*map(int, match.groups()))
    except ValueError:
        return match.string


def together(parts: Iterable[str], *, loosely: bool = False) -> str:
    """Return ``parts`` as a list in a sentence: with 、, or ； where each is a statement, or commas and semicolons."""
    if is_chinese():
        return ("；" if loosely else "、").join(parts)
    return ("; " if loosely else ", ").join(parts)


def money(value: Decimal | str | None) -> str:
    """Return an amount in 元 with thousands separated; empty for nothing."""
    if value in {None, ""}:
        return ""
    try:
        amount = Decimal(str(value))
    except InvalidOperation:
        return str(value)
    shown = f"{amount:,.2f}".removesuffix(".00")
    return gettext("%(amount)s 元") % {"amount": shown}


def column(name: str) -> str:
    """Return the label of an organisation's column (``supervising_unit_id`` included).

    Money has another name for each kind of body; where the kind is not known it is just money.
    """
    if name == "capital":
        return gettext("资金数额")
    return translated(_columns()[name].verbose_name) if name in _columns() else name


def column_value(name: str, value: Any, names: Mapping[tuple[str, int], str]) -> str:
    """Return a column's value in the ledger as text; ``names`` gives those of ``(model label, pk)``."""
    field = _columns().get(name)
    if value is None or value == "":
        return gettext("空")
    if field is None:
        return plain(value)
    if field.related_model is not None:
        return names.get((field.related_model._meta.label, value), f"#{value}")
    if field.choices:
        return translated(dict(field.flatchoices).get(value, value))
    return money(value) if name == "capital" else plain(value)


def fact_value(name: str, value: Any) -> str:
    """Return a frozen fact's value as text."""
    if name in YEARS and isinstance(value, list):
        return together(gettext("%(year)s年度") % {"year": year} for year in value) or gettext("无")
    if name == "due_on" and isinstance(value, dict):
        told = gettext("%(year)s年度：%(day)s")
        return together(
            (told % {"year": year, "day": day(due)} for year, due in value.items()), loosely=True
        ) or gettext("无")
    return plain(value)


def plain(value: Any) -> str:
    """Return any JSON value as text."""
    if value is None or value in ("", [], {}):
        return gettext("无")
    if isinstance(value, bool):
        return gettext("是") if value else gettext("否")
    if isinstance(value, dict):
        named = gettext("%(name)s：%(value)s")
        return together((named % {"name": key, "value": plain(each)} for key, each in value.items()), loosely=True)
    if isinstance(value, list):
        return together(plain(each) for each in value)
    return days(translated(value))


def facts(found: Mapping[str, Any]) -> list[tuple[str, str]]:
    """Return the facts of one criterion as label and text, in the order in which they were told."""
    return [(str(FACTS.get(name, name)), fact_value(name, value)) for name, value in found.items()]


def _columns() -> dict[str, Any]:
    return {field.attname: field for field in Organisation._meta.concrete_fields}
