"""A real worker process on a real broker: killed in the middle, and on the Redis the environment names."""

from __future__ import annotations

import os
import subprocess
import sys
from contextlib import contextmanager
from datetime import date
from time import sleep
from typing import TYPE_CHECKING
from uuid import uuid4

import pytest
from django.conf import settings as configured

from registry.models import User
from tests.registry.test_race import count, shared_database
from tests.worker.conftest import eventually, forget_connections
from tests.worker.situations import SWEPT, batch_of_guides, campaign_with_zombies, case_due
from worker import broker, tasks
from worker.celery import app
from worker.processes import QUIET
from worker.supervisor import Child, Supervisor

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from redis import Redis

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.services]

GIVEN = configured.BROKER_URL
STUCK = "SELECT count(*) FROM cleanup_finding"
RUN = "SELECT count(*) FROM registry_jobrun WHERE outcome = '{}' AND attempts = {}"
ALERTED = "SELECT count(*) FROM registry_jobrun WHERE outcome = 'done' AND job = 'alert.deadline'"
DONE = "SELECT count(*) FROM cleanup_casebatchrow WHERE outcome = 'done'"
GUIDES = "SELECT count(*) FROM registry_event WHERE verb = 'notice.issue'"
LAST, DIFFERENT = "SELECT max(number) FROM cleanup_notice", "SELECT count(DISTINCT number) FROM cleanup_notice"
OPENED = "SELECT count(*) FROM registry_event WHERE verb = 'finding.open'"


@contextmanager
def working(folder: Path, environment: Mapping[str, str], *options: str, entry: str = "worker") -> Iterator[Child]:
    """Run a worker as `run` does, with its output in ``folder``."""
    supervisor = Supervisor(folder / "log", configured.BASE_DIR, print, environment)
    command = [sys.executable, "-m", "celery", "-A", entry, "worker", "--concurrency", "1", *QUIET, *options]
    child = Child("worker", command)
    try:
        supervisor.add(child)
        yield child
    except AssertionError:
        print(supervisor.obituary(child))
        raise
    finally:
        supervisor.stop()


def environment_of(folder: Path, **given: str) -> dict[str, str]:
    """Return the environment of an installation in ``folder`` on the test's database, the state of now."""
    shared = {"VAR_DIR": str(folder), "DATABASE_URL": shared_database(folder), "REDIS_URL": "", "BROKER_URL": ""}
    return {**shared, "DJANGO_SETTINGS_MODULE": "config.settings", **given}


def test_killed_in_the_middle_a_sweep_is_done_once_by_the_next_worker(
    officer: User, tmp_path: Path, served_broker: Redis
) -> None:
    campaign = campaign_with_zombies(6, by=officer)
    User.objects.system()
    environment = environment_of(tmp_path)
    database = environment["DATABASE_URL"]
    tasks.sweep_on(campaign.pk, SWEPT).apply_async()
    with working(tmp_path, environment, entry="tests.worker.stuck") as worker:
        eventually(lambda: count(STUCK, database) == 4)
        assert worker.process
        os.killpg(worker.process.pid, 9)
        worker.process.wait()
    assert count(RUN.format("running", 1), database) == 1
    assert broker.give_back(app, tmp_path)
    with working(tmp_path, environment):
        eventually(lambda: count(RUN.format("done", 2), database) == 1)
    assert (count(STUCK, database), count(OPENED, database)) == (6, 6)
    assert served_broker.llen("celery") == served_broker.hlen("unacked") == 0
    verify = [sys.executable, "manage.py", "verify_ledger", "--quiet"]
    told = subprocess.run(
        verify, cwd=configured.BASE_DIR, env={**os.environ, **environment}, capture_output=True, text=True, check=True
    )
    assert "台账核验通过" in told.stdout


def test_killed_in_a_case_a_batch_goes_on_with_it_and_its_numbers_have_no_gap(
    officer: User, tmp_path: Path, served_broker: Redis
) -> None:
    batch = batch_of_guides(5, by=officer)
    environment = environment_of(tmp_path)
    database = environment["DATABASE_URL"]
    tasks.case_batch.si(batch_id=batch.pk).apply_async()
    with working(tmp_path, environment, entry="tests.worker.stuck") as worker:
        eventually(lambda: count(DONE, database) == 2)
        sleep(1)
        assert worker.process
        os.killpg(worker.process.pid, 9)
        worker.process.wait()
    assert (count(DONE, database), count(GUIDES, database)) == (2, 2)
    assert broker.give_back(app, tmp_path)
    with working(tmp_path, environment):
        eventually(lambda: count(DONE, database) == 5)
    assert count(GUIDES, database) == 5
    assert (count(LAST, database), count(DIFFERENT, database)) == (5, 5)
    assert served_broker.llen("celery") == served_broker.hlen("unacked") == 0


@pytest.mark.skipif(not GIVEN, reason="REDIS_URL or BROKER_URL names no broker")
def test_the_broker_of_the_environment_carries_tasks_to_a_worker(officer: User, tmp_path: Path) -> None:
    case_due(date(2022, 8, 1), officer=officer)
    queue = f"test-{uuid4().hex}"
    environment = environment_of(tmp_path, BROKER_URL=GIVEN)
    app.conf.update(broker_url=GIVEN)
    forget_connections()
    with working(tmp_path, environment, "--queues", queue):
        tasks.watch_deadlines.si(on="2022-07-30").apply_async(queue=queue)
        eventually(lambda: count(ALERTED, environment["DATABASE_URL"]) == 1)
    assert count("SELECT count(*) FROM worker_alert", environment["DATABASE_URL"]) == 1
