"""A penalty walked through every step: with a hearing, by announcement, annulled in court, without either."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from cleanup.actions import case as cases
from cleanup.actions import service as services
from cleanup.models import CaseRound, CaseStep, Service
from cleanup.queries.figures import funnel
from cleanup.rules import Refused
from cleanup.states import CaseState, ServiceMethod, Step, Treatment
from registry.actions import organisation as verbs
from registry.models import Deadline, Event
from registry.queries.verification import faults
from tests.cleanup.situations import report
from tests.cleanup.walks import Desk

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("told_whole")]


def deadlines(desk: Desk) -> dict[str, tuple[date, bool]]:
    """Return the last day of each kind of deadline of the case, and whether it runs."""
    rows = Deadline.objects.filter(subject_kind="case", subject_id=desk.pk).order_by("pk")
    return {each.kind: (each.due_on, each.is_running) for each in rows}


def test_a_revocation_with_a_hearing_goes_through_every_step_to_the_end_of_the_legal_person() -> None:
    desk = Desk(Treatment.REVOKE)
    desk.to_notice()
    assert deadlines(desk)["case.decision"] == (date(2022, 9, 5), True)
    assert deadlines(desk)["hearing.request"] == (date(2022, 6, 15), True)
    desk.take(Step.REQUEST_HEARING, on=date(2022, 6, 15))
    assert deadlines(desk)["hearing.request"] == (date(2022, 6, 15), False)
    desk.take(Step.CALL_HEARING, document_no="听1号", hearing_on=date(2022, 6, 28), place="会议室", host=desk.host.pk)
    desk.serve(Step.CALL_HEARING)
    desk.take(Step.HEAR, on=date(2022, 6, 28))
    desk.take(Step.STATE, on=date(2022, 6, 28))
    desk.take(Step.REVIEW, on=date(2022, 6, 30))
    desk.take(Step.DECIDE, on=date(2022, 7, 4))
    assert deadlines(desk)["case.decision"] == (date(2022, 9, 5), False)
    assert deadlines(desk)["service.delivery"] == (date(2022, 7, 13), True)
    assert (desk.case.state, desk.body.state) == ("open", "dormant")

    desk.on = date(2022, 7, 6)
    desk.serve(Step.DECIDE)
    assert (desk.case.state, desk.case.outcome, desk.case.closed_on) == ("follow_up", "revoked", date(2022, 7, 6))
    assert (desk.body.state, desk.body.exit_kind, desk.body.cancelled_on) == ("deregistered", "revoked", None)
    assert not deadlines(desk)["service.delivery"][1]
    event = Event.objects.get(verb="organisation.revoke")
    assert event.facts["documents"] == {
        "decision_no": "虚民社罚决〔2022〕1号", "decided_on": "2022-07-04", "served_on": "2022-07-06",
    }  # fmt: skip
    assert event.facts["case"]["service"]["proof"] == "送达回证"

    desk.take(Step.PUBLISH, on=date(2022, 7, 8))
    desk.take(Step.COLLECT, on=date(2022, 7, 11))
    desk.liquidated()
    desk.take(Step.DISSOLVE, on=desk.later(3))
    assert desk.body.cancelled_on == desk.on
    with pytest.raises(Refused, match="R-231"):
        desk.take(Step.DECIDE)
    desk.take(Step.ARCHIVE)
    assert (desk.case.state, desk.case.archived_on, desk.case.closed_on) == ("closed", desk.on, date(2022, 7, 6))
    assert not Deadline.objects.filter(met_on=None, waived_on=None).exists()
    _every_deed_has_one_event(desk)


def _every_deed_has_one_event(desk: Desk, *, failed: int = 0) -> None:
    """Every step and every service is told by an event of its own, and the chains hold."""
    steps = CaseStep.objects.filter(case=desk.pk)
    told = Event.objects.filter(facts__case__id=desk.pk)
    served = Service.objects.filter(case=desk.pk, served_on__isnull=False)
    effects = steps.filter(step=Step.TAKE_EFFECT).count()
    sent = Service.objects.filter(case=desk.pk).count()
    assert told.count() == 1 + steps.count() + sent + served.count() + failed - effects
    assert list(steps.values_list("seq", flat=True)) == list(range(1, steps.count() + 1))
    assert list(faults()) == []


def test_a_decision_served_by_announcement_takes_effect_when_its_period_is_over() -> None:
    desk = Desk(Treatment.REVOKE)
    desk.to_decision()
    returned = desk.send(Step.DECIDE, method=ServiceMethod.POST, tracking_no="XA1")
    services.fail(service_id=returned.pk, failure="退件：查无此人", by=desk.officer, on=desk.later(5))
    announced = desk.send(
        Step.DECIDE, method=ServiceMethod.ANNOUNCEMENT, address="虚构日报", reason="邮寄退回，去向不明"
    )
    period = Deadline.objects.get(subject_kind="notice", subject_id=announced.pk)
    assert (announced.round, period.due_on) == (2, date(2022, 7, 25))
    assert not deadlines(desk)["service.delivery"][1]
    desk.on = period.due_on
    with pytest.raises(Refused, match="R-280"):
        desk.prove(announced)
    desk.on = period.due_on + timedelta(days=1)
    assert desk.prove(announced, served_on=date(2022, 7, 1)).served_on == period.due_on
    assert (desk.body.exit_kind, desk.case.closed_on) == ("revoked", desk.on)
    assert Event.objects.get(verb="organisation.revoke").facts["documents"]["served_on"] == period.due_on.isoformat()
    _every_deed_has_one_event(desk, failed=1)


def test_a_decision_annulled_in_court_brings_the_body_back_and_the_case_begins_anew() -> None:
    desk = Desk(Treatment.REVOKE)
    campaign = desk.finding.campaign
    desk.to_effect()
    effective_on = desk.on
    desk.take(Step.PUBLISH, on=desk.later(1))
    desk.take(Step.CONTEST, on=desk.later(30))
    desk.annulled(on=desk.later(60))
    annulled_on = desk.on
    assert (desk.body.state, desk.case.state, desk.case.round, desk.case.stage) == ("dormant", "open", 2, "")
    assert (desk.case.outcome, desk.case.closed_on) == ("", None)
    assert deadlines(desk)["penalty.withdrawal"][1]
    assert not deadlines(desk)["remedy.lawsuit"][1]
    desk.take(Step.UNPUBLISH, on=desk.later(1))
    assert not deadlines(desk)["penalty.withdrawal"][1]
    with pytest.raises(Refused, match="R-253"):
        desk.take(Step.UNPUBLISH)

    desk.to_effect()
    first, second = CaseRound.objects.filter(case=desk.pk)
    assert (first.outcome, first.closed_on, first.undone_on) == ("revoked", effective_on, annulled_on)
    assert (second.outcome, second.closed_on, second.undone_on) == ("revoked", desk.on, None)
    stands = {
        day: funnel(campaign, as_of=day).totals()
        for day in (effective_on - timedelta(days=1), effective_on, annulled_on, desk.on)
    }
    assert [(each["in_progress"], each["completed"]) for each in stands.values()] == [(1, 0), (0, 1), (1, 0), (0, 1)]
    assert list(faults()) == []


def test_a_decision_annulled_before_it_was_served_leaves_the_body_where_it_is() -> None:
    desk = Desk(Treatment.REVOKE)
    desk.to_decision()
    desk.take(Step.CONTEST)
    desk.annulled()
    assert (desk.body.state, desk.case.round) == ("dormant", 2)
    assert CaseRound.objects.get(case=desk.pk, number=1).undone_on is None


def test_a_decision_annulled_after_the_body_left_by_itself_brings_nothing_back() -> None:
    desk = Desk(Treatment.REVOKE)
    desk.to_decision()
    left = {"by": desk.reviewer, "on": desk.on, "reason": "自愿注销"}
    papers = {"resolution_on": desk.on, "consent_no": "", "liquidation_report_on": desk.on}
    verbs.cancel(organisation_id=desk.body.pk, **left, **papers)
    cases.close_exited(case_id=desk.pk, **left)
    desk.take(Step.CONTEST)
    desk.annulled()
    assert (desk.body.state, desk.body.exit_kind) == ("deregistered", "cancelled")
    assert (desk.case.state, desk.case.outcome, desk.case.round) == ("closed", "cancelled", 1)
    assert funnel(desk.finding.campaign, as_of=desk.on).totals()["completed"] == 1


def test_what_follows_a_decision_goes_on_when_its_officer_leaves() -> None:
    desk = Desk(Treatment.REVOKE)
    desk.to_effect()
    how = {"case_id": desk.pk, "by": desk.director, "reason": "原承办人调离"}
    cases.reassign_case(officer=desk.mate, seen_id=desk.officer.pk, on=desk.on, **how)
    desk.officer, desk.mate = desk.mate, desk.officer
    desk.take(Step.PUBLISH)
    desk.take(Step.COLLECT)
    desk.liquidated()
    desk.take(Step.DISSOLVE)
    desk.take(Step.ARCHIVE)
    cases.reassign_case(officer=desk.mate, seen_id=desk.officer.pk, on=desk.on, **how)
    desk.take(Step.CONTEST, by=desk.mate)
    assert desk.case.state == CaseState.CLOSED


def test_an_upheld_decision_changes_nothing() -> None:
    desk = Desk(Treatment.REVOKE)
    desk.to_effect()
    desk.take(Step.CONTEST)
    desk.take(Step.UPHOLD, on=desk.later(90))
    assert (desk.case.state, desk.body.exit_kind) == ("follow_up", "revoked")


def test_a_charity_loses_its_licence_by_the_same_steps() -> None:
    desk = Desk(Treatment.REVOKE_LICENCE, is_charity=True)
    desk.to_effect()
    assert (desk.body.exit_kind, desk.case.outcome) == ("licence_revoked", "licence_revoked")


def test_rights_given_up_in_writing_need_not_be_waited_for() -> None:
    desk = Desk(Treatment.REVOKE)
    desk.to_notice()
    with pytest.raises(Refused, match="R-246"):
        desk.take(Step.REVIEW, on=desk.later(1))
    desk.take(Step.WAIVE_RIGHTS)
    desk.take(Step.REVIEW)
    with pytest.raises(Refused, match="R-245"):
        desk.take(Step.REQUEST_HEARING)


def test_a_review_that_sends_the_case_back_opens_the_investigation_again() -> None:
    desk = Desk(Treatment.REVOKE)
    desk.to_notice()
    desk.take(Step.REVIEW, on=desk.later(10), verdict="returned")
    with pytest.raises(Refused, match="R-251"):
        desk.take(Step.DECIDE)
    desk.take(Step.INQUIRE)
    desk.take(Step.REPORT)
    with pytest.raises(Refused, match="R-251"):
        desk.take(Step.DECIDE)
    desk.take(Step.DISCUSS)
    desk.take(Step.NOTIFY)
    desk.serve(Step.NOTIFY)
    desk.take(Step.REVIEW, on=desk.later(10))
    desk.take(Step.DECIDE)


def test_what_is_found_after_the_notice_is_told_anew_and_every_right_begins_anew() -> None:
    desk = Desk(Treatment.REVOKE)
    desk.to_notice()
    desk.take(Step.WAIVE_RIGHTS)
    desk.take(Step.INQUIRE, content="另有挪用资产的事实")
    desk.take(Step.REPORT, content="另有挪用资产的事实", serious=True)
    assert desk.case.next_step == Step.DISCUSS
    desk.take(Step.STATE)
    with pytest.raises(Refused, match="R-440"):
        desk.take(Step.REVIEW)
    with pytest.raises(Refused, match="R-244"):
        desk.take(Step.NOTIFY)
    desk.take(Step.DISCUSS)
    assert desk.case.next_step == Step.NOTIFY
    desk.take(Step.NOTIFY, on=desk.later(20), content="拟撤销登记：另有挪用资产的事实")
    with pytest.raises(Refused, match="R-242"):
        desk.take(Step.REVIEW)
    desk.serve(Step.NOTIFY)
    assert deadlines(desk)["hearing.request"] == (date(2022, 7, 5), True)
    with pytest.raises(Refused, match="R-246"):
        desk.take(Step.REVIEW)
    desk.take(Step.REQUEST_HEARING)
    assert desk.case.next_step == Step.CALL_HEARING
    desk.take(Step.WAIVE_RIGHTS)
    desk.take(Step.REVIEW)
    desk.take(Step.DECIDE)
    with pytest.raises(Refused, match="R-263"):
        desk.take(Step.NOTIFY)


def test_a_notice_that_was_made_anew_is_the_one_that_counts() -> None:
    desk = Desk(Treatment.REVOKE)
    desk.take(Step.FILE)
    desk.take(Step.INQUIRE)
    desk.take(Step.REPORT, serious=False)
    desk.take(Step.NOTIFY)
    first = desk.send(Step.NOTIFY, method=ServiceMethod.POST)
    desk.take(Step.NOTIFY)
    desk.prove(first)
    assert "hearing.request" not in deadlines(desk)
    desk.serve(Step.NOTIFY)
    assert deadlines(desk)["hearing.request"][1]


def test_a_hearing_asked_for_in_time_is_held_whenever_it_is_written_down() -> None:
    desk = Desk(Treatment.REVOKE)
    desk.to_notice()
    due = deadlines(desk)["hearing.request"][0]
    desk.take(Step.SUSPEND, on=desk.later(1))
    desk.take(Step.STATE, received_on=desk.on)
    desk.take(Step.RESUME, on=due + timedelta(days=5))
    desk.take(Step.REVIEW)
    with pytest.raises(Refused, match="R-245"):
        desk.take(Step.REQUEST_HEARING, received_on=due + timedelta(days=1))
    with pytest.raises(Refused, match="R-237"):
        desk.take(Step.REQUEST_HEARING, received_on=desk.on + timedelta(days=1))
    desk.take(Step.REQUEST_HEARING, received_on=due)
    assert CaseStep.objects.get(step=Step.REQUEST_HEARING).facts["received_on"] == due.isoformat()
    assert desk.case.next_step == Step.CALL_HEARING
    with pytest.raises(Refused, match="R-246"):
        desk.take(Step.DECIDE)


def test_what_is_asked_while_the_case_is_suspended_is_written_down() -> None:
    desk = Desk(Treatment.REVOKE)
    desk.to_notice()
    desk.take(Step.SUSPEND)
    desk.take(Step.REQUEST_HEARING)
    with pytest.raises(Refused, match="R-231"):
        desk.take(Step.WAIVE_RIGHTS)
    desk.take(Step.RESUME)
    assert desk.case.next_step == Step.CALL_HEARING


def test_the_time_to_decide_does_not_begin_anew_when_the_treatment_changes_there_and_back() -> None:
    desk = Desk(Treatment.REVOKE)
    desk.take(Step.FILE)
    desk.take(Step.SUSPEND, on=desk.later(10))
    desk.take(Step.RESUME, on=desk.later(10))
    due = deadlines(desk)["case.decision"][0]
    desk.take(Step.SWITCH, on=desk.later(30), treatment=Treatment.CANCEL)
    assert not deadlines(desk)["case.decision"][1]
    desk.take(Step.SWITCH, on=desk.later(10), treatment=Treatment.REVOKE)
    desk.take(Step.FILE)
    assert deadlines(desk)["case.decision"] == (due, True)


def test_no_clock_of_a_service_outlives_its_case() -> None:
    desk = Desk(Treatment.REVOKE)
    desk.to_notice()
    desk.take(Step.NOTIFY)
    returned = desk.send(Step.NOTIFY)
    services.fail(service_id=returned.pk, failure="无人", by=desk.officer, on=desk.on)
    desk.send(Step.NOTIFY, method=ServiceMethod.ANNOUNCEMENT, address="虚构日报", reason="下落不明")
    assert Deadline.objects.get(kind="service.announcement").is_running
    desk.take(Step.DROP, ground="unfounded")
    assert not Deadline.objects.filter(met_on=None, waived_on=None).exists()


def test_a_hearing_given_up_is_waited_for_no_longer() -> None:
    desk = Desk(Treatment.REVOKE)
    desk.to_notice()
    desk.take(Step.REQUEST_HEARING)
    desk.take(Step.CALL_HEARING, hearing_on=date(2022, 6, 28), host=desk.host.pk)
    desk.serve(Step.CALL_HEARING)
    assert deadlines(desk)["hearing.notice"][1]
    desk.take(Step.WAIVE_RIGHTS)
    assert not deadlines(desk)["hearing.notice"][1]


def test_a_decision_whose_announcement_fails_is_to_be_delivered_as_before() -> None:
    desk = Desk(Treatment.REVOKE)
    desk.to_decision()
    due = deadlines(desk)["service.delivery"][0]
    returned = desk.send(Step.DECIDE, method=ServiceMethod.POST)
    services.fail(service_id=returned.pk, failure="退件", by=desk.officer, on=desk.on)
    announced = desk.send(Step.DECIDE, method=ServiceMethod.ANNOUNCEMENT, address="虚构日报", reason="退件")
    assert not deadlines(desk)["service.delivery"][1]
    services.fail(service_id=announced.pk, failure="公告有误", by=desk.officer, on=desk.later(1))
    assert deadlines(desk)["service.delivery"] == (due, True)


def test_a_case_of_no_weight_is_not_discussed() -> None:
    desk = Desk(Treatment.REVOKE)
    desk.take(Step.FILE)
    desk.take(Step.INQUIRE)
    desk.take(Step.REPORT, serious=False)
    desk.take(Step.NOTIFY)
    assert desk.case.stage == Step.NOTIFY


def test_the_time_to_decide_is_extended_once_and_stands_still_while_the_case_is_suspended() -> None:
    desk = Desk(Treatment.REVOKE)
    desk.take(Step.FILE)
    first = deadlines(desk)["case.decision"][0]
    desk.take(Step.EXTEND, on=desk.later(10))
    assert deadlines(desk)["case.decision"][0] > first
    with pytest.raises(Refused, match="R-233"):
        desk.take(Step.EXTEND)
    extended = deadlines(desk)["case.decision"][0]
    desk.take(Step.SUSPEND, on=desk.later(10))
    assert desk.case.state == CaseState.SUSPENDED
    with pytest.raises(Refused, match="R-231"):
        desk.take(Step.INQUIRE)
    desk.take(Step.RESUME, on=desk.later(20))
    assert (extended, deadlines(desk)["case.decision"][0]) == (date(2022, 10, 8), date(2022, 10, 24))
    desk.take(Step.INQUIRE)


def test_a_dropped_case_returns_the_body_or_takes_its_finding_out_of_the_figures() -> None:
    complied, unfounded = Desk(Treatment.REVOKE), Desk(Treatment.REVOKE)
    campaign = complied.finding.campaign
    for desk in (complied, unfounded):
        desk.take(Step.FILE)
    with pytest.raises(Refused, match="R-49"):
        complied.take(Step.DROP, ground="complied", cured={"A": "已补报"}, on=complied.later(9))
    report(complied.body, 2021, complied.on, by=complied.officer)
    complied.take(Step.DROP, ground="complied", cured={"A": "已补报"})
    unfounded.take(Step.DROP, ground="unfounded", reason="年报已报，系统漏录", on=complied.on)
    assert (complied.case.outcome, complied.body.state) == ("rectified", "active")
    assert (unfounded.case.outcome, unfounded.body.state) == ("dropped", "active")
    assert unfounded.case.finding.state == "dismissed"
    totals = funnel(campaign, as_of=complied.on).totals()
    assert (totals["included"], totals["completed"]) == (1, 1)
    assert not Deadline.objects.filter(met_on=None, waived_on=None).exists()
