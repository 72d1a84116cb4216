"""The day the bureau gives itself for a case: a deadline as any other, beside those law gives."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.utils import timezone

from cleanup.actions import case as cases
from cleanup.actions.case import DUE
from cleanup.models import Case, Finding
from cleanup.queries.due import case_due_on
from cleanup.states import Step, Treatment
from registry.actions import organisation as verbs
from registry.models import Deadline, Event
from registry.queries.deadlines import first_due
from registry.states import SubjectKind
from tests.cleanup.situations import report
from tests.cleanup.walks import Desk
from tests.factories import UserFactory

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("told_whole")]

OWN = date(2022, 9, 1)


def own(desk: Desk) -> Deadline:
    return Deadline.objects.get(subject_kind=SubjectKind.CASE, subject_id=desk.pk, kind=DUE)


def next_due(desk: Desk, on: date) -> date | None:
    [due] = Case.objects.annotate(due=first_due(SubjectKind.CASE, on=on)).values_list("due", flat=True)
    [same] = Finding.objects.annotate(due=case_due_on(on=on)).values_list("due", flat=True)
    assert due == same
    return due


def test_opening_with_a_day_starts_a_deadline_and_its_event_tells_it() -> None:
    desk = Desk(Treatment.CANCEL, due_on=OWN)
    assert (own(desk).due_on, own(desk).starts_on, own(desk).basis) == (OWN, desk.on, "内部控制/期限")
    [line] = Event.objects.get(verb="case.open").facts["deadlines"]
    assert (line["did"], line["row"]["kind"], line["row"]["due_on"]) == ("start", DUE, "2022-09-01")


def test_without_a_day_nothing_runs() -> None:
    desk = Desk(Treatment.CANCEL)
    assert not Deadline.objects.filter(subject_id=desk.pk).exists()
    assert next_due(desk, desk.on) is None


def test_of_several_deadlines_the_lists_show_the_one_that_comes_first() -> None:
    desk = Desk(Treatment.RECTIFY, due_on=OWN)
    assert next_due(desk, desk.on) == OWN
    desk.take(Step.ORDER, due_on=date(2022, 7, 15))
    desk.serve(Step.ORDER)
    assert next_due(desk, desk.on) == date(2022, 7, 15)
    desk.take(Step.PLAN, on=desk.later(3))
    report(desk.body, 2021, desk.on, by=desk.officer)
    desk.take(Step.PASS, cured={"A": "已补报"})
    assert own(desk).met_on == desk.on
    assert (next_due(desk, desk.on), next_due(desk, desk.on - timedelta(days=1))) == (None, date(2022, 7, 15))


def test_it_is_kept_through_another_treatment() -> None:
    desk = Desk(Treatment.CANCEL, due_on=OWN)
    desk.take(Step.SWITCH, treatment=Treatment.RECTIFY, on=desk.later(1))
    assert (own(desk).is_running, own(desk).due_on) == (True, OWN)


def test_it_stands_still_while_the_case_does() -> None:
    desk = Desk(Treatment.CANCEL, due_on=OWN)
    desk.take(Step.SUSPEND, on=desk.later(10))
    assert next_due(desk, desk.on) is None
    desk.take(Step.RESUME, on=desk.later(20))
    assert own(desk).due_on == OWN + timedelta(days=20)


def test_a_case_closed_past_its_steps_meets_it() -> None:
    desk = Desk(Treatment.CANCEL, due_on=OWN)
    papers = {"resolution_on": date(2022, 5, 1), "consent_no": "", "liquidation_report_on": desk.on}
    cases.close_case(case_id=desk.pk, by=desk.reviewer, on=desk.on, reason="自行解散", **papers)
    assert own(desk).met_on == desk.on
    [line] = Event.objects.get(verb="organisation.cancel").facts["deadlines"]
    assert (line["did"], line["row"]["met_on"]) == ("meet", desk.on.isoformat())


def test_a_body_that_leaves_by_another_way_ends_it() -> None:
    desk = Desk(Treatment.RECTIFY, due_on=OWN)
    papers = {"resolution_on": date(2022, 5, 1), "consent_no": "", "liquidation_report_on": desk.on}
    verbs.cancel(organisation_id=desk.body.pk, by=UserFactory.create(), on=desk.on, reason="自行解散", **papers)
    cases.close_exited(case_id=desk.pk, by=desk.officer, on=timezone.localdate(), reason="已注销")
    assert (own(desk).met_on, own(desk).waiver_reason) == (None, "已注销")
