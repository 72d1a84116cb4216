"""Verification on pages: the test of contact, opinions, local criteria, wrong flags."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django.utils import timezone

from cleanup.actions import finding as findings
from cleanup.models import ContactTest, ContactTry, Determination, OpinionRequest
from cleanup.states import Stance
from registry.models import ContactAttempt, Deadline, StoredFile, User
from registry.states import Role
from tests.cleanup.situations import running_campaign
from tests.console.situations import asked_opinion, open_finding, open_findings, user_of
from tests.factories import OrganisationFactory, UnitFactory, UserFactory
from tests.registry.documents import PDF

if TYPE_CHECKING:
    from django.http import HttpResponse
    from django.test import Client

    from cleanup.models import Finding
    from registry.models import Organisation

pytestmark = pytest.mark.django_db


@pytest.fixture
def officer(client: Client) -> User:
    user = user_of(Role.ENFORCEMENT)
    client.force_login(user)
    return user


@pytest.fixture
def body() -> Organisation:
    return OrganisationFactory.create(address="虚构区一号路1号")


def post(client: Client, name: str, pk: int | str, **told: object) -> HttpResponse:
    return client.post(reverse(name, args=[pk]), {"on": timezone.localdate().isoformat(), **told})


def test_a_test_of_contact_is_walked_through_on_its_page(client: Client, officer: User, body: Organisation) -> None:
    page = reverse("organisation_contact_test", args=[body.code])
    assert "开始联系核查" in client.get(page).content.decode()
    post(client, "organisation_contact_begin", body.code)
    test = ContactTest.objects.get()
    today = timezone.localdate()
    assert post(client, "contact_letter", test.pk, tracking_no="XA123").status_code == 302
    shown = client.get(page).content.decode()
    for words in (
        "虚构区一号路1号",
        "挂号单号 XA123",
        "待反馈",
        "第二封信函应在",
        "15 至 30 日",
        "还有 1 次联系没有结果",
    ):
        assert words in shown, words
    made = ContactTry.objects.get()
    refused = post(client, "contact_settle", made.pk, outcome="failed", proof="")
    assert refused.status_code == 422
    photo = SimpleUploadedFile("退信.pdf", PDF)
    settled = post(client, "contact_settle", made.pk, outcome="failed", proof="退回：迁移新址不明", file=photo)
    assert settled.status_code == 302
    assert StoredFile.objects.get().title == "挂号信函（住所）凭证"
    early = post(client, "contact_letter", test.pk, tracking_no="XA124")
    assert early.status_code == 422
    assert "R-424" in early.content.decode()
    assert "XA124" in early.content.decode()
    assert (
        post(client, "contact_call", test.pk, channel="visit", outcome="reached", proof="现场笔录").status_code == 302
    )
    end = post(client, "contact_conclude", test.pk, verdict="unreachable", reason="无人")
    assert end.status_code == 422
    assert "R-427" in end.content.decode()
    assert post(client, "contact_conclude", test.pk, verdict="reached", reason="上门见到负责人").status_code == 302
    shown = client.get(page).content.decode()
    assert "上门见到负责人" in shown
    assert "重新核查" in shown
    assert ContactAttempt.objects.filter(organisation=body, tried_on=today).count() == 2


def test_what_is_no_document_and_an_empty_day_are_said_beside_the_field(
    client: Client, officer: User, body: Organisation
) -> None:
    post(client, "organisation_contact_begin", body.code)
    test = ContactTest.objects.get()
    wrong = SimpleUploadedFile("x.pdf", b"no document")
    told = {"channel": "visit", "outcome": "failed", "proof": "无人"}
    assert post(client, "contact_call", test.pk, file=wrong, **told).status_code == 422
    answer = client.post(reverse("contact_letter", args=[test.pk]), {"on": "", "tracking_no": "1"})
    assert answer.status_code == 422
    assert "请填写日期" in answer.content.decode()
    assert not ContactTry.objects.exists()


def test_others_look_at_a_test_and_do_not_act(client: Client, body: Organisation) -> None:
    client.force_login(user_of(Role.REVIEWER))
    page = client.get(reverse("organisation_contact_test", args=[body.code])).content.decode()
    assert "还没有联系核查" in page
    assert "开始联系核查" not in page


def test_an_opinion_is_asked_for_and_recorded_on_the_findings_page(client: Client, officer: User) -> None:
    unit = UnitFactory.create(name="虚构区教育局")
    finding = open_finding(supervising_unit=unit)
    page = reverse("finding_page", args=[finding.pk])
    assert "没有征求过意见" in client.get(page).content.decode()
    ask = reverse("opinion_ask", args=[finding.pk])
    assert "虚构区教育局（业务主管单位）" in client.get(ask).content.decode()
    due = (timezone.localdate() + timedelta(days=10)).isoformat()
    told = {"asked": "supervisor", "document_no": "虚民函〔2026〕3号", "due_on": due}
    refused = post(client, "opinion_ask", finding.pk, question="", **told)
    assert refused.status_code == 422
    assert "R-429" in refused.content.decode()
    assert post(client, "opinion_ask", finding.pk, question="是否属实", **told).status_code == 302
    made = OpinionRequest.objects.get()
    shown = client.get(page).content.decode()
    assert "等待答复" in shown
    assert "业务主管单位答复期限" in client.get(reverse("deadline_list")).content.decode()
    silent = post(client, "opinion_answer", made.pk, stance="silent", answer="催告两次")
    assert silent.status_code == 422
    assert "R-432" in silent.content.decode()
    assert "催告两次" in silent.content.decode()
    assert post(client, "opinion_answer", made.pk, stance="agrees", answer="情况属实").status_code == 302
    shown = client.get(page).content.decode()
    assert "属实，同意纳入" in shown
    assert "情况属实" in shown
    again = client.get(reverse("opinion_answer", args=[made.pk])).content.decode()
    assert "记录：属实，同意纳入" in again


def test_a_body_with_nobody_to_ask_says_so(client: Client, officer: User) -> None:
    page = client.get(reverse("opinion_ask", args=[open_finding().pk])).content.decode()
    assert "没有可以征求意见的单位" in page


def test_a_supervising_unit_answers_itself_and_sees_only_what_it_was_asked(client: Client) -> None:
    unit = UnitFactory.create()
    made, other = (asked_opinion(each) for each in (open_finding(supervising_unit=unit), open_finding_elsewhere()))
    client.force_login(user_of(Role.SUPERVISING_UNIT, unit=unit))
    page = client.get(reverse("finding_page", args=[made.finding_id])).content.decode()
    assert reverse("opinion_answer", args=[made.pk]) in page
    form = client.get(reverse("opinion_answer", args=[made.pk])).content.decode()
    assert "逾期没有答复" not in form
    assert post(client, "opinion_answer", made.pk, stance="silent", answer="x").status_code == 422
    assert post(client, "opinion_answer", made.pk, stance="disagrees", answer="仍在活动").status_code == 302
    made.refresh_from_db()
    assert (made.stance, made.ended_by.role if made.ended_by else "") == (Stance.DISAGREES, Role.SUPERVISING_UNIT)
    assert client.get(reverse("opinion_answer", args=[other.pk])).status_code == 404
    assert Deadline.objects.get(subject_id=made.finding_id, kind="opinion.supervisor").met_on == timezone.localdate()


def open_finding_elsewhere() -> Finding:
    return open_findings(campaign=running_campaign("2023"), supervising_unit=UnitFactory.create())[0]


def test_a_local_criterion_is_entered_and_lifted_on_the_bodys_page(
    client: Client, officer: User, body: Organisation
) -> None:
    page = reverse("organisation_page", args=[body.code])
    address = reverse("organisation_determine", args=[body.code])
    told = {"criterion": "F", "document_no": "虚民认〔2026〕1号", "made_by_unit": "虚构区民政局"}
    on = timezone.localdate().isoformat()
    refused = client.post(address, {**told, "document_no": "", "on": on, "version": body.version})
    assert refused.status_code == 422
    assert "凭文书认定" in refused.content.decode()
    assert client.post(address, {**told, "on": on, "version": body.version}).status_code == 302
    shown = client.get(page).content.decode()
    assert "虚民认〔2026〕1号" in shown
    body.refresh_from_db()
    lift = {"criterion": "F", "on": on, "reason": "已换届", "version": body.version}
    assert client.post(reverse("organisation_lift_determination", args=[body.code]), lift).status_code == 302
    assert Determination.objects.get().lifted_on == timezone.localdate()


def test_wrong_flags_stand_on_figures_and_dashboard_and_open_their_lists(client: Client) -> None:
    client.force_login(user_of(Role.CLERK))
    found, today = open_findings(3), timezone.localdate()
    by = UserFactory.create()
    findings.confirm(finding_id=found[0].pk, by=by, on=today, reason="属实")
    findings.dismiss(finding_id=found[1].pk, by=by, on=today, reason="地址有误")
    for address in (reverse("campaign_figures", args=[found[0].campaign_id]), reverse("dashboard")):
        page = client.get(address).content.decode()
        assert "误报率" in page
        assert "50.0%" in page
    decided = client.get(reverse("finding_list"), {"campaign": "2022", "criterion": "D", "stage": "decided"})
    assert decided.context["total"] == 2
    assert len(decided.context["page"].rows) == 2
