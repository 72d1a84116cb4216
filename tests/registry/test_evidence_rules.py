"""What may be entered as evidence of a body's life, and what of its facts may be corrected."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

import pytest
from django.utils import timezone

from registry.actions import evidence
from registry.actions import organisation as verbs
from registry.actions.ledger import TRACKED
from registry.models import AnnualReport, Organisation, Unit
from registry.rulebook import Refused
from registry.rules import AMENDABLE
from tests.factories import OrganisationFactory, UnitFactory
from tests.registry.moves import body_in

if TYPE_CHECKING:
    from collections.abc import Callable

    from registry.models import User

pytestmark = pytest.mark.django_db

DAY = date(2022, 6, 1)
BEFORE = date(2010, 5, 5)
"""The day before the factory's bodies are established."""

FORBIDDEN = {
    "code": "51120119MJ0000010Q",
    "kind": "foundation",
    "state": "decoupled",
    "dormant_since": DAY,
    "decoupled_on": DAY,
    "deregistered_on": DAY,
    "exit_kind": "cancelled",
    "exited_from": "active",
    "cancelled_on": DAY,
    "successor_id": 1,
    "held_on": DAY,
    "hold_reason": "诉讼中",
    "activity_surveyed_on": DAY,
}
UNTRACKED = {"uid": "0", "version": 9, "event_count": 9, "event_head": "0", "name_initials": "X"}


def refused(action: Callable[..., Any], **told: Any) -> list[str]:
    """Return the codes of the rules that refuse an action; nothing was recorded by it."""
    body = Organisation.objects.filter(pk=told["organisation_id"]).values().get()
    with pytest.raises(Refused) as caught:
        action(**told)
    assert Organisation.objects.filter(pk=body["id"]).values().get() == body
    return [each.code for each in caught.value.broken]


def test_nothing_is_evidence_of_a_time_before_the_body_was(officer: User) -> None:
    told: dict[str, Any] = {"organisation_id": OrganisationFactory.create().pk, "by": officer}
    contact = {"channel": "phone", "target": "1", "outcome": "reached"}
    assert refused(evidence.record_activity, **told, held_on=BEFORE, title="年会") == ["R-127"]
    assert refused(evidence.survey_activity, **told, until=BEFORE, reason="核查") == ["R-127"]
    assert refused(evidence.record_contact, **told, **contact, tried_on=BEFORE) == ["R-127"]
    assert refused(evidence.file_report, **told, year=2009, filed_on=BEFORE) == ["R-127"]
    assert refused(verbs.hold, **told, on=BEFORE, reason="诉讼中") == ["R-127"]
    evidence.record_activity(**told, held_on=BEFORE + timedelta(days=1), title="成立大会")


@pytest.mark.parametrize(("year", "filed_on"), [(2150, date(2010, 6, 1)), (2022, DAY), (2022, date(2022, 12, 31))])
def test_a_report_is_filed_after_the_end_of_its_year(year: int, filed_on: date, officer: User) -> None:
    body = OrganisationFactory.create()
    assert refused(evidence.file_report, organisation_id=body.pk, year=year, filed_on=filed_on, by=officer) == ["R-128"]
    assert not AnnualReport.objects.exists()
    evidence.file_report(organisation_id=body.pk, year=2021, filed_on=date(2022, 1, 1), by=officer)


def test_every_column_is_either_a_fact_or_moved_by_a_verb_of_its_own() -> None:
    assert AMENDABLE | {name.removesuffix("_id") for name in FORBIDDEN} == {
        name.removesuffix("_id") for name in TRACKED
    }
    assert not AMENDABLE & {name.removesuffix("_id") for name in FORBIDDEN}


@pytest.mark.parametrize(("column", "value"), [*FORBIDDEN.items(), *UNTRACKED.items()])
def test_a_correction_does_not_touch_what_verbs_of_their_own_write(column: str, value: object, officer: User) -> None:
    told = {"organisation_id": OrganisationFactory.create().pk, "changes": {column: value, "address": "新址"}}
    assert refused(verbs.amend, **told, by=officer, on=DAY, reason="更正") == ["R-129"]


def test_a_correction_has_a_reason_and_does_not_begin_in_the_future(officer: User) -> None:
    told = {"organisation_id": OrganisationFactory.create().pk, "changes": {"address": "新址"}, "by": officer}
    assert refused(verbs.amend, **told, on=DAY, reason=" ") == ["R-19"]
    tomorrow = timezone.localdate() + timedelta(days=1)
    assert refused(verbs.amend, **told, on=tomorrow, reason="迁址") == ["R-20"]


@pytest.mark.parametrize("state", ["dormant", "decoupled", "deregistered"])
def test_a_body_is_established_before_its_state_first_changes(state: str, officer: User, reviewer: User) -> None:
    body = body_in(state, by=officer, other=reviewer)
    moved_on = min(filter(None, (body.dormant_since, body.decoupled_on, body.deregistered_on)))
    told: dict[str, Any] = {"organisation_id": body.pk, "by": officer, "on": timezone.localdate(), "reason": "更正"}
    late = {"established_on": moved_on + timedelta(days=1)}
    assert refused(verbs.amend, **told, changes=late) == ["R-130"]
    assert verbs.amend(**told, changes={"established_on": moved_on})


def test_a_body_is_not_established_after_the_day_of_its_correction(officer: User) -> None:
    told = {"organisation_id": OrganisationFactory.create().pk, "by": officer, "on": DAY, "reason": "更正"}
    assert refused(verbs.amend, **told, changes={"established_on": DAY + timedelta(days=1)}) == ["R-130"]


def test_a_decoupled_body_stays_an_industry_association(officer: User, reviewer: User) -> None:
    body = body_in("decoupled", by=officer, other=reviewer)
    told = {"organisation_id": body.pk, "by": officer, "on": timezone.localdate(), "reason": "更正"}
    assert refused(verbs.amend, **told, changes={"is_industry_association": False}) == ["R-131"]


def test_departments_may_be_corrected_by_row_or_by_key(officer: User) -> None:
    body, unit = OrganisationFactory.create(), UnitFactory.create()
    for changes in ({"supervising_unit_id": unit.pk}, {"party_body": Unit.objects.get(pk=unit.pk)}):
        assert verbs.amend(organisation_id=body.pk, changes=changes, by=officer, on=DAY, reason="更正")
