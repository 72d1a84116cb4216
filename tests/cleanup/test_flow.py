"""The account of a period: it adds up on every day of any history, and the ledger alone tells the same."""

from __future__ import annotations

from collections import Counter
from datetime import date, timedelta
from itertools import combinations_with_replacement, pairwise
from typing import TYPE_CHECKING

import pytest
from django.db import transaction
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from python_calamine import CalamineWorkbook

from cleanup.actions import campaign as campaigns
from cleanup.actions import sweep_control
from cleanup.exports import export_progress
from cleanup.models import Case, CaseRound, Finding, Sweep
from cleanup.queries.figures import funnel
from cleanup.queries.flow import NONE, REMOVED, Place, Split, flow
from cleanup.queries.replay import differences, replayed, tabled
from registry.states import Kind
from tests.cleanup.histories import START, People, histories, played
from tests.cleanup.situations import report, running_campaign
from tests.cleanup.test_figures import entered, treated
from tests.factories import OrganisationFactory, UnitFactory

if TYPE_CHECKING:
    from pathlib import Path
    from typing import Any

    from cleanup.models import Campaign
    from registry.models import User

pytestmark = pytest.mark.django_db

EVERY = {"max_examples": 15, "deadline": None, "suppress_health_check": [HealthCheck.function_scoped_fixture]}


def lines(campaign: Campaign, since: date, until: date) -> dict[str, int]:
    return flow(campaign, since=since, until=until).total.totals()


@settings(**EVERY)
@given(history=histories)
def test_the_account_adds_up_over_every_period_of_any_history(db: None, history: list[Any]) -> None:
    with transaction.atomic():
        people = People()
        days = played(people, history)
        figures = {day: funnel(people.campaign, as_of=day) for day in days}
        eves = {day: funnel(people.campaign, as_of=day - timedelta(days=1)) for day in days}
        for since, until in combinations_with_replacement(days[:: max(1, len(days) // 6)], 2):
            found = flow(people.campaign, since=since, until=until)
            total, now, before = found.total, figures[until], eves[since]
            assert total.holds
            assert total.balance == now.in_progress + now.not_started
            assert total.opening == before.in_progress + before.not_started
            assert total.pending == now.pending
            for split in set(Split) - {Split.CRITERION}:
                parts = found.split(split).values()
                assert all(each.holds for each in parts)
                for place in Place:
                    assert sum(getattr(each, place) for each in parts) == getattr(total, place)
            for place in Place:
                assert len(found.at(place)) == getattr(total, place)
        for earlier, later in pairwise(days):
            first = flow(people.campaign, since=days[0], until=earlier).total
            rest = flow(people.campaign, since=earlier + timedelta(days=1), until=later).total
            assert first.balance == rest.opening
        transaction.set_rollback(True)


@settings(**EVERY)
@given(history=histories)
def test_the_ledger_alone_tells_the_same_on_every_day(db: None, history: list[Any]) -> None:
    with transaction.atomic():
        people = People()
        for day in played(people, history):
            assert replayed(people.campaign, as_of=day) == tabled(people.campaign, as_of=day), day
            assert differences(people.campaign, as_of=day) == []
        transaction.set_rollback(True)


def test_what_passes_through_counts_as_new_and_as_closed(officer: User) -> None:
    campaign = running_campaign()
    treated(entered(campaign, found=START, confirmed=START), officer, START, START + timedelta(days=5))
    entered(campaign, found=START, confirmed=START, ended=START + timedelta(days=2))
    entered(campaign, found=START, confirmed=START)
    entered(campaign, found=START)
    told = lines(campaign, START, START + timedelta(days=9))
    assert told == {
        "opening": 0, "entered": 3, "closed": 2, "balance": 1, "pending": 1, "closed_revoked": 0,
        "closed_licence_revoked": 0, "closed_cancelled": 1, "closed_rectified": 0, "closed_merged": 0,
        "closed_removed": 1,
    }  # fmt: skip
    later = lines(campaign, START + timedelta(days=3), START + timedelta(days=9))
    assert (later["opening"], later["entered"], later["closed"], later["balance"]) == (2, 0, 1, 1)


def test_a_reinstated_body_comes_back_as_new(officer: User) -> None:
    campaign = running_campaign()
    case = treated(entered(campaign, found=START, confirmed=START), officer, START, START + timedelta(days=5))
    CaseRound.objects.filter(case=case).update(undone_on=START + timedelta(days=20))
    told = flow(campaign, since=START + timedelta(days=10), until=START + timedelta(days=30)).total
    assert (told.opening, told.entered, told.back, told.closed, told.balance) == (0, 1, 1, 0, 1)


def test_the_splits_know_units_officers_and_treatments_and_what_has_none(officer: User) -> None:
    campaign, unit = running_campaign(), UnitFactory.create()
    with_unit = OrganisationFactory.create(supervising_unit=unit)
    made = entered(campaign, found=START, confirmed=START, criteria="AC")
    Finding.objects.filter(pk=made.pk).update(organisation=with_unit)
    treated(made, officer, START)
    entered(campaign, found=START, confirmed=START)
    found = flow(campaign, since=START, until=START)
    counted = {split: {value: each.balance for value, each in found.split(split).items()} for split in Split}
    assert counted == {
        Split.CRITERION: {"A": 2, "C": 1},
        Split.KIND: {Kind.ASSOCIATION: 2},
        Split.UNIT: {str(unit.pk): 1, NONE: 1},
        Split.OFFICER: {str(officer.pk): 1, NONE: 1},
        Split.TREATMENT: {"cancel": 1, NONE: 1},
    }
    behind = found.at(Place.BALANCE, by=Split.UNIT, value=str(unit.pk))
    assert [each.finding.pk for each in behind] == [made.pk]


def test_a_row_changed_past_the_ledger_is_named(officer: User) -> None:
    people = People()
    body = people.bodies[0]
    Finding.objects.filter(organisation=body).update(state="confirmed", confirmed_on=START)
    (apart,) = differences(people.campaign, as_of=START)
    assert str(apart) == f"“{body.name}”（{body.code}）台账为“待核实·情形A”，数字中为“未启动·情形A”"
    Finding.objects.filter(organisation=body).delete()
    (apart,) = differences(people.campaign, as_of=START)
    assert apart.by_tables == "“不在其中”"


def test_an_undone_sweep_leaves_no_difference() -> None:
    people, today = People(), timezone.localdate()
    body = people.bodies[0]
    report(body, 2021, START + timedelta(days=1), by=people.by)
    people.swept(START + timedelta(days=3))
    assert Finding.objects.get(organisation=body).state == "withdrawn"
    campaigns.pause(campaign_id=people.campaign.pk, by=people.director, on=today, reason="数据有误")
    last = Sweep.objects.latest("pk")
    sweep_control.undo(sweep_id=last.pk, by=people.director, on=today, reason="数据有误")
    assert Finding.objects.get(organisation=body).state == "open"
    assert differences(people.campaign, as_of=today) == []


def test_the_files_carry_the_account_and_the_list_behind_it(officer: User, tmp_path: Path) -> None:
    campaign = running_campaign()
    treated(entered(campaign, found=START, confirmed=START), officer, START, START)
    entered(campaign, found=START, confirmed=START)
    export_progress(campaign, as_of=date(2022, 12, 31), directory=tmp_path)
    book = CalamineWorkbook.from_path(tmp_path / "progress.xlsx")
    rows = book.get_sheet_by_name("增减变动").to_python()
    assert rows[1][:3] == ["分类", "项目", "期初"]
    total = dict(zip(rows[1], rows[2], strict=True))
    assert (total["期初"], total["新增"], total["减少"], total["其中：注销"], total["期末"]) == (0, 2, 1, 1, 1)
    assert Counter(row[0] for row in rows[2:])["按承办人"] == 2
    names = book.get_sheet_by_name("增减变动名单").to_python()
    assert len(names) == 2 + 2
    assert Case.objects.count() == 1
    assert REMOVED not in {row[-1] for row in names}
