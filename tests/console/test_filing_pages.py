"""Applications: the list with its clocks, the page of one, and its steps taken once, with refusals in the rules' words."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

import pytest
from django.urls import reverse
from django.utils import timezone

from registry.actions.filing import draft
from registry.models import Deadline, Event, Filing, FilingStep, Organisation
from registry.states import FilingKind, FilingState, Role
from tests.console.situations import user_of
from tests.factories import OrganisationFactory, UnitFactory
from tests.registry.applications import NEW_CODE, again, brought_to, clock_of, drafted, step

if TYPE_CHECKING:
    from django.test import Client
    from pytest_django import DjangoAssertNumQueries

    from registry.models import User

pytestmark = pytest.mark.django_db

LIST = "/filings/"


@pytest.fixture
def handler() -> User:
    return user_of(Role.REGISTRATION, display_name="测试登记员")


@pytest.fixture
def judge() -> User:
    return user_of(Role.REVIEWER, display_name="测试审核员")


@pytest.fixture
def at_the_desk(client: Client, handler: User) -> Client:
    client.force_login(handler)
    return client


def today() -> date:
    return timezone.localdate()


def text(client: Client, address: str, **query: str) -> str:
    response = client.get(address, query)
    assert response.status_code == 200
    return response.content.decode()


def page_of(client: Client, filing: Filing) -> str:
    return text(client, reverse("filing_page", args=[filing.pk]))


def post(client: Client, verb: str, filing: Filing, **told: Any) -> tuple[int, str]:
    told.setdefault("version", filing.version)
    response = client.post(reverse(f"filing_{verb}", args=[filing.pk]), told)
    return response.status_code, response.content.decode()


def names(client: Client, **query: str) -> list[str]:
    return [filing.name for filing, _limit in client.get(LIST, query).context["listed"]]


# --- the list -------------------------------------------------------------------------------------------


def test_filters_stand_in_the_address_and_narrow_together(at_the_desk: Client, handler: User, judge: User) -> None:
    late = brought_to(
        "accepted", "amend", by=judge, other=handler, body=OrganisationFactory.create(name="虚构区逾期协会")
    )
    brought_to("submitted", "establish", by=handler, other=judge)
    drafted("cancel", by=handler, body=OrganisationFactory.create(name="虚构区草稿协会"))
    assert names(at_the_desk) == ["虚构区草稿协会", "虚构区新生协会", "虚构区逾期协会"]
    assert names(at_the_desk, state="pending") == ["虚构区新生协会", "虚构区逾期协会"]
    assert names(at_the_desk, due="overdue") == ["虚构区新生协会", "虚构区逾期协会"]
    assert names(at_the_desk, who="mine") == ["虚构区草稿协会", "虚构区新生协会"]
    assert names(at_the_desk, kind="establish") == ["虚构区新生协会"]
    assert names(at_the_desk, kind="cancel", who="mine", due="overdue") == []
    assert names(at_the_desk, q="新生") == ["虚构区新生协会"]
    assert names(at_the_desk, q=late.number) == ["虚构区逾期协会"]
    assert names(at_the_desk, q=late.organisation.code[-6:]) == ["虚构区逾期协会"]
    assert len(names(at_the_desk, kind="x", state="y", due="z", q="\x00", after="%")) == 3


def test_counts_by_state_follow_the_other_filters(at_the_desk: Client, handler: User, judge: User) -> None:
    for state in FilingState.values:
        brought_to(state, "amend", by=handler, other=judge)
    brought_to("accepted", "cancel", by=handler, other=judge)
    tabs = {tab["value"]: tab["count"] for tab in at_the_desk.get(LIST).context["tabs"]}
    assert (tabs[""], tabs["pending"], tabs["accepted"], tabs["draft"]) == (10, 5, 2, 1)
    narrowed = at_the_desk.get(LIST, {"kind": "cancel", "state": "draft"}).context
    assert {tab["value"]: tab["count"] for tab in narrowed["tabs"]}["accepted"] == 1
    assert narrowed["total"] == 0


def fall_due(filing: Filing, on: date) -> None:
    """Let the time for the decision end on another day."""
    Deadline.objects.filter(pk=clock_of(filing).pk).update(due_on=on)


def test_overdue_rows_go_by_date_and_say_by_how_much(at_the_desk: Client, handler: User, judge: User) -> None:
    first = brought_to("accepted", "amend", by=handler, other=judge, on=date(2022, 2, 1))
    second = brought_to("reviewed", "amend", by=handler, other=judge)
    fall_due(first, today() - timedelta(days=3))
    fall_due(second, today() - timedelta(days=30))
    listed = at_the_desk.get(LIST, {"due": "overdue"}).context["listed"]
    assert [filing.pk for filing, _limit in listed] == [second.pk, first.pk]
    assert [limit.left for _filing, limit in listed] == ["已逾期30日", "已逾期3日"]


def test_a_provisional_date_is_marked(at_the_desk: Client, handler: User, judge: User) -> None:
    filing = brought_to("accepted", "amend", by=handler, other=judge)
    assert "暂定" not in text(at_the_desk, LIST)
    Deadline.objects.filter(pk=clock_of(filing).pk).update(provisional=True)
    assert "暂定" in text(at_the_desk, LIST)
    assert "节假日安排尚未公布" in page_of(at_the_desk, filing)


def test_an_empty_list_says_what_to_do_next(at_the_desk: Client, client: Client, handler: User) -> None:
    assert reverse("filing_new") in text(at_the_desk, LIST)
    drafted("establish", by=handler)
    assert "清除全部条件" in text(at_the_desk, LIST, q="没有的字")
    client.force_login(user_of(Role.AUDITOR))
    assert reverse("filing_new") not in text(client, LIST)


def test_the_list_asks_the_database_as_often_for_one_row_as_for_thirty(
    at_the_desk: Client, handler: User, judge: User, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    brought_to("submitted", "amend", by=handler, other=judge)
    with django_assert_num_queries(6) as one:
        at_the_desk.get(LIST)
    for _ in range(29):
        brought_to("submitted", "amend", by=handler, other=judge)
    with django_assert_num_queries(len(one.captured_queries)):
        assert len(at_the_desk.get(LIST).context["listed"]) == 30


# --- who sees what ----------------------------------------------------------------------------------------


def test_a_supervising_unit_sees_what_its_own_bodies_have_handed_in(client: Client, handler: User) -> None:
    unit = UnitFactory.create()
    own = OrganisationFactory.create(supervising_unit=unit, name="虚构区本单位协会")
    other = OrganisationFactory.create(supervising_unit=UnitFactory.create(), name="虚构区别家协会")
    draft_of_own = drafted("amend", by=handler, body=own)
    of_other = step("submit", drafted("amend", by=handler, body=other), by=handler)
    client.force_login(user_of(Role.SUPERVISING_UNIT, unit=unit))
    assert names(client) == []
    assert client.get(reverse("filing_page", args=[draft_of_own.pk])).status_code == 404
    step("submit", draft_of_own, by=handler)
    assert names(client) == ["虚构区本单位协会"]
    assert "由登记人员办理" in page_of(client, draft_of_own)
    assert client.get(reverse("filing_page", args=[of_other.pk])).status_code == 404


def test_the_page_of_a_body_shows_its_applications_and_begins_new_ones(
    at_the_desk: Client, client: Client, handler: User, judge: User
) -> None:
    filing = brought_to("accepted", "amend", by=handler, other=judge)
    page = text(at_the_desk, reverse("organisation_page", args=[filing.organisation.code]))
    assert reverse("filing_page", args=[filing.pk]) in page
    assert f"{reverse('filing_new')}?kind=cancel&amp;code={filing.organisation.code}" in page
    client.force_login(user_of(Role.AUDITOR))
    page = text(client, reverse("organisation_page", args=[filing.organisation.code]))
    assert filing.number in page
    assert reverse("filing_new") not in page


# --- the page ---------------------------------------------------------------------------------------------


def test_an_amendment_is_shown_beside_what_the_register_says(at_the_desk: Client, handler: User) -> None:
    body = OrganisationFactory.create(address="虚构区旧路1号", capital="30000")
    page = page_of(at_the_desk, drafted("amend", by=handler, body=body))
    for words in ("虚构区旧路1号", "虚构区测试路2号", "30,000 元", "50,000 元", "新住所（场所）使用权证明", "待核实"):
        assert words in page, words


def test_the_clock_says_until_when_from_when_and_on_what_basis(at_the_desk: Client, handler: User, judge: User) -> None:
    filing = brought_to("accepted", "amend", by=handler, other=judge)
    fall_due(filing, today())
    page = page_of(at_the_desk, filing)
    for words in ("今日到期", "2022年3月1日", "行政许可法/42", "没有延长"):
        assert words in page, words


def test_the_page_asks_the_database_as_often_for_a_long_history(
    at_the_desk: Client, handler: User, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    filing = drafted("amend", by=handler)
    address = reverse("filing_page", args=[filing.pk])
    with django_assert_max_num_queries(26) as few:
        at_the_desk.get(address)
    for place in range(30):
        FilingStep.objects.create(
            filing=filing, seq=place + 3, verb="filing.save_draft", on=filing.drafted_on, at=timezone.now(),
            by=handler, state="draft",
        )  # fmt: skip
    with django_assert_max_num_queries(len(few.captured_queries)):
        at_the_desk.get(address)


# --- the steps ----------------------------------------------------------------------------------------------


def test_an_application_walks_to_its_approval_and_leads_to_the_register(
    client: Client, handler: User, judge: User
) -> None:
    filing = drafted("amend", by=handler, proposal={"address": "虚构区新路8号"})
    client.force_login(handler)
    assert post(client, "submit", filing)[0] == 302
    assert post(client, "accept", again(filing))[0] == 302
    client.force_login(judge)
    told = {"opinion": "材料齐全", "favourable": "yes"}
    assert post(client, "review", again(filing), **told)[0] == 302
    decision = {"decision_no": "民许〔2026〕1号", "basis": "社会团体登记管理条例/18", "certificate_no": "虚证字第9号"}
    assert post(client, "approve", again(filing), **decision)[0] == 302
    body = Organisation.objects.get(pk=filing.organisation_id)
    assert (body.address, body.certificate_no) == ("虚构区新路8号", "虚证字第9号")
    page = page_of(client, filing)
    event = Event.objects.get(organisation=body, verb="organisation.amend")
    assert f"台账第 {event.seq} 条" in page
    assert f"{reverse('organisation_page', args=[body.code])}#timeline" in page
    assert "虚构区测试路1号" in page  # what the register said before
    assert "已经办结，没有下一步。" in page


def test_an_establishment_is_approved_with_a_code_that_fits(client: Client, handler: User, judge: User) -> None:
    filing = brought_to("reviewed", "establish", by=handler, other=judge)
    client.force_login(judge)
    decision = {"decision_no": "民许〔2026〕2号", "basis": "社会团体登记管理条例/12"}
    status, page = post(client, "approve", filing, **decision, code="51120119MJ0000000X")
    assert status == 422
    assert "R-110" in page
    assert "校验位不符" in page
    assert 'value="民许〔2026〕2号"' in page
    assert post(client, "approve", filing, **decision, code=NEW_CODE)[0] == 302
    assert reverse("organisation_page", args=[NEW_CODE]) in page_of(client, filing)


def test_certificate_dates_that_cannot_be_are_told_beside_their_field(
    client: Client, handler: User, judge: User
) -> None:
    filing = brought_to("reviewed", "amend", by=handler, other=judge)
    client.force_login(judge)
    told = {"decision_no": "1号", "basis": "条例", "certificate_from": "2026-02-02", "certificate_until": "2026-01-01"}
    status, page = post(client, "approve", filing, **told)
    assert status == 422
    assert "证书有效期止不早于有效期起" in page
    assert again(filing).state == FilingState.REVIEWED


@pytest.mark.parametrize(
    ("verb", "state", "told", "rule"),
    [
        ("return_for_completion", "submitted", {"missing": " "}, "R-29"),
        ("refuse_acceptance", "submitted", {"reason": ""}, "R-101"),
        ("withdraw", "submitted", {}, "R-121"),
        ("review", "accepted", {"opinion": "", "favourable": "no"}, "R-103"),
        ("extend", "accepted", {"reason": ""}, "R-170"),
        ("approve", "reviewed", {"decision_no": "", "basis": "条例"}, "R-108"),
        ("deny", "reviewed", {"decision_no": "1号", "basis": "条例", "reason": ""}, "R-109"),
    ],
)
def test_what_is_not_written_is_asked_for_in_the_rules_words_beside_its_field(
    verb: str, state: str, told: dict[str, str], rule: str, client: Client, handler: User, judge: User
) -> None:
    filing = brought_to(state, "amend", by=handler, other=judge)
    role = {"review": Role.REVIEWER, "extend": Role.DIRECTOR, "approve": Role.DIRECTOR, "deny": Role.DIRECTOR}
    client.force_login(user_of(role.get(verb, Role.REGISTRATION)))
    status, page = post(client, verb, filing, **told)
    assert status == 422
    assert rule in page
    assert "请填写“" in page
    assert again(filing).version == filing.version


def test_a_review_without_a_recommendation_keeps_the_opinion(client: Client, handler: User, judge: User) -> None:
    filing = brought_to("accepted", "amend", by=handler, other=judge)
    client.force_login(judge)
    status, page = post(client, "review", filing, opinion="已核对章程")
    assert status == 422
    assert "请选择建议准予或者建议不予准予" in page
    assert "已核对章程</textarea>" in page


def test_incomplete_documents_close_acceptance_and_a_post_is_refused(at_the_desk: Client, handler: User) -> None:
    filing = step("submit", drafted("amend", by=handler, complete=False, on=today()), by=handler, on=today())
    page = page_of(at_the_desk, filing)
    assert 'disabled aria-describedby="closed-accept"' in page
    assert "R-28" in page
    status, page = post(at_the_desk, "accept", filing)
    assert status == 422
    assert again(filing).state == FilingState.SUBMITTED


def test_the_officer_who_accepted_cannot_decide_and_the_page_says_so(client: Client, judge: User) -> None:
    filing = brought_to("reviewed", "amend", by=judge, other=user_of(Role.REVIEWER))
    client.force_login(judge)
    page = page_of(client, filing)
    assert "R-107" in page
    status, page = post(client, "approve", filing, decision_no="民许〔2026〕1号", basis="条例/18")
    assert status == 422
    assert 'value="民许〔2026〕1号"' in page


def test_an_extension_is_given_once_by_the_head(client: Client, handler: User, judge: User) -> None:
    filing = brought_to("accepted", "amend", by=handler, other=judge)
    fall_due(filing, today() + timedelta(days=9))
    client.force_login(user_of(Role.DIRECTOR))
    assert post(client, "extend", filing, reason="需要核实住所")[0] == 302
    page = page_of(client, filing)
    assert "延长一次" in page
    assert "R-169" in page
    status, _page = post(client, "extend", again(filing), reason="再核实")
    assert status == 422


def test_a_double_click_accepts_once_and_says_who_did(at_the_desk: Client, handler: User, judge: User) -> None:
    filing = brought_to("submitted", "amend", by=handler, other=judge)
    assert post(at_the_desk, "accept", filing)[0] == 302
    status, page = post(at_the_desk, "accept", filing)
    assert status == 409
    assert "“受理”没有办理" in page
    assert "受理变更登记申请" in page
    assert FilingStep.objects.filter(filing=filing, verb="filing.accept").count() == 1


def test_two_decide_and_the_second_keeps_the_text_on_the_page(client: Client, handler: User, judge: User) -> None:
    filing = brought_to("reviewed", "amend", by=handler, other=judge)
    client.force_login(judge)
    decision = {"decision_no": "民许〔2026〕1号", "basis": "社会团体登记管理条例/18"}
    assert post(client, "approve", filing, **decision)[0] == 302
    client.force_login(user_of(Role.DIRECTOR))
    status, page = post(client, "deny", filing, **decision, reason="业务范围重复，不宜准予")
    assert status == 409
    assert "测试审核员" in page
    assert "准予变更登记" in page
    assert "业务范围重复，不宜准予" in page
    assert again(filing).state == FilingState.APPROVED


def test_a_cancellation_of_a_body_that_has_left_meanwhile_is_refused_in_words(
    client: Client, handler: User, judge: User
) -> None:
    body = OrganisationFactory.create(supervising_unit=UnitFactory.create())
    filing = draft(kind=FilingKind.CANCEL, by=handler, on=today(), organisation_id=body.pk)
    client.force_login(handler)
    status, page = post(client, "submit", filing)
    assert status == 422
    for code in ("R-23", "R-26"):
        assert code in page
    assert again(filing).number == ""
