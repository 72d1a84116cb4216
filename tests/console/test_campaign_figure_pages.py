"""The account of a campaign on its page: it adds up in the text, and every number opens exactly its list."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import TYPE_CHECKING
from urllib.parse import parse_qs

import pytest
from django.urls import reverse
from django.utils import timezone
from python_calamine import CalamineWorkbook

from cleanup.actions import finding as findings
from registry.states import Role
from tests.console.situations import open_findings, opened_case, user_of
from tests.factories import UnitFactory, UserFactory
from worker import tasks

if TYPE_CHECKING:
    from pathlib import Path

    from django.test import Client

    from cleanup.models import Finding

pytestmark = pytest.mark.django_db

LINK = re.compile(r'href="(/campaigns/\d+/figures/list/\?[^"]+)"[^>]*>(?:<span[^>]*>[^<]*</span><span[^>]*>)?(\d+)<')


@pytest.fixture
def worked(client: Client) -> list[Finding]:
    """Return four findings: to be verified, confirmed, in a case, dismissed after confirmation."""
    client.force_login(user_of(Role.CLERK))
    found = open_findings(4, supervising_unit=UnitFactory.create())
    today = timezone.localdate()
    for each in found[1:]:
        findings.confirm(finding_id=each.pk, by=UserFactory.create(), on=today, reason="属实")
    opened_case(type(found[2]).objects.get(pk=found[2].pk))
    findings.dismiss(finding_id=found[3].pk, by=UserFactory.create(), on=today, reason="已核对，不实")
    return found


def test_every_number_opens_a_list_of_so_many(client: Client, worked: list[Finding]) -> None:
    campaign = worked[0].campaign
    page = client.get(reverse("campaign_figures", args=[campaign.pk])).content.decode()
    assert "0 + 3 − 1 = 2" in page
    links = [(address.replace("&amp;", "&"), int(count)) for address, count in LINK.findall(page)]
    assert len(links) > 20
    for address, count in links:
        answer = client.get(address)
        assert answer.context["total"] == count == len(answer.context["lines"]), address
    assert {parse_qs(address.partition("?")[2])["by"][0] for address, _ in links if "by=" in address} == {
        "criterion", "kind", "unit", "officer", "treatment",
    }  # fmt: skip


def test_a_period_is_asked_for_and_nonsense_gives_the_whole(client: Client, worked: list[Finding]) -> None:
    campaign, today = worked[0].campaign, timezone.localdate()
    address = reverse("campaign_figures", args=[campaign.pk])
    before = {"until": (today - timedelta(days=1)).isoformat()}
    assert "0 + 0 − 0 = 0" in client.get(address, before).content.decode()
    assert "0 + 3 − 1 = 2" in client.get(address, {"since": today.isoformat()}).content.decode()
    odd = client.get(address, {"since": "x", "until": "2999-01-01"})
    assert (odd.context["flow"].since, odd.context["flow"].until) == (campaign.started_on, today)
    strange = client.get(reverse("campaign_figure_list", args=[campaign.pk]), {"place": "x", "by": "y", "how": "z"})
    assert strange.context["total"] == 2


def test_the_figures_are_downloaded_as_they_are_shown(client: Client, worked: list[Finding], tmp_path: Path) -> None:
    answer = client.get(reverse("campaign_figures_file", args=[worked[0].campaign_id]))
    path = tmp_path / "figures.xlsx"
    path.write_bytes(b"".join(answer.streaming_content))
    book = CalamineWorkbook.from_path(path)
    rows = book.get_sheet_by_name("增减变动").to_python()
    total = dict(zip(rows[1], rows[2], strict=True))
    assert (total["新增"], total["减少"], total["其中：排除、撤案"], total["期末"], total["另：待核实"]) == (
        3,
        1,
        1,
        2,
        1,
    )
    assert len(book.get_sheet_by_name("增减变动名单").to_python()) == 2 + 4


def test_what_the_night_found_wrong_stands_above_the_figures(client: Client, worked: list[Finding]) -> None:
    finding, today = worked[0], timezone.localdate()
    address = reverse("campaign_figures", args=[finding.campaign_id])
    type(finding).objects.filter(pk=finding.pk).update(state="confirmed", confirmed_on=today)
    tasks.check_figures.apply(kwargs={"on": today.isoformat()}, task_id="night", throw=True)
    page = client.get(address).content.decode()
    assert "最近一次核对发现数字与台账不符" in page
    assert f"“{finding.organisation.name}”（{finding.organisation.code}）台账为“待核实·情形D”" in page
