"""Situations the tests of the worker start from."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from cleanup.actions import batch as batches
from cleanup.actions import case as cases
from cleanup.actions import finding as findings
from cleanup.actions.sweep import sweep
from cleanup.models import Campaign, Case, CaseBatch, Finding
from cleanup.states import BatchDeed, DocumentKind, Treatment
from registry.models import Organisation, Policy
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


def batch_of_guides(count: int, *, by: User) -> CaseBatch:
    """Return a batch that shall issue the guide to cancellation in that many cases of ``by``; nobody has begun with it."""
    Policy.objects.filter(key="notice.prefix").update(value="虚民社")
    Policy.objects.filter(key="notice.contact").update(value="虚构路1号，000-0000000")
    told = {"treatment": Treatment.CANCEL, "officer": by, "by": by, "on": SWEPT}
    opened = []
    for finding in found(count, by=by):
        Organisation.objects.filter(pk=finding.organisation_id).update(
            registration_authority="虚构区民政局", address="虚构路2号", legal_representative="某某"
        )
        findings.confirm(finding_id=finding.pk, by=by, on=SWEPT, reason="属实")
        opened.append(cases.open_case(finding_id=finding.pk, **told).pk)
    asked = {
        "deed": BatchDeed.NOTICE,
        "what": DocumentKind.CANCELLATION_GUIDE,
        "entered": {"facts": "已无人员和业务。"},
    }
    return batches.ask(case_ids=opened, by=by, on=SWEPT, **asked)


def cancel(case: Case, *, by: User, on: date) -> None:
    """Close a case by cancelling the body."""
    papers = {"resolution_on": date(2022, 5, 1), "consent_no": "", "liquidation_report_on": on}
    cases.close_case(case_id=case.pk, by=by, on=on, reason="自行解散", **papers)
