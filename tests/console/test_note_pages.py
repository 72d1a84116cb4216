"""Notes: written on an organisation or one of its records, calling colleagues by name, read by the bureau alone."""

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from cleanup.models import Finding
from console.access import access_organisations, mentionable
from registry.actions.note import add_note
from registry.models import Event, Note, Organisation, Subject, User
from registry.states import Role, SubjectKind
from tests.console.situations import open_finding, opened_case, user_of
from tests.factories import OrganisationFactory, UnitFactory
from worker.actions.alert import reconcile
from worker.models import Alert
from worker.states import AlertKind

pytestmark = pytest.mark.django_db


@pytest.fixture
def registrar() -> User:
    return user_of(Role.REGISTRATION, display_name="测试经办人")


@pytest.fixture
def signed_in(client: Client, registrar: User) -> Client:
    client.force_login(registrar)
    return client


def write(client: Client, organisation: Organisation, text: str, **told: str) -> Any:
    return client.post(reverse("note_add", args=[organisation.code]), {"text": text, **told})


def test_a_note_on_a_finding_stands_on_its_page_and_with_the_organisation(signed_in: Client, registrar: User) -> None:
    finding = open_finding()
    events = Event.objects.count()
    page = reverse("finding_page", args=[finding.pk])
    response = write(signed_in, finding.organisation, "门牌已更换\n见照片", subject=f"finding:{finding.pk}")
    assert response["Location"] == f"{page}#notes"
    assert "门牌已更换<br>见照片" in signed_in.get(page).content.decode()
    everything = signed_in.get(reverse("organisation_notes", args=[finding.organisation.code])).content.decode()
    assert "门牌已更换" in everything
    assert page in everything
    assert Event.objects.count() == events


def test_a_note_on_a_case_and_one_on_the_organisation_lead_back_where_they_were_written(signed_in: Client) -> None:
    case = opened_case()
    organisation = case.finding.organisation
    back = write(signed_in, organisation, "个案备注", subject=f"case:{case.pk}")["Location"]
    assert back == f"{reverse('case_page', args=[case.pk])}#notes"
    back = write(signed_in, organisation, "组织备注")["Location"]
    assert back == f"{reverse('organisation_page', args=[organisation.code])}#notes"


def test_a_colleague_called_by_name_is_alerted_and_led_to_the_note(signed_in: Client) -> None:
    finding, reviewer = open_finding(), user_of(Role.REVIEWER, display_name="审核员戊")
    write(signed_in, finding.organisation, "请@审核员戊看一下", subject=f"finding:{finding.pk}")
    note = Note.objects.get()
    assert list(note.mentions.all()) == [reviewer]
    reconcile(kind=AlertKind.MENTION, on=timezone.localdate())
    link = Alert.objects.get(recipient=reviewer).link
    assert link == f"{reverse('organisation_notes', args=[finding.organisation.code])}#note-{note.pk}"
    page = signed_in.get(link.partition("#")[0]).content.decode()
    assert f'id="note-{note.pk}"' in page
    assert "已提醒：审核员戊" in page


def test_only_who_may_see_every_organisation_can_be_called(signed_in: Client) -> None:
    unit, body = UnitFactory.create(), OrganisationFactory.create()
    for role in Role:
        user_of(role, unit=unit if role == Role.SUPERVISING_UNIT else None, display_name=f"某{role.label}")
    user_of(Role.REVIEWER, display_name="离任者", is_active=False)
    callable_ones = list(mentionable())
    assert callable_ones
    assert all(body in access_organisations(each) for each in callable_ones)
    write(signed_in, body, "@某业务主管单位 @某审计员 @离任者 @某审核人 请阅")
    assert [str(each) for each in Note.objects.get().mentions.all()] == ["某审核人"]


def test_an_empty_note_is_refused_in_the_rules_words(signed_in: Client) -> None:
    response = write(signed_in, OrganisationFactory.create(), "  ")
    assert response.status_code == 422
    assert "R-116 备注写有内容" in response.content.decode()
    assert not Note.objects.exists()


def test_a_note_sent_twice_is_written_once(signed_in: Client) -> None:
    organisation = OrganisationFactory.create()
    for _ in range(2):
        assert write(signed_in, organisation, "补齐后办结").status_code == 302
    assert Note.objects.count() == 1


@pytest.mark.parametrize("subject", ["finding:999999", "finding:x", "nonsense", "filing:1", "listing:1"])
def test_a_record_that_is_not_the_organisations_takes_no_note(subject: str, signed_in: Client) -> None:
    assert write(signed_in, OrganisationFactory.create(), "备注", subject=subject).status_code == 404
    other = open_finding()
    told = {"subject": f"finding:{other.pk}"}
    assert write(signed_in, OrganisationFactory.create(), "备注", **told).status_code == 404
    assert not Note.objects.exists()


def test_who_may_only_read_finds_no_form(client: Client) -> None:
    finding = open_finding()
    client.force_login(user_of(Role.AUDITOR))
    for name, key in (("organisation_notes", finding.organisation.code), ("finding_page", finding.pk)):
        page = client.get(reverse(name, args=[key])).content.decode()
        assert "还没有备注" in page
        assert "保存备注" not in page
    assert write(client, finding.organisation, "备注").status_code == 403


def test_a_supervising_unit_sees_no_notes_of_the_bureau(client: Client, registrar: User) -> None:
    unit = UnitFactory.create()
    finding = open_finding(supervising_unit=unit)
    add_note(organisation_id=finding.organisation_id, text="内部意见", by=registrar, colleagues=[])
    client.force_login(user_of(Role.SUPERVISING_UNIT, unit=unit))
    for name, key in (("finding_page", finding.pk), ("organisation_page", finding.organisation.code)):
        assert "内部意见" not in client.get(reverse(name, args=[key])).content.decode()


def test_what_is_written_is_shown_as_text(signed_in: Client) -> None:
    organisation = OrganisationFactory.create()
    write(signed_in, organisation, "<script>alert(1)</script>")
    page = signed_in.get(reverse("organisation_notes", args=[organisation.code])).content.decode()
    assert "&lt;script&gt;alert(1)" in page
    assert "<script>alert" not in page


def test_notes_ask_as_often_for_one_as_for_thirty(
    signed_in: Client, registrar: User, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    finding, reviewer = open_finding(), user_of(Role.REVIEWER, display_name="审核员戊")
    addresses = [
        reverse("finding_page", args=[finding.pk]),
        reverse("organisation_notes", args=[finding.organisation.code]),
    ]
    _written(finding, registrar, reviewer, 1)
    counts = []
    for each in addresses:
        with django_assert_num_queries(100, exact=False) as asked:
            signed_in.get(each)
        counts.append(len(asked.captured_queries))
    _written(finding, registrar, reviewer, 29)
    for each, count in zip(addresses, counts, strict=True):
        with django_assert_num_queries(count):
            signed_in.get(each)


def _written(finding: Finding, by: User, called: User, count: int) -> None:
    subject = Subject(SubjectKind.FINDING, finding.pk)
    for number in range(count):
        text = f"第{number}条 @{called}"
        add_note(organisation_id=finding.organisation_id, text=text, by=by, colleagues=[called], subject=subject)
