"""The page of a case: what comes next and who may, what stands against it, how documents reach the body."""

from __future__ import annotations

import json
from datetime import timedelta
from io import BytesIO
from typing import TYPE_CHECKING, Any
from zipfile import ZipFile

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django.utils import timezone

from cleanup.models import Case, CaseStep, Service
from cleanup.states import Step, Treatment
from registry.models import Event, User
from registry.states import Role
from tests.cleanup.walks import Desk
from tests.console.situations import opened_case, user_of
from tests.registry.documents import PDF

if TYPE_CHECKING:
    from django.test import Client

pytestmark = pytest.mark.django_db


@pytest.fixture
def case() -> Case:
    return opened_case()


def page(client: Client, case: Case) -> str:
    return str(client.get(reverse("case_page", args=[case.pk])).content.decode())


def take(client: Client, case: Case, step: Step, **told: Any) -> Any:
    return client.post(reverse("case_step", args=[case.pk, step.value]), {"on": timezone.localdate(), **told})


def test_the_step_that_is_due_stands_open_and_the_way_shows_where_the_case_is(client: Client, case: Case) -> None:
    client.force_login(case.officer)
    shown = page(client, case)
    assert 'id="step-guide" class="move-open"' in shown
    assert '<li class="stepper-here" aria-current="step">注销指引' in shown
    assert "由" + str(case.officer) + "办理" in shown


def test_a_step_is_taken_from_its_form_and_told_in_the_timeline(client: Client, case: Case) -> None:
    client.force_login(case.officer)
    answer = take(client, case, Step.GUIDE, document_no="虚民社注引〔2026〕1号", content="已无人员")
    assert answer.status_code == 302
    assert CaseStep.objects.get(case=case).document_no == "虚民社注引〔2026〕1号"
    shown = page(client, case)
    assert '<li class="stepper-done">注销指引' in shown
    assert "注销登记指引文号" in shown
    assert "尚未送达" in shown


def test_a_refused_step_keeps_what_was_written_and_says_why(client: Client, case: Case) -> None:
    client.force_login(case.officer)
    answer = take(client, case, Step.GUIDE, content="写了半天的内容")
    assert answer.status_code == 422
    assert "R-236" in answer.content.decode()
    assert "写了半天的内容" in answer.content.decode()
    assert not CaseStep.objects.exists()


def test_whoever_may_not_take_a_step_reads_who_may_and_why_the_button_is_closed(client: Client, case: Case) -> None:
    other = user_of(Role.ENFORCEMENT, certified=True)
    client.force_login(other)
    guide = page(client, case).split('id="step-guide"')[1].split("</li>")[0]
    assert "disabled" in guide
    assert "R-235" in page(client, case)
    assert take(client, case, Step.GUIDE, document_no="1", content="x").status_code == 422
    client.force_login(user_of(Role.REGISTRATION))
    assert take(client, case, Step.GUIDE, document_no="1", content="x").status_code == 403
    assert "办理</p>" in page(client, case)


def test_a_step_that_is_none_leads_nowhere(client: Client, case: Case) -> None:
    client.force_login(case.officer)
    assert take_address(client, case, "conquer").status_code == 404
    assert take_address(client, case, "file").status_code == 302


def take_address(client: Client, case: Case, step: str) -> Any:
    return client.post(reverse("case_step", args=[case.pk, step]))


def test_a_document_is_sent_proved_by_a_file_or_comes_back(client: Client, case: Case) -> None:
    client.force_login(case.officer)
    take(client, case, Step.GUIDE, document_no="1", content="已无人员")
    step = CaseStep.objects.get(case=case)
    refused = client.post(reverse("service_send", args=[step.pk]), {"method": "electronic", "on": timezone.localdate()})
    assert (refused.status_code, "R-273" in refused.content.decode()) == (422, True)
    client.post(reverse("service_send", args=[step.pk]), {"method": "post", "on": timezone.localdate()})
    first = Service.objects.get()
    client.post(reverse("service_fail", args=[first.pk]), {"failure": "退件：查无此人"})
    client.post(reverse("service_send", args=[step.pk]), {"method": "in_person", "on": timezone.localdate()})
    second = Service.objects.get(round=2)
    told = {"served_on": timezone.localdate(), "proof": "送达回证"}
    assert client.post(reverse("service_prove", args=[second.pk]), told).status_code == 422
    paper = SimpleUploadedFile("回证.pdf", PDF, content_type="application/pdf")
    assert client.post(reverse("service_prove", args=[second.pk]), {**told, "content": paper}).status_code == 302
    second.refresh_from_db()
    assert (second.served_on, second.proof) == (timezone.localdate(), "送达回证")
    wrong = SimpleUploadedFile("回证.pdf", b"MZ", content_type="application/pdf")
    assert client.post(reverse("service_prove", args=[second.pk]), {**told, "content": wrong}).status_code == 422
    assert "送达</span>" in page(client, case)


def test_a_case_with_steps_is_not_closed_at_once_but_one_without_may_be_entered_late(
    client: Client, case: Case
) -> None:
    client.force_login(case.officer)
    assert 'id="close"' not in page(client, case)
    reviewer = user_of(Role.REVIEWER)
    client.force_login(reviewer)
    assert 'id="close"' in page(client, case)
    client.force_login(case.officer)
    take(client, case, Step.GUIDE, document_no="1", content="已无人员")
    client.force_login(reviewer)
    assert 'id="close"' not in page(client, case)


def test_the_two_officers_of_an_inquiry_are_chosen_among_the_certified(client: Client) -> None:
    desk = Desk(Treatment.REVOKE)
    desk.take(Step.FILE)
    User.objects.filter(pk=desk.officer.pk).update(certificate_until=timezone.localdate() + timedelta(days=9))
    client.force_login(desk.officer)
    inquire = page(client, desk.case).split('id="step-inquire"')[1].split("</form>")[0]
    assert str(desk.mate) in inquire
    assert str(desk.director) not in inquire
    told = {"second": desk.mate.pk, "manner": "records", "content": "调取档案", "shown": "on"}
    assert take(client, desk.case, Step.INQUIRE, **told).status_code == 302
    assert CaseStep.objects.get(step=Step.INQUIRE).second == desk.mate


def test_the_page_asks_the_database_no_more_often_however_long_the_case(
    client: Client, django_assert_max_num_queries: Any
) -> None:
    desk = Desk(Treatment.REVOKE)
    desk.to_effect()
    client.force_login(desk.officer)
    page(client, desk.case)
    with django_assert_max_num_queries(60):
        page(client, desk.case)


@pytest.mark.parametrize("treatment", [Treatment.RECTIFY, Treatment.MERGE, Treatment.REVOKE])
def test_every_track_has_a_page_for_everybody_who_works_on_it(client: Client, treatment: Treatment) -> None:
    desk = Desk(treatment)
    for who in (desk.officer, desk.director, desk.reviewer, user_of(Role.AUDITOR)):
        client.force_login(who)
        assert client.get(reverse("case_page", args=[desk.pk])).status_code == 200


def attach(client: Client, step: CaseStep, content: bytes = PDF, **told: Any) -> Any:
    scan = SimpleUploadedFile("笔录.pdf", content, content_type="application/pdf")
    told = {"step": step.pk, "title": "谈话笔录", "content": scan, **told}
    return client.post(reverse("case_attach", args=[step.case_id]), told)


def test_a_scan_is_kept_with_its_step_and_a_refusal_stands_beside_its_form(client: Client, case: Case) -> None:
    client.force_login(case.officer)
    take(client, case, Step.GUIDE, document_no="1", content="已无人员")
    step = CaseStep.objects.get(case=case)
    assert attach(client, step).status_code == 302
    shown = page(client, case)
    assert "存入个案材料：谈话笔录" in shown
    kept = step.files.get().stored
    assert reverse("organisation_document", args=[case.finding.organisation.code, kept.pk]) in shown
    again = attach(client, step)
    assert (again.status_code, "R-269" in again.content.decode()) == (422, True)
    assert attach(client, step, b"MZ").status_code == 422
    assert attach(client, step, title="").status_code == 422
    assert step.files.count() == 1


def test_the_evidence_pack_is_taken_away_as_of_a_day(client: Client, case: Case) -> None:
    client.force_login(case.officer)
    take(client, case, Step.GUIDE, document_no="1", content="已无人员")
    at = reverse("case_pack", args=[case.pk])
    answer = client.post(at, {"on": timezone.localdate().isoformat()})
    assert answer.headers["Content-Type"] == "application/zip"
    with ZipFile(BytesIO(answer.getvalue())) as archive:
        manifest = json.loads(archive.read("清单.json"))
        assert {each["name"] for each in manifest["files"]} == set(archive.namelist()) - {"清单.json", "目录.pdf"}
    taken = Event.objects.get(verb="case.evidence")
    assert (taken.by, taken.facts["evidence"]["files"]) == (case.officer, len(manifest["files"]))
    assert "下载个案证据包" in page(client, case)
    tomorrow = timezone.localdate() + timedelta(days=1)
    refused = client.post(at, {"on": tomorrow.isoformat()})
    assert (refused.status_code, "日期不能晚于今天" in refused.content.decode()) == (422, True)
