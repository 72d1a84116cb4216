"""An incremental sweep ends where a full one would, over random histories and days; and it is cheap."""

from __future__ import annotations

from collections import Counter
from datetime import date, datetime, time, timedelta
from typing import TYPE_CHECKING, Any

import pytest
import time_machine
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from django_fsm import TransitionNotAllowed
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from cleanup.actions.sweep import sweep
from cleanup.models import Finding, Sweep
from cleanup.queries import incremental
from cleanup.queries.criteria import asked_of, facts_for
from cleanup.queries.evaluation import plan
from cleanup.rules import Refused
from cleanup.states import Evaluation
from registry.models import Organisation, Policy, User
from registry.states import Kind
from tests.cleanup.deeds import DEEDS
from tests.cleanup.situations import drafted, filer, report, running_campaign, started, unreached, window
from tests.factories import OrganisationFactory, UserFactory

if TYPE_CHECKING:
    from collections.abc import Callable

    from cleanup.actions.sweep import SweepResult
    from cleanup.models import Campaign
    from registry.models import Organisations

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("_never_stale")]

START = date(2022, 1, 10)


@pytest.fixture
def _never_stale(db: None) -> None:
    """Let months pass between two nights, and between two full sweeps."""
    Policy.objects.filter(key__in=("sweep.stale_days", "sweep.full_every_days")).update(value=1000)


def night(campaign: Campaign, on: date) -> SweepResult:
    """Sweep as the nightly job does."""
    with time_machine.travel(at(on, 23), tick=False):
        return sweep(campaign_id=campaign.pk, as_of=on, by=User.objects.system(), evaluation=Evaluation.INCREMENTAL)


def at(on: date, hour: int) -> datetime:
    return timezone.make_aware(datetime.combine(on, time(hour)))


def left_to_do(campaign: Campaign, on: date) -> int:
    """Return what a full sweep of the same day would still change."""
    return plan(campaign, asked_of(campaign, on=on), on=on).moved


nights = st.lists(
    st.tuples(st.integers(1, 90), st.lists(st.tuples(st.sampled_from(sorted(DEEDS)), st.integers(0, 4)), max_size=4)),
    min_size=2,
    max_size=6,
)


@settings(
    max_examples=12,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(nights=nights, months=st.sampled_from([3, 12]), ages=st.lists(st.integers(0, 500), min_size=4, max_size=4))
def test_night_after_night_nothing_is_left_for_a_full_sweep(
    db: None, nights: list[Any], months: int, ages: list[int]
) -> None:
    with transaction.atomic():
        by = UserFactory.create()
        with time_machine.travel(at(START, 8), tick=False):
            filer(2020, by=by)
            bodies = [OrganisationFactory.create(established_on=START - timedelta(days=age)) for age in ages]
            bodies.append(OrganisationFactory.create())
            columns = {"first_year_months": months, "surveyed_since": date(2021, 1, 1)}
            windows = [window(kind, **columns) for kind in Kind]
            campaign = started(drafted(starts_on=START, ends_on=date(2024, 12, 31), windows=windows), on=START)
        on = START
        for gap, deeds in nights:
            on += timedelta(days=gap)
            for deed, whose in deeds:
                with time_machine.travel(at(on, 10), tick=False):
                    _try(DEEDS[deed], bodies[whose], on, by)
            night(campaign, on)
            assert left_to_do(campaign, on) == 0
        transaction.set_rollback(True)


def _try(deed: Any, body: Organisation, on: date, by: User) -> None:
    try:
        with transaction.atomic():
            deed(Organisation.objects.get(pk=body.pk), on, by)
    except (Refused, TransitionNotAllowed):
        pass


# --- what it costs, and when everybody is judged -------------------------------------------------------


@pytest.fixture
def campaign(officer: User) -> Campaign:
    with time_machine.travel(at(date(2022, 3, 1), 8), tick=False):
        filer(2020, by=officer)
        return running_campaign()


def evaluations() -> list[str]:
    return list(Sweep.objects.order_by("pk").values_list("evaluation", flat=True))


def test_the_second_night_judges_only_whom_something_has_happened_to(campaign: Campaign, officer: User) -> None:
    with time_machine.travel(at(date(2022, 6, 1), 8), tick=False):
        filer(2021, by=officer)
        bodies = [OrganisationFactory.create() for _ in range(3)]
    night(campaign, date(2022, 6, 1))
    with time_machine.travel(at(date(2022, 6, 3), 8), tick=False):
        report(bodies[0], 2021, date(2022, 6, 3), by=officer)
    result = night(campaign, date(2022, 6, 3))
    assert evaluations() == ["full", "incremental"]
    assert (result.judged, len(result.leaving)) == (1, 1)
    assert Counter(Finding.objects.values_list("state", flat=True)) == Counter(open=2, withdrawn=1)


def test_the_night_a_due_date_has_passed_everybody_is_judged(campaign: Campaign) -> None:
    for day in (date(2022, 5, 30), date(2022, 5, 31), date(2022, 6, 1), date(2022, 6, 2)):
        night(campaign, day)
    assert evaluations() == ["full", "incremental", "full", "incremental"]


def test_once_a_week_everybody_is_judged(campaign: Campaign) -> None:
    Policy.objects.filter(key="sweep.full_every_days").update(value=7)
    for day in (date(2022, 6, 1), date(2022, 6, 7), date(2022, 6, 8), date(2022, 6, 9)):
        night(campaign, day)
    assert evaluations() == ["full", "incremental", "full", "incremental"]


def test_when_the_first_report_of_a_year_is_entered_everybody_is_judged(campaign: Campaign, officer: User) -> None:
    night(campaign, date(2022, 6, 1))
    with time_machine.travel(at(date(2022, 6, 2), 8), tick=False):
        filer(2021, by=officer)
    night(campaign, date(2022, 6, 2))
    assert evaluations() == ["full", "full"]


def test_where_very_many_have_moved_everybody_is_judged(
    campaign: Campaign, officer: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    night(campaign, date(2022, 6, 1))
    monkeypatch.setattr(incremental, "MOST", 1)
    with time_machine.travel(at(date(2022, 6, 2), 8), tick=False):
        for _ in range(2):
            OrganisationFactory.create()
    night(campaign, date(2022, 6, 2))
    assert evaluations() == ["full", "full"]


def test_an_event_recorded_in_the_hour_before_a_reading_is_read_once_more(campaign: Campaign, officer: User) -> None:
    night(campaign, date(2022, 6, 2))
    with time_machine.travel(at(date(2022, 6, 2), 22) + timedelta(minutes=30), tick=False):
        late = OrganisationFactory.create()
        unreached(late, by=officer, on=date(2022, 6, 2))
    assert [each[0] for each in night(campaign, date(2022, 6, 3)).entering] == [late.code]


def test_a_quiet_night_takes_a_fixed_number_of_queries(campaign: Campaign) -> None:
    counts = []
    for day, more in ((date(2022, 6, 1), 1), (date(2022, 6, 2), 20), (date(2022, 6, 3), 0), (date(2022, 6, 4), 0)):
        for _ in range(more):
            OrganisationFactory.create()
        with CaptureQueriesContext(connection) as queries:
            night(campaign, day)
        counts.append(len(queries))
    assert counts[-1] == counts[-2]


@pytest.mark.parametrize(
    ("rows", "index"),
    [
        (lambda: Organisation.objects.filter(established_on__gt=START, established_on__lte=START), "established"),
        (lambda: Organisation.objects.filter(held_on__lte=START), "held"),
    ],
)
def test_whom_only_the_calendar_moves_is_found_by_an_index(rows: Callable[[], Organisations], index: str) -> None:
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("SET LOCAL enable_seqscan = off")
    assert f"organisation_{index}" in rows().order_by().explain()


def test_facts_are_read_without_joining_the_register() -> None:
    campaign, body = running_campaign(), OrganisationFactory.create()
    asked = next(iter(asked_of(campaign, on=START).values()))
    with CaptureQueriesContext(connection) as queries:
        facts_for([body.pk], asked, on=START)
    assert not [each["sql"] for each in queries if " JOIN " in each["sql"]]
