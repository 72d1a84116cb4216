"""Named constraints of batches, departments, words, acceptances, 回头看, leaders, facts and snapshots."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

import pytest
from django.utils import timezone

from decoupling.models import (
    Acceptance,
    Aftercare,
    Batch,
    ChecklistItem,
    Department,
    ItemStatus,
    Leader,
    Rectification,
    Reminder,
    ReviewRound,
    Revisit,
    Signature,
    SignOff,
    Snapshot,
)
from tests.constraints import refused_by
from tests.decoupling.situations import DAY, LATER, listed
from tests.factories import UnitFactory, UserFactory

if TYPE_CHECKING:
    from django.db import models

    from registry.models import User

pytestmark = pytest.mark.django_db

BEFORE = DAY - timedelta(days=1)


def rows(officer: User) -> dict[type[models.Model], dict[str, Any]]:
    """Return for each table the columns of a sound row."""
    listing = listed()
    review = ReviewRound.objects.create(
        title="回头看", document_no="虚1号", extent="all", population=1, began_on=DAY, began_by=officer
    )
    revisit = Revisit.objects.create(review=review, listing=listed())
    status = ItemStatus.objects.create(listing=listing, item=ChecklistItem.objects.get(code="B1"))
    return {
        Batch: {"number": 7, "title": "第7批", "document_no": "虚1号", "decided_on": DAY, "opened_by": officer},
        Department: {"responsible": "finance", "unit": UnitFactory.create(), "since": DAY, "appointed_by": officer},
        SignOff: {
            "listing": listing, "heading": "C", "responsible": "finance", "signed_on": DAY, "signed_by": officer,
            "result": "已分离",
        },
        Reminder: {"listing": listing, "unit": UnitFactory.create(), "on": DAY, "by": officer},
        Acceptance: {
            "listing": listing, "accepted_on": DAY, "accepted_by": officer, "reason": "合格", "event_seq": 3,
        },
        ReviewRound: {
            "title": "回头看", "document_no": "虚1号", "extent": "all", "population": 1, "began_on": DAY,
            "began_by": officer,
        },
        Revisit: {"review": review, "listing": listing},
        Rectification: {"revisit": revisit, "status": status, "problem": "兼职", "found_on": DAY},
        Leader: {"listing": listing, "name": "甲", "post": "president", "took_office_on": DAY},
        Aftercare: {"listing": listing, "kind": "charter", "on": DAY, "note": "核准", "by": officer},
        Snapshot: {
            "as_of": DAY, "taken_at": timezone.now(), "taken_by": officer, "totals": {}, "lines": [], "sha256": "a",
        },
    }  # fmt: skip


BREACHES: list[tuple[type[models.Model], str, dict[str, Any]]] = [
    (Batch, "batch_from_one", {"number": 0}),
    (Batch, "batch_is_documented", {"title": ""}),
    (Batch, "batch_days_in_order", {"plan_due_on": BEFORE}),
    (Batch, "batch_days_in_order", {"plan_due_on": LATER, "done_due_on": DAY}),
    (Department, "department_is_appointed", {"responsible": "registrar"}),
    (SignOff, "sign_off_heading_known", {"heading": "Z"}),
    (SignOff, "sign_off_responsible_known", {"responsible": "nobody"}),
    (SignOff, "sign_off_has_result", {"result": ""}),
    (SignOff, "sign_off_on_paper_has_original", {"on_paper": True, "document_no": "虚1号"}),
    (Acceptance, "acceptance_has_reason", {"reason": ""}),
    (Acceptance, "acceptance_void_proposal_whole", {"void_reason": "资产未清"}),
    (Acceptance, "acceptance_void_proposal_whole", {"void_proposed_on": DAY}),
    (Acceptance, "acceptance_voided_by_another", {"voided_on": DAY}),
    (ReviewRound, "review_round_extent_known", {"extent": "some"}),
    (ReviewRound, "review_round_sample_has_seed", {"extent": "sample"}),
    (ReviewRound, "review_round_closed_wholly", {"closed_on": DAY}),
    (Revisit, "revisit_finding_known", {"finding": "odd"}),
    (Revisit, "revisit_has_day_and_officer", {"finding": "sound", "note": "核对"}),
    (Rectification, "rectification_has_problem", {"problem": ""}),
    (Rectification, "rectification_days_in_order", {"done_on": BEFORE}),
    (Leader, "leader_post_known", {"post": "king"}),
    (Leader, "leader_terms_from_one", {"terms": 0}),
    (Leader, "leader_days_in_order", {"left_on": BEFORE}),
    (Leader, "leader_days_in_order", {"born_on": LATER}),
    (Aftercare, "aftercare_kind_known", {"kind": "odd"}),
    (Aftercare, "aftercare_has_note", {"note": ""}),
    (Snapshot, "snapshot_has_digest", {"sha256": ""}),
]


@pytest.mark.parametrize(("model", "name", "breach"), BREACHES)
def test_a_row_cannot_contradict_itself(
    model: type[models.Model], name: str, breach: dict[str, Any], officer: User
) -> None:
    columns = rows(officer)[model]
    if name == "revisit_finding_known":
        breach = {**breach, "checked_on": DAY, "checked_by": officer, "note": "核对"}
    with refused_by(model, name):
        model._default_manager.create(**{**columns, **breach})
    model._default_manager.create(**columns)


@pytest.mark.parametrize(
    ("model", "name"),
    [
        (SignOff, "sign_off_once"),
        (Reminder, "reminder_once_a_day"),
        (Acceptance, "acceptance_one_in_force"),
        (Revisit, "revisit_once_per_round"),
        (Rectification, "rectification_one_open_per_item"),
    ],
)
def test_one_of_a_kind(model: type[models.Model], name: str, officer: User) -> None:
    columns = rows(officer)[model]
    model._default_manager.create(**columns)
    with refused_by(model, name):
        model._default_manager.create(**columns)


def test_who_proposes_a_void_does_not_decide_it(officer: User) -> None:
    columns = rows(officer)[Acceptance]
    proposed = {
        "void_proposed_on": DAY, "void_proposed_by": officer, "void_document_no": "虚更1号", "void_reason": "资产未清",
    }  # fmt: skip
    with refused_by(Acceptance, "acceptance_voided_by_another"):
        Acceptance.objects.create(**columns, **proposed, voided_on=DAY, voided_by=officer)
    Acceptance.objects.create(**columns, **proposed, voided_on=DAY, voided_by=UserFactory.create())


def test_a_person_stands_under_an_acceptance_once(officer: User) -> None:
    columns = rows(officer)[Acceptance]
    made = Acceptance.objects.create(**columns)
    said: dict[str, Any] = {"listing": made.listing, "acceptance": made, "signer": officer, "capacity": "民政局"}
    Signature.objects.create(**said, signed_on=DAY)
    with refused_by(Signature, "signature_once_under_acceptance"):
        Signature.objects.create(**said, signed_on=date(2022, 5, 1))
