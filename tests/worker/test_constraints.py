"""Every named constraint of the worker holds in the database, whoever writes."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest

from tests.constraints import refused_by
from worker.models import Alert
from worker.states import AlertKind

if TYPE_CHECKING:
    from registry.models import User

pytestmark = pytest.mark.django_db

RAISED = datetime(2026, 11, 24, 7, 0, tzinfo=UTC)
EARLIER = RAISED - timedelta(seconds=1)


def alert(recipient: User, **columns: Any) -> Alert:
    usual = {"kind": AlertKind.NEW_FINDINGS, "cause": "2026", "subject": "新线索3条", "link": "/", "raised_at": RAISED}
    return Alert(recipient=recipient, **{**usual, **columns})


@pytest.mark.parametrize(
    ("name", "breach"),
    [
        ("alert_kind_known", {"kind": "gossip"}),
        ("alert_deadline_has_date", {"kind": AlertKind.DEADLINE}),
        ("alert_deadline_has_date", {"due_on": date(2026, 12, 1)}),
        ("alert_seen_after_raising", {"seen_at": EARLIER}),
        ("alert_closed_after_raising", {"closed_at": EARLIER}),
    ],
)
def test_an_alert_cannot_contradict_itself(name: str, breach: dict[str, Any], officer: User) -> None:
    with refused_by(Alert, name):
        Alert.objects.bulk_create([alert(officer, **breach)])


def test_one_cause_is_told_a_person_once(officer: User, reviewer: User) -> None:
    Alert.objects.bulk_create([alert(officer), alert(reviewer), alert(officer, cause="2025")])
    with refused_by(Alert, "alert_once_per_cause"):
        Alert.objects.bulk_create([alert(officer)])
