"""Claiming a slot: once done it stays done, the same owner resumes, others wait until the lease is over."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING

import pytest

from registry.actions import run as runs
from registry.models import JobRun
from registry.states import Outcome

if TYPE_CHECKING:
    import time_machine

pytestmark = pytest.mark.django_db

ON = date(2022, 6, 1)


def claimed(owner: str, slot: str = "2022 2022-06-01") -> JobRun | None:
    return runs.claim(job="sweep", slot=slot, as_of=ON, owner=owner)


def test_the_first_claim_makes_the_run() -> None:
    run = claimed("one")
    assert run is not None
    assert (run.outcome, run.owner, run.as_of, run.attempts, run.finished_at) == ("running", "one", ON, 1, None)


def test_what_is_done_stays_done_for_everybody() -> None:
    run = claimed("one")
    assert run is not None
    runs.finish(run=run, counts={"entering": 3})
    assert claimed("one") is None
    assert claimed("two") is None
    done = JobRun.objects.get()
    assert (done.outcome, done.counts, done.attempts) == (Outcome.DONE, {"entering": 3}, 1)
    assert done.finished_at is not None


def test_a_message_delivered_again_takes_its_own_run_over_at_once() -> None:
    first = claimed("one")
    again = claimed("one")
    assert first is not None
    assert again is not None
    assert (again.pk, again.attempts) == (first.pk, 2)


def test_another_owner_waits_while_the_run_is_alive() -> None:
    claimed("one")
    assert claimed("two") is None
    assert JobRun.objects.get().owner == "one"


def test_after_its_lease_a_run_that_never_ended_is_anybodys(time_machine: time_machine.TimeMachineFixture) -> None:
    time_machine.move_to("2022-06-01T02:00:00+08:00", tick=False)
    claimed("one")
    time_machine.shift(runs.LEASE)
    assert claimed("two") is None
    time_machine.shift(timedelta(seconds=1))
    again = claimed("two")
    assert again is not None
    assert (again.owner, again.attempts) == ("two", 2)


def test_a_failed_run_is_anybodys_at_once_and_its_error_goes() -> None:
    run = claimed("one")
    assert run is not None
    runs.fail(run=run, error="R-50")
    failed = JobRun.objects.get()
    assert (failed.outcome, failed.error, failed.finished_at is None) == (Outcome.FAILED, "R-50", False)
    again = claimed("two")
    assert again is not None
    assert (again.outcome, again.error, again.finished_at) == (Outcome.RUNNING, "", None)


def test_slots_do_not_know_each_other() -> None:
    claimed("one")
    assert claimed("two", slot="2022 2022-06-02") is not None
