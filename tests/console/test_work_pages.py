"""My work: lanes with their counts, work taken, given and returned, and what happens when somebody is faster."""

from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from cleanup.models import Case, Finding
from cleanup.states import Step, Treatment
from registry.actions.assignment import assign
from registry.models import Assignment, Deadline, Event, Subject, User
from registry.queries.assignments import in_force
from registry.states import Role, SubjectKind
from tests.cleanup.situations import running_campaign
from tests.console.situations import application, open_finding, open_findings, opened_case, user_of
from tests.factories import OrganisationFactory, UserFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def enforcer() -> User:
    return user_of(Role.ENFORCEMENT, certified=True)


@pytest.fixture
def signed_in(client: Client, enforcer: User) -> Client:
    client.force_login(enforcer)
    return client


def about(finding: Finding) -> Subject:
    return Subject(SubjectKind.FINDING, finding.pk)


def give(finding: Finding, assignee: User) -> Assignment:
    on = timezone.localdate()
    assign(subject=about(finding), organisation_id=finding.organisation_id, assignee=assignee, by=assignee, on=on)
    current = in_force(about(finding))
    assert current is not None
    return current


def shown(client: Client, lane: str = "mine") -> str:
    response = client.get(reverse("work"), {"lane": lane})
    assert response.status_code == 200
    return response.content.decode()


def counts(client: Client) -> dict[str, int]:
    return {lane["value"]: lane["count"] for lane in client.get(reverse("work")).context["lanes"]}


def test_who_signs_has_a_lane_of_what_waits_for_that(signed_in: Client, client: Client) -> None:
    assert "to_sign" not in counts(signed_in)
    case = opened_case(officer=user_of(Role.ENFORCEMENT, certified=True))
    Case.objects.filter(pk=case.pk).update(treatment=Treatment.REVOKE, next_step=Step.FILE)
    client.force_login(user_of(Role.DIRECTOR))
    assert counts(client)["to_sign"] == 1
    assert "个案待办：立案审批" in shown(client, "to_sign")
    client.force_login(user_of(Role.REVIEWER))
    assert "没有等待您审批的事项" in shown(client, "to_sign")


def test_each_lane_shows_its_own_and_says_what_to_do_when_empty(signed_in: Client, enforcer: User) -> None:
    for lane, words in {
        "mine": "没有由您承办的事项",
        "overdue": "没有逾期的事项",
        "unassigned": "没有待分派的事项",
        "waiting": "没有等待他人办理的事项",
    }.items():
        assert words in shown(signed_in, lane)
    waiting, mine = open_findings(2)
    give(mine, enforcer)
    late = opened_case(open_findings(1, campaign=mine.campaign)[0], officer=enforcer, due_on=timezone.localdate())
    Deadline.objects.update(starts_on="2022-06-01", due_on=timezone.localdate() - timedelta(days=3))
    assert counts(signed_in) == {"mine": 1, "overdue": 1, "unassigned": 1, "waiting": 0}
    assert mine.organisation.name in shown(signed_in)
    assert waiting.organisation.name in shown(signed_in, "unassigned")
    overdue = shown(signed_in, "overdue")
    assert "已逾期3日" in overdue
    assert reverse("case_page", args=[late.pk]) in overdue


def test_an_unknown_lane_is_ones_own(signed_in: Client) -> None:
    assert "没有由您承办的事项" in shown(signed_in, "nonsense")


def test_a_finding_is_taken_with_one_press_and_the_lane_stays(signed_in: Client, enforcer: User) -> None:
    finding = open_finding()
    told = {"assignee": enforcer.pk, "seen": "", "lane": "unassigned"}
    response = signed_in.post(reverse("finding_assign", args=[finding.pk]), told)
    assert response["Location"] == f"{reverse('work')}?lane=unassigned"
    assert in_force(about(finding)).assignee == enforcer
    assert f"的事项已由“{enforcer}”承办" in shown(signed_in, "unassigned")


def test_a_second_press_changes_nothing_and_says_who_carries_it(signed_in: Client, enforcer: User) -> None:
    finding = open_finding()
    told = {"assignee": enforcer.pk, "seen": ""}
    signed_in.post(reverse("finding_assign", args=[finding.pk]), told)
    response = signed_in.post(reverse("finding_assign", args=[finding.pk]), told)
    assert response.status_code == 409
    assert f"该事项已由“{enforcer}”承办" in response.content.decode()
    assert Event.objects.filter(verb="assignment.make").count() == 1


def test_a_colleague_is_given_work_with_a_word_and_returns_it_with_another(signed_in: Client, enforcer: User) -> None:
    finding, colleague = open_finding(), user_of(Role.REGISTRATION)
    page = reverse("finding_assignment", args=[finding.pk])
    assert "现在没有人承办" in signed_in.get(page).content.decode()
    told = {"assignee": colleague.pk, "note": "熟悉该组织", "seen": ""}
    assert signed_in.post(reverse("finding_assign", args=[finding.pk]), told).status_code == 302
    current = in_force(about(finding))
    assert (current.assignee, current.note) == (colleague, "熟悉该组织")
    signed_in.force_login(colleague)
    back = {"seen": current.pk, "note": "须回避"}
    response = signed_in.post(reverse("finding_hand_back", args=[finding.pk]), back)
    assert response["Location"] == reverse("work")
    assert in_force(about(finding)) is None
    history = signed_in.get(page).content.decode()
    assert "须回避" in history
    assert "熟悉该组织" in history


def test_returning_without_a_word_is_refused_in_the_rules_words(signed_in: Client, enforcer: User) -> None:
    finding = open_finding()
    current = give(finding, enforcer)
    response = signed_in.post(reverse("finding_hand_back", args=[finding.pk]), {"seen": current.pk, "note": " "})
    assert response.status_code == 422
    assert "R-19 写明理由" in response.content.decode()
    assert in_force(about(finding)) == current


def test_returning_what_somebody_else_has_taken_keeps_the_text(signed_in: Client, enforcer: User) -> None:
    finding, other = open_finding(), user_of(Role.REVIEWER)
    seen = give(finding, enforcer)
    on, organisation_id = timezone.localdate(), finding.organisation_id
    assign(subject=about(finding), organisation_id=organisation_id, assignee=other, by=other, on=on, seen_id=seen.pk)
    told = {"seen": seen.pk, "note": "材料已收齐"}
    response = signed_in.post(reverse("finding_hand_back", args=[finding.pk]), told)
    page = response.content.decode()
    assert response.status_code == 409
    assert f"该事项已由“{other}”承办" in page
    assert "材料已收齐" in page


def test_returning_what_nobody_carries_says_so(signed_in: Client) -> None:
    finding = open_finding()
    response = signed_in.post(reverse("finding_hand_back", args=[finding.pk]), {"seen": "", "note": "退回"})
    assert response.status_code == 409
    assert "该事项没有承办人" in response.content.decode()


@pytest.mark.parametrize("assignee", ["", "999999", "nobody"])
def test_work_is_given_to_somebody_on_the_list(assignee: str, signed_in: Client) -> None:
    finding = open_finding()
    response = signed_in.post(reverse("finding_assign", args=[finding.pk]), {"assignee": assignee, "note": "请核实"})
    assert response.status_code == 422
    assert 'id="assign_assignee_error"' in response.content.decode()
    assert "请核实" in response.content.decode()


def test_who_carries_no_work_is_not_offered_it(signed_in: Client) -> None:
    clerk, gone = user_of(Role.CLERK), user_of(Role.REGISTRATION, is_active=False)
    page = signed_in.get(reverse("finding_assignment", args=[open_finding().pk])).content.decode()
    assert str(clerk) not in page
    assert str(gone) not in page


def test_what_has_become_a_case_is_not_given_away_any_more(signed_in: Client, enforcer: User) -> None:
    case = opened_case()
    response = signed_in.post(reverse("finding_assign", args=[case.finding_id]), {"assignee": enforcer.pk, "seen": ""})
    assert response.status_code == 409
    assert "该事项已不在待办之列" in response.content.decode()


def test_an_application_is_taken_as_a_finding_is(signed_in: Client, enforcer: User) -> None:
    filing = application(OrganisationFactory.create())
    assert "由我承办" in shown(signed_in, "unassigned")
    signed_in.post(reverse("filing_assign", args=[filing.pk]), {"assignee": enforcer.pk, "seen": ""})
    assert in_force(Subject(SubjectKind.FILING, filing.pk)).assignee == enforcer
    page = signed_in.get(reverse("filing_assignment", args=[filing.pk])).content.decode()
    assert f"现由{enforcer}承办" in page


def test_the_queue_asks_as_often_for_one_row_as_for_thirty(
    signed_in: Client, enforcer: User, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    campaign = running_campaign()
    give(open_findings(1, campaign=campaign)[0], enforcer)
    with django_assert_num_queries(20) as one:
        shown(signed_in)
    for finding in open_findings(29, campaign=campaign):
        give(finding, enforcer)
    with django_assert_num_queries(len(one.captured_queries)):
        assert shown(signed_in).count("改派或退回") == 30


def test_the_page_of_an_assignment_asks_as_often_for_a_long_history(
    signed_in: Client, enforcer: User, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    finding = open_finding()
    seen, address = give(finding, enforcer), reverse("finding_assignment", args=[finding.pk])
    with django_assert_num_queries(6) as one:
        signed_in.get(address)
    for _ in range(9):
        other = UserFactory.create()
        assign(
            subject=about(finding), organisation_id=finding.organisation_id, assignee=other, by=other,
            on=timezone.localdate(), seen_id=seen.pk,
        )  # fmt: skip
        seen = in_force(about(finding))
    with django_assert_num_queries(len(one.captured_queries)):
        signed_in.get(address)
