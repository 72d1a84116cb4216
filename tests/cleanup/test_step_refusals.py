"""Every step too early, too late, by the wrong person, by one officer, with an expired certificate: refused, with its rule."""

from __future__ import annotations

from datetime import date, timedelta
from itertools import chain
from typing import TYPE_CHECKING, Any

import pytest

from cleanup import rules
from cleanup.actions import case as cases
from cleanup.models import CaseStep
from cleanup.queries.progress import read
from cleanup.queries.steps import upcoming
from cleanup.rules import Refused
from cleanup.states import Actor, ServiceMethod, Step, Treatment
from registry.models import Event, User
from tests.cleanup.situations import report
from tests.cleanup.walks import BY, STATED, Desk
from tests.factories import UserFactory

if TYPE_CHECKING:
    from cleanup.rules import Leg

pytestmark = pytest.mark.django_db

LEGS = [
    pytest.param(treatment, leg, id=f"{treatment.value}-{leg.step.value}")
    for treatment in (Treatment.RECTIFY, Treatment.CANCEL, Treatment.REVOKE, Treatment.MERGE)
    for leg in rules.TRACKS[treatment].values()
]


def days_and_people(desk: Desk, leg: Leg) -> dict[str, Any]:
    """Return something for every day and person a step asks for."""
    kinds = {"day": desk.on, "ahead": desk.on + timedelta(days=60), "person": desk.host.pk, "treatment": "cancel"}
    found = {each.name: kinds[each.what.value] for each in leg.asks if each.what.value in kinds and each.required}
    return {**found, "successor": 1, "ground": "unfounded", "cured": {"A": "已补报"}}


@pytest.mark.parametrize(("treatment", "leg"), [each for each in LEGS if each.values[1].after])
def test_no_step_comes_before_those_it_rests_on(treatment: Treatment, leg: Leg) -> None:
    desk = Desk(treatment)
    with pytest.raises(Refused) as refused:
        desk.take(leg.step, **days_and_people(desk, leg))
    codes = {each.code for each in refused.value.broken}
    assert codes & {"R-230", "R-231", "R-232"}


@pytest.mark.parametrize(("treatment", "leg"), [each for each in LEGS if not each.values[1].by_itself])
def test_no_step_is_taken_by_the_wrong_person(treatment: Treatment, leg: Leg) -> None:
    desk = Desk(treatment)
    stranger = UserFactory.create(certified=True)
    with pytest.raises(Refused, match="R-235"):
        desk.take(leg.step, by=stranger, **days_and_people(desk, leg))


@pytest.mark.parametrize(("treatment", "leg"), LEGS)
def test_no_step_is_dated_before_the_last_one_or_in_the_future(treatment: Treatment, leg: Leg) -> None:
    desk = Desk(treatment)
    for day in (desk.on - timedelta(days=1), date(2999, 1, 1)):
        with pytest.raises(Refused) as refused:
            desk.take(leg.step, on=day, **days_and_people(desk, leg))
        assert {each.code for each in refused.value.broken} & {"R-230", "R-234"}


@pytest.mark.parametrize(
    ("treatment", "leg"), [each for each in LEGS if any(ask.required for ask in each.values[1].asks)]
)
def test_no_step_is_taken_without_what_it_has_to_state(treatment: Treatment, leg: Leg) -> None:
    desk = Desk(treatment)
    empty = {each.name: "" for each in leg.asks}
    with pytest.raises(Refused, match="R-236"):
        desk.take(leg.step, **empty)


@pytest.mark.parametrize("step", [Step.INQUIRE, Step.REPORT, Step.COLLECT])
def test_where_law_wants_two_officers_one_is_not_enough(step: Step) -> None:
    desk = Desk(Treatment.REVOKE)
    _bring_to(desk, step)
    retired = UserFactory.create(certified=True, is_active=False)
    strangers = [UserFactory.create(certified=True, role=role).pk for role in ("auditor", "supervising_unit", "clerk")]
    for second in (None, desk.officer.pk, retired.pk, *strangers):
        with pytest.raises(Refused, match="R-238"):
            desk.take(step, second=second)
    desk.take(step)


@pytest.mark.parametrize(
    "step", [Step.FILE, Step.INQUIRE, Step.REPORT, Step.NOTIFY, Step.DECIDE, Step.TAKE_EFFECT, Step.COLLECT]
)
def test_an_expired_certificate_stops_a_penalty_at_every_step(step: Step) -> None:
    desk = Desk(Treatment.REVOKE)
    _bring_to(desk, step)
    sent = desk.send(Step.DECIDE) if step == Step.TAKE_EFFECT else None
    _expire(desk.officer, desk.on - timedelta(days=1))
    with pytest.raises(Refused, match="R-239"):
        desk.prove(sent) if sent else desk.take(step)
    _expire(desk.officer, desk.on)
    desk.prove(sent) if sent else desk.take(step)


def test_the_certificate_of_the_second_officer_counts_too() -> None:
    desk = Desk(Treatment.REVOKE)
    desk.take(Step.FILE)
    _expire(desk.mate, desk.on - timedelta(days=1))
    with pytest.raises(Refused, match="R-239"):
        desk.take(Step.INQUIRE)


def test_nobody_signs_what_they_have_investigated() -> None:
    desk = Desk(Treatment.REVOKE)
    director = UserFactory.create(role="director", certified=True)
    desk.take(Step.FILE)
    desk.take(Step.INQUIRE, second=director.pk)
    desk.take(Step.REPORT, serious=False)
    desk.take(Step.NOTIFY)
    desk.serve(Step.NOTIFY)
    reviewer = UserFactory.create(role="reviewer", certified=True, legal_qualification_no="1")
    desk.take(Step.INQUIRE, second=reviewer.pk)
    with pytest.raises(Refused, match="R-241"):
        desk.take(Step.REVIEW, on=desk.later(10), by=reviewer)
    desk.take(Step.REVIEW)
    with pytest.raises(Refused, match="R-241"):
        desk.take(Step.DECIDE, by=director)


def test_nobody_signs_for_work_they_did_before_they_handed_it_over() -> None:
    desk = Desk(Treatment.RECTIFY)
    _hand_over(desk, desk.reviewer)
    desk.take(Step.ORDER, by=desk.reviewer, due_on=desk.on + timedelta(days=30))
    desk.prove(desk.send(Step.ORDER, by=desk.reviewer), by=desk.reviewer)
    desk.take(Step.PLAN, by=desk.reviewer)
    _hand_over(desk, desk.host)
    _hand_over(desk, desk.mate)
    report(desk.body, 2021, desk.on, by=desk.mate)
    for carried in (desk.reviewer, desk.host):
        with pytest.raises(Refused, match="R-241"):
            desk.take(Step.PASS, by=carried, cured={"A": "已补报"})
    desk.take(Step.PASS, by=desk.director, cured={"A": "已补报"})


def test_a_review_needs_somebody_qualified() -> None:
    desk = Desk(Treatment.REVOKE)
    desk.to_notice()
    with pytest.raises(Refused, match="R-250"):
        desk.take(Step.REVIEW, on=desk.later(10), by=UserFactory.create(role="reviewer"))


def test_who_is_recused_takes_no_further_part() -> None:
    desk = Desk(Treatment.REVOKE)
    desk.take(Step.FILE)
    desk.take(Step.RECUSE, person=desk.host.pk, granted=False)
    desk.take(Step.RECUSE, person=desk.mate.pk)
    with pytest.raises(Refused, match="R-240"):
        desk.take(Step.INQUIRE)
    desk.take(Step.INQUIRE, second=UserFactory.create(certified=True).pk)


def test_an_act_that_ended_too_long_ago_is_not_pursued() -> None:
    desk = Desk(Treatment.REVOKE)
    with pytest.raises(Refused, match="R-243"):
        desk.take(Step.FILE, violation_ended_on=date(2020, 6, 5))
    desk.take(Step.FILE, violation_ended_on=date(2020, 6, 6))


def test_a_grave_case_is_discussed_before_the_body_is_told() -> None:
    desk = Desk(Treatment.REVOKE)
    desk.take(Step.FILE)
    desk.take(Step.INQUIRE)
    desk.take(Step.REPORT)
    with pytest.raises(Refused, match="R-244"):
        desk.take(Step.NOTIFY)


def test_rights_are_neither_cut_short_nor_asked_for_too_late() -> None:
    desk = Desk(Treatment.REVOKE)
    desk.to_notice()
    last = date(2022, 6, 15)
    for day in (desk.on, last):
        with pytest.raises(Refused, match="R-246"):
            desk.take(Step.REVIEW, on=day)
    with pytest.raises(Refused, match="R-245"):
        desk.take(Step.REQUEST_HEARING, on=last + timedelta(days=1))
    desk.take(Step.REVIEW, on=last + timedelta(days=1))


def test_the_time_to_ask_for_a_hearing_counts_from_proved_service_alone() -> None:
    desk = Desk(Treatment.REVOKE)
    desk.take(Step.FILE)
    desk.take(Step.INQUIRE)
    desk.take(Step.REPORT, serious=False)
    desk.take(Step.NOTIFY)
    sent = desk.send(Step.NOTIFY, method=ServiceMethod.POST)
    with pytest.raises(Refused, match="R-242"):
        desk.take(Step.REVIEW, on=desk.later(30))
    desk.prove(sent, served_on=desk.on - timedelta(days=2))
    with pytest.raises(Refused, match="R-246"):
        desk.take(Step.REVIEW)


def test_a_hearing_that_was_asked_for_is_held_and_called_in_time_and_by_nobody_of_the_case() -> None:
    desk = Desk(Treatment.REVOKE)
    desk.to_notice()
    desk.take(Step.REQUEST_HEARING)
    with pytest.raises(Refused, match="R-246"):
        desk.take(Step.REVIEW, on=desk.later(8))
    called = {"document_no": "听1号", "place": "会议室", "host": desk.host.pk}
    with pytest.raises(Refused, match="R-247"):
        desk.take(Step.CALL_HEARING, hearing_on=date(2022, 6, 27), **called)
    for host in (desk.officer, desk.mate):
        with pytest.raises(Refused, match="R-248"):
            desk.take(Step.CALL_HEARING, hearing_on=date(2022, 6, 28), **{**called, "host": host.pk})
    desk.take(Step.CALL_HEARING, hearing_on=date(2022, 6, 28), **called)
    sent = desk.send(Step.CALL_HEARING, method=ServiceMethod.POST)
    desk.on = date(2022, 6, 20)
    desk.prove(sent)
    with pytest.raises(Refused, match="R-247"):
        desk.take(Step.HEAR, on=date(2022, 6, 28))
    desk.on = date(2022, 6, 21)
    desk.take(Step.CALL_HEARING, hearing_on=date(2022, 7, 8), **called)
    with pytest.raises(Refused, match="R-242"):
        desk.take(Step.HEAR, on=date(2022, 7, 8))
    desk.on = date(2022, 6, 21)
    desk.serve(Step.CALL_HEARING)
    with pytest.raises(Refused, match="R-249"):
        desk.take(Step.HEAR, on=date(2022, 7, 7))
    with pytest.raises(Refused, match="R-235"):
        desk.take(Step.HEAR, on=date(2022, 7, 8), by=desk.reviewer)
    desk.take(Step.HEAR)


def test_a_decision_too_late_is_no_decision() -> None:
    desk = Desk(Treatment.REVOKE)
    desk.to_notice()
    desk.take(Step.REVIEW, on=desk.later(10))
    with pytest.raises(Refused, match="R-252"):
        desk.take(Step.DECIDE, on=date(2022, 9, 6))
    with pytest.raises(Refused, match="R-252"):
        desk.take(Step.EXTEND)
    desk.take(Step.DECIDE, on=date(2022, 9, 5))


def test_a_statement_after_the_review_is_reviewed_too() -> None:
    desk = Desk(Treatment.REVOKE)
    desk.to_notice()
    desk.take(Step.REVIEW, on=desk.later(10))
    desk.take(Step.STATE)
    with pytest.raises(Refused, match="R-251"):
        desk.take(Step.DECIDE)


def test_certificate_and_seals_are_in_or_declared_void() -> None:
    desk = Desk(Treatment.REVOKE)
    desk.to_effect()
    with pytest.raises(Refused, match="R-254"):
        desk.take(Step.COLLECT, complete=False)
    desk.take(Step.COLLECT, complete=False, void_no="作废公告1号")


def test_days_that_are_told_have_come_and_a_rectification_has_time() -> None:
    desk = Desk(Treatment.MERGE)
    with pytest.raises(Refused, match="R-237"):
        desk.take(Step.AGREE, resolution_on=desk.on + timedelta(days=1), successor=desk.body.pk)
    desk = Desk(Treatment.RECTIFY)
    with pytest.raises(Refused, match="R-255"):
        desk.take(Step.ORDER, due_on=desk.on)
    desk.take(Step.ORDER, due_on=desk.on + timedelta(days=30))
    desk.serve(Step.ORDER)
    for due_on, day in ((30, 1), (60, 32)):
        with pytest.raises(Refused, match="R-256"):
            desk.take(
                Step.PROLONG, on=date(2022, 6, 6) + timedelta(days=day), due_on=date(2022, 6, 6) + timedelta(due_on)
            )


def test_a_reinstatement_is_proposed_by_one_and_decided_by_another() -> None:
    desk = Desk(Treatment.REVOKE)
    desk.to_effect()
    desk.take(Step.CONTEST)
    with pytest.raises(Refused, match="R-232"):
        desk.take(Step.ANNUL)
    _hand_over(desk, desk.director)
    desk.take(Step.PROPOSE_ANNUL, by=desk.director)
    _hand_over(desk, desk.mate)
    with pytest.raises(Refused, match="R-241"):
        desk.take(Step.ANNUL)
    desk.take(Step.ANNUL, by=UserFactory.create(role="director"))
    assert Event.objects.get(verb="organisation.reinstate").facts["proposed_by"] == desk.director.pk


def test_a_step_of_another_treatment_is_refused_and_none_is_taken_twice() -> None:
    desk = Desk(Treatment.REVOKE)
    for foreign in (Step.ORDER, Step.GUIDE, Step.TAKE_EFFECT):
        with pytest.raises(Refused, match="R-230"):
            desk.take(foreign)
    desk.take(Step.FILE)
    with pytest.raises(Refused, match="R-233"):
        desk.take(Step.FILE)


# --- what the screen is told ----------------------------------------------------------------------------------------


def test_what_stands_against_a_step_is_what_stating_cannot_mend() -> None:
    desk = Desk(Treatment.REVOKE)
    desk.take(Step.FILE)
    case = desk.case
    progress = read(case, case.finding, desk.body)
    found = {
        each.leg.step: {rule.code for rule in each.against} for each in upcoming(progress, by=desk.officer, on=desk.on)
    }
    assert found[Step.INQUIRE] == set()
    assert found[Step.REPORT] == {"R-232"}
    assert "R-235" in found[Step.EXTEND]
    assert Step.FILE not in found
    assert progress.next_step == Step.INQUIRE


def test_a_recusal_names_the_person_and_their_certificate_that_day() -> None:
    desk = Desk(Treatment.REVOKE)
    desk.take(Step.FILE)
    desk.take(Step.INQUIRE)
    people = CaseStep.objects.get(step=Step.INQUIRE).people
    assert [(each["as"], each["certificate_no"]) for each in people] == [
        ("by", desk.officer.certificate_no), ("second", desk.mate.certificate_no),
    ]  # fmt: skip


def test_every_step_has_somebody_a_statement_and_a_place_in_the_law() -> None:
    legs = list(chain.from_iterable(each.values() for each in rules.TRACKS.values()))
    assert {leg.step for leg in legs} == set(Step)
    assert all(
        set(leg.after) <= set(rules.TRACKS[treatment])
        for treatment, track in rules.TRACKS.items()
        for leg in track.values()
    )
    assert all((leg.actor == Actor.OFFICER) == (leg.step not in BY) for leg in legs)
    assert {leg.step for leg in legs if leg.asks} <= set(STATED)


# --- how they get there ------------------------------------------------------------------------------------------------


def _bring_to(desk: Desk, step: Step) -> None:
    way = {
        Step.FILE: [],
        Step.INQUIRE: [Step.FILE],
        Step.REPORT: [Step.FILE, Step.INQUIRE],
        Step.NOTIFY: [Step.FILE, Step.INQUIRE, Step.REPORT, Step.DISCUSS],
    }
    if step in way:
        for each in way[step]:
            desk.take(each)
    elif step == Step.DECIDE:
        desk.to_notice()
        desk.take(Step.REVIEW, on=desk.later(10))
    elif step == Step.TAKE_EFFECT:
        desk.to_decision()
    else:
        desk.to_effect()


def _hand_over(desk: Desk, officer: User) -> None:
    """Let ``officer`` carry the case, with a certificate where the treatment asks for one."""
    if not officer.certificate_no:
        officer.certificate_no, officer.certificate_until = f"虚执法证H{officer.pk}", date(2031, 12, 31)
        officer.save(update_fields=["certificate_no", "certificate_until"])
    told = {"case_id": desk.pk, "by": desk.director, "on": desk.on, "reason": "调岗"}
    cases.reassign_case(officer=officer, seen_id=desk.case.officer_id, **told)


def _expire(user: User, until: date) -> None:
    User.objects.filter(pk=user.pk).update(certificate_until=until)
    user.refresh_from_db()
