"""Bodies on hold or exempt: nothing is confirmed or opened about them, and nothing decided while they are held."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

import pytest

from cleanup.actions import case as cases
from cleanup.actions import exclusion as exclusions
from cleanup.actions import finding as findings
from cleanup.actions.sweep import sweep
from cleanup.models import Case, CaseStep, Finding, Service
from cleanup.rules import Refused
from cleanup.states import Step, Treatment
from registry.actions import organisation as verbs
from registry.states import Role, State
from tests.cleanup.situations import filer, running_campaign
from tests.cleanup.walks import Desk, confirmed_finding
from tests.factories import OrganisationFactory, UserFactory

if TYPE_CHECKING:
    from registry.models import Organisation, User

pytestmark = pytest.mark.django_db

SWEPT, EXEMPT, LATER = date(2022, 6, 1), date(2022, 6, 7), date(2022, 6, 10)


def exempt(body: Organisation, by: User, **how: Any) -> None:
    told = {"document_no": "虚府办〔2022〕9号", "on": EXEMPT, "reason": "抢险救灾期间", **how}
    exclusions.exempt(organisation_id=body.pk, by=by, **told)


def held(body: Organisation, by: User, on: date = EXEMPT) -> None:
    verbs.hold(organisation_id=body.pk, by=by, on=on, reason="法院要求暂缓")


def codes(refused: pytest.ExceptionInfo[Refused]) -> list[str]:
    return [each.code for each in refused.value.broken]


def test_a_finding_of_an_exempt_body_is_not_confirmed_until_the_exemption_is_over(officer: User) -> None:
    filer(2020, 2021, by=officer)
    body, campaign = OrganisationFactory.create(), running_campaign()
    sweep(campaign_id=campaign.pk, as_of=SWEPT, by=officer)
    exempt(body, officer, until_on=LATER)
    told: dict[str, Any] = {"finding_id": Finding.objects.get().pk, "by": officer, "reason": "属实"}
    with pytest.raises(Refused) as refused:
        findings.confirm(on=LATER, **told)
    assert codes(refused) == ["R-217"]
    assert Finding.objects.get().state == "open"
    findings.confirm(on=date(2022, 6, 11), **told)


@pytest.mark.parametrize(("stands_against", "code"), [(held, "R-218"), (exempt, "R-219")])
def test_no_case_is_opened_about_a_body_on_hold_or_exempt(reviewer: User, stands_against: Any, code: str) -> None:
    finding = confirmed_finding(reviewer)
    stands_against(finding.organisation, reviewer)
    officer = UserFactory.create(role=Role.ENFORCEMENT, certified=True)
    told: dict[str, Any] = {"treatment": Treatment.CANCEL, "officer": officer, "by": officer, "on": LATER}
    with pytest.raises(Refused) as refused:
        cases.open_case(finding_id=finding.pk, **told)
    assert codes(refused) == [code]
    assert Case.objects.count() == 0


def test_a_case_under_way_goes_on_another_way_though_the_body_was_exempt_since(reviewer: User) -> None:
    desk = Desk(Treatment.RECTIFY)
    exempt(desk.body, reviewer)
    desk.take(Step.SWITCH, on=desk.later(3), treatment=Treatment.CANCEL)
    assert desk.case.treatment == Treatment.CANCEL


def test_nothing_is_decided_about_a_body_on_hold() -> None:
    desk = Desk(Treatment.REVOKE)
    desk.to_notice()
    held(desk.body, desk.reviewer, desk.on)
    desk.take(Step.REVIEW, on=desk.later(10))
    with pytest.raises(Refused) as refused:
        desk.take(Step.DECIDE, on=desk.later(1))
    assert codes(refused) == ["R-220"]
    verbs.release(organisation_id=desk.body.pk, by=desk.reviewer, on=desk.on, reason="暂缓期满")
    desk.take(Step.DECIDE)
    assert desk.case.stage == Step.DECIDE


def test_a_decision_takes_no_effect_while_the_body_is_on_hold_and_its_service_is_proved_afterwards() -> None:
    desk = Desk(Treatment.REVOKE)
    desk.to_decision()
    served_on, service = desk.on, desk.send(Step.DECIDE)
    held(desk.body, desk.reviewer, desk.on)
    with pytest.raises(Refused) as refused:
        desk.prove(service)
    assert codes(refused) == ["R-220"]
    assert desk.body.state == State.DORMANT
    assert Service.objects.get(pk=service.pk).served_on is None
    assert not CaseStep.objects.filter(case=desk.pk, step=Step.TAKE_EFFECT).exists()
    verbs.release(organisation_id=desk.body.pk, by=desk.reviewer, on=desk.later(5), reason="暂缓期满")
    desk.prove(service, served_on=served_on)
    assert (desk.body.state, desk.body.exit_kind) == (State.DEREGISTERED, "revoked")
