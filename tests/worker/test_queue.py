"""The work queue: each piece of work in one lane, for the officer it concerns, at a constant number of queries."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

import pytest
from django.urls import resolve

from cleanup.actions import campaign as campaigns
from cleanup.actions import finding as findings
from cleanup.states import Step, Treatment
from decoupling.actions import listing as listings
from registry.actions.assignment import assign, return_to_queue
from registry.models import Subject, User
from registry.states import FilingKind, Role, SubjectKind
from tests.cleanup.walks import Desk
from tests.decoupling.situations import listed
from tests.factories import OrganisationFactory, UserFactory
from tests.registry.applications import brought_to, clock_of
from tests.worker.situations import SWEPT, case_due, found
from worker.queries import queue as queues
from worker.queries.queue import Queue, queue_for

if TYPE_CHECKING:
    from cleanup.models import Finding
    from registry.models import Filing

pytestmark = pytest.mark.django_db

ON = date(2022, 8, 1)


def give(finding: Finding, assignee: User) -> None:
    subject = Subject(SubjectKind.FINDING, finding.pk)
    assign(subject=subject, organisation_id=finding.organisation_id, assignee=assignee, by=assignee, on=SWEPT)


def lanes(user: User, on: date = ON) -> dict[str, list[str]]:
    queue = queue_for(user, on=on)
    return {
        name: [str(item.subject) for item in getattr(queue, name).items]
        for name in ("mine", "to_sign", "unassigned", "overdue", "waiting")
        if getattr(queue, name).items
    }


def test_a_finding_waits_until_it_is_assigned_and_comes_back_when_returned(officer: User, reviewer: User) -> None:
    first, second = found(2, by=officer)
    both = [f"finding:{first.pk}", f"finding:{second.pk}"]
    assert lanes(officer) == {"unassigned": both}
    give(first, officer)
    assert lanes(officer) == {"mine": both[:1], "unassigned": both[1:]}
    assert lanes(reviewer) == {"unassigned": both[1:]}
    [item] = queue_for(officer, on=ON).mine.items
    assert (item.label, item.name, item.since) == ("核实线索（情形A）", first.organisation.name, SWEPT)
    assert resolve(item.link).kwargs == {"pk": first.pk}
    return_to_queue(
        subject=item.subject, organisation_id=first.organisation_id, by=officer, on=SWEPT, note="须回避",
        seen_id=item.assignment_id,
    )  # fmt: skip
    assert lanes(officer) == {"unassigned": both}


def test_a_confirmed_finding_stays_with_its_officer_until_there_is_a_case(officer: User) -> None:
    [finding] = found(1, by=officer)
    give(finding, officer)
    findings.confirm(finding_id=finding.pk, by=officer, on=SWEPT, reason="属实")
    [item] = queue_for(officer, on=ON).mine.items
    assert item.label == "已确认线索待立案（情形A）"


def test_what_is_decided_or_out_of_campaign_waits_for_nobody(officer: User) -> None:
    first, second = found(2, by=officer)
    give(first, officer)
    findings.dismiss(finding_id=first.pk, by=officer, on=SWEPT, reason="年报在途")
    assert lanes(officer) == {"unassigned": [f"finding:{second.pk}"]}
    campaigns.conclude(campaign_id=second.campaign_id, by=officer, on=date(2022, 12, 31))
    assert lanes(officer) == {}


@pytest.mark.parametrize(("days", "lane"), [(0, "mine"), (5, "mine"), (-1, "overdue")])
def test_a_case_is_its_officers_and_overdue_the_day_after(officer: User, days: int, lane: str) -> None:
    case = case_due(ON + timedelta(days=days), officer=officer)
    assert lanes(officer) == {lane: [f"case:{case.pk}"]}
    assert lanes(UserFactory.create()) == {}


def test_a_case_without_a_deadline_is_never_overdue(officer: User) -> None:
    case = case_due(None, officer=officer)
    assert lanes(officer, date(2026, 1, 1)) == {"mine": [f"case:{case.pk}"]}
    assert queue_for(officer, on=ON).mine.items[0].label == f"办理个案：{Treatment.CANCEL.label}"


def test_what_follows_from_a_case_stays_with_its_officer_until_it_is_archived() -> None:
    desk = Desk(Treatment.MERGE)
    desk.take(Step.AGREE, resolution_on=desk.on, successor=OrganisationFactory.create().pk)
    desk.take(Step.MERGE, on=desk.later(10))
    officer = desk.officer
    [item] = queue_for(officer, on=desk.on).mine.items
    assert item.label == f"办理后续事项：{Treatment.MERGE.label}"
    desk.take(Step.COLLECT, complete=False, void_no="作废公告1号")
    desk.take(Step.PUBLISH)
    assert [item.label for item in queue_for(desk.director, on=desk.on).to_sign.items] == ["个案待办：结案归档"]
    desk.take(Step.ARCHIVE)
    assert lanes(officer, desk.on) == {}


def test_a_plan_waits_for_somebody_other_than_who_submitted_it(officer: User, reviewer: User) -> None:
    listing = listed()
    listings.submit_plan(listing_id=listing.pk, by=reviewer, on=date(2022, 3, 1))
    plan = f"listing:{listing.pk}"
    assert lanes(reviewer) == {"waiting": [plan]}
    assert lanes(UserFactory.create(role=Role.DIRECTOR)) == {"to_sign": [plan]}
    assert lanes(officer) == {}


def subject(filing: Filing) -> str:
    return f"filing:{filing.pk}"


def test_an_application_goes_from_desk_to_desk(officer: User, reviewer: User) -> None:
    other = UserFactory.create()
    draft = brought_to("draft", FilingKind.ESTABLISH, by=officer, other=reviewer)
    assert (lanes(officer), lanes(other)) == ({"mine": [subject(draft)]}, {})
    received = brought_to("submitted", FilingKind.AMEND, by=officer, other=reviewer)
    assert lanes(other) == {"unassigned": [subject(received)]}
    accepted = brought_to("accepted", FilingKind.AMEND, by=officer, other=reviewer)
    on = clock_of(accepted).due_on
    assert lanes(officer, on)["waiting"] == [subject(accepted)]
    assert subject(accepted) in lanes(reviewer, on)["unassigned"]
    assert lanes(other, on) == {"unassigned": [subject(received)]}
    assert lanes(officer, on + timedelta(days=1))["overdue"] == [subject(accepted)]
    [item] = queue_for(officer, on=on).waiting.items
    assert (item.label, item.due_on) == ("变更登记申请待审查", on)


def test_an_application_assigned_for_review_is_on_that_desk_only(officer: User, reviewer: User) -> None:
    accepted = brought_to("accepted", FilingKind.AMEND, by=officer, other=reviewer)
    due_on = clock_of(accepted).due_on
    assert accepted.organisation_id is not None
    second = UserFactory.create(role=Role.REVIEWER)
    assign(
        subject=Subject(SubjectKind.FILING, accepted.pk), organisation_id=accepted.organisation_id, assignee=second,
        by=reviewer, on=date(2022, 4, 1),
    )  # fmt: skip
    assert lanes(second, due_on) == {"mine": [subject(accepted)]}
    assert lanes(reviewer, due_on) == {}


@pytest.mark.parametrize("role", [Role.CLERK, Role.AUDITOR, Role.SUPERVISING_UNIT, Role.ADMINISTRATOR])
def test_roles_that_carry_no_work_have_no_queue(officer: User, role: Role) -> None:
    found(1, by=officer)
    assert queue_for(UserFactory.create(role=role), on=ON) == Queue()


def test_it_takes_as_many_queries_with_many_rows_as_with_one(
    officer: User, monkeypatch: pytest.MonkeyPatch, django_assert_num_queries: Any
) -> None:
    one, *rest = found(20, by=officer)
    give(one, officer)
    with django_assert_num_queries(QUERIES):
        queue_for(officer, on=ON)
    for finding in rest[:10]:
        give(finding, officer)
    with django_assert_num_queries(QUERIES):
        queue_for(officer, on=ON)
    monkeypatch.setattr(queues, "SHOWN", 3)
    mine = queue_for(officer, on=ON).mine
    assert (len(mine.items), mine.total) == (3, 11)


QUERIES = 18
"""Two for each source and lane."""


def test_a_step_of_a_case_waits_for_whoever_signs_it() -> None:
    desk = Desk(Treatment.REVOKE)
    for who, labels in ((desk.director, ["个案待办：立案审批"]), (desk.reviewer, []), (desk.mate, [])):
        assert [item.label for item in queue_for(who, on=desk.on).to_sign.items] == labels
    desk.to_notice()
    for who, labels in ((desk.director, []), (desk.reviewer, ["个案待办：法制审核"])):
        assert [item.label for item in queue_for(who, on=desk.on).to_sign.items] == labels
