"""Every named constraint of applications holds in the database, whoever writes."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest
from django.db import IntegrityError, transaction
from django.db.models import F
from django.utils import timezone

from registry.models import Filing, FilingStep
from registry.states import FilingKind
from tests.constraints import refused_by
from tests.factories import OrganisationFactory
from tests.registry.applications import DAY, brought_to, step

if TYPE_CHECKING:
    from registry.models import User

pytestmark = pytest.mark.django_db

BEFORE, AFTER = DAY - timedelta(days=1), DAY + timedelta(days=1)

BREACHES: list[tuple[str, str, str, dict[str, Any]]] = [
    ("filing_kind_known", "amend", "draft", {"kind": "revoke"}),
    ("filing_organisation_fits_kind", "amend", "draft", {"organisation": None}),
    ("filing_organisation_fits_kind", "establish", "approved", {"organisation": None}),
    ("filing_received_has_number_and_dates", "amend", "submitted", {"number": ""}),
    ("filing_received_has_number_and_dates", "amend", "submitted", {"received_on": None}),
    ("filing_received_has_number_and_dates", "amend", "submitted", {"submitted_on": None}),
    ("filing_received_has_number_and_dates", "amend", "submitted", {"submitted_on": BEFORE}),
    ("filing_received_has_number_and_dates", "amend", "draft", {"number": "2022-0099"}),
    ("filing_returned_says_what_is_missing", "amend", "returned", {"missing": ""}),
    ("filing_accepted_has_handler", "amend", "accepted", {"handler": None}),
    ("filing_accepted_has_handler", "amend", "accepted", {"accepted_on": BEFORE}),
    ("filing_accepted_has_handler", "amend", "submitted", {"accepted_on": DAY}),
    ("filing_reviewed_by_another", "amend", "reviewed", {"reviewer": F("handler")}),
    ("filing_reviewed_by_another", "amend", "reviewed", {"opinion": ""}),
    ("filing_reviewed_by_another", "amend", "reviewed", {"reviewed_on": None}),
    ("filing_reviewed_by_another", "amend", "reviewed", {"favourable": None}),
    ("filing_reviewed_by_another", "amend", "accepted", {"opinion": "同意"}),
    ("filing_decided_by_another_in_writing", "amend", "approved", {"decided_by": F("handler")}),
    ("filing_decided_by_another_in_writing", "amend", "approved", {"decision_no": ""}),
    ("filing_decided_by_another_in_writing", "amend", "approved", {"decision_basis": ""}),
    ("filing_decided_by_another_in_writing", "amend", "approved", {"decided_on": BEFORE}),
    ("filing_decided_by_another_in_writing", "amend", "approved", {"decided_on": None}),
    ("filing_decided_by_another_in_writing", "amend", "reviewed", {"decision_no": "民许〔2022〕1号"}),
    ("filing_denied_has_reason", "amend", "denied", {"decision_reason": ""}),
    ("filing_stopped_has_date_and_reason", "amend", "withdrawn", {"stopped_on": None}),
    ("filing_stopped_has_date_and_reason", "amend", "not_accepted", {"stop_reason": ""}),
    ("filing_stopped_has_date_and_reason", "amend", "submitted", {"stop_reason": "撤回"}),
]


@pytest.mark.parametrize(("name", "kind", "state", "breach"), BREACHES)
def test_an_application_cannot_contradict_itself(
    name: str, kind: str, state: str, breach: dict[str, Any], officer: User, reviewer: User
) -> None:
    filing = brought_to(state, kind, by=officer, other=reviewer)
    with refused_by(Filing, name):
        Filing.objects.filter(pk=filing.pk).update(**breach)


@pytest.mark.parametrize("kind", FilingKind.values)
@pytest.mark.parametrize("empty", ["handler", "reviewer", "decided_by", "accepted_on", "received_on"])
def test_a_decision_stands_on_every_step_before_it(kind: str, empty: str, officer: User, reviewer: User) -> None:
    filing = brought_to("approved", kind, by=officer, other=reviewer)
    with pytest.raises(IntegrityError), transaction.atomic():
        Filing.objects.filter(pk=filing.pk).update(**{empty: None})


def test_an_application_has_a_known_state(officer: User) -> None:
    received = {"number": "2022-0001", "received_on": DAY, "submitted_on": DAY}
    stranger = Filing(kind="establish", state="asleep", drafted_on=DAY, drafted_by=officer, **received)
    with refused_by(Filing, "filing_state_known"):
        Filing.objects.bulk_create([stranger])


def test_a_number_is_given_once(officer: User, reviewer: User) -> None:
    first, second = (brought_to("submitted", "establish", by=officer, other=reviewer) for _ in range(2))
    with refused_by(Filing, "filing_number_once"):
        Filing.objects.filter(pk=second.pk).update(number=first.number)


def test_a_body_has_one_pending_application(officer: User, reviewer: User) -> None:
    body = OrganisationFactory.create()
    brought_to("submitted", "amend", by=officer, other=reviewer, body=body)
    done = brought_to("submitted", "amend", by=officer, other=reviewer)
    with refused_by(Filing, "filing_one_pending_per_organisation"):
        Filing.objects.filter(pk=done.pk).update(organisation=body)
    done = step("withdraw", done, by=officer)
    assert Filing.objects.filter(pk=done.pk).update(organisation=body) == 1


def _step(filing: Filing, seq: int, by: User) -> FilingStep:
    return FilingStep(filing=filing, seq=seq, verb="filing.draft", on=DAY, at=timezone.now(), by=by, state="draft")


def test_a_place_among_the_steps_is_taken_once(officer: User, reviewer: User) -> None:
    filing = brought_to("draft", "amend", by=officer, other=reviewer)
    with refused_by(FilingStep, "filing_step_once_per_place"):
        FilingStep.objects.bulk_create([_step(filing, 1, officer)])


def test_steps_begin_with_one(officer: User, reviewer: User) -> None:
    filing = brought_to("draft", "amend", by=officer, other=reviewer)
    with refused_by(FilingStep, "filing_step_seq_from_one"):
        FilingStep.objects.bulk_create([_step(filing, 0, officer)])
