"""The sweep: find who meets a campaign's criteria on a day, enter the new ones, withdraw the cured ones.

The database judges the whole register at once; findings are then written in small transactions, each with its events.
Killed in the middle, it is simply run again: what is already written is found unchanged.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.utils import timezone

from cleanup import rules
from cleanup.models import Campaign, Finding
from cleanup.queries.criteria import asked_of, facts_for, judge
from cleanup.queries.explain import described
from cleanup.queries.figures import last_swept_on
from cleanup.queries.scope import left_out, on_register
from cleanup.states import LIVE, CampaignState, Criterion, FindingState
from registry.actions.ledger import Entry, record_many
from registry.models import Organisation

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterator, Mapping
    from datetime import date

    from cleanup.rules import WindowFacts
    from registry.models import JobRun, User

CHUNK = 500
"""Findings written in one transaction; on SQLite that stays well below a second."""


@dataclass(slots=True)
class SweepResult:
    """What a sweep found, or would find: numbers, and the bodies that enter and leave."""

    campaign: str
    as_of: date
    dry_run: bool
    in_scope: int = 0
    matched: int = 0
    by_criterion: Counter[str] = field(default_factory=Counter)
    entering: list[tuple[str, str, str]] = field(default_factory=list)
    leaving: list[tuple[str, str, str]] = field(default_factory=list)
    changed: list[tuple[str, str, str]] = field(default_factory=list)
    unchanged: int = 0

    def counts(self) -> dict[str, Any]:
        """Return the numbers, JSON-ready."""
        return {
            "campaign": self.campaign,
            "as_of": self.as_of.isoformat(),
            "dry_run": self.dry_run,
            "in_scope": self.in_scope,
            "matched": self.matched,
            "by_criterion": {criterion.value: self.by_criterion[criterion] for criterion in Criterion},
            "entering": len(self.entering),
            "leaving": len(self.leaving),
            "changed": len(self.changed),
            "unchanged": self.unchanged,
        }


@dataclass(frozen=True, slots=True)
class Hit:
    """A body that meets criteria: which, and what its kind was asked."""

    organisation_id: int
    code: str
    name: str
    criteria: str
    asked: WindowFacts


def sweep(
    *,
    campaign_id: int,
    as_of: date,
    by: User,
    run: JobRun | None = None,
    dry_run: bool = False,
    tick: Callable[[int], object] | None = None,
) -> SweepResult:
    """Sweep one campaign as of a day; with ``dry_run`` only say what would happen.

    Raises `Refused` when the campaign does not run or the day does not fit it. ``tick`` is told how many bodies of the
    result were dealt with.
    """
    campaign = Campaign.objects.get(pk=campaign_id)
    _require_running(campaign, as_of)
    result = SweepResult(campaign=campaign.code, as_of=as_of, dry_run=dry_run)
    asked = asked_of(campaign, on=as_of)
    hits = _judged(campaign, asked, as_of)
    for kind in asked:
        result.in_scope += on_register(campaign, kind, on=as_of).exclude(pk__in=left_out(campaign, on=as_of)).count()
    for hit in hits.values():
        result.matched += 1
        result.by_criterion.update(hit.criteria)
    for chunk in _chunks(sorted(hits)):
        _enter(campaign, asked, chunk, result, by=by, run=run)
        if tick:
            tick(len(chunk))
    gone = [pk for pk in _open_bodies(campaign, as_of) if pk not in hits]
    for chunk in _chunks(gone):
        _withdraw(campaign, asked, chunk, result, by=by, run=run)
    return result


def _require_running(campaign: Campaign, as_of: date) -> None:
    facts = rules.SweepFacts(
        campaign_running=campaign.state == CampaignState.RUNNING,
        starts_on=campaign.starts_on,
        last_swept_on=last_swept_on(campaign),
        today=timezone.localdate(),
    )
    rules.require(rules.SWEEP, facts, on=as_of)


def _judged(
    campaign: Campaign, asked: Mapping[str, WindowFacts], as_of: date, *, ids: list[int] | None = None
) -> dict[int, Hit]:
    """Return the bodies that meet criteria as the database sees them now, of the whole scope or of ``ids``."""
    met = judge(campaign, asked, on=as_of, ids=ids)
    out = left_out(campaign, on=as_of, ids=ids)
    bodies = Organisation.objects.in_bulk(pk for pk in met if pk not in out)
    return {
        pk: Hit(pk, body.code, body.name, met[pk].criteria, asked[body.kind]) for pk, body in sorted(bodies.items())
    }


def _chunks(ids: list[int]) -> Iterator[list[int]]:
    for start in range(0, len(ids), CHUNK):
        yield ids[start : start + CHUNK]


def _open_bodies(campaign: Campaign, as_of: date) -> list[int]:
    """Return the bodies with an open finding that a sweep may withdraw; a hold freezes its finding as it is."""
    findings = Finding.objects.filter(campaign=campaign, state=FindingState.OPEN, found_on__lte=as_of)
    found = list(findings.order_by("organisation_id").values_list("organisation_id", flat=True))
    out = left_out(campaign, on=as_of, ids=found)
    return [pk for pk in found if not any(ground.freezes for ground in out.get(pk, ()))]


@transaction.atomic
def _enter(
    campaign: Campaign,
    asked: Mapping[str, WindowFacts],
    ids: list[int],
    result: SweepResult,
    *,
    by: User,
    run: JobRun | None,
) -> None:
    """Enter new findings, judged again under the locks; an open one whose criteria changed gives way to a new one.

    What was found stays frozen: the old finding is withdrawn and the new one carries the facts of today. A decided
    finding stays as decided, but a dismissal covers only the criteria it was about.
    """
    if not result.dry_run:
        _lock(campaign, ids, result.as_of)
    hits = _judged(campaign, asked, result.as_of, ids=ids)
    live = _findings(campaign, list(hits), LIVE)
    new, changed = _sorted_out(campaign, hits, live)
    result.entering += [(hit.code, hit.name, hit.criteria) for hit in new]
    result.changed += [(hit.code, hit.name, hit.criteria) for hit in changed]
    result.unchanged += len(hits) - len(new) - len(changed)
    if result.dry_run or not (new or changed):
        return
    _end([live[hit.organisation_id] for hit in changed], result.as_of)
    frozen = _frozen(new + changed, result.as_of)
    Finding.objects.bulk_create(
        Finding(
            campaign=campaign,
            organisation_id=hit.organisation_id,
            criteria=hit.criteria,
            facts=frozen[hit.organisation_id],
            found_on=result.as_of,
            run=run,
        )
        for hit in new + changed
    )
    entries = [_entry(campaign, "finding.open", hit, frozen) for hit in new]
    entries += [_entry(campaign, "finding.update", hit, frozen) for hit in changed]
    record_many(entries, on=result.as_of, by=by, run=run)


def _sorted_out(
    campaign: Campaign, hits: Mapping[int, Hit], live: Mapping[int, Finding]
) -> tuple[list[Hit], list[Hit]]:
    """Return the hits that are new, and those whose open finding told of other criteria."""
    dismissed = _findings(campaign, list(hits), (FindingState.DISMISSED,))
    new, changed = [], []
    for pk, hit in hits.items():
        found, before = live.get(pk), dismissed.get(pk)
        if found is None and (before is None or not set(hit.criteria) <= set(before.criteria)):
            new.append(hit)
        elif found and found.state == FindingState.OPEN and found.criteria != hit.criteria:
            changed.append(hit)
    return new, changed


def _entry(campaign: Campaign, verb: str, hit: Hit, frozen: Mapping[int, Any]) -> Entry:
    return Entry(
        organisation_id=hit.organisation_id,
        verb=verb,
        basis="；".join(rules.CRITERIA[Criterion(letter)].basis for letter in hit.criteria),
        facts={"campaign": campaign.code, "criteria": hit.criteria, "judged_on": frozen[hit.organisation_id]},
    )


@transaction.atomic
def _withdraw(
    campaign: Campaign,
    asked: Mapping[str, WindowFacts],
    ids: list[int],
    result: SweepResult,
    *,
    by: User,
    run: JobRun | None,
) -> None:
    """Withdraw open findings that the facts, judged again under the locks, no longer support."""
    if not result.dry_run:
        _lock(campaign, ids, result.as_of)
    still = _judged(campaign, asked, result.as_of, ids=ids)
    open_now = set(_open_bodies(campaign, result.as_of))
    cured = [
        found
        for found in _findings(campaign, ids, (FindingState.OPEN,)).values()
        if found.organisation_id not in still and found.organisation_id in open_now
    ]
    result.leaving += [(found.organisation.code, found.organisation.name, found.criteria) for found in cured]
    if result.dry_run or not cured:
        return
    _end(cured, result.as_of)
    entries = [
        Entry(
            organisation_id=found.organisation_id,
            verb="finding.withdraw",
            reason="排查时已不符合任何情形",
            facts={"campaign": campaign.code, "criteria": found.criteria, "finding": found.pk},
        )
        for found in cured
    ]
    record_many(entries, on=result.as_of, by=by, run=run)


def _end(findings: list[Finding], on: date) -> None:
    for found in findings:
        found.withdraw(on=on)
        found.save(update_fields=["state", "ended_on"])


def _lock(campaign: Campaign, ids: list[int], as_of: date) -> None:
    """Lock campaign and bodies in the order every action locks them; raise `Refused` if the campaign ended meanwhile."""
    _require_running(Campaign.objects.select_for_update(of=("self",)).get(pk=campaign.pk), as_of)
    list(Organisation.objects.select_for_update(of=("self",)).filter(pk__in=ids).order_by("pk").values_list("pk"))


def _findings(campaign: Campaign, ids: list[int], states: Collection[str]) -> dict[int, Finding]:
    """Return the latest finding of each body in one of ``states``."""
    findings = Finding.objects.filter(campaign=campaign, organisation__in=ids, state__in=states)
    return {found.organisation_id: found for found in findings.select_related("organisation").order_by("pk")}


def _frozen(hits: list[Hit], as_of: date) -> dict[int, dict[str, Any]]:
    """Return for each hit the facts of its criteria as they stand now."""
    frozen = {}
    for asked in {id(hit.asked): hit.asked for hit in hits}.values():
        mine = {hit.organisation_id: hit for hit in hits if hit.asked is asked}
        for pk, facts in facts_for(mine, asked, on=as_of).items():
            frozen[pk] = {letter: described(facts, Criterion(letter), on=as_of) for letter in mine[pk].criteria}
    return frozen
