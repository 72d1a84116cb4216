"""Writing many findings at once: each chunk in its own transaction, under locks, with one event for each body.

A body whose ledger has grown since it was judged is judged again; of the others nothing can have changed.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.utils import timezone

from cleanup import rules
from cleanup.models import Campaign, Finding
from cleanup.queries.criteria import facts_for
from cleanup.queries.evaluation import Move, Plan, plan
from cleanup.queries.explain import described
from cleanup.queries.sweeps import last_swept_on, waiting
from cleanup.states import CampaignState, Criterion, FindingState
from registry.actions.ledger import Entry, Interrupted, lock_heads, record_many
from registry.models import Organisation

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import date

    from cleanup.queries.criteria import Judged
    from cleanup.rules import WindowFacts
    from registry.actions.ledger import Head
    from registry.models import JobRun, User

Named = tuple[str, str, str]
"""Code, name and criteria of a body."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Batch:
    """One sweep's work: for which campaign and day, by which plan, in whose name."""

    campaign: Campaign
    asked: Mapping[str, WindowFacts]
    on: date
    plan: Plan
    by: User
    run: JobRun


@dataclass(slots=True)
class Written:
    """What became of one chunk."""

    entered: list[Named] = field(default_factory=list)
    changed: list[Named] = field(default_factory=list)
    left: list[Named] = field(default_factory=list)
    unchanged: int = 0


VERBS = {Move.ENTER: "finding.open", Move.CHANGE: "finding.update"}


@transaction.atomic
def enter(batch: Batch, ids: Sequence[int]) -> Written:
    """Enter new findings for ``ids``; an open one whose criteria changed gives way to a new one.

    What was found stays frozen: the old finding is withdrawn and the new one carries the facts of today.
    """
    heads = _locked(batch, ids)
    moved = [pk for pk in ids if heads[pk].events != batch.plan.met[pk].events]
    again = plan(batch.campaign, batch.asked, on=batch.on, ids=moved) if moved else Plan()
    moves = {pk: batch.plan.moves[pk] for pk in ids if pk not in set(moved)} | again.moves
    met = {pk: again.met.get(pk) or batch.plan.met[pk] for pk in moves}
    old = [again.live.get(pk) or batch.plan.live[pk] for pk, move in moves.items() if move == Move.CHANGE]
    _withdraw([finding.pk for finding in old], batch)
    frozen = _frozen(batch, met)
    Finding.objects.bulk_create(
        Finding(
            campaign=batch.campaign,
            organisation_id=pk,
            criteria=met[pk].criteria,
            facts=frozen[pk],
            found_on=batch.on,
            run=batch.run,
        )
        for pk in moves
    )
    entries = [_entry(batch, VERBS[move], pk, met[pk], frozen[pk]) for pk, move in moves.items()]
    record_many(entries, on=batch.on, by=batch.by, run=batch.run, heads=heads)
    told = named({pk: met[pk].criteria for pk in moves})
    entered, changed = ([told[pk] for pk, each in moves.items() if each == move] for move in (Move.ENTER, Move.CHANGE))
    return Written(entered, changed, unchanged=again.unchanged)


@transaction.atomic
def withdraw(batch: Batch, ids: Sequence[int]) -> Written:
    """Withdraw the open findings of ``ids`` that the facts, judged again under the locks, no longer support."""
    heads = _locked(batch, ids)
    again = plan(batch.campaign, batch.asked, on=batch.on, ids=ids)
    gone = {pk: again.live[pk] for pk in again.leave}
    _withdraw([finding.pk for finding in gone.values()], batch)
    entries = [
        Entry(
            organisation_id=pk,
            verb="finding.withdraw",
            reason="排查时已不符合任何情形",
            facts={"campaign": batch.campaign.code, "criteria": finding.criteria, "finding": finding.pk},
        )
        for pk, finding in gone.items()
    ]
    record_many(entries, on=batch.on, by=batch.by, run=batch.run, heads=heads)
    return Written(left=list(named({pk: finding.criteria for pk, finding in gone.items()}).values()))


def require_sweepable(campaign: Campaign, on: date, *, run: JobRun | None = None) -> None:
    """Raise `Refused` where ``campaign`` cannot be swept as of the day ``on`` by ``run``."""
    stopped = waiting(campaign)
    facts = rules.SweepFacts(
        campaign_running=campaign.state == CampaignState.RUNNING,
        starts_on=campaign.starts_on,
        ends_on=campaign.ends_on,
        last_swept_on=last_swept_on(campaign),
        another_waits=stopped is not None and stopped.run != run,
        today=timezone.localdate(),
    )
    rules.require(rules.SWEEP, facts, on=on)


def named(criteria: Mapping[int, str]) -> dict[int, Named]:
    """Return code, name and criteria of these organisations."""
    rows = Organisation.objects.filter(pk__in=criteria).order_by("pk").values_list("pk", "code", "name")
    return {pk: (code, name, criteria[pk]) for pk, code, name in rows}


def _locked(batch: Batch, ids: Sequence[int]) -> dict[int, Head]:
    """Lock campaign and bodies in the order every action locks them; raise `Refused` if the campaign ended meanwhile."""
    campaign = Campaign.objects.select_for_update(of=("self",)).get(pk=batch.campaign.pk)
    require_sweepable(campaign, batch.on, run=batch.run)
    return lock_heads(ids)


def _withdraw(findings: list[int], batch: Batch) -> None:
    """Withdraw open findings by compare-and-set; raise `Interrupted` where one is no longer open."""
    rows = Finding.objects.filter(pk__in=findings, state=FindingState.OPEN)
    ended = rows.update(state=FindingState.WITHDRAWN, ended_on=batch.on, ended_run=batch.run)
    if ended != len(findings):
        message = f"{len(findings) - ended} of {len(findings)} findings were decided meanwhile"
        raise Interrupted(message)


def _frozen(batch: Batch, met: Mapping[int, Judged]) -> dict[int, dict[str, Any]]:
    """Return for each body the facts of its criteria as they stand now."""
    kinds = dict(Organisation.objects.filter(pk__in=met).values_list("pk", "kind"))
    frozen = {}
    for kind, asked in batch.asked.items():
        mine = [pk for pk in met if kinds[pk] == kind]
        for pk, facts in facts_for(mine, asked, on=batch.on).items() if mine else ():
            frozen[pk] = {letter: described(facts, Criterion(letter), on=batch.on) for letter in met[pk].criteria}
    return frozen


def _entry(batch: Batch, verb: str, pk: int, met: Judged, frozen: Mapping[str, Any]) -> Entry:
    return Entry(
        organisation_id=pk,
        verb=verb,
        basis="；".join(rules.CRITERIA[Criterion(letter)].basis for letter in met.criteria),
        facts={"campaign": batch.campaign.code, "criteria": met.criteria, "judged_on": frozen},
    )
