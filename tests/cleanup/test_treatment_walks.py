"""限期整改, guided 注销 and 合并 walked through, and what may happen beside them."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.db import DatabaseError, transaction
from django_fsm import TransitionNotAllowed

from cleanup.actions import case as cases
from cleanup.actions import service as services
from cleanup.models import Case, CaseRound, CaseStep, Service
from cleanup.queries.figures import funnel
from cleanup.rules import Refused
from cleanup.states import CaseState, ResolutionManner, ServiceMethod, Step, Treatment
from registry.actions import organisation as verbs
from registry.models import Deadline, Event
from registry.queries.verification import faults
from tests.cleanup.situations import report
from tests.cleanup.walks import Desk
from tests.factories import OrganisationFactory, UnitFactory

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("told_whole")]


def test_a_body_that_rectifies_in_time_returns_to_work() -> None:
    desk = Desk(Treatment.RECTIFY)
    desk.take(Step.ORDER, due_on=date(2022, 7, 15))
    with pytest.raises(Refused, match="R-242"):
        desk.take(Step.PLAN)
    desk.serve(Step.ORDER)
    clock = Deadline.objects.get(subject_kind="case", kind="rectification")
    assert (clock.due_on, clock.is_running) == (date(2022, 7, 15), True)
    desk.take(Step.PLAN, on=desk.later(3))
    desk.take(Step.PROLONG, on=desk.later(10), due_on=date(2022, 8, 15))
    clock.refresh_from_db()
    assert clock.due_on == date(2022, 8, 15)
    with pytest.raises(Refused, match="R-49"):
        desk.take(Step.PASS, on=desk.later(10), cured={"A": "已补报"})
    report(desk.body, 2021, desk.on, by=desk.officer)
    desk.take(Step.PASS, cured={"A": "已补报"})
    assert (desk.body.state, desk.case.state, desk.case.outcome) == ("active", "closed", "rectified")
    assert desk.case.archived_on == desk.on
    assert Event.objects.get(verb="organisation.reactivate").facts["cured"] == {"A": "已补报"}
    assert not Deadline.objects.filter(met_on=None, waived_on=None).exists()
    assert list(faults()) == []


def test_a_rectification_that_fails_opens_the_next_treatment() -> None:
    desk = Desk(Treatment.RECTIFY)
    desk.take(Step.ORDER, due_on=date(2022, 7, 15))
    desk.serve(Step.ORDER)
    desk.on = date(2022, 7, 15)
    with pytest.raises(Refused, match="R-257"):
        desk.take(Step.FAIL, treatment=Treatment.REVOKE)
    desk.on = date(2022, 7, 18)
    with pytest.raises(Refused, match="R-258"):
        desk.take(Step.FAIL, treatment=Treatment.RECTIFY)
    with pytest.raises(Refused, match="R-46"):
        desk.take(Step.FAIL, treatment=Treatment.REVOKE_LICENCE)
    desk.take(Step.FAIL, treatment=Treatment.REVOKE)
    case = desk.case
    assert (case.treatment, case.round, case.state, case.stage) == ("revoke", 2, "open", "")
    assert [(each.treatment, each.closed_on) for each in CaseRound.objects.filter(case=case)] == [
        ("rectify", None), ("revoke", None),
    ]  # fmt: skip
    assert CaseStep.objects.get(case=case, step=Step.FAIL).round == 1
    desk.to_effect()
    assert (desk.body.exit_kind, desk.case.outcome) == ("revoked", "revoked")
    assert funnel(desk.finding.campaign, as_of=desk.on).completed_by["revoked"] == 1


def test_a_body_that_says_it_cannot_rectify_is_not_waited_for() -> None:
    desk = Desk(Treatment.RECTIFY)
    desk.take(Step.ORDER, due_on=date(2022, 7, 15))
    desk.serve(Step.ORDER)
    desk.take(Step.FAIL, treatment=Treatment.CANCEL, declared="书面说明：已无人员")
    assert desk.case.treatment == Treatment.CANCEL


def test_an_order_that_arrives_after_its_day_starts_no_clock_and_is_given_anew() -> None:
    desk = Desk(Treatment.RECTIFY, name="虚构区失联协会")
    desk.take(Step.ORDER, due_on=date(2022, 6, 16))
    sent = desk.send(Step.ORDER, method=ServiceMethod.POST)
    with pytest.raises(Refused, match="R-442"):
        desk.take(Step.ORDER, due_on=date(2022, 7, 8))
    desk.on = date(2022, 6, 16)
    desk.prove(sent)
    assert desk.case.next_step == Step.ORDER
    with pytest.raises(Refused, match="R-257"):
        desk.take(Step.FAIL, on=desk.later(1), treatment=Treatment.REVOKE)
    assert not Deadline.objects.filter(kind="rectification").exists()
    desk.take(Step.ORDER, due_on=date(2022, 7, 8))
    desk.serve(Step.ORDER)
    assert Deadline.objects.get(kind="rectification").due_on == date(2022, 7, 8)
    assert desk.case.next_step == Step.PLAN


def test_an_order_that_has_arrived_is_prolonged_once_by_another_and_not_given_again() -> None:
    desk = Desk(Treatment.RECTIFY)
    with pytest.raises(Refused, match="R-255"):
        desk.take(Step.ORDER, due_on=desk.on + timedelta(days=9))
    desk.take(Step.ORDER, due_on=desk.on + timedelta(days=30))
    desk.serve(Step.ORDER)
    for days in (1, 60):
        with pytest.raises(Refused, match="R-442"):
            desk.take(Step.ORDER, on=desk.later(days), due_on=desk.on + timedelta(days=400))


def test_a_body_that_still_may_rectify_is_not_punished_by_another_door() -> None:
    desk = Desk(Treatment.RECTIFY)
    desk.take(Step.ORDER, due_on=desk.on + timedelta(days=60))
    sent = desk.send(Step.ORDER)
    with pytest.raises(Refused, match="R-443"):
        desk.take(Step.SWITCH, treatment=Treatment.REVOKE)
    desk.prove(sent)
    with pytest.raises(Refused, match="R-443"):
        desk.take(Step.SWITCH, on=desk.later(60), treatment=Treatment.REVOKE)
    desk.take(Step.SWITCH, on=desk.later(1), treatment=Treatment.REVOKE)
    assert desk.case.treatment == Treatment.REVOKE


def test_a_guided_cancellation_ends_the_legal_person_with_all_its_papers() -> None:
    desk = Desk(Treatment.CANCEL, supervising_unit=UnitFactory.create())
    desk.take(Step.GUIDE)
    desk.serve(Step.GUIDE)
    desk.take(Step.RESOLVE, on=desk.later(20), resolution_on=desk.on)
    desk.take(Step.FORM_GROUP, formed_on=desk.on)
    desk.take(Step.CALL_CREDITORS, on=desk.later(4), announced_on=desk.on)
    over = Deadline.objects.get(kind="cancellation.creditors").due_on
    assert over == date(2022, 8, 15)
    with pytest.raises(Refused, match="R-259"):
        desk.take(Step.LIQUIDATE, on=over, liquidation_report_on=over)
    desk.take(Step.LIQUIDATE, on=over + timedelta(days=1), liquidation_report_on=over + timedelta(days=1))
    reported_on = desk.on
    assert Deadline.objects.get(kind="cancellation.application").due_on >= reported_on + timedelta(days=15)
    with pytest.raises(Refused, match="R-260"):
        desk.take(Step.APPLY, on=desk.later(4))
    desk.take(Step.CONSENT, consented_on=desk.on)
    desk.take(Step.APPLY)
    assert Deadline.objects.get(kind="filing.decision", subject_kind="case").is_running
    desk.take(Step.CANCEL, on=desk.later(5))
    assert (desk.body.exit_kind, desk.body.cancelled_on, desk.case.state) == ("cancelled", desk.on, "follow_up")
    assert Event.objects.get(verb="organisation.cancel").facts["documents"] == {
        "resolution_on": "2022-06-26", "consent_no": "虚主批〔2022〕1号",
        "liquidation_report_on": reported_on.isoformat(),
    }  # fmt: skip
    with pytest.raises(Refused, match="R-262"):
        desk.take(Step.ARCHIVE)
    desk.take(Step.COLLECT)
    desk.take(Step.PUBLISH)
    desk.take(Step.ARCHIVE)
    assert (desk.case.state, desk.case.outcome) == ("closed", "cancelled")
    assert list(faults()) == []


def test_a_body_whose_members_are_lost_is_confirmed_by_its_unit_and_announced() -> None:
    desk = Desk(Treatment.CANCEL)
    desk.take(Step.GUIDE)
    with pytest.raises(Refused, match="R-261"):
        desk.take(Step.RESOLVE, manner=ResolutionManner.CONFIRMED, resolution_on=desk.on)
    desk.take(Step.RESOLVE, manner=ResolutionManner.CONFIRMED, resolution_on=desk.on, announcement_no="公告1号")


def test_a_merger_names_its_successor_and_ends_the_case() -> None:
    desk, into = Desk(Treatment.MERGE), OrganisationFactory.create()
    desk.take(Step.AGREE, resolution_on=desk.on, successor=into.pk)
    desk.take(Step.MERGE, on=desk.later(10))
    assert (desk.body.exit_kind, desk.body.successor, desk.case.outcome) == ("merged", into, "merged")
    desk.take(Step.COLLECT, complete=False, void_no="作废公告1号")
    desk.take(Step.PUBLISH)
    desk.take(Step.ARCHIVE)
    assert desk.case.state == CaseState.CLOSED


def test_a_case_may_take_another_lawful_way_before_it_is_decided() -> None:
    desk = Desk(Treatment.REVOKE)
    desk.take(Step.FILE)
    desk.take(Step.SWITCH, treatment=Treatment.CANCEL)
    assert (desk.case.treatment, desk.case.round) == ("cancel", 2)
    assert not Deadline.objects.filter(kind="case.decision", met_on=None, waived_on=None).exists()
    desk = Desk(Treatment.REVOKE)
    desk.to_decision()
    for step, stated in ((Step.SWITCH, {"treatment": "cancel"}), (Step.DROP, {"ground": "unfounded"})):
        with pytest.raises(Refused, match="R-263"):
            desk.take(step, **stated)


def test_a_case_worked_by_steps_is_not_closed_at_once() -> None:
    desk = Desk(Treatment.CANCEL)
    desk.take(Step.GUIDE)
    papers = {"resolution_on": desk.on, "consent_no": "", "liquidation_report_on": desk.on}
    with pytest.raises(Refused, match="R-266"):
        cases.close_case(case_id=desk.pk, by=desk.officer, on=desk.on, reason="处置", **papers)


def test_an_objection_is_answered_on_record() -> None:
    desk = Desk(Treatment.RECTIFY)
    desk.take(Step.OBJECT)
    desk.take(Step.OBJECT, on=desk.later(1))
    assert [each.turn for each in CaseStep.objects.filter(case=desk.pk)] == [1, 2]


def test_a_body_that_left_by_another_way_closes_its_case_with_that_outcome() -> None:
    desk = Desk(Treatment.REVOKE)
    desk.take(Step.FILE)
    how = {"case_id": desk.pk, "by": desk.officer, "on": desk.on, "reason": "已自行注销"}
    with pytest.raises(Refused, match="R-264"):
        cases.close_exited(**how)
    papers = {"resolution_on": desk.on, "consent_no": "", "liquidation_report_on": desk.on}
    verbs.cancel(organisation_id=desk.finding.organisation_id, by=desk.officer, on=desk.on, reason="自行解散", **papers)
    cases.close_exited(**how)
    assert (desk.case.state, desk.case.outcome) == ("closed", "cancelled")
    assert not Deadline.objects.filter(met_on=None, waived_on=None).exists()


def test_a_decision_on_a_body_that_has_left_meanwhile_takes_no_effect() -> None:
    desk = Desk(Treatment.REVOKE)
    desk.to_decision()
    sent = desk.send(Step.DECIDE)
    papers = {"resolution_on": desk.on, "consent_no": "", "liquidation_report_on": desk.on}
    verbs.cancel(organisation_id=desk.finding.organisation_id, by=desk.officer, on=desk.on, reason="自行解散", **papers)
    with pytest.raises(TransitionNotAllowed):
        desk.prove(sent)
    assert Service.objects.get(pk=sent.pk).is_under_way
    assert desk.case.state == CaseState.OPEN


@pytest.mark.parametrize("deed", ["take", "pass", "effect", "annul", "send", "prove", "fail"])
def test_when_the_event_cannot_be_written_nothing_has_moved(deed: str, monkeypatch: pytest.MonkeyPatch) -> None:
    desk = Desk(Treatment.RECTIFY if deed == "pass" else Treatment.REVOKE)
    act = _ready(desk, deed)
    before = _everything(desk)

    def broken(*_: object, **__: object) -> None:
        raise DatabaseError

    monkeypatch.setattr(Event, "save", broken)
    with pytest.raises(DatabaseError), transaction.atomic():
        act()
    assert _everything(desk) == before


def _ready(desk: Desk, deed: str):  # noqa: ANN202 - a closure over the deed
    """Bring a case to where ``deed`` may be done, and return it."""
    if deed == "take":
        return lambda: desk.take(Step.FILE)
    if deed == "pass":
        desk.take(Step.ORDER, due_on=date(2022, 8, 1))
        desk.serve(Step.ORDER)
        desk.take(Step.PLAN)
        report(desk.body, 2021, desk.on, by=desk.officer)
        return lambda: desk.take(Step.PASS, cured={"A": "已补报"})
    if deed == "annul":
        desk.to_effect()
        desk.take(Step.CONTEST)
        desk.take(Step.PROPOSE_ANNUL)
        return lambda: desk.take(Step.ANNUL)
    desk.to_decision()
    if deed == "send":
        return lambda: desk.send(Step.DECIDE)
    sent = desk.send(Step.DECIDE)
    if deed == "fail":
        return lambda: services.fail(service_id=sent.pk, failure="退件", by=desk.officer, on=desk.on)
    return lambda: desk.prove(sent)


def _everything(desk: Desk) -> tuple[list[dict[str, object]], ...]:
    tables = (
        Case.objects.filter(pk=desk.pk),
        CaseRound.objects.filter(case=desk.pk),
        CaseStep.objects.filter(case=desk.pk),
        Service.objects.filter(case=desk.pk),
        Deadline.objects.order_by("pk"),
    )
    return (*(list(rows.values()) for rows in tables), [{"state": desk.body.state}])
