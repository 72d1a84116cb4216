"""The beat table: what runs when, in local time. Missed ticks are made up for when beat comes back.

A tick may come twice (two beats, a message delivered again): the tasks claim their slot, so the work is done once. That
is why the ledger's two, which nobody would miss until an auditor asks, simply come every hour from three o'clock on:
done is done, and what failed or found nobody there is made up for within the hour.
"""

from datetime import timedelta
from typing import Any

from celery.schedules import crontab

SCHEDULE: dict[str, dict[str, Any]] = {
    "recalculate-laws": {"task": "worker.recalculate_laws", "schedule": crontab(minute=5)},
    "nightly-sweeps": {"task": "worker.nightly_sweeps", "schedule": crontab(hour=1, minute=30)},
    "make-checkpoint": {"task": "worker.make_checkpoint", "schedule": crontab(hour="3-23", minute=0)},
    "check-ledger": {"task": "worker.check_ledger", "schedule": crontab(hour="3-23", minute=30)},
    "check-figures": {"task": "worker.check_figures", "schedule": crontab(hour=5, minute=0)},
    "recheck-deadlines": {"task": "worker.recheck_deadlines", "schedule": crontab(hour=6, minute=0)},
    "watch-deadlines": {"task": "worker.watch_deadlines", "schedule": crontab(hour=6, minute=30)},
    "alert-new-findings": {"task": "worker.alert_new_findings", "schedule": crontab(hour=7, minute=0)},
    "alert-sign-offs": {"task": "worker.alert_sign_offs", "schedule": crontab(hour=7, minute=15)},
    "alert-mentions": {"task": "worker.alert_mentions", "schedule": timedelta(minutes=1)},
    "close-alerts": {"task": "worker.close_alerts", "schedule": timedelta(minutes=10)},
}
