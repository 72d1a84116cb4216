"""Situations the tests of the worker start from."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from cleanup.actions import case as cases
from cleanup.actions import finding as findings
from cleanup.actions.sweep import sweep
from cleanup.models import Campaign, Case, Finding
from cleanup.states import Treatment
from tests.cleanup.situations import filer, running_campaign
from tests.factories import OrganisationFactory

if TYPE_CHECKING:
    from registry.models import User

SWEPT = date(2022, 6, 1)


def campaign_with_zombies(count: int, *, by: User) -> Campaign:
    """Return a running campaign over ``count`` bodies that missed their reports, and one that did not."""
    filer(2020, 2021, by=by)
    for _ in range(count):
        OrganisationFactory.create()
    return running_campaign()


def found(count: int, *, by: User) -> list[Finding]:
    """Return that many open findings."""
    campaign = campaign_with_zombies(count, by=by)
    sweep(campaign_id=campaign.pk, as_of=SWEPT, by=by)
    return list(Finding.objects.order_by("pk"))


def case_due(due_on: date | None, *, officer: User) -> Case:
    """Return an open case of ``officer`` on a finding of its own."""
    [finding] = found(1, by=officer)
    findings.confirm(finding_id=finding.pk, by=officer, on=SWEPT, reason="属实")
    return cases.open_case(
        finding_id=finding.pk, treatment=Treatment.CANCEL, officer=officer, by=officer, on=SWEPT, due_on=due_on
    )


def cancel(case: Case, *, by: User, on: date) -> None:
    """Close a case by cancelling the body."""
    papers = {"resolution_on": date(2022, 5, 1), "consent_no": "", "liquidation_report_on": on}
    cases.close_case(case_id=case.pk, by=by, on=on, reason="自行解散", **papers)
