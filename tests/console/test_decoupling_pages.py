"""The pages of decoupling: the board, one association from list to sign-off, and a department that sees its own alone."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django.utils import timezone

from console.decoupling_access import access_checklist, access_listings
from decoupling.actions import aftercare, snapshot
from decoupling.models import ChecklistItem, Evidence, ItemStatus, Leader, Listing, SignOff
from registry.states import Role
from tests.console.separations import leader_of
from tests.console.situations import open_finding, user_of
from tests.decoupling.situations import (
    accepted,
    again,
    appointed,
    association,
    batch,
    implementing,
    listed,
    parts,
    planned,
    settled,
    signed_off,
)
from tests.factories import OrganisationFactory, UnitFactory
from tests.registry.documents import PDF

if TYPE_CHECKING:
    from django.http import HttpResponse
    from django.test import Client
    from pytest_django import DjangoAssertNumQueries

    from registry.models import User

pytestmark = pytest.mark.django_db

DAY = "2022-03-20"


def page(client: Client, name: str, *arguments: Any) -> str:
    response = client.get(reverse(name, args=arguments))
    assert response.status_code == 200, name
    return response.content.decode()


def send(client: Client, name: str, *arguments: Any, **data: Any) -> HttpResponse:
    return client.post(reverse(name, args=arguments), {"on": DAY, **data})


@pytest.fixture
def registrar(client: Client) -> User:
    user = user_of(Role.REGISTRATION)
    client.force_login(user)
    return user


# --- the board ----------------------------------------------------------------------------------------


def test_the_board_shows_separations_and_filters_by_batch_department_and_reason(
    client: Client, registrar: User
) -> None:
    units = appointed()
    settled(listed(association(name="虚构区茶叶行业协会")))
    listed(association(name="虚构区花卉行业协会"), batch=2)
    home = reverse("decoupling_list")
    assert "待会签" in client.get(home).content.decode()
    for query, seen in (
        ({"batch": 2}, {"花卉"}),
        ({"unit": units["finance"].pk}, {"茶叶"}),
        ({"reason": "unstated"}, {"茶叶", "花卉"}),
        ({"reason": "party"}, set()),
        ({"q": "花卉"}, {"花卉"}),
        ({"stage": "decoupled"}, set()),
        ({"batch": "x"}, {"茶叶", "花卉"}),
    ):
        text = client.get(home, query).content.decode()
        assert {name for name in ("茶叶", "花卉") if f"虚构区{name}行业协会</a>" in text} == seen, query


@pytest.mark.parametrize("many", [1, 8])
def test_the_board_asks_the_database_as_often_for_one_as_for_many(
    many: int, client: Client, registrar: User, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    ChecklistItem.objects.exclude(code__in=("A1", "C1")).delete()
    for _ in range(many):
        settled()
    with django_assert_max_num_queries(24):
        client.get(reverse("decoupling_list"))


# --- one association ----------------------------------------------------------------------------------


def test_a_candidate_is_placed_by_three_questions_each_with_its_evidence(client: Client, registrar: User) -> None:
    batch()
    body = OrganisationFactory.create(industry=True, name="虚构区茶叶行业协会")
    assert body.name in page(client, "decoupling_candidates")
    form = page(client, "decoupling_place", body.code)
    assert "名称以“行业协会”结尾，只提示需要认定" in form
    told = {
        "category": "listed", "batch": 1, "document_no": "虚1号", "same_trade_members": "on", "name_fits": "on",
        "registered_as_association": "on", "members_evidence": "会员名册", "name_evidence": "",
        "registration_evidence": "证书",
    }  # fmt: skip
    refused = send(client, "decoupling_place", body.code, **told)
    assert refused.status_code == 422
    assert "R-303" in refused.content.decode()
    assert "会员名册" in refused.content.decode()
    assert send(client, "decoupling_place", body.code, **{**told, "name_evidence": "名称"}).status_code == 302
    assert Listing.objects.get().members_evidence == "会员名册"
    assert body.name not in page(client, "decoupling_candidates")


def test_a_plan_goes_its_way_and_the_page_says_what_is_missing_from_whom(client: Client, registrar: User) -> None:
    units = appointed()
    listing = listed()
    code = listing.organisation.code
    assert send(client, "decoupling_submit_plan", code, document_no="虚函1号").status_code == 302
    client.force_login(user_of(Role.DIRECTOR))
    told = {"approval_no": "虚2号", "approval_body": "行业协会商会脱钩联合工作组办公室"}
    assert send(client, "decoupling_approve_plan", code, **told).status_code == 302
    text = page(client, "decoupling_page", code)
    assert "还缺什么，缺谁的" in text
    assert units["finance"].name in text
    assert "C1、C2、C3、C4、C5 未办结" in text
    assert "由登记人员办理" in text


def test_an_item_is_settled_with_a_document_that_only_comes_back_as_a_download(client: Client, registrar: User) -> None:
    listing = implementing()
    where = (listing.organisation.code, "A1")
    assert send(client, "decoupling_item_settle", *where, outcome="done", evidence="").status_code == 422
    assert send(client, "decoupling_item_settle", *where, outcome="done", evidence="决定").status_code == 302
    wrong = SimpleUploadedFile("决定.pdf", b"<html>")
    refused = send(client, "decoupling_item_attach", *where, title="决定", file=wrong)
    assert (refused.status_code, "无法识别文件类型" in refused.content.decode()) == (422, True)
    right = SimpleUploadedFile("决定.pdf", PDF)
    assert send(client, "decoupling_item_attach", *where, title="决定", file=right).status_code == 302
    stored = Evidence.objects.get().file
    assert stored.sha256[:16] in page(client, "decoupling_item", *where)
    response = client.get(reverse("decoupling_file", args=[where[0], stored.pk]))
    assert b"".join(response.streaming_content) == PDF  # type: ignore[attr-defined]  # a file response
    assert response["Content-Disposition"].startswith("attachment")
    assert "sandbox" in response["Content-Security-Policy"]
    stored.file.storage.delete(stored.file.name)
    assert client.get(reverse("decoupling_file", args=[where[0], stored.pk])).status_code == 404


def test_a_closed_deed_says_why(client: Client, registrar: User) -> None:
    assert "现为“方案已报送”，不能办理" in page(client, "decoupling_accept", planned().organisation.code)
    listing = listed(category="exempt")
    assert "现列为“不脱钩”，不办理脱钩" in page(client, "decoupling_submit_plan", listing.organisation.code)


def test_signatures_and_acceptance_by_the_pages(client: Client, registrar: User) -> None:
    ChecklistItem.objects.exclude(code__in=("A1", "A4")).delete()
    code = signed_off().organisation.code
    for role in (Role.REVIEWER, Role.DIRECTOR):
        client.force_login(user_of(role))
        assert send(client, "decoupling_sign", code, capacity="民政局").status_code == 302
    client.force_login(registrar)
    refused = send(client, "decoupling_accept", code, reason="")
    assert (refused.status_code, "R-19" in refused.content.decode()) == (422, True)
    assert send(client, "decoupling_accept", code, reason="验收合格", party_body=_party(code)).status_code == 302
    text = page(client, "decoupling_page", code)
    assert "脱钩后监管" in text
    assert "验收合格" in text


def _party(code: str) -> int | None:
    return Listing.objects.get(organisation__code=code).organisation.party_body_id


# --- a department sees its own alone --------------------------------------------------------------------


def test_a_department_sees_and_signs_only_its_headings(client: Client) -> None:
    units = appointed()
    listing = settled()
    listed()
    user = user_of(Role.DEPARTMENT, unit=units["finance"])
    client.force_login(user)
    assert list(access_listings(user)) == [listing]
    assert set(access_checklist(user, listing).values_list("code", flat=True)) == {"C1", "C2", "C3", "C4", "C5"}
    code = listing.organisation.code
    text = page(client, "decoupling_page", code)
    assert "设立独立账号" in text
    assert "取消主办、主管" not in text
    assert "可以办理" not in text
    assert units["party"].name not in text
    assert client.get(reverse("decoupling_item", args=[code, "A1"])).status_code == 404
    assert client.get(reverse("decoupling_sign_off", args=[code, "E", "party"])).status_code == 404
    assert send(client, "decoupling_item_settle", code, "A1", outcome="done", evidence="x").status_code == 404
    assert send(client, "decoupling_sign_off", code, "C", "finance", result="").status_code == 422
    assert send(client, "decoupling_sign_off", code, "C", "finance", result="资产已清").status_code == 302
    word = SignOff.objects.get()
    assert (word.signed_by, word.unit, word.on_paper) == (user, units["finance"], False)
    assert client.get(reverse("organisation_page", args=[code])).status_code == 403
    assert "待办的协会商会" in page(client, "dashboard")


def test_a_former_supervising_unit_signs_for_its_own_associations(client: Client) -> None:
    unit = UnitFactory.create()
    appointed()
    own = settled(listed(association(supervising_unit=unit)))
    other = settled()
    user = user_of(Role.SUPERVISING_UNIT, unit=unit)
    client.force_login(user)
    assert list(access_listings(user)) == [own]
    assert (
        send(client, "decoupling_sign_off", own.organisation.code, "B", "former_unit", result="已分离").status_code
        == 302
    )
    assert client.get(reverse("decoupling_page", args=[other.organisation.code])).status_code == 404


def test_a_user_of_no_unit_sees_nothing() -> None:
    listing = implementing()
    user = user_of(Role.DEPARTMENT)
    assert not access_listings(user).exists()
    assert not access_checklist(user, listing).exists()


def test_the_bureau_writes_down_a_word_on_paper_only_with_its_original(client: Client, registrar: User) -> None:
    appointed()
    listing = settled()
    part = next(each for each in parts(listing) if each.responsible == "finance")
    where = (listing.organisation.code, part.heading.value, part.responsible.value)
    refused = send(client, "decoupling_sign_off", *where, result="资产已清", document_no="虚财函3号")
    assert (refused.status_code, "R-311" in refused.content.decode()) == (422, True)
    paper = SimpleUploadedFile("评定.pdf", PDF)
    told = {"result": "资产已清", "document_no": "虚财函3号", "original": paper}
    assert send(client, "decoupling_sign_off", *where, **told).status_code == 302
    assert SignOff.objects.get().on_paper


# --- above single associations ------------------------------------------------------------------------


def test_batches_and_departments_are_entered(client: Client, registrar: User) -> None:
    unit = UnitFactory.create(name="虚构区财政局")
    wrong = {"which": "batch", "number": 3, "title": "第3批", "document_no": "", "decided_on": DAY}
    assert client.post(reverse("decoupling_setup"), wrong).status_code == 422
    assert client.post(reverse("decoupling_setup"), {**wrong, "document_no": "虚3号"}).status_code == 302
    told = {"which": "appoint", "responsible": "finance", "unit": unit.pk, "on": DAY}
    assert client.post(reverse("decoupling_setup"), told).status_code == 302
    text = page(client, "decoupling_setup")
    assert "第3批" in text
    assert "虚构区财政局" in text


def test_figures_are_explained_compared_kept_and_handed_out(client: Client, registrar: User) -> None:
    ChecklistItem.objects.exclude(code__in=("A1", "A4")).delete()
    accepted(on=date(2022, 3, 1))
    text = client.get(reverse("decoupling_report"), {"as_of": "2022-12-31", "since": "2022-02-01"}).content.decode()
    assert "应脱钩 1 = 已脱钩 1" in text
    assert "未列入名单" in text
    assert client.post(reverse("decoupling_snapshot"), {"as_of": "2022-12-31", "note": "年报"}).status_code == 302
    assert client.post(reverse("decoupling_snapshot"), {"as_of": "2200-12-31"}).status_code == 302
    kept = snapshot.Snapshot.objects.get()
    assert kept.sha256 in page(client, "decoupling_snapshot_page", kept.pk)
    response = client.get(reverse("decoupling_export", args=["2022-12-31", "decoupling.csv"]))
    assert "已脱钩" in b"".join(response.streaming_content).decode()  # type: ignore[attr-defined]  # a file response
    assert client.get(reverse("decoupling_export", args=["2022-12-31", "secrets.txt"])).status_code == 404


def test_a_round_is_begun_worked_and_closed(client: Client, registrar: User) -> None:
    ChecklistItem.objects.exclude(code__in=("A1", "A4")).delete()
    listing = accepted(on=date(2022, 3, 1))
    told = {"title": "回头看", "document_no": "", "extent": "all", "on": DAY}
    assert client.post(reverse("decoupling_reviews"), told).status_code == 422
    assert client.post(reverse("decoupling_reviews"), {**told, "document_no": "虚2号"}).status_code == 302
    revisit = listing.revisits.get()
    problem = {"which": "problem", "code": "A1", "problem": "仍有挂靠", "due_on": "2022-04-20", "on": DAY}
    assert client.post(reverse("decoupling_revisit", args=[revisit.pk]), problem).status_code == 302
    close = {"conclusion": "完成", "on": DAY}
    assert client.post(reverse("decoupling_review_close", args=[revisit.review_id]), close).status_code == 422
    assert "仍有挂靠" in page(client, "decoupling_review", revisit.review_id)
    assert "整改" in page(client, "decoupling_page", listing.organisation.code)
    assert again(listing).state == "accepted"
    where = (listing.organisation.code, "A1")
    assert send(client, "decoupling_item_settle", *where, outcome="done", evidence="已纠正").status_code == 302
    assert client.post(reverse("decoupling_review_close", args=[revisit.review_id]), close).status_code == 302
    assert ItemStatus.objects.get(item__code="A1").state == "done"
    assert timezone.localdate().year >= 2026


# --- the watch ------------------------------------------------------------------------------------------


def test_the_watch_tells_what_warns_and_of_whom(
    client: Client, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    registrar = user_of(Role.REGISTRATION)
    client.force_login(registrar)
    found = accepted()
    on = timezone.localdate()
    aftercare.enter_leader(
        listing_id=found.pk,
        name="甲",
        post="president",
        took_office_on=on,
        born_on=date(1940, 1, 1),
        by=registrar,
        on=on,
    )
    address = reverse("decoupling_watch")
    with django_assert_num_queries(8) as one:
        page = client.get(address).content.decode()
    assert found.organisation.name in page
    assert "负责人年龄不超过上限" in page
    assert "1 家有提示" in page
    accepted()
    with django_assert_num_queries(len(one.captured_queries)):
        client.get(address)
    asked = client.get(address, {"rule": "R-339"})
    assert [row[0] for row in asked.context["rows"]] == [found]
    assert len(client.get(address, {"rule": "nonsense"}).context["rows"]) == 2


def test_a_leader_leaves_office_once_on_a_day_in_order(client: Client) -> None:
    registrar = user_of(Role.REGISTRATION)
    client.force_login(registrar)
    code, pk = leader_of(open_finding())
    address = reverse("decoupling_leave_office", args=[code, pk])
    version = client.get(address).context["form"]["version"].value()
    sent = {"version": version, "on": "2022-06-02"}
    for day in ("2022-05-01", ""):
        assert client.post(address, {**sent, "left_on": day}).status_code == 422
    assert Leader.objects.get().left_on is None
    assert client.post(address, {**sent, "left_on": "2022-06-02"}).status_code == 302
    assert Leader.objects.get().left_on == date(2022, 6, 2)
    assert "该负责人已登记离任" in client.get(address).content.decode()
