"""What alerts rest on: deadlines that come near or have passed, and findings nobody has decided yet."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING
from urllib.parse import urlencode

from django.db.models import Count
from django.urls import reverse

from cleanup.models import Case, Finding
from cleanup.states import CaseState, FindingState
from registry.models import User
from registry.queries.law import value
from registry.states import Role
from worker.queries.due import LOOKS_BACK
from worker.states import AlertKind

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import date

IN_CHARGE = (Role.REGISTRATION, Role.ENFORCEMENT)
"""Roles that check new findings."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Cause:
    """Why somebody is to be alerted; what is not ``fresh`` keeps an alert open but raises none."""

    kind: AlertKind
    recipient_id: int
    key: str
    subject: str
    link: str
    due_on: date | None = None
    fresh: bool = True


def deadlines(*, on: date) -> Iterator[Cause]:
    """Yield a cause for each open case due within the days the bureau's policy sets, and for each overdue one.

    Passing the deadline is a cause of its own: the officer is alerted anew.
    """
    until = on + timedelta(days=value("alert.days_before", on=on))
    cases = Case.objects.filter(state=CaseState.OPEN, due_on__lte=until)
    for case in cases.select_related("finding__organisation").order_by("due_on", "pk"):
        if case.due_on is None:
            continue
        days = (case.due_on - on).days
        name, what = case.finding.organisation.name, case.get_treatment_display()
        stands = "今日到期" if days == 0 else f"还有{days}日到期" if days > 0 else "已经逾期"
        yield Cause(
            kind=AlertKind.DEADLINE,
            recipient_id=case.officer_id,
            key=f"case {case.pk} {'due' if days >= 0 else 'overdue'} {case.due_on}",
            subject=f"“{name}”{what}一案办理期限为{case.due_on}，{stands}",
            link=reverse("finding_page", kwargs={"pk": case.finding_id}),
            due_on=case.due_on,
        )


def new_findings(*, on: date) -> Iterator[Cause]:
    """Yield for each officer in charge one cause for each campaign and day of finding that left something undecided."""
    undecided = (
        Finding.objects.filter(state=FindingState.OPEN, found_on__lte=on)
        .order_by("campaign__code", "found_on")
        .values_list("campaign__code", "campaign__title", "found_on")
        .annotate(count=Count("pk"))
    )
    officers = list(User.objects.filter(is_active=True, role__in=IN_CHARGE).order_by("pk").values_list("pk", flat=True))
    for code, title, found_on, count in undecided:
        for officer in officers:
            yield Cause(
                kind=AlertKind.NEW_FINDINGS,
                recipient_id=officer,
                key=f"findings {code} {found_on}",
                subject=f"“{title}”{found_on}排查发现的线索有{count}条待核实",
                link=f"{reverse('finding_list')}?{urlencode({'campaign': code, 'stage': 'pending'})}",
                fresh=found_on >= on - LOOKS_BACK,
            )


SOURCES = {AlertKind.DEADLINE: deadlines, AlertKind.NEW_FINDINGS: new_findings}
