"""The register's list: initials, counts by kind, saved views, and many bodies at once."""

from datetime import date

import pytest
from django.test import Client
from django.urls import reverse
from pytest_django import DjangoAssertNumQueries

from console.models import SavedView
from registry.actions import organisation as verbs
from registry.models import Event, Organisation, User
from registry.queries.search import searched
from registry.queries.verification import faults
from registry.states import Kind, Role
from tests.cleanup.situations import running_campaign
from tests.console.situations import open_findings, user_of
from tests.factories import OrganisationFactory, UnitFactory
from tests.registry.moves import move

pytestmark = pytest.mark.django_db

LIST = "/organisations/"
BULK = "/organisations/bulk/"
REASON = {"on": "2022-05-01", "reason": "诉讼中"}


@pytest.fixture
def signed_in(client: Client, officer: User) -> Client:
    client.force_login(officer)
    return client


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        ("cyxh", ["虚构区茶叶协会"]),
        ("CYXH", ["虚构区茶叶协会"]),
        ("ｃｙ", ["虚构区茶叶协会"]),
        ("yh", ["虚构区银行业协会"]),
        ("xh", ["虚构区茶叶协会", "虚构区银行业协会"]),
        ("茶 xh", ["虚构区茶叶协会"]),
        ("cyxhq", []),
        ("c%h", []),
    ],
)
def test_the_first_letters_of_a_name_find_it(asked: str, found: list[str]) -> None:
    for name in ("虚构区茶叶协会", "虚构区银行业协会"):
        OrganisationFactory.create(name=name)
    assert [row.name for row in searched(Organisation.objects.order_by("pk"), asked)] == found


def test_counts_by_kind_follow_the_other_filters(signed_in: Client) -> None:
    OrganisationFactory.create(name="虚构区茶叶协会")
    OrganisationFactory.create(name="虚构区茶叶学堂", kind=Kind.PRIVATE_NON_ENTERPRISE)
    OrganisationFactory.create(name="虚构区花卉协会")
    context = signed_in.get(f"{LIST}?q=茶&kind=association").context
    assert {tab["value"]: tab["count"] for tab in context["kinds"]} == {
        "": 2,
        Kind.ASSOCIATION: 1,
        Kind.PRIVATE_NON_ENTERPRISE: 1,
        Kind.FOUNDATION: 0,
    }
    assert context["total"] == 1


def test_the_list_asks_as_often_for_one_row_as_for_three_hundred(
    signed_in: Client, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    open_findings(1, campaign=running_campaign(), supervising_unit=UnitFactory.create())
    with django_assert_num_queries(8) as one:
        signed_in.get(LIST)
    by, unit = user_of(Role.REGISTRATION), UnitFactory.create()
    for _ in range(299):
        OrganisationFactory.create(by=by, supervising_unit=unit)
    with django_assert_num_queries(len(one.captured_queries)):
        assert len(signed_in.get(LIST).context["page"].rows) == 30


def test_a_view_is_saved_opened_and_forgotten(signed_in: Client, officer: User) -> None:
    query = "kind=association&q=%E8%8C%B6"
    response = signed_in.post(
        reverse("saved_view_save"), {"name": "茶叶社团", "path": LIST, "query": f"{query}&after=51"}, follow=True
    )
    assert response.status_code == 200
    view = SavedView.objects.get(owner=officer)
    assert view.link == f"{LIST}?{query}"
    assert "茶叶社团" in signed_in.get(LIST).content.decode()
    other = SavedView.objects.create(owner=user_of(Role.REGISTRATION), name="别人的", path=LIST, query="q=x")
    assert "别人的" not in signed_in.get(LIST).content.decode()
    assert signed_in.post(reverse("saved_view_forget", args=[other.pk])).status_code == 404
    assert signed_in.post(reverse("saved_view_forget", args=[view.pk])).status_code == 302
    assert list(SavedView.objects.all()) == [other]


@pytest.mark.parametrize("path", ["//elsewhere.example/", "https://elsewhere.example/", "/", ""])
def test_saving_a_view_never_leads_off_the_console(path: str, signed_in: Client) -> None:
    response = signed_in.post(reverse("saved_view_save"), {"name": "甲", "path": path, "query": ""})
    assert "elsewhere" not in response["Location"]
    assert not SavedView.objects.exists()


def test_many_are_held_with_one_event_each_and_only_once(signed_in: Client, officer: User) -> None:
    bodies = [OrganisationFactory.create() for _ in range(3)]
    codes = [body.code for body in bodies]
    shown = signed_in.get(BULK, {"verb": "hold", "code": codes})
    assert [line.organisation for line in shown.context["able"]] == bodies
    sent = {"verb": "hold", "code": codes, **REASON}
    assert signed_in.post(BULK, sent).status_code == 302
    assert [event.by for event in Event.objects.filter(verb="organisation.hold")] == [officer] * 3
    again = signed_in.post(BULK, sent)
    assert again.status_code == 422
    assert again.content.decode().count("R-119") == 3
    assert Event.objects.filter(verb="organisation.hold").count() == 3
    assert signed_in.post(BULK, {**sent, "verb": "release"}).status_code == 302
    assert not Organisation.objects.filter(held_on__isnull=False).exists()
    assert list(faults()) == []


def test_who_cannot_be_held_is_named_with_the_rule_before_and_after(
    signed_in: Client, officer: User, reviewer: User
) -> None:
    able, held = OrganisationFactory.create(), OrganisationFactory.create()
    gone = move("cancel", OrganisationFactory.create(), by=officer, other=reviewer)
    verbs.hold(organisation_id=held.pk, by=officer, on=date(2022, 4, 1), reason="诉讼中")
    sent = {"verb": "hold", "code": [able.code, held.code, gone.code]}
    shown = signed_in.get(BULK, sent)
    assert [line.organisation for line in shown.context["able"]] == [able]
    assert {line.organisation: line.refused[0][:5] for line in shown.context["unable"]} == {
        held: "R-119",
        gone: "R-118",
    }
    tried = signed_in.post(BULK, {**sent, **REASON})
    page = tried.content.decode()
    assert tried.status_code == 422
    assert "已办理 1 个组织" in page
    assert "没有办理的 2 个组织" in page
    assert Event.objects.filter(verb="organisation.hold", organisation=able).count() == 1


def test_without_a_reason_or_a_day_nobody_is_held(signed_in: Client) -> None:
    code = OrganisationFactory.create().code
    assert "R-19" in signed_in.post(BULK, {"verb": "hold", "code": [code], **REASON, "reason": " "}).content.decode()
    page = signed_in.post(BULK, {"verb": "hold", "code": [code], **REASON, "on": ""})
    assert page.status_code == 422
    assert "请填写日期" in page.content.decode()
    assert not Event.objects.filter(verb="organisation.hold").exists()


def test_nothing_chosen_and_nonsense_are_answered_plainly(signed_in: Client) -> None:
    assert "还没有选择组织" in signed_in.get(BULK).content.decode()
    assert "另有 1 个未列入" in signed_in.get(BULK, {"code": ["nobody"]}).content.decode()
    assert signed_in.get(BULK, {"verb": "dissolve"}).status_code == 404
    assert signed_in.get(BULK, {"code": ["\x00"]}).status_code == 200


def test_who_may_not_hold_has_nothing_to_tick(client: Client) -> None:
    OrganisationFactory.create()
    client.force_login(user_of(Role.CLERK))
    assert "checkbox" not in client.get(LIST).content.decode()
