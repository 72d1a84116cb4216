from __future__ import annotations

import json
from datetime import date
from io import StringIO

import pytest
import time_machine
from django.core.management import CommandError, call_command
from django.db import DatabaseError, connection
from django.test.utils import CaptureQueriesContext

from cleanup.actions import campaign as campaigns
from cleanup.actions import finding as findings
from cleanup.actions import finding_batch
from cleanup.actions import sweep as sweeping
from cleanup.actions.sweep import SweepResult, sweep
from cleanup.models import Campaign, Finding
from cleanup.rules import Refused
from registry.actions import evidence
from registry.actions import organisation as verbs
from registry.models import Event, JobRun, User
from registry.queries.verification import faults
from tests.cleanup.situations import filer, report, running_campaign, unreached
from tests.factories import OrganisationFactory, UserFactory

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("told_whole")]

ON = date(2022, 6, 1)


@pytest.fixture
def campaign(officer: User) -> Campaign:
    filer(2020, 2021, by=officer)
    return running_campaign()


def swept(campaign: Campaign, on: date = ON, *, dry_run: bool = False) -> SweepResult:
    return sweep(campaign_id=campaign.pk, as_of=on, by=User.objects.system(), dry_run=dry_run)


def numbers(result: SweepResult) -> tuple[int, int, int, int]:
    return len(result.entering), len(result.leaving), len(result.changed), result.unchanged


def test_a_sweep_enters_a_finding_with_frozen_facts_and_one_event(campaign: Campaign) -> None:
    body = OrganisationFactory.create()
    assert numbers(swept(campaign)) == (1, 0, 0, 0)
    finding = Finding.objects.get()
    assert (finding.organisation, finding.criteria, finding.found_on) == (body, "A", ON)
    assert finding.facts["A"]["missed_years"] == [2020, 2021]
    assert finding.facts["A"]["due_on"] == {"2020": "2021-05-31", "2021": "2022-05-31"}
    assert [event.verb for event in body.events.all()] == ["organisation.register", "finding.open"]
    assert list(faults()) == []


def test_a_second_sweep_changes_nothing(campaign: Campaign) -> None:
    OrganisationFactory.create()
    swept(campaign)
    events = Event.objects.count()
    assert numbers(swept(campaign)) == (0, 0, 0, 1)
    assert Event.objects.count() == events


def test_a_dry_run_says_the_same_and_writes_nothing(campaign: Campaign) -> None:
    OrganisationFactory.create()
    before = Event.objects.count(), JobRun.objects.count(), Finding.objects.count()
    assert numbers(swept(campaign, dry_run=True)) == (1, 0, 0, 0)
    assert (Event.objects.count(), JobRun.objects.count(), Finding.objects.count()) == before


def test_a_late_report_that_cures_every_fact_withdraws_the_finding(campaign: Campaign, officer: User) -> None:
    body = OrganisationFactory.create()
    swept(campaign)
    report(body, 2021, date(2022, 6, 5), by=officer)
    assert numbers(swept(campaign, date(2022, 6, 6))) == (0, 1, 0, 0)
    finding = Finding.objects.get()
    assert (finding.state, finding.ended_on) == ("withdrawn", date(2022, 6, 6))
    assert body.events.last().verb == "finding.withdraw"


def test_an_open_finding_whose_criteria_changed_gives_way_to_a_new_one(campaign: Campaign, officer: User) -> None:
    body = OrganisationFactory.create()
    swept(campaign)
    frozen = Finding.objects.get().facts
    unreached(body, by=officer, on=date(2022, 6, 2))
    assert numbers(swept(campaign, date(2022, 6, 3))) == (0, 0, 1, 0)
    old, new = Finding.objects.order_by("pk")
    assert (old.state, old.criteria, old.facts, old.ended_on) == ("withdrawn", "A", frozen, date(2022, 6, 3))
    assert (new.state, new.criteria, new.found_on) == ("open", "AD", date(2022, 6, 3))
    assert body.events.last().verb == "finding.update"


def test_a_withdrawn_finding_comes_back_when_the_facts_do(campaign: Campaign, officer: User) -> None:
    body = OrganisationFactory.create()
    unreached(body, by=officer, on=date(2022, 5, 1))
    report(body, 2021, date(2022, 5, 2), by=officer)
    swept(campaign)
    reached = evidence.record_contact(
        organisation_id=body.pk, channel="visit", target="住所", tried_on=date(2022, 6, 2), outcome="reached", by=officer
    )  # fmt: skip
    assert reached
    assert numbers(swept(campaign, date(2022, 6, 3))) == (0, 1, 0, 0)
    unreached(body, by=officer, on=date(2022, 6, 10))
    assert numbers(swept(campaign, date(2022, 6, 11))) == (1, 0, 0, 0)
    assert [each.state for each in Finding.objects.order_by("pk")] == ["withdrawn", "open"]


def test_a_dismissal_covers_only_the_criteria_it_was_about(campaign: Campaign, officer: User) -> None:
    body = OrganisationFactory.create()
    swept(campaign)
    findings.dismiss(finding_id=Finding.objects.get().pk, by=officer, on=ON, reason="年报在途")
    unreached(body, by=officer, on=date(2022, 6, 2))
    assert numbers(swept(campaign, date(2022, 6, 3))) == (1, 0, 0, 0)
    assert Finding.objects.get(state="open").criteria == "AD"


def test_what_is_recorded_between_two_chunks_is_judged_again(
    campaign: Campaign, officer: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    bodies = sorted((OrganisationFactory.create() for _ in range(2)), key=lambda body: body.pk)
    monkeypatch.setattr(sweeping, "CHUNK", 1)

    def meanwhile(_: int) -> None:
        report(bodies[1], 2021, date(2022, 5, 30), by=officer)

    sweep(campaign_id=campaign.pk, as_of=ON, by=User.objects.system(), tick=meanwhile)
    assert [finding.organisation for finding in Finding.objects.all()] == [bodies[0]]


def test_a_campaign_concluded_between_two_chunks_lets_nobody_in(
    campaign: Campaign, officer: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    for _ in range(3):
        OrganisationFactory.create()
    monkeypatch.setattr(sweeping, "CHUNK", 1)

    def meanwhile(_: int) -> None:
        campaigns.conclude(campaign_id=campaign.pk, by=officer, on=date(2022, 12, 31))

    with pytest.raises(Refused, match="R-50"):
        sweep(campaign_id=campaign.pk, as_of=ON, by=User.objects.system(), tick=meanwhile)
    assert Finding.objects.count() == 1


def test_a_dismissed_finding_does_not_enter_again(campaign: Campaign, officer: User) -> None:
    OrganisationFactory.create()
    swept(campaign)
    findings.dismiss(finding_id=Finding.objects.get().pk, by=officer, on=ON, reason="年报在途")
    assert numbers(swept(campaign, date(2022, 6, 2))) == (0, 0, 0, 1)


def test_a_confirmed_finding_is_not_withdrawn_by_a_sweep(campaign: Campaign, officer: User) -> None:
    body = OrganisationFactory.create()
    swept(campaign)
    findings.confirm(finding_id=Finding.objects.get().pk, by=officer, on=ON, reason="属实")
    report(body, 2021, date(2022, 6, 5), by=officer)
    assert numbers(swept(campaign, date(2022, 6, 6))) == (0, 0, 0, 0)
    assert Finding.objects.get().state == "confirmed"


def test_a_hold_freezes_an_open_finding(campaign: Campaign, officer: User) -> None:
    body = OrganisationFactory.create()
    swept(campaign)
    verbs.hold(organisation_id=body.pk, by=officer, on=date(2022, 6, 2), reason="诉讼中")
    assert numbers(swept(campaign, date(2022, 6, 3))) == (0, 0, 0, 0)
    assert Finding.objects.get().state == "open"


def test_a_body_that_left_the_register_is_withdrawn(campaign: Campaign, officer: User) -> None:
    body = OrganisationFactory.create()
    swept(campaign)
    verbs.cancel(
        organisation_id=body.pk, by=officer, on=date(2022, 6, 2), reason="自行解散", resolution_on=date(2022, 5, 1),
        consent_no="", liquidation_report_on=date(2022, 6, 1),
    )  # fmt: skip
    assert numbers(swept(campaign, date(2022, 6, 3))) == (0, 1, 0, 0)


def test_sweeping_a_draft_or_the_future_is_refused(campaign: Campaign) -> None:
    with pytest.raises(Refused, match="R-50"), time_machine.travel("2022-05-01T08:00:00+08:00"):
        swept(campaign, date(2022, 5, 2))
    campaigns.conclude(campaign_id=campaign.pk, by=UserFactory.create(), on=date(2022, 12, 31))
    with pytest.raises(Refused, match="R-50"):
        swept(campaign, date(2022, 12, 31))


def test_a_sweep_for_an_earlier_day_than_the_last_one_is_refused(campaign: Campaign) -> None:
    call_command("sweep", "--campaign", "2022", "--as-of", "2022-06-10", stdout=StringIO())
    with pytest.raises(Refused, match="R-51"):
        swept(campaign, date(2022, 6, 9))


def test_killed_in_the_middle_a_sweep_is_finished_by_the_next(
    campaign: Campaign, monkeypatch: pytest.MonkeyPatch
) -> None:
    bodies = [OrganisationFactory.create() for _ in range(5)]
    monkeypatch.setattr(sweeping, "CHUNK", 2)
    done = []

    def die_after_two_chunks(count: int) -> None:
        done.append(count)
        if len(done) == 2:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        sweep(campaign_id=campaign.pk, as_of=ON, by=User.objects.system(), tick=die_after_two_chunks)
    assert Finding.objects.count() == 4
    assert numbers(swept(campaign)) == (1, 0, 0, 4)
    assert Finding.objects.count() == len(bodies)
    assert list(faults()) == []


def test_when_events_cannot_be_written_no_finding_is(campaign: Campaign, monkeypatch: pytest.MonkeyPatch) -> None:
    OrganisationFactory.create()

    def broken(*args: object, **kwargs: object) -> None:
        raise DatabaseError

    monkeypatch.setattr(finding_batch, "record_many", broken)
    with pytest.raises(DatabaseError):
        swept(campaign)
    assert not Finding.objects.exists()


def test_the_command_twice_enters_nothing_the_second_time(campaign: Campaign) -> None:
    OrganisationFactory.create()
    seen = []
    for _ in range(2):
        out = StringIO()
        call_command("sweep", "--campaign", "2022", "--as-of", "2022-06-01", "--json", stdout=out)
        seen.append(json.loads(out.getvalue()))
    assert [(each["entering"], each["leaving"], each["unchanged"]) for each in seen] == [(1, 0, 0), (0, 0, 1)]
    assert seen[0]["by_criterion"] == {"A": 1, "B": 0, "C": 0, "D": 0, "E": 0, "F": 0}
    assert JobRun.objects.filter(job="sweep", outcome="done").count() == 2


def test_the_command_names_unknown_campaigns_and_wrong_dates(campaign: Campaign) -> None:
    with pytest.raises(CommandError, match="没有编号为“1999”的整治行动；现有：2022"):
        call_command("sweep", "--campaign", "1999")
    with pytest.raises(CommandError, match="不是有效日期"):
        call_command("sweep", "--as-of", "2022/06/01")


def test_the_cost_in_queries_does_not_grow_with_the_findings(campaign: Campaign) -> None:
    User.objects.system()
    counts = []
    for size in (1, 1, 30):
        for _ in range(size):
            OrganisationFactory.create()
        with CaptureQueriesContext(connection) as queries:
            assert len(swept(campaign).entering) == size
        counts.append(len(queries))
    assert counts[1] == counts[2], "the first sweep is compared with the preview, the later ones are not"
