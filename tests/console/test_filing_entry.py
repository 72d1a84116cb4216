"""Entering applications: the form proposes only what was touched, two officers meet, nothing written is lost."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from django.urls import reverse
from django.utils import timezone

from console.filing_forms import ContentForm
from registry.actions import filing as verbs
from registry.actions import organisation as organisation_verbs
from registry.models import Filing, FilingStep
from registry.queries.filing_documents import items
from registry.queries.proposals import PROPOSABLE
from registry.states import DocumentStatus, FilingKind, FilingState, Kind, Role
from tests.console.situations import user_of
from tests.factories import OrganisationFactory, UnitFactory
from tests.registry.applications import again, brought_to, drafted, to_establish

if TYPE_CHECKING:
    from django.test import Client
    from pytest_django import DjangoAssertNumQueries

    from registry.models import User

pytestmark = pytest.mark.django_db

NEW = "/filings/new/"


@pytest.fixture
def officer_a() -> User:
    return user_of(Role.REGISTRATION, display_name="测试登记员甲")


@pytest.fixture
def officer_b() -> User:
    return user_of(Role.REGISTRATION, display_name="测试登记员乙")


@pytest.fixture
def at_the_desk(client: Client, officer_a: User) -> Client:
    client.force_login(officer_a)
    return client


def begun(kind: str, by: User, **columns: Any) -> Filing:
    body = None if kind == FilingKind.ESTABLISH else OrganisationFactory.create(**columns)
    return verbs.draft(kind=kind, by=by, on=timezone.localdate(), organisation_id=body.pk if body else None)


def shown(filing: Filing, **written: Any) -> dict[str, Any]:
    """Return what a browser sends of the form as it stands now, with what the officer wrote into it."""
    form = ContentForm(Filing.objects.get(pk=filing.pk))
    data: dict[str, Any] = {"version": filing.version}
    for name in form.fields:
        if name == "version":
            continue
        value = form[name].initial
        data[f"initial-{name}"] = "" if value is None else value
        if value is not False:
            data[name] = data[f"initial-{name}"]
    return {**data, **written}


def save(client: Client, filing: Filing, data: dict[str, Any]) -> tuple[int, str]:
    response = client.post(reverse("filing_edit", args=[filing.pk]), data)
    return response.status_code, response.content.decode()


# --- beginning ----------------------------------------------------------------------------------------------


def test_an_establishment_begins_from_nothing_and_a_double_click_begins_it_once(at_the_desk: Client) -> None:
    answers = [at_the_desk.post(NEW, {"kind": "establish"}) for _ in range(2)]
    filing = Filing.objects.get()
    assert [each["Location"] for each in answers] == [reverse("filing_edit", args=[filing.pk])] * 2


def test_an_amendment_begins_from_a_code_as_it_is_typed(at_the_desk: Client) -> None:
    body = OrganisationFactory.create()
    assert at_the_desk.post(NEW, {"kind": "amend", "code": f" {body.code.lower()} "}).status_code == 302
    assert Filing.objects.get().organisation == body


@pytest.mark.parametrize(
    ("told", "words"),
    [
        ({"kind": "amend", "code": "51120119MJ0000000X"}, "没有找到使用这个代码的组织"),
        ({"kind": "cancel", "code": ""}, "没有找到使用这个代码的组织"),
        ({"code": ""}, "请选择申请事项"),
    ],
)
def test_what_cannot_begin_is_told_beside_its_field(told: dict[str, str], words: str, at_the_desk: Client) -> None:
    response = at_the_desk.post(NEW, told)
    assert response.status_code == 422
    assert words in response.content.decode()
    assert not Filing.objects.exists()


def test_a_link_from_a_body_fills_in_its_code_and_names_it(at_the_desk: Client) -> None:
    body = OrganisationFactory.create(name="虚构区甲协会")
    page = at_the_desk.get(NEW, {"kind": "amend", "code": body.code}).content.decode()
    assert f'value="{body.code}"' in page
    assert "虚构区甲协会" in page


# --- the form -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", FilingKind.values)
def test_the_form_offers_what_this_kind_may_propose_and_nothing_else(kind: str, officer_a: User) -> None:
    form = ContentForm(begun(kind, officer_a))
    assert {row.name for row in form.particulars} == set(PROPOSABLE[kind])


def test_of_an_amendment_only_what_was_touched_is_proposed(at_the_desk: Client, officer_a: User) -> None:
    filing = begun("amend", officer_a, address="虚构区旧路1号", business_scope="第一行\n第二行", capital="30000")
    data = shown(filing, applicant="虚构申请人", address="虚构区新路2号")
    data["business_scope"] = data["initial-business_scope"] = "第一行\r\n第二行"
    assert save(at_the_desk, filing, data)[0] == 302
    assert again(filing).proposal == {"address": "虚构区新路2号"}


def test_what_the_register_changes_meanwhile_is_not_proposed_back(
    at_the_desk: Client, officer_a: User, officer_b: User
) -> None:
    filing = begun("amend", officer_a, address="虚构区旧路1号", legal_representative="测试人员甲")
    data = shown(filing, address="虚构区新路2号")
    organisation_verbs.amend(
        organisation_id=filing.organisation_id, changes={"legal_representative": "测试人员乙"},
        by=officer_b, on=timezone.localdate(), reason="更正",
    )  # fmt: skip
    assert save(at_the_desk, filing, data)[0] == 302
    assert again(filing).proposal == {"address": "虚构区新路2号"}


def test_a_change_set_back_to_what_is_registered_is_proposed_no_more(at_the_desk: Client, officer_a: User) -> None:
    filing = drafted("amend", by=officer_a)
    data = shown(filing, address=filing.organisation.address)
    assert save(at_the_desk, filing, data)[0] == 302
    assert set(again(filing).proposal) == {"capital"}


def test_an_establishment_is_entered_whole_and_its_checklist_follows_the_kind(
    at_the_desk: Client, officer_a: User
) -> None:
    filing = begun("establish", officer_a)
    page = at_the_desk.get(reverse("filing_edit", args=[filing.pk])).content.decode()
    assert "先选择组织类型并保存" in page
    told = {**to_establish(), "is_charity": "on"}
    assert save(at_the_desk, filing, shown(filing, applicant="虚构发起人", **told))[0] == 302
    saved = again(filing)
    assert (saved.proposal["is_charity"], saved.proposal["is_industry_association"]) == (True, False)
    assert saved.body_kind == Kind.ASSOCIATION
    page = at_the_desk.get(reverse("filing_edit", args=[filing.pk])).content.decode()
    assert "章程草案" in page
    assert "可以收件。" in page
    assert f"还有 {len(items(saved))} 项材料没有落实" in page


def test_documents_are_told_with_reason_and_reference(at_the_desk: Client, officer_a: User) -> None:
    filing = drafted("cancel", by=officer_a, complete=False)
    written = {
        "cancel-application-status": "present",
        "cancel-application-reference": "第3页",
        "cancel-consent-status": "not_applicable",
        "cancel-consent-reason": "没有业务主管单位",
    }
    assert save(at_the_desk, filing, shown(filing, **written))[0] == 302
    told = again(filing).documents
    assert told["cancel.application"] == {"status": "present", "reason": "", "reference": "第3页"}
    assert told["cancel.consent"]["reason"] == "没有业务主管单位"
    assert "cancel.liquidation" not in told
    page = at_the_desk.get(reverse("filing_page", args=[filing.pk])).content.decode()
    assert "理由：没有业务主管单位" in page
    assert "第3页" in page


def test_a_document_not_applicable_without_a_reason_stays_open(at_the_desk: Client, officer_a: User) -> None:
    filing = drafted("cancel", by=officer_a)
    data = shown(filing, **{"cancel-liquidation-status": DocumentStatus.NOT_APPLICABLE})
    assert save(at_the_desk, filing, data)[0] == 302
    page = at_the_desk.get(reverse("filing_edit", args=[filing.pk])).content.decode()
    assert "还有 1 项材料没有落实" in page
    assert "清算报告书" in page


@pytest.mark.parametrize(
    ("kind", "written", "words"),
    [
        ("amend", {"capital": "三万"}, "capital"),
        ("amend", {"supervising_unit_id": "999999"}, "supervising_unit_id"),
        ("amend", {"name": "长" * 201}, "name"),
        ("amend", {"address": "\x00"}, "address"),
        ("cancel", {"resolution_on": "2026-13-01"}, "resolution_on"),
        ("establish", {"kind": "foundation", "is_industry_association": "on"}, "is_industry_association"),
    ],
)
def test_what_cannot_be_read_is_told_beside_its_field_and_kept(
    kind: str, written: dict[str, str], words: str, at_the_desk: Client, officer_a: User
) -> None:
    filing = begun(kind, officer_a)
    response = at_the_desk.post(reverse("filing_edit", args=[filing.pk]), shown(filing, **written))
    assert response.status_code == 422
    assert response.context["form"].errors[words]
    assert response.context["form"][words].value() in {written[words], True}
    assert again(filing).version == 1


def test_a_decoupled_body_is_proposed_no_supervising_unit(at_the_desk: Client, officer_a: User) -> None:
    filing = begun("amend", officer_a, supervision="decoupled")
    data = shown(filing, supervising_unit_id=UnitFactory.create().pk)
    status, page = save(at_the_desk, filing, data)
    assert status == 422
    assert "已脱钩的组织没有业务主管单位" in page


def test_saving_and_handing_in_at_once(at_the_desk: Client, officer_a: User) -> None:
    filing = drafted("amend", by=officer_a)
    status, _page = save(at_the_desk, filing, {**shown(filing, applicant="虚构新申请人"), "then": "submit"})
    assert status == 302
    assert (again(filing).state, again(filing).applicant) == (FilingState.SUBMITTED, "虚构新申请人")


def test_what_is_not_ready_is_saved_and_says_what_is_missing(at_the_desk: Client, officer_a: User) -> None:
    filing = begun("cancel", officer_a)
    status, page = save(at_the_desk, filing, {**shown(filing, applicant="虚构申请人"), "then": "submit"})
    assert status == 422
    assert "已保存，但是没有收件" in page
    assert "R-26" in page
    assert "决议日期、清算报告日期" in page
    assert (again(filing).state, again(filing).applicant) == (FilingState.DRAFT, "虚构申请人")


def test_a_draft_saved_unchanged_leaves_no_step(at_the_desk: Client, officer_a: User) -> None:
    filing = drafted("amend", by=officer_a)
    steps = FilingStep.objects.count()
    assert save(at_the_desk, filing, shown(filing))[0] == 302
    assert FilingStep.objects.count() == steps


# --- two at once ----------------------------------------------------------------------------------------------


def test_the_second_officer_sees_what_the_first_wrote_and_keeps_his_own(
    client: Client, officer_a: User, officer_b: User
) -> None:
    filing = begun("amend", officer_a)
    mine = shown(filing, applicant="乙的申请人", address="乙写的住所")
    theirs = shown(filing, applicant="甲的申请人", name="甲写的名称")
    client.force_login(officer_a)
    assert save(client, filing, theirs)[0] == 302
    client.force_login(officer_b)
    status, page = save(client, filing, mine)
    assert status == 409
    assert "测试登记员甲" in page
    assert "空 → 甲的申请人" in page
    assert "对方改为“甲的申请人”" in page
    assert 'value="乙的申请人"' in page
    assert 'value="乙写的住所"' in page
    assert 'value="甲写的名称"' in page


def test_what_is_sent_again_joins_both_officers_work(client: Client, officer_a: User, officer_b: User) -> None:
    filing = begun("amend", officer_a)
    mine = shown(filing, address="乙写的住所")
    client.force_login(officer_a)
    save(client, filing, shown(filing, name="甲写的名称"))
    client.force_login(officer_b)
    response = client.post(reverse("filing_edit", args=[filing.pk]), mine)
    assert response.status_code == 409
    assert "可以直接保存" in response.content.decode()
    assert save(client, filing, response.context["form"].data)[0] == 302
    assert again(filing).proposal == {"name": "甲写的名称", "address": "乙写的住所"}


def test_a_collision_over_documents_is_told_in_words(client: Client, officer_a: User, officer_b: User) -> None:
    filing = drafted("cancel", by=officer_a, complete=False)
    key = "cancel-liquidation-status"
    mine = shown(filing, **{key: "not_applicable", "cancel-liquidation-reason": "没有财产"})
    client.force_login(officer_a)
    save(client, filing, shown(filing, **{key: "present"}))
    client.force_login(officer_b)
    response = client.post(reverse("filing_edit", args=[filing.pk]), mine)
    assert response.status_code == 409
    assert response.context["form"].met == {key: "已提交"}
    assert response.context["form"][key].value() == "not_applicable"
    assert "没有财产" in response.content.decode()


def test_who_comes_after_the_receipt_can_save_no_more_but_loses_nothing(
    client: Client, officer_a: User, officer_b: User
) -> None:
    filing = drafted("amend", by=officer_a)
    mine = shown(filing, address="乙写的住所")
    verbs.submit(filing_id=filing.pk, by=officer_a, on=timezone.localdate())
    client.force_login(officer_b)
    status, page = save(client, filing, mine)
    assert status == 409
    assert "收到变更登记申请" in page
    assert "乙写的住所" in page
    assert "保存并检查" not in page
    assert client.get(reverse("filing_edit", args=[filing.pk])).status_code == 302


def test_a_returned_application_is_completed_and_handed_in_again(
    at_the_desk: Client, officer_a: User, officer_b: User
) -> None:
    filing = brought_to("returned", "amend", by=officer_a, other=officer_b)
    page = at_the_desk.get(reverse("filing_edit", args=[filing.pk])).content.decode()
    assert "请补正章程草案第三条" in page
    assert save(at_the_desk, filing, {**shown(filing, address="虚构区补正路1号"), "then": "submit"})[0] == 302
    assert (again(filing).state, again(filing).number) == (FilingState.SUBMITTED, filing.number)


def test_the_form_asks_the_database_as_often_for_one_department_as_for_thirty(
    at_the_desk: Client, officer_a: User, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    address = reverse("filing_edit", args=[drafted("amend", by=officer_a).pk])
    with django_assert_max_num_queries(16) as few:
        at_the_desk.get(address)
    for _ in range(30):
        UnitFactory.create()
    with django_assert_max_num_queries(len(few.captured_queries)):
        at_the_desk.get(address)
