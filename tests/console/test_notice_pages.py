"""The pages of a case's documents: what one lacks and who sets it, the draft, the number, the files, voiding."""

from __future__ import annotations

from io import BytesIO
from typing import TYPE_CHECKING, Any

import pytest
from django.urls import reverse
from django.utils import timezone
from docx import Document

from cleanup.models import Case, Notice, NoticeSeries, Service
from cleanup.queries import notice_values
from cleanup.states import DocumentKind
from console.notice_forms import FROM_THE_LAW, FROM_THE_REGISTER, POLICY_OF
from registry.models import Event, Policy
from registry.states import Role
from tests.console.situations import confirmed_finding, fit_for_documents, issued_notice, user_of

if TYPE_CHECKING:
    from django.test import Client

pytestmark = pytest.mark.django_db

GUIDE = DocumentKind.CANCELLATION_GUIDE.value
FACTS = {"facts": "该单位已无人员和业务。"}


@pytest.fixture
def case() -> Case:
    return fit_for_documents(confirmed_finding())


@pytest.fixture
def _set_up() -> None:
    Policy.objects.filter(key="notice.prefix").update(value="虚民社")
    Policy.objects.filter(key="notice.contact").update(value="虚构路1号，000-0000000")


def draft(case: Case, kind: str = GUIDE) -> str:
    return reverse("notice_draft", args=[case.pk, kind])


def issue(client: Client, case: Case, kind: str = GUIDE, **told: Any) -> Any:
    return client.post(draft(case, kind), {"on": timezone.localdate(), "seen": 1, **FACTS, **told})


def test_what_the_bureau_has_not_set_is_named_with_who_sets_it(client: Client, case: Case) -> None:
    client.force_login(case.officer)
    shown = client.get(draft(case)).content.decode()
    assert "“文书文号的代字”尚未设定" in shown
    assert "“文书上的联系地址和电话”尚未设定" in shown
    assert "由登记人员、审核人、负责人在“法规与政策”中提出，经另一名审核人、负责人批准后生效" in shown
    assert reverse("law_policy", args=["notice.prefix"]) in shown
    answer = issue(client, case)
    assert (answer.status_code, "R-351" in answer.content.decode()) == (422, True)
    assert FACTS["facts"] in answer.content.decode()
    assert not Notice.objects.exists()


def test_every_place_a_document_fills_by_itself_has_words_for_being_empty() -> None:
    grounds = {"violated", "penalty_basis"}
    by_themselves = {
        *FROM_THE_REGISTER,
        *FROM_THE_LAW,
        *grounds,
        "treatment",
        "officers",
        "shortfall",
        "service_basis",
    } - {"prefix"}
    assert set(POLICY_OF) == set(FROM_THE_LAW)
    forms = notice_values.forms().values()
    assert {place for form in forms for place in form.places} == by_themselves | {
        each.name for form in forms for each in form.fields
    }


@pytest.mark.usefixtures("_set_up")
def test_a_document_is_issued_from_its_draft_and_offered_to_its_step(client: Client, case: Case) -> None:
    client.force_login(case.officer)
    assert "lacking" not in client.get(draft(case)).content.decode()
    answer = issue(client, case)
    made = Notice.objects.get()
    assert (answer.status_code, answer.url) == (302, reverse("notice_page", args=[made.pk]))
    assert made.document_no == f"虚民社注引〔{timezone.localdate().year}〕1号"
    shown = client.get(answer.url).content.decode()
    assert FACTS["facts"] in shown
    assert made.pdf.sha256 in shown
    page = client.get(reverse("case_page", args=[case.pk])).content.decode()
    assert f'value="{made.document_no}"' in page
    assert reverse("notice_page", args=[made.pk]) in page
    assert "制作注销登记指引" in page


@pytest.mark.usefixtures("_set_up")
def test_an_empty_field_is_marked_and_takes_no_number(client: Client, case: Case) -> None:
    client.force_login(case.officer)
    answer = issue(client, case, facts=" ")
    assert (answer.status_code, "field-wrong" in answer.content.decode()) == (422, True)
    assert not NoticeSeries.objects.filter(last__gt=0).exists()


def test_the_preview_is_a_pdf_and_writes_nothing(client: Client, case: Case) -> None:
    client.force_login(case.officer)
    before = Event.objects.count()
    answer = client.post(reverse("notice_preview", args=[case.pk, GUIDE]), FACTS)
    assert answer.headers["Content-Type"] == "application/pdf"
    assert answer.content.startswith(b"%PDF-")
    assert (Event.objects.count(), Notice.objects.count()) == (before, 0)


def test_the_files_are_taken_away_as_they_were_issued(client: Client) -> None:
    made = issued_notice(confirmed_finding())
    client.force_login(user_of(Role.AUDITOR))
    body = made.case.finding.organisation
    pdf = client.get(reverse("organisation_document", args=[body.code, made.pdf_id]))
    assert pdf.content.startswith(b"%PDF-")
    word = client.get(reverse("notice_word", args=[made.pk]))
    text = "\n".join(each.text for each in Document(BytesIO(word.content)).paragraphs)
    assert FACTS["facts"] in text
    assert body.name in text


def test_a_wrong_document_is_void_with_a_reason_while_it_was_not_sent(client: Client) -> None:
    made = issued_notice(confirmed_finding())
    client.force_login(made.made_by)
    at = reverse("notice_void", args=[made.pk])
    assert client.post(at, {"reason": " "}).status_code == 422
    assert client.post(at, {"reason": "数量有误"}).status_code == 302
    assert "已作废" in client.get(reverse("notice_page", args=[made.pk])).content.decode()
    again = client.post(at, {"reason": "数量有误"})
    assert (again.status_code, "R-354" in again.content.decode()) == (422, True)


@pytest.mark.usefixtures("_set_up")
def test_a_second_one_is_refused_while_the_first_stands_and_links_to_it(client: Client, case: Case) -> None:
    client.force_login(case.officer)
    issue(client, case)
    first = Notice.objects.get()
    shown = client.get(draft(case)).content.decode()
    assert reverse("notice_page", args=[first.pk]) in shown
    assert "R-353" in issue(client, case, seen=2).content.decode()
    assert not Service.objects.exists()


def test_a_kind_nobody_has_heard_of_leads_nowhere_and_a_foreign_one_is_refused(client: Client, case: Case) -> None:
    client.force_login(case.officer)
    assert client.get(draft(case, "poem")).status_code == 404
    answer = issue(client, case, DocumentKind.DECISION.value)
    assert "R-350" in answer.content.decode()
