"""One box for everything, what was looked at last, and alerts that were seen."""

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from registry.models import User
from registry.states import FilingKind, Role
from tests.cleanup.situations import drafted
from tests.console.situations import confirmed_finding, opened_case, user_of
from tests.factories import OrganisationFactory, UnitFactory
from tests.registry.applications import brought_to
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


def found(client: Client, text: str) -> str:
    response = client.get(reverse("search"), {"q": text})
    assert response.status_code == 200
    return response.content.decode()


@pytest.mark.parametrize("text", ["羽毛球", "羽", "张某", "ymq"])
def test_a_body_is_found_by_name_initials_or_person(text: str, signed_in: Client) -> None:
    body = OrganisationFactory.create(name="虚构区羽毛球协会", legal_representative="张某某")
    OrganisationFactory.create(name="虚构区围棋社")
    page = found(signed_in, text)
    assert reverse("organisation_page", args=[body.code]) in page
    assert "虚构区围棋社" not in page


def test_one_exact_code_leads_straight_to_the_page(signed_in: Client) -> None:
    body = OrganisationFactory.create()
    for text in (body.code, body.code.lower(), f" {body.code} ", body.code.replace("5", "５")):
        response = signed_in.get(reverse("search"), {"q": text})
        assert response["Location"] == reverse("organisation_page", args=[body.code])
    assert body.name in found(signed_in, body.code[8:])


def test_campaigns_and_cases_are_found_by_their_documents(signed_in: Client) -> None:
    case = opened_case(document_no="虚民立〔2026〕77号")
    page = found(signed_in, "〔2026〕77")
    assert reverse("case_page", args=[case.pk]) in page
    assert "测试整治行动" in found(signed_in, "虚民发〔2022〕1号")
    assert "测试整治行动" in found(signed_in, "整治")


def test_an_application_is_found_by_its_number(signed_in: Client, registrar: User) -> None:
    filing = brought_to("submitted", FilingKind.ESTABLISH, by=registrar, other=user_of(Role.REVIEWER))
    assert reverse("filing_page", args=[filing.pk]) in found(signed_in, filing.number)


def test_a_draft_campaign_is_nobodys_to_find(signed_in: Client) -> None:
    drafted()
    assert "没有找到" in found(signed_in, "整治")


@pytest.mark.parametrize("text", ["没有这样的", "\x00", "%", "_", "x" * 500])
def test_what_finds_nothing_says_what_to_try(text: str, signed_in: Client) -> None:
    OrganisationFactory.create()
    page = found(signed_in, text)
    assert "没有找到" in page or "还没有查看过组织" in page


def test_a_supervising_unit_finds_its_own_only(client: Client) -> None:
    unit = UnitFactory.create()
    own = OrganisationFactory.create(name="虚构区本单位协会", supervising_unit=unit)
    other = confirmed_finding(name="虚构区别家协会")
    case = opened_case(other, document_no="虚民立〔2026〕9号")
    client.force_login(user_of(Role.SUPERVISING_UNIT, unit=unit))
    page = found(client, "协会")
    assert own.name in page
    assert "虚构区别家协会" not in page
    assert "没有找到" in found(client, case.document_no)
    assert "没有找到" in found(client, other.organisation.code)


def test_what_was_looked_at_last_stands_first_without_writing_the_register(signed_in: Client) -> None:
    assert "还没有查看过组织" in signed_in.get(reverse("search")).content.decode()
    first, second = OrganisationFactory.create(), OrganisationFactory.create()
    for body in (first, second, first):
        signed_in.get(reverse("organisation_page", args=[body.code]))
    for name in ("search", "dashboard"):
        recent = signed_in.get(reverse(name)).context["recent"]
        assert [each.organisation for each in recent] == [first, second]


def test_search_asks_as_often_for_one_hit_as_for_thirty(
    signed_in: Client, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    OrganisationFactory.create(name="虚构区羽毛球协会", supervising_unit=UnitFactory.create())
    with django_assert_num_queries(8) as one:
        found(signed_in, "羽毛球")
    for number in range(29):
        OrganisationFactory.create(name=f"虚构区羽毛球协会{number}", supervising_unit=UnitFactory.create())
    with django_assert_num_queries(len(one.captured_queries)):
        assert "在登记名册中查看全部" in found(signed_in, "羽毛球")


def alert(recipient: User) -> Alert:
    return Alert.objects.create(
        kind=AlertKind.NEW_FINDINGS,
        recipient=recipient,
        cause="某事",
        subject="某事",
        link="/",
        raised_at=timezone.now(),
    )


def test_an_alert_is_marked_as_seen_once_and_stays_until_its_cause_is_gone(signed_in: Client, registrar: User) -> None:
    mine = alert(registrar)
    assert "标为已阅" in signed_in.get(reverse("alert_list")).content.decode()
    for _ in range(2):
        assert signed_in.post(reverse("alert_see", args=[mine.pk]))["Location"] == reverse("alert_list")
        mine.refresh_from_db()
        seen_at = mine.seen_at
        assert seen_at is not None
    page = signed_in.get(reverse("alert_list")).content.decode()
    assert "某事" in page
    assert "已阅" in page
    assert "标为已阅<" not in page.replace("已标为已阅", "")
    assert "条未阅提醒" not in signed_in.get(reverse("dashboard")).content.decode()


def test_an_alert_of_somebody_else_does_not_exist(signed_in: Client) -> None:
    other = alert(user_of(Role.REVIEWER))
    assert signed_in.post(reverse("alert_see", args=[other.pk])).status_code == 404
    other.refresh_from_db()
    assert other.seen_at is None
