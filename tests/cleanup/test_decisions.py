"""Officers decide findings and work cases: what goes through, and which rule refuses the rest."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from django.db import DatabaseError, transaction
from django_fsm import TransitionNotAllowed

from cleanup.actions import campaign as campaigns
from cleanup.actions import case as cases
from cleanup.actions import determination as determinations
from cleanup.actions import finding as findings
from cleanup.actions.sweep import sweep
from cleanup.models import Campaign, Case, Determination, Finding
from cleanup.queries.figures import funnel
from cleanup.rules import Refused
from cleanup.states import Treatment
from registry.actions import evidence
from registry.actions import organisation as verbs
from registry.models import Event, Organisation, User
from registry.queries.verification import faults
from registry.states import Channel, ContactOutcome, Kind
from tests.cleanup.situations import filer, report, running_campaign, unreached
from tests.factories import OrganisationFactory, UserFactory

pytestmark = pytest.mark.django_db

SWEPT = date(2022, 6, 1)
ON = date(2022, 6, 10)


@pytest.fixture
def officer(db: None) -> User:
    return UserFactory.create(certified=True)


def found(officer: User, *, kind: str = Kind.ASSOCIATION, by_contact: bool = False, **columns: Any) -> Finding:
    """Return an open finding: criterion A, or D with ``by_contact``."""
    filer(2020, 2021, by=officer, kind=kind)
    campaign = Campaign.objects.filter(code="2022").first() or running_campaign()
    if by_contact:
        body = filer(2020, 2021, by=officer, kind=kind, **columns)
        unreached(body, by=officer)
    else:
        body = OrganisationFactory.create(kind=kind, **columns)
    sweep(campaign_id=campaign.pk, as_of=SWEPT, by=officer)
    return Finding.objects.get(organisation=body)


def confirmed(officer: User, **how: Any) -> Finding:
    finding = found(officer, **how)
    findings.confirm(finding_id=finding.pk, by=officer, on=ON, reason="属实")
    return Finding.objects.get(pk=finding.pk)


def dormant(officer: User, **how: Any) -> Finding:
    finding = confirmed(officer, **how)
    findings.mark_dormant(finding_id=finding.pk, by=officer, on=ON, reason="属实")
    return finding


def opened(finding: Finding, treatment: str, officer: User) -> Case:
    return cases.open_case(finding_id=finding.pk, treatment=treatment, officer=officer, by=officer, on=ON)


PAPERS: dict[str, dict[str, Any]] = {
    Treatment.REVOKE: {"decision_no": "罚1号", "decided_on": date(2022, 8, 1), "served_on": date(2022, 8, 5)},
    Treatment.REVOKE_LICENCE: {"decision_no": "罚2号", "decided_on": date(2022, 8, 1), "served_on": date(2022, 8, 5)},
    Treatment.CANCEL: {"resolution_on": date(2022, 7, 1), "consent_no": "", "liquidation_report_on": date(2022, 8, 1)},
}


def test_confirming_takes_the_body_in_and_leaves_one_event(officer: User) -> None:
    finding = found(officer)
    event = findings.confirm(finding_id=finding.pk, by=officer, on=ON, reason="上门核查属实")
    finding = Finding.objects.get(pk=finding.pk)
    assert (finding.state, finding.confirmed_on, finding.decided_by, finding.reason) == (
        "confirmed",
        ON,
        officer,
        "上门核查属实",
    )
    assert (event.verb, event.facts["criteria"]) == ("finding.confirm", "A")
    assert finding.organisation.events.count() == 3


def test_a_second_confirmation_is_refused(officer: User) -> None:
    finding = confirmed(officer)
    with pytest.raises(TransitionNotAllowed):
        findings.confirm(finding_id=finding.pk, by=UserFactory.create(), on=ON, reason="属实")
    assert Event.objects.filter(verb="finding.confirm").count() == 1


@pytest.mark.parametrize(("how", "code"), [
    ({"reason": " "}, "R-41"),
    ({"on": date(2022, 5, 31)}, "R-42"),
    ({"on": date(2999, 1, 1)}, "R-42"),
])  # fmt: skip
def test_a_decision_needs_reason_and_order(officer: User, how: dict[str, Any], code: str) -> None:
    finding = found(officer)
    for verb in (findings.confirm, findings.dismiss):
        with pytest.raises(Refused, match=code):
            verb(**{"finding_id": finding.pk, "by": officer, "on": ON, "reason": "属实", **how})
    assert Finding.objects.get(pk=finding.pk).state == "open"


def test_nothing_is_confirmed_in_a_concluded_campaign_or_on_hold(officer: User) -> None:
    finding = found(officer)
    verbs.hold(organisation_id=finding.organisation_id, by=officer, on=ON, reason="诉讼中")
    with pytest.raises(Refused, match="R-40"):
        findings.confirm(finding_id=finding.pk, by=officer, on=ON, reason="属实")
    campaigns.conclude(campaign_id=finding.campaign_id, by=officer, on=date(2022, 12, 31))
    with pytest.raises(Refused, match="R-39"):
        findings.confirm(finding_id=finding.pk, by=officer, on=ON, reason="属实")


def test_only_a_confirmed_finding_makes_dormant(officer: User) -> None:
    finding = found(officer)
    with pytest.raises(Refused, match="R-02"):
        findings.mark_dormant(finding_id=finding.pk, by=officer, on=ON, reason="属实")
    finding = dormant(officer, name="虚构区另一协会")
    assert Organisation.objects.get(pk=finding.organisation_id).state == "dormant"


def test_a_finding_with_consequences_is_not_dismissed(officer: User) -> None:
    finding = dormant(officer)
    with pytest.raises(Refused, match="R-43"):
        findings.dismiss(finding_id=finding.pk, by=officer, on=ON, reason="误报")


def test_a_confirmed_finding_without_consequences_can_still_be_dismissed(officer: User) -> None:
    finding = confirmed(officer)
    findings.dismiss(finding_id=finding.pk, by=officer, on=ON, reason="误报")
    assert Finding.objects.get(pk=finding.pk).state == "dismissed"


def test_no_case_without_confirmation(officer: User) -> None:
    with pytest.raises(Refused, match="R-44"):
        opened(found(officer), Treatment.CANCEL, officer)


def test_being_unreachable_is_no_ground_for_revocation(officer: User) -> None:
    finding = confirmed(officer, by_contact=True)
    with pytest.raises(Refused, match="R-45"):
        opened(finding, Treatment.REVOKE, officer)


def test_one_inactive_year_never_supports_revoking_a_private_non_enterprise_unit(officer: User) -> None:
    outcomes = {}
    for kind in Kind:
        finding = confirmed(officer, kind=kind, by_contact=True)
        Finding.objects.filter(pk=finding.pk).update(criteria="B")
        try:
            opened(finding, Treatment.REVOKE, officer)
            outcomes[kind] = "opened"
        except Refused as refusal:
            outcomes[kind] = refusal.broken[0].code
    assert outcomes == {
        Kind.ASSOCIATION: "opened", Kind.PRIVATE_NON_ENTERPRISE: "R-45", Kind.FOUNDATION: "opened",
    }  # fmt: skip


def test_only_a_charity_loses_its_licence(officer: User) -> None:
    with pytest.raises(Refused, match="R-46"):
        opened(confirmed(officer), Treatment.REVOKE_LICENCE, officer)
    opened(confirmed(officer, is_charity=True), Treatment.REVOKE_LICENCE, officer)


@pytest.mark.parametrize(("treatment", "outcome", "exit_kind"), [
    (Treatment.REVOKE, "revoked", "revoked"),
    (Treatment.REVOKE_LICENCE, "licence_revoked", "licence_revoked"),
    (Treatment.CANCEL, "cancelled", "cancelled"),
])  # fmt: skip
def test_closing_a_case_moves_the_body_in_the_same_event(
    officer: User, treatment: str, outcome: str, exit_kind: str
) -> None:
    case = opened(dormant(officer, is_charity=True), treatment, officer)
    how: dict[str, Any] = {"case_id": case.pk, "on": date(2022, 9, 1), "reason": "处置完毕", **PAPERS[treatment]}
    if treatment != Treatment.CANCEL:
        with pytest.raises(Refused, match="R-444"):
            cases.close_case(by=officer, **how)
    event = cases.close_case(by=UserFactory.create(), **how)
    case = Case.objects.get(pk=case.pk)
    body = case.finding.organisation
    assert (case.state, case.outcome, case.closed_on) == ("closed", outcome, date(2022, 9, 1))
    assert (body.state, body.exit_kind) == ("deregistered", exit_kind)
    assert event.facts["case"]["outcome"] == outcome
    assert list(faults()) == []


def test_a_merger_names_its_successor(officer: User) -> None:
    case = opened(dormant(officer), Treatment.MERGE, officer)
    into = OrganisationFactory.create()
    with pytest.raises(Refused, match="R-15"):
        cases.close_case(
            case_id=case.pk, by=officer, on=date(2022, 9, 1), reason="合并", successor_id=None, resolution_on=ON
        )
    cases.close_case(
        case_id=case.pk, by=officer, on=date(2022, 9, 1), reason="合并", successor_id=into.pk, resolution_on=ON
    )
    assert Organisation.objects.get(pk=case.finding.organisation_id).successor == into


def test_an_unserved_decision_closes_no_case(officer: User) -> None:
    case = opened(dormant(officer), Treatment.REVOKE, officer)
    papers = {**PAPERS[Treatment.REVOKE], "served_on": None}
    with pytest.raises(Refused, match="R-13"):
        cases.close_case(case_id=case.pk, by=UserFactory.create(), on=date(2022, 9, 1), reason="处置", **papers)
    assert Case.objects.get(pk=case.pk).state == "open"


def test_rectification_counts_only_when_the_register_sees_the_cure(officer: User) -> None:
    finding = dormant(officer, by_contact=True)
    case = opened(finding, Treatment.RECTIFY, officer)
    close = {"case_id": case.pk, "by": officer, "on": date(2022, 9, 1), "reason": "整改完成", "cured": {"D": "已联系"}}
    with pytest.raises(Refused, match="R-49"):
        cases.close_case(**close)
    evidence.record_contact(
        organisation_id=finding.organisation_id, channel=Channel.VISIT, target="住所", tried_on=date(2022, 8, 1),
        outcome=ContactOutcome.REACHED, by=officer,
    )  # fmt: skip
    with pytest.raises(Refused, match="R-03"):
        cases.close_case(**{**close, "cured": {}})
    cases.close_case(**close)
    assert Organisation.objects.get(pk=finding.organisation_id).state == "active"
    assert Case.objects.get(pk=case.pk).outcome == "rectified"


def test_rectifying_a_body_that_was_never_dormant_still_leaves_its_event(officer: User) -> None:
    finding = confirmed(officer)
    case = opened(finding, Treatment.RECTIFY, officer)
    report(finding.organisation, 2021, date(2022, 8, 1), by=officer)
    event = cases.close_case(case_id=case.pk, by=officer, on=date(2022, 9, 1), reason="整改完成", cured={"A": "已补报"})
    assert event.verb == "case.close"


def test_a_case_is_not_closed_before_it_was_opened_nor_twice(officer: User) -> None:
    case = opened(dormant(officer), Treatment.CANCEL, officer)
    with pytest.raises(Refused, match="R-47"):
        cases.close_case(case_id=case.pk, by=officer, on=SWEPT, reason="处置", **PAPERS[Treatment.CANCEL])
    with pytest.raises(Refused, match="R-48"):
        cases.close_case(case_id=case.pk, by=officer, on=date(2022, 9, 1), reason="", **PAPERS[Treatment.CANCEL])
    cases.close_case(case_id=case.pk, by=officer, on=date(2022, 9, 1), reason="处置", **PAPERS[Treatment.CANCEL])
    with pytest.raises(TransitionNotAllowed):
        cases.close_case(case_id=case.pk, by=officer, on=date(2022, 9, 1), reason="处置", **PAPERS[Treatment.CANCEL])


@pytest.mark.parametrize(
    "verb", ["confirm", "dismiss", "mark_dormant", "open_case", "close_case", "reassign_case", "determine", "lift"]
)
def test_when_the_event_cannot_be_written_nothing_moved(
    verb: str, officer: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    finding = (
        found(officer) if verb in {"confirm", "dismiss"} else dormant(officer) if "case" in verb else confirmed(officer)
    )
    body = finding.organisation_id
    case = opened(finding, Treatment.CANCEL, officer) if verb in {"close_case", "reassign_case"} else None
    other = UserFactory.create()
    if verb == "lift":
        determinations.determine(
            organisation_id=body, criterion="E", document_no="1", made_by_unit="局", by=officer, on=ON
        )
    decide = {"finding_id": finding.pk, "by": officer, "on": ON, "reason": "属实"}
    act = {
        "confirm": lambda: findings.confirm(**decide),
        "dismiss": lambda: findings.dismiss(**decide),
        "mark_dormant": lambda: findings.mark_dormant(**decide),
        "open_case": lambda: opened(finding, Treatment.CANCEL, officer),
        "close_case": lambda: cases.close_case(
            case_id=case.pk if case else 0, by=officer, on=date(2022, 9, 1), reason="处置", **PAPERS[Treatment.CANCEL]
        ),
        "reassign_case": lambda: cases.reassign_case(
            case_id=case.pk if case else 0, officer=other, seen_id=officer.pk, by=officer, on=ON, reason="调岗"
        ),
        "determine": lambda: determinations.determine(
            organisation_id=body, criterion="F", document_no="2", made_by_unit="局", by=officer, on=ON
        ),
        "lift": lambda: determinations.lift(
            determination_id=Determination.objects.get().pk, by=officer, on=ON, reason="解除"
        ),
    }[verb]
    before = _everything()

    def broken(*args: object, **kwargs: object) -> None:
        raise DatabaseError

    monkeypatch.setattr(Event, "save", broken)
    with pytest.raises(DatabaseError), transaction.atomic():
        act()
    assert _everything() == before


def _everything() -> list[Any]:
    tables = (Organisation, Finding, Case, Determination, Event)
    return [list(table.objects.order_by("pk").values_list()) for table in tables]


def test_a_body_that_left_the_register_is_neither_confirmed_nor_given_a_case(officer: User) -> None:
    open_one, confirmed_one = found(officer), confirmed(officer)
    for finding in (open_one, confirmed_one):
        verbs.cancel(
            organisation_id=finding.organisation_id, by=officer, on=ON, reason="解散", resolution_on=ON, consent_no="",
            liquidation_report_on=ON,
        )  # fmt: skip
    with pytest.raises(Refused, match="R-52"):
        findings.confirm(finding_id=open_one.pk, by=officer, on=ON, reason="属实")
    with pytest.raises(Refused, match="R-44"):
        opened(confirmed_one, Treatment.CANCEL, officer)


def test_facts_cured_meanwhile_are_not_confirmed(officer: User) -> None:
    finding = found(officer)
    report(finding.organisation, 2021, date(2022, 6, 5), by=officer)
    with pytest.raises(Refused, match="R-53"):
        findings.confirm(finding_id=finding.pk, by=officer, on=ON, reason="属实")


def test_cured_facts_make_nobody_dormant_and_nobody_is_dormant_before_the_finding(officer: User) -> None:
    finding = confirmed(officer)
    with pytest.raises(Refused, match="R-42"):
        findings.mark_dormant(finding_id=finding.pk, by=officer, on=date(2022, 5, 1), reason="属实")
    report(finding.organisation, 2021, date(2022, 6, 15), by=officer)
    with pytest.raises(Refused, match="R-53"):
        findings.mark_dormant(finding_id=finding.pk, by=officer, on=date(2022, 6, 20), reason="属实")


@pytest.mark.parametrize("how", [{"on": date(2999, 1, 1)}, {"due_on": date(2022, 6, 1)}])
def test_a_case_opens_in_order(officer: User, how: dict[str, Any]) -> None:
    finding = confirmed(officer)
    asked = {
        "finding_id": finding.pk,
        "treatment": Treatment.CANCEL,
        "officer": officer,
        "by": officer,
        "on": ON,
        **how,
    }
    with pytest.raises(Refused, match="R-54"):
        cases.open_case(**asked)


def test_one_missed_year_never_supports_revoking_a_private_non_enterprise_unit(officer: User) -> None:
    finding = confirmed(officer, kind=Kind.PRIVATE_NON_ENTERPRISE)
    Finding.objects.filter(pk=finding.pk).update(facts={"A": {"missed_years": [2021]}})
    with pytest.raises(Refused, match="R-45"):
        opened(finding, Treatment.REVOKE, officer)


def test_a_case_closes_with_the_exit_that_happened_meanwhile(officer: User) -> None:
    case = opened(dormant(officer), Treatment.RECTIFY, officer)
    body = case.finding.organisation_id
    verbs.cancel(
        organisation_id=body, by=officer, on=date(2022, 7, 1), reason="自行解散", resolution_on=ON, consent_no="",
        liquidation_report_on=ON,
    )  # fmt: skip
    event = cases.close_case(case_id=case.pk, by=officer, on=date(2022, 7, 2), reason="组织已自行注销")
    assert (event.verb, Case.objects.get(pk=case.pk).outcome) == ("case.close", "cancelled")
    assert list(faults()) == []


def test_a_reinstated_body_no_longer_counts_as_cleared(officer: User) -> None:
    case = opened(dormant(officer), Treatment.REVOKE, officer)
    other = UserFactory.create()
    cases.close_case(case_id=case.pk, by=other, on=date(2022, 9, 1), reason="处置", **PAPERS[Treatment.REVOKE])
    verbs.reinstate(
        organisation_id=case.finding.organisation_id, by=officer, proposed_by=UserFactory.create(), on=date(2022, 11, 1),
        reason="复议撤销原决定", document_no="虚府复〔2022〕1号",
    )  # fmt: skip
    campaign = case.finding.campaign
    before, after = (funnel(campaign, as_of=day) for day in (date(2022, 10, 31), date(2022, 11, 1)))
    assert (before.completed, before.in_progress) == (1, 0)
    assert (after.completed, after.in_progress, after.included) == (0, 1, 1)


def test_a_campaign_is_not_concluded_before_it_was_approved(officer: User) -> None:
    campaign = found(officer).campaign
    with pytest.raises(Refused, match="R-55"):
        campaigns.conclude(campaign_id=campaign.pk, by=officer, on=date(2018, 9, 7))
    assert campaigns.conclude(campaign_id=campaign.pk, by=officer, on=date(2022, 12, 31)).concluded_by == officer


def test_a_determination_is_lifted_once_and_in_order(officer: User) -> None:
    body = OrganisationFactory.create()
    determinations.determine(
        organisation_id=body.pk, criterion="E", document_no="1", made_by_unit="局", by=officer, on=ON
    )
    made = Determination.objects.get().pk
    with pytest.raises(Refused, match="R-56"):
        determinations.lift(determination_id=made, by=officer, on=date(2022, 6, 1), reason="解除")
    determinations.lift(determination_id=made, by=officer, on=date(2022, 7, 1), reason="解除")
    with pytest.raises(Refused, match="R-56"):
        determinations.lift(determination_id=made, by=officer, on=date(2022, 8, 1), reason="再次解除")
