"""The worker's own processes, as `run` starts them beside the console."""

from __future__ import annotations

import sys
from functools import partial

from django.conf import settings

from worker import broker
from worker.celery import app
from worker.supervisor import Child, always

CELERY = (sys.executable, "-m", "celery", "-A", "worker")
QUIET = ("--without-gossip", "--without-mingle", "--without-heartbeat")
"""One worker has nobody to gossip with, and older workers got stuck over it after a reconnect."""


def broker_server() -> Child:
    """Return the embedded broker; raise `NoBroker` where it cannot be started."""
    return Child("broker", broker.command(settings.VAR_DIR), is_up=partial(broker.answers, settings.VAR_DIR))


def task_worker(*, concurrency: int = 2) -> Child:
    """Return a worker; on the embedded broker it first takes back what a killed one left behind."""
    command = [*CELERY, "worker", "--concurrency", str(concurrency), "--loglevel", "INFO", *QUIET]
    return Child(
        "worker", command, ready=partial(broker.give_back, app, settings.VAR_DIR) if broker.is_embedded() else always
    )


def beat() -> Child:
    """Return the clock that sends the tasks of the beat table."""
    return Child("beat", [*CELERY, "beat", "--loglevel", "INFO", "--pidfile="])
