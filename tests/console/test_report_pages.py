"""The list of annual reports of one year, and the way from it to an entry and back."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING
from urllib.parse import parse_qs, urlsplit

import pytest
import time_machine
from django.urls import reverse

from registry.actions import evidence
from registry.models import AnnualReport, Deadline
from registry.states import ReportStatus, Role, SubjectKind
from tests.console.situations import application, user_of
from tests.factories import OrganisationFactory, UnitFactory

if TYPE_CHECKING:
    from collections.abc import Iterator

    from django.test import Client
    from pytest_django import DjangoAssertNumQueries

    from registry.models import User

pytestmark = pytest.mark.django_db

LIST = "/reports/"


@pytest.fixture(autouse=True)
def today() -> Iterator[None]:
    with time_machine.travel(date(2023, 7, 3), tick=False):
        yield


@pytest.fixture
def signed_in(client: Client, officer: User) -> Client:
    client.force_login(officer)
    return client


def file(body: object, officer: User, filed_on: date, conclusion: str = "pending") -> None:
    evidence.file_report(
        organisation_id=body.pk,  # type: ignore[attr-defined]  # an organisation
        year=2022,
        filed_on=filed_on,
        conclusion=conclusion,
        by=officer,
    )


def test_the_list_opens_with_last_year_and_its_counts_add_up(signed_in: Client, officer: User) -> None:
    OrganisationFactory.create(name="虚构区茶叶协会")
    file(OrganisationFactory.create(), officer, date(2023, 3, 1))
    file(OrganisationFactory.create(), officer, date(2023, 6, 2))
    file(OrganisationFactory.create(), officer, date(2023, 6, 2), "qualified")

    page = signed_in.get(LIST)

    tabs = {tab["value"]: tab["count"] for tab in page.context["tabs"]}
    assert page.context["year"] == 2022
    assert {value: count for value, count in tabs.items() if count} == {
        "": 4,
        ReportStatus.MISSING: 1,
        ReportStatus.PENDING: 1,
        ReportStatus.LATE: 1,
        ReportStatus.QUALIFIED: 1,
        "filed_late": 2,
    }
    assert "逾期 2 日" in page.content.decode()


@pytest.mark.parametrize("stage", ["missing", "pending", "late", "qualified", "filed_late"])
def test_every_count_opens_its_list(signed_in: Client, officer: User, stage: str) -> None:
    OrganisationFactory.create()
    file(OrganisationFactory.create(), officer, date(2023, 3, 1))
    file(OrganisationFactory.create(), officer, date(2023, 6, 2))
    file(OrganisationFactory.create(), officer, date(2023, 6, 2), "qualified")

    page = signed_in.get(LIST, {"stage": stage})

    counted = next(tab["count"] for tab in page.context["tabs"] if tab["value"] == stage)
    assert len(page.context["lines"]) == counted == page.context["total"] > 0


def test_filters_narrow_and_nonsense_filters_nothing(signed_in: Client) -> None:
    unit = UnitFactory.create()
    OrganisationFactory.create(name="虚构区茶叶协会", supervising_unit=unit)
    OrganisationFactory.create(name="虚构区蜂业协会")
    assert len(signed_in.get(LIST, {"q": "茶"}).context["lines"]) == 1
    assert len(signed_in.get(LIST, {"unit": unit.pk}).context["lines"]) == 1
    assert len(signed_in.get(LIST, {"kind": "foundation"}).context["lines"]) == 0
    assert len(signed_in.get(LIST, {"stage": "?", "year": "soon", "kind": "?"}).context["lines"]) == 2
    assert signed_in.get(LIST, {"year": "2021"}).context["year"] == 2021


def test_a_report_is_entered_from_the_list_and_leads_back_to_it(signed_in: Client) -> None:
    body = OrganisationFactory.create()
    here = f"{LIST}?q=&stage=missing"
    address = signed_in.get(here).context["lines"][0].address
    asked = parse_qs(urlsplit(address).query)

    form = signed_in.get(address).context["form"]
    assert form["year"].value() == 2022
    assert "截止日2023年5月31日，应检未检" in form.fields["year"].help_text

    sent = {"year": "2022", "filed_on": "2023-07-03", "next": asked["next"][0], "version": body.version}
    answer = signed_in.post(address, sent)
    assert answer.headers["Location"] == here
    report = AnnualReport.objects.get()
    assert (report.year, report.conclusion) == (2022, "pending")

    concluding = signed_in.get(LIST).context["lines"][0]
    assert (concluding.deed, concluding.days_late) == ("conclude_report", 33)
    assert signed_in.get(concluding.address).context["form"]["year"].value() == "2022"


@pytest.mark.parametrize("there", ["https://example.org/", "//example.org/", "javascript:alert(1)"])
def test_an_entry_never_leads_to_strangers(signed_in: Client, there: str) -> None:
    body = OrganisationFactory.create()
    address = reverse("organisation_file_report", args=[body.code])
    assert there not in signed_in.get(address, {"next": there}).content.decode()
    answer = signed_in.post(address, {"year": "2022", "filed_on": "2023-07-03", "next": there, "version": body.version})
    assert answer.headers["Location"] == reverse("organisation_page", args=[body.code])


def test_a_correction_shows_what_is_on_file_asks_why_and_keeps_the_conclusion(signed_in: Client, officer: User) -> None:
    body = OrganisationFactory.create()
    file(body, officer, date(2023, 3, 1), "qualified")
    body.refresh_from_db()
    address = reverse("organisation_file_report", args=[body.code])
    form = signed_in.get(address, {"year": 2022}).context["form"]
    assert form["filed_on"].value() == date(2023, 3, 1)

    sent = {"year": "2022", "filed_on": "2023-03-02", "version": body.version}
    assert "R-136" in signed_in.post(address, sent).content.decode()
    assert signed_in.post(address, {**sent, "reason": "日期录错"}).status_code == 302
    report = AnnualReport.objects.get()
    assert (report.filed_on, report.conclusion) == (date(2023, 3, 2), "qualified")


@pytest.mark.parametrize(
    ("role", "deeds"),
    [
        (Role.REGISTRATION, {"file_report", "conclude_report"}),
        (Role.ENFORCEMENT, {"file_report", ""}),
        (Role.REVIEWER, {"", "conclude_report"}),
        (Role.AUDITOR, {""}),
    ],
)
def test_the_list_offers_what_the_role_may(client: Client, officer: User, role: Role, deeds: set[str]) -> None:
    OrganisationFactory.create()
    file(OrganisationFactory.create(), officer, date(2023, 3, 1))
    client.force_login(user_of(role))
    assert {line.deed for line in client.get(LIST).context["lines"]} == deeds


def test_a_supervising_unit_sees_its_own_only(client: Client) -> None:
    unit = UnitFactory.create()
    own = OrganisationFactory.create(supervising_unit=unit)
    OrganisationFactory.create()
    client.force_login(user_of(Role.SUPERVISING_UNIT, unit=unit))
    page = client.get(LIST)
    assert [line.organisation.pk for line in page.context["lines"]] == [own.pk]
    assert page.context["total"] == 1


def test_the_list_asks_as_often_for_one_row_as_for_thirty(
    signed_in: Client, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    unit = UnitFactory.create()
    OrganisationFactory.create(supervising_unit=unit)
    with django_assert_num_queries(9) as asked:
        signed_in.get(LIST)
    OrganisationFactory.create_batch(30, supervising_unit=unit)
    with django_assert_num_queries(len(asked)):
        signed_in.get(LIST)


def test_the_dashboard_counts_last_years_reports_and_every_count_opens_its_list(
    signed_in: Client, officer: User
) -> None:
    OrganisationFactory.create()
    file(OrganisationFactory.create(), officer, date(2023, 3, 1))
    file(OrganisationFactory.create(), officer, date(2023, 6, 2), "qualified")
    reports = signed_in.get("/").context["reports"]
    assert (reports["year"], reports["total"], reports["missing"], reports["rate"]) == (2022, 3, 1, 2 / 3)
    for stage, _label, count in reports["shown"]:
        assert len(signed_in.get(LIST, {"year": 2022, "stage": stage}).context["lines"]) == count


@pytest.mark.parametrize(("days", "coming", "overdue"), [(-3, 1, 0), (0, 1, 0), (1, 0, 1)])
def test_the_dashboard_counts_applications_near_their_last_day_as_the_list_does(
    days: int, coming: int, overdue: int, client: Client, officer: User
) -> None:
    filing = application(OrganisationFactory.create())
    due_on = Deadline.objects.get(subject_kind=SubjectKind.FILING, subject_id=filing.pk).due_on
    with time_machine.travel(due_on + timedelta(days=days), tick=False):
        client.force_login(officer)
        found = client.get("/").context["filing_deadlines"]
        assert (found.coming, found.overdue, len(found.first)) == (coming, overdue, coming)
        for word, count in (("14", coming), ("overdue", overdue)):
            assert len(client.get("/filings/", {"due": word}).context["page"].rows) == count
