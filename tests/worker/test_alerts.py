"""Alerts: once per cause, for the officers concerned, closed with their cause."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

import pytest
from django.db import DatabaseError
from django.urls import resolve
from django.utils import timezone

from cleanup.actions import finding as findings
from cleanup.models import Case, Finding
from registry.models import Deadline, Policy, User
from registry.states import Role
from tests.factories import UserFactory
from tests.worker.situations import SWEPT, cancel, case_due, found
from worker.actions import alert as alerts
from worker.models import Alert
from worker.queries.alerts import standing
from worker.states import AlertKind

if TYPE_CHECKING:
    from time_machine import TimeMachineFixture

pytestmark = pytest.mark.django_db

DUE = date(2022, 8, 1)


def watched(on: date) -> dict[str, int]:
    return alerts.reconcile(kind=AlertKind.DEADLINE, on=on)


def announced(on: date = SWEPT) -> dict[str, int]:
    return alerts.reconcile(kind=AlertKind.NEW_FINDINGS, on=on)


# --- deadlines ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(("days", "raised"), [(15, 0), (14, 1), (1, 1), (0, 1), (-1, 1), (-200, 1)])
def test_a_deadline_is_alerted_from_two_weeks_before_it(officer: User, days: int, raised: int) -> None:
    case_due(DUE, officer=officer)
    assert watched(DUE - timedelta(days=days))["raised"] == raised


def test_how_many_days_before_is_the_bureaus_policy(officer: User) -> None:
    Policy.objects.create(key="alert.days_before", value=30, source="本单位", effective_from=date(2022, 1, 1))
    case_due(DUE, officer=officer)
    assert watched(DUE - timedelta(days=30))["raised"] == 1


def test_the_cases_officer_is_told_what_is_due_when_and_where(officer: User) -> None:
    case = case_due(DUE, officer=officer)
    watched(DUE - timedelta(days=3))
    alert = Alert.objects.get()
    assert (alert.recipient, alert.due_on, alert.kind) == (officer, DUE, "deadline")
    assert alert.subject == f"“{case.finding.organisation.name}”注销一案的办理期限为2022-08-01，还有3日到期"
    assert resolve(alert.link).kwargs == {"pk": case.pk}


def test_a_cause_is_told_once_however_often_the_watch_runs(officer: User) -> None:
    case_due(DUE, officer=officer)
    for days in (10, 10, 9, 8):
        watched(DUE - timedelta(days=days))
    assert Alert.objects.get().subject.endswith("还有8日到期")


def test_passing_the_deadline_is_told_anew_and_ends_the_first_alert(officer: User) -> None:
    case_due(DUE, officer=officer)
    watched(DUE)
    assert watched(DUE + timedelta(days=1)) == {"standing": 1, "raised": 1, "closed": 1}
    assert standing(officer).get().subject.endswith("已经逾期")


def test_the_alert_closes_with_its_case(officer: User) -> None:
    case = case_due(DUE, officer=officer)
    watched(DUE)
    cancel(case, by=officer, on=DUE)
    assert alerts.close_groundless(kind=AlertKind.DEADLINE, on=DUE) == 1
    assert not standing(officer).exists()
    assert Alert.objects.get().closed_at is not None


def test_the_alert_follows_the_case_to_another_officer_and_another_day(officer: User) -> None:
    case = case_due(DUE, officer=officer)
    watched(DUE)
    other = UserFactory.create(role=Role.ENFORCEMENT)
    Case.objects.filter(pk=case.pk).update(officer=other)
    Deadline.objects.filter(subject_id=case.pk).update(due_on=DUE + timedelta(days=5))
    assert watched(DUE) == {"standing": 1, "raised": 1, "closed": 1}
    assert (standing(officer).count(), standing(other).get().due_on) == (0, DUE + timedelta(days=5))


def test_a_case_without_a_deadline_alerts_nobody(officer: User) -> None:
    case_due(None, officer=officer)
    assert watched(date(2026, 1, 1))["standing"] == 0


# --- new findings ------------------------------------------------------------------------------------


def test_each_officer_in_charge_gets_one_alert_with_the_count(officer: User) -> None:
    enforcement = UserFactory.create(role=Role.ENFORCEMENT)
    UserFactory.create(role=Role.ENFORCEMENT, is_active=False)
    others = [UserFactory.create(role=role) for role in Role if role not in {Role.REGISTRATION, Role.ENFORCEMENT}]
    found(3, by=officer)
    in_charge = User.objects.filter(is_active=True, role__in=(Role.REGISTRATION, Role.ENFORCEMENT))
    assert announced()["raised"] == in_charge.count() == Alert.objects.count()
    assert {officer.pk, enforcement.pk} <= set(Alert.objects.values_list("recipient_id", flat=True))
    assert not Alert.objects.filter(recipient__in=others).exists()
    assert standing(officer).get().subject == "“测试整治行动”2022-06-01排查发现的线索有3条待核实"


def test_the_link_leads_to_the_campaigns_undecided_findings(officer: User) -> None:
    found(1, by=officer)
    announced()
    path, _, query = standing(officer).get().link.partition("?")
    assert resolve(path).url_name == "finding_list"
    assert query == "campaign=2022&stage=pending"


def test_findings_are_told_once_and_the_count_goes_down_with_decisions(officer: User) -> None:
    first, *_ = found(2, by=officer)
    announced()
    findings.dismiss(finding_id=first.pk, by=officer, on=SWEPT, reason="年报在途")
    assert announced(SWEPT + timedelta(days=1))["raised"] == 0
    assert standing(officer).get().subject.endswith("有1条待核实")


def test_the_alert_closes_when_all_are_decided(officer: User) -> None:
    first, second = found(2, by=officer)
    announced()
    findings.dismiss(finding_id=first.pk, by=officer, on=SWEPT, reason="年报在途")
    assert alerts.close_groundless(kind=AlertKind.NEW_FINDINGS, on=SWEPT) == 0
    findings.confirm(finding_id=second.pk, by=officer, on=SWEPT, reason="属实")
    alerts.close_groundless(kind=AlertKind.NEW_FINDINGS, on=SWEPT)
    assert not standing(officer).exists()


def test_old_findings_are_no_news_but_keep_an_open_alert_open(officer: User) -> None:
    found(1, by=officer)
    later = SWEPT + timedelta(days=32)
    assert announced(later)["raised"] == 0
    announced()
    assert announced(later)["closed"] == 0
    assert standing(officer).count() == 1


def test_a_night_without_alerts_is_made_up_for(officer: User) -> None:
    found(1, by=officer)
    announced(SWEPT + timedelta(days=5))
    assert standing(officer).get().cause == "findings 2022 2022-06-01"


def test_a_cause_that_comes_back_opens_its_alert_again_unseen(officer: User) -> None:
    [finding] = found(1, by=officer)
    announced()
    alerts.see(alert_id=standing(officer).get().pk, by=officer)
    Finding.objects.filter(pk=finding.pk).update(state="withdrawn", ended_on=SWEPT)
    announced()
    assert not standing(officer).exists()
    Finding.objects.filter(pk=finding.pk).update(state="open", ended_on=None)
    announced()
    assert standing(officer).get().seen_at is None


def test_causes_of_one_kind_never_close_alerts_of_the_other(officer: User) -> None:
    case_due(DUE, officer=officer)
    watched(DUE)
    assert announced(DUE)["closed"] == 0
    assert standing(officer).count() == 1


# --- seeing -----------------------------------------------------------------------------------------


def test_only_the_recipient_sees_an_alert_and_the_first_time_counts(
    officer: User, time_machine: TimeMachineFixture
) -> None:
    found(1, by=officer)
    announced()
    alert = standing(officer).get()
    with pytest.raises(Alert.DoesNotExist):
        alerts.see(alert_id=alert.pk, by=UserFactory.create())
    alerts.see(alert_id=alert.pk, by=officer)
    seen_at = Alert.objects.get(pk=alert.pk).seen_at
    time_machine.move_to(timezone.now() + timedelta(hours=1))
    alerts.see(alert_id=alert.pk, by=officer)
    assert Alert.objects.get(pk=alert.pk).seen_at == seen_at


def test_unseen_alerts_come_first(officer: User) -> None:
    made = [told(officer, cause=f"findings {n}") for n in range(3)]
    alerts.see(alert_id=made[2].pk, by=officer)
    assert [each.pk for each in standing(officer)] == [made[1].pk, made[0].pk, made[2].pk]


def test_when_the_new_alerts_cannot_be_written_none_is_closed(officer: User, monkeypatch: pytest.MonkeyPatch) -> None:
    case_due(DUE, officer=officer)
    watched(DUE)

    def broken(*args: object, **kwargs: object) -> None:
        raise DatabaseError

    monkeypatch.setattr(type(Alert.objects.all()), "bulk_create", broken)
    with pytest.raises(DatabaseError):
        watched(DUE + timedelta(days=1))
    assert standing(officer).count() == 1


def told(recipient: User, **columns: Any) -> Alert:
    row = {"kind": AlertKind.NEW_FINDINGS, "cause": "findings 1", "subject": "提醒", "link": "/", **columns}
    return Alert.objects.create(recipient=recipient, raised_at=timezone.now(), **row)
