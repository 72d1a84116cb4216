"""Documents on an organisation's pages: handed in, looked at, withdrawn; and who may."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django.utils import timezone

from registry.models import StoredFile
from registry.states import Role
from tests.console.situations import kept_document, user_of
from tests.factories import OrganisationFactory, UnitFactory
from tests.registry.documents import PDF, PNG

if TYPE_CHECKING:
    from django.test import Client
    from pytest_django import DjangoAssertNumQueries

    from registry.models import Organisation, User

pytestmark = pytest.mark.django_db

TODAY = timezone.localdate().isoformat()


@pytest.fixture
def body() -> Organisation:
    return OrganisationFactory.create(name="虚构区茶叶协会")


@pytest.fixture
def signed_in(client: Client, officer: User) -> Client:
    client.force_login(officer)
    return client


def add(body: Organisation) -> str:
    return reverse("organisation_file_document", args=[body.code])


def page_of(body: Organisation) -> str:
    return reverse("organisation_page", args=[body.code])


def sent(name: str = "章程.pdf", content: bytes = PDF, title: str = "二〇二六年章程") -> dict[str, object]:
    return {"title": title, "on": TODAY, "file": SimpleUploadedFile(name, content)}


def test_a_document_is_handed_in_shown_and_sent_back_unchanged(signed_in: Client, body: Organisation) -> None:
    form = signed_in.get(add(body)).content.decode()
    assert 'enctype="multipart/form-data"' in form
    assert "最大 20 MiB" in form
    assert signed_in.post(add(body), sent()).status_code == 302

    page = signed_in.get(page_of(body)).content.decode()
    assert "二〇二六年章程" in page
    assert "存入文件：二〇二六年章程" in page
    stored = StoredFile.objects.get()
    answer = signed_in.get(reverse("organisation_document", args=[body.code, stored.pk]))
    assert answer.content == PDF
    assert answer.headers["Content-Type"] == "application/pdf"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Content-Disposition"].startswith("attachment")


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [("章程.pdf", PNG, "与扩展名不符"), ("网页.html", b"<script>", "无法识别"), ("空.pdf", b"", "文件是空的")],
)
def test_what_is_no_document_is_refused_beside_the_field_and_the_title_stays(
    name: str, content: bytes, said: str, signed_in: Client, body: Organisation
) -> None:
    answer = signed_in.post(add(body), sent(name, content))
    page = answer.content.decode()
    assert answer.status_code == 422
    assert said in page
    assert "二〇二六年章程" in page
    assert not StoredFile.objects.exists()


def test_without_a_file_the_field_asks_for_one_and_twice_is_refused_by_rule(
    signed_in: Client, body: Organisation
) -> None:
    assert "请选择文件" in signed_in.post(add(body), {"title": "章程", "on": TODAY}).content.decode()
    signed_in.post(add(body), sent())
    assert "R-137" in signed_in.post(add(body), sent()).content.decode()
    assert StoredFile.objects.count() == 1


def test_a_document_is_withdrawn_with_a_reason_and_stays_readable(signed_in: Client, body: Organisation) -> None:
    stored = kept_document(body, title="会议纪要")
    address = reverse("organisation_document_withdraw", args=[body.code, stored.pk])
    body.refresh_from_db()
    told = {"on": TODAY, "version": body.version}
    assert "R-19" in signed_in.post(address, {**told, "reason": ""}).content.decode()
    answer = signed_in.post(address, {**told, "reason": "属于另一组织"}, follow=True)
    listed = answer.content.decode()
    assert "已作废" in listed
    assert "属于另一组织" in listed
    assert address not in listed
    body.refresh_from_db()
    again = {**told, "version": body.version, "reason": "再次"}
    assert "R-138" in signed_in.post(address, again).content.decode()
    assert signed_in.get(reverse("organisation_document", args=[body.code, stored.pk])).status_code == 200
    assert list(signed_in.get(page_of(body)).context["documents"]) == []


def test_a_document_whose_bytes_were_changed_is_not_sent(signed_in: Client, body: Organisation) -> None:
    stored = kept_document(body)
    file = Path(stored.file.path)
    file.chmod(0o600)
    file.write_bytes(PDF + b"%changed")
    answer = signed_in.get(reverse("organisation_document", args=[body.code, stored.pk]))
    assert answer.status_code == 409
    assert stored.sha256 in answer.content.decode()


def test_a_document_of_another_organisation_is_not_found(signed_in: Client, body: Organisation) -> None:
    other = kept_document(OrganisationFactory.create())
    for name in ("organisation_document", "organisation_document_withdraw"):
        assert signed_in.get(reverse(name, args=[body.code, other.pk])).status_code == 404


def test_a_supervising_unit_sees_the_body_but_none_of_its_documents(client: Client) -> None:
    unit = UnitFactory.create()
    body = OrganisationFactory.create(supervising_unit=unit)
    stored = kept_document(body, title="会议纪要")
    client.force_login(user_of(Role.SUPERVISING_UNIT, unit=unit))
    page = client.get(page_of(body)).content.decode()
    assert "documents-heading" not in page
    assert "会议纪要" not in page
    past = client.get(reverse("organisation_past", args=[body.code]), {"on": TODAY}).content.decode()
    assert "会议纪要" not in past
    assert client.get(reverse("organisation_document", args=[body.code, stored.pk])).status_code == 403


def test_the_list_asks_as_often_for_one_document_as_for_many(
    signed_in: Client, body: Organisation, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    kept_document(body)
    address = reverse("organisation_documents", args=[body.code])
    with django_assert_num_queries(4) as asked:
        signed_in.get(address)
    for number in range(12):
        kept_document(body, title=f"纪要{number}")
    with django_assert_num_queries(len(asked)):
        assert len(signed_in.get(address).context["page"].rows) == 13
