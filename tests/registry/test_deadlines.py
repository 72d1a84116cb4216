"""Deadlines: started, met, suspended, extended, waived and moved inside a deed; the ledger tells the whole row."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

import pytest

from registry import clockbook, lawbook
from registry.actions import deadline as verbs
from registry.models import Deadline, Event, Policy, Subject
from registry.queries import deadlines
from registry.queries.law import NoPolicy
from registry.rulebook import Refused
from registry.states import PeriodUnit, SubjectKind
from tests.factories import OrganisationFactory
from tests.registry.deadlines import CASE, DAY, again, begun, done

if TYPE_CHECKING:
    from pathlib import Path

    from registry.models import User

pytestmark = pytest.mark.django_db
DUE = date(2022, 5, 30)
"""Ninety days after `DAY`."""


def refused(*codes: str) -> Any:
    """Expect a refusal for exactly these rules."""
    return pytest.raises(Refused, check=lambda error: [each.code for each in error.broken] == list(codes))


# --- start ------------------------------------------------------------------------------------------------


def test_policy_sets_length_basis_and_whether_anybody_verified_it(officer: User) -> None:
    deadline = begun(by=officer)
    assert (deadline.length, deadline.unit, deadline.due_on) == (90, PeriodUnit.DAYS, DUE)
    assert (deadline.basis, deadline.policy) == ("行政处罚法/60", "penalty.decision_days")
    assert (deadline.verified, deadline.provisional) == (True, False)
    assert deadline.subject == CASE
    assert str(deadline) == "case.decision case:7 2022-05-30"


def test_an_officer_names_the_last_day_where_law_sets_none(officer: User) -> None:
    deadline = begun(by=officer, kind="rectification", fixed_on=date(2022, 4, 1))
    assert (deadline.unit, deadline.length, deadline.due_on) == (PeriodUnit.FIXED, None, date(2022, 4, 1))
    assert (deadline.basis, deadline.policy) == ("内部控制/期限", "")


def test_an_officer_may_name_a_length_and_its_basis(officer: User) -> None:
    deadline = begun(by=officer, kind="service.announcement", length=(60, PeriodUnit.DAYS), basis="民事诉讼法/95")
    assert (deadline.due_on, deadline.basis) == (date(2022, 5, 5), "民事诉讼法/95")


def test_a_length_nothing_sets_is_never_guessed(officer: User) -> None:
    with pytest.raises(NoPolicy):
        begun(by=officer, kind="rectification")
    with pytest.raises(NoPolicy):
        begun(by=officer, on=date(1990, 1, 2))
    assert not Deadline.objects.exists()


def test_it_starts_once_by_the_day_of_the_deed_and_ends_after_it_starts(officer: User) -> None:
    body = begun(by=officer).organisation
    with refused("R-160"):
        done("start", body, by=officer, organisation=body)
    with refused("R-161"):
        begun(by=officer, kind="hearing.request", starts_on=DAY + timedelta(days=1))
    with refused("R-162"):
        begun(by=officer, kind="rectification", fixed_on=DAY - timedelta(days=1))


def test_another_record_or_another_kind_may_run_beside_it(officer: User) -> None:
    begun(by=officer)
    begun(by=officer, kind="hearing.request")
    begun(by=officer, subject=Subject(SubjectKind.CASE, 8))
    assert deadlines.running(on=DAY).count() == 3


# --- meet -------------------------------------------------------------------------------------------------


def test_what_was_due_is_met_in_time_or_late(officer: User) -> None:
    deadline = begun(by=officer)
    done("meet", deadline.organisation, by=officer, on=DUE + timedelta(days=3))
    met = again(deadline)
    assert (met.met_on, met.is_running) == (date(2022, 6, 2), False)
    assert deadlines.running_of(CASE, "case.decision") is None
    assert deadlines.latest_of(CASE, "case.decision") == met


def test_what_does_not_run_is_not_met(officer: User) -> None:
    body = begun(by=officer).organisation
    with refused("R-164"):
        done("meet", body, by=officer, on=DAY - timedelta(days=1))
    done("meet", body, by=officer)
    with pytest.raises(Deadline.DoesNotExist):
        done("meet", body, by=officer)
    with refused("R-163"):
        Deadline.objects.get().meet(on=DAY)


def test_once_met_it_may_begin_again(officer: User) -> None:
    body = begun(by=officer).organisation
    done("meet", body, by=officer)
    done("start", body, by=officer, organisation=body)
    assert deadlines.of_subject(CASE).count() == 2


# --- suspend and resume -------------------------------------------------------------------------------------


def test_time_suspended_is_given_back(officer: User) -> None:
    deadline = begun(by=officer)
    done("suspend", deadline.organisation, by=officer, on=date(2022, 3, 11), reason="听证")
    assert again(deadline).due_on == DUE
    assert not deadlines.overdue(on=date(2023, 1, 1)).exists()
    assert not deadlines.standing(again(deadline), on=date(2023, 1, 1)).is_over
    done("resume", deadline.organisation, by=officer, on=date(2022, 3, 21))
    resumed = again(deadline)
    assert (resumed.due_on, resumed.suspended_on, resumed.suspended_days) == (date(2022, 6, 9), None, 10)


def test_it_is_suspended_only_where_law_says_so_once_at_a_time_before_it_is_past_and_for_a_reason(
    officer: User,
) -> None:
    body = begun(by=officer).organisation
    begun(by=officer, body=body, kind="service.delivery")
    with refused("R-166"):
        done("suspend", body, by=officer, kind="service.delivery", reason="听证")
    with refused("R-167", "R-170"):
        done("suspend", body, by=officer, on=DUE + timedelta(days=1), reason=" ")
    done("suspend", body, by=officer, reason="听证")
    with refused("R-165"):
        done("suspend", body, by=officer, reason="再听证")
    with refused("R-165"):
        done("meet", body, by=officer)
    with refused("R-168"):
        done("resume", body, by=officer, on=DAY - timedelta(days=1))
    done("resume", body, by=officer, on=DAY + timedelta(days=2))
    with refused("R-168"):
        done("resume", body, by=officer, on=DAY + timedelta(days=3))
    with refused("R-164"):
        done("suspend", body, by=officer, on=DAY + timedelta(days=1), reason="鉴定")


# --- extend -----------------------------------------------------------------------------------------------


def test_it_is_extended_once_by_what_policy_allows(officer: User, reviewer: User) -> None:
    deadline = begun(by=officer)
    done("extend", deadline.organisation, by=reviewer, on=DUE, document="延期审批表1号")
    extended = again(deadline)
    assert (extended.due_on, extended.extension_length) == (date(2022, 6, 29), 30)
    assert (extended.extended_on, extended.extended_by) == (DUE, reviewer)
    assert extended.extension_basis == "社会组织登记管理机关行政处罚程序规定"
    assert not extended.verified
    with refused("R-169"):
        done("extend", deadline.organisation, by=reviewer, on=DUE, document="再延")


def test_it_is_extended_before_it_is_past_in_writing_and_only_where_law_says_so(officer: User) -> None:
    body = begun(by=officer).organisation
    begun(by=officer, body=body, kind="service.delivery")
    with refused("R-167", "R-170"):
        done("extend", body, by=officer, on=DUE + timedelta(days=1), document="")
    with refused("R-169"):
        done("extend", body, by=officer, kind="service.delivery", document="延期审批表")
    done("suspend", body, by=officer, reason="听证")
    with refused("R-165"):
        done("extend", body, by=officer, document="延期审批表")


# --- waive and move -----------------------------------------------------------------------------------------


def test_what_has_fallen_away_is_waived_even_while_it_stands_still(officer: User) -> None:
    deadline = begun(by=officer)
    done("suspend", deadline.organisation, by=officer, reason="听证")
    with refused("R-170"):
        done("waive", deadline.organisation, by=officer, reason="")
    done("waive", deadline.organisation, by=officer, on=DAY + timedelta(days=4), reason="案件撤销")
    waived = again(deadline)
    assert (waived.waived_by, waived.waiver_reason, waived.suspended_on) == (officer, "案件撤销", None)


def test_a_record_that_is_closed_ends_all_that_runs_for_it(officer: User) -> None:
    body = begun(by=officer).organisation
    begun(by=officer, body=body, kind="hearing.request")
    other = begun(by=officer, body=body, subject=Subject(SubjectKind.CASE, 8))
    told = verbs.waive_all(subject=CASE, on=DAY, by=officer, reason="个案办结")
    assert [each["did"] for each in told] == ["waive", "waive"]
    assert list(deadlines.running(on=DAY)) == [other]


def test_counted_from_proved_service_it_moves_and_takes_the_policy_of_that_day(officer: User) -> None:
    deadline = begun(by=officer, kind="hearing.request")
    assert deadline.due_on == date(2022, 3, 8)
    done(
        "move",
        deadline.organisation,
        by=officer,
        kind="hearing.request",
        on=date(2022, 3, 10),
        starts_on=date(2022, 3, 8),
    )
    assert (again(deadline).starts_on, again(deadline).due_on) == (date(2022, 3, 8), date(2022, 3, 15))
    with refused("R-161"):
        done("move", deadline.organisation, by=officer, kind="hearing.request", starts_on=DAY + timedelta(days=30))


def test_a_named_day_is_named_anew(officer: User) -> None:
    deadline = begun(by=officer, kind="rectification", fixed_on=date(2022, 4, 1))
    done("move", deadline.organisation, by=officer, kind="rectification", fixed_on=date(2022, 4, 20))
    assert again(deadline).due_on == date(2022, 4, 20)
    with refused("R-162"):
        done("move", deadline.organisation, by=officer, kind="rectification", fixed_on=date(2022, 2, 1))


# --- the ledger ---------------------------------------------------------------------------------------------


def test_the_last_word_of_the_ledger_about_a_deadline_is_the_deadline(officer: User, reviewer: User) -> None:
    body = OrganisationFactory.create()
    begun(by=officer, body=body)
    done("suspend", body, by=officer, reason="听证")
    done("resume", body, by=officer, on=DAY + timedelta(days=5))
    done("extend", body, by=reviewer, on=DAY + timedelta(days=6), document="延期审批表1号")
    begun(by=officer, body=body, kind="rectification", fixed_on=date(2022, 4, 1))
    done("waive", body, by=officer, kind="rectification", on=DAY, reason="已经注销")
    done("meet", body, by=officer, on=DAY + timedelta(days=9))
    said: dict[int, dict[str, Any]] = {}
    for event in Event.objects.filter(organisation=body).order_by("seq"):
        for told in event.facts.get(verbs.KEY, []):
            said[told["row"]["id"]] = told["row"]
    assert said == {each.pk: verbs.row(each) for each in Deadline.objects.all()}
    assert Event.objects.filter(organisation=body).count() == 8


def test_when_the_event_cannot_be_written_nothing_has_moved(officer: User, monkeypatch: pytest.MonkeyPatch) -> None:
    deadline = begun(by=officer, kind="rectification", fixed_on=date(2022, 4, 1))

    def broken(*_: object, **__: object) -> None:
        raise RuntimeError

    monkeypatch.setattr("registry.actions.deadline.record", broken)
    with pytest.raises(RuntimeError):
        verbs.waive_deadline(deadline_id=deadline.pk, by=officer, on=DAY, reason="不再需要")
    assert again(deadline).is_running


# --- by an officer, by itself ---------------------------------------------------------------------------------


def test_an_officer_waives_extends_suspends_and_resumes_with_one_event_each(officer: User) -> None:
    body = OrganisationFactory.create()
    decision = begun(by=officer, body=body)
    repair = begun(by=officer, body=body, kind="rectification", fixed_on=date(2022, 4, 1))
    verbs.suspend_deadline(deadline_id=decision.pk, by=officer, on=DAY, reason="鉴定")
    verbs.resume_deadline(deadline_id=decision.pk, by=officer, on=DAY + timedelta(days=3))
    verbs.extend_deadline(deadline_id=decision.pk, by=officer, on=DAY + timedelta(days=3), document="审批表")
    verbs.waive_deadline(deadline_id=repair.pk, by=officer, on=DAY + timedelta(days=3), reason="已整改")
    told = list(Event.objects.filter(organisation=body).order_by("seq").values_list("verb", flat=True))
    assert told[-4:] == ["deadline.suspend", "deadline.resume", "deadline.extend", "deadline.waive"]


def test_the_time_law_gives_the_bureau_is_not_waived_by_hand(officer: User) -> None:
    deadline = begun(by=officer)
    with refused("R-171"):
        verbs.waive_deadline(deadline_id=deadline.pk, by=officer, on=DAY, reason="忙")


def test_nothing_is_done_on_a_day_that_has_not_come(officer: User) -> None:
    deadline = begun(by=officer, kind="rectification", fixed_on=date(2999, 4, 1))
    with refused("R-20"):
        verbs.waive_deadline(deadline_id=deadline.pk, by=officer, on=date(2999, 1, 1), reason="不再需要")


# --- what stands on a day ---------------------------------------------------------------------------------------


def test_lists_by_day_leave_out_what_is_only_waited_for_and_what_has_ended(officer: User) -> None:
    decision = begun(by=officer)
    wait = begun(by=officer, kind="hearing.request")
    ended = begun(by=officer, kind="service.delivery")
    done("meet", ended.organisation, by=officer, kind="service.delivery")
    assert list(deadlines.running(on=DAY)) == [wait, decision]
    assert list(deadlines.running(on=DAY - timedelta(days=1))) == []
    assert list(deadlines.due_within(14, on=DUE - timedelta(days=14))) == [decision]
    assert list(deadlines.due_within(14, on=DUE - timedelta(days=15))) == []
    assert list(deadlines.overdue(on=DUE)) == []
    assert list(deadlines.overdue(on=DUE + timedelta(days=1))) == [decision]
    assert list(deadlines.waited_out(on=wait.due_on)) == []
    assert list(deadlines.waited_out(on=wait.due_on + timedelta(days=1))) == [wait]


def test_what_is_left_is_counted_as_the_period_is(officer: User) -> None:
    decision, request = begun(by=officer), begun(by=officer, kind="hearing.request")
    assert deadlines.standing(decision, on=DAY).left == 90
    assert deadlines.standing(request, on=DAY).left == 5
    late = deadlines.standing(request, on=date(2022, 3, 20))
    assert (late.left, late.is_over) == (-12, True)


def test_what_a_deadline_would_be_can_be_asked_before_it_begins() -> None:
    assert deadlines.would_be_due("hearing.request", starts_on=DAY).on == date(2022, 3, 8)


# --- what a change of law moves -----------------------------------------------------------------------------------


def changed(key: str, value: int) -> list[Policy]:
    """Return all policies with one value replaced, unsaved."""
    rows = list(Policy.objects.all())
    for each in rows:
        if each.key == key:
            each.value = value
    return rows


def test_a_preview_names_what_a_change_would_move_and_touches_nothing(officer: User) -> None:
    moved, other = begun(by=officer), begun(by=officer, kind="hearing.request")
    met = begun(by=officer, subject=Subject(SubjectKind.CASE, 8))
    done("meet", met.organisation, by=officer, subject=Subject(SubjectKind.CASE, 8))
    found = deadlines.recomputed(Deadline.objects.all(), policies=changed("penalty.decision_days", 60))
    assert [(each.deadline, each.old.on, each.new.on, each.is_moved) for each in found] == [
        (moved, DUE, date(2022, 5, 5), True)
    ]
    assert again(moved).due_on == DUE
    assert deadlines.recomputed(Deadline.objects.all()) == []
    assert again(other).due_on == other.due_on


def test_a_deadline_whose_policy_is_gone_or_never_was_keeps_its_length(officer: User) -> None:
    begun(by=officer)
    begun(by=officer, kind="rectification", fixed_on=date(2022, 4, 1))
    assert deadlines.recomputed(Deadline.objects.all(), policies=[]) == []


def test_an_approved_change_moves_exactly_those_with_one_event_an_organisation(officer: User) -> None:
    body = OrganisationFactory.create()
    first = begun(by=officer, body=body)
    second = begun(by=officer, body=body, subject=Subject(SubjectKind.CASE, 8))
    third = begun(by=officer, subject=Subject(SubjectKind.CASE, 9))
    untouched = begun(by=officer, kind="hearing.request")
    verbs.extend_deadline(deadline_id=third.pk, by=officer, on=DAY, document="审批表")
    Policy.objects.filter(key="penalty.decision_days").update(value=60)
    found = deadlines.recomputed(deadlines.running(on=DAY))
    events = verbs.recount(
        found, on=DAY, by=officer, reason="政策参数变更", context={"policy": "penalty.decision_days"}
    )
    assert [len(each.facts[verbs.KEY]) for each in events] == [2, 1]
    assert {again(each).due_on for each in (first, second)} == {date(2022, 5, 5)}
    assert again(third).due_on == date(2022, 5, 30)
    assert again(untouched).due_on == untouched.due_on
    assert deadlines.recomputed(deadlines.running(on=DAY)) == []


def test_what_ended_meanwhile_is_not_recounted(officer: User) -> None:
    deadline = begun(by=officer)
    found = deadlines.recomputed([deadline], policies=changed("penalty.decision_days", 60))
    done("meet", deadline.organisation, by=officer)
    assert verbs.recount(found, on=DAY, by=officer, reason="政策参数变更", context={}) == []


# --- the kinds there are ------------------------------------------------------------------------------------------


def test_every_kind_names_policies_and_provisions_the_law_book_knows() -> None:
    bases, policies = lawbook.read()
    known, lengths = {row["code"] for row in bases}, {row["key"]: row.get("unit") for row in policies}
    for each in clockbook.read().values():
        assert {each.basis, each.suspension} - {""} <= known, each.key
        for key in {each.policy, each.extension} - {""}:
            assert lengths[key] in clockbook.UNITS, key


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ('key = "a"\nlabel = "甲"\nduty = "bureau"\nbasis = "乙"\ndays = 3', "unknown days"),
        ('key = "a"\nlabel = "甲"\nbasis = "乙"', "missing duty"),
        ('key = "a"\nlabel = "甲"\nduty = "nobody"\nbasis = "乙"', "unknown duty nobody"),
        ('key = "a"\nlabel = "甲"\nduty = "wait"', "without policy or basis a"),
        ('key = "a"\nlabel = "甲"\nduty = "wait"\nbasis = "乙"\n[[kind]]\nkey = "a"', "missing"),
    ],
)
def test_a_file_of_kinds_that_is_wrong_says_where(text: str, problem: str, tmp_path: Path) -> None:
    path = tmp_path / "deadlines.toml"
    path.write_text(f"[[kind]]\n{text}", encoding="utf-8")
    with pytest.raises(ValueError, match=problem):
        clockbook.read(path)
