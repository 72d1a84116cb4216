"""The first page: both progress figures, the register by state, and one's own alerts."""

import html
import re
from datetime import date, timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from cleanup.actions import campaign as campaigns
from cleanup.actions.case import close_case
from cleanup.models import Finding
from registry.actions.assignment import assign
from registry.models import Deadline, Subject, User
from registry.states import Role, SubjectKind
from tests.cleanup.situations import drafted, running_campaign
from tests.console.situations import FOUND_ON, confirmed_finding, open_findings, opened_case, user_of
from tests.decoupling.situations import accepted, listed
from tests.factories import UnitFactory, UserFactory
from worker.models import Alert
from worker.states import AlertKind

pytestmark = pytest.mark.django_db


@pytest.fixture
def registrar() -> User:
    return user_of(Role.REGISTRATION)


@pytest.fixture
def signed_in(client: Client, registrar: User) -> Client:
    client.force_login(registrar)
    return client


def dashboard(client: Client, **query: str) -> str:
    response = client.get(reverse("dashboard"), query)
    assert response.status_code == 200
    return response.content.decode()


def test_an_empty_register_says_what_comes_next(signed_in: Client) -> None:
    page = dashboard(signed_in)
    assert "还没有整治行动" in page
    assert "脱钩名单还是空的" in page


def test_both_figures_stand_with_their_sums(signed_in: Client) -> None:
    open_findings(2)
    accepted()
    listed()
    page = dashboard(signed_in)
    assert "纳入 0 = 已完成 0 + 办理中 0 + 未启动 0；待核实 2 另计" in page
    assert "应脱钩 2 = 已脱钩 1 + 注销 0 + 撤销（含吊销） 0 + 合并/其他 0 + 未脱钩 1" in page
    assert "50.0%" in page
    assert "未填写原因" in page


def test_the_running_campaign_comes_first_and_another_can_be_asked_for(signed_in: Client) -> None:
    old = running_campaign("2022")
    campaigns.conclude(campaign_id=old.pk, by=UserFactory.create(), on=date(2022, 12, 31))
    new = running_campaign("2026")
    assert signed_in.get(reverse("dashboard")).context["campaign"] == new
    assert signed_in.get(reverse("dashboard"), {"campaign": "2022"}).context["campaign"] == old
    assert signed_in.get(reverse("dashboard"), {"campaign": "nonsense"}).context["campaign"] == new


def test_a_draft_is_shown_to_nobody(signed_in: Client) -> None:
    drafted("2027", title="尚未批准的行动")
    assert "尚未批准的行动" not in dashboard(signed_in)


def test_the_dashboard_asks_as_often_for_one_finding_as_for_thirty(
    signed_in: Client, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    campaign = running_campaign()
    open_findings(1, campaign=campaign)
    listed()
    with django_assert_num_queries(31) as one:
        dashboard(signed_in)
    open_findings(29, campaign=campaign)
    listed()
    with django_assert_num_queries(len(one.captured_queries)):
        dashboard(signed_in)


def alert(recipient: User, subject: str, **columns: object) -> Alert:
    given = {"kind": AlertKind.NEW_FINDINGS, "cause": subject, "link": "/findings/", "raised_at": timezone.now()}
    return Alert.objects.create(recipient=recipient, subject=subject, **{**given, **columns})


def test_alerts_are_ones_own_and_end_with_their_cause(signed_in: Client, registrar: User) -> None:
    assert "没有需要您处理的提醒" in signed_in.get(reverse("alert_list")).content.decode()
    alert(registrar, "办理期限为2026-12-03，还有9日到期", kind=AlertKind.DEADLINE, due_on=date(2026, 12, 3))
    now = timezone.now()
    alert(registrar, "已经消除的提醒", raised_at=now, closed_at=now)
    alert(user_of(Role.REGISTRATION), "别人的提醒")
    page = signed_in.get(reverse("alert_list")).content.decode()
    assert "办理期限为2026年12月3日，还有9日到期" in page
    assert "已经消除的提醒" not in page
    assert "别人的提醒" not in page
    assert "您有 1 条未阅提醒" in dashboard(signed_in)


def test_the_alert_list_asks_as_often_for_one_alert_as_for_thirty(
    signed_in: Client, registrar: User, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    alert(registrar, "第一条")
    with django_assert_num_queries(4):
        signed_in.get(reverse("alert_list"))
    for number in range(105):
        alert(registrar, f"提醒{number}")
    with django_assert_num_queries(4):
        page = signed_in.get(reverse("alert_list")).content.decode()
    assert "另有 6 条未显示" in page


LINK = re.compile(r'href="(/(?:findings|cases|decoupling)/(?:\?[^"]*)?)">(?:<[^>]*>)*[^<]*?(?:<[^>]*>)*(\d+)<')


def test_every_number_opens_as_many_rows_as_it_says(signed_in: Client, registrar: User) -> None:
    on, campaign = timezone.localdate(), running_campaign()
    waiting, *others = open_findings(4, campaign=campaign)
    cases = [opened_case(each, officer=registrar, due_on=on + timedelta(days=5)) for each in others]
    close_case(
        case_id=cases[0].pk,
        by=registrar,
        on=on,
        reason="办结",
        resolution_on=on,
        consent_no="",
        liquidation_report_on=on,
    )
    late = Deadline.objects.filter(subject_kind=SubjectKind.CASE, subject_id=cases[1].pk)
    late.update(starts_on=FOUND_ON, due_on=on - timedelta(days=2))
    assign(
        subject=Subject(SubjectKind.FINDING, waiting.pk), organisation_id=waiting.organisation_id,
        assignee=registrar, by=registrar, on=on,
    )  # fmt: skip
    Finding.objects.update(found_on=on)
    accepted()
    listed()
    page = dashboard(signed_in)
    links = LINK.findall(page)
    assert {address.split("?")[0] for address, _ in links} == {"/findings/", "/cases/", "/decoupling/"}
    assert len(links) > 25
    for address, number in links:
        response = signed_in.get(html.unescape(address))
        rows = response.context["rows"] if "rows" in response.context else response.context["page"].rows
        assert len(rows) == int(number), address


def test_deadlines_workload_and_trend_are_told(signed_in: Client, registrar: User) -> None:
    on = timezone.localdate()
    case = opened_case(officer=registrar, due_on=on + timedelta(days=5))
    page = dashboard(signed_in)
    for words in (
        "还有5日",
        "承办情况",
        str(registrar),
        case.finding.organisation.name,
        "十二个月的进展",
        f"{on.month}月",
    ):
        assert words in page, words
    assert page.count('<th scope="row">20') == 12


def test_a_supervising_unit_sees_no_workload(client: Client) -> None:
    unit = UnitFactory.create()
    opened_case(confirmed_finding(supervising_unit=unit))
    client.force_login(user_of(Role.SUPERVISING_UNIT, unit=unit))
    page = dashboard(client)
    assert "承办情况" not in page
    assert "十二个月的进展" not in page


def test_the_list_of_associations_agrees_with_the_figures(
    signed_in: Client, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    accepted()
    listed()
    address = reverse("decoupling_list")
    with django_assert_num_queries(14):
        assert len(signed_in.get(address).context["rows"]) == 2
    for stage, count in (("decoupled", 1), ("settled", 1), ("remaining", 1), ("cancelled", 0), ("nonsense", 2)):
        assert len(signed_in.get(address, {"stage": stage}).context["rows"]) == count, stage
    unstated = signed_in.get(address, {"stage": "remaining", "reason": "unstated"})
    assert "原因为“未填写原因”的 1 家" in unstated.content.decode()
    assert "这一栏没有组织" in signed_in.get(address, {"stage": "merged"}).content.decode()
    for _ in range(5):
        listed()
    with django_assert_num_queries(14):
        signed_in.get(address)
