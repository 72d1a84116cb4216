"""Filters of the list of applications: they live in the address, like those of every list."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import forms
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from registry.models import Assignment, Filing, Organisation
from registry.queries import deadlines
from registry.queries.filings import UNDER_DECISION
from registry.queries.search import searched
from registry.states import PENDING_FILING, FilingKind, FilingState, SubjectKind

if TYPE_CHECKING:
    from datetime import date

    from django.db.models import QuerySet
    from django.http import QueryDict

    from registry.models import User

PENDING = "pending"
OVERDUE = "overdue"
COMING = "14"
EXTENDED = "extended"
MINE = "mine"


class FilingFilter(forms.Form):
    """Search and filters of the applications."""

    q = forms.CharField(label=_("搜索"), required=False, max_length=100)
    kind = forms.ChoiceField(
        label=_("申请事项"), required=False, choices=[("", _("全部")), *((k.value, _(k.label)) for k in FilingKind)]
    )
    due = forms.ChoiceField(
        label=_("办理期限"),
        required=False,
        choices=[("", _("不限")), (OVERDUE, _("已逾期")), (COMING, _("14日内到期")), (EXTENDED, _("已延期"))],
    )
    who = forms.ChoiceField(
        label=_("经办"), required=False, choices=[("", _("全部人员")), (MINE, _("我经办或者分派给我的"))]
    )
    state = forms.ChoiceField(
        label=_("状态"),
        required=False,
        choices=[("", _("全部")), (PENDING, _("在办")), *((s.value, _(s.label)) for s in FilingState)],
    )

    def __init__(self, data: QueryDict, *, user: User, today: date) -> None:
        """Judge what is whose and what is late for ``user`` and as of ``today``."""
        super().__init__(data)
        self.user, self.today = user, today

    def but_state(self, rows: QuerySet[Filing]) -> QuerySet[Filing]:
        """Return what every filter but the state leaves; a value that makes no sense filters nothing."""
        asked = self._asked()
        for word in asked.get("q", "").split():
            rows = rows.filter(_mentions(word))
        if asked.get("kind"):
            rows = rows.filter(kind=asked["kind"])
        if asked.get("due") == OVERDUE:
            rows = rows.filter(deadlines.having(SubjectKind.FILING, deadlines.overdue(on=self.today)))
        if asked.get("due") == COMING:
            rows = rows.filter(deadlines.having(SubjectKind.FILING, deadlines.due_within(int(COMING), on=self.today)))
        if asked.get("due") == EXTENDED:
            rows = rows.filter(deadlines.having(SubjectKind.FILING, deadlines.extended()))
        return rows.filter(_carried_by(self.user)) if asked.get("who") == MINE else rows

    def rows(self, rows: QuerySet[Filing]) -> QuerySet[Filing]:
        """Return what all filters leave."""
        rows = self.but_state(rows)
        state = self._asked().get("state")
        return rows.filter(in_state(state)) if state else rows

    @property
    def all_have_a_due_date(self) -> bool:
        """Tell whether the filters leave only applications with a date they are due on."""
        asked = self._asked()
        return asked.get("due") in {OVERDUE, COMING} or asked.get("state") in {FilingState.SUBMITTED, *UNDER_DECISION}

    @property
    def is_narrowed(self) -> bool:
        """Tell whether anything is filtered at all."""
        return any(self._asked().values())

    def _asked(self) -> dict[str, Any]:
        self.is_valid()
        return self.cleaned_data


def in_state(state: str) -> Q:
    """Return the condition for a state, or for all that are received and not decided."""
    return Q(state__in=PENDING_FILING) if state == PENDING else Q(state=state)


def _mentions(word: str) -> Q:
    """Return the condition for applications that name ``word``: number, applicant, or the body it is about."""
    return (
        Q(number__contains=word)
        | Q(applicant__contains=word)
        | Q(organisation__in=searched(Organisation.objects.all(), word))
        | Q(kind=FilingKind.ESTABLISH, proposal__name__icontains=word)
    )


def _carried_by(user: User) -> Q:
    given = Assignment.objects.filter(subject_kind=SubjectKind.FILING, assignee=user, returned_on__isnull=True)
    return Q(drafted_by=user) | Q(handler=user) | Q(reviewer=user) | Q(pk__in=given.values("subject_id"))
