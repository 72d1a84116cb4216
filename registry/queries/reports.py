"""A body's annual reports, year by year: due when, filed when, how it stands."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from registry.models import AnnualReport, Policy
from registry.queries.law import NoPolicy, most_specific
from registry.states import Conclusion, Kind, ReportStatus

if TYPE_CHECKING:
    from collections.abc import Iterable

    from registry.models import Organisation

CONCLUDED = {
    Conclusion.QUALIFIED: ReportStatus.QUALIFIED,
    Conclusion.BASICALLY_QUALIFIED: ReportStatus.BASICALLY_QUALIFIED,
    Conclusion.UNQUALIFIED: ReportStatus.UNQUALIFIED,
}


@dataclass(frozen=True, slots=True)
class Year:
    """One year a body reports for. ``name`` is 年报 for charities, else 年检; ``verified`` tells whether due date is."""

    year: int
    name: str
    due_on: date
    verified: bool
    status: ReportStatus
    report: AnnualReport | None

    @property
    def is_late(self) -> bool:
        """Tell whether the report came after its due date, whatever was concluded since."""
        return self.report is not None and self.report.filed_on > self.due_on

    @property
    def days_late(self) -> int:
        """Return by how many days the report came late; 0 where it did not."""
        return (self.report.filed_on - self.due_on).days if self.report is not None and self.is_late else 0


@dataclass(frozen=True, slots=True)
class Duty:
    """What a kind of body owes for one year: the due date, and until when in that year it must have been established.

    ``established_by`` is None for years before any such policy: nothing is known of them.
    """

    due_on: date
    established_by: date | None
    verified: bool


def report_calendar(organisation: Organisation, on: date) -> list[Year]:
    """Return the years from establishment to the one that runs on ``on``, newest first; two queries, however many.

    Due dates are those in force on ``on``; whether a young body reports for its first year is judged by the policy of
    that year. Left out are years before any such policy, and years that fell due only after the body had left. Raises
    `NoPolicy` where the kind has no due date at all.
    """
    if organisation.established_on is None:
        return []
    policies = _policies(organisation.kind)
    reports = {each.year: each for each in AnnualReport.objects.filter(organisation=organisation, filed_on__lte=on)}
    years = range(on.year, organisation.established_on.year - 1, -1)
    return [found for year in years if (found := _year(organisation, year, policies, reports.get(year), on))]


def duties(year: int, on: date) -> dict[Kind, Duty]:
    """Return what each kind of body owes for ``year`` by the policies in force on ``on``, without kinds that owe nothing."""
    policies = _policies(*Kind.values)
    found = {kind: _duty([each for each in policies if each.kind in {"", kind}], year, on) for kind in Kind}
    return {kind: duty for kind, duty in found.items() if duty is not None and duty.established_by is not None}


def _policies(*kinds: str) -> list[Policy]:
    return list(
        Policy.objects.filter(key__in=("annual_report.due", "annual_report.established_by"), kind__in=("", *kinds))
    )


def _duty(policies: list[Policy], year: int, on: date) -> Duty | None:
    due = _in_force(policies, "annual_report.due", year, on)
    first = _in_force(policies, "annual_report.established_by", year, date(year + 1, 1, 1))
    if due is None:
        return None
    return Duty(
        due_on=date.fromisoformat(f"{year + 1}-{due.value}"),
        established_by=date.fromisoformat(f"{year}-{first.value}") if first else None,
        verified=due.verified and first is not None and first.verified,
    )


def _year(
    organisation: Organisation, year: int, policies: list[Policy], report: AnnualReport | None, on: date
) -> Year | None:
    duty = _duty(policies, year, on)
    if duty is None:
        message = f"{on} 没有“annual_report.due”的有效值（类型 {organisation.kind}，年度 {year}）"
        raise NoPolicy(message)
    left_on = organisation.deregistered_on
    left_before = left_on is not None and left_on <= min(on, duty.due_on)
    if duty.established_by is None or (report is None and left_before):
        return None
    young = organisation.established_on is not None and organisation.established_on > duty.established_by
    return Year(
        year=year,
        name="年报" if organisation.is_charity else "年检",
        due_on=duty.due_on,
        verified=duty.verified,
        status=_status(report, duty.due_on, on, exempt=young),
        report=report,
    )


def _in_force(policies: Iterable[Policy], key: str, year: int, on: date) -> Policy | None:
    return most_specific(
        each
        for each in policies
        if each.key == key
        and each.year in {None, year}
        and each.effective_from <= on
        and (each.effective_to is None or each.effective_to > on)
    )


def _status(report: AnnualReport | None, due_on: date, on: date, *, exempt: bool) -> ReportStatus:
    if report is not None:
        concluded = CONCLUDED.get(Conclusion(report.conclusion))
        return concluded or (ReportStatus.LATE if report.filed_on > due_on else ReportStatus.PENDING)
    if exempt:
        return ReportStatus.EXEMPT
    return ReportStatus.NOT_DUE if on <= due_on else ReportStatus.MISSING
