"""The ledger's nightly work: one checkpoint and one check a day, made up for when missed."""

from datetime import date
from typing import Any

import pytest
from django.db import OperationalError, connection
from django.db.models import QuerySet

from registry import guards
from registry.models import Checkpoint, Event, JobRun, LedgerCheck
from registry.states import Outcome, Role
from tests.factories import OrganisationFactory, UserFactory
from worker import tasks
from worker.models import Alert
from worker.schedule import SCHEDULE
from worker.states import AlertKind

pytestmark = pytest.mark.django_db


def delivered(task: Any, message: str = "message-1", **told: Any) -> None:
    task.apply(kwargs=told, task_id=message, throw=False)


def test_a_day_gets_one_checkpoint_however_often_it_is_asked_for() -> None:
    OrganisationFactory.create()
    for message in ("message-1", "message-1", "message-2"):
        delivered(tasks.make_checkpoint, message, on="2022-03-01", from_later=True)
    run = JobRun.objects.get()
    assert (run.job, run.slot, run.outcome, run.attempts) == ("ledger.checkpoint", "2022-03-01", Outcome.DONE, 1)
    made = Checkpoint.objects.get()
    assert run.counts == {"number": 1, "chains": 1, "events": 1, "digest": made.digest}
    assert made.on == date(2022, 3, 1)


def test_a_checkpoint_that_failed_is_made_within_the_hour(monkeypatch: pytest.MonkeyPatch) -> None:
    def away(**_: object) -> None:
        raise OperationalError("lock timeout")

    with monkeypatch.context() as patch:
        patch.setattr(tasks.checkpoints, "make", away)
        delivered(tasks.make_checkpoint, on="2022-03-01")
    assert JobRun.objects.get().outcome == Outcome.FAILED
    delivered(tasks.make_checkpoint, "message-2", on="2022-03-01")
    assert (JobRun.objects.get().outcome, Checkpoint.objects.count()) == (Outcome.DONE, 1)
    assert SCHEDULE["make-checkpoint"]["schedule"].hour == set(range(3, 24))
    assert SCHEDULE["check-ledger"]["schedule"].hour == set(range(3, 24))


def test_a_day_gets_one_check_which_says_what_it_found(without_guards: None) -> None:
    OrganisationFactory.create()
    for message in ("message-1", "message-2"):
        delivered(tasks.check_ledger, message, on="2022-03-01", from_later=True)
    run, check = JobRun.objects.get(), LedgerCheck.objects.get()
    assert (run.job, run.outcome) == ("ledger.check", Outcome.DONE)
    assert run.counts == {"chains": 1, "events": 1, "found": check.found}
    assert check.found > 0
    assert "缺少防篡改触发器" in check.faults[0]


def test_a_fault_alarms_auditors_and_directors_once_until_a_check_finds_none(without_guards: None) -> None:
    guards.install(connection)
    told = [UserFactory.create(role=role) for role in (Role.AUDITOR, Role.DIRECTOR)]
    UserFactory.create(role=Role.REVIEWER)
    body = OrganisationFactory.create()
    delivered(tasks.check_ledger, on="2022-03-01")
    assert not Alert.objects.exists()
    guards.remove(connection)
    QuerySet(Event).filter(organisation=body).update(reason="改过的理由")
    guards.install(connection)
    for night in ("2022-03-02", "2022-03-03"):
        delivered(tasks.check_ledger, night, on=night)
    alerts = Alert.objects.filter(kind=AlertKind.LEDGER, closed_at=None).order_by("recipient")
    assert [each.recipient for each in alerts] == told
    assert alerts[0].subject.startswith("台账核验发现1处不符")
    assert body.code in alerts[0].subject
    assert alerts[0].link == "/ledger/"
    guards.remove(connection)
    QuerySet(Event).filter(organisation=body).update(reason="测试登记")
    guards.install(connection)
    delivered(tasks.check_ledger, "2022-03-04", on="2022-03-04")
    assert not Alert.objects.filter(closed_at=None).exists()
