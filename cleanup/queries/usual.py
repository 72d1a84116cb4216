"""What the law book sets where a campaign sets nothing else, and what it says of a treatment."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from cleanup import rules
from cleanup.states import FindingState
from registry.queries.law import find, value
from registry.states import EXISTING

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date

    from cleanup.models import Finding
    from registry.models import Organisation

WINDOW = {
    "missed_years": "criteria.missed_years",
    "first_year_months": "criteria.first_year_months",
    "address_attempts": "no_contact.address_attempts",
    "representative_attempts": "no_contact.representative_attempts",
}
"""Columns of a window, and the policy that sets each."""


def window(columns: Mapping[str, Any], *, on: date) -> dict[str, Any]:
    """Return the columns of a window whole: what is left out as policy sets it, for its kind, on the day ``on``."""
    left_out = {name: key for name, key in WINDOW.items() if name not in columns}
    return {**columns, **{name: value(key, on=on, kind=columns["kind"]) for name, key in left_out.items()}}


def revocable_from(kind: str, *, on: date) -> int | None:
    """Return after how many missed years in a row the law revokes a body of ``kind``; None where it says nothing."""
    found = find("revocation.missed_years", on=on, kind=kind)
    return None if found is None else found.value


def treatment_facts(
    organisation: Organisation,
    finding: Finding,
    treatment: str,
    *,
    today: date,
    due_on: date | None = None,
    exempt: bool = False,
) -> rules.TreatmentFacts:
    """Return what decides whether ``treatment`` is lawful by the law of the day ``today``.

    A body that is ``exempt`` from sweeps has no case opened about it; one in a case may still change its treatment.
    """
    return rules.TreatmentFacts(
        treatment=treatment,
        kind=organisation.kind,
        is_charity=organisation.is_charity,
        criteria=finding.criteria,
        missed_years=len(finding.facts.get("A", {}).get("missed_years", ())),
        revocable_from=revocable_from(organisation.kind, on=today),
        on_register=organisation.state in EXISTING,
        on_hold=organisation.held_on is not None,
        exempt=exempt,
        today=today,
        due_on=due_on,
        confirmed=finding.state == FindingState.CONFIRMED,
        confirmed_on=finding.confirmed_on,
    )
