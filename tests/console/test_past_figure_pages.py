"""Findings and figures of a past day as pages: for today they are the live ones, every number opens its list."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import TYPE_CHECKING
from urllib.parse import parse_qs

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from python_calamine import CalamineWorkbook

from cleanup.actions import finding as findings
from cleanup.queries.figures import funnel
from cleanup.queries.flow import flow
from registry.actions import organisation as verbs
from registry.models import Organisation
from registry.states import Kind, Role
from tests.console.situations import FOUND_ON, open_findings, opened_case, user_of
from tests.factories import OrganisationFactory, UnitFactory, UserFactory

if TYPE_CHECKING:
    from pathlib import Path

    from django.test import Client

    from cleanup.models import Finding

pytestmark = pytest.mark.django_db

DAY, FINDINGS, BODIES = "/as-of/", "/findings/as-of/", "/organisations/as-of/"
LINK = re.compile(r'href="((?:/findings|/organisations)/as-of/\?[^"]+)">(\d+)<')
FIGURE = re.compile(r'href="(/campaigns/\d+/figures/list/\?[^"]+)"[^>]*>(?:<span[^>]*>[^<]*</span><span[^>]*>)?(\d+)<')


@pytest.fixture
def worked(client: Client) -> list[Finding]:
    """Return five findings of 2022: to be verified, confirmed today, in a case, dismissed, and of another unit."""
    client.force_login(user_of(Role.CLERK))
    found = open_findings(4, supervising_unit=UnitFactory.create(name="虚构区某局"))
    found += open_findings(1, campaign=found[0].campaign, kind=Kind.FOUNDATION)
    today, by = timezone.localdate(), UserFactory.create()
    for each in found[1:4]:
        findings.confirm(finding_id=each.pk, by=by, on=today, reason="属实")
    opened_case(type(found[2]).objects.get(pk=found[2].pk))
    findings.dismiss(finding_id=found[3].pk, by=by, on=today, reason="已核对，不实")
    return found


def links(page: str, pattern: re.Pattern[str] = LINK) -> list[tuple[str, int]]:
    return [(address.replace("&amp;", "&"), int(count)) for address, count in pattern.findall(page)]


def tabs(client: Client, address: str, **asked: str) -> dict[str, int]:
    return {each["value"]: each["count"] for each in client.get(address, asked).context["tabs"]}


def test_for_today_the_past_list_has_the_rows_and_counts_of_the_live_one(client: Client, worked: list[Finding]) -> None:
    for asked in ({}, {"campaign": "2022"}, {"criterion": "D"}, {"criterion": "A"}, {"q": worked[0].organisation.code}):
        assert tabs(client, FINDINGS, **asked) == tabs(client, "/findings/", **asked), asked
        for stage in ("", "included", "pending", "in_progress", "dismissed"):
            live, past = (client.get(each, {**asked, "stage": stage}).context for each in ("/findings/", FINDINGS))
            assert past["total"] == live["total"] == len(past["page"].rows)
            assert sorted((row.organisation.code, row.state) for row in past["page"].rows) == sorted(
                (row.organisation.code, row.state) for row in live["page"].rows
            )


def test_for_today_the_figures_of_the_day_are_the_live_ones(client: Client, worked: list[Finding]) -> None:
    shown = client.get(DAY).context
    (line,) = shown["campaigns"]
    assert line["figures"] == funnel(worked[0].campaign, as_of=timezone.localdate())
    live = {each["value"]: each["count"] for each in client.get("/").context["states"]}
    assert {state: total for state, _label, _numbers, total in shown["lines"]} == {k: n for k, n in live.items() if n}
    assert shown["total"] == Organisation.objects.count()


@pytest.mark.parametrize("days_ago", [0, 1, None])
def test_every_number_of_a_day_opens_a_list_of_so_many(
    days_ago: int | None, client: Client, worked: list[Finding]
) -> None:
    on = FOUND_ON if days_ago is None else timezone.localdate() - timedelta(days=days_ago)
    found = links(client.get(DAY, {"on": on.isoformat()}).content.decode())
    assert len(found) >= 6
    for address, count in found:
        answer = client.get(address).context
        assert answer["total"] == count, address
        assert len(answer["page"].rows) == min(count, 30), address
        assert parse_qs(address.partition("?")[2])["on"] == [on.isoformat()]


def test_the_figures_of_a_past_day_are_told_by_the_ledger(
    client: Client, worked: list[Finding], tmp_path: Path
) -> None:
    campaign, before, after = worked[0].campaign, "虚构区某局", UnitFactory.create(name="虚构区另一局")
    body = worked[0].organisation
    verbs.amend(
        organisation_id=body.pk, changes={"supervising_unit": after, "name": "虚构区改名协会"}, by=UserFactory.create(),
        on=timezone.localdate(), reason="变更",
    )  # fmt: skip
    asked = {"until": (timezone.localdate() - timedelta(days=1)).isoformat()}
    answer = client.get(reverse("campaign_figures", args=[campaign.pk]), asked)
    page = answer.content.decode()
    assert "由台账逐条重算" in page
    assert "各情形的误报率" not in page
    assert after.name not in page
    assert before in page
    found = links(page, FIGURE)
    assert len(found) >= 4
    for address, count in found:
        listed = client.get(address)
        assert listed.context["total"] == count == len(listed.context["lines"]), address
        assert "虚构区改名协会" not in listed.content.decode()
    file = client.get(reverse("campaign_figures_file", args=[campaign.pk]), asked)
    path = tmp_path / "figures.xlsx"
    path.write_bytes(b"".join(file.streaming_content))
    rows = CalamineWorkbook.from_path(path).get_sheet_by_name("增减变动名单").to_python()
    assert sorted(row[1] for row in rows[2:]) == sorted(each.organisation.code for each in worked)
    today = client.get(reverse("campaign_figures", args=[campaign.pk])).context["flow"]
    live = flow(campaign, since=today.since, until=today.until)
    assert today.total == live.total
    assert "由台账逐条重算" not in client.get(reverse("campaign_figures", args=[campaign.pk])).content.decode()


@pytest.mark.parametrize("on", ["2999-01-01", "x", "2022-02-31"])
def test_a_day_that_makes_no_sense_shows_today_and_says_why(on: str, client: Client, worked: list[Finding]) -> None:
    for address in (DAY, FINDINGS):
        response = client.get(address, {"on": on})
        assert response.context["on"] == timezone.localdate()
        assert 'id="past-wrong"' in response.content.decode()
    page = client.get(reverse("campaign_figures", args=[worked[0].campaign_id]), {"until": on})
    assert page.context["flow"].until == timezone.localdate()
    assert "现在显示自行动开始至今天的数字" in page.content.decode()


def test_a_day_before_the_first_record_says_from_when_there_are_any(client: Client, worked: list[Finding]) -> None:
    assert "台账自2010年5月6日起记录" in client.get(DAY, {"on": "2009-01-01"}).content.decode()
    assert "最早的线索于2022年6月1日发现" in client.get(FINDINGS, {"on": "2022-05-31"}).content.decode()
    between = client.get(DAY, {"on": "2022-05-31"}).content.decode()
    assert "那一天还没有线索" in between
    nobody = client.get(FINDINGS, {"on": "2022-06-01", "q": "没有这家"}).content.decode()
    assert "没有符合条件的线索" in nobody
    figures = client.get(reverse("campaign_figures", args=[worked[0].campaign_id]), {"until": "2020-01-01"})
    assert "那一天还没有线索，请选择该日以后的日期" in figures.content.decode()


def test_a_supervising_unit_finds_its_own_and_no_overall_figures(client: Client, worked: list[Finding]) -> None:
    client.force_login(user_of(Role.SUPERVISING_UNIT, unit=worked[0].organisation.supervising_unit))
    listed = client.get(FINDINGS, {"on": FOUND_ON.isoformat()}).context
    assert {row.organisation.code for row in listed["page"].rows} == {each.organisation.code for each in worked[:4]}
    shown = client.get(DAY, {"on": FOUND_ON.isoformat()})
    (line,) = shown.context["campaigns"]
    assert (line["figures"].pending, shown.context["total"]) == (4, 4)
    assert reverse("campaign_figures", args=[worked[0].campaign_id]) not in shown.content.decode()
    assert "脱钩统计" not in shown.content.decode()


def test_who_may_not_see_findings_sees_the_register_of_the_day_alone(client: Client, worked: list[Finding]) -> None:
    client.force_login(user_of(Role.ADMINISTRATOR))
    assert client.get(FINDINGS).status_code == 403
    page = client.get(DAY)
    assert "campaigns" not in page.context
    assert FINDINGS not in page.content.decode()


def test_the_day_stays_when_filters_change_and_long_lists_go_by_pages(client: Client, worked: list[Finding]) -> None:
    open_findings(60, campaign=worked[0].campaign)
    page = client.get(FINDINGS, {"on": FOUND_ON.isoformat(), "campaign": "2022", "stage": "pending"})
    assert 'type="hidden" name="on" value="2022-06-01"' in page.content.decode()
    assert "/findings/?campaign=2022&amp;stage=pending" in page.content.decode()
    codes, after = [], ""
    while True:
        listed = client.get(FINDINGS, {"on": FOUND_ON.isoformat(), "after": after}).context["page"]
        codes += [row.organisation.code for row in listed.rows]
        if not (after := listed.next):
            break
    assert codes == sorted(codes)
    assert len(codes) == len(set(codes)) == 65
    back = client.get(FINDINGS, {"on": FOUND_ON.isoformat(), "before": "60"}).context["page"]
    assert [row.organisation.code for row in back.rows] == codes[30:60]
    for strange in ("x", "-5", "9" * 5000, "99999", "²"):
        first = client.get(FINDINGS, {"on": FOUND_ON.isoformat(), "after": strange}).context["page"]
        assert [row.organisation.code for row in first.rows] == codes[:30]


def test_the_pages_of_a_day_ask_as_often_for_one_as_for_many(client: Client, worked: list[Finding]) -> None:
    def asked(address: str) -> int:
        with CaptureQueriesContext(connection) as found:
            client.get(address, {"on": FOUND_ON.isoformat()})
        return len(found)

    few = [asked(each) for each in (DAY, FINDINGS)]
    open_findings(40, campaign=worked[0].campaign)
    OrganisationFactory.create()
    assert [asked(each) for each in (DAY, FINDINGS)] == few
