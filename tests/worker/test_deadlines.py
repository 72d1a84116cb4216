"""Deadlines in the worker: who is alerted of which, and what is counted anew at night."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING

import pytest

from cleanup.states import Step, Treatment
from registry.actions import calendar
from registry.actions.assignment import assign
from registry.models import Deadline, Event, HolidayYear, JobRun, Subject, User
from registry.states import FilingKind, Role, SubjectKind
from tests.cleanup.walks import Desk
from tests.factories import UserFactory
from tests.registry.applications import DAY, brought_to, clock_of
from tests.registry.deadlines import again, begun, done
from tests.registry.test_holiday_years import SOURCE, file
from worker import tasks
from worker.actions import alert as alerts
from worker.models import Alert
from worker.queries.records import carried_by, records_of
from worker.states import AlertKind

if TYPE_CHECKING:
    from pytest_django import DjangoAssertNumQueries

pytestmark = pytest.mark.django_db


def in_charge() -> set[User]:
    return set(User.objects.filter(role__in=(Role.REGISTRATION, Role.ENFORCEMENT)))


def watched(on: date) -> dict[str, int]:
    return alerts.reconcile(kind=AlertKind.DEADLINE, on=on)


def test_the_officer_of_an_application_is_told_before_and_after_its_deadline(officer: User, reviewer: User) -> None:
    filing = brought_to("accepted", FilingKind.AMEND, by=officer, other=reviewer)
    due_on = clock_of(filing).due_on
    assert watched(due_on - timedelta(days=15))["raised"] == 0
    assert watched(due_on - timedelta(days=3))["raised"] == 1
    alert = Alert.objects.get()
    assert (alert.recipient, alert.due_on) == (officer, due_on)
    assert alert.subject == f"“{filing.name}”变更登记申请的登记办理期限为2022-03-29，还有3日到期"
    assert alert.link == f"/filings/{filing.pk}/"
    assert watched(due_on + timedelta(days=1)) == {"standing": 1, "raised": 1, "closed": 1}
    assert Alert.objects.latest("pk").subject.endswith("已经逾期")
    brought_to("approved", FilingKind.CANCEL, by=officer, other=reviewer)
    assert watched(due_on + timedelta(days=1))["standing"] == 1


def test_whoever_an_application_is_assigned_to_is_told_instead(officer: User, reviewer: User) -> None:
    filing = brought_to("submitted", FilingKind.AMEND, by=officer, other=reviewer)
    assert filing.organisation_id is not None
    second = UserFactory.create(role=Role.REVIEWER)
    subject = Subject(SubjectKind.FILING, filing.pk)
    assign(subject=subject, organisation_id=filing.organisation_id, assignee=second, by=reviewer, on=DAY)
    watched(DAY)
    assert Alert.objects.get().recipient == second
    assert list(Deadline.objects.filter(carried_by(second.pk)).values_list("subject_id", flat=True)) == [filing.pk]


def test_what_is_only_waited_for_is_told_when_it_is_over_and_what_stands_still_is_not(officer: User) -> None:
    wait = begun(by=officer, kind="hearing.request", subject=Subject(SubjectKind.ITEM, 4))
    assert watched(wait.due_on)["standing"] == 0
    assert watched(wait.due_on + timedelta(days=1))["raised"] == len(in_charge())
    assert {alert.subject[-12:] for alert in Alert.objects.all()} == {"已经期满，可以办理下一步"}
    decision = begun(by=officer, subject=Subject(SubjectKind.ITEM, 5))
    done("suspend", decision.organisation, by=officer, subject=decision.subject, reason="鉴定")
    assert watched(decision.due_on)["standing"] == len(in_charge())


def test_a_record_nobody_carries_is_told_to_everybody_in_charge(officer: User) -> None:
    other = UserFactory.create(role=Role.ENFORCEMENT)
    deadline = begun(by=officer, kind="rectification", fixed_on=DAY, subject=Subject(SubjectKind.ITEM, 4))
    watched(DAY)
    assert {alert.recipient for alert in Alert.objects.all()} == in_charge() >= {officer, other}
    assert {alert.link for alert in Alert.objects.all()} == {f"/organisations/{deadline.organisation.code}/"}


def test_records_of_many_deadlines_are_found_in_one_query_a_kind(
    officer: User, reviewer: User, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    for _ in range(3):
        brought_to("submitted", FilingKind.ESTABLISH, by=officer, other=reviewer)
    rows = list(Deadline.objects.select_related("organisation"))
    with django_assert_num_queries(1):
        found = records_of(rows)
    assert {each.carrier_id for each in found.values()} == {officer.pk}


def test_provisional_deadlines_are_counted_anew_at_night_once(officer: User) -> None:
    deadline = begun(by=officer, kind="service.delivery", on=date(2035, 1, 30))
    year = calendar.read_year(file(2035))
    calendar.load_year(content=file(2035), file_name="2035.json", source=SOURCE, by=officer, on=date(2026, 11, 20))
    assert HolidayYear.objects.get().announced() == year
    Deadline.objects.filter(pk=deadline.pk).update(due_on=date(2035, 2, 8), provisional=True)
    for _ in range(2):
        tasks.recheck_deadlines.apply(kwargs={"on": "2026-11-21"}, task_id="message", throw=True)
    run = JobRun.objects.get()
    assert (run.job, run.slot, run.counts) == ("deadlines", "2026-11-21", {"changed": 1, "moved": 1, "bodies": 1})
    assert not again(deadline).provisional
    assert Event.objects.get(run=run).verb == "deadline.recount"


def test_a_penaltys_clocks_lead_to_its_case_and_its_officer(db: None) -> None:
    desk = Desk(Treatment.REVOKE)
    for step, told in ((Step.FILE, {}), (Step.INQUIRE, {}), (Step.REPORT, {"serious": False}), (Step.NOTIFY, {})):
        desk.take(step, **told)
    service = desk.send(Step.NOTIFY)
    notice = Subject(SubjectKind.NOTICE, service.pk)
    begun(by=desk.officer, body=desk.body, kind="service.announcement", subject=notice, on=desk.on)
    rows = list(Deadline.objects.filter(met_on=None).select_related("organisation"))
    assert {each.kind for each in rows} >= {"case.decision", "service.announcement"}
    records = records_of(rows)
    assert {record.link for record in records.values()} == {f"/cases/{desk.case.pk}/"}
    assert {record.carrier_id for record in records.values()} == {desk.case.officer_id}
    mine = Deadline.objects.filter(carried_by(desk.case.officer_id)).values_list("subject_kind", "subject_id")
    assert {(SubjectKind.CASE, desk.case.pk), (SubjectKind.NOTICE, service.pk)} <= set(mine)
