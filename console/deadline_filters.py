"""Filters of the list of deadlines: they live in the address, like those of every list."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import forms
from django.db.models import Count, Q
from django.utils.translation import gettext_lazy as _

from registry import clockbook
from registry.models import Filing, Organisation, User
from registry.queries import deadlines
from registry.queries.search import searched
from registry.states import FilingKind, SubjectKind
from worker.queries.carried import COMING
from worker.queries.records import carried_by
from worker.queries.workload import AHEAD

if TYPE_CHECKING:
    from datetime import date

    from django.db.models import QuerySet
    from django.http import QueryDict

    from registry.models import Deadline

STANDINGS = {
    "": _("尚未期满"),
    "overdue": _("已逾期"),
    "near": _("两周内到期"),
    "waited_out": _("已期满待办"),
    "suspended": _("已中止"),
    "provisional": _("暂定"),
}
"""Where a running deadline may stand: words of the address and of the tabs. Waits that are over stand in their own."""


class DeadlineFilter(forms.Form):
    """Search and filters of the running deadlines."""

    q = forms.CharField(label=_("搜索"), required=False, max_length=100)
    kind = forms.ChoiceField(
        label=_("期限种类"),
        required=False,
        choices=[("", _("全部")), *((each.key, _(each.label)) for each in clockbook.read().values())],
    )
    officer = forms.ModelChoiceField(label=_("承办人"), required=False, queryset=User.objects.none())
    standing = forms.ChoiceField(label=_("情况"), required=False, choices=list(STANDINGS.items()))

    def __init__(self, data: QueryDict, *, today: date, officers: QuerySet[User]) -> None:
        """Judge what is late as of ``today``; offer ``officers`` to choose from."""
        super().__init__(data)
        self.today = today
        field = self.fields["officer"]
        assert isinstance(field, forms.ModelChoiceField)  # noqa: S101 - narrows the type
        field.queryset, field.empty_label = officers, str(_("全部人员"))

    def but_standing(self, rows: QuerySet[Deadline]) -> QuerySet[Deadline]:
        """Return what every filter but the standing leaves; a value that makes no sense filters nothing."""
        asked = self._asked()
        for word in asked.get("q", "").split():
            rows = rows.filter(_names(word))
        if asked.get("kind"):
            rows = rows.filter(kind=asked["kind"])
        return rows.filter(carried_by(asked["officer"].pk)) if asked.get("officer") else rows

    def rows(self, rows: QuerySet[Deadline]) -> QuerySet[Deadline]:
        """Return what all filters leave."""
        return self.but_standing(rows).filter(self._stands(self._asked().get("standing", "")))

    def counts(self, rows: QuerySet[Deadline]) -> dict[str, int]:
        """Return how many rows stand where, whatever standing is chosen: one query."""
        named = {word or "all": Count("pk", filter=self._stands(word)) for word in STANDINGS}
        return self.but_standing(rows).order_by().aggregate(**named)

    @property
    def chosen(self) -> str:
        """Return the standing that is chosen; empty for all."""
        return str(self._asked().get("standing", ""))

    @property
    def is_narrowed(self) -> bool:
        """Tell whether anything is filtered at all."""
        return any(self._asked().values())

    def _stands(self, word: str) -> Q:
        if word == "suspended":
            return Q(suspended_on__isnull=False)
        if word == "provisional":
            return Q(provisional=True)
        if not word:
            return ~Q(pk__in=deadlines.waited_out(on=self.today).order_by().values("pk"))
        found = {
            "overdue": deadlines.overdue(on=self.today),
            "near": deadlines.due_within(COMING[AHEAD], on=self.today),
            "waited_out": deadlines.waited_out(on=self.today),
        }[word]
        return Q(pk__in=found.order_by().values("pk"))

    def _asked(self) -> dict[str, Any]:
        self.is_valid()
        return self.cleaned_data


def _names(word: str) -> Q:
    """Return the condition for deadlines of bodies, or of applications to found one, that ``word`` names."""
    founding = Filing.objects.filter(kind=FilingKind.ESTABLISH, proposal__name__icontains=word)
    return Q(organisation__in=searched(Organisation.objects.all(), word)) | Q(
        subject_kind=SubjectKind.FILING, subject_id__in=founding.values("pk")
    )
