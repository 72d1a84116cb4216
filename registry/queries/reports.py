"""A body's annual reports, year by year: due when, filed when, how it stands."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from registry.models import AnnualReport, Policy
from registry.queries.law import NoPolicy, is_in_force, most_specific
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


DUE, ESTABLISHED_BY = "annual_report.due", "annual_report.established_by"


@dataclass(frozen=True, slots=True)
class Duty:
    """What a kind of body owes for one year: the last day to file, and the last to be founded to owe a report at all."""

    due_on: date
    established_by: date
    verified: bool


def report_policies() -> list[Policy]:
    """Return every value there ever was of what a `Duty` is made from."""
    return list(Policy.objects.filter(key__in=(DUE, ESTABLISHED_BY)))


def duty(policies: Iterable[Policy], kind: str, year: int, *, on: date) -> Duty | None:
    """Return what ``policies`` say of the reports of ``year``, as known on the day ``on``; None where they are silent.

    A value set for that year (a notice that extends it) counts from the day it is in force. A general one counts for the
    years whose reports begin to be filed while it is in force: a new rule leaves the years before it as they were.
    """
    policies = list(policies)
    due, first = (_of_year(policies, key, kind, year, on) for key in (DUE, ESTABLISHED_BY))
    if due is None or first is None:
        return None
    return Duty(
        due_on=date.fromisoformat(f"{year + 1}-{due.value}"),
        established_by=date.fromisoformat(f"{year}-{first.value}"),
        verified=due.verified and first.verified,
    )


def duties(year: int, on: date) -> dict[Kind, Duty]:
    """Return what each kind of body owes for ``year``, as known on ``on``, without kinds that owe nothing."""
    policies = report_policies()
    found = {kind: duty(policies, kind, year, on=on) for kind in Kind}
    return {kind: owed for kind, owed in found.items() if owed is not None}


def duties_of(kind: str, years: Iterable[int], *, on: date) -> dict[int, Duty]:
    """Return what a kind of body owes for each of ``years``: one query; raise `NoPolicy` where policy is silent about one."""
    policies = report_policies()
    found = {}
    for year in years:
        owed = duty(policies, kind, year, on=on)
        if owed is None:
            message = f"{on} 没有“{DUE}”或者“{ESTABLISHED_BY}”的有效值（类型 {kind}，年度 {year}）"
            raise NoPolicy(message)
        found[year] = owed
    return found


def _of_year(policies: Iterable[Policy], key: str, kind: str, year: int, on: date) -> Policy | None:
    filing_begins = date(year + 1, 1, 1)
    return most_specific(
        each
        for each in policies
        if each.key == key
        and each.kind in {"", kind}
        and each.year in {None, year}
        and is_in_force(each, on if each.year else filing_begins)
    )


def report_calendar(organisation: Organisation, on: date) -> list[Year]:
    """Return the years from establishment to the one that runs on ``on``, newest first; two queries, however many.

    Due dates are those known on ``on``. Left out are years before any such policy, and years that fell due only after the
    body had left. Raises `NoPolicy` where the kind has no due date at all.
    """
    if organisation.established_on is None:
        return []
    policies = report_policies()
    if not any(each.key == DUE and each.kind in {"", organisation.kind} for each in policies):
        message = f"没有“{DUE}”的值（类型 {organisation.kind}）"
        raise NoPolicy(message)
    reports = {each.year: each for each in AnnualReport.objects.filter(organisation=organisation, filed_on__lte=on)}
    years = range(on.year, organisation.established_on.year - 1, -1)
    return [found for year in years if (found := _year(organisation, year, policies, reports.get(year), on))]


def _year(
    organisation: Organisation, year: int, policies: list[Policy], report: AnnualReport | None, on: date
) -> Year | None:
    owed = duty(policies, organisation.kind, year, on=on)
    left_on = organisation.deregistered_on
    if owed is None or (report is None and left_on is not None and left_on <= min(on, owed.due_on)):
        return None
    young = organisation.established_on is not None and organisation.established_on > owed.established_by
    return Year(
        year=year,
        name="年报" if organisation.is_charity else "年检",
        due_on=owed.due_on,
        verified=owed.verified,
        status=_status(report, owed.due_on, on, exempt=young),
        report=report,
    )


def _status(report: AnnualReport | None, due_on: date, on: date, *, exempt: bool) -> ReportStatus:
    if report is not None:
        concluded = CONCLUDED.get(Conclusion(report.conclusion))
        return concluded or (ReportStatus.LATE if report.filed_on > due_on else ReportStatus.PENDING)
    if exempt:
        return ReportStatus.EXEMPT
    return ReportStatus.NOT_DUE if on <= due_on else ReportStatus.MISSING
