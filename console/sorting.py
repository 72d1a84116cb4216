"""Orders of the lists: each column an officer may sort by, in the address and at the head of its column."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date
from typing import TYPE_CHECKING, Any

from django import forms
from django.db.models import DateField, F, Value
from django.db.models.functions import Coalesce
from django.utils.functional import lazy
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from console.paging import Order

if TYPE_CHECKING:
    from collections.abc import Mapping

    from django.utils.functional import _StrPromise

EARLIEST, LATEST = date(1, 1, 1), date(9999, 12, 31)
"""Where a row without the date stands: after all others, whichever way the column usually goes."""


@dataclass(frozen=True, slots=True)
class Column:
    """A column to sort by: its words, its order, and whether it usually goes downwards, as dates of news do."""

    label: _StrPromise
    order: Order
    is_downwards: bool = False


@dataclass(frozen=True, slots=True)
class Sorting:
    """The columns of a list by the word that stands in the address, ``-`` before it for downwards; ``usual`` is first."""

    columns: Mapping[str, Column]
    usual: str

    def asked(self, word: str) -> str:
        """Return the word of the order that is meant; one that makes no sense means the usual one."""
        return word if word.removeprefix("-") in self.columns else self.usual

    def order(self, word: str) -> Order:
        """Return the order a word asks for."""
        asked = self.asked(word)
        order = self.columns[asked.removeprefix("-")].order
        return replace(order, descending=asked.startswith("-"))

    def next(self, name: str, word: str) -> str:
        """Return the word the head of a column leads to, empty for the usual order.

        It is the other way round where the list goes by the column already.
        """
        is_downwards = self.columns[name].is_downwards
        if direction := self.direction(name, word):
            is_downwards = direction == "ascending"
        found = f"-{name}" if is_downwards else name
        return "" if found == self.usual else found

    def direction(self, name: str, word: str) -> str:
        """Return how the list goes by a column now, as ``aria-sort`` names it; empty where it goes by another."""
        asked = self.asked(word)
        if asked.removeprefix("-") != name:
            return ""
        return "descending" if asked.startswith("-") else "ascending"

    def field(self) -> forms.ChoiceField:
        """Return the choice of an order, for windows too narrow for heads of columns."""
        words = [self.usual, *(each for name in self.columns for each in (name, f"-{name}") if each != self.usual)]
        named = [("" if each == self.usual else each, self._named(each)) for each in words]
        return forms.ChoiceField(label=_("排序"), required=False, choices=named)

    def _named(self, word: str) -> Any:
        label = self.columns[word.removeprefix("-")].label
        return _said(label, is_downwards=word.startswith("-"))


def _say(label: object, *, is_downwards: bool) -> str:
    return (
        gettext("按%(column)s倒序") % {"column": label} if is_downwards else gettext("按%(column)s") % {"column": label}
    )


_said = lazy(_say, str)


def _dated(name: str, last: str, *, otherwise: date) -> Order:
    """Return an order by a day that may be missing."""
    day = Coalesce(F(name), Value(otherwise, output_field=DateField()))
    return Order((f"{name}_or_not", last), computed=((f"{name}_or_not", day),))


REGISTER = Sorting(
    {
        "code": Column(_("信用代码"), Order(("code",))),
        "name": Column(_("名称"), Order(("name", "code"))),
        "established": Column(_("成立日期"), _dated("established_on", "code", otherwise=LATEST)),
    },
    usual="code",
)
FINDINGS = Sorting(
    {
        "found": Column(_("发现日期"), Order(("found_on", "pk")), is_downwards=True),
        "name": Column(_("名称"), Order(("organisation__name", "pk"))),
    },
    usual="-found",
)
CASES = Sorting(
    {
        "opened": Column(_("立案日期"), Order(("opened_on", "pk")), is_downwards=True),
        "due": Column(_("办理期限"), _dated("due_on", "pk", otherwise=LATEST)),
        "name": Column(_("名称"), Order(("finding__organisation__name", "pk"))),
    },
    usual="-opened",
)
PEOPLE = Sorting(
    {
        "username": Column(_("用户名"), Order(("username", "pk"))),
        "name": Column(_("姓名"), Order(("display_name", "pk"))),
        "certificate": Column(_("执法证有效期"), _dated("certificate_until", "pk", otherwise=LATEST)),
    },
    usual="username",
)
