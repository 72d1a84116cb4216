"""Cases: found by filters, opened only lawfully, handed over, closed with what their treatment asks."""

from datetime import date, timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from cleanup.actions import case as case_actions
from cleanup.models import Case, Finding
from cleanup.states import CaseState, Treatment
from console.collisions import written
from console.work_forms import OpenCaseForm
from registry.models import Event, User
from registry.states import Role, State
from tests.cleanup.situations import running_campaign
from tests.console.situations import confirmed_finding, open_findings, opened_case, user_of
from tests.factories import OrganisationFactory, UnitFactory

pytestmark = pytest.mark.django_db

PAPERS = {"resolution_on": "2022-06-02", "consent_no": "", "liquidation_report_on": "2022-06-03"}


@pytest.fixture
def enforcer() -> User:
    """Return a reviewer who enforces: may work by steps, and enter afterwards what was done elsewhere."""
    return user_of(Role.REVIEWER, certified=True)


def test_who_works_by_steps_cannot_close_past_them(client: Client) -> None:
    case = opened_case()
    client.force_login(user_of(Role.ENFORCEMENT, certified=True))
    page = shown(client, case)
    assert "补录" not in page
    response = close(client, case, resolution_on="2022-06-02")
    assert response.status_code == 422
    assert "由审核人补录" in response.content.decode()
    assert Case.objects.get(pk=case.pk).state == CaseState.OPEN


@pytest.fixture
def signed_in(client: Client, enforcer: User) -> Client:
    client.force_login(enforcer)
    return client


def shown(client: Client, case: Case) -> str:
    response = client.get(reverse("case_page", args=[case.pk]))
    assert response.status_code == 200
    return response.content.decode()


def close(client: Client, case: Case, **told: Any) -> Any:
    whole = {"on": timezone.localdate().isoformat(), "reason": "办理完毕", **told}
    return client.post(reverse("case_close", args=[case.pk]), whole)


def abnormal(finding: Finding, criteria: str) -> Finding:
    """Let a finding stand on criteria that carry a ground for a penalty."""
    Finding.objects.filter(pk=finding.pk).update(criteria=criteria)
    finding.refresh_from_db()
    return finding


# --- opening ----------------------------------------------------------------------------------------------


def test_only_lawful_treatments_can_be_chosen_and_the_others_say_why(signed_in: Client) -> None:
    page = signed_in.get(reverse("case_open", args=[confirmed_finding().pk])).content.decode()
    radio = {each: page.split(f'id="treatment-{each}"')[1].split(">")[0] for each in Treatment.values}
    assert {each for each, tag in radio.items() if "disabled" in tag} == {Treatment.REVOKE, Treatment.REVOKE_LICENCE}
    assert "R-45 撤销登记须有法定事由" in page
    assert "R-46 吊销登记证书只适用于慈善组织" in page


def test_a_case_is_opened_from_the_findings_page(signed_in: Client, enforcer: User) -> None:
    finding = confirmed_finding()
    address = reverse("case_open", args=[finding.pk])
    assert address in signed_in.get(reverse("finding_page", args=[finding.pk])).content.decode()
    told = {
        "treatment": "cancel",
        "officer": enforcer.pk,
        "due_on": (timezone.localdate() + timedelta(days=20)).isoformat(),
        "document_no": "虚民立〔2026〕1号",
    }
    response = signed_in.post(address, told)
    case = Case.objects.get(finding=finding)
    assert response["Location"] == reverse("case_page", args=[case.pk])
    page = shown(signed_in, case)
    for words in ("已立案。", "还有20日", "虚民立〔2026〕1号", "立案：注销"):
        assert words in page, words
    page = signed_in.get(reverse("finding_page", args=[finding.pk])).content.decode()
    assert address not in page
    assert reverse("case_page", args=[case.pk]) in page


def test_opening_twice_leads_to_the_one_case(signed_in: Client, enforcer: User) -> None:
    address = reverse("case_open", args=[confirmed_finding().pk])
    for _ in range(2):
        response = signed_in.post(address, {"treatment": "cancel", "officer": enforcer.pk})
    case = Case.objects.get()
    assert response["Location"] == reverse("case_page", args=[case.pk])
    assert f"该线索已经立案，由“{enforcer}”承办，本次提交没有重复立案" in shown(signed_in, case)
    assert signed_in.get(address)["Location"] == reverse("case_page", args=[case.pk])
    assert Event.objects.filter(verb="case.open").count() == 1


def test_a_penalty_without_a_certificate_is_refused_and_the_form_keeps_its_text(signed_in: Client) -> None:
    finding, officer = abnormal(confirmed_finding(), "A"), user_of(Role.REVIEWER)
    told = {"treatment": "revoke", "officer": officer.pk, "document_no": "虚民立〔2026〕2号"}
    response = signed_in.post(reverse("case_open", args=[finding.pk]), told)
    page = response.content.decode()
    assert response.status_code == 422
    assert "R-111 承办人当日持有有效的执法证" in page
    assert "虚民立〔2026〕2号" in page
    assert not Case.objects.exists()


def test_an_unlawful_treatment_posted_all_the_same_is_refused(signed_in: Client, enforcer: User) -> None:
    told = {"treatment": "revoke_licence", "officer": enforcer.pk}
    response = signed_in.post(reverse("case_open", args=[confirmed_finding().pk]), told)
    assert response.status_code == 422
    assert "没有立案" in response.content.decode()
    assert not Case.objects.exists()


@pytest.mark.parametrize(
    ("told", "words"),
    [
        ({}, "请选择处置方式"),
        ({"treatment": "nonsense"}, "请选择处置方式"),
        ({"treatment": "cancel"}, "请选择承办人"),
        ({"treatment": "cancel", "due_on": "明天"}, "请填写日期"),
    ],
)
def test_what_is_missing_is_said_beside_the_field(told: dict[str, str], words: str, signed_in: Client) -> None:
    response = signed_in.post(reverse("case_open", args=[confirmed_finding().pk]), told)
    assert response.status_code == 422
    assert words in response.content.decode()


def test_a_due_day_before_the_opening_is_refused_in_words(signed_in: Client, enforcer: User) -> None:
    told = {"treatment": "cancel", "officer": enforcer.pk, "due_on": "2022-01-01"}
    response = signed_in.post(reverse("case_open", args=[confirmed_finding().pk]), told)
    assert response.status_code == 422
    assert "R-54 立案日期不晚于今天，办理期限不早于立案日期" in response.content.decode()


def test_an_open_finding_offers_no_treatment(signed_in: Client) -> None:
    page = signed_in.get(reverse("case_open", args=[open_findings()[0].pk])).content.decode()
    assert "R-44 线索已经确认" in page
    assert 'class="main" disabled' in page


# --- closing ----------------------------------------------------------------------------------------------


def test_closing_without_documents_says_which_rules_and_keeps_the_text(signed_in: Client) -> None:
    case = opened_case()
    response = close(signed_in, case, reason="已完成清算")
    page = response.content.decode()
    assert response.status_code == 422
    assert "R-09 有内部决议" in page
    assert "R-11 清算已完成" in page
    assert "已完成清算" in page
    case.refresh_from_db()
    assert case.state == CaseState.OPEN


def test_a_cancellation_closes_the_case_and_moves_the_body(signed_in: Client, enforcer: User) -> None:
    case = opened_case()
    assert close(signed_in, case, **PAPERS).status_code == 302
    case.refresh_from_db()
    assert case.state == CaseState.CLOSED
    assert case.finding.organisation.state == State.DEREGISTERED
    page = shown(signed_in, case)
    for words in ("个案已办结。", "结果：注销", "注销登记", "决议日期"):
        assert words in page, words


def test_what_can_no_longer_be_sent_is_told_as_the_form_has_shown_it(enforcer: User) -> None:
    given = {
        "treatment": "revoke",
        "officer": str(enforcer.pk),
        "due_on": "2026-12-01",
        "document_no": "虚民社立〔2026〕3号",
    }
    told = dict(written(OpenCaseForm(given)))
    assert told["处置方式"] == "撤销登记"
    assert told["承办人"].startswith(f"{enforcer}（")
    assert told["办理期限"] == "2026年12月1日"
    assert told["立案文书号"] == "虚民社立〔2026〕3号"
    assert dict(written(OpenCaseForm({**given, "treatment": "x", "officer": "y"})))["处置方式"] == "x"


def test_closing_twice_says_who_closed_it_and_keeps_the_text(signed_in: Client, enforcer: User) -> None:
    case = opened_case()
    close(signed_in, case, **PAPERS)
    response = close(signed_in, case, **PAPERS, reason="第二次点击")
    page = response.content.decode()
    assert response.status_code == 409
    assert f"该个案已由“{enforcer}”于" in page
    assert "第二次点击" in page
    assert Event.objects.filter(verb="organisation.cancel").count() == 1


def test_a_case_of_a_body_that_has_left_ends_with_that_outcome(signed_in: Client) -> None:
    bodies = open_findings(2)
    first, second = opened_case(bodies[0]), opened_case(bodies[1], treatment=Treatment.MERGE)
    Finding.objects.filter(pk=second.finding_id).update(
        campaign=running_campaign("另"), organisation=bodies[0].organisation
    )
    close(signed_in, first, **PAPERS)
    assert "该组织已经退出（注销），个案以此结果办结" in shown(signed_in, second)
    assert close(signed_in, second).status_code == 302
    second.refresh_from_db()
    assert second.outcome == "cancelled"


def test_a_penalty_closes_with_its_decision(signed_in: Client, enforcer: User) -> None:
    case = opened_case(abnormal(confirmed_finding(), "A"), treatment=Treatment.REVOKE, officer=enforcer)
    page = shown(signed_in, case)
    assert f"{enforcer.certificate_no}，有效期至2031年12月31日" in page
    told = {"decision_no": "虚民罚〔2026〕1号", "decided_on": "2026-11-01", "served_on": "2026-11-10"}
    by_oneself = close(signed_in, case, **told)
    assert (by_oneself.status_code, "R-444" in by_oneself.content.decode()) == (422, True)
    signed_in.force_login(user_of(Role.REVIEWER))
    assert close(signed_in, case, **told).status_code == 302
    case.refresh_from_db()
    assert case.finding.organisation.is_revoked_not_cancelled


def test_an_expired_certificate_shuts_the_button_and_the_door(signed_in: Client, enforcer: User) -> None:
    case = opened_case(abnormal(confirmed_finding(), "A"), treatment=Treatment.REVOKE, officer=enforcer)
    User.objects.filter(pk=enforcer.pk).update(certificate_until=date(2022, 1, 1))
    page = shown(signed_in, case)
    assert 'aria-describedby="closed-close"' in page
    assert "R-111" in page
    told = {"decision_no": "虚民罚〔2026〕1号", "decided_on": "2026-11-01", "served_on": "2026-11-10"}
    assert close(signed_in, case, **told).status_code == 422


def test_a_merger_names_a_body_on_the_register(signed_in: Client) -> None:
    case, successor = opened_case(treatment=Treatment.MERGE), OrganisationFactory.create()
    response = close(signed_in, case, successor="无此代码", resolution_on="2022-06-02")
    assert response.status_code == 422
    assert "R-15 写明合并后的组织" in response.content.decode()
    assert "无此代码" in response.content.decode()
    assert (
        close(signed_in, case, successor=f" {successor.code.lower()} ", resolution_on="2022-06-02").status_code == 302
    )
    case.finding.organisation.refresh_from_db()
    assert case.finding.organisation.successor == successor


def test_a_rectification_shows_what_is_still_met_and_refuses_until_cured(signed_in: Client) -> None:
    case = opened_case(treatment=Treatment.RECTIFY)
    page = shown(signed_in, case)
    assert "情形D如何消除" in page
    assert 'class="verdict verdict-met"' in page
    response = close(signed_in, case, cured_D="已取得联系")
    assert response.status_code == 422
    assert "R-49" in response.content.decode()
    assert "已取得联系" in response.content.decode()


def test_a_day_nobody_can_read_is_said_beside_its_field(signed_in: Client) -> None:
    response = close(signed_in, opened_case(), resolution_on="去年")
    assert response.status_code == 422
    assert 'id="close_resolution_on_error"' in response.content.decode()


# --- handing over -----------------------------------------------------------------------------------------


def test_a_director_hands_a_case_to_another_officer(client: Client) -> None:
    case, successor = opened_case(), user_of(Role.ENFORCEMENT)
    client.force_login(user_of(Role.DIRECTOR))
    assert "case_close" not in shown(client, case)
    told = {"officer": successor.pk, "reason": "原承办人外出", "seen": case.officer_id}
    assert client.post(reverse("case_reassign", args=[case.pk]), told).status_code == 302
    case.refresh_from_db()
    assert case.officer == successor
    assert "原承办人外出" in shown(client, case)


def test_a_case_whose_body_has_left_is_handed_over_too(client: Client, signed_in: Client) -> None:
    case, successor = opened_case(), user_of(Role.ENFORCEMENT)
    assert close(signed_in, case, **PAPERS).status_code == 302
    client.force_login(user_of(Role.DIRECTOR))
    assert 'id="reassign"' in shown(client, case)
    told = {"officer": successor.pk, "reason": "原承办人调离", "seen": case.officer_id}
    assert client.post(reverse("case_reassign", args=[case.pk]), told).status_code == 302
    case.refresh_from_db()
    assert (case.state, case.officer) == ("closed", successor)


def test_handing_over_without_a_reason_is_refused(signed_in: Client) -> None:
    case, successor = opened_case(), user_of(Role.ENFORCEMENT)
    told = {"officer": successor.pk, "reason": "", "seen": case.officer_id}
    response = signed_in.post(reverse("case_reassign", args=[case.pk]), told)
    assert response.status_code == 422
    assert "R-19 写明理由" in response.content.decode()
    response = signed_in.post(reverse("case_reassign", args=[case.pk]), {"reason": "外出", "seen": case.officer_id})
    assert response.status_code == 422
    assert "请选择承办人" in response.content.decode()


def test_who_saw_another_officer_reads_who_has_it_now(signed_in: Client) -> None:
    case, seen = opened_case(), user_of(Role.ENFORCEMENT)
    other = user_of(Role.REVIEWER)
    told = {"officer": other.pk, "reason": "分工调整", "seen": seen.pk}
    response = signed_in.post(reverse("case_reassign", args=[case.pk]), told)
    page = response.content.decode()
    assert response.status_code == 409
    assert f"该个案现由“{case.officer}”承办" in page
    assert "分工调整" in page


def test_who_may_only_look_sees_no_forms(client: Client) -> None:
    case = opened_case()
    client.force_login(user_of(Role.AUDITOR))
    page = shown(client, case)
    assert "<textarea" not in page
    assert "一次办结" not in page
    assert client.post(reverse("case_close", args=[case.pk]), {"reason": "x"}).status_code == 403
    assert client.post(reverse("case_reassign", args=[case.pk]), {"reason": "x"}).status_code == 403


# --- the list ---------------------------------------------------------------------------------------------


def test_the_list_is_filtered_by_what_stands_in_the_address(signed_in: Client, enforcer: User) -> None:
    first, second = open_findings(2)
    near = opened_case(first, officer=enforcer, due_on=timezone.localdate() + timedelta(days=3), document_no="文1号")
    other = opened_case(second, treatment=Treatment.MERGE)
    found = {
        "": [near, other],
        "officer": [near],
        "treatment=merge": [other],
        "due=14": [near],
        "due=overdue": [],
        "due=undated": [other],
        "state=open": [near, other],
        "state=closed": [],
        "q=文1": [near],
        f"q={other.finding.organisation.code}": [other],
        "campaign=2022": [near, other],
        "campaign=nonsense&officer=nobody": [near, other],
        "outcome=cancelled": [],
    }
    for query, cases in found.items():
        asked = f"officer={enforcer.pk}" if query == "officer" else query
        rows = signed_in.get(f"{reverse('case_list')}?{asked}").context["page"].rows
        assert {each.pk for each in rows} == {each.pk for each in cases}, query
    assert "没有符合条件的个案" in signed_in.get(f"{reverse('case_list')}?state=closed").content.decode()


def test_an_empty_list_leads_to_the_findings(signed_in: Client) -> None:
    assert "还没有个案" in signed_in.get(reverse("case_list")).content.decode()


def test_a_supervising_unit_sees_the_cases_of_its_own_only(client: Client) -> None:
    own_unit = UnitFactory.create()
    own = opened_case(confirmed_finding(supervising_unit=own_unit))
    campaign = running_campaign("别处")
    other = opened_case(open_findings(1, campaign=campaign, supervising_unit=UnitFactory.create())[0])
    client.force_login(user_of(Role.SUPERVISING_UNIT, unit=own_unit))
    assert client.get(reverse("case_list")).context["page"].rows == [own]
    assert client.get(reverse("case_page", args=[other.pk])).status_code == 404
    assert 'id="notes"' not in shown(client, own)


def test_list_and_page_ask_as_often_for_one_as_for_thirty(
    signed_in: Client, enforcer: User, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    campaign = running_campaign()
    case = opened_case(open_findings(1, campaign=campaign)[0], officer=enforcer)
    with django_assert_num_queries(6) as listed:
        signed_in.get(reverse("case_list"))
    with django_assert_num_queries(17) as one:
        shown(signed_in, case)
    for finding in open_findings(29, campaign=campaign):
        opened_case(finding, officer=enforcer)
    for number in range(4):
        case_actions.reassign_case(
            case_id=case.pk, officer=user_of(Role.REVIEWER), seen_id=Case.objects.get(pk=case.pk).officer_id,
            by=enforcer, on=timezone.localdate(), reason=f"第{number}次",
        )  # fmt: skip
    with django_assert_num_queries(len(listed.captured_queries)):
        signed_in.get(reverse("case_list"))
    with django_assert_num_queries(len(one.captured_queries)):
        shown(signed_in, case)
