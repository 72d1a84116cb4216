"""A past day from the ledger alone: what stood then though it was undone since, and bodies as they were then."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from hypothesis import HealthCheck, given, settings

from cleanup.actions import campaign as campaigns
from cleanup.actions import sweep_control
from cleanup.models import Finding, Sweep
from cleanup.queries.figures import funnel, stage_of
from cleanup.queries.flow import Place, Split, moved
from cleanup.queries.past import findings_as_of
from registry.actions import organisation as verbs
from registry.models import Organisation
from tests.cleanup.histories import START, People, histories, played
from tests.cleanup.situations import report
from tests.factories import UnitFactory
from tests.replay import shown, shown_of_the_past

if TYPE_CHECKING:
    from typing import Any

pytestmark = pytest.mark.django_db


def stood(people: People, on: date) -> dict[str, str]:
    return {each.organisation.code: each.state for each in findings_as_of(on, campaign=people.campaign)}


@settings(max_examples=10, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(history=histories)
def test_on_the_last_day_of_any_history_the_ledger_tells_what_the_tables_show(db: None, history: list[Any]) -> None:
    with transaction.atomic():
        people = People()
        last = played(people, history)[-1]
        assert shown_of_the_past(people.campaign, last) == shown(people.campaign, last)
        transaction.set_rollback(True)


def test_what_was_undone_later_stood_on_the_days_before() -> None:
    people = People()
    body = people.bodies[0]
    report(body, 2021, START + timedelta(days=1), by=people.by)
    swept, undone = START + timedelta(days=3), START + timedelta(days=5)
    people.swept(swept)
    campaigns.pause(campaign_id=people.campaign.pk, by=people.director, on=undone, reason="数据有误")
    last = Sweep.objects.latest("pk")
    sweep_control.undo(sweep_id=last.pk, by=people.director, on=undone, reason="数据有误")
    assert Finding.objects.get(organisation=body).state == "open"
    assert [stood(people, day)[body.code] for day in (START, swept, undone)] == ["open", "withdrawn", "open"]
    assert funnel(people.campaign, as_of=swept).pending == len(people.bodies)
    assert shown_of_the_past(people.campaign, swept)["figures"].pending == len(people.bodies) - 1


def test_a_body_counts_under_the_unit_and_the_name_it_had() -> None:
    people, before, after = People(), UnitFactory.create(), UnitFactory.create()
    body = people.bodies[0]
    told = {"organisation_id": body.pk, "by": people.by, "reason": "变更"}
    verbs.amend(changes={"supervising_unit": before}, on=START, **told)
    verbs.amend(changes={"supervising_unit": after, "name": "虚构区改名协会"}, on=START + timedelta(days=9), **told)
    for day, unit, is_new in ((START, before, False), (START + timedelta(days=9), after, True)):
        found = findings_as_of(day, campaign=people.campaign)
        account = moved(people.campaign, found, since=START, until=day)
        (mover,) = account.at(Place.PENDING, by=Split.UNIT, value=str(unit.pk))
        assert (mover.finding.organisation.name == "虚构区改名协会") is is_new


def test_a_day_before_everything_tells_of_nothing_and_a_part_of_the_register_of_that_part() -> None:
    people = People()
    assert findings_as_of(START - timedelta(days=1)) == []
    own = Organisation.objects.filter(pk=people.bodies[1].pk)
    (only,) = findings_as_of(START, among=own)
    assert (only.organisation.code, only.pk, stage_of(only, START)) == (people.bodies[1].code, None, "pending")


def test_it_asks_as_often_for_many_bodies_as_for_one() -> None:
    people = People()
    counts = []
    for among in (Organisation.objects.filter(pk=people.bodies[0].pk), Organisation.objects.all()):
        with CaptureQueriesContext(connection) as asked:
            found = findings_as_of(START, among=among)
            assert {each.organisation.supervising_unit for each in found} == {None}
        counts.append(len(asked))
    assert counts[0] == counts[1] <= 6
