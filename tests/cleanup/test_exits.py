"""A body that leaves the register by itself is cleared by that exit; one that comes back is to be dealt with again."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

import pytest

from cleanup.actions import case as cases
from cleanup.actions import finding as findings
from cleanup.actions import reinstatement
from cleanup.actions.sweep import sweep
from cleanup.models import Campaign, Case, CaseRound, Finding
from cleanup.queries.carry_over import unfinished
from cleanup.queries.figures import clearing, funnel, known
from cleanup.queries.flow import NONE, Place, Split, flow
from cleanup.queries.progress import read
from cleanup.queries.replay import differences
from cleanup.queries.steps import upcoming
from cleanup.rules import Refused
from cleanup.states import CaseOutcome, CaseState, Step, Treatment
from registry.actions import organisation as verbs
from registry.queries.verification import faults
from registry.states import Role
from tests.cleanup.situations import running_campaign
from tests.cleanup.walks import CONFIRMED, SWEPT, Desk, confirmed_finding
from tests.factories import OrganisationFactory, UserFactory
from tests.replay import differences as rows_apart

if TYPE_CHECKING:
    from collections.abc import Callable

    from registry.models import Organisation, User

pytestmark = pytest.mark.django_db

LEFT, EVE, BACK = date(2022, 7, 1), date(2022, 6, 30), date(2022, 7, 20)
DECISION = {"decision_no": "虚民社罚决〔2022〕9号", "decided_on": date(2022, 6, 20), "served_on": date(2022, 6, 28)}


def cancelled(body: Organisation, by: User) -> None:
    papers: dict[str, Any] = {"resolution_on": LEFT, "consent_no": "虚主批〔2022〕9号", "liquidation_report_on": LEFT}
    verbs.cancel(organisation_id=body.pk, by=by, on=LEFT, reason="自愿注销", **papers)


def merged(body: Organisation, by: User) -> None:
    successor = OrganisationFactory.create(kind=body.kind).pk
    told = {"successor_id": successor, "resolution_on": LEFT}
    verbs.merge(organisation_id=body.pk, by=by, on=LEFT, reason="吸收合并", **told)


def revoked(body: Organisation, by: User) -> None:
    verbs.revoke(organisation_id=body.pk, by=by, on=LEFT, reason="另案撤销", **DECISION)


def licence_revoked(body: Organisation, by: User) -> None:
    verbs.revoke_licence(organisation_id=body.pk, by=by, on=LEFT, reason="另案吊销", **DECISION)


EXITS: dict[str, Callable[[Organisation, User], None]] = {
    "cancelled": cancelled,
    "merged": merged,
    "revoked": revoked,
    "licence_revoked": licence_revoked,
}


def back(body: Organisation, by: User, on: date = BACK) -> None:
    papers: dict[str, Any] = {"proposed_by": UserFactory.create(), "document_no": "虚民更〔2022〕1号"}
    reinstatement.reinstate(organisation_id=body.pk, by=by, on=on, reason="录入错误", **papers)


def agrees(campaign: Campaign, *days: date) -> None:
    """Ask of every day that the account adds up and that the ledger tells the same."""
    for on in days:
        figures = funnel(campaign, as_of=on)
        assert figures.included == figures.completed + figures.in_progress + figures.not_started
        assert figures.completed == figures.completed_by.total()
        assert flow(campaign, since=SWEPT, until=on).total.holds
        assert differences(campaign, as_of=on) == []
    assert rows_apart() == []
    assert list(faults()) == []


@pytest.mark.parametrize("how", EXITS)
def test_a_confirmed_body_that_leaves_before_a_case_is_opened_is_cleared_by_that_exit(reviewer: User, how: str) -> None:
    finding = confirmed_finding(reviewer, is_charity=True)
    campaign, body = finding.campaign, finding.organisation
    EXITS[how](body, reviewer)
    sweep(campaign_id=campaign.pk, as_of=LEFT, by=reviewer)
    before, after = (funnel(campaign, as_of=day) for day in (EVE, LEFT))
    assert (before.not_started, before.completed) == (1, 0)
    assert (after.not_started, after.completed, after.completed_by) == (0, 1, {how: 1})
    account = flow(campaign, since=LEFT, until=LEFT)
    total = account.total
    assert (total.opening, total.entered, total.closed, total.balance, total.how) == (1, 0, 1, 0, {how: 1})
    assert [each.values(Split.OFFICER) for each in account.at(Place.CLOSED)] == [(NONE,)]
    assert unfinished(campaign, on=LEFT) == []
    agrees(campaign, EVE, LEFT)


def test_it_is_not_dismissed_afterwards_and_no_case_is_opened(reviewer: User) -> None:
    finding = confirmed_finding(reviewer, dormant=False)
    cancelled(finding.organisation, reviewer)
    told: dict[str, Any] = {"finding_id": finding.pk, "by": reviewer, "on": LEFT}
    with pytest.raises(Refused, match="R-216"):
        findings.dismiss(reason="已注销", **told)
    with pytest.raises(Refused, match="R-44"):
        cases.open_case(treatment=Treatment.CANCEL, officer=reviewer, **told)
    assert Finding.objects.get(pk=finding.pk).state == "confirmed"


def test_one_that_comes_back_has_not_been_started_and_its_past_stays(reviewer: User) -> None:
    finding = confirmed_finding(reviewer)
    campaign, body = finding.campaign, finding.organisation
    cancelled(body, reviewer)
    back(body, reviewer)
    assert [funnel(campaign, as_of=day).completed for day in (EVE, LEFT, BACK)] == [0, 1, 0]
    assert funnel(campaign, as_of=BACK).not_started == 1
    account = flow(campaign, since=BACK, until=BACK).total
    assert (account.opening, account.entered, account.back, account.balance) == (0, 1, 1, 1)
    officer = UserFactory.create(role=Role.ENFORCEMENT, certified=True)
    cases.open_case(finding_id=finding.pk, treatment=Treatment.CANCEL, officer=officer, by=officer, on=BACK)
    assert funnel(campaign, as_of=BACK).in_progress == 1
    agrees(campaign, EVE, LEFT, BACK)


def test_one_that_leaves_and_comes_back_on_one_day_has_not_been_started(reviewer: User) -> None:
    finding = confirmed_finding(reviewer)
    cancelled(finding.organisation, reviewer)
    back(finding.organisation, reviewer, on=LEFT)
    assert funnel(finding.campaign, as_of=LEFT).not_started == 1
    agrees(finding.campaign, EVE, LEFT)


def closed_by_cancelling(**columns: Any) -> Desk:
    desk = Desk(Treatment.CANCEL, **columns)
    papers: dict[str, Any] = {"resolution_on": desk.on, "consent_no": "x", "liquidation_report_on": desk.on}
    cases.close_case(case_id=desk.pk, by=desk.reviewer, on=desk.on, reason="补录", **papers)
    return desk


def test_a_reinstatement_outside_the_case_begins_its_next_round(reviewer: User) -> None:
    desk = closed_by_cancelling()
    campaign, ended = desk.finding.campaign, desk.on
    back(desk.body, reviewer, on=desk.later(1))
    case = desk.case
    assert (case.state, case.round, case.outcome, case.next_step) == (CaseState.OPEN, 2, "", Step.GUIDE)
    first, second = CaseRound.objects.filter(case=case).order_by("number")
    assert (first.outcome, first.undone_on) == (CaseOutcome.CANCELLED, desk.on)
    assert (second.treatment, second.began_on) == (Treatment.CANCEL, desk.on)
    event = desk.body.events.order_by("seq").last()
    assert (event.verb, event.facts["case"]["round"]) == ("case.reopen", 2)
    offered = upcoming(read(case, case.finding, desk.body), by=desk.officer, on=desk.on)
    assert Step.GUIDE in [each.leg.step for each in offered]
    assert [funnel(campaign, as_of=day).completed for day in (ended, desk.on)] == [1, 0]
    desk.take(Step.GUIDE)
    agrees(campaign, ended, desk.on)


def test_a_body_that_comes_back_and_leaves_again_on_one_day_is_cleared_by_the_later_exit(reviewer: User) -> None:
    desk = closed_by_cancelling()
    campaign, on = desk.finding.campaign, desk.on
    back(desk.body, reviewer, on=on)
    desk.take(Step.SWITCH, treatment=Treatment.MERGE)
    desk.take(Step.AGREE, resolution_on=on, successor=OrganisationFactory.create().pk)
    desk.take(Step.MERGE)
    assert funnel(campaign, as_of=on).completed_by == {CaseOutcome.MERGED: 1}
    agrees(campaign, on)


def test_a_reinstatement_reopens_the_cases_of_every_campaign_that_the_exit_had_ended(reviewer: User) -> None:
    desk = Desk(Treatment.CANCEL)
    other = running_campaign("other")
    sweep(campaign_id=other.pk, as_of=SWEPT, by=reviewer)
    second = Finding.objects.get(campaign=other, organisation=desk.body)
    findings.confirm(finding_id=second.pk, by=reviewer, on=CONFIRMED, reason="属实")
    told: dict[str, Any] = {"officer": desk.officer, "by": desk.officer, "on": desk.on}
    cases.open_case(finding_id=second.pk, treatment=Treatment.RECTIFY, **told)
    papers: dict[str, Any] = {"resolution_on": desk.on, "consent_no": "x", "liquidation_report_on": desk.on}
    cases.close_case(case_id=desk.pk, by=desk.reviewer, on=desk.on, reason="补录", **papers)
    cases.close_exited(case_id=second.case.pk, by=desk.reviewer, on=desk.on, reason="已经注销")
    back(desk.body, reviewer, on=desk.later(1))
    assert set(Case.objects.values_list("state", "round")) == {(CaseState.OPEN, 2)}
    for campaign in (desk.finding.campaign, other):
        assert funnel(campaign, as_of=desk.on).in_progress == 1
        agrees(campaign, desk.on)


def test_a_decision_annulled_and_the_body_merged_on_one_day_counts_as_merged() -> None:
    desk = Desk(Treatment.REVOKE)
    desk.to_effect()
    campaign = desk.finding.campaign
    desk.take(Step.CONTEST, on=desk.later(1))
    desk.annulled()
    assert funnel(campaign, as_of=desk.on).in_progress == 1
    desk.take(Step.SWITCH, treatment=Treatment.MERGE)
    desk.take(Step.AGREE, resolution_on=desk.on, successor=OrganisationFactory.create().pk)
    desk.take(Step.MERGE)
    assert funnel(campaign, as_of=desk.on).completed_by == {CaseOutcome.MERGED: 1}
    agrees(campaign, desk.on)


def test_an_annulled_decision_reopens_the_cases_of_other_campaigns_that_it_had_ended(reviewer: User) -> None:
    desk = Desk(Treatment.REVOKE)
    other = running_campaign("other")
    sweep(campaign_id=other.pk, as_of=SWEPT, by=reviewer)
    second = Finding.objects.get(campaign=other, organisation=desk.body)
    findings.confirm(finding_id=second.pk, by=reviewer, on=CONFIRMED, reason="属实")
    told: dict[str, Any] = {"officer": desk.officer, "by": desk.officer, "on": desk.on}
    cases.open_case(finding_id=second.pk, treatment=Treatment.RECTIFY, **told)
    desk.to_effect()
    cases.close_exited(case_id=second.case.pk, by=desk.reviewer, on=desk.on, reason="已经撤销")
    assert funnel(other, as_of=desk.on).completed == 1
    desk.take(Step.CONTEST, on=desk.later(1))
    desk.annulled()
    case = Case.objects.get(finding=second)
    assert (case.state, case.round, case.next_step) == (CaseState.OPEN, 2, Step.ORDER)
    for campaign in (desk.finding.campaign, other):
        agrees(campaign, desk.on)


def test_what_cleared_a_body_is_told_with_its_day(reviewer: User) -> None:
    finding = confirmed_finding(reviewer)
    cancelled(finding.organisation, reviewer)
    [row] = known(finding.campaign, as_of=LEFT)
    assert clearing(row, EVE) is None
    assert clearing(row, LEFT) == (CaseOutcome.CANCELLED, LEFT)
