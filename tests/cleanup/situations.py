"""Situations the tests of the cleanup start from."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

from cleanup.actions import campaign as campaigns
from cleanup.actions import preview as previews
from cleanup.models import ContactTest
from cleanup.states import Reached
from registry.actions import evidence
from registry.states import Channel, ContactOutcome, Kind, Role
from tests.factories import OrganisationFactory, UserFactory

if TYPE_CHECKING:
    from cleanup.models import Campaign
    from registry.models import Organisation, User

TODAY = date(2026, 11, 24)


def window(kind: str = Kind.ASSOCIATION, **columns: Any) -> dict[str, Any]:
    """Return the columns of a window of the year 2022."""
    return {
        "kind": kind,
        "criteria": "ABCDEF",
        "missed_years": 2,
        "last_report_year": 2021,
        "inactive_since": date(2020, 1, 1),
        "surveyed_since": date(2021, 12, 1),
        "contact_since": date(2022, 1, 1),
        **columns,
    }


def drafted(code: str = "2022", **columns: Any) -> Campaign:
    """Return the draft of a campaign of 2022 with a window for each kind."""
    windows = columns.pop("windows", None) or [window(kind) for kind in Kind]
    settings = {
        "title": "测试整治行动",
        "document_no": "虚民发〔2022〕1号",
        "starts_on": date(2022, 3, 1),
        "ends_on": date(2022, 12, 31),
        **columns,
    }
    return campaigns.draft(code=code, windows=windows, by=UserFactory.create(), on=date(2022, 2, 20), **settings)


def approved(campaign: Campaign, on: date = date(2022, 3, 1)) -> Campaign:
    """Return a drafted campaign previewed, and approved by somebody else."""
    seen = previews.preview(campaign_id=campaign.pk, by=campaign.drafted_by, on=on)
    return campaigns.approve(campaign_id=campaign.pk, by=UserFactory.create(role=Role.DIRECTOR), on=on, seen=seen.pk)


def started(campaign: Campaign, on: date = date(2022, 3, 1)) -> Campaign:
    """Return a drafted campaign running."""
    return campaigns.start(campaign_id=approved(campaign, on).pk, by=UserFactory.create(), on=on)


def running_campaign(code: str = "2022", **columns: Any) -> Campaign:
    """Return a running campaign of 2022 with a window for each kind."""
    return started(drafted(code, **columns))


def report(organisation: Organisation, year: int, filed_on: date | None = None, *, by: User) -> None:
    """File a report for ``year``, in time unless told otherwise."""
    evidence.file_report(organisation_id=organisation.pk, year=year, filed_on=filed_on or date(year + 1, 3, 1), by=by)


def filer(*years: int, by: User, **columns: Any) -> Organisation:
    """Return a body that filed for ``years``; its filings also prove that those years were entered at all."""
    organisation = OrganisationFactory.create(**columns)
    for year in years:
        report(organisation, year, by=by)
    return organisation


def unreached(organisation: Organisation, *, by: User, on: date = date(2022, 4, 1), tested: bool = True) -> None:
    """Fail to reach a body by two letters and one call, and say so in the end of a test unless told otherwise."""
    if tested:
        ended = {"verdict": Reached.UNREACHABLE, "ended_on": on, "ended_by": by, "end_reason": "两次退信"}
        ContactTest.objects.create(organisation=organisation, begun_on=on, begun_by=by, **ended)
    for channel in (Channel.LETTER, Channel.LETTER, Channel.PHONE):
        evidence.record_contact(
            organisation_id=organisation.pk,
            channel=channel,
            target="虚构地址",
            tried_on=on,
            outcome=ContactOutcome.FAILED,
            proof="退信",
            by=by,
        )
