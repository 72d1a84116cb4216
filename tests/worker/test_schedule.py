"""The beat table and the promises of the Celery settings."""

from __future__ import annotations

import inspect

import pytest
from celery.schedules import crontab

from worker.celery import REDIS_OPTIONS, TIME_LIMIT, VISIBILITY_TIMEOUT, app
from worker.schedule import SCHEDULE
from worker.tasks import Run

app.loader.import_default_modules()
OURS = sorted(name for name in app.tasks if not name.startswith("celery."))


@pytest.mark.parametrize("entry", SCHEDULE)
def test_every_beat_entry_binds_to_a_registered_task(entry: str) -> None:
    task = app.tasks[SCHEDULE[entry]["task"]]
    inspect.signature(task.run).bind(**SCHEDULE[entry].get("kwargs", {}))


def test_law_sweep_checkpoint_checks_deadlines_and_new_findings_run_at_night_in_this_order() -> None:
    times = [schedule for entry in SCHEDULE.values() if isinstance(schedule := entry["schedule"], crontab)]
    assert [(min(each.hour), min(each.minute)) for each in times] == [
        (0, 5),
        (1, 30),
        (3, 0),
        (3, 30),
        (5, 0),
        (6, 0),
        (6, 30),
        (7, 0),
        (7, 15),
    ]
    assert app.conf.timezone == "Asia/Shanghai"


@pytest.mark.parametrize("name", OURS)
def test_every_task_takes_keywords_only_and_ignores_unknown_ones(name: str) -> None:
    kinds = [parameter.kind for parameter in inspect.signature(app.tasks[name].run).parameters.values()]
    assert kinds[-1] == inspect.Parameter.VAR_KEYWORD
    assert set(kinds[:-1]) <= {inspect.Parameter.KEYWORD_ONLY}


def test_task_names_are_wire_format() -> None:
    assert OURS == [
        "worker.alert_mentions",
        "worker.alert_new_findings",
        "worker.alert_sign_offs",
        "worker.case_batch",
        "worker.check_figures",
        "worker.check_ledger",
        "worker.close_alerts",
        "worker.import_file",
        "worker.make_checkpoint",
        "worker.nightly_sweeps",
        "worker.recalculate_law",
        "worker.recalculate_laws",
        "worker.recheck_deadlines",
        "worker.sweep_campaign",
        "worker.watch_deadlines",
    ]


def test_whatever_claims_a_run_also_fails_it() -> None:
    claiming = {
        "worker.alert_new_findings",
        "worker.alert_sign_offs",
        "worker.case_batch",
        "worker.check_figures",
        "worker.check_ledger",
        "worker.import_file",
        "worker.make_checkpoint",
        "worker.recalculate_law",
        "worker.recheck_deadlines",
        "worker.sweep_campaign",
        "worker.watch_deadlines",
    }
    assert {name for name in OURS if isinstance(app.tasks[name], Run)} == claiming


def test_a_dead_workers_task_is_given_to_another_and_a_slow_ones_is_not() -> None:
    assert app.conf.task_acks_late
    assert app.conf.task_reject_on_worker_lost
    assert app.conf.worker_prefetch_multiplier == 1
    assert app.conf.task_soft_time_limit < TIME_LIMIT < VISIBILITY_TIMEOUT
    assert REDIS_OPTIONS["unacked_restore_interval"] * REDIS_OPTIONS["unacked_restore_throttle"] == 2
    assert not app.conf.task_always_eager


def test_only_json_goes_over_the_wire() -> None:
    assert (app.conf.task_serializer, app.conf.accept_content) == ("json", ["json"])
