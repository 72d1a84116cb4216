"""What people decide about a sweep: release one that stopped, undo one that was wrong."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import transaction
from django.utils import timezone

from cleanup import rules
from cleanup.models import Campaign, CampaignEvent, Finding, Sweep
from cleanup.queries.sweeps import release_facts, undo_facts
from cleanup.states import FindingState
from registry.actions import chain
from registry.actions.ledger import Entry, Interrupted, lock_heads, record_many
from registry.rules import MoveFacts

if TYPE_CHECKING:
    from datetime import date

    from registry.models import User


@transaction.atomic
def release(*, sweep_id: int, by: User, on: date, reason: str) -> Sweep:
    """Let a sweep that stopped write what it found, or no more than usual beyond it, when it is run again."""
    campaign, sweep = _locked(sweep_id)
    _require_reason(reason, on)
    rules.require(rules.RELEASE_SWEEP, release_facts(sweep), on=on)
    sweep.released_by, sweep.released_at, sweep.release_reason = by, timezone.now(), reason.strip()
    sweep.save(update_fields=["released_by", "released_at", "release_reason"])
    _record(campaign, sweep, "campaign.release_sweep", by=by, on=on, reason=reason)
    return sweep


@transaction.atomic
def undo(*, sweep_id: int, by: User, on: date, reason: str) -> Sweep:
    """Take back a whole sweep: what it entered is withdrawn, what it withdrew stands again, one event for each body.

    Only the latest, whole or broken off, while the campaign is paused and nobody has decided any of its findings; once
    it is undone, the one before is the latest.
    """
    campaign, sweep = _locked(sweep_id)
    _require_reason(reason, on)
    rules.require(rules.UNDO_SWEEP, undo_facts(sweep), on=on)
    entered = dict(Finding.objects.filter(run=sweep.run).values_list("organisation", "pk"))
    ended = dict(Finding.objects.filter(ended_run=sweep.run).values_list("organisation", "pk"))
    heads = lock_heads(sorted({*entered, *ended}))
    _withdraw([*entered.values()], on, f"整次排查撤销：{reason.strip()}")
    _restore([*ended.values()])
    sweep.undone_by, sweep.undone_on, sweep.undo_reason = by, on, reason.strip()
    sweep.save(update_fields=["undone_by", "undone_on", "undo_reason"])
    entries = [
        Entry(
            organisation_id=pk,
            verb="finding.undo",
            reason=reason.strip(),
            facts={"campaign": campaign.code, "withdrawn": entered.get(pk), "restored": ended.get(pk)},
        )
        for pk in heads
    ]
    record_many(entries, on=on, by=by, run=sweep.run, heads=heads)
    _record(campaign, sweep, "campaign.undo_sweep", by=by, on=on, reason=reason)
    return sweep


def _locked(sweep_id: int) -> tuple[Campaign, Sweep]:
    campaign_id = Sweep.objects.values_list("campaign_id", flat=True).get(pk=sweep_id)
    campaign = Campaign.objects.select_for_update(of=("self",)).get(pk=campaign_id)
    sweep = Sweep.objects.select_for_update(of=("self",)).select_related("run", "campaign").get(pk=sweep_id)
    return campaign, sweep


def _withdraw(findings: list[int], on: date, reason: str) -> None:
    rows = Finding.objects.filter(pk__in=findings, state=FindingState.OPEN)
    _all(rows.update(state=FindingState.WITHDRAWN, ended_on=on, reason=reason), findings)


def _restore(findings: list[int]) -> None:
    rows = Finding.objects.filter(pk__in=findings, state=FindingState.WITHDRAWN)
    _all(rows.update(state=FindingState.OPEN, ended_on=None, ended_run=None), findings)


def _all(moved: int, findings: list[int]) -> None:
    if moved != len(findings):
        message = f"{len(findings) - moved} of {len(findings)} findings were decided meanwhile"
        raise Interrupted(message)


def _require_reason(reason: str, on: date) -> None:
    facts = MoveFacts(reason=reason, established_on=None, last_event_on=None, today=timezone.localdate())
    rules.require((rules.has_a_reason, rules.is_not_in_the_future), facts, on=on)


def _record(campaign: Campaign, sweep: Sweep, verb: str, *, by: User, on: date, reason: str) -> None:
    facts = {
        "campaign": campaign.told(),
        "sweep": {"id": sweep.pk, "as_of": sweep.run.as_of.isoformat(), "moved": sweep.moved, "note": sweep.stop_note},
    }
    chain.append(CampaignEvent, subject=campaign, verb=verb, on=on, by=by, reason=reason, facts=facts)
