"""The ledger's nightly work: one checkpoint and one check a day, made up for when missed."""

from datetime import date
from typing import Any

import pytest
from django.db import OperationalError

from registry.models import Checkpoint, JobRun, LedgerCheck
from registry.states import Outcome
from tests.factories import OrganisationFactory
from worker import tasks
from worker.schedule import SCHEDULE

pytestmark = pytest.mark.django_db


def delivered(task: Any, message: str = "message-1", **told: Any) -> None:
    task.apply(kwargs=told, task_id=message, throw=False)


def test_a_day_gets_one_checkpoint_however_often_it_is_asked_for() -> None:
    OrganisationFactory.create()
    for message in ("message-1", "message-1", "message-2"):
        delivered(tasks.make_checkpoint, message, on="2022-03-01", from_later=True)
    run = JobRun.objects.get()
    assert (run.job, run.slot, run.outcome, run.attempts) == ("ledger.checkpoint", "2022-03-01", Outcome.DONE, 1)
    assert run.counts == {"number": 1, "chains": 1, "events": 1}
    assert Checkpoint.objects.get().on == date(2022, 3, 1)


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
