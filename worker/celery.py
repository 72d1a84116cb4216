"""The Celery app: ``celery -A worker worker`` and ``celery -A worker beat``.

A task is acknowledged when it is done, not when it is taken: a worker that dies gives it back. Results are not kept;
what a run did stands in its `JobRun`.
"""

import os

from celery import Celery
from django.conf import settings

from worker import broker
from worker.schedule import SCHEDULE

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")

TIME_LIMIT = 50 * 60
"""Seconds a task may take; less than `VISIBILITY_TIMEOUT`, or its message would be given to a second worker."""
VISIBILITY_TIMEOUT = 60 * 60

REDIS_OPTIONS = {
    "visibility_timeout": VISIBILITY_TIMEOUT,
    "unacked_restore_interval": 2,
    "unacked_restore_throttle": 1,
    "socket_timeout": 15,
    "socket_connect_timeout": 5,
    "socket_keepalive": True,
    "health_check_interval": 10,
}
"""kombu's defaults look for messages of dead workers only about every 100 seconds, and never notice a silent socket."""

app = Celery("qingce", include=["worker.tasks"])
app.conf.update(
    broker_url=broker.url(),
    broker_transport_options=REDIS_OPTIONS if "redis" in broker.url().split(":", 1)[0] else {},
    broker_connection_retry_on_startup=True,
    broker_connection_timeout=5,
    task_publish_retry_policy={"max_retries": 2, "interval_start": 0, "interval_step": 0.5, "interval_max": 1},
    task_acks_late=True,
    task_reject_on_worker_lost=True,
    task_ignore_result=True,
    task_time_limit=TIME_LIMIT,
    task_soft_time_limit=TIME_LIMIT - 60,
    task_serializer="json",
    accept_content=["json"],
    worker_prefetch_multiplier=1,
    worker_soft_shutdown_timeout=20,
    timezone=settings.TIME_ZONE,
    enable_utc=True,
    beat_schedule=SCHEDULE,
    beat_schedule_filename=str(settings.VAR_DIR / "beat-schedule"),
)
