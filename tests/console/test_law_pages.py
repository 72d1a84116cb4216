"""Law and policy in the console: what is in force, what is proposed, what it would move, and who decides."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from cleanup.actions.sweep import sweep
from cleanup.models import Finding
from console.law_words import amount
from registry.actions import evidence
from registry.models import Event, LawEvent, LawProposal, LegalBasis, Policy
from registry.states import Kind, Role
from tests.cleanup.situations import filer, running_campaign, window
from tests.console.situations import opened_case, proposed_law, user_of
from tests.factories import OrganisationFactory, UserFactory
from tests.registry.law import new_value
from worker.actions import law

if TYPE_CHECKING:
    from django.http import HttpResponse

    from registry.models import Organisation, User

pytestmark = pytest.mark.django_db

NEW = {
    "do": "new", "kind": "association", "year": "2021", "value": "06-30", "effective_from": "2022-04-20",
    "basis": "社会团体登记管理条例/28", "source": "虚民函〔2022〕3号", "verified": "on", "reason": "年检延期",
}  # fmt: skip


def seat(role: Role) -> tuple[Client, User]:
    user = user_of(role)
    client = Client()
    client.force_login(user)
    return client, user


def text(response: Any) -> str:
    return str(response.content.decode())


def propose(client: Client, **columns: str) -> HttpResponse:
    return client.post(reverse("law_policy_new", args=["annual_report.due"]), {**NEW, **columns})


def late(count: int) -> list[Organisation]:
    """Return associations that filed their reports of 2021 in June 2022."""
    by = user_of(Role.REGISTRATION)
    bodies = [OrganisationFactory.create(by=by) for _ in range(count)]
    for body in bodies:
        evidence.file_report(organisation_id=body.pk, year=2021, filed_on=date(2022, 6, 10), by=by)
    return bodies


def test_the_law_is_shown_with_its_versions_and_what_nobody_has_verified() -> None:
    client, _user = seat(Role.AUDITOR)
    page = text(client.get(reverse("law_list"), {"checked": "no"}))
    assert "地方情形/E" in page
    assert "行政处罚法/60" not in page
    basis = LegalBasis.objects.get(code="行政处罚法/60")
    page = text(client.get(reverse("law_basis", args=[basis.pk])))
    assert "行政处罚决定期限" in page
    assert "90 日" in page
    assert "2021年7月15日起" in page


def test_a_policy_shows_its_values_over_time_and_what_is_counted_by_it() -> None:
    client, _user = seat(Role.CLERK)
    page = text(client.get(reverse("law_policies")))
    assert "年检（年报）报送登记管理机关的截止日" in page
    assert "次年5月31日" in page
    page = text(client.get(reverse("law_policy", args=["annual_report.established_by"])))
    assert "当年12月31日" in page
    assert "已失效" in page
    page = text(client.get(reverse("law_policy", args=["penalty.decision_days"])))
    assert "处罚决定期限" in page
    assert client.get(reverse("law_policy", args=["no.such"])).status_code == 404
    assert "提出新值" not in page


@pytest.mark.parametrize(
    ("unit", "value", "words"),
    [
        ("月-日（次年）", "05-31", "次年5月31日"),
        ("日", 90, "90 日"),
        ("日", [15, 30], "15至30 日"),
        ("%", 10, "10%"),
        ("比例", "3%", "3%"),
    ],
)
def test_values_are_told_as_people_say_them(unit: str, value: Any, words: str) -> None:
    assert amount(unit, value) == words


def test_an_officer_proposes_a_value_and_sees_what_it_would_move() -> None:
    bodies = late(2)
    client, user = seat(Role.REGISTRATION)
    answer = propose(client)
    proposal = LawProposal.objects.get()
    assert answer["Location"] == reverse("law_proposal_page", args=[proposal.pk])
    assert (proposal.proposed_by, proposal.bodies) == (user, 2)
    page = text(client.get(answer["Location"]))
    for body in bodies:
        assert body.name in page
    assert "2022年6月10日报送，逾期 10 日" in page
    assert "2022年6月10日报送，未逾期" in page
    assert "由审核人、负责人办理" in page
    file = b"".join(client.get(reverse("law_proposal_effects", args=[proposal.pk])).streaming_content)  # type: ignore[attr-defined]  # it streams
    assert file.decode("utf-8-sig").count("\n") == 3


def test_what_is_wrong_is_said_beside_the_form_with_the_text_kept() -> None:
    client, _user = seat(Role.REGISTRATION)
    answer = propose(client, value="02-30", source="", reason="")
    page = text(answer)
    assert answer.status_code == 422
    for sentence in ("值的写法和单位与该事项一致", "每一条都写明来源", "写明变动的理由"):
        assert sentence in page
    assert 'value="02-30"' in page
    assert not LawProposal.objects.exists()
    assert propose(client, effective_from="").status_code == 422


def test_a_row_is_corrected_ended_or_marked_verified_by_a_proposal() -> None:
    client, _user = seat(Role.REVIEWER)
    row = Policy.objects.get(key="no_contact.interval_days")
    address = reverse("law_policy_change", args=[row.pk])
    assert 'value="15至30"' in text(client.get(address))
    assert client.post(address, {"do": "verify", "verify-source": "原文", "verify-reason": "核对"}).status_code == 302
    (change,) = LawProposal.objects.get().changes.all()
    assert (change.after["verified"], change.after["source"]) == (True, "原文")
    answer = client.post(address, {"do": "end", "end-effective_to": "2027-01-01", "end-reason": "废止"})
    assert "变动以后，原来有值的日期仍然有值" in text(answer)
    basis = LegalBasis.objects.get(code="行政处罚法/60")
    correct = {"do": "correct", "correct-text": "九十日内", "correct-source": "原文", "correct-reason": "更正"}
    assert client.post(reverse("law_basis_change", args=[basis.pk]), correct).status_code == 302
    assert LawProposal.objects.first().changes.get().after["text"] == "九十日内"  # type: ignore[union-attr]  # there is one


def test_a_law_file_is_proposed_or_every_fault_of_it_is_said() -> None:
    client, _user = seat(Role.DIRECTOR)

    def send(content: str) -> HttpResponse:
        file = SimpleUploadedFile("law.toml", content.encode())
        return client.post(reverse("law_file_new"), {"file": file, "reason": "载入"})

    answer = send('[[policy]]\nkey = "alert.days_before"\n')
    assert answer.status_code == 422
    assert "缺少 effective_from、source、value" in text(answer)
    row = (
        '[[policy]]\nkey = "alert.days_before"\nvalue = 7\nunit = "日"\nsource = "本局"\neffective_from = 2027-01-01\n'
    )
    assert send(row).status_code == 302
    proposal = LawProposal.objects.get()
    assert (proposal.file_name, proposal.changes.count()) == ("law.toml", 2)
    assert client.post(reverse("law_file_new"), {"reason": "载入"}).status_code == 422


def test_another_officer_approves_and_the_ledgers_say_so() -> None:
    bodies = late(1)
    for _ in range(10):
        OrganisationFactory.create(kind=Kind.PRIVATE_NON_ENTERPRISE)
    proposer, _user = seat(Role.REVIEWER)
    propose(proposer)
    proposal = LawProposal.objects.get()
    address = reverse("law_proposal_approve", args=[proposal.pk])
    sent = {"seen": proposal.effect_digest, "reason": "同意"}
    answer = proposer.post(address, sent)
    assert answer.status_code == 422
    assert "由提出人以外的人员批准" in text(answer)
    approver, officer = seat(Role.REVIEWER)
    answer = approver.post(address, {**sent, "reason": " "})
    assert "写明批准意见" in text(answer)
    assert approver.post(address, sent).status_code == 302
    page = text(approver.get(reverse("law_proposal_page", args=[proposal.pk])))
    assert "1 家组织的事项已重新计算" in page
    event = Event.objects.get(verb="law.recalculate")
    assert (event.organisation, event.by) == (bodies[0], officer)
    page = text(approver.get(reverse("organisation_page", args=[bodies[0].code])))
    assert f"法规政策变动第{proposal.pk}号：重新计算" in page
    again = approver.post(address, sent)
    assert again.status_code == 409
    assert "将该变动办为“已批准”" in text(again)
    assert LawEvent.objects.count() == 2


def test_a_wide_effect_waits_for_the_director_on_the_page() -> None:
    late(2)
    client, _user = seat(Role.REGISTRATION)
    propose(client)
    proposal = LawProposal.objects.get()
    sent = {"seen": proposal.effect_digest, "reason": "确有通知"}
    reviewer, _user = seat(Role.REVIEWER)
    page = text(reviewer.get(reverse("law_proposal_page", args=[proposal.pk])))
    assert "负责人写明理由确认之前不能批准" in page
    assert reviewer.post(reverse("law_proposal_approve", args=[proposal.pk]), sent).status_code == 422
    assert reviewer.post(reverse("law_proposal_confirm", args=[proposal.pk]), sent).status_code == 403
    director, _user = seat(Role.DIRECTOR)
    assert director.post(reverse("law_proposal_confirm", args=[proposal.pk]), {**sent, "reason": ""}).status_code == 422
    assert director.post(reverse("law_proposal_confirm", args=[proposal.pk]), sent).status_code == 302
    assert reviewer.post(reverse("law_proposal_approve", args=[proposal.pk]), sent).status_code == 302


def test_an_effect_that_moved_since_it_was_seen_is_shown_before_it_is_approved() -> None:
    bodies = late(1)
    others = [OrganisationFactory.create() for _ in range(30)]
    for body in others:
        evidence.file_report(
            organisation_id=body.pk, year=2021, filed_on=date(2022, 4, 1), by=user_of(Role.REGISTRATION)
        )
    client, _user = seat(Role.REGISTRATION)
    propose(client)
    proposal = LawProposal.objects.get()
    sent = {"seen": proposal.effect_digest, "reason": "同意，照此办理"}
    newcomer = late(1)[0]
    approver, _user = seat(Role.REVIEWER)
    answer = approver.post(reverse("law_proposal_approve", args=[proposal.pk]), sent)
    page = text(answer)
    assert answer.status_code == 409
    assert "您打开本页之后影响范围有变化：新增或者改变 1 项" in page
    assert newcomer.name in page
    assert "同意，照此办理" in page
    assert Policy.objects.filter(year=2021).count() == 0
    proposal.refresh_from_db()
    assert f'value="{proposal.effect_digest}"' in page
    sent["seen"] = proposal.effect_digest
    assert approver.post(reverse("law_proposal_approve", args=[proposal.pk]), sent).status_code == 302
    moved = set(Event.objects.filter(verb="law.recalculate").values_list("organisation", flat=True))
    assert moved == {bodies[0].pk, newcomer.pk}


def test_a_proposal_is_rejected_or_withdrawn_for_a_reason() -> None:
    proposer, user = seat(Role.REGISTRATION)
    made = [
        law.propose(changes=new_value(year=year), by=user, on=timezone.localdate(), reason="延期")
        for year in (2021, 2022)
    ]
    reviewer, _user = seat(Role.REVIEWER)
    reject, withdraw = (
        reverse(f"law_proposal_{verb}", args=[each.pk]) for verb, each in zip(("reject", "withdraw"), made, strict=True)
    )
    assert reviewer.post(reject, {"reason": ""}).status_code == 422
    assert reviewer.post(reject, {"reason": "通知未到"}).status_code == 302
    assert "由提出人撤回" in text(reviewer.post(withdraw, {"reason": "有误"}))
    assert proposer.post(withdraw, {"reason": "有误"}).status_code == 302
    page = text(proposer.get(reverse("law_proposal_list"), {"state": "rejected"}))
    assert f"第 {made[0].pk} 号" in page
    assert f"第 {made[1].pk} 号" not in page


def test_the_effect_is_listed_anew_on_request() -> None:
    client, _user = seat(Role.REGISTRATION)
    propose(client)
    proposal = LawProposal.objects.get()
    late(1)
    assert client.post(reverse("law_proposal_preview", args=[proposal.pk])).status_code == 302
    proposal.refresh_from_db()
    assert proposal.bodies == 1
    Policy.objects.create(
        key="annual_report.due", kind="association", year=2021, value="06-30", source="x", effective_from=date(2022, 4, 20)
    )  # fmt: skip
    answer = client.post(reverse("law_proposal_preview", args=[proposal.pk]))
    assert answer.status_code == 422
    assert "所要变动的内容没有另行变动" in text(answer)


def test_a_page_of_effects_asks_as_often_however_many_there_are() -> None:
    client, _user = seat(Role.REVIEWER)
    few = proposed_law()
    late(8)
    many = law.propose(changes=new_value(), by=user_of(Role.REGISTRATION), on=timezone.localdate(), reason="延期")
    counts = []
    for proposal in (few, many):
        with CaptureQueriesContext(connection) as queries:
            client.get(reverse("law_proposal_page", args=[proposal.pk]))
        counts.append(len(queries))
    assert counts[1] - counts[0] <= 1


def test_a_finding_and_its_case_say_which_change_took_their_ground(officer: User) -> None:
    OrganisationFactory.create(by=officer)
    for _ in range(25):
        filer(2020, 2021, by=officer)
    campaign = running_campaign(windows=[window(criteria="A")])
    sweep(campaign_id=campaign.pk, as_of=date(2022, 6, 1), by=officer)
    case = opened_case(Finding.objects.get())
    on = timezone.localdate()
    proposal = law.propose(changes=new_value(value="07-31"), by=officer, on=on, reason="延期通知")
    client, _user = seat(Role.REVIEWER)
    addresses = [reverse("finding_page", args=[case.finding_id]), reverse("case_page", args=[case.pk])]
    assert all("本件所依据的内容有变动" not in text(client.get(address)) for address in addresses)
    other = UserFactory.create()
    law.approve(proposal_id=proposal.pk, by=other, on=on, opinion="同意", seen=proposal.effect_digest)
    for address in addresses:
        page = text(client.get(address))
        assert f"法规政策变动第{proposal.pk}号" in page
        assert "发现）不成立" in page
