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
from cleanup.queries.criteria import facts_for, in_scope, letters, matching, window_facts
from cleanup.queries.explain import described
from cleanup.queries.figures import last_swept_on
from cleanup.states import CampaignState, Criterion, FindingState
from registry.actions.ledger import Entry, record_many
from registry.models import Organisation

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping
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
    facts = rules.SweepFacts(
        campaign_running=campaign.state == CampaignState.RUNNING,
        starts_on=campaign.starts_on,
        last_swept_on=last_swept_on(campaign),
        today=timezone.localdate(),
    )
    rules.require(rules.SWEEP, facts, on=as_of)
    result = SweepResult(campaign=campaign.code, as_of=as_of, dry_run=dry_run)
    hits = {hit.organisation_id: hit for hit in _hits(campaign, as_of, result)}
    for chunk in _chunks(sorted(hits)):
        _enter(campaign, [hits[pk] for pk in chunk], result, by=by, run=run)
        if tick:
            tick(len(chunk))
    gone = [pk for pk in _open_bodies(campaign, as_of) if pk not in hits]
    for chunk in _chunks(gone):
        _withdraw(campaign, chunk, result, by=by, run=run)
    return result


def _hits(campaign: Campaign, as_of: date, result: SweepResult) -> Iterator[Hit]:
    for window in campaign.windows.order_by("kind"):
        asked = window_facts(window, on=as_of)
        result.in_scope += in_scope(campaign, window.kind, on=as_of).count()
        rows = matching(campaign, window.kind, asked, on=as_of).order_by("pk").only("pk", "code", "name", "state")
        for row in rows.iterator(chunk_size=2000):
            found = letters(row)
            result.matched += 1
            result.by_criterion.update(found)
            yield Hit(row.pk, row.code, row.name, found, asked)


def _chunks(ids: list[int]) -> Iterator[list[int]]:
    for start in range(0, len(ids), CHUNK):
        yield ids[start : start + CHUNK]


def _open_bodies(campaign: Campaign, as_of: date) -> list[int]:
    """Return the bodies with an open finding that a sweep may withdraw; a hold freezes its finding as it is."""
    findings = Finding.objects.filter(
        campaign=campaign, state=FindingState.OPEN, found_on__lte=as_of, organisation__held_on__isnull=True
    )
    return list(findings.order_by("organisation_id").values_list("organisation_id", flat=True))


@transaction.atomic
def _enter(campaign: Campaign, hits: list[Hit], result: SweepResult, *, by: User, run: JobRun | None) -> None:
    """Enter new findings and refresh open ones whose criteria changed; a decided finding stays as decided."""
    standing = _standing(campaign, [hit.organisation_id for hit in hits], lock=not result.dry_run)
    new = [hit for hit in hits if hit.organisation_id not in standing]
    changed = [
        hit
        for hit in hits
        if (found := standing.get(hit.organisation_id))
        and found.state == FindingState.OPEN
        and found.criteria != hit.criteria
    ]
    result.entering += [(hit.code, hit.name, hit.criteria) for hit in new]
    result.changed += [(hit.code, hit.name, hit.criteria) for hit in changed]
    result.unchanged += len(hits) - len(new) - len(changed)
    if result.dry_run or not (new or changed):
        return
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
        for hit in new
    )
    for hit in changed:
        found = standing[hit.organisation_id]
        found.criteria, found.facts, found.run = hit.criteria, frozen[hit.organisation_id], run
        found.save(update_fields=["criteria", "facts", "run"])
    entries = [_entry(campaign, "finding.open", hit, frozen) for hit in new]
    entries += [_entry(campaign, "finding.update", hit, frozen) for hit in changed]
    record_many(entries, on=result.as_of, by=by, run=run)


def _entry(campaign: Campaign, verb: str, hit: Hit, frozen: Mapping[int, Any]) -> Entry:
    return Entry(
        organisation_id=hit.organisation_id,
        verb=verb,
        basis="；".join(rules.CRITERIA[Criterion(letter)].basis for letter in hit.criteria),
        facts={"campaign": campaign.code, "criteria": hit.criteria, "judged_on": frozen[hit.organisation_id]},
    )


@transaction.atomic
def _withdraw(campaign: Campaign, ids: list[int], result: SweepResult, *, by: User, run: JobRun | None) -> None:
    """Withdraw open findings that the facts no longer support."""
    standing = _standing(campaign, ids, lock=not result.dry_run)
    cured = [found for found in standing.values() if found.state == FindingState.OPEN]
    bodies = {
        pk: (code, name) for pk, code, name in Organisation.objects.filter(pk__in=ids).values_list("pk", "code", "name")
    }
    result.leaving += [(*bodies[found.organisation_id], found.criteria) for found in cured]
    if result.dry_run or not cured:
        return
    for found in cured:
        found.withdraw(on=result.as_of)
        found.save(update_fields=["state", "ended_on"])
    record_many(
        [
            Entry(
                organisation_id=found.organisation_id,
                verb="finding.withdraw",
                reason="排查时已不符合任何情形",
                facts={"campaign": campaign.code, "criteria": found.criteria, "finding": found.pk},
            )
            for found in cured
        ],
        on=result.as_of,
        by=by,
        run=run,
    )


def _standing(campaign: Campaign, ids: list[int], *, lock: bool) -> dict[int, Finding]:
    """Return the standing finding of each body; locked, so that two sweeps cannot enter the same body twice."""
    findings = Finding.objects.filter(campaign=campaign, organisation__in=ids).exclude(state=FindingState.WITHDRAWN)
    if lock:
        Campaign.objects.select_for_update(of=("self",)).get(pk=campaign.pk)
        list(Organisation.objects.select_for_update(of=("self",)).filter(pk__in=ids).order_by("pk").values_list("pk"))
        findings = findings.select_for_update(of=("self",))
    return {found.organisation_id: found for found in findings}


def _frozen(hits: list[Hit], as_of: date) -> dict[int, dict[str, Any]]:
    """Return for each hit the facts of its criteria as they stand now."""
    frozen = {}
    for asked in {id(hit.asked): hit.asked for hit in hits}.values():
        mine = {hit.organisation_id: hit for hit in hits if hit.asked is asked}
        for pk, facts in facts_for(mine, asked, on=as_of).items():
            frozen[pk] = {letter: described(facts, Criterion(letter), on=as_of) for letter in mine[pk].criteria}
    return frozen
