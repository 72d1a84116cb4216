"""Assignments: one in force for each record, every handover on record, nobody overruled unawares."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from django.db import DatabaseError, transaction

from registry.actions.assignment import AssignedMeanwhile, assign, return_to_queue
from registry.models import Assignment, Event, Organisation, Subject, User
from registry.queries.assignments import carriers, history, in_force
from registry.queries.verification import faults
from registry.rules import Refused
from registry.states import Role, SubjectKind
from tests.constraints import refused_by
from tests.factories import OrganisationFactory, UserFactory

pytestmark = pytest.mark.django_db

ON = date(2026, 3, 2)
FINDING = Subject(SubjectKind.FINDING, 12)


@pytest.fixture
def body() -> Organisation:
    return OrganisationFactory.create()


def given(body: Organisation, assignee: User, by: User, **how: Any) -> Event:
    how = {"subject": FINDING, "on": ON, **how}
    return assign(organisation_id=body.pk, assignee=assignee, by=by, **how)


def seen() -> int | None:
    current = in_force(FINDING)
    return current.pk if current else None


def test_an_assignment_is_one_event_and_in_force(body: Organisation, officer: User, reviewer: User) -> None:
    event = given(body, officer, reviewer, note="请先核实住所")
    current = in_force(FINDING)
    assert current is not None
    assert (current.assignee, current.assigned_by, current.note) == (officer, reviewer, "请先核实住所")
    assert (event.verb, event.reason) == ("assignment.make", "请先核实住所")
    assert event.facts["assignment"]["subject"] == "finding:12"
    assert body.events.count() == 2
    assert list(faults()) == []


def test_handing_on_ends_the_former_assignment(body: Organisation, officer: User, reviewer: User) -> None:
    given(body, officer, reviewer)
    event = given(body, reviewer, officer, seen_id=seen(), on=ON + timedelta(days=2), note="休假")
    first, second = Assignment.objects.order_by("pk")
    assert (first.returned_on, first.return_note, second.assignee) == (ON + timedelta(days=2), "休假", reviewer)
    assert event.facts["assignment"]["from_name"] == officer.display_name
    assert [row.assignee for row in history(FINDING)] == [reviewer, officer]
    assert body.events.count() == 3


def test_returning_puts_it_back_with_a_note(body: Organisation, officer: User) -> None:
    given(body, officer, officer)
    how = {"subject": FINDING, "organisation_id": body.pk, "by": officer, "on": ON}
    with pytest.raises(Refused, match="R-19"):
        return_to_queue(**how, note=" ", seen_id=seen())
    event = return_to_queue(**how, note="须回避", seen_id=seen())
    assert (event.verb, event.reason) == ("assignment.return", "须回避")
    assert in_force(FINDING) is None
    with pytest.raises(Assignment.DoesNotExist):
        return_to_queue(**how, note="须回避", seen_id=None)


def test_the_slower_of_two_officers_learns_who_was_faster(body: Organisation, officer: User, reviewer: User) -> None:
    given(body, officer, officer)
    with pytest.raises(AssignedMeanwhile, match=officer.display_name) as caught:
        given(body, reviewer, reviewer, seen_id=None)
    assert caught.value.current == in_force(FINDING)
    stale = seen()
    return_to_queue(subject=FINDING, organisation_id=body.pk, by=officer, on=ON, note="须回避", seen_id=stale)
    with pytest.raises(AssignedMeanwhile, match="已退回待分派"):
        given(body, reviewer, reviewer, seen_id=stale)
    assert body.events.count() == 3


@pytest.mark.parametrize("columns", [{"is_active": False}, {"role": Role.AUDITOR}, {"role": Role.ADMINISTRATOR}])
def test_work_goes_to_people_in_office(body: Organisation, officer: User, columns: dict[str, Any]) -> None:
    with pytest.raises(Refused, match="R-115"):
        given(body, UserFactory.create(**columns), officer)


def test_dates_keep_their_order(body: Organisation, officer: User, reviewer: User) -> None:
    with pytest.raises(Refused, match="R-20"):
        given(body, officer, officer, on=date(2999, 1, 1))
    given(body, officer, officer)
    with pytest.raises(Refused, match="R-21"):
        given(body, reviewer, officer, on=ON - timedelta(days=1), seen_id=seen())


def test_who_carries_many_records_is_one_query(
    body: Organisation, officer: User, django_assert_num_queries: Any
) -> None:
    for number in (1, 2, 3):
        given(body, officer, officer, subject=Subject(SubjectKind.FINDING, number))
    given(body, officer, officer, subject=Subject(SubjectKind.FILING, 4))
    with django_assert_num_queries(1):
        carried = carriers(SubjectKind.FINDING, [1, 2, 4])
        assert {number: row.assignee for number, row in carried.items()} == {1: officer, 2: officer}


@pytest.mark.parametrize("verb", ["assign", "return"])
def test_when_the_event_cannot_be_written_nothing_moved(
    body: Organisation, officer: User, verb: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    given(body, officer, officer)
    current, before = seen(), list(Assignment.objects.values_list())

    def broken(*args: object, **kwargs: object) -> None:
        raise DatabaseError

    monkeypatch.setattr(Event, "save", broken)
    how = {
        "subject": FINDING,
        "organisation_id": body.pk,
        "by": officer,
        "on": ON,
        "note": "须回避",
        "seen_id": current,
    }
    with pytest.raises(DatabaseError), transaction.atomic():
        assign(**how, assignee=officer) if verb == "assign" else return_to_queue(**how)
    assert list(Assignment.objects.values_list()) == before


@pytest.mark.parametrize(("name", "breach"), [
    ("assignment_subject_known", {"subject_kind": SubjectKind.CASE}),
    ("assignment_returned_has_note", {"returned_on": ON}),
    ("assignment_returned_has_note", {"return_note": "退回"}),
    ("assignment_returned_after_start", {"returned_on": ON - timedelta(days=1), "return_note": "退回"}),
])  # fmt: skip
def test_an_assignment_cannot_contradict_itself(
    body: Organisation, officer: User, name: str, breach: dict[str, Any]
) -> None:
    given(body, officer, officer)
    with refused_by(Assignment, name):
        Assignment.objects.update(**breach)


def test_a_record_has_one_assignment_in_force(body: Organisation, officer: User) -> None:
    given(body, officer, officer)
    row = Assignment.objects.get()
    row.pk = None
    with refused_by(Assignment, "assignment_one_in_force"):
        Assignment.objects.bulk_create([row])
