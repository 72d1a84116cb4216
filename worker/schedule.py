"""The beat table: what runs when, in local time. Missed ticks are made up for when beat comes back.

A tick may come twice (two beats, a message delivered again): the tasks claim their slot, so the work is done once.
"""

from datetime import timedelta
from typing import Any

from celery.schedules import crontab

SCHEDULE: dict[str, dict[str, Any]] = {
    "nightly-sweeps": {"task": "worker.nightly_sweeps", "schedule": crontab(hour=1, minute=30)},
    "watch-deadlines": {"task": "worker.watch_deadlines", "schedule": crontab(hour=6, minute=30)},
    "alert-new-findings": {"task": "worker.alert_new_findings", "schedule": crontab(hour=7, minute=0)},
    "alert-mentions": {"task": "worker.alert_mentions", "schedule": timedelta(minutes=1)},
    "close-alerts": {"task": "worker.close_alerts", "schedule": timedelta(minutes=10)},
}
