"""Findings: the list agrees with the figures, decisions are taken once, refusals say why and keep the text."""

from datetime import date

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from cleanup.actions import campaign as campaigns
from cleanup.actions import case as cases
from cleanup.actions import finding as verbs
from cleanup.models import Finding
from cleanup.queries.figures import funnel
from cleanup.states import FindingState, Treatment
from console.filters import STAGES
from registry.actions import organisation as organisations
from registry.models import Event, Organisation, User
from registry.states import Role, State
from tests.cleanup.situations import running_campaign
from tests.console.situations import open_finding, open_findings, user_of

pytestmark = pytest.mark.django_db

REASON = "已上门核查，确无活动"


@pytest.fixture
def registrar() -> User:
    return user_of(Role.REGISTRATION, display_name="测试登记员")


@pytest.fixture
def signed_in(client: Client, registrar: User) -> Client:
    client.force_login(registrar)
    return client


def post(client: Client, verb: str, finding: Finding, reason: str = REASON) -> tuple[int, str]:
    response = client.post(reverse(f"finding_{verb}", args=[finding.pk]), {"reason": reason})
    return response.status_code, response.content.decode()


def shown(client: Client, finding: Finding) -> str:
    return client.get(reverse("finding_page", args=[finding.pk])).content.decode()


def state_of(finding: Finding) -> str:
    return Finding.objects.values_list("state", flat=True).get(pk=finding.pk)


def test_confirming_leads_back_with_a_message_and_an_event(signed_in: Client, registrar: User) -> None:
    finding = open_finding()
    response = signed_in.post(reverse("finding_confirm", args=[finding.pk]), {"reason": REASON}, follow=True)
    assert response.redirect_chain == [(reverse("finding_page", args=[finding.pk]), 302)]
    assert "已确认线索，该组织纳入本次整治。" in response.content.decode()
    event = Event.objects.get(verb="finding.confirm")
    assert (event.by, event.reason, event.on) == (registrar, REASON, timezone.localdate())
    history = signed_in.get(reverse("organisation_page", args=[finding.organisation.code])).content.decode()
    assert "确认线索（情形 D）" in history
    assert REASON in history


def test_a_second_confirm_says_who_decided_and_when(signed_in: Client, registrar: User, client: Client) -> None:
    finding = open_finding()
    assert post(signed_in, "confirm", finding)[0] == 302
    client.force_login(user_of(Role.REVIEWER))
    status, page = post(client, "confirm", finding, "我也这样认为")
    today = timezone.localdate()
    assert status == 409
    assert f"该线索已由“测试登记员”于{today.year}年{today.month}月{today.day}日确认，理由：{REASON}。" in page
    assert "我也这样认为" in page
    assert Event.objects.filter(verb="finding.confirm").count() == 1


def test_a_double_click_confirms_once(signed_in: Client) -> None:
    finding = open_finding()
    assert [post(signed_in, "confirm", finding)[0] for _ in range(2)] == [302, 409]
    assert Event.objects.filter(verb="finding.confirm").count() == 1


@pytest.mark.parametrize("reason", ["", "   ", "\x00"])
@pytest.mark.parametrize("verb", ["confirm", "dismiss"])
def test_without_a_reason_the_rule_itself_answers(verb: str, reason: str, signed_in: Client) -> None:
    finding = open_finding()
    status, page = post(signed_in, verb, finding, reason)
    assert status == 422
    assert "R-41 写明确认或者排除的理由（依据：内部控制/理由）" in page
    assert state_of(finding) == FindingState.OPEN


def test_a_refusal_keeps_the_text_and_the_button_is_closed_with_its_reason(signed_in: Client, officer: User) -> None:
    finding = open_finding()
    organisations.hold(organisation_id=finding.organisation_id, by=officer, on=date(2022, 7, 1), reason="诉讼中")
    page = shown(signed_in, finding)
    assert "disabled" in page
    assert "未处于暂缓处理期间" in page
    status, page = post(signed_in, "confirm", finding)
    assert status == 422
    assert "R-40" in page
    assert f">\n{REASON}</textarea>" in page


def test_a_concluded_campaign_confirms_nobody(signed_in: Client, officer: User) -> None:
    finding = open_finding()
    campaigns.conclude(campaign_id=finding.campaign_id, by=officer, on=date(2022, 12, 31))
    status, page = post(signed_in, "confirm", finding)
    assert status == 422
    assert "所属整治行动正在进行" in page


def test_dismissing_ends_it_and_says_so(signed_in: Client) -> None:
    finding = open_finding()
    assert post(signed_in, "dismiss", finding)[0] == 302
    assert state_of(finding) == FindingState.DISMISSED
    assert "测试登记员" in shown(signed_in, finding)
    status, page = post(signed_in, "confirm", finding)
    assert status == 409
    assert "排除，理由" in page


def test_a_withdrawn_finding_cannot_be_decided(signed_in: Client) -> None:
    finding = open_finding()
    finding.withdraw(on=date(2022, 7, 1))
    finding.save()
    status, page = post(signed_in, "confirm", finding)
    assert status == 409
    assert "于2022年7月1日自动撤回" in page


def test_a_confirmed_body_is_marked_dormant_once(signed_in: Client, client: Client) -> None:
    finding = open_finding()
    post(signed_in, "confirm", finding)
    assert "认定为僵尸型（休眠）" in shown(signed_in, finding)
    assert post(signed_in, "mark_dormant", finding)[0] == 302
    assert Organisation.objects.get(pk=finding.organisation_id).state == State.DORMANT
    assert "内部工作标识，非法定状态" in shown(signed_in, finding)
    status, page = post(signed_in, "mark_dormant", finding)
    assert status == 409
    assert "该组织已由“测试登记员”于" in page
    assert post(signed_in, "dismiss", finding)[0] == 422


def test_an_unconfirmed_body_is_not_marked_dormant(signed_in: Client) -> None:
    finding = open_finding()
    status, page = post(signed_in, "mark_dormant", finding)
    assert status == 422
    assert "R-02" in page


def test_who_may_only_look_sees_no_buttons(client: Client) -> None:
    finding = open_finding()
    client.force_login(user_of(Role.AUDITOR))
    page = shown(client, finding)
    assert "<textarea" not in page
    assert "您的角色可以查看，不能决定。" in page


def test_the_page_shows_the_frozen_facts_and_where_they_stand_today(signed_in: Client) -> None:
    finding = open_finding()
    page = shown(signed_in, finding)
    for words in ("2022年6月1日发现", "住所联系失败次数", "今天仍符合", "民发〔2021〕63号/D"):
        assert words in page, words


def in_every_stage(by: User) -> list[Finding]:
    findings = open_findings(7)
    on = timezone.localdate()
    for finding in (*findings[1:4], findings[6]):
        verbs.confirm(finding_id=finding.pk, by=by, on=on, reason="属实")
    for finding in findings[2:4]:
        case = cases.open_case(finding_id=finding.pk, treatment=Treatment.CANCEL, officer=by, by=by, on=on)
    cases.close_case(
        case_id=case.pk,
        by=by,
        on=on,
        reason="注销完毕",
        resolution_on=date(2022, 6, 2),
        consent_no="",
        liquidation_report_on=date(2022, 6, 3),
    )
    verbs.dismiss(finding_id=findings[4].pk, by=by, on=on, reason="正常活动")
    findings[5].withdraw(on=on)
    findings[5].save()
    papers = {"resolution_on": on, "consent_no": "", "liquidation_report_on": on}
    organisations.cancel(organisation_id=findings[6].organisation_id, by=by, on=on, reason="自行解散", **papers)
    return findings


def test_the_list_and_the_dashboard_count_the_same(signed_in: Client, officer: User) -> None:
    findings = in_every_stage(officer)
    figures = funnel(findings[0].campaign, as_of=timezone.localdate())
    tabs = {tab["value"]: tab["count"] for tab in signed_in.get(reverse("finding_list")).context["tabs"]}
    assert tabs["included"] == figures.included == 4
    for stage in ("pending", "not_started", "in_progress", "completed"):
        assert tabs[stage] == getattr(figures, stage) == (2 if stage == "completed" else 1)
    assert sum(tabs[stage] for stage in STAGES) == tabs[""] == 7
    for stage in (*STAGES, "included"):
        rows = signed_in.get(reverse("finding_list"), {"stage": stage, "campaign": "2022"}).context["page"].rows
        assert len(rows) == tabs[stage]
    dashboard = signed_in.get(reverse("dashboard")).content.decode()
    assert "纳入 4 = 已完成 2 + 办理中 1 + 未启动 1；待核实 1 另计" in dashboard


def test_the_page_says_by_which_exit_a_body_was_cleared_and_nothing_waits_any_more(
    signed_in: Client, officer: User
) -> None:
    finding = in_every_stage(officer)[6]
    page = shown(signed_in, finding)
    assert "本次行动中按注销计为已完成" in page
    assert reverse("case_open", args=[finding.pk]) not in page
    waiting = {"stage": "to_do", "campaign": "2022"}
    rows = signed_in.get(reverse("finding_list"), waiting).context["page"].rows
    assert finding not in rows


def test_the_list_asks_the_database_as_often_for_one_row_as_for_thirty(
    signed_in: Client, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    campaign = running_campaign()
    open_findings(1, campaign=campaign)
    address = reverse("finding_list")
    with django_assert_num_queries(6) as one:
        signed_in.get(address)
    open_findings(29, campaign=campaign)
    with django_assert_num_queries(len(one.captured_queries)):
        assert len(signed_in.get(address).context["page"].rows) == 30


def test_an_empty_list_says_what_to_do_next(signed_in: Client) -> None:
    assert "自动排查" in signed_in.get(reverse("finding_list")).content.decode()
    open_finding()
    assert "清除全部条件" in signed_in.get(reverse("finding_list"), {"q": "没有的字"}).content.decode()
