"""The register and an organisation on a past day, as pages."""

from datetime import date, timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from registry.actions import organisation as verbs
from registry.models import Organisation, User
from registry.states import Kind, Role, State
from tests.console.situations import opened_case, user_of
from tests.factories import OrganisationFactory, UnitFactory

pytestmark = pytest.mark.django_db

PAST = "/organisations/as-of/"


@pytest.fixture
def body(client: Client, officer: User) -> Organisation:
    """Return a body renamed and confirmed as a zombie in the course of 2022."""
    client.force_login(officer)
    made: Organisation = OrganisationFactory.create(
        name="虚构区旧名协会", supervising_unit=UnitFactory.create(name="虚构区某局")
    )
    verbs.amend(
        organisation_id=made.pk,
        changes={"name": "虚构区新名协会", "address": "新址"},
        by=officer,
        on=date(2022, 5, 1),
        reason="更名",
    )
    verbs.mark_dormant(
        organisation_id=made.pk, by=officer, on=date(2022, 7, 1), reason="核实", reviewer_reason="长期停摆"
    )
    return made


def test_an_organisation_is_shown_as_it_stood(client: Client, body: Organisation) -> None:
    address = reverse("organisation_past", args=[body.code])
    page = client.get(f"{address}?on=2022-04-30").content.decode()
    assert "截至2022年4月30日" in page
    assert "虚构区旧名协会" in page
    assert "虚构区新名协会" not in page.replace(f"<title>{body.name}", "").split("<main", 1)[1]
    assert "正常存续" in page
    assert "回到今天" in page
    later = client.get(f"{address}?on=2022-07-01").content.decode()
    assert "僵尸型（休眠）" in later
    assert "虚构区旧名协会（至2022年5月1日）" in later
    before = client.get(f"{address}?on=2009-01-01").content.decode()
    assert "那一天名册中还没有这个组织" in before
    assert "2010年5月6日" in before


@pytest.mark.parametrize("on", ["2099-01-01", "x", "", "2022-02-31"])
def test_a_day_that_makes_no_sense_shows_today_and_says_why(on: str, client: Client, body: Organisation) -> None:
    response = client.get(reverse("organisation_past", args=[body.code]), {"on": on})
    assert response.status_code == 200
    assert response.context["on"] == timezone.localdate()
    assert ("past-wrong" in response.content.decode()) == bool(on)
    assert client.get(PAST, {"on": on}).context["on"] == timezone.localdate()


def test_the_list_has_the_states_kinds_and_names_of_the_day(client: Client, body: Organisation) -> None:
    OrganisationFactory.create(kind=Kind.FOUNDATION, on=date(2022, 6, 1))
    for on, state, total, name in (
        ("2022-04-30", State.ACTIVE, 1, "虚构区旧名协会"),
        ("2022-06-01", State.ACTIVE, 2, "虚构区新名协会"),
        ("2022-07-01", State.DORMANT, 1, "虚构区新名协会"),
    ):
        context = client.get(PAST, {"on": on, "state": state}).context
        assert context["total"] == total
        assert name in [row.name for row in context["rows"]]
        assert {row.state for row in context["rows"]} == {state}
    assert client.get(PAST, {"on": "2022-06-01", "kind": "foundation"}).context["total"] == 1
    assert [row.name for row in client.get(PAST, {"on": "2022-04-30", "q": "新名"}).context["rows"]] == [
        "虚构区旧名协会"
    ]
    assert client.get(PAST, {"on": "2022-04-30", "q": "没有"}).context["rows"] == []
    empty = client.get(PAST, {"on": "2009-01-01"}).content.decode()
    assert "台账自2010年5月6日起记录" in empty


def test_the_day_stays_when_filters_change_and_the_way_back_keeps_the_filters(
    client: Client, body: Organisation
) -> None:
    page = client.get(PAST, {"on": "2022-06-01", "q": "协会", "state": "active"}).content.decode()
    assert 'type="hidden" name="on" value="2022-06-01"' in page
    assert "/organisations/?q=%E5%8D%8F%E4%BC%9A&amp;state=active" in page
    assert f"{reverse('organisation_past', args=[body.code])}?on=2022-06-01" in page


def test_the_list_of_a_day_asks_as_often_for_one_row_as_for_three_hundred(
    client: Client, officer: User, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    client.force_login(officer)
    unit = UnitFactory.create()
    OrganisationFactory.create(by=officer, supervising_unit=unit)
    with django_assert_num_queries(7) as one:
        client.get(PAST, {"on": "2022-01-01"})
    for _ in range(299):
        OrganisationFactory.create(by=officer, supervising_unit=unit)
    with django_assert_num_queries(len(one.captured_queries)):
        response = client.get(PAST, {"on": "2022-01-01"})
    assert len(response.context["rows"]) == 30
    assert response.context["total"] == 300


def test_a_supervising_unit_sees_the_past_of_its_own_only(client: Client, body: Organisation) -> None:
    OrganisationFactory.create(name="虚构区别家协会", supervising_unit=UnitFactory.create())
    client.force_login(user_of(Role.SUPERVISING_UNIT, unit=body.supervising_unit))
    page = client.get(PAST, {"on": "2022-04-30"}).content.decode()
    assert "虚构区旧名协会" in page
    assert "虚构区别家协会" not in page


def test_the_timeline_of_the_page_is_narrowed_to_a_kind_of_event(client: Client, body: Organisation) -> None:
    address = reverse("organisation_page", args=[body.code])
    everything = client.get(address)
    counts = {tab["value"]: tab["count"] for tab in everything.context["timeline_tabs"]}
    assert (counts[""], counts["state"], counts["facts"], counts["life"]) == (3, 1, 2, 0)
    facts = client.get(f"{address}?events=facts").context["timeline"]
    assert [said.event.verb for said in facts] == ["organisation.amend", "organisation.register"]
    assert len(client.get(f"{address}?events=nonsense").context["timeline"]) == 3


def test_the_page_shows_years_activities_and_contacts(client: Client, officer: User, body: Organisation) -> None:
    page = client.get(reverse("organisation_page", args=[body.code]))
    content = page.content.decode()
    years = {year.year: year.status for year in page.context["years"]}
    last = timezone.localdate() - timedelta(days=365)
    assert years[2012] == "missing"
    assert max(years) >= last.year
    assert "尚未核查，不能据此认为没有活动" in content
    assert "没有联系记录" in content
    assert reverse("organisation_file_report", args=[body.code]) in content


def test_the_past_of_a_body_tells_its_findings_and_cases_of_that_day(client: Client) -> None:
    case = opened_case()
    address = reverse("organisation_past", args=[case.finding.organisation.code])
    client.force_login(user_of(Role.AUDITOR))

    def told(on: date) -> list[tuple[str, str]]:
        return [(line.what, line.stood) for line in client.get(address, {"on": on}).context["going_on"]]

    assert told(date(2022, 6, 2)) == [("线索（2022）情形D", "待核实")]
    assert told(timezone.localdate())[:2] == [("线索（2022）情形D", "已确认"), ("个案：注销", "办理中")]
