"""The annual reports of one year across the register: who owes one, who has filed, how each stands.

The set form of `registry.queries.reports.report_calendar`; a test proves that both give the same answer.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db.models import Case, CharField, Count, DateField, F, OuterRef, Q, Subquery, Value, When

from registry.models import AnnualReport
from registry.queries.reports import CONCLUDED, duties
from registry.states import ReportStatus

if TYPE_CHECKING:
    from datetime import date

    from django.db.models import QuerySet

    from registry.models import Organisation
    from registry.states import Kind

FILED_LATE = Q(report_filed_on__gt=F("report_due_on"))
"""Filed after the due date, whatever was concluded since."""


FILED = (ReportStatus.PENDING, ReportStatus.LATE, *CONCLUDED.values())
"""How bodies stand that have filed."""


def standings(rows: QuerySet[Organisation], year: int, on: date) -> dict[str, int]:
    """Return how many of ``rows`` stand how with their report for ``year``: two queries."""
    counted = bodies_reporting(rows, year, on).order_by().values_list("report_status")
    return dict(counted.annotate(count=Count("pk")))


def bodies_reporting(rows: QuerySet[Organisation], year: int, on: date) -> QuerySet[Any]:
    """Return those of ``rows`` that `report_calendar` gives ``year`` on the day ``on``.

    Each has ``report_due_on``, ``report_filed_on``, ``report_conclusion`` and ``report_status``. A kind without a due
    date or without a first-year rule for that year has none.
    """
    owed = duties(year, on)
    filed = AnnualReport.objects.filter(organisation=OuterRef("pk"), year=year, filed_on__lte=on)
    rows = rows.filter(kind__in=list(owed), established_on__year__lte=year).annotate(
        report_due_on=_by_kind({kind: duty.due_on for kind, duty in owed.items()}),
        report_established_by=_by_kind({kind: duty.established_by for kind, duty in owed.items()}),
        report_filed_on=Subquery(filed.values("filed_on")),
        report_conclusion=Subquery(filed.values("conclusion")),
        report_opinion=Subquery(filed.values("supervisor_opinion")),
    )
    had_left = Q(deregistered_on__lte=on) & Q(deregistered_on__lte=F("report_due_on"))
    rows = rows.filter(Q(report_filed_on__isnull=False) | Q(deregistered_on=None) | ~had_left)
    return rows.annotate(
        report_status=Case(
            *(When(report_conclusion=word, then=Value(status.value)) for word, status in CONCLUDED.items()),
            When(FILED_LATE, then=Value(ReportStatus.LATE.value)),
            When(report_filed_on__isnull=False, then=Value(ReportStatus.PENDING.value)),
            When(established_on__gt=F("report_established_by"), then=Value(ReportStatus.EXEMPT.value)),
            When(report_due_on__gte=on, then=Value(ReportStatus.NOT_DUE.value)),
            default=Value(ReportStatus.MISSING.value),
            output_field=CharField(),
        )
    )


def _by_kind(days: dict[Kind, date | None]) -> Case:
    return Case(*(When(kind=kind, then=Value(day)) for kind, day in days.items()), output_field=DateField())
