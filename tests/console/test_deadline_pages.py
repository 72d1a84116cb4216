"""Deadlines on pages: the list, one deadline, what the director may do about it."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from django.urls import reverse
from django.utils import timezone

from registry.models import Deadline, Event, Subject
from registry.states import FilingKind, Role, SubjectKind
from tests.console.situations import user_of
from tests.factories import OrganisationFactory
from tests.registry.applications import brought_to
from tests.registry.deadlines import again, begun, done

if TYPE_CHECKING:
    from django.test import Client
    from pytest_django import DjangoAssertNumQueries

pytestmark = pytest.mark.django_db
LIST = reverse("deadline_list")


def text(client: Client, address: str, **query: str) -> str:
    return client.get(address, query).content.decode()


def kinds(client: Client, **query: str) -> list[str]:
    return [limit.deadline.kind for limit, _record, _officer in client.get(LIST, query).context["listed"]]


def test_the_list_shows_what_runs_by_day_and_narrows(client: Client) -> None:
    today, by = timezone.localdate(), user_of(Role.REGISTRATION)
    body = OrganisationFactory.create(name="虚构区期限协会")
    begun(by=by, body=body, on=today - timedelta(days=5))
    begun(by=by, body=body, kind="rectification", fixed_on=today, on=today - timedelta(days=9))
    begun(by=by, kind="service.delivery", on=today - timedelta(days=60))
    begun(by=by, kind="hearing.request", on=today - timedelta(days=60))
    stopped = begun(by=by, on=today, subject=Subject(SubjectKind.CASE, 9))
    done("suspend", stopped.organisation, by=by, on=today, subject=stopped.subject, reason="听证")
    filing = brought_to("submitted", FilingKind.ESTABLISH, by=by, other=user_of(Role.REVIEWER))
    client.force_login(by)
    assert len(kinds(client)) == 5
    assert sorted(kinds(client, standing="overdue")) == ["filing.notice", "service.delivery"]
    assert kinds(client, standing="near") == ["rectification"]
    assert kinds(client, standing="waited_out") == ["hearing.request"]
    assert kinds(client, standing="suspended") == ["case.decision"]
    assert kinds(client, standing="provisional") in ([], ["case.decision"], ["case.decision", "case.decision"])
    assert kinds(client, kind="rectification") == ["rectification"]
    assert kinds(client, q="期限协会") == ["rectification", "case.decision"]
    assert kinds(client, q=filing.name) == ["filing.notice"]
    assert kinds(client, officer=str(by.pk)) == ["filing.notice"]
    assert len(kinds(client, kind="x", standing="y", officer="z", q="")) == 5
    page = text(client, LIST)
    for words in ("已中止计算", "已期满", "今日到期", "虚构区期限协会", "行政处罚法/60"):
        assert words in page, words


def test_an_empty_list_says_where_deadlines_come_from(client: Client) -> None:
    client.force_login(user_of(Role.AUDITOR))
    assert "没有正在计算的期限" in text(client, LIST)
    assert "没有符合条件的期限" in text(client, LIST, standing="overdue")


def test_the_list_asks_the_database_as_often_for_many(
    client: Client, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    by = user_of(Role.REGISTRATION)
    client.force_login(by)
    brought_to("submitted", FilingKind.AMEND, by=by, other=by)
    with django_assert_max_num_queries(100) as one:
        text(client, LIST)
    for _ in range(4):
        brought_to("submitted", FilingKind.AMEND, by=by, other=by)
    with django_assert_max_num_queries(len(one.captured_queries)):
        text(client, LIST)


def test_a_page_says_from_when_until_when_and_on_what_basis(client: Client) -> None:
    by = user_of(Role.REGISTRATION)
    deadline = begun(by=by, kind="service.delivery")
    client.force_login(by)
    page = text(client, reverse("deadline_page", args=[deadline.pk]))
    for words in ("2022年3月1日", "2022年3月10日", "行政处罚法/61", "依法不中止、不延长"):
        assert words in page, words
    done("meet", deadline.organisation, by=by, kind="service.delivery")
    assert "办结，在期限内" in text(client, reverse("deadline_page", args=[deadline.pk]))


def post(client: Client, verb: str, deadline: Deadline, **told: str) -> tuple[int, str]:
    answer = client.post(reverse(f"deadline_{verb}", args=[deadline.pk]), told)
    return answer.status_code, answer.content.decode()


def test_the_director_extends_suspends_and_resumes_for_a_reason(client: Client) -> None:
    director = user_of(Role.DIRECTOR)
    deadline = begun(by=director, on=timezone.localdate())
    client.force_login(director)
    status, page = post(client, "extend", deadline, reason=" ")
    assert (status, "R-170" in page) == (422, True)
    assert post(client, "extend", deadline, reason="延期审批表1号")[0] == 302
    status, page = post(client, "extend", deadline, reason="再延一次")
    assert status == 422
    assert "R-169" in page
    assert "再延一次</textarea>" in page
    assert post(client, "suspend", deadline, reason="鉴定")[0] == 302
    assert post(client, "resume", deadline)[0] == 302
    told = list(Event.objects.filter(organisation=deadline.organisation).values_list("verb", flat=True))
    assert told[-3:] == ["deadline.extend", "deadline.suspend", "deadline.resume"]
    page = text(client, reverse("organisation_page", args=[deadline.organisation.code]))
    for words in ("延长期限", "期限中止计算", "期限恢复计算", "原为"):
        assert words in page, words


def test_what_an_officer_has_set_is_waived_by_the_director_alone(client: Client) -> None:
    officer, director = user_of(Role.REGISTRATION), user_of(Role.DIRECTOR)
    today = timezone.localdate()
    deadline = begun(by=officer, kind="rectification", on=today, fixed_on=today + timedelta(days=9))
    client.force_login(officer)
    page = text(client, reverse("deadline_page", args=[deadline.pk]))
    assert "由负责人办理" in page
    assert post(client, "waive", deadline, reason="已整改")[0] == 403
    client.force_login(director)
    assert post(client, "waive", deadline, reason="已经整改到位")[0] == 302
    assert again(deadline).waived_by == director
    page = text(client, reverse("deadline_page", args=[deadline.pk]))
    assert "已经整改到位" in page
    assert "期限已经结束" in page
