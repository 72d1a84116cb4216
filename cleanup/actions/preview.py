"""Previewing a campaign: who would enter, with what, kept so that it can be looked at, compared and approved."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.utils import timezone

from cleanup.models import Campaign, CampaignEvent, Hit
from cleanup.queries.criteria import asked_of
from cleanup.queries.evaluation import Plan, looked_at, plan
from cleanup.states import IN_DRAFT, Criterion, LeftOut
from registry.actions import chain
from registry.models import JobRun
from registry.states import Outcome

if TYPE_CHECKING:
    from datetime import date

    from registry.models import User


@transaction.atomic
def preview(*, campaign_id: int, by: User, on: date) -> JobRun:
    """Find out who would enter on the day ``on`` and keep it in place of what was previewed before.

    A draft is then ready to be approved. Of a campaign that runs it shows what its next sweep would do.
    """
    campaign = Campaign.objects.select_for_update(of=("self",)).get(pk=campaign_id)
    before, now = campaign.preview, timezone.now()
    asked = asked_of(campaign, on=on)
    found = plan(campaign, asked, on=on)
    run = JobRun.objects.create(
        job="preview",
        slot=f"{campaign.code} {now.isoformat()}",
        as_of=on,
        owner=str(by),
        started_at=now,
        finished_at=timezone.now(),
        outcome=Outcome.DONE,
        counts=_counts(campaign, found, looked_at(campaign, asked, found.out, on=on)),
    )
    keep_hits(run, found)
    if campaign.state in IN_DRAFT:
        campaign.show(preview=run)
    else:
        campaign.preview = run
    campaign.save(update_fields=["state", "preview"])
    if before is not None:
        Hit.objects.filter(run=before).delete()
    facts = {"campaign": campaign.told(), "preview": run.pk, "as_of": on.isoformat(), "counts": run.counts}
    chain.append(CampaignEvent, subject=campaign, verb="campaign.preview", on=on, by=by, reason="", facts=facts)
    return run


def keep_hits(run: JobRun, found: Plan) -> None:
    """Keep who met what in ``run``, in place of what it had found before."""
    Hit.objects.filter(run=run).delete()
    rows = (
        Hit(
            run=run,
            organisation_id=pk,
            criteria=met.criteria,
            left_out=found.out[pk][0].why if pk in found.out else "",
        )
        for pk, met in found.met.items()
    )
    Hit.objects.bulk_create(rows, batch_size=1000)


def _counts(campaign: Campaign, found: Plan, in_scope: int) -> dict[str, Any]:
    criteria = found.by_criterion()
    out = [found.out[pk][0].why for pk in found.met if pk in found.out]
    return {
        "campaign": campaign.code,
        "in_scope": in_scope,
        "matched": found.matched,
        "by_criterion": {criterion.value: criteria[criterion] for criterion in Criterion},
        "left_out": {why.value: out.count(why) for why in LeftOut},
    }
