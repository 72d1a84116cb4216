"""A campaign from draft to the first confirmed body, in a real browser: one officer drafts, another approves."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import expect

from cleanup.models import Campaign, Finding
from cleanup.states import CampaignState, FindingState
from registry.states import Role
from tests.browser.test_day import somebody
from tests.cleanup.situations import unreached
from tests.factories import OrganisationFactory, UserFactory
from worker import tasks

if TYPE_CHECKING:
    from collections.abc import Callable

    from registry.models import Organisation
    from tests.browser.seats import Seat

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

TITLE = "虚构区专项整治行动"


@pytest.fixture
def bodies(transactional_db: None) -> list[Organisation]:
    somebody("jingbanren", display_name="测试经办人")
    somebody("fuzeren", Role.DIRECTOR, display_name="测试负责人")
    by, on = UserFactory.create(), timezone.localdate() - timedelta(days=9)
    made = [OrganisationFactory.create(name=name, by=by) for name in ("虚构区失联协会", "虚构区清算协会")]
    for body in made:
        unreached(body, by=by, on=on)
    return made


def fill_draft(seat: Seat) -> None:
    today = timezone.localdate()
    for label, text in (
        ("编号", "2026-1"),
        ("名称", TITLE),
        ("文号", "虚民发〔2026〕9号"),
        ("开始日期", today.isoformat()),
        ("结束日期", (today + timedelta(days=90)).isoformat()),
    ):
        seat.field(label).fill(text)
    kind = seat.page.locator(".window").first
    kind.get_by_role("checkbox", name=seat.say("社会团体")).check()
    for label, text in (
        ("情形A：最近应报年度", str(today.year - 1)),
        ("情形C：未活动起算日", f"{today.year - 2}-01-01"),
        ("情形B、C：活动核查不早于", f"{today.year}-01-01"),
        ("情形D：联系起算日", f"{today.year}-01-01"),
    ):
        kind.get_by_label(seat.say(label), exact=True).fill(text)


def test_a_campaign_is_previewed_approved_started_and_its_first_body_confirmed(
    seats: Callable[[], Seat], bodies: list[Organisation]
) -> None:
    drafter, director = seats(), seats()
    drafter.sign_in("jingbanren")
    drafter.go_to("行动")
    drafter.link("拟定行动").click()
    drafter.heading(drafter.say("拟定行动"))
    drafter.button("保存草案").click()
    expect(drafter.page.get_by_role("alert")).to_contain_text(drafter.say("没有保存：有内容填写有误，已在该项旁标明。"))
    drafter.in_order()
    fill_draft(drafter)
    drafter.button("保存草案").click()
    drafter.heading(TITLE)
    drafter.button("预览并提交批准").click()
    drafter.heading(drafter.say("预览"))
    for body in bodies:
        expect(drafter.page.get_by_role("link", name=body.name, exact=True)).to_be_visible()
    drafter.page.get_by_role("link", name=re.compile(f"{drafter.say('不排查')}.*{bodies[1].name}")).click()
    drafter.field("理由").fill("正在清算，已报主管单位")
    drafter.button("本次行动不排查").click()
    expect(drafter.page.get_by_text(drafter.say("预览之后，不排查的名单有变动")).first).to_be_visible()
    drafter.button("重新预览并提交批准").click()
    expect(drafter.button("重新预览")).to_be_visible()
    expect(drafter.page.get_by_role("link", name=bodies[1].name, exact=True)).to_have_count(0)
    assert Campaign.objects.get().state == CampaignState.PREVIEWED

    director.sign_in("fuzeren")
    director.go_to("行动")
    director.page.get_by_role("link", name=TITLE, exact=True).click()
    director.heading(TITLE)
    director.button("批准").click()
    expect(director.page.get_by_role("status").first).to_contain_text(
        director.say("已批准；到文件规定的开始日期可以启动。")
    )
    director.button("启动").click()
    director.heading(TITLE)
    campaign = Campaign.objects.get()
    assert (campaign.state, campaign.approved_by and campaign.approved_by.username) == ("running", "fuzeren")

    tasks.sweep_campaign.apply(
        kwargs={"campaign_id": campaign.pk, "as_of": timezone.localdate().isoformat()}, task_id="night", throw=True
    )
    director.open(reverse("campaign_page", args=[campaign.pk]))
    director.page.locator("#sweeps-heading").scroll_into_view_if_needed()
    expect(director.page.get_by_text(director.say("完成"), exact=True).first).to_be_visible()

    finding = Finding.objects.get()
    assert finding.organisation == bodies[0]
    drafter.open(reverse("finding_page", args=[finding.pk]))
    drafter.field("理由").fill("已上门核查，无人办公")
    drafter.button("确认线索").click()
    drafter.in_order()
    assert Finding.objects.get().state == FindingState.CONFIRMED
    drafter.open(reverse("campaign_figures", args=[campaign.pk]))
    expect(drafter.page.get_by_text("0 + 1 − 0 = 1")).to_be_visible()
    drafter.page.locator(".account a.figure", has_text=drafter.say("期末")).click()
    expect(drafter.page.get_by_role("link", name=bodies[0].name, exact=True)).to_be_visible()
    drafter.in_order()
