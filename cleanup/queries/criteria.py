"""The criteria over the whole register: the set form beside the rules' single form.

`matching` lets the database judge every body of a kind at once; `facts_for` gathers the same facts for a few bodies, to
be judged by the rules and frozen in findings. A property test proves that both give the same letters.
"""

from __future__ import annotations

from collections import defaultdict
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

from dateutil.relativedelta import relativedelta
from django.db.models import BooleanField, Case, DateField, Exists, ExpressionWrapper, Max, OuterRef, Q, When
from django.db.models.functions import Cast

from cleanup.models import Determination
from cleanup.rules import Facts, WindowFacts, matched
from cleanup.states import Criterion
from registry.models import Activity, ActivitySurvey, AnnualReport, ContactAttempt, Organisation
from registry.queries.law import policy
from registry.states import ADDRESS_CHANNELS, REPRESENTATIVE_CHANNELS, ContactOutcome

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from django.db.models import QuerySet

    from cleanup.models import Campaign, Finding, Window
    from registry.models import Organisations


def window_facts(window: Window, *, on: date) -> WindowFacts:
    """Return what ``window`` asks on the day ``on``, with due dates from the policies in force."""
    years = window.report_years
    due = {year: policy("annual_report.due", on=on, kind=window.kind, year=year) for year in years}
    cut_off = {
        year: policy("annual_report.established_by", on=date(year + 1, 1, 1), kind=window.kind, year=year)
        for year in years
    }
    bodies = in_reach(window.campaign, window.kind)
    on_file = AnnualReport.objects.filter(year__in=years, filed_on__lte=on, organisation__in=bodies)
    return WindowFacts(
        criteria=window.criteria,
        report_years=years,
        due_on={year: date.fromisoformat(f"{year + 1}-{due[year].value}") for year in years},
        due_if_established_by={year: date.fromisoformat(f"{year}-{cut_off[year].value}") for year in years},
        years_on_file=frozenset(on_file.order_by().values_list("year", flat=True).distinct()),
        first_year_months=window.first_year_months,
        inactive_since=window.inactive_since,
        surveyed_since=window.surveyed_since,
        contact_since=window.contact_since,
        address_attempts=window.address_attempts,
        representative_attempts=window.representative_attempts,
        unverified_years=frozenset(year for year in years if not (due[year].verified and cut_off[year].verified)),
    )


def in_reach(campaign: Campaign, kind: str) -> Organisations:
    """Return the bodies of ``kind`` under the authority and supervising unit the campaign is limited to."""
    bodies = Organisation.objects.filter(kind=kind)
    if campaign.scope_authority:
        bodies = bodies.filter(registration_authority=campaign.scope_authority)
    if campaign.scope_unit_id:
        bodies = bodies.filter(supervising_unit=campaign.scope_unit_id)
    return bodies


def in_scope(campaign: Campaign, kind: str, *, on: date) -> Organisations:
    """Return the bodies of ``kind`` the campaign looks at: on the register on that day, in scope, not on hold."""
    on_register = in_reach(campaign, kind).existing_on(on)
    return on_register.filter(Q(held_on__isnull=True) | Q(held_on__gt=on))


def matching(campaign: Campaign, kind: str, asked: WindowFacts, *, on: date) -> QuerySet[Organisation, Any]:
    """Return the bodies that meet at least one criterion, each annotated with a boolean ``met_A`` … for those asked."""
    wanted = [criterion for criterion in Criterion if criterion in asked.criteria]
    conditions = {criterion: _CONDITIONS[criterion](asked, on) for criterion in wanted}
    met = {
        f"met_{criterion}": Case(When(condition, then=True), default=False, output_field=BooleanField())
        for criterion, condition in conditions.items()
    }
    some = Q()
    for criterion in wanted:
        some |= Q(**{f"met_{criterion}": True})
    bodies = in_scope(campaign, kind, on=on)
    return bodies.annotate(**met).filter(some) if wanted else bodies.none()


def letters(organisation: Any) -> str:
    """Return the letters of the criteria an organisation from `matching` meets."""
    return "".join(criterion for criterion in Criterion if getattr(organisation, f"met_{criterion}", False))


NEVER = Q(pk__in=())


def _missed(asked: WindowFacts, on: date) -> Q:
    years = asked.report_years
    if any(asked.due_on[year] >= on or year not in asked.years_on_file for year in years):
        return NEVER
    filed = AnnualReport.objects.filter(organisation=OuterRef("pk"), year__in=years, filed_on__lte=on)
    return Q(established_on__lte=min(asked.due_if_established_by[year] for year in years)) & ~Q(Exists(filed))


def _never_active(asked: WindowFacts, on: date) -> Q:
    any_activity = Activity.objects.filter(organisation=OuterRef("pk"), held_on__lte=on)
    first_year = timedelta(days=31 * asked.first_year_months)
    surveyed = _surveys(on, asked.surveyed_since).filter(until__gte=_shifted(OuterRef("established_on"), first_year))
    return Q(
        established_on__lte=_latest_start(on, asked.first_year_months),
    ) & Q(Exists(surveyed), ~Exists(any_activity))


def _surveys(on: date, since: date) -> QuerySet[ActivitySurvey, ActivitySurvey]:
    """Return, for the outer organisation, the surveys known on the day ``on`` that reach ``since``."""
    return ActivitySurvey.objects.filter(organisation=OuterRef("pk"), until__lte=on, until__gte=since)


def _shifted(day: Any, by: timedelta) -> Any:
    """Return a date column moved by whole days, as a date: SQLite would compare it as a text with a time."""
    return Cast(ExpressionWrapper(day + by, output_field=DateField()), DateField())


def _latest_start(on: date, months: int) -> date:
    """Return the last day from which ``months`` have passed by ``on``; month ends make it differ from subtraction."""
    day = on - relativedelta(months=months)
    while day + timedelta(days=1) + relativedelta(months=months) <= on:
        day += timedelta(days=1)
    return day


def _inactive(asked: WindowFacts, on: date) -> Q:
    start = asked.inactive_since
    if start >= on:
        return NEVER
    since = Activity.objects.filter(organisation=OuterRef("pk"), held_on__gte=start, held_on__lte=on)
    return Q(
        established_on__lt=start,
    ) & Q(Exists(_surveys(on, max(asked.surveyed_since, start))), ~Exists(since))


def _unreachable(asked: WindowFacts, on: date) -> Q:
    return Q(
        Exists(_failed(asked, on, ADDRESS_CHANNELS, at_least=asked.address_attempts)),
        Exists(_failed(asked, on, REPRESENTATIVE_CHANNELS, at_least=asked.representative_attempts)),
    )


def _failed(asked: WindowFacts, on: date, channels: Sequence[str], *, at_least: int) -> QuerySet[Any, Any]:
    """Return, for the outer organisation, its ``at_least``-th failed attempt since it was last reached, if any."""
    attempts = ContactAttempt.objects.filter(organisation=OuterRef("pk"), tried_on__lte=on)
    reached_later = ContactAttempt.objects.filter(
        organisation=OuterRef("organisation"),
        outcome=ContactOutcome.REACHED,
        tried_on__lte=on,
        tried_on__gte=OuterRef("tried_on"),
    )
    failed = attempts.filter(
        ~Exists(reached_later), outcome=ContactOutcome.FAILED, channel__in=channels, tried_on__gte=asked.contact_since
    )
    return failed.order_by("pk")[at_least - 1 : at_least]


def _determined(criterion: Criterion) -> Any:
    def condition(_asked: WindowFacts, on: date) -> Q:
        standing = Determination.objects.filter(_standing(on), organisation=OuterRef("pk"), criterion=criterion)
        return Q(Exists(standing))

    return condition


def _standing(on: date) -> Q:
    return Q(made_on__lte=on) & (Q(lifted_on__isnull=True) | Q(lifted_on__gt=on))


_CONDITIONS = {
    Criterion.A: _missed,
    Criterion.B: _never_active,
    Criterion.C: _inactive,
    Criterion.D: _unreachable,
    Criterion.E: _determined(Criterion.E),
    Criterion.F: _determined(Criterion.F),
}


def facts_for(ids: Iterable[int], asked: WindowFacts, *, on: date) -> dict[int, Facts]:
    """Return for each organisation what the register knew about it on the day ``on``; a fixed number of queries, however many."""
    ids = list(ids)
    filed, activity, determined = (
        _filed_years(ids, asked, on),
        _last(Activity.objects.filter(organisation__in=ids, held_on__lte=on), "held_on"),
        _determinations(ids, on),
    )
    failed = _failed_counts(ids, asked, on)
    surveyed = _last(ActivitySurvey.objects.filter(organisation__in=ids, until__lte=on), "until")
    rows = Organisation.objects.filter(pk__in=ids).values_list("pk", "established_on")
    return {
        pk: Facts(
            window=asked,
            established_on=established_on,
            filed_years=frozenset(filed[pk]),
            last_activity_on=activity.get(pk),
            activity_surveyed_on=surveyed.get(pk),
            failed_address=failed[pk, "address"],
            failed_representative=failed[pk, "representative"],
            determinations=frozenset(determined[pk]),
        )
        for pk, established_on in rows
    }


def still_met(finding: Finding, *, on: date) -> str:
    """Return the letters of ``finding`` that its body still meets on the day ``on``."""
    window = finding.campaign.windows.get(kind=finding.organisation.kind)
    facts = facts_for([finding.organisation_id], window_facts(window, on=on), on=on)[finding.organisation_id]
    return "".join(letter for letter in matched(facts, on=on) if letter in finding.criteria)


def _filed_years(ids: list[int], asked: WindowFacts, on: date) -> dict[int, set[int]]:
    years: dict[int, set[int]] = defaultdict(set)
    reports = AnnualReport.objects.filter(organisation__in=ids, year__in=asked.report_years, filed_on__lte=on)
    for pk, year in reports.values_list("organisation_id", "year"):
        years[pk].add(year)
    return years


def _last(rows: QuerySet[Any, Any], day: str) -> dict[int, date]:
    """Return the latest ``day`` of each organisation's ``rows``."""
    grouped = rows.order_by().values("organisation_id").annotate(last=Max(day))
    return dict(grouped.values_list("organisation_id", "last"))


def _determinations(ids: list[int], on: date) -> dict[int, set[str]]:
    found: dict[int, set[str]] = defaultdict(set)
    rows = Determination.objects.filter(_standing(on), organisation__in=ids)
    for pk, criterion in rows.values_list("organisation_id", "criterion"):
        found[pk].add(criterion)
    return found


def _failed_counts(ids: list[int], asked: WindowFacts, on: date) -> dict[tuple[int, str], int]:
    counts: dict[tuple[int, str], int] = defaultdict(int)
    attempts = ContactAttempt.objects.filter(organisation__in=ids, tried_on__lte=on)
    reached = _last(attempts.filter(outcome=ContactOutcome.REACHED), "tried_on")
    failed = attempts.filter(outcome=ContactOutcome.FAILED, tried_on__gte=asked.contact_since)
    for pk, channel, tried_on in failed.values_list("organisation_id", "channel", "tried_on"):
        if pk in reached and tried_on <= reached[pk]:
            continue
        if channel in ADDRESS_CHANNELS:
            counts[pk, "address"] += 1
        elif channel in REPRESENTATIVE_CHANNELS:
            counts[pk, "representative"] += 1
    return counts
