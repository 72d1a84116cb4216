"""Filters of the list of annual reports: one year of the whole register."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import forms
from django.db.models import Count, Exists, OuterRef
from django.utils.translation import gettext_lazy as _

from registry.models import Organisation, Unit
from registry.queries.report_year import FILED_LATE, bodies_reporting
from registry.queries.search import searched
from registry.states import Kind, ReportStatus

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date

    from django.db.models import QuerySet
    from django.http import QueryDict

LATE = "filed_late"
"""The word for reports that came late, whatever was concluded since."""

YEARS = 12
"""How many years the list offers; earlier ones stand on the page of each organisation."""

STAGES: dict[str, Any] = {
    **{
        each.value: each.label
        for each in (
            ReportStatus.MISSING,
            ReportStatus.NOT_DUE,
            ReportStatus.PENDING,
            ReportStatus.LATE,
            ReportStatus.QUALIFIED,
            ReportStatus.BASICALLY_QUALIFIED,
            ReportStatus.UNQUALIFIED,
            ReportStatus.EXEMPT,
        )
    },
    LATE: _("逾期报送（含已有结论）"),
}
"""The tabs in the order of what an officer has to do."""


class ReportFilter(forms.Form):
    """Year, search and filters; the year is always some year: last year, unless another is asked for."""

    q = forms.CharField(label=_("搜索"), required=False, max_length=100)
    year = forms.TypedChoiceField(label=_("年度"), required=False, coerce=int, empty_value=None)
    kind = forms.ChoiceField(label=_("类型"), required=False, choices=[("", _("全部")), *Kind.choices])
    unit = forms.ModelChoiceField(label=_("业务主管单位"), required=False, queryset=Unit.objects.none())
    stage = forms.ChoiceField(label=_("情况"), required=False, choices=[("", _("全部")), *STAGES.items()])

    def __init__(self, data: Mapping[str, str] | QueryDict, *, reach: QuerySet[Organisation], today: date) -> None:
        """Offer the latest years, and the units that supervise somebody within ``reach``."""
        super().__init__({"year": str(today.year - 1), **{name: data[name] for name in data}})
        self.reach, self.today = reach, today
        year, unit = self.fields["year"], self.fields["unit"]
        assert isinstance(year, forms.TypedChoiceField)  # noqa: S101 - narrows the type
        assert isinstance(unit, forms.ModelChoiceField)  # noqa: S101 - narrows the type
        year.choices = [(each, str(each)) for each in range(today.year, today.year - YEARS, -1)]
        unit.queryset = Unit.objects.filter(Exists(reach.filter(supervising_unit=OuterRef("pk"))))
        unit.empty_label = str(_("全部"))

    @property
    def chosen_year(self) -> int:
        """Return the year shown."""
        return int(self._asked().get("year") or self.today.year - 1)

    def but_stage(self) -> QuerySet[Any]:
        """Return the bodies that report for the year, by every filter but how they stand."""
        asked = self._asked()
        rows = searched(self.reach, asked.get("q", ""))
        if asked.get("kind"):
            rows = rows.filter(kind=asked["kind"])
        if asked.get("unit"):
            rows = rows.filter(supervising_unit=asked["unit"])
        return bodies_reporting(rows, self.chosen_year, self.today)

    def rows(self) -> QuerySet[Any]:
        """Return what all filters leave."""
        rows, stage = self.but_stage(), self._asked().get("stage")
        if stage == LATE:
            return rows.filter(FILED_LATE)
        return rows.filter(report_status=stage) if stage else rows

    def counts(self) -> dict[str, int]:
        """Return how many bodies each stage leaves; the stages but `LATE` add up to all."""
        rows = self.but_stage()
        counted = dict(rows.order_by().values_list("report_status").annotate(count=Count("pk")))
        return {"": sum(counted.values()), **counted, LATE: rows.filter(FILED_LATE).count()}

    @property
    def is_narrowed(self) -> bool:
        """Tell whether anything beside the year is filtered."""
        return any(value for name, value in self._asked().items() if name != "year")

    def _asked(self) -> dict[str, Any]:
        self.is_valid()
        return self.cleaned_data
