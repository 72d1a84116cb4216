"""One number, one case: what the bureau's own documents are called is not given twice, however it is written."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from cleanup.actions import case as cases
from cleanup.actions import service as services
from cleanup.queries.numbers import taken_by
from cleanup.rules import OWN_NUMBERS, TRACKS, NumberFacts, document_number_is_free
from cleanup.states import Step, Treatment
from registry.models import Filing
from registry.rulebook import Refused
from registry.states import FilingKind, Role
from tests.cleanup.walks import CONFIRMED, Desk, confirmed_finding
from tests.factories import UserFactory
from tests.registry.applications import brought_to

pytestmark = pytest.mark.django_db

OF_OTHERS = {Step.CONSENT, Step.CONTEST, Step.UPHOLD, Step.PROPOSE_ANNUL}


@pytest.fixture
def first(db: None) -> Desk:
    desk = Desk(Treatment.RECTIFY)
    desk.take(Step.ORDER, document_no="虚民社责改〔2022〕7号", due_on=date(2022, 9, 1))
    return desk


def test_every_step_with_a_number_says_whose_it_is() -> None:
    numbered = {leg.step for legs in TRACKS.values() for leg in legs.values() if "document_no" in leg.names}
    assert numbered == OWN_NUMBERS | OF_OTHERS
    assert not document_number_is_free.holds(NumberFacts(number_taken_by="“某协会”的个案已使用该文号"), CONFIRMED)


@pytest.mark.parametrize("written", ["虚民社责改〔2022〕7号", " 虚民社责改[2022]7号", "虚民社责改（2022）7号"])
def test_a_number_of_another_case_is_refused_by_name(first: Desk, written: str) -> None:
    second = Desk(Treatment.RECTIFY)
    with pytest.raises(Refused, match=f"R-433.*“{first.body.name}”的个案已使用该文号"):
        second.take(Step.ORDER, document_no=written, due_on=date(2022, 9, 1))
    assert not second.case.steps.exists()


def test_a_case_cites_its_own_number_again(first: Desk) -> None:
    returned = first.send(Step.ORDER)
    services.fail(service_id=returned.pk, failure="无人", by=first.officer, on=first.on)
    first.take(Step.ORDER, document_no="虚民社责改〔2022〕7号", due_on=date(2022, 9, 1))
    assert first.case.steps.filter(step=Step.ORDER).count() == 2


def test_a_case_is_not_opened_under_the_number_of_another(first: Desk) -> None:
    finding = confirmed_finding(UserFactory.create())
    how: dict[str, Any] = {"treatment": Treatment.RECTIFY, "officer": first.officer, "by": first.officer}
    with pytest.raises(Refused, match="R-433"):
        cases.open_case(finding_id=finding.pk, on=CONFIRMED, document_no="虚民社责改〔2022〕7号", **how)
    cases.open_case(finding_id=finding.pk, on=CONFIRMED, document_no="虚民社立〔2022〕9号", **how)


def test_numbers_that_others_gave_may_repeat(first: Desk) -> None:
    assert taken_by("（2022）虚行初1号", first.body) == ""
    assert taken_by(" ", first.body) == ""


def test_an_application_decided_under_the_number_has_it(first: Desk) -> None:
    handler, judge = UserFactory.create(), UserFactory.create(role=Role.REVIEWER)
    filing = brought_to("approved", FilingKind.AMEND, by=handler, other=judge)
    Filing.objects.filter(pk=filing.pk).update(decision_no="虚民许〔2022〕3号")
    decided = Filing.objects.get(pk=filing.pk)
    assert taken_by("虚民许〔2022〕3号", first.body, first.case) == f"登记申请“{decided}”已使用该文号"
    assert decided.organisation is not None
    assert taken_by("虚民许〔2022〕3号", decided.organisation) == ""
