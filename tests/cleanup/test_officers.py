"""Who may carry a case: penalties only with a valid certificate, and a case goes over with a trace."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from cleanup.actions import case as cases
from cleanup.models import Case
from cleanup.rules import Refused
from cleanup.states import PENALTIES, Treatment
from registry.models import Event, User
from registry.queries.verification import faults
from registry.states import Role
from tests.cleanup.test_decisions import ON, PAPERS, confirmed, dormant, opened
from tests.factories import UserFactory

pytestmark = pytest.mark.django_db

CLOSED = date(2022, 9, 1)


@pytest.fixture
def certified() -> User:
    return UserFactory.create(certified=True, role=Role.ENFORCEMENT)


def close(case: Case, by: User) -> Event:
    return cases.close_case(case_id=case.pk, by=by, on=CLOSED, reason="处置完毕", **PAPERS[case.treatment])


def expire(user: User, until: date) -> None:
    User.objects.filter(pk=user.pk).update(certificate_until=until)


@pytest.mark.parametrize("treatment", PENALTIES)
def test_a_penalty_is_carried_only_with_a_certificate_valid_that_day(
    certified: User, officer: User, treatment: Treatment
) -> None:
    finding = confirmed(officer, is_charity=True)
    with pytest.raises(Refused, match="R-111"):
        opened(finding, treatment, officer)
    expire(certified, ON - timedelta(days=1))
    with pytest.raises(Refused, match="R-111"):
        opened(finding, treatment, User.objects.get(pk=certified.pk))
    expire(certified, ON)
    assert opened(finding, treatment, User.objects.get(pk=certified.pk)).officer == certified


@pytest.mark.parametrize("treatment", [Treatment.RECTIFY, Treatment.CANCEL, Treatment.MERGE])
def test_other_treatments_need_no_certificate(officer: User, treatment: Treatment) -> None:
    assert opened(confirmed(officer), treatment, officer).officer == officer


def test_a_certificate_that_expired_meanwhile_keeps_the_penalty_from_being_closed(
    certified: User, reviewer: User
) -> None:
    case = opened(dormant(reviewer), Treatment.REVOKE, certified)
    expire(certified, CLOSED - timedelta(days=1))
    with pytest.raises(Refused, match="R-111"):
        close(case, reviewer)
    assert Case.objects.get(pk=case.pk).state == "open"
    expire(certified, CLOSED)
    close(case, reviewer)
    assert Case.objects.get(pk=case.pk).state == "closed"


def test_the_reviewer_who_signs_needs_no_certificate_of_their_own(certified: User, reviewer: User) -> None:
    assert not reviewer.certificate_no
    assert close(opened(dormant(reviewer), Treatment.REVOKE, certified), reviewer).by == reviewer


@pytest.mark.parametrize("columns", [{"is_active": False}, {"role": Role.AUDITOR}, {"role": Role.SUPERVISING_UNIT}])
def test_a_case_is_carried_by_somebody_in_office(officer: User, columns: dict[str, object]) -> None:
    with pytest.raises(Refused, match="R-115"):
        opened(confirmed(officer), Treatment.CANCEL, UserFactory.create(**columns))


def test_a_case_goes_to_another_officer_in_one_event(officer: User, reviewer: User) -> None:
    case = opened(confirmed(officer), Treatment.CANCEL, officer)
    other = UserFactory.create(display_name="接办人")
    event = cases.reassign_case(
        case_id=case.pk, officer=other, seen_id=officer.pk, by=reviewer, on=ON, reason="原承办人调岗"
    )
    assert Case.objects.get(pk=case.pk).officer == other
    assert (event.verb, event.by, event.reason) == ("case.reassign", reviewer, "原承办人调岗")
    assert (event.facts["case"]["from"], event.facts["case"]["officer"]) == (officer.pk, other.pk)
    assert list(faults()) == []


def test_a_case_somebody_else_has_handed_over_is_not_handed_over_again(officer: User) -> None:
    case = opened(confirmed(officer), Treatment.CANCEL, officer)
    first, second = UserFactory.create(), UserFactory.create()
    how = {"case_id": case.pk, "seen_id": officer.pk, "by": officer, "on": ON, "reason": "调岗"}
    cases.reassign_case(officer=first, **how)
    with pytest.raises(cases.ReassignedMeanwhile, match="现由"):
        cases.reassign_case(officer=second, **how)
    assert Case.objects.get(pk=case.pk).officer == first


def test_a_handover_names_another_officer_and_a_reason(certified: User, reviewer: User) -> None:
    case = opened(dormant(reviewer), Treatment.REVOKE, certified)
    how = {"case_id": case.pk, "seen_id": certified.pk, "by": reviewer, "on": ON, "reason": "调岗"}
    other = UserFactory.create(certified=True)
    for wrong, code in (
        ({"officer": certified}, "R-117"),
        ({"officer": other, "on": ON - timedelta(days=1)}, "R-117"),
        ({"officer": other, "reason": " "}, "R-19"),
        ({"officer": other, "on": date(2999, 1, 1)}, "R-20"),
        ({"officer": UserFactory.create()}, "R-111"),
        ({"officer": UserFactory.create(is_active=False, certified=True)}, "R-115"),
    ):
        with pytest.raises(Refused, match=code):
            cases.reassign_case(**{**how, **wrong})
    close(case, reviewer)
    cases.reassign_case(**{**how, "officer": other, "on": CLOSED})
    assert Case.objects.get(pk=case.pk).officer == other
