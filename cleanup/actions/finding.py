"""Verbs of a finding: confirm it, dismiss it, and move its body to dormant."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import transaction
from django.utils import timezone

from cleanup import rules
from cleanup.models import Case, Finding
from cleanup.queries.criteria import still_met
from cleanup.queries.scope import is_exempt
from cleanup.queries.verification import lacks_contact_test
from cleanup.states import CampaignState, FindingState
from registry.actions import organisation as organisation_actions
from registry.actions.ledger import lock, record, snapshot
from registry.states import EXISTING, Role, State

if TYPE_CHECKING:
    from datetime import date

    from registry.models import Event, Organisation, User


@transaction.atomic
def confirm(*, finding_id: int, by: User, on: date, reason: str, tested_before: str = "") -> Event:
    """Accept a finding, judged once more on the day of the decision.

    Criterion D rests on a test of contact. Where it was made before there were any here, a reviewer says in
    ``tested_before`` when, how and with what proof; it becomes part of the reason. Raises `Refused`, or
    TransitionNotAllowed when it is decided already, or has given way to a newer finding.
    """
    organisation, finding = locked(finding_id)
    facts = decision_facts(organisation, finding, reason, on=on, by=by, tested_before=tested_before)
    finding.confirm(facts=facts, on=on)
    said = f"{reason}（此前的联系核查：{tested_before.strip()}）" if facts.lacks_contact_test else reason
    return _decided(organisation, finding, "finding.confirm", by=by, on=on, reason=said)


@transaction.atomic
def dismiss(*, finding_id: int, by: User, on: date, reason: str) -> Event:
    """Reject a finding; raises `Refused`, or TransitionNotAllowed when it is dismissed or withdrawn already."""
    organisation, finding = locked(finding_id)
    finding.dismiss(facts=decision_facts(organisation, finding, reason, on=on), on=on)
    return _decided(organisation, finding, "finding.dismiss", by=by, on=on, reason=reason)


@transaction.atomic
def mark_dormant(*, finding_id: int, by: User, on: date, reason: str) -> Event:
    """Move the body of a confirmed finding to dormant."""
    organisation, finding = locked(finding_id)
    facts = decision_facts(organisation, finding, reason, on=on)
    rules.require((rules.decided_after_finding, rules.facts_still_hold), facts, on=on)
    return organisation_actions.mark_dormant(
        organisation_id=organisation.pk,
        by=by,
        on=on,
        reason=reason,
        confirmed_finding=finding.state == FindingState.CONFIRMED,
        campaign_running=finding.campaign.state == CampaignState.RUNNING,
        context=_told(finding),
    )


def locked(finding_id: int) -> tuple[Organisation, Finding]:
    """Return organisation and finding, locked in the order every action locks them; raises Finding.DoesNotExist."""
    organisation_id = Finding.objects.values_list("organisation_id", flat=True).get(pk=finding_id)
    organisation = lock(organisation_id)
    finding = Finding.objects.select_for_update(of=("self",)).select_related("campaign").get(pk=finding_id)
    return organisation, finding


def decision_facts(
    organisation: Organisation,
    finding: Finding,
    reason: str,
    *,
    on: date,
    by: User | None = None,
    tested_before: str = "",
) -> rules.DecisionFacts:
    """Return what a decision on ``finding`` is judged by; the screen asks it before anybody decides."""
    met = still_met(finding, on=on)
    in_case, left = Case.objects.filter(finding=finding).exists(), organisation.state not in EXISTING
    return rules.DecisionFacts(
        reason=reason,
        today=timezone.localdate(),
        found_on=finding.found_on,
        campaign_running=finding.campaign.state == CampaignState.RUNNING,
        on_hold=organisation.held_on is not None,
        exempt=is_exempt(organisation.pk, on=on),
        on_register=not left,
        still_met=met,
        dormant_or_in_case=organisation.state == State.DORMANT or in_case,
        cleared_by_exit=finding.state == FindingState.CONFIRMED and left,
        lacks_contact_test=lacks_contact_test(finding, met, on=on),
        by_reviewer=by is not None and by.role in {Role.REVIEWER, Role.DIRECTOR},
        tested_before=tested_before,
    )


def _told(finding: Finding) -> dict[str, object]:
    return {"finding": finding.pk, "campaign": finding.campaign.code, "criteria": finding.criteria}


def _decided(organisation: Organisation, finding: Finding, verb: str, *, by: User, on: date, reason: str) -> Event:
    finding.decided_by, finding.reason = by, reason
    finding.save(update_fields=["state", "confirmed_on", "ended_on", "decided_by", "reason"])
    return record(organisation, snapshot(organisation), verb=verb, on=on, by=by, reason=reason, facts=_told(finding))
