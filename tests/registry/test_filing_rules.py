"""Each rule of an application, broken alone: the refusal names exactly it, and nothing moves."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

import pytest

from registry.actions import evidence
from registry.actions import filing as verbs
from registry.identifiers import compose
from registry.models import AnnualReport, Filing
from registry.rulebook import Refused
from registry.states import Kind
from tests.factories import OrganisationFactory, UnitFactory
from tests.registry.applications import DAY, again, brought_to, clock_of, drafted, step
from tests.registry.moves import body_in

if TYPE_CHECKING:
    from registry.models import User

pytestmark = pytest.mark.django_db

BEFORE = DAY - timedelta(days=1)
FUTURE = date(2999, 1, 1)

BROKEN: list[tuple[str, str, str, str, dict[str, Any]]] = [
    ("R-22", "amend", "draft", "submit", {"on": BEFORE}),
    ("R-22", "amend", "submitted", "accept", {"on": FUTURE}),
    ("R-22", "amend", "accepted", "review", {"on": BEFORE}),
    ("R-22", "amend", "reviewed", "approve", {"on": BEFORE}),
    ("R-22", "amend", "reviewed", "withdraw", {"on": FUTURE}),
    ("R-29", "establish", "submitted", "return_for_completion", {"missing": " "}),
    ("R-30", "establish", "submitted", "return_for_completion", {"on": date(2022, 3, 9)}),
    ("R-101", "amend", "submitted", "refuse_acceptance", {"reason": " "}),
    ("R-103", "amend", "accepted", "review", {"opinion": " "}),
    ("R-104", "establish", "accepted", "extend", {}),
    ("R-104", "amend", "submitted", "extend", {}),
    ("R-167", "amend", "accepted", "extend", {"on": date(2022, 3, 30)}),
    ("R-170", "cancel", "reviewed", "extend", {"reason": ""}),
    ("R-108", "amend", "reviewed", "approve", {"decision_no": " "}),
    ("R-108", "amend", "reviewed", "deny", {"basis": ""}),
    ("R-109", "amend", "reviewed", "deny", {"reason": " "}),
    ("R-110", "establish", "reviewed", "approve", {"code": ""}),
    ("R-110", "establish", "reviewed", "approve", {"code": compose(Kind.FOUNDATION, "120119", 1)}),
    ("R-121", "amend", "accepted", "withdraw", {"reason": " "}),
]


def refused(verb: str, filing: Filing, *, by: User, **wrong: Any) -> list[str]:
    """Return the codes a step is refused with, having made sure that nothing moved."""
    before = Filing.objects.filter(pk=filing.pk).values().get()
    count = filing.steps.count()
    with pytest.raises(Refused) as caught:
        step(verb, filing, by=by, **wrong)
    assert Filing.objects.filter(pk=filing.pk).values().get() == before
    assert filing.steps.count() == count
    return [each.code for each in caught.value.broken]


@pytest.mark.parametrize(("code", "kind", "state", "verb", "wrong"), BROKEN)
def test_a_step_is_refused_by_the_one_rule_it_breaks(
    code: str, kind: str, state: str, verb: str, wrong: dict[str, Any], officer: User, reviewer: User
) -> None:
    filing = brought_to(state, kind, by=officer, other=reviewer)
    assert refused(verb, filing, by=reviewer, **wrong) == [code]


def test_nobody_is_the_applicant(officer: User) -> None:
    assert refused("submit", drafted("amend", by=officer, applicant=" "), by=officer) == ["R-23"]


def test_a_body_that_left_applies_for_nothing(officer: User, reviewer: User) -> None:
    gone = body_in("deregistered", by=officer, other=reviewer)
    assert refused("submit", drafted("amend", by=officer, body=gone), by=officer) == ["R-24"]


def test_a_body_has_one_application_at_a_time(officer: User) -> None:
    body = OrganisationFactory.create()
    first, second = drafted("amend", by=officer, body=body), drafted("cancel", by=officer, body=body)
    first = step("submit", first, by=officer)
    assert refused("submit", second, by=officer) == ["R-25"]
    step("withdraw", first, by=officer)
    assert step("submit", second, by=officer).state == "submitted"


@pytest.mark.parametrize("left_out", ["name", "legal_representative", "address", "capital", "supervising_unit_id"])
def test_an_establishment_states_what_is_registered(left_out: str, officer: User) -> None:
    filing = drafted("establish", by=officer)
    proposal = {name: value for name, value in filing.proposal.items() if name != left_out}
    verbs.save_draft(
        filing_id=filing.pk, version=filing.version, by=officer, on=DAY, applicant="虚构发起人",
        proposal=proposal, documents=filing.documents,
    )  # fmt: skip
    assert refused("submit", again(filing), by=officer) == ["R-26"]


def test_a_directly_registered_body_states_no_supervising_unit(officer: User) -> None:
    proposal = {**drafted("establish", by=officer).proposal, "supervision": "direct", "supervising_unit_id": ""}
    assert step("submit", drafted("establish", by=officer, proposal=proposal), by=officer).state == "submitted"


def test_a_supervised_body_states_the_consent_to_its_cancellation(officer: User) -> None:
    body = OrganisationFactory.create(supervising_unit=UnitFactory.create())
    dates = {"resolution_on": "2022-01-10", "liquidation_report_on": "2022-02-20"}
    assert refused("submit", drafted("cancel", by=officer, body=body, proposal=dates), by=officer) == ["R-26"]


def test_an_amendment_amends_something(officer: User) -> None:
    body = OrganisationFactory.create()
    same = drafted("amend", by=officer, body=body, proposal={"address": body.address})
    assert refused("submit", same, by=officer) == ["R-27"]


def test_incomplete_documents_are_not_accepted_unless_nobody_said_so_in_time(officer: User) -> None:
    filing = step("submit", drafted("amend", by=officer, complete=False), by=officer)
    assert refused("accept", filing, by=officer, on=date(2022, 3, 8)) == ["R-28"]
    filing = step("accept", filing, by=officer, on=date(2022, 3, 9))
    assert (filing.state, clock_of(filing).starts_on) == ("accepted", DAY)


def test_who_accepted_neither_reviews_nor_decides(officer: User, reviewer: User) -> None:
    filing = brought_to("accepted", "amend", by=officer, other=reviewer)
    assert refused("review", filing, by=officer) == ["R-102"]
    filing = step("review", filing, by=reviewer)
    assert refused("approve", filing, by=officer) == ["R-107"]
    assert refused("deny", filing, by=officer) == ["R-107"]


def test_time_is_extended_once(officer: User, reviewer: User) -> None:
    filing = step("extend", brought_to("accepted", "amend", by=officer, other=reviewer), by=reviewer)
    assert refused("extend", filing, by=reviewer) == ["R-169"]


def test_a_code_is_given_once(officer: User, reviewer: User) -> None:
    taken = OrganisationFactory.create().code
    filing = brought_to("reviewed", "establish", by=officer, other=reviewer)
    assert refused("approve", filing, by=reviewer, code=taken) == ["R-110"]


def test_a_number_is_given_to_one_decision(officer: User, reviewer: User) -> None:
    first = brought_to("approved", "amend", by=officer, other=reviewer)
    filing = brought_to("reviewed", "amend", by=officer, other=reviewer)
    for verb in ("approve", "deny"):
        assert refused(verb, filing, by=reviewer, decision_no="民许[2022]1号 ") == ["R-184"]
    with pytest.raises(Refused, match=f"登记申请“{first}”已使用该文号"):
        step("approve", filing, by=reviewer, decision_no=first.decision_no)


def test_an_approval_is_refused_by_the_rules_of_the_register_too(officer: User, reviewer: User) -> None:
    later = {"resolution_on": "2022-03-02", "liquidation_report_on": "2022-02-20"}
    filing = brought_to("reviewed", "cancel", by=officer, other=reviewer, proposal=later)
    assert refused("approve", filing, by=reviewer) == ["R-09"]
    assert filing.organisation.state == "active"


def test_what_was_received_is_not_edited(officer: User, reviewer: User) -> None:
    filing = brought_to("submitted", "amend", by=officer, other=reviewer)
    with pytest.raises(Refused, match="R-125"):
        verbs.save_draft(
            filing_id=filing.pk, version=filing.version, by=officer, on=DAY, applicant="甲", proposal={}, documents={}
        )


def test_an_application_is_not_drafted_tomorrow(officer: User) -> None:
    with pytest.raises(Refused, match="R-22"):
        drafted("establish", by=officer, on=FUTURE)


@pytest.mark.parametrize(
    ("code", "told"),
    [
        ("R-22", {"on": date(2022, 5, 19)}),
        ("R-122", {"year": 2020}),
        ("R-123", {"conclusion": "pending"}),
        ("R-123", {"conclusion": "excellent"}),
        ("R-124", {"conclusion": "unqualified", "reason": " "}),
    ],
)
def test_a_conclusion_is_refused_by_the_one_rule_it_breaks(code: str, told: dict[str, Any], officer: User) -> None:
    body = OrganisationFactory.create()
    evidence.file_report(organisation_id=body.pk, year=2021, filed_on=date(2022, 5, 20), by=officer)
    how = {"year": 2021, "conclusion": "qualified", "on": DAY + timedelta(days=90), "reason": "资产不实", **told}
    with pytest.raises(Refused) as caught:
        evidence.conclude_report(organisation_id=body.pk, by=officer, **how)
    assert [each.code for each in caught.value.broken] == [code]
    assert AnnualReport.objects.get(organisation=body).conclusion == "pending"
