"""The register's list and the page of one organisation."""

from datetime import date

import pytest
from django.test import Client
from django.urls import reverse
from pytest_django import DjangoAssertNumQueries

from console.moves import NAMES, moves
from registry.actions import organisation as verbs
from registry.identifiers import compose
from registry.models import LegalBasis, Organisation, User
from registry.queries.search import searched
from registry.states import Kind, Role, State
from tests.cleanup.situations import running_campaign
from tests.console.situations import open_finding, open_findings, user_of
from tests.factories import OrganisationFactory, UnitFactory

pytestmark = pytest.mark.django_db

LIST = "/organisations/"


@pytest.fixture
def signed_in(client: Client) -> Client:
    client.force_login(user_of(Role.REGISTRATION))
    return client


def names_on(page: str) -> list[str]:
    return [name for name in Organisation.objects.order_by("code").values_list("name", flat=True) if name in page]


def text(client: Client, address: str) -> str:
    response = client.get(address)
    assert response.status_code == 200
    return response.content.decode()


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        ("茶", ["虚构区茶叶协会"]),
        ("茶 协会", ["虚构区茶叶协会"]),
        ("旧名", ["虚构区新名协会（分会）"]),
        ("mj000701", ["虚构区茶叶协会"]),
        ("ＭＪ０７０２", []),
        ("ＭＪ０００７０２", ["虚构区新名协会（分会）"]),
        ("测试代表", ["虚构区新名协会（分会）"]),
        ("没有的字", []),
        ("（分会）", ["虚构区新名协会（分会）"]),
        ("%", []),
        ("_", []),
        ("", ["虚构区茶叶协会", "虚构区新名协会（分会）"]),
    ],
)
def test_search_reads_name_former_name_code_and_representative(asked: str, found: list[str], officer: User) -> None:
    OrganisationFactory.create(name="虚构区茶叶协会", code=compose(Kind.ASSOCIATION, "120119", 701))
    renamed = OrganisationFactory.create(
        name="虚构区旧名协会", code=compose(Kind.ASSOCIATION, "120119", 702), legal_representative="测试代表"
    )
    verbs.amend(
        organisation_id=renamed.pk,
        changes={"name": "虚构区新名协会（分会）"},
        by=officer,
        on=date(2022, 1, 1),
        reason="更名",
    )
    rows = searched(Organisation.objects.order_by("code"), asked)
    assert [row.name for row in rows] == found


def test_filters_stand_in_the_address_and_narrow_together(signed_in: Client, officer: User) -> None:
    unit = UnitFactory.create()
    flagged = open_finding(name="虚构区失联协会", supervising_unit=unit).organisation
    OrganisationFactory.create(name="虚构区小学堂", kind=Kind.PRIVATE_NON_ENTERPRISE)
    dormant = OrganisationFactory.create(name="虚构区沉睡协会")
    verbs.mark_dormant(
        organisation_id=dormant.pk, by=officer, on=date(2022, 5, 1), reason="审核", reviewer_reason="长期停摆"
    )
    assert names_on(text(signed_in, f"{LIST}?kind=private_non_enterprise")) == ["虚构区小学堂"]
    assert names_on(text(signed_in, f"{LIST}?state=dormant")) == ["虚构区沉睡协会"]
    assert names_on(text(signed_in, f"{LIST}?criterion=D")) == [flagged.name]
    assert names_on(text(signed_in, f"{LIST}?criterion=A")) == []
    assert names_on(text(signed_in, f"{LIST}?unit={unit.pk}")) == [flagged.name]
    assert names_on(text(signed_in, f"{LIST}?criterion=D&state=dormant")) == []
    assert len(names_on(text(signed_in, f"{LIST}?kind=nonsense&unit=x&state=y&after=%00&q=%00"))) == 3


def test_counts_by_state_follow_the_other_filters(signed_in: Client, officer: User) -> None:
    gone = OrganisationFactory.create(name="虚构区已撤协会")
    verbs.revoke(
        organisation_id=gone.pk,
        by=officer,
        on=date(2022, 5, 3),
        reason="处罚",
        decision_no="虚民罚〔2022〕1号",
        decided_on=date(2022, 5, 1),
        served_on=date(2022, 5, 2),
    )
    OrganisationFactory.create(kind=Kind.FOUNDATION)
    tabs = signed_in.get(LIST).context["tabs"]
    assert {tab["value"]: tab["count"] for tab in tabs} == {
        "": 2,
        State.ACTIVE: 1,
        State.DORMANT: 0,
        State.DECOUPLED: 0,
        State.DEREGISTERED: 1,
        "revoked_not_cancelled": 1,
    }
    narrowed = signed_in.get(f"{LIST}?kind=foundation&state=deregistered").context
    assert {tab["value"]: tab["count"] for tab in narrowed["tabs"]}[State.DEREGISTERED] == 0
    assert narrowed["total"] == 0
    assert "已撤销未注销" in text(signed_in, f"{LIST}?state=revoked_not_cancelled")


def test_an_empty_list_says_what_to_do_next(signed_in: Client) -> None:
    assert "import_register" in text(signed_in, LIST)
    OrganisationFactory.create()
    assert "清除全部条件" in text(signed_in, f"{LIST}?q=没有的字")


def test_paging_keeps_the_filters_and_loses_nobody(signed_in: Client) -> None:
    for number in range(65):
        OrganisationFactory.create(name=f"虚构区分页协会{number:02d}")
    seen: list[str] = []
    address = f"{LIST}?q=分页&order=name"
    while address:
        page = signed_in.get(address).context["page"]
        seen += [row.name for row in page.rows]
        address = f"{LIST}?q=分页&order=name&after={page.next}" if page.next else ""
    assert seen == sorted(seen)
    assert len(set(seen)) == 65


def test_the_list_asks_the_database_as_often_for_one_row_as_for_thirty(
    signed_in: Client, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    campaign = running_campaign()
    open_findings(1, campaign=campaign, supervising_unit=UnitFactory.create())
    with django_assert_num_queries(8) as one:
        signed_in.get(LIST)
    open_findings(29, campaign=campaign, supervising_unit=UnitFactory.create())
    with django_assert_num_queries(len(one.captured_queries)):
        assert len(signed_in.get(LIST).context["page"].rows) == 30


def test_the_page_shows_facts_flags_and_history_in_words(signed_in: Client, officer: User) -> None:
    body = open_finding(name="虚构区甲协会", address="虚构区一号", established_on=date(2011, 3, 4)).organisation
    verbs.amend(
        organisation_id=body.pk,
        changes={"address": "虚构区二号", "supervising_unit": UnitFactory.create(name="虚构区某局")},
        by=officer,
        on=date(2022, 8, 9),
        reason="迁址",
    )
    page = text(signed_in, reverse("organisation_page", args=[body.code]))
    for sentence in (
        "2011年3月4日",
        "变更登记事项",
        "虚构区一号 → 虚构区二号",
        "空 → 虚构区某局",
        "2022年8月9日",
        "发现线索（情形 D）",
        "联系：挂号信函（住所），无法联系",
        "住所联系失败 2 次",
        "民发〔2021〕63号/D",
    ):
        assert sentence in page, sentence
    assert "2022-08-09" not in page


def test_the_page_asks_the_database_as_often_for_a_long_history(
    signed_in: Client, officer: User, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    body = open_finding().organisation
    address = reverse("organisation_page", args=[body.code])
    with django_assert_max_num_queries(50) as few:
        signed_in.get(address)
    for number in range(40):
        verbs.amend(
            organisation_id=body.pk, changes={"address": f"{number}号"}, by=officer, on=date(2022, 8, 9), reason="迁址"
        )
    with django_assert_max_num_queries(len(few.captured_queries)):
        response = signed_in.get(address)
    assert len(response.context["timeline"]) == 30
    assert "更早的记录" in response.content.decode()


def test_moves_say_why_they_are_closed(officer: User) -> None:
    body = OrganisationFactory.create()
    found = {move.verb: move for move in moves(body)}
    assert set(found) == set(NAMES)
    assert found["cancel"].is_open
    assert "内部决议" in found["cancel"].asks[0][0]
    assert found["cancel"].asks[0][1].startswith("社会团体登记管理条例")
    assert found["reactivate"].closed_because == "现为“正常存续”，不能办理"
    assert found["revoke_licence"].closed_because == "不是慈善组织，吊销只适用于慈善组织"
    assert found["complete_decoupling"].closed_because == "不是行业协会商会"
    assert not found["conclude_liquidation"].is_open
    verbs.hold(organisation_id=body.pk, by=officer, on=date(2022, 1, 1), reason="诉讼中")
    held = {move.verb: move for move in moves(Organisation.objects.get(pk=body.pk))}
    assert held["mark_dormant"].closed_because == "正在暂缓处理期间，先解除暂缓"


def test_a_basis_nobody_verified_is_shown_as_such(signed_in: Client) -> None:
    LegalBasis.objects.filter(code="慈善法/109").update(verified=False)
    body = OrganisationFactory.create(charity=True)
    assert "慈善法/109（待核实）" in text(signed_in, reverse("organisation_page", args=[body.code]))


def test_dormant_is_shown_as_internal_and_revoked_as_not_yet_cancelled(signed_in: Client, officer: User) -> None:
    body = OrganisationFactory.create()
    verbs.mark_dormant(
        organisation_id=body.pk, by=officer, on=date(2022, 5, 1), reason="审核", reviewer_reason="长期停摆"
    )
    address = reverse("organisation_page", args=[body.code])
    assert "内部工作标识，非法定状态" in text(signed_in, address)
    verbs.revoke(
        organisation_id=body.pk,
        by=officer,
        on=date(2022, 5, 3),
        reason="处罚",
        decision_no="虚民罚〔2022〕1号",
        decided_on=date(2022, 5, 1),
        served_on=date(2022, 5, 2),
    )
    page = text(signed_in, address)
    assert "已撤销未注销" in page
    assert "清算结束后注销" in page


def test_an_unknown_code_is_not_found(signed_in: Client) -> None:
    assert signed_in.get(reverse("organisation_page", args=["51120119MJ0000000X"])).status_code == 404
