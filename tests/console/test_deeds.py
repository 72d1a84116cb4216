"""Deeds on an organisation's own page: done, refused in the rules' words, closed, sent twice, and by whom."""

from datetime import date, timedelta
from itertools import product
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from console.deed_forms import BY_REVIEWER
from console.deeds import DEEDS
from console.organisation_sections import ELSEWHERE, offers
from registry.actions import evidence
from registry.actions import organisation as verbs
from registry.models import Activity, AnnualReport, ContactAttempt, Event, Organisation, User
from registry.queries.verification import faults
from registry.rulebook import BOOK
from registry.states import Role, State
from tests.console.doors import MAY_OPEN
from tests.console.situations import user_of
from tests.factories import OrganisationFactory, UnitFactory
from tests.registry.moves import again, body_in, move

pytestmark = pytest.mark.django_db

DAY = "2022-04-01"
LATER = timezone.localdate() + timedelta(days=400)
DECISION = {"decision_no": "虚民罚〔2022〕1号", "decided_on": "2022-03-01", "served_on": "2022-03-10"}
DOCUMENTS: dict[str, dict[str, Any]] = {
    "mark_dormant": {},
    "reactivate": {"cured_A": "已补报年报"},
    "cancel": {"resolution_on": "2022-03-01", "consent_no": "函1号", "liquidation_report_on": "2022-03-20"},
    "revoke": DECISION,
    "revoke_licence": DECISION,
    "merge": {"resolution_on": "2022-03-01"},
    "conclude_liquidation": {"liquidation_report_on": "2022-03-20"},
}
BEFORE = {"reactivate": State.DORMANT, "conclude_liquidation": "revoked"}
AFTER = {"mark_dormant": State.DORMANT, "reactivate": State.ACTIVE}


@pytest.fixture
def doer(client: Client) -> User:
    user = user_of(Role.REVIEWER, certificate_no="虚执法证第9号", certificate_until=date(2031, 1, 1))
    client.force_login(user)
    return user


def page_of(verb: str, body: Organisation) -> str:
    return reverse(f"organisation_{verb}", args=[body.code])


def ready(verb: str, by: User, other: User) -> Organisation:
    """Return a body on which ``verb`` may be done."""
    wanted = BEFORE.get(verb, State.ACTIVE)
    if wanted == "revoked":
        return move("revoke", body_in("active", by=by, other=other), by=by, other=other, on=date(2022, 3, 1))
    body = body_in("active", by=by, other=other)
    if wanted == State.DORMANT:
        verbs.mark_dormant(
            organisation_id=body.pk,
            by=by,
            on=date(2022, 2, 1),
            reason="核实",
            reviewer_reason="停摆",
            context={"criteria": "A"},
        )
    return again(body)


@pytest.mark.parametrize("verb", DOCUMENTS)
def test_a_move_is_made_once_with_its_documents(verb: str, client: Client, doer: User, officer: User) -> None:
    body = ready(verb, officer, doer)
    sent = {"on": DAY, "reason": "依文书办理", **DOCUMENTS[verb]}
    if verb == "merge":
        sent["successor"] = OrganisationFactory.create().code.lower()
    assert client.get(page_of(verb, body)).context["closed_because"] == ""
    response = client.post(page_of(verb, body), sent)
    assert response.status_code == 302
    assert again(body).state == AFTER.get(verb, State.DEREGISTERED)
    last = body.events.order_by("seq").last()
    assert (last.verb, last.by, last.reason) == (f"organisation.{verb}", doer, "依文书办理")
    count = body.events.count()
    second = client.post(page_of(verb, body), sent)
    assert second.status_code in {409, 422}
    assert "依文书办理" in second.content.decode() or second.context["closed_because"]
    assert body.events.count() == count
    assert list(faults()) == []


@pytest.mark.parametrize("verb", DOCUMENTS)
def test_a_move_without_its_documents_is_refused_in_the_words_of_the_rules(
    verb: str, client: Client, doer: User, officer: User
) -> None:
    body = ready(verb, officer, doer)
    count = body.events.count()
    response = client.post(page_of(verb, body), {"on": DAY, "reason": ""})
    assert response.status_code == 422
    page = response.content.decode()
    assert str(BOOK["R-19"]) in page
    assert "尚不符合" in page
    assert body.events.count() == count


def test_what_is_missing_is_marked_beside_the_form_and_the_text_is_kept(client: Client, doer: User) -> None:
    body = OrganisationFactory.create()
    response = client.post(page_of("cancel", body), {"on": DAY, "reason": "自行决定解散", "consent_no": "函1号"})
    assert response.status_code == 422
    missing = [ask["message"] for ask in response.context["asks"] if ask["is_missing"]]
    assert missing == [BOOK["R-09"].message, BOOK["R-11"].message]
    page = response.content.decode()
    assert "自行决定解散" in page
    assert 'value="函1号"' in page


def test_a_penalty_needs_a_valid_certificate(client: Client, officer: User) -> None:
    client.force_login(user_of(Role.REVIEWER, certificate_no="虚执法证第8号", certificate_until=date(2022, 1, 1)))
    body = OrganisationFactory.create(charity=True)
    for verb in ("revoke", "revoke_licence"):
        response = client.post(page_of(verb, body), {"on": DAY, "reason": "处罚", **DECISION})
        assert response.status_code == 422
        assert "R-111" in response.content.decode()
    assert again(body).state == State.ACTIVE


def test_a_closed_move_says_why_and_offers_no_form(client: Client, doer: User) -> None:
    body = OrganisationFactory.create()
    page = client.get(page_of("reactivate", body)).content.decode()
    assert "现为“正常存续”，不能办理" in page
    assert "<textarea" not in page


def test_a_body_confirmed_by_a_reviewer_alone_is_cured_of_that_ground(client: Client, doer: User) -> None:
    body = OrganisationFactory.create()
    verbs.mark_dormant(organisation_id=body.pk, by=doer, on=date(2022, 2, 1), reason="核实", reviewer_reason="停摆")
    sent = {"on": DAY, "reason": "已恢复活动", f"cured_{BY_REVIEWER}": ""}
    assert "R-03" in client.post(page_of("reactivate", body), sent).content.decode()
    sent[f"cured_{BY_REVIEWER}"] = "已召开会员大会"
    assert client.post(page_of("reactivate", body), sent).status_code == 302
    assert again(body).state == State.ACTIVE


def test_a_body_is_held_and_released_from_its_page(client: Client, officer: User) -> None:
    client.force_login(officer)
    body = OrganisationFactory.create()
    address = reverse("organisation_page", args=[body.code])
    assert page_of("hold", body) in client.get(address).content.decode()
    client.post(page_of("hold", body), {"on": DAY, "reason": "诉讼中"})
    assert again(body).hold_reason == "诉讼中"
    assert "R-119" in client.post(page_of("hold", body), {"on": DAY, "reason": "诉讼中"}).content.decode()
    page = client.get(address).content.decode()
    assert page_of("release", body) in page
    assert page_of("hold", body) not in page
    client.post(page_of("release", body), {"on": DAY, "reason": "诉讼结束"})
    assert again(body).held_on is None


EVIDENCE: dict[str, tuple[dict[str, Any], type[Any]]] = {
    "file_report": ({"year": "2021", "filed_on": DAY, "conclusion": "pending"}, AnnualReport),
    "record_activity": ({"title": "会员大会", "held_on": DAY, "source": "媒体"}, Activity),
    "record_contact": (
        {"channel": "letter", "target": "某路", "tried_on": DAY, "outcome": "failed", "proof": "退信"},
        ContactAttempt,
    ),
    "survey_activity": ({"until": DAY, "reason": "现场核查"}, Event),
}


@pytest.mark.parametrize("verb", EVIDENCE)
def test_evidence_is_entered_once_however_often_it_is_sent(verb: str, client: Client, officer: User) -> None:
    client.force_login(officer)
    body = OrganisationFactory.create()
    sent, model = EVIDENCE[verb]
    form = client.get(page_of(verb, body)).context["form"]
    sent = {**sent, "version": form["version"].value()}
    assert client.post(page_of(verb, body), sent).status_code == 302
    count = model.objects.count()
    again_sent = client.post(page_of(verb, body), sent)
    assert again_sent.status_code == 409
    assert officer.display_name in again_sent.content.decode()
    assert again_sent.context["form"]["version"].value() == str(again(body).version)
    assert model.objects.count() == count
    assert body.events.count() == 2


def test_a_failed_contact_without_proof_is_refused_and_a_day_is_asked_for(client: Client, officer: User) -> None:
    client.force_login(officer)
    body = OrganisationFactory.create()
    sent = {**EVIDENCE["record_contact"][0], "proof": ""}
    assert "R-126" in client.post(page_of("record_contact", body), sent).content.decode()
    page = client.post(page_of("record_contact", body), {**sent, "tried_on": ""})
    assert page.status_code == 422
    assert "请填写日期" in page.content.decode()
    sent["tried_on"] = LATER.isoformat()
    assert "R-20" in client.post(page_of("record_contact", body), sent).content.decode()
    assert not ContactAttempt.objects.exists()


def test_a_report_is_concluded_from_the_page(client: Client, officer: User) -> None:
    client.force_login(officer)
    body = OrganisationFactory.create()
    assert "还没有已报送的年报" in client.get(page_of("conclude_report", body)).content.decode()
    evidence.file_report(organisation_id=body.pk, year=2021, filed_on=date(2022, 3, 1), by=officer)
    sent = {"year": "2021", "conclusion": "unqualified", "on": DAY, "reason": ""}
    assert client.post(page_of("conclude_report", body), sent).status_code == 422
    sent["reason"] = "账目不清"
    assert client.post(page_of("conclude_report", body), sent).status_code == 302
    assert AnnualReport.objects.get().conclusion == "unqualified"
    page = client.get(reverse("organisation_page", args=[body.code])).content.decode()
    assert "badge-report-unqualified" in page


@pytest.mark.parametrize(("role", "verb"), list(product(sorted(set(Role) - {Role.SYSTEM}), DEEDS)))
def test_nobody_does_by_post_what_the_role_does_not_allow(role: Role, verb: str, client: Client) -> None:
    if role in MAY_OPEN[f"organisation_{verb}"]:
        return
    unit = UnitFactory.create()
    body = OrganisationFactory.create(supervising_unit=unit)
    client.force_login(user_of(role, unit=unit))
    assert client.post(page_of(verb, body), {"on": DAY, "reason": "办理"}).status_code == 403
    assert body.events.count() == 1


def test_the_page_offers_what_the_role_may_and_says_who_may_the_rest() -> None:
    body = OrganisationFactory.create()
    found = {offer.move.verb: offer for offer in offers(user_of(Role.REGISTRATION), body)}
    assert set(found) == {verb for verb, deed in DEEDS.items() if deed.is_move} | set(ELSEWHERE)
    assert (found["cancel"].address, found["cancel"].why) == ("", "由审核人办理")
    assert (found["mark_dormant"].address, found["mark_dormant"].why) == ("", "由审核人办理")
    assert found["reactivate"].move.closed_because
    assert found["reactivate"].address == ""


def test_an_organisation_out_of_reach_has_no_pages(client: Client, officer: User) -> None:
    body = OrganisationFactory.create(supervising_unit=UnitFactory.create())
    client.force_login(user_of(Role.SUPERVISING_UNIT, unit=UnitFactory.create()))
    assert client.get(reverse("organisation_past", args=[body.code])).status_code == 404
    client.force_login(officer)
    assert client.get(reverse("organisation_hold", args=["51120119MJ0000000X"])).status_code == 404
