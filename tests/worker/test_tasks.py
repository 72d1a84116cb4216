"""Tasks: every slot once, every error visible, every missed night made up for."""

from __future__ import annotations

import base64
import json
import pickle
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

import pytest
from django.db import OperationalError
from django.utils import timezone
from redis import Redis

from cleanup import rules
from cleanup.actions import campaign as campaigns
from cleanup.actions import sweep_control
from cleanup.models import Campaign, Finding, Sweep
from cleanup.rules import Refused
from registry.models import JobRun, Policy, User
from registry.queries.verification import faults
from registry.states import Outcome, Role
from tests.cleanup.situations import running_campaign
from tests.factories import OrganisationFactory, UserFactory
from tests.worker.conftest import served
from tests.worker.situations import SWEPT, campaign_with_zombies, case_due
from worker import broker, dispatch, tasks
from worker.models import Alert
from worker.queries.due import LOOKS_BACK, due_days

if TYPE_CHECKING:
    from pathlib import Path


pytestmark = pytest.mark.django_db


@pytest.fixture
def campaign(officer: User) -> Campaign:
    return campaign_with_zombies(2, by=officer)


def delivered(task: Any, message: str = "message-1", **told: Any) -> Any:
    """Run a task as a worker does that takes this message up."""
    return task.apply(kwargs=told, task_id=message, throw=False)


def sweep_of(campaign: Campaign, day: date = SWEPT, message: str = "message-1") -> Any:
    return delivered(tasks.sweep_campaign, message, campaign_id=campaign.pk, as_of=day.isoformat(), from_later=True)


def queued(client: Redis) -> list[list[str]]:
    """Return what waits in the broker: for each message the days of its sweeps in order."""
    found = []
    for raw in reversed(client.lrange("celery", 0, -1)):
        _, first, embedded = json.loads(base64.b64decode(json.loads(raw)["body"]))
        following = [each["kwargs"] for each in reversed(embedded["chain"] or ())]
        found.append([each["as_of"] for each in (first, *following)])
    return found


# --- sweeps ------------------------------------------------------------------------------------------


def test_a_sweep_is_a_run_with_its_counts(campaign: Campaign) -> None:
    sweep_of(campaign)
    run = JobRun.objects.get(job="sweep")
    assert (run.job, run.slot, run.as_of, run.outcome) == ("sweep", "2022 2022-06-01", SWEPT, Outcome.DONE)
    assert run.owner == "message-1"
    assert run.counts["entering"] == 2
    assert {finding.run_id for finding in Finding.objects.all()} == {run.pk}


def test_the_same_message_and_a_second_one_change_nothing(campaign: Campaign) -> None:
    for message in ("message-1", "message-1", "message-2"):
        sweep_of(campaign, message=message)
    assert JobRun.objects.get(job="sweep").attempts == 1
    assert Finding.objects.count() == 2
    assert list(faults()) == []


def test_a_slot_in_other_hands_is_left_alone(campaign: Campaign) -> None:
    tasks.runs.claim(job="sweep", slot=tasks.sweep_slot(campaign, SWEPT), as_of=SWEPT, owner="another")
    sweep_of(campaign)
    assert (JobRun.objects.get(job="sweep").owner, Finding.objects.count()) == ("another", 0)


def test_a_refused_sweep_fails_for_everybody_to_see(campaign: Campaign) -> None:
    campaigns.conclude(campaign_id=campaign.pk, by=UserFactory.create(), on=date(2022, 12, 31))
    outcome = sweep_of(campaign)
    assert isinstance(outcome.result, Refused)
    run = JobRun.objects.get(job="sweep")
    assert run.outcome == Outcome.FAILED
    assert run.error.startswith("Refused: R-50 整治行动正在进行")


def test_a_refusal_keeps_its_words_on_the_way_between_processes() -> None:
    refusal = Refused(rules.SWEEP)
    arrived = pickle.loads(pickle.dumps(refusal))  # noqa: S301 - our own bytes
    assert (type(arrived), arrived.broken, str(arrived)) == (Refused, rules.SWEEP, str(refusal))


def test_an_error_nobody_foresaw_stands_in_the_run_too(campaign: Campaign, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(**_: object) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr(tasks, "sweep", broken)
    assert isinstance(sweep_of(campaign).result, ZeroDivisionError)
    assert JobRun.objects.get(job="sweep").error.startswith("ZeroDivisionError")


def test_a_busy_database_is_tried_again_by_the_same_owner(campaign: Campaign, monkeypatch: pytest.MonkeyPatch) -> None:
    real, busy = tasks.sweep, [OperationalError("database is locked")] * 2

    def sometimes(**how: Any) -> Any:
        if busy:
            raise busy.pop()
        return real(**how)

    monkeypatch.setattr(tasks, "sweep", sometimes)
    sweep_of(campaign)
    run = JobRun.objects.get(job="sweep")
    assert (run.outcome, run.attempts, run.counts["entering"]) == (Outcome.DONE, 3, 2)


# --- which nights ------------------------------------------------------------------------------------


def test_a_campaign_never_swept_is_due_today_alone(campaign: Campaign) -> None:
    assert due_days(campaign, on=SWEPT) == [SWEPT]


def test_missed_nights_are_due_each_for_its_day(campaign: Campaign) -> None:
    sweep_of(campaign)
    assert due_days(campaign, on=date(2022, 6, 4)) == [date(2022, 6, 2), date(2022, 6, 3), date(2022, 6, 4)]


def test_swept_today_only_today_is_due_and_its_slot_says_done(campaign: Campaign) -> None:
    sweep_of(campaign)
    assert due_days(campaign, on=SWEPT) == [SWEPT]


def test_a_day_whose_sweep_was_undone_is_swept_again_in_a_run_of_its_own(campaign: Campaign) -> None:
    sweep_of(campaign)
    director = UserFactory.create(role=Role.DIRECTOR)
    told: dict[str, Any] = {"by": director, "on": SWEPT, "reason": "年报漏录"}
    for time in (2, 3):
        campaigns.pause(campaign_id=campaign.pk, **told)
        sweep_control.undo(sweep_id=Sweep.objects.latest("pk").pk, **told)
        campaigns.resume(campaign_id=campaign.pk, **told)
        assert due_days(campaign, on=SWEPT) == [SWEPT]
        (job, slot), _message = dispatch.sweep_message(campaign, SWEPT)
        assert (job, slot) == ("sweep", f"2022 2022-06-01 {time}")
        sweep_of(campaign, message=f"message-{time}")
        assert JobRun.objects.get(slot=slot).outcome == Outcome.DONE
        assert Finding.objects.filter(state="open").count() == 2
        assert sweep_of(campaign, message="once more").successful()
    assert list(faults()) == []


def test_nights_on_which_the_campaign_was_paused_are_not_made_up_for(campaign: Campaign) -> None:
    sweep_of(campaign)
    director = UserFactory.create(role=Role.DIRECTOR)
    for since, until in ((date(2022, 6, 3), date(2022, 6, 10)), (date(2022, 6, 12), date(2022, 6, 12))):
        campaigns.pause(campaign_id=campaign.pk, by=director, on=since, reason="口径有误")
        campaigns.resume(campaign_id=campaign.pk, by=director, on=until, reason="口径已经明确")
    assert due_days(campaign, on=date(2022, 6, 13)) == [date(2022, 6, 2), *(date(2022, 6, n) for n in range(10, 14))]


def test_a_failed_night_is_due_again(campaign: Campaign, monkeypatch: pytest.MonkeyPatch) -> None:
    sweep_of(campaign)
    JobRun.objects.create(
        job="sweep", slot="2022 2022-06-02", as_of=date(2022, 6, 2), started_at="2022-06-02T01:30Z", outcome="failed"
    )
    assert due_days(campaign, on=date(2022, 6, 3)) == [date(2022, 6, 2), date(2022, 6, 3)]


def test_after_a_long_stop_the_last_month_is_made_up_for(campaign: Campaign) -> None:
    sweep_of(campaign)
    today = SWEPT + timedelta(days=200)
    days = due_days(campaign, on=today)
    assert (days[0], days[-1], len(days)) == (today - LOOKS_BACK, today, LOOKS_BACK.days + 1)


def test_the_nightly_scan_hands_out_each_running_campaigns_days_in_order(
    campaign: Campaign, served_broker: Redis
) -> None:
    sweep_of(campaign)
    running_campaign("2023")
    ended = running_campaign("2021")
    campaigns.conclude(campaign_id=ended.pk, by=UserFactory.create(role=Role.DIRECTOR), on=date(2022, 12, 31))
    tasks.nightly_sweeps(on="2022-06-03")
    assert queued(served_broker) == [["2022-06-02", "2022-06-03"], ["2022-06-03"]]


def test_a_campaign_approved_ahead_of_its_start_waits(campaign: Campaign, served_broker: Redis) -> None:
    tasks.nightly_sweeps(on="2022-02-28")
    assert queued(served_broker) == []


def test_a_campaign_past_its_end_is_swept_for_the_nights_it_missed_and_then_no_more(
    campaign: Campaign, served_broker: Redis
) -> None:
    end = campaign.ends_on
    sweep_of(campaign, end - timedelta(days=2))
    assert due_days(campaign, on=end + timedelta(days=3)) == [end - timedelta(days=1), end]
    sweep_of(campaign, end)
    assert due_days(campaign, on=end + timedelta(days=3)) == []
    tasks.nightly_sweeps(on=(end + timedelta(days=3)).isoformat())
    assert queued(served_broker) == []
    assert dispatch.sweeps(on=end + timedelta(days=3)).is_done()


def stopped(campaign: Campaign) -> JobRun:
    """Return the run of a sweep that the breaker stopped."""
    sweep_of(campaign)
    Policy.objects.filter(key__in=("sweep.jump_least", "sweep.jump_share")).update(value=0)
    OrganisationFactory.create()
    sweep_of(campaign, SWEPT + timedelta(days=1), message="message-2")
    return JobRun.objects.get(job="sweep", outcome=Outcome.STOPPED)


def test_while_a_sweep_waits_it_alone_is_tried_again(campaign: Campaign, served_broker: Redis) -> None:
    run = stopped(campaign)
    tasks.nightly_sweeps(on="2022-06-05")
    assert queued(served_broker) == [["2022-06-02"]]
    asked = dispatch.sweeps(on=date(2022, 6, 5))
    assert asked.slots == {("sweep", run.slot)}
    assert not asked.is_done()
    sweep_of(campaign, SWEPT + timedelta(days=1), message="message-3")
    assert asked.is_done()


def test_released_the_same_run_goes_on(campaign: Campaign, reviewer: User) -> None:
    run = stopped(campaign)
    sweep_control.release(sweep_id=run.sweep.pk, by=reviewer, on=timezone.localdate(), reason="属实")
    delivered(tasks.sweep_campaign, "message-4", campaign_id=campaign.pk, as_of="2022-06-02", slot=run.slot)
    run.refresh_from_db()
    assert (run.outcome, run.counts["entering"]) == (Outcome.DONE, 1)


def test_with_the_broker_away_asking_fails_in_words_and_the_next_night_makes_up_for_it(
    campaign: Campaign, tmp_path: Path
) -> None:
    sweep_of(campaign)
    with pytest.raises(dispatch.BrokerUnreachable, match="消息服务（Redis）连接不上，任务未发出"):
        dispatch.sweeps(on=date(2022, 6, 2))
    assert JobRun.objects.filter(job="sweep").count() == 1
    with served(tmp_path), Redis(unix_socket_path=str(broker.socket_path(tmp_path))) as client:
        tasks.nightly_sweeps(on="2022-06-03")
        assert queued(client) == [["2022-06-02", "2022-06-03"]]


# --- alerts as tasks ---------------------------------------------------------------------------------


def test_the_watch_is_a_run_and_raises_alerts_once(officer: User) -> None:
    case_due(date(2022, 8, 1), officer=officer)
    for message in ("message-1", "message-2"):
        delivered(tasks.watch_deadlines, message, on="2022-07-30")
    run = JobRun.objects.get(job="alert.deadline")
    assert (run.slot, run.counts) == ("2022-07-30", {"standing": 1, "raised": 1, "closed": 0})
    assert Alert.objects.count() == 1


def test_new_findings_are_a_run_of_their_own(campaign: Campaign, officer: User) -> None:
    sweep_of(campaign)
    delivered(tasks.alert_new_findings, on="2022-06-01")
    assert JobRun.objects.get(job="alert.new_findings").outcome == Outcome.DONE
    assert Alert.objects.filter(recipient=officer).count() == 1


def test_every_ten_minutes_alerts_without_cause_are_closed(campaign: Campaign, officer: User) -> None:
    sweep_of(campaign)
    delivered(tasks.alert_new_findings, on="2022-06-01")
    Finding.objects.update(state="withdrawn", ended_on=SWEPT)
    delivered(tasks.close_alerts)
    assert not Alert.objects.filter(closed_at__isnull=True).exists()
    assert set(JobRun.objects.values_list("job", flat=True)) == {"preview", "sweep", "alert.new_findings"}


def test_what_was_asked_is_done_when_every_run_is(campaign: Campaign, served_broker: Redis) -> None:
    asked = dispatch.sweeps(on=SWEPT)
    assert queued(served_broker) == [["2022-06-01"]]
    assert not asked.is_done()
    sweep_of(campaign)
    assert asked.is_done()
    assert [str(run) for run in asked.runs()] == ["sweep 2022 2022-06-01"]
    assert not asked.failed().exists()


def test_an_old_failure_is_not_the_answer_to_what_is_asked_now(campaign: Campaign, served_broker: Redis) -> None:
    run = tasks.runs.claim(job="sweep", slot=tasks.sweep_slot(campaign, SWEPT), as_of=SWEPT, owner="before")
    assert run is not None
    tasks.runs.fail(run=run, error="yesterday")
    asked = dispatch.sweeps(on=SWEPT)
    assert not asked.failed().exists()
    tasks.runs.fail(run=run, error="now")
    assert asked.failed().get().error == "now"
