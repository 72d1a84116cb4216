"""The nightly check of the campaigns' figures: recomputed from the ledger, told to who answers for them."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from cleanup.models import Finding
from registry.models import JobRun
from registry.states import Outcome, Role
from tests.console.situations import open_findings, user_of
from worker import tasks
from worker.models import Alert
from worker.queries.figures import apart
from worker.schedule import SCHEDULE
from worker.states import AlertKind

pytestmark = pytest.mark.django_db
NIGHT = "2022-06-02"


def delivered(message: str = "message-1", **told: Any) -> None:
    tasks.check_figures.apply(kwargs=told, task_id=message, throw=False)


def test_a_day_is_checked_once_and_figures_the_ledger_bears_out_alarm_nobody() -> None:
    open_findings(2)
    user_of(Role.DIRECTOR)
    for message in ("message-1", "message-2"):
        delivered(message, on=NIGHT, from_later=True)
    run = JobRun.objects.get(job="figures.check")
    assert (run.slot, run.outcome, run.attempts) == (NIGHT, Outcome.DONE, 1)
    assert run.counts == {"campaigns": 1, "found": 0, "by_campaign": {}, "differences": {}}
    assert not Alert.objects.exists()
    assert SCHEDULE["check-figures"]["task"] == "worker.check_figures"


def test_a_difference_alarms_reviewer_and_director_until_it_is_gone() -> None:
    finding = open_findings(2)[0]
    director, reviewer, _clerk = user_of(Role.DIRECTOR), user_of(Role.REVIEWER), user_of(Role.CLERK)
    rows = Finding.objects.filter(pk=finding.pk)
    rows.update(state="confirmed", confirmed_on=date(2022, 6, 1))
    delivered(on=NIGHT)
    alerts = Alert.objects.filter(kind=AlertKind.FIGURES)
    assert {each.recipient for each in alerts} >= {director, reviewer}
    assert {each.recipient.role for each in alerts} == {Role.DIRECTOR, Role.REVIEWER}
    assert "的数字与台账不符，涉及1家" in alerts[0].subject
    (said,) = apart(finding.campaign)
    assert finding.organisation.code in said

    rows.update(state="open", confirmed_on=None)
    delivered("message-2", on="2022-06-03")
    assert not Alert.objects.filter(closed_at__isnull=True).exists()
    assert apart(finding.campaign) == []
