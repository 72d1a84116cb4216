"""Changing facts, and two officers who do so at once."""

from datetime import date, timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from registry.actions import organisation as verbs
from registry.models import Organisation, User
from registry.queries.verification import faults
from registry.states import Role
from tests.console.situations import user_of
from tests.factories import OrganisationFactory, UnitFactory
from tests.registry.moves import again, body_in

pytestmark = pytest.mark.django_db


@pytest.fixture
def body(client: Client, officer: User) -> Organisation:
    client.force_login(officer)
    made: Organisation = OrganisationFactory.create(
        name="虚构区甲协会", legal_representative="甲某", supervising_unit=UnitFactory.create(name="虚构区某局")
    )
    return made


def page_of(body: Organisation) -> str:
    return reverse("organisation_edit", args=[body.code])


def opened(client: Client, body: Organisation) -> dict[str, Any]:
    """Return what a browser would send from the form as it opens."""
    form = client.get(page_of(body)).context["form"]
    sent = {name: form[name].value() for name in form.fields}
    return {name: value for name, value in sent.items() if value not in (None, False)} | {"reason": "依申请变更"}


def test_what_differs_becomes_one_event(client: Client, body: Organisation) -> None:
    sent = opened(client, body) | {"address": "虚构区二号", "capital": "30000", "is_charity": "on", "on": "2022-05-06"}
    assert client.post(page_of(body), sent).status_code == 302
    event = body.events.get(seq=2)
    assert event.facts["changes"] == {
        "address": ["虚构区测试路1号", "虚构区二号"],
        "capital": [None, "30000"],
        "is_charity": [False, True],
    }
    assert (event.on, event.reason) == (date(2022, 5, 6), "依申请变更")
    assert list(faults()) == []


def test_nothing_changed_leaves_no_event(client: Client, body: Organisation) -> None:
    response = client.post(page_of(body), opened(client, body), follow=True)
    assert "没有改动" in response.content.decode()
    assert body.events.count() == 1


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ({"name": ""}, "请填写名称"),
        ({"reason": " ", "address": "乙"}, "R-19"),
        ({"on": "", "address": "乙"}, "请填写日期"),
        ({"on": (timezone.localdate() + timedelta(days=2)).isoformat(), "address": "乙"}, "R-20"),
        ({"certificate_from": "2022-01-02", "certificate_until": "2022-01-01"}, "证书有效期止不早于有效期起"),
        ({"capital": "三万"}, "id_capital_error"),
    ],
)
def test_a_refusal_keeps_the_text_and_says_why(
    wrong: dict[str, str], words: str, client: Client, body: Organisation
) -> None:
    response = client.post(page_of(body), opened(client, body) | {"business_scope": "新写的业务"} | wrong)
    assert response.status_code == 422
    page = response.content.decode()
    assert words in page
    assert "新写的业务" in page
    assert body.events.count() == 1


def test_what_the_database_would_refuse_is_said_beside_its_field(client: Client, officer: User) -> None:
    client.force_login(officer)
    decoupled = body_in("decoupled", by=officer, other=user_of(Role.REVIEWER))
    response = client.post(page_of(decoupled), opened(client, decoupled) | {"supervision": "dual"})
    assert response.status_code == 422
    assert response.context["form"].errors["supervision"] == ["已完成脱钩的，登记体制为“已脱钩”，没有业务主管单位"]


def test_the_second_officer_sees_what_changed_and_keeps_what_was_written(client: Client, body: Organisation) -> None:
    sent = opened(client, body)
    first = user_of(Role.REGISTRATION, display_name="先到者")
    changes = {"address": "先到者写的住所", "legal_representative": "乙某", "supervising_unit": None}
    verbs.amend(organisation_id=body.pk, changes=changes, by=first, on=date(2022, 5, 1), reason="迁址")
    mine = sent | {"address": "后到者写的住所", "business_scope": "后到者写的业务"}
    response = client.post(page_of(body), mine)
    assert response.status_code == 409
    assert body.events.count() == 2
    page = response.content.decode()
    assert "先到者" in page
    assert "迁址" in page
    form = response.context["form"]
    assert set(response.context["both"]) == {"address"}
    assert "改为“先到者写的住所”" in page
    assert form["address"].value() == "后到者写的住所"
    assert form["business_scope"].value() == "后到者写的业务"
    assert form["legal_representative"].value() == "乙某"
    assert not form["supervising_unit"].value()
    resent = {name: form[name].value() for name in form.fields if form[name].value() not in (None, False)}
    assert client.post(page_of(body), resent).status_code == 302
    now = again(body)
    assert (now.address, now.business_scope, now.legal_representative) == ("后到者写的住所", "后到者写的业务", "乙某")
    assert now.supervising_unit is None


def test_two_who_change_different_facts_do_not_undo_each_other(client: Client, body: Organisation) -> None:
    sent = opened(client, body)
    verbs.amend(
        organisation_id=body.pk,
        changes={"is_charity": True, "capital": "800.50"},
        by=user_of(Role.REGISTRATION),
        on=date(2022, 5, 1),
        reason="认定",
    )
    response = client.post(page_of(body), sent | {"address": "乙"})
    assert response.status_code == 409
    assert not response.context["both"]
    assert "可以直接保存" in response.content.decode()
    form = response.context["form"]
    resent = {name: form[name].value() for name in form.fields if form[name].value() not in (None, False)}
    assert client.post(page_of(body), resent).status_code == 302
    now = again(body)
    assert (now.address, now.is_charity, str(now.capital)) == ("乙", True, "800.50")


def test_a_form_sent_twice_is_saved_once(client: Client, body: Organisation) -> None:
    sent = opened(client, body) | {"address": "乙"}
    assert client.post(page_of(body), sent).status_code == 302
    assert client.post(page_of(body), sent).status_code == 409
    assert body.events.count() == 2
