"""When the case of a finding next falls due, for the lists and exports whose rows are findings."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db.models import OuterRef, Subquery

from cleanup.models import Case
from registry.queries.deadlines import first_due
from registry.states import SubjectKind

if TYPE_CHECKING:
    from datetime import date


def case_due_on(*, on: date) -> Subquery:
    """Return, for an outer query over findings, the day on which the case's next deadline falls due, seen on ``on``."""
    cases = Case.objects.filter(finding=OuterRef("pk")).annotate(first_due_on=first_due(SubjectKind.CASE, on=on))
    return Subquery(cases.values("first_due_on")[:1])
