"""Every named constraint of the cleanup holds in the database, whoever writes."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

import pytest
from django.db import connection
from django.db.models import F
from django.utils import timezone

from cleanup.models import (
    Campaign,
    CampaignEvent,
    Case,
    CaseRound,
    CaseStep,
    Determination,
    Exclusion,
    Finding,
    Hit,
    Listed,
    Service,
    Sweep,
    Window,
)
from cleanup.states import CampaignState, CaseOutcome, CaseState, DocumentKind, FindingState, Step, Treatment
from registry.actions.ledger import record
from registry.models import JobRun
from registry.models.final import IsFinal
from registry.states import Kind
from tests.constraints import refused_by
from tests.factories import OrganisationFactory

if TYPE_CHECKING:
    from registry.models import User

pytestmark = pytest.mark.django_db

DAY = date(2022, 3, 1)
BEFORE = DAY - timedelta(days=1)


@pytest.fixture
def campaign(officer: User, reviewer: User) -> Campaign:
    return Campaign.objects.create(
        code="2022",
        title="虚构区专项整治",
        document_no="虚民发〔2022〕1号",
        starts_on=DAY,
        ends_on=date(2022, 12, 31),
        state=CampaignState.RUNNING,
        drafted_by=officer,
        approved_by=reviewer,
        approved_on=DAY,
        started_on=DAY,
        preview=JobRun.objects.create(job="preview", slot="2022", as_of=DAY, started_at=timezone.now()),
    )


@pytest.fixture
def sweep(campaign: Campaign) -> Sweep:
    run = JobRun.objects.create(job="sweep", slot="2022", as_of=DAY, started_at=timezone.now())
    return Sweep.objects.create(campaign=campaign, run=run)


@pytest.fixture
def hit(campaign: Campaign) -> Hit:
    return Hit.objects.create(run=campaign.preview, organisation=OrganisationFactory.create(), criteria="A")


@pytest.fixture
def window(campaign: Campaign) -> Window:
    return Window.objects.create(
        campaign=campaign,
        kind=Kind.ASSOCIATION,
        last_report_year=2021,
        inactive_since=BEFORE,
        surveyed_since=BEFORE,
        contact_since=BEFORE,
        missed_years=2,
        first_year_months=12,
        address_attempts=2,
        representative_attempts=1,
    )


@pytest.fixture
def finding(campaign: Campaign) -> Finding:
    return Finding.objects.create(
        campaign=campaign, organisation=OrganisationFactory.create(), criteria="A", found_on=DAY
    )


@pytest.fixture
def case(finding: Finding, officer: User) -> Case:
    return Case.objects.create(finding=finding, treatment=Treatment.RECTIFY, officer=officer, opened_on=DAY)


@pytest.fixture
def determination() -> Determination:
    body = OrganisationFactory.create()
    return Determination.objects.create(
        organisation=body, criterion="E", made_on=DAY, document_no="虚函〔2022〕1号", made_by_unit="虚构区教育局"
    )


@pytest.fixture
def exclusion(campaign: Campaign, officer: User) -> Exclusion:
    return Exclusion.objects.create(
        campaign=campaign, organisation=OrganisationFactory.create(), reason="托管中", from_on=DAY, made_by=officer
    )


@pytest.fixture
def case_round(case: Case) -> CaseRound:
    return CaseRound.objects.create(case=case, number=1, treatment=Treatment.RECTIFY, began_on=DAY)


@pytest.fixture
def step(case: Case, officer: User) -> CaseStep:
    event = record(case.finding.organisation, {}, verb="case.order", on=DAY, by=officer)
    return CaseStep.objects.create(case=case, seq=1, round=1, step=Step.ORDER, on=DAY, by=officer, event=event)


@pytest.fixture
def service(step: CaseStep, officer: User) -> Service:
    return Service.objects.create(
        case=step.case, step=step, kind=DocumentKind.RECTIFICATION_ORDER, round=1, document_no="1", method="post",
        recipient="虚构区测试协会", address="虚构区测试路1号", sent_on=DAY, sent_by=officer,
    )  # fmt: skip


BREACHES: list[tuple[str, str, dict[str, Any]]] = [
    ("campaign", "campaign_state_known", {"state": "lost", "started_on": None}),
    ("campaign", "campaign_ends_after_start", {"ends_on": BEFORE}),
    ("campaign", "campaign_approved_unless_draft", {"approved_by": None}),
    ("campaign", "campaign_approved_unless_draft", {"approved_on": None}),
    (
        "campaign",
        "campaign_approved_unless_draft",
        {"state": CampaignState.DRAFT, "preview": None, "started_on": None},
    ),
    ("campaign", "campaign_concluded_has_date", {"state": CampaignState.CONCLUDED}),
    ("campaign", "campaign_concluded_has_date", {"concluded_on": DAY}),
    ("window", "window_missed_years_positive", {"missed_years": 0}),
    ("window", "window_contact_needs_attempts", {"address_attempts": 0}),
    ("window", "window_contact_needs_attempts", {"representative_attempts": 0}),
    ("determination", "determination_only_local", {"criterion": "A"}),
    ("determination", "determination_has_document", {"document_no": ""}),
    ("determination", "determination_lifted_after_made", {"lifted_on": BEFORE}),
    ("finding", "finding_state_known", {"state": "lost", "ended_on": DAY}),
    ("finding", "finding_has_criteria", {"criteria": ""}),
    ("finding", "finding_confirmed_has_date", {"state": FindingState.CONFIRMED}),
    ("finding", "finding_ended_has_date", {"state": FindingState.WITHDRAWN}),
    ("finding", "finding_ended_has_date", {"ended_on": DAY}),
    ("campaign", "campaign_previewed_unless_draft", {"preview": None}),
    ("campaign", "campaign_started_has_date", {"started_on": None}),
    ("campaign", "campaign_paused_has_date", {"paused_on": DAY}),
    ("campaign", "campaign_paused_has_date", {"state": CampaignState.PAUSED}),
    ("campaign", "campaign_not_its_own_previous", {"previous": F("pk")}),
    ("sweep", "sweep_evaluation_known", {"evaluation": "guess"}),
    ("sweep", "sweep_stopped_for_a_known_cause", {"stopped_because": "mood"}),
    ("sweep", "sweep_released_wholly", {"release_reason": "已核对"}),
    ("sweep", "sweep_undone_wholly", {"undo_reason": "口径有误"}),
    ("hit", "hit_has_criteria", {"criteria": ""}),
    ("hit", "hit_left_out_known", {"left_out": "friend"}),
    ("exclusion", "exclusion_has_reason", {"reason": ""}),
    ("exclusion", "exclusion_of_every_campaign_has_document", {"campaign": None}),
    ("exclusion", "exclusion_until_after_from", {"until_on": BEFORE}),
    ("exclusion", "exclusion_ended_wholly", {"ended_on": DAY}),
    ("exclusion", "exclusion_ended_wholly", {"end_reason": "托管结束"}),
    ("case", "case_treatment_known", {"treatment": "forget"}),
    ("case", "case_closed_has_outcome_and_date", {"state": CaseState.CLOSED, "archived_on": DAY}),
    ("case", "case_closed_has_outcome_and_date", {"outcome": CaseOutcome.RECTIFIED}),
    (
        "case",
        "case_closed_after_opening",
        {"state": CaseState.CLOSED, "outcome": CaseOutcome.RECTIFIED, "closed_on": BEFORE, "archived_on": DAY},
    ),
    ("case", "case_stage_known", {"stage": "lost"}),
    ("case", "case_next_step_known", {"next_step": "lost"}),
    ("case", "case_round_from_one", {"round": 0}),
    ("case", "case_archived_when_closed", {"archived_on": DAY}),
    ("case_round", "case_round_closed_has_outcome_and_date", {"closed_on": DAY}),
    ("case_round", "case_round_closed_has_outcome_and_date", {"undone_on": DAY}),
    (
        "case_round",
        "case_round_undone_after_closing",
        {"closed_on": DAY, "outcome": CaseOutcome.REVOKED, "undone_on": BEFORE},
    ),
    ("service", "service_kind_known", {"kind": "letter"}),
    ("service", "service_method_known", {"method": "pigeon"}),
    ("service", "service_served_with_proof", {"served_on": DAY}),
    ("service", "service_served_with_proof", {"served_on": BEFORE, "proof": "回证"}),
    ("service", "service_failed_for_a_reason", {"failed_on": DAY}),
    ("service", "service_announcement_has_reason", {"method": "announcement"}),
    ("service", "service_electronic_has_consent", {"method": "electronic"}),
    ("service", "service_goes_somewhere", {"address": ""}),
]


@pytest.mark.parametrize(("what", "name", "breach"), BREACHES)
def test_a_row_cannot_contradict_itself(
    what: str, name: str, breach: dict[str, Any], request: pytest.FixtureRequest
) -> None:
    row = request.getfixturevalue(what)
    with refused_by(type(row), name):
        type(row).objects.filter(pk=row.pk).update(**breach)


def test_a_case_has_a_known_state(case: Case) -> None:
    if connection.vendor == "postgresql":
        # It checks constraints in order of their names, and an unknown state breaks this one first.
        with connection.cursor() as cursor:
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
            cursor.execute("ALTER TABLE cleanup_case DROP CONSTRAINT case_closed_has_outcome_and_date")
    with refused_by(Case, "case_state_known"):
        Case.objects.filter(pk=case.pk).update(state="lost")


def test_drafter_and_approver_of_a_campaign_differ(campaign: Campaign, officer: User) -> None:
    with refused_by(Campaign, "campaign_four_eyes"):
        Campaign.objects.filter(pk=campaign.pk).update(approved_by=officer)


def test_a_kind_has_one_window_in_a_campaign(window: Window) -> None:
    window.pk = None
    with refused_by(Window, "window_once_per_kind"):
        Window.objects.bulk_create([window])


def test_a_campaign_has_one_sweep_under_way(sweep: Sweep) -> None:
    run = JobRun.objects.create(job="sweep", slot="again", as_of=DAY, started_at=timezone.now())
    with refused_by(Sweep, "sweep_one_under_way_per_campaign"):
        Sweep.objects.create(campaign=sweep.campaign, run=run)


def test_a_body_is_a_hit_of_a_run_once(hit: Hit) -> None:
    hit.pk = None
    with refused_by(Hit, "hit_once_per_run"):
        Hit.objects.bulk_create([hit])


def test_a_body_is_on_the_list_of_a_campaign_once(campaign: Campaign) -> None:
    body = OrganisationFactory.create()
    with refused_by(Listed, "listed_once_per_campaign"):
        Listed.objects.bulk_create(Listed(campaign=campaign, organisation=body) for _ in range(2))


def test_the_ledger_of_campaigns_begins_with_one(campaign: Campaign, officer: User) -> None:
    columns = {"verb": "campaign.draft", "on": DAY, "at": timezone.now(), "by": officer, "digest": "0"}
    with refused_by(CampaignEvent, "campaign_event_seq_from_one"):
        CampaignEvent.objects.bulk_create([CampaignEvent(subject=campaign, seq=0, **columns)])


def test_a_body_is_left_out_of_a_campaign_once(exclusion: Exclusion) -> None:
    exclusion.pk = None
    with refused_by(Exclusion, "exclusion_once_per_campaign"):
        Exclusion.objects.bulk_create([exclusion])


def test_a_body_has_one_standing_finding_in_a_campaign(finding: Finding) -> None:
    finding.pk = None
    with refused_by(Finding, "finding_one_standing_per_campaign"):
        Finding.objects.bulk_create([finding])


def test_a_withdrawn_finding_makes_room_for_a_new_one(finding: Finding) -> None:
    Finding.objects.filter(pk=finding.pk).update(state=FindingState.WITHDRAWN, ended_on=DAY)
    finding.pk = None
    Finding.objects.bulk_create([finding])
    assert Finding.objects.count() == 2


@pytest.mark.parametrize(
    ("name", "breach"),
    [
        ("case_step_known", {"step": "lost"}),
        ("case_step_counts_from_one", {"turn": 0}),
        ("case_step_once_per_place", {"turn": 2}),
        ("case_step_once_per_turn", {"seq": 2}),
    ],
)
def test_a_step_is_one_of_the_law_and_stands_once(
    step: CaseStep, officer: User, name: str, breach: dict[str, Any]
) -> None:
    event = record(step.case.finding.organisation, {}, verb="case.order", on=DAY, by=officer)
    row = {
        "case": step.case,
        "seq": 2,
        "round": 1,
        "turn": 2,
        "step": Step.ORDER,
        "on": DAY,
        "by": officer,
        "event": event,
    }
    same = {"case_step_once_per_place": {"seq": 1}, "case_step_once_per_turn": {"turn": 1}}.get(name, {})
    with refused_by(CaseStep, name):
        CaseStep.objects.bulk_create([CaseStep(**{**row, **same, **breach})])


def test_who_acts_with_an_officer_is_another(step: CaseStep, officer: User) -> None:
    event = record(step.case.finding.organisation, {}, verb="case.inquire", on=DAY, by=officer)
    with refused_by(CaseStep, "case_step_second_is_another"):
        CaseStep.objects.bulk_create(
            [
                CaseStep(
                    case=step.case, seq=2, round=1, step=Step.INQUIRE, on=DAY, by=officer, second=officer, event=event
                )
            ]
        )


def test_a_case_has_each_round_once(case_round: CaseRound) -> None:
    case_round.pk = None
    with refused_by(CaseRound, "case_round_once"):
        CaseRound.objects.bulk_create([case_round])


@pytest.mark.parametrize(
    ("name", "columns"),
    [
        ("service_once_per_kind_and_round", {"failed_on": DAY, "failure": "退件"}),
        ("service_one_that_has_not_failed", {"round": 2}),
    ],
)
def test_a_document_is_sent_once_at_a_time(service: Service, name: str, columns: dict[str, Any]) -> None:
    again = Service.objects.get(pk=service.pk)
    again.pk = None
    for column, value in columns.items():
        setattr(again, column, value)
    with refused_by(Service, name):
        Service.objects.bulk_create([again])


def test_a_step_is_never_written_anew(step: CaseStep) -> None:
    for act in (step.save, step.delete, CaseStep.objects.all().delete, lambda: CaseStep.objects.update(seq=9)):
        with pytest.raises(IsFinal):
            act()
