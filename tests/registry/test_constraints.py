"""Every named constraint of the register holds in the database, whoever writes."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

import pytest
from django.db.models import F
from django.utils import timezone

from registry.identifiers import compose
from registry.models import AnnualReport, ContactAttempt, Event, JobRun, LegalBasis, Organisation, Policy
from registry.states import Channel, ContactOutcome, Kind, State, Supervision
from tests.constraints import refused_by
from tests.factories import OrganisationFactory
from tests.registry.moves import DAY, EXIT_OF, body_in, move

if TYPE_CHECKING:
    from registry.models import User

pytestmark = pytest.mark.django_db

BEFORE = DAY - timedelta(days=1)

BREACHES: list[tuple[str, str, dict[str, Any]]] = [
    ("organisation_kind_known", "active", {"kind": "club", "is_industry_association": False}),
    ("organisation_industry_association_is_association", "active", {"kind": Kind.FOUNDATION}),
    ("organisation_dormant_has_date", "dormant", {"dormant_since": None}),
    ("organisation_dormant_has_date", "active", {"dormant_since": DAY}),
    ("organisation_decoupled_has_date", "decoupled", {"decoupled_on": None}),
    (
        "organisation_active_not_decoupled",
        "active",
        {"decoupled_on": DAY, "supervision": Supervision.DECOUPLED, "supervising_unit": None},
    ),
    ("organisation_decoupled_regime", "decoupled", {"supervision": Supervision.DUAL}),
    ("organisation_deregistered_has_date_and_kind", "revoke", {"deregistered_on": None}),
    ("organisation_deregistered_has_date_and_kind", "revoke", {"exit_kind": ""}),
    ("organisation_deregistered_has_date_and_kind", "revoke", {"exited_from": State.DEREGISTERED}),
    ("organisation_deregistered_has_date_and_kind", "active", {"deregistered_on": DAY}),
    ("organisation_cancelled_only_after_exit", "active", {"cancelled_on": DAY}),
    ("organisation_cancelled_only_after_exit", "cancel", {"cancelled_on": BEFORE}),
    ("organisation_cancel_and_merge_end_it", "cancel", {"cancelled_on": None}),
    ("organisation_cancel_and_merge_end_it", "merge", {"cancelled_on": None}),
    ("organisation_merged_has_successor", "merge", {"successor": None}),
    ("organisation_not_own_successor", "merge", {"successor": F("pk")}),
    ("organisation_licence_revoked_only_charity", "revoke_licence", {"is_charity": False}),
    ("organisation_hold_has_reason", "active", {"held_on": DAY}),
    ("organisation_hold_has_reason", "active", {"hold_reason": "诉讼中"}),
    ("organisation_certificate_in_order", "active", {"certificate_from": DAY, "certificate_until": BEFORE}),
    ("organisation_exit_after_establishment", "revoke", {"established_on": DAY + timedelta(days=1)}),
]


@pytest.mark.parametrize(("name", "situation", "breach"), BREACHES)
def test_an_organisation_cannot_contradict_itself(
    name: str, situation: str, breach: dict[str, Any], officer: User, reviewer: User
) -> None:
    body = body_in("active" if situation in EXIT_OF else situation, by=officer, other=reviewer)
    if situation in EXIT_OF:
        body = move(situation, body, by=officer, other=reviewer)
    with refused_by(Organisation, name):
        Organisation.objects.filter(pk=body.pk).update(**breach)


def test_an_organisation_has_a_known_state(without_guards: None) -> None:
    stranger = Organisation(
        code=compose(Kind.ASSOCIATION, "120119", 1), name="虚构", kind=Kind.ASSOCIATION, state="asleep"
    )
    with refused_by(Organisation, "organisation_state_known"):
        Organisation.objects.bulk_create([stranger])


def _copy_of(event: Event, *, seq: int) -> Event:
    values = {field.attname: getattr(event, field.attname) for field in Event._meta.concrete_fields}
    return Event(**{**values, "id": None, "seq": seq})


def test_a_place_in_a_chain_is_taken_once(without_guards: None) -> None:
    event = OrganisationFactory.create().events.get()
    with refused_by(Event, "event_once_per_place"):
        Event.objects.bulk_create([_copy_of(event, seq=1)])


def test_a_chain_begins_with_one(without_guards: None) -> None:
    event = OrganisationFactory.create().events.get()
    with refused_by(Event, "event_seq_from_one"):
        Event.objects.bulk_create([_copy_of(event, seq=0)])


def test_a_slot_of_a_job_is_run_once() -> None:
    runs = [JobRun(job="sweep", slot="2026-11-24", as_of=DAY, started_at=timezone.now()) for _ in range(2)]
    with refused_by(JobRun, "job_run_once_per_slot"):
        JobRun.objects.bulk_create(runs)


def test_a_legal_basis_has_one_text_per_version() -> None:
    rows = [LegalBasis(code="虚构法/1", law="虚构法", version="2026", text="一", source="测试") for _ in range(2)]
    with refused_by(LegalBasis, "legal_basis_once_per_version"):
        LegalBasis.objects.bulk_create(rows)


def _policy(**columns: Any) -> Policy:
    return Policy(**{"key": "虚构事项", "value": 1, "source": "测试", "effective_from": DAY, "year": 2026, **columns})


def test_a_policy_has_one_value_per_start() -> None:
    with refused_by(Policy, "policy_once_per_start"):
        Policy.objects.bulk_create([_policy(value=1), _policy(value=2)])


def test_a_policy_for_any_year_has_one_value_per_start() -> None:
    with refused_by(Policy, "policy_once_per_start_any_year"):
        Policy.objects.bulk_create([_policy(year=None, value=1), _policy(year=None, value=2)])


def test_a_policy_ends_after_it_starts() -> None:
    with refused_by(Policy, "policy_ends_after_start"):
        Policy.objects.bulk_create([_policy(effective_to=DAY)])


def test_a_year_has_one_report() -> None:
    body = OrganisationFactory.create()
    reports = [AnnualReport(organisation=body, year=2021, filed_on=DAY) for _ in range(2)]
    with refused_by(AnnualReport, "annual_report_once_per_year"):
        AnnualReport.objects.bulk_create(reports)


@pytest.mark.parametrize("year", [0, 1949, 2201, 20211])
def test_a_report_is_for_a_year_of_this_time(year: int) -> None:
    body = OrganisationFactory.create()
    with refused_by(AnnualReport, "annual_report_year_sane"):
        AnnualReport.objects.bulk_create([AnnualReport(organisation=body, year=year, filed_on=DAY)])


def test_a_failed_contact_has_its_proof() -> None:
    attempt = ContactAttempt(
        organisation=OrganisationFactory.create(),
        channel=Channel.LETTER,
        target="虚构区测试路1号",
        tried_on=date(2022, 1, 1),
        outcome=ContactOutcome.FAILED,
    )
    with refused_by(ContactAttempt, "contact_failed_has_proof"):
        ContactAttempt.objects.bulk_create([attempt])
