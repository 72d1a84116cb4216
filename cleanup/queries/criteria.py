"""The criteria over the whole register: the set form beside the rules' single form.

`judge` lets the database find the bodies that meet each criterion, with the plan that suits it; `facts_for` gathers the
same facts for a few bodies, to be judged by the rules and frozen in findings. A property test proves that both give the
same letters.
"""

from __future__ import annotations

from collections import defaultdict
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any, NamedTuple

from dateutil.relativedelta import relativedelta
from django.db.models import Count, DateField, Exists, ExpressionWrapper, F, Max, OuterRef, Q
from django.db.models.functions import Cast

from cleanup.models import Determination
from cleanup.queries.scope import in_reach, on_register
from cleanup.rules import Facts, WindowFacts, matched
from cleanup.states import Criterion
from registry.models import Activity, ActivitySurvey, AnnualReport, ContactAttempt, Organisation
from registry.queries.reports import duties_of
from registry.states import ADDRESS_CHANNELS, REPRESENTATIVE_CHANNELS, ContactOutcome

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from django.db.models import QuerySet

    from cleanup.models import Campaign, Finding, Window
    from registry.models import Organisations


def asked_of(campaign: Campaign, *, on: date) -> dict[str, WindowFacts]:
    """Return what ``campaign`` asks of each kind of body on the day ``on``."""
    return {window.kind: window_facts(window, on=on) for window in campaign.windows.order_by("kind")}


def window_facts(window: Window, *, on: date) -> WindowFacts:
    """Return what ``window`` asks on the day ``on``, with due dates from the policies in force."""
    years = window.report_years
    owed = duties_of(window.kind, years, on=on)
    return WindowFacts(
        criteria=window.criteria,
        report_years=years,
        due_on={year: owed[year].due_on for year in years},
        due_if_established_by={year: owed[year].established_by for year in years},
        years_on_file=frozenset(year for year in years if _is_on_file(year, window, on)),
        first_year_months=window.first_year_months,
        inactive_since=window.inactive_since,
        surveyed_since=window.surveyed_since,
        contact_since=window.contact_since,
        address_attempts=window.address_attempts,
        representative_attempts=window.representative_attempts,
        unverified_years=frozenset(year for year in years if not owed[year].verified),
    )


def _is_on_file(year: int, window: Window, on: date) -> bool:
    """Tell whether anybody's report of ``year`` was entered at all; the first one found settles it."""
    bodies = in_reach(window.campaign, window.kind)
    return AnnualReport.objects.filter(year=year, filed_on__lte=on, organisation__in=bodies).exists()


class Judged(NamedTuple):
    """The letters of the criteria a body meets, and how many events its ledger held when it was judged.

    Nothing a body is judged on changes without an event of its own: the same count means the same letters.
    """

    criteria: str
    events: int


def judge(
    campaign: Campaign, asked: Mapping[str, WindowFacts], *, on: date, ids: Sequence[int] | None = None
) -> dict[int, Judged]:
    """Return what every body meets that meets something: of the whole reach, or of ``ids``; left out or not.

    One query for each kind and criterion.
    """
    met: dict[int, Judged] = {}
    for kind, window in asked.items():
        for criterion in Criterion:
            if criterion not in window.criteria:
                continue
            bodies = on_register(campaign, kind, on=on)
            if ids is not None:
                bodies = bodies.filter(pk__in=ids)
            for pk, events in _meeting(bodies, criterion, window, on):
                before = met.get(pk)
                met[pk] = Judged(before.criteria + criterion, before.events) if before else Judged(criterion, events)
    return met


def _meeting(bodies: Organisations, criterion: Criterion, asked: WindowFacts, on: date) -> Iterable[tuple[int, int]]:
    condition = _CONDITIONS[criterion](asked, on)
    if condition is NEVER:
        return ()
    return bodies.filter(condition).order_by().values_list("pk", "event_count").iterator(chunk_size=10_000)


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
    surveyed = _surveys(on, asked.surveyed_since).filter(
        until__gte=_shifted(F("organisation__established_on"), first_year)
    )
    old_enough = Q(established_on__lte=latest_start(on, asked.first_year_months))
    return old_enough & Q(pk__in=surveyed.values("organisation")) & ~Q(Exists(any_activity))


def _surveys(on: date, since: date) -> QuerySet[ActivitySurvey, ActivitySurvey]:
    """Return the surveys known on the day ``on`` that reach ``since``."""
    return ActivitySurvey.objects.order_by().filter(until__lte=on, until__gte=since)


def _shifted(day: Any, by: timedelta) -> Any:
    """Return a date column moved by whole days, as a date: SQLite would compare it as a text with a time."""
    return Cast(ExpressionWrapper(day + by, output_field=DateField()), DateField())


def latest_start(on: date, months: int) -> date:
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
    surveyed = _surveys(on, max(asked.surveyed_since, start))
    return Q(established_on__lt=start, pk__in=surveyed.values("organisation")) & ~Q(Exists(since))


def _unreachable(asked: WindowFacts, on: date) -> Q:
    at_address = _failed(asked, on, ADDRESS_CHANNELS, at_least=asked.address_attempts)
    representative = _failed(asked, on, REPRESENTATIVE_CHANNELS, at_least=asked.representative_attempts)
    return Q(pk__in=at_address) & Q(pk__in=representative)


def _failed(asked: WindowFacts, on: date, channels: Sequence[str], *, at_least: int) -> QuerySet[Any, Any]:
    """Return the organisations with so many failed attempts since they were last reached."""
    reached_later = ContactAttempt.objects.filter(
        organisation=OuterRef("organisation"),
        outcome=ContactOutcome.REACHED,
        tried_on__lte=on,
        tried_on__gte=OuterRef("tried_on"),
    )
    failed = ContactAttempt.objects.order_by().filter(
        ~Exists(reached_later),
        outcome=ContactOutcome.FAILED,
        channel__in=channels,
        tried_on__lte=on,
        tried_on__gte=asked.contact_since,
    )
    counted = failed.values("organisation").annotate(attempts=Count("pk"))
    return counted.filter(attempts__gte=at_least).values("organisation")


def _determined(criterion: Criterion) -> Any:
    def condition(_asked: WindowFacts, on: date) -> Q:
        standing = Determination.objects.order_by().filter(_standing(on), criterion=criterion)
        return Q(pk__in=standing.values("organisation"))

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
    for pk, year in reports.order_by().values_list("organisation_id", "year"):
        years[pk].add(year)
    return years


def _last(rows: QuerySet[Any, Any], day: str) -> dict[int, date]:
    """Return the latest ``day`` of each organisation's ``rows``."""
    grouped = rows.order_by().values("organisation_id").annotate(last=Max(day))
    return dict(grouped.values_list("organisation_id", "last"))


def _determinations(ids: list[int], on: date) -> dict[int, set[str]]:
    found: dict[int, set[str]] = defaultdict(set)
    rows = Determination.objects.filter(_standing(on), organisation__in=ids)
    for pk, criterion in rows.order_by().values_list("organisation_id", "criterion"):
        found[pk].add(criterion)
    return found


def _failed_counts(ids: list[int], asked: WindowFacts, on: date) -> dict[tuple[int, str], int]:
    counts: dict[tuple[int, str], int] = defaultdict(int)
    attempts = ContactAttempt.objects.order_by().filter(organisation__in=ids, tried_on__lte=on)
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
