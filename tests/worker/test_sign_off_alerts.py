"""Departments are told what waits for their word, anew when it waits too long or the bureau reminds them."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from decoupling.actions import sign_off
from decoupling.models import ChecklistItem
from registry.models import JobRun
from tests.decoupling.situations import DAY, appointed, implementing, of_unit, parts, settled, sign_part
from worker.actions import alert
from worker.queries.alerts import standing
from worker.states import AlertKind
from worker.tasks import alert_job, alert_sign_offs

if TYPE_CHECKING:
    from registry.models import Unit, User

pytestmark = pytest.mark.django_db

LATE = DAY + timedelta(days=16)


@pytest.fixture
def finance() -> Unit:
    ChecklistItem.objects.exclude(code__in=("A1", "C1", "C4")).delete()
    return appointed()["finance"]


def run_task() -> None:
    alert_sign_offs.apply(kwargs={"on": DAY.isoformat()}, task_id="message", throw=True)


def told(user: User) -> list[str]:
    return list(standing(user).values_list("subject", flat=True))


def test_a_department_is_told_once_only_its_word_is_missing_and_again_when_it_waits(finance: Unit) -> None:
    contact = of_unit(finance)
    listing = settled(but="C4")
    run_task()
    assert told(contact) == []
    settled(listing)
    for day in (DAY, DAY + timedelta(days=15)):
        alert.reconcile(kind=AlertKind.SIGN_OFF, on=day)
    assert told(contact) == [f"“{listing.organisation.name}”脱钩的资产财务分离已经办结，待您单位会签"]
    assert alert.reconcile(kind=AlertKind.SIGN_OFF, on=LATE) == {"standing": 1, "raised": 1, "closed": 1}
    sign_part(listing, next(part for part in parts(listing) if part.unit == finance))
    alert.close_groundless(kind=AlertKind.SIGN_OFF, on=LATE)
    assert told(contact) == []


def test_a_reminder_tells_of_items_that_are_not_settled_yet(finance: Unit, officer: User) -> None:
    contact, other = of_unit(finance), of_unit(appointed()["party"])
    listing = implementing()
    sign_off.remind(listing_id=listing.pk, unit=finance, by=officer, on=DAY)
    alert.reconcile(kind=AlertKind.SIGN_OFF, on=DAY)
    assert told(contact) == [f"“{listing.organisation.name}”脱钩的资产财务分离尚待您单位办理"]
    assert told(other) == []
    sign_off.remind(listing_id=listing.pk, unit=finance, by=officer, on=LATE)
    assert alert.reconcile(kind=AlertKind.SIGN_OFF, on=LATE)["raised"] == 1


def test_the_task_runs_once_a_day(finance: Unit) -> None:
    for _ in range(2):
        run_task()
    assert JobRun.objects.filter(job=alert_job(AlertKind.SIGN_OFF)).count() == 1
