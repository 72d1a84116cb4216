"""Verbs of leaving a body out: exclude it from one campaign, exempt it from all, look at it again."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.utils import timezone

from cleanup import rules
from cleanup.models import Campaign, CampaignEvent, Exclusion
from cleanup.queries.scope import excluded_on, in_reach
from cleanup.states import IN_DRAFT, LeftOut
from registry.actions import chain
from registry.actions.ledger import lock, record, snapshot
from registry.rules import MoveFacts

if TYPE_CHECKING:
    from datetime import date

    from registry.models import Event, Organisation, User


@transaction.atomic
def exclude(*, campaign_id: int, organisation_id: int, by: User, on: date, reason: str) -> Event:
    """Leave a body out of a campaign that is not approved yet, which is then to be previewed again before it is."""
    organisation = lock(organisation_id)
    campaign = _locked(campaign_id)
    standing = Exclusion.objects.filter(campaign=campaign, organisation=organisation, ended_on__isnull=True)
    facts = rules.ExclusionFacts(
        exempts=False,
        in_draft=campaign.state in IN_DRAFT,
        in_reach=in_reach(campaign, organisation.kind).filter(pk=organisation.pk).exists(),
        standing=standing.exists(),
        document_no="",
        until_on=None,
    )
    event = _left_out(organisation, facts, {"campaign": campaign}, by=by, on=on, reason=reason)
    _choose_anew(campaign, organisation, "campaign.exclude", by=by, on=on, reason=reason)
    return event


@transaction.atomic
def exempt(
    *, organisation_id: int, document_no: str, by: User, on: date, reason: str, until_on: date | None = None
) -> Event:
    """Leave a body out of every campaign from ``on``, on a document, to the end of ``until_on`` where there is one."""
    organisation = lock(organisation_id)
    standing = excluded_on(on).filter(campaign__isnull=True, organisation=organisation)
    facts = rules.ExclusionFacts(
        exempts=True,
        in_draft=False,
        in_reach=True,
        standing=standing.exists(),
        document_no=document_no,
        until_on=until_on,
    )
    columns = {"campaign": None, "document_no": document_no.strip(), "until_on": until_on}
    return _left_out(organisation, facts, columns, by=by, on=on, reason=reason)


def _left_out(
    organisation: Organisation,
    facts: rules.ExclusionFacts,
    columns: dict[str, Any],
    *,
    by: User,
    on: date,
    reason: str,
) -> Event:
    rules.require((rules.has_a_reason, rules.is_not_in_the_future), _reason(reason), on=on)
    rules.require(rules.LEAVE_OUT, facts, on=on)
    made = Exclusion.objects.create(organisation=organisation, reason=reason.strip(), from_on=on, made_by=by, **columns)
    return record(
        organisation, snapshot(organisation), verb="exclusion.make", on=on, by=by, reason=reason, facts=_told(made)
    )


@transaction.atomic
def readmit(*, exclusion_id: int, by: User, on: date, reason: str) -> Event:
    """Look at a body again from ``on``; an exclusion from a campaign stays once the campaign is approved."""
    organisation = lock(Exclusion.objects.values_list("organisation_id", flat=True).get(pk=exclusion_id))
    made = Exclusion.objects.select_for_update(of=("self",)).get(pk=exclusion_id)
    campaign = None if made.campaign_id is None else _locked(made.campaign_id)
    facts = rules.ReadmissionFacts(
        exempts=campaign is None,
        in_draft=campaign is not None and campaign.state in IN_DRAFT,
        from_on=made.from_on,
        ended=made.ended_on is not None,
        today=timezone.localdate(),
    )
    rules.require((rules.has_a_reason,), _reason(reason), on=on)
    rules.require(rules.READMIT, facts, on=on)
    made.ended_on, made.ended_by, made.end_reason = on, by, reason.strip()
    made.save(update_fields=["ended_on", "ended_by", "end_reason"])
    if campaign is not None:
        _choose_anew(campaign, organisation, "campaign.readmit", by=by, on=on, reason=reason)
    return record(
        organisation, snapshot(organisation), verb="exclusion.end", on=on, by=by, reason=reason, facts=_told(made)
    )


def _locked(campaign_id: int) -> Campaign:
    return Campaign.objects.select_for_update(of=("self",)).get(pk=campaign_id)


def _choose_anew(
    campaign: Campaign, organisation: Organisation, verb: str, *, by: User, on: date, reason: str
) -> CampaignEvent:
    """Say in the ledger of campaigns whom the locked ``campaign`` no longer looks at, or does again."""
    campaign.choose_anew()
    campaign.save(update_fields=["state"])
    facts = {"campaign": campaign.told(), "organisation": {"code": organisation.code, "name": organisation.name}}
    return chain.append(CampaignEvent, subject=campaign, verb=verb, on=on, by=by, reason=reason, facts=facts)


def _told(made: Exclusion) -> dict[str, object]:
    told = {
        "id": made.pk,
        "left_out": str(LeftOut.EXCLUDED if made.campaign else LeftOut.EXEMPT),
        "campaign": made.campaign.code if made.campaign else None,
        "document_no": made.document_no,
        "until_on": made.until_on.isoformat() if made.until_on else None,
    }
    return {"exclusion": told}


def _reason(reason: str) -> MoveFacts:
    return MoveFacts(reason=reason, established_on=None, last_event_on=None, today=timezone.localdate())
