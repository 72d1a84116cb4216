"""Who is called by name in a note is told so, once."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from django.urls import resolve
from django.utils import timezone

from registry.actions.note import add_note
from registry.models import JobRun, User
from tests.factories import OrganisationFactory, UserFactory
from worker.actions import alert as alerts
from worker.models import Alert
from worker.queries.alerts import standing
from worker.schedule import SCHEDULE
from worker.states import AlertKind
from worker.tasks import alert_mentions, close_alerts

if TYPE_CHECKING:
    from registry.models import Note

pytestmark = pytest.mark.django_db


@pytest.fixture
def colleague() -> User:
    return UserFactory.create(display_name="执法员丙")


def called(by: User, *people: User, text: str = "请核实住所") -> Note:
    body = OrganisationFactory.create(name="虚构区测试协会")
    names = "".join(f"@{person.display_name} " for person in people)
    return add_note(organisation_id=body.pk, text=f"{names}{text}", by=by, colleagues=people)


def test_each_colleague_called_is_told_what_by_whom_and_where(officer: User, colleague: User) -> None:
    other = UserFactory.create(display_name="执法员丁")
    note = called(officer, colleague, other)
    alert_mentions()
    assert standing(other).count() == 1
    alert = standing(colleague).get()
    assert alert.subject == f"“{officer}”在“虚构区测试协会”的备注中提到您：@执法员丙 @执法员丁 请核实住所"
    path, _, place = alert.link.partition("#")
    assert resolve(path).kwargs == {"code": note.organisation.code}
    assert place == f"note-{note.pk}"


def test_a_note_is_told_once_however_often_the_task_runs(officer: User, colleague: User) -> None:
    called(officer, colleague)
    for _ in range(3):
        alert_mentions()
    called(officer, colleague)
    alert_mentions()
    assert standing(colleague).count() == Alert.objects.count() == 2
    assert JobRun.objects.count() == 0


def test_what_was_seen_is_over_and_does_not_come_back(officer: User, colleague: User) -> None:
    called(officer, colleague)
    alert_mentions()
    alerts.see(alert_id=standing(colleague).get().pk, by=colleague)
    close_alerts()
    assert not standing(colleague).exists()
    alert_mentions()
    assert not standing(colleague).exists()
    assert Alert.objects.count() == 1


def test_what_was_not_seen_waits_however_long(officer: User, colleague: User) -> None:
    called(officer, colleague)
    later = timezone.localdate() + timedelta(days=400)
    assert alerts.reconcile(kind=AlertKind.MENTION, on=later) == {"standing": 1, "raised": 1, "closed": 0}


def test_a_closed_account_is_told_nothing(officer: User, colleague: User) -> None:
    called(officer, colleague)
    User.objects.filter(pk=colleague.pk).update(is_active=False)
    alert_mentions()
    assert Alert.objects.count() == 0


def test_a_long_note_is_quoted_in_short(officer: User, colleague: User) -> None:
    called(officer, colleague, text="核" * 500)
    alert_mentions()
    assert standing(colleague).get().subject.endswith("核…")
    assert len(standing(colleague).get().subject) < 150


def test_the_clock_runs_it_every_minute() -> None:
    assert SCHEDULE["alert-mentions"] == {"task": "worker.alert_mentions", "schedule": timedelta(minutes=1)}
