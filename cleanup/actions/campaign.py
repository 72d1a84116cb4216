"""Verbs of a campaign: draft, change, approve and start it, pause and resume, extend, conclude.

Each leaves one row in the ledger of campaigns, with the campaign as it then stands. A refused verb raises `Refused` or
TransitionNotAllowed and then nothing has changed.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeVar

from django.db import transaction

from cleanup import rules
from cleanup.models import Campaign, CampaignEvent, Listed, Window
from cleanup.queries import usual
from cleanup.queries.campaigns import (
    approval_facts,
    conclusion_facts,
    course_facts,
    extension_facts,
    last_told,
)
from registry.actions import chain
from registry.rules import MoveFacts

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping
    from datetime import date

    from registry.models import User

T = TypeVar("T")


class Overtaken(RuntimeError):
    """Somebody moved or changed the campaign since the officer opened it; ``campaign`` is the present one."""

    def __init__(self, campaign: Campaign) -> None:
        """Keep the present campaign, so that the screen can show what changed."""
        self.campaign = campaign
        super().__init__(f"“{campaign.title}”已被他人修改，请核对最新内容后再保存")


@transaction.atomic
def upon_event(campaign_id: int, seen: int | None, verb: Callable[[], T]) -> T:
    """Carry out ``verb`` with the campaign locked; raise `Overtaken` unless ``seen`` is the last row of its ledger."""
    campaign = _locked(campaign_id)
    if last_told(campaign) != seen:
        raise Overtaken(campaign)
    return verb()


@transaction.atomic
def draft(
    *, by: User, on: date, windows: Iterable[Mapping[str, Any]], listed: Iterable[int] = (), **settings: Any
) -> Campaign:
    """Draft a campaign; each of ``windows`` holds the columns of a `Window` for one kind, ``listed`` organisations' ids."""
    campaign = Campaign.objects.create(drafted_by=by, **settings)
    _set(campaign, windows, listed, on=on)
    _record(campaign, "campaign.draft", by=by, on=on)
    return campaign


@transaction.atomic
def revise(
    *,
    campaign_id: int,
    version: int,
    by: User,
    on: date,
    windows: Iterable[Mapping[str, Any]],
    listed: Iterable[int] = (),
    **settings: Any,
) -> Campaign:
    """Change a draft; whatever was previewed has to be previewed again. Raises `Overtaken`."""
    campaign = _locked(campaign_id)
    if campaign.version != version:
        raise Overtaken(campaign)
    before = campaign.told()
    campaign.revise()
    for name, value in settings.items():
        setattr(campaign, name, value)
    campaign.version += 1
    campaign.save()
    campaign.windows.all().delete()
    campaign.listed.all().delete()
    _set(campaign, windows, listed, on=on)
    after = campaign.told()
    changed = {name: [before[name], value] for name, value in after.items() if before[name] != value}
    _record(campaign, "campaign.revise", by=by, on=on, changes=changed)
    return campaign


@transaction.atomic
def hand_back(*, campaign_id: int, by: User, on: date, reason: str) -> Campaign:
    """Give a previewed draft back to be changed, and say why."""
    campaign = _locked(campaign_id)
    _require_reason(reason, on)
    campaign.revise()
    campaign.version += 1
    campaign.save(update_fields=["state", "preview", "version"])
    _record(campaign, "campaign.hand_back", by=by, on=on, reason=reason)
    return campaign


@transaction.atomic
def approve(*, campaign_id: int, by: User, on: date, seen: int | None) -> Campaign:
    """Approve a previewed draft; refused to whoever drafted or changed it, and when ``seen`` is not its preview."""
    campaign = _locked(campaign_id)
    campaign.approve(facts=approval_facts(campaign, by=by, seen=seen), on=on)
    campaign.approved_by = by
    campaign.save(update_fields=["state", "approved_on", "approved_by"])
    _record(campaign, "campaign.approve", by=by, on=on, preview=campaign.preview_id)
    return campaign


@transaction.atomic
def start(*, campaign_id: int, by: User, on: date) -> Campaign:
    """Start an approved campaign on the day its document sets, or later."""
    campaign = _locked(campaign_id)
    campaign.start(facts=course_facts(campaign), on=on)
    campaign.save(update_fields=["state", "started_on"])
    _record(campaign, "campaign.start", by=by, on=on)
    return campaign


@transaction.atomic
def pause(*, campaign_id: int, by: User, on: date, reason: str) -> Campaign:
    """Stop sweeping and confirming until it is resumed; cases go on."""
    campaign = _locked(campaign_id)
    _require_reason(reason, on)
    campaign.pause(facts=course_facts(campaign), on=on)
    campaign.save(update_fields=["state", "paused_on"])
    _record(campaign, "campaign.pause", by=by, on=on, reason=reason)
    return campaign


@transaction.atomic
def resume(*, campaign_id: int, by: User, on: date, reason: str) -> Campaign:
    """Go on with a paused campaign."""
    campaign = _locked(campaign_id)
    _require_reason(reason, on)
    campaign.resume(facts=course_facts(campaign), on=on)
    campaign.save(update_fields=["state", "paused_on"])
    _record(campaign, "campaign.resume", by=by, on=on, reason=reason)
    return campaign


@transaction.atomic
def extend(*, campaign_id: int, until: date, document_no: str, by: User, on: date, reason: str) -> Campaign:
    """Move the end of a campaign to a later day, on a document."""
    campaign = _locked(campaign_id)
    _require_reason(reason, on)
    before = campaign.ends_on
    campaign.extend(facts=extension_facts(campaign, until=until, document_no=document_no), on=on)
    campaign.save(update_fields=["ends_on"])
    facts = {"document_no": document_no.strip(), "changes": {"ends_on": [before.isoformat(), until.isoformat()]}}
    _record(campaign, "campaign.extend", by=by, on=on, reason=reason, **facts)
    return campaign


@transaction.atomic
def conclude(*, campaign_id: int, by: User, on: date, reason: str = "") -> Campaign:
    """End a campaign, no earlier than it was approved and no later than today."""
    campaign = _locked(campaign_id)
    campaign.conclude(facts=conclusion_facts(campaign), on=on)
    campaign.concluded_by = by
    campaign.save(update_fields=["state", "concluded_on", "concluded_by", "paused_on"])
    _record(campaign, "campaign.conclude", by=by, on=on, reason=reason)
    return campaign


def _locked(campaign_id: int) -> Campaign:
    return Campaign.objects.select_for_update(of=("self",)).get(pk=campaign_id)


def _set(campaign: Campaign, windows: Iterable[Mapping[str, Any]], listed: Iterable[int], *, on: date) -> None:
    Window.objects.bulk_create(Window(campaign=campaign, **usual.window(columns, on=on)) for columns in windows)
    Listed.objects.bulk_create(Listed(campaign=campaign, organisation_id=pk) for pk in sorted(set(listed)))


def _require_reason(reason: str, on: date) -> None:
    facts = MoveFacts(reason=reason, established_on=None, last_event_on=None, today=on)
    rules.require((rules.has_a_reason,), facts, on=on)


def _record(campaign: Campaign, verb: str, *, by: User, on: date, reason: str = "", **facts: Any) -> CampaignEvent:
    told_of = {"campaign": campaign.told(), **facts}
    return chain.append(CampaignEvent, subject=campaign, verb=verb, on=on, by=by, reason=reason, facts=told_of)
