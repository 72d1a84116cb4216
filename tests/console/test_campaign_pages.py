"""Campaigns on pages: drafted, previewed beside another, approved by somebody else, run to their end."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

import pytest
from django.urls import reverse
from django.utils import timezone
from python_calamine import CalamineWorkbook

from cleanup.actions import campaign as campaigns
from cleanup.actions import preview as previews
from cleanup.actions.sweep import sweep
from cleanup.models import Campaign, CampaignEvent, Exclusion, Hit
from cleanup.states import CampaignState
from registry.states import Kind, Role
from tests.cleanup.situations import approved, drafted, filer, running_campaign, unreached, window
from tests.console.forms import forms_of
from tests.console.situations import confirmed_finding, user_of
from tests.factories import OrganisationFactory, UnitFactory, UserFactory

if TYPE_CHECKING:
    from pathlib import Path

    from django.http import HttpResponse
    from django.test import Client

    from registry.models import User

pytestmark = pytest.mark.django_db
NEW = reverse("campaign_new")


def at(name: str, campaign: Campaign, *more: Any) -> str:
    return reverse(f"campaign_{name}", args=[campaign.pk, *more])


def filled(client: Client, address: str, **changes: Any) -> dict[str, Any]:
    """Return the form at an address as a browser would send it, with ``changes``; None takes a tick away."""
    form = forms_of(client.get(address).content.decode(), to=address.partition("?")[0], at=address.partition("?")[0])[
        -1
    ]
    sent: dict[str, Any] = {}
    for each in form.fields:
        if each.kind in {"checkbox", "radio"}:
            if each.is_set:
                sent.setdefault(each.name, []).append(each.value or "on")
        else:
            sent[each.name] = each.value
    sent |= changes
    return {name: value for name, value in sent.items() if value is not None}


def take(client: Client, campaign: Campaign, verb: str, **told: Any) -> HttpResponse:
    """Take a step as the page of the campaign offers it."""
    address = at(verb, campaign)
    page = client.get(at("page", campaign)).content.decode()
    form = forms_of(page, to=address, at="")[-1]
    return client.post(address, {**form.hidden, **told})


@pytest.fixture
def drafter(client: Client) -> User:
    user = user_of(Role.REGISTRATION)
    client.force_login(user)
    return user


@pytest.fixture
def director(client: Client) -> User:
    return user_of(Role.DIRECTOR, display_name="批准的负责人")


SETTINGS = {
    "code": "2022",
    "title": "测试行动",
    "document_no": "虚民发〔2022〕9号",
    "starts_on": "2022-03-01",
    "ends_on": "2022-12-31",
    "association-used": "on",
    "association-missed_years": "3",
    "association-last_report_year": "2021",
    "association-inactive_since": "2020-01-01",
    "association-surveyed_since": "2021-12-01",
    "association-contact_since": "2022-01-01",
}


def test_a_campaign_is_drafted_with_its_scope_and_a_window_for_each_kind(client: Client, drafter: User) -> None:
    unit = UnitFactory.create()
    body = OrganisationFactory.create(supervising_unit=unit)
    told = {"scope_unit": unit.pk, "by_list": "on", "listed": f"{body.code}、{body.code.lower()}"}
    answer = client.post(NEW, filled(client, NEW, **SETTINGS, **told), follow=True)
    campaign = Campaign.objects.get()
    assert answer.redirect_chain == [(at("page", campaign), 302)]
    assert (campaign.drafted_by, campaign.scope_unit, campaign.by_list) == (drafter, unit, True)
    assert [each.organisation for each in campaign.listed.all()] == [body]
    assert [(each.kind, each.criteria, each.missed_years) for each in campaign.windows.all()] == [
        (Kind.ASSOCIATION, "ABCD", 3)
    ]
    page = answer.content.decode()
    for words in ("测试行动", "虚民发〔2022〕9号", "名单 1 家", str(unit), "预览并提交批准"):
        assert words in page, words


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"ends_on": "2022-02-01"}, "结束日期不能早于开始日期"),
        ({"starts_on": ""}, "请填写“开始日期”"),
        ({"listed": "51120119MJ0000000X"}, "登记名册中没有：51120119MJ0000000X"),
        ({"association-missed_years": ""}, "请填写“情形A：连续未报年数”"),
        ({"association-criteria": []}, "请填写“适用情形”"),
        ({"carry": "on"}, "请选择上期行动"),
        ({"code": "旧"}, "这个编号已经用于另一次行动"),
    ],
)
def test_what_cannot_be_saved_is_said_beside_its_field(
    client: Client, drafter: User, changes: dict[str, Any], said: str
) -> None:
    drafted("旧")
    answer = client.post(NEW, filled(client, NEW, **{**SETTINGS, **changes}))
    assert answer.status_code == 422
    assert said in answer.content.decode()
    assert Campaign.objects.count() == 1


def test_a_draft_is_changed_and_must_then_be_previewed_again(client: Client, drafter: User) -> None:
    campaign = drafted()
    client.post(at("preview_make", campaign))
    address = at("edit", campaign)
    client.post(address, filled(client, address, **{"association-missed_years": "3", "foundation-used": None}))
    campaign = Campaign.objects.get()
    assert (campaign.state, campaign.preview, campaign.version) == (CampaignState.DRAFT, None, 2)
    assert {each.kind: each.missed_years for each in campaign.windows.all()} == {
        "association": 3,
        "private_non_enterprise": 2,
    }
    page = client.get(at("page", campaign)).content.decode()
    assert "社会团体的连续未报年数" in page
    assert "2 → 3" in page
    assert "不再列入范围" in page


def test_an_approved_campaign_is_no_longer_edited(client: Client, drafter: User) -> None:
    campaign = drafted()
    sent = filled(client, at("edit", campaign))
    approved(campaign)
    assert client.get(at("edit", campaign)).status_code == 302
    answer = client.post(at("edit", campaign), sent)
    assert answer.status_code == 409
    assert "行动已不能修改" in answer.content.decode()


def test_the_preview_tells_who_enters_and_why_and_whom_it_leaves_out(client: Client, drafter: User) -> None:
    by = UserFactory.create()
    found, held = OrganisationFactory.create(name="虚构区失联协会"), OrganisationFactory.create(name="虚构区暂缓协会")
    for body in (found, held):
        unreached(body, by=by)
    campaign = drafted()
    client.post(at("exclude", campaign, held.code), {"reason": "正在清算"}, follow=True)
    page = client.post(at("preview_make", campaign), follow=True).content.decode()
    assert "虚构区失联协会" in page
    assert "住所联系失败 2 次" in page
    assert "虚构区暂缓协会" not in page
    out = client.get(at("preview", campaign), {"stage": "left_out"}).content.decode()
    assert "虚构区暂缓协会" in out
    assert "决定本次行动不排查：正在清算" in out
    assert client.get(at("preview", campaign)).context["counts"]["left_out"]["excluded"] == 1


def test_a_draft_beside_another_says_who_leaves_and_by_which_setting(client: Client, drafter: User) -> None:
    by = UserFactory.create()
    filer(2019, 2020, 2021, by=by)
    for years in ((2019,), (2019,), ()):
        filer(*years, by=by)
    two, three = drafted("两年", title="两年方案"), drafted("三年", title="三年方案", windows=[window(missed_years=3)])
    for each in (two, three):
        previews.preview(campaign_id=each.pk, by=each.drafted_by, on=date(2022, 6, 2))
    page = client.get(at("preview", three), {"against": two.pk}).content.decode()
    assert "与“两年方案”的预览相比：离开 2 家，新进 0 家，情形变动 0 家，不变 1 家。" in page
    assert "社会团体的连续未报年数：2 改为 3" in page
    assert "基金会不在范围内" in page
    left = client.get(at("preview", three), {"against": two.pk, "stage": "leave"})
    assert len(left.context["lines"]) == 2
    assert "2019年度：已报送" in left.content.decode()


def test_a_running_campaign_is_compared_with_its_last_sweep(client: Client, drafter: User) -> None:
    by = UserFactory.create()
    campaign = running_campaign()
    unreached(OrganisationFactory.create(), by=by)
    sweep(campaign_id=campaign.pk, as_of=date(2022, 6, 1), by=by)
    unreached(OrganisationFactory.create(), by=by)
    page = client.post(at("preview_make", campaign), follow=True).content.decode()
    assert "最近一次排查相比：离开 0 家，新进 1 家，情形变动 0 家，不变 1 家。" in page
    assert Hit.objects.count() == 2


def test_lists_and_samples_are_downloaded_with_their_reasons(client: Client, drafter: User, tmp_path: Path) -> None:
    by = UserFactory.create()
    for _ in range(25):
        unreached(OrganisationFactory.create(), by=by)
    campaign = drafted()
    client.post(at("preview_make", campaign))
    whole = b"".join(client.get(at("preview_file", campaign, "csv")).streaming_content).decode("utf-8-sig")
    assert len(whole.splitlines()) == 26
    assert "住所联系失败 2 次" in whole
    samples = []
    for _ in range(2):
        answer = client.get(at("preview_file", campaign, "xlsx"), {"sample": 1})
        path = tmp_path / "sample.xlsx"
        path.write_bytes(b"".join(answer.streaming_content))
        samples.append(CalamineWorkbook.from_path(path).get_sheet_by_index(0).to_python())
    assert len(samples[0]) == 2 + 20
    assert samples[0] == samples[1]
    assert client.get(at("preview_file", campaign, "pdf")).status_code == 404
    assert client.get(at("preview_file", drafted("无预览"), "csv")).status_code == 404


def test_a_body_is_left_out_for_a_reason_and_looked_at_again(client: Client, drafter: User) -> None:
    campaign, body = drafted(), OrganisationFactory.create()
    address = at("exclude", campaign, body.code)
    refused = client.post(address, {"reason": " "})
    assert refused.status_code == 422
    assert "理由" in refused.content.decode()
    assert client.post(address, {"reason": "正在清算"}).status_code == 302
    made = Exclusion.objects.get()
    assert (made.reason, made.made_by) == ("正在清算", drafter)
    again = client.post(address, {"reason": "正在清算"})
    assert again.status_code == 422
    assert "R-201" in again.content.decode()
    back = at("readmit", campaign, made.pk)
    assert client.post(back, {"reason": ""}).status_code == 422
    assert client.post(back, {"reason": "清算已经终止"}).status_code == 302
    made.refresh_from_db()
    assert made.ended_by == drafter
    assert "R-203" in client.post(back, {"reason": "再次"}).content.decode()


def test_who_is_left_out_after_the_preview_is_chosen_from_its_list_which_is_then_made_again(
    client: Client, drafter: User, director: User
) -> None:
    body, campaign = OrganisationFactory.create(), drafted()
    client.post(at("preview_make", campaign))
    answer = client.post(at("exclude", campaign, body.code), {"reason": "正在清算"})
    assert answer.headers["Location"] == at("preview", campaign)
    for page in ("preview", "page"):
        shown = client.get(at(page, campaign)).content.decode()
        assert "预览之后，不排查的名单有变动" in shown
        assert "重新预览并提交批准" in shown
    client.force_login(director)
    assert f'action="{at("approve", campaign)}#next"' not in client.get(at("page", campaign)).content.decode()
    client.force_login(drafter)
    client.post(at("preview_make", campaign))
    assert "不排查的名单有变动" not in client.get(at("preview", campaign)).content.decode()
    client.force_login(director)
    assert f'action="{at("approve", campaign)}#next"' in client.get(at("page", campaign)).content.decode()


def test_who_drafted_does_not_approve_and_the_approver_must_see_the_latest_preview(
    client: Client, director: User
) -> None:
    reviewer = user_of(Role.REVIEWER)
    client.force_login(reviewer)
    client.post(NEW, filled(client, NEW, **SETTINGS))
    campaign = Campaign.objects.get()
    client.post(at("preview_make", campaign))
    refused = take(client, campaign, "approve")
    assert refused.status_code == 422
    assert "R-37" in refused.content.decode()
    client.force_login(director)
    form = forms_of(client.get(at("page", campaign)).content.decode(), to=at("approve", campaign), at="")[-1]
    previews.preview(campaign_id=campaign.pk, by=reviewer, on=timezone.localdate())
    assert client.post(at("approve", campaign), form.hidden).status_code == 409
    assert take(client, campaign, "approve").status_code == 302
    campaign.refresh_from_db()
    assert (campaign.state, campaign.approved_by) == (CampaignState.APPROVED, director)


def test_what_waits_to_be_approved_is_told_who_approves(client: Client, director: User, drafter: User) -> None:
    campaign = drafted()
    client.post(at("preview_make", campaign))
    assert "等待批准" not in client.get(reverse("dashboard")).content.decode()
    client.force_login(director)
    assert "有 1 次整治行动等待批准" in client.get(reverse("dashboard")).content.decode()


def test_a_preview_is_handed_back_with_a_reason(client: Client, director: User) -> None:
    campaign = drafted()
    previews.preview(campaign_id=campaign.pk, by=campaign.drafted_by, on=timezone.localdate())
    client.force_login(director)
    assert take(client, campaign, "hand_back", reason="").status_code == 422
    assert take(client, campaign, "hand_back", reason="请核对年份").status_code == 302
    campaign.refresh_from_db()
    assert campaign.state == CampaignState.DRAFT
    assert "请核对年份" in client.get(at("page", campaign)).content.decode()


def test_a_campaign_is_started_paused_resumed_extended_and_ended(client: Client, director: User) -> None:
    campaign = approved(drafted(), on=timezone.localdate())
    client.force_login(director)
    longer = (campaign.ends_on + timedelta(days=90)).isoformat()
    steps: list[tuple[str, dict[str, str], str]] = [
        ("start", {}, CampaignState.RUNNING),
        ("pause", {"reason": "核对数据"}, CampaignState.PAUSED),
        ("resume", {"reason": "数据已核对"}, CampaignState.RUNNING),
        ("extend", {"until": longer, "document_no": "虚民发〔2022〕20号", "reason": "工作需要"}, CampaignState.RUNNING),
        ("conclude", {"reason": "任务完成"}, CampaignState.CONCLUDED),
    ]
    for verb, told, state in steps:
        answer = take(client, campaign, verb, **told)
        assert answer.status_code == 302, (verb, answer.content.decode())
        campaign.refresh_from_db()
        assert campaign.state == state
    page = client.get(at("page", campaign)).content.decode()
    for words in ("核对数据", "数据已核对", "虚民发〔2022〕20号", "任务完成", "行动已经结束，没有下一步。"):
        assert words in page, words
    assert set(CampaignEvent.objects.filter(by=director).values_list("verb", flat=True)) == {
        "campaign.start", "campaign.pause", "campaign.resume", "campaign.extend", "campaign.conclude",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("verb", "told", "rule"),
    [
        ("pause", {"reason": ""}, "理由"),
        ("extend", {"until": "2022-01-01", "document_no": "1号", "reason": "x"}, "R-210"),
        ("extend", {"until": "2023-12-31", "document_no": "", "reason": "x"}, "R-210"),
        ("extend", {"until": "", "document_no": "1号", "reason": "x"}, "请填写“延长至”"),
    ],
)
def test_a_refused_step_names_its_rule_and_keeps_the_text(
    client: Client, director: User, verb: str, told: dict[str, str], rule: str
) -> None:
    campaign = running_campaign()
    client.force_login(director)
    answer = take(client, campaign, verb, **told)
    page = answer.content.decode()
    assert answer.status_code == 422
    assert rule in page
    assert told.get("document_no", "") in page


def test_before_its_day_the_start_is_closed_and_says_why(client: Client, director: User) -> None:
    later = timezone.localdate() + timedelta(days=9)
    campaign = approved(drafted(starts_on=later, ends_on=later), on=timezone.localdate())
    client.force_login(director)
    page = client.get(at("page", campaign)).content.decode()
    assert "行动已到文件规定的开始日期" in page
    assert "disabled" in page


def test_the_next_campaign_takes_over_the_settings_and_whom_the_last_did_not_finish(
    client: Client, drafter: User
) -> None:
    finding = confirmed_finding()
    before = finding.campaign
    page = client.get(at("page", before)).content.decode()
    assert f"?from={before.pk}&amp;years=1" in page
    address = f"{NEW}?from={before.pk}&years=1"
    sent = filled(client, address, code="2023", starts_on="2023-03-01", ends_on="2023-12-31")
    assert (sent["association-last_report_year"], sent["association-inactive_since"]) == ("2022", "2021-01-01")
    assert client.post(NEW, {**sent, "carry": "on", "by_list": "on"}).status_code == 302
    after = Campaign.objects.get(code="2023")
    assert after.previous == before
    assert [each.organisation for each in after.listed.all()] == [finding.organisation]
    page = client.get(at("page", after)).content.decode()
    assert "尚未办结 1 家" in page
    behind = client.get(at("figure_list", before), {"place": "balance"}).content.decode()
    assert finding.organisation.name in behind


def test_the_list_narrows_by_state_and_says_where_there_is_none(client: Client, drafter: User) -> None:
    empty = client.get(reverse("campaign_list")).content.decode()
    assert "拟定第一次行动" in empty
    running_campaign("2022")
    drafted("2023")
    listed = client.get(reverse("campaign_list"))
    assert [each.code for each in listed.context["page"].rows] == ["2023", "2022"]
    narrowed = client.get(reverse("campaign_list"), {"state": "draft"})
    assert [each.code for each in narrowed.context["page"].rows] == ["2023"]
    assert "没有这一状态的行动" in client.get(reverse("campaign_list"), {"state": "paused"}).content.decode()


def test_a_step_upon_an_old_page_is_refused_by_the_action_too(director: User) -> None:
    campaign = running_campaign()
    rows = CampaignEvent.objects.count()

    def never() -> None:
        raise AssertionError

    with pytest.raises(campaigns.Overtaken):
        campaigns.upon_event(campaign.pk, 1, never)
    assert CampaignEvent.objects.count() == rows
