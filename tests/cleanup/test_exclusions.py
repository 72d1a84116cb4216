"""Whom a sweep leaves out, each with its reason, and what becomes of an open finding meanwhile."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

import pytest
from django.db import DatabaseError

from cleanup.actions import exclusion as exclusions
from cleanup.actions.sweep import sweep
from cleanup.models import Exclusion, Finding
from cleanup.queries.explain import explain
from cleanup.queries.scope import left_out
from cleanup.rules import Refused
from cleanup.states import LeftOut
from registry.models import Organisation, User
from registry.queries.verification import faults
from registry.states import FilingKind
from tests.cleanup.situations import drafted, filer, running_campaign, started, unreached
from tests.factories import OrganisationFactory, UserFactory
from tests.registry.applications import brought_to, step

if TYPE_CHECKING:
    from cleanup.models import Campaign

pytestmark = pytest.mark.django_db

ON = date(2022, 6, 1)


def why_not(body: Organisation, campaign: Campaign, on: date = ON) -> str:
    """Return why the body is left out, after checking that a sweep agrees with the explanation."""
    body.refresh_from_db()
    [explanation] = explain(body, on=on, campaign=campaign)
    assert bool(explanation.exclusion) == (body.pk in left_out(campaign, on=on))
    result = sweep(campaign_id=campaign.pk, as_of=on, by=User.objects.system(), dry_run=True)
    assert (body.code in {code for code, _, _ in result.entering}) == explanation.flagged
    return explanation.exclusion


def missing_reports(officer: User, **columns: object) -> Organisation:
    filer(2020, 2021, by=officer)
    return OrganisationFactory.create(**columns)


def exempted(body: Organisation, by: User, **how: object) -> None:
    told = {"document_no": "虚府办〔2022〕9号", "on": date(2022, 5, 1), "reason": "政府托管期间", **how}
    exclusions.exempt(organisation_id=body.pk, by=by, **told)


def test_a_body_with_a_pending_application_is_left_out_until_it_is_decided(officer: User, reviewer: User) -> None:
    campaign, body = running_campaign(), missing_reports(officer)
    filing = brought_to("accepted", FilingKind.AMEND, by=officer, other=reviewer, body=body)
    assert why_not(body, campaign) == f"2022-03-01 收到变更登记申请（{filing.number}），尚未办结"
    step("withdraw", filing, by=officer, on=date(2022, 5, 20))
    assert why_not(body, campaign) == ""
    assert "变更登记申请" in why_not(body, campaign, date(2022, 5, 19))


def test_a_newly_registered_body_is_left_out_for_the_months_the_policy_says(officer: User) -> None:
    campaign = running_campaign()
    body = OrganisationFactory.create(established_on=date(2022, 1, 31))
    unreached(body, by=officer, on=date(2022, 5, 1))
    assert why_not(body, campaign, date(2022, 7, 30)) == "2022-01-31 成立，登记未满 6 个月（待核实）"
    assert why_not(body, campaign, date(2022, 7, 31)) == ""


def test_a_body_excluded_before_approval_is_left_out_of_this_campaign_only(officer: User) -> None:
    body = missing_reports(officer)
    campaign, other = drafted(), running_campaign("other")
    exclusions.exclude(
        campaign_id=campaign.pk, organisation_id=body.pk, by=officer, on=date(2022, 3, 1), reason="法院重整中"
    )
    started(campaign)
    assert why_not(body, campaign) == "2022-03-01 决定本次行动不排查：法院重整中"
    assert why_not(body, other) == ""
    assert body.events.last().verb == "exclusion.make"
    assert list(faults()) == []


def test_an_exempt_body_is_left_out_of_every_campaign_until_the_document_s_day(officer: User) -> None:
    campaign, body = running_campaign(), missing_reports(officer)
    exempted(body, officer, until_on=ON)
    assert why_not(body, campaign) == "自 2022-05-01 起至 2022-06-01 免予排查（虚府办〔2022〕9号）：政府托管期间"
    assert why_not(body, campaign, date(2022, 6, 2)) == ""


def test_every_reason_is_told_at_once(officer: User) -> None:
    campaign, body = running_campaign(), missing_reports(officer)
    exempted(body, officer)
    Organisation.objects.filter(pk=body.pk).update(held_on=date(2022, 5, 1), hold_reason="诉讼")
    assert [ground.why for ground in left_out(campaign, on=ON)[body.pk]] == [LeftOut.HELD, LeftOut.EXEMPT]
    assert why_not(body, campaign).count("；") == 1


def test_a_pending_application_freezes_an_open_finding_and_an_exemption_withdraws_it(
    officer: User, reviewer: User
) -> None:
    campaign = running_campaign()
    applying, exempt = missing_reports(officer), OrganisationFactory.create()
    swept = {"campaign_id": campaign.pk, "by": User.objects.system()}
    sweep(as_of=ON, **swept)
    brought_to("submitted", FilingKind.AMEND, by=officer, other=reviewer, body=applying, on=date(2022, 3, 1))
    exempted(exempt, officer, on=date(2022, 6, 2))
    sweep(as_of=date(2022, 6, 3), **swept)
    states = dict(Finding.objects.values_list("organisation", "state"))
    assert (states[applying.pk], states[exempt.pk]) == ("open", "withdrawn")


def test_readmitted_a_body_is_looked_at_again(officer: User) -> None:
    campaign, body = running_campaign(), missing_reports(officer)
    exempted(body, officer)
    made = Exclusion.objects.get().pk
    exclusions.readmit(exclusion_id=made, by=officer, on=date(2022, 5, 20), reason="托管结束")
    assert why_not(body, campaign) == ""
    assert "免予排查" in why_not(body, campaign, date(2022, 5, 19))
    with pytest.raises(Refused, match="R-203"):
        exclusions.readmit(exclusion_id=made, by=officer, on=date(2022, 5, 21), reason="托管结束")


def test_nobody_is_excluded_or_readmitted_once_the_campaign_is_approved(officer: User) -> None:
    body, campaign = missing_reports(officer), drafted()
    how = {"campaign_id": campaign.pk, "by": officer, "on": ON, "reason": "法院重整中"}
    exclusions.exclude(organisation_id=body.pk, **how)
    started(campaign)
    with pytest.raises(Refused, match="R-200"):
        exclusions.exclude(organisation_id=OrganisationFactory.create().pk, **how)
    with pytest.raises(Refused, match="R-203"):
        exclusions.readmit(exclusion_id=Exclusion.objects.get().pk, by=officer, on=ON, reason="重整结束")


def test_a_body_is_excluded_once_for_a_reason_and_only_within_reach(officer: User) -> None:
    body, campaign = OrganisationFactory.create(), drafted(scope_authority="虚构区民政局")
    how = {"campaign_id": campaign.pk, "by": officer, "on": ON}
    with pytest.raises(Refused, match="R-201"):
        exclusions.exclude(organisation_id=body.pk, reason="托管", **how)
    inside = OrganisationFactory.create(registration_authority="虚构区民政局")
    with pytest.raises(Refused, match="R-19"):
        exclusions.exclude(organisation_id=inside.pk, reason=" ", **how)
    exclusions.exclude(organisation_id=inside.pk, reason="托管", **how)
    with pytest.raises(Refused, match="R-201"):
        exclusions.exclude(organisation_id=inside.pk, reason="托管", **how)


@pytest.mark.parametrize("wrong", [{"document_no": " "}, {"until_on": date(2022, 4, 30)}])
def test_an_exemption_rests_on_a_document_and_ends_after_it_begins(officer: User, wrong: dict[str, object]) -> None:
    with pytest.raises(Refused, match="R-202"):
        exempted(OrganisationFactory.create(), officer, **wrong)


def test_when_the_event_cannot_be_written_nobody_is_left_out(officer: User, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*args: object, **kwargs: object) -> None:
        raise DatabaseError

    body = OrganisationFactory.create(by=UserFactory.create())
    monkeypatch.setattr(exclusions, "record", broken)
    with pytest.raises(DatabaseError):
        exempted(body, officer)
    assert not Exclusion.objects.exists()
