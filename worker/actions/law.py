"""Changing the law as data with all that follows: judge what a proposal would move, and move it when it is approved.

Here, because the register does not know who rests on its law. The change, what it moves and the events that tell of it
are one transaction: there is no moment at which the law is new and a result still old (ADR 0007). What comes into force
later is judged as of its day too, and moves what rests on it on that day, before anything is swept.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from django.db import transaction
from django_fsm import TransitionNotAllowed

from cleanup.actions import recalculation
from cleanup.queries import law_effects as cleanup_effects
from registry import rules
from registry.actions import deadline as deadlines
from registry.actions import law_proposal as proposals
from registry.actions import run as runs
from registry.actions.ledger import Entry, lock_all, record_many
from registry.queries import law_effects
from registry.queries.law_changes import changes_of, days_ahead, worded
from registry.queries.law_proposals import Effect, change, differences, impact
from registry.states import LawTable

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import date

    from registry.models import JobRun, LawProposal, User
    from registry.queries.law_changes import Change
    from registry.queries.law_effects import ReportLaw
    from registry.queries.law_proposals import Impact, Results

JOB = "law"
"""The job under which an approval recalculates."""

MOST_CITED = 200
"""Characters an event's basis holds."""

Lines = dict[int, dict[str, Any]]
"""What there is to tell of each organisation, by its number."""


@transaction.atomic
def propose(*, changes: Sequence[Change], by: User, on: date, reason: str, file_name: str = "") -> LawProposal:
    """Propose a change of the law, and judge what it would move; raises `Refused`."""
    proposal = proposals.propose(changes=changes, by=by, on=on, reason=reason, file_name=file_name)
    proposals.keep_effect(proposal, judged(changes, on=on))
    return proposal


@transaction.atomic
def preview(*, proposal_id: int, on: date) -> LawProposal:
    """Judge anew what an undecided proposal would move, and keep that; raises `Refused` where it can no longer stand."""
    proposal, changes = _opened(proposal_id, on)
    proposals.keep_effect(proposal, judged(changes, on=on))
    return proposal


def judged(changes: Sequence[Change], *, on: date) -> Impact:
    """Return what ``changes`` would move on the day ``on``, found by letting them stand for a moment."""
    if all(each.table == LawTable.BASIS for each in changes):
        return impact((), on=on)
    days = [on, *days_ahead(changes, on=on)]
    deadlines_before, before = law_effects.deadline_results(), {day: _standing(day) for day in days}
    with proposals.supposing(changes):
        deadlines_after, after = law_effects.deadline_results(), {day: _standing(day) for day in days}
    found = [*differences(deadlines_before, deadlines_after), *_differing(before[on], after[on], on)]
    for day in days[1:]:
        found += _still_to_come(_differing(before[day], after[day], day), found, day)
    return impact(found, on=on)


def _standing(on: date) -> tuple[ReportLaw, Results]:
    """Return what the law as it stands says on a day of everything that rests on it, but of deadlines.

    A deadline is counted by the law of the day it begins: a later day moves none.
    """
    results = cleanup_effects.finding_results(on=on) | cleanup_effects.upheld_results(on=on)
    return law_effects.report_law(on=on), results


def _differing(before: tuple[ReportLaw, Results], after: tuple[ReportLaw, Results], on: date) -> list[Effect]:
    (reports, results), (new_reports, new_results) = before, after
    return [*law_effects.report_effects(reports, new_reports, on=on), *differences(results, new_results)]


def _still_to_come(effects: Iterable[Effect], told: Iterable[Effect], day: date) -> list[Effect]:
    """Return the effects of a later day without those told of an earlier one, and findings that would merely not come."""
    known = {(each.subject, each.before, each.after) for each in told}
    return [
        replace(each, on=day.isoformat())
        for each in effects
        if (each.subject, each.before, each.after) not in known and (each.after or not cleanup_effects.is_new(each))
    ]


@transaction.atomic
def approve(*, proposal_id: int, by: User, on: date, opinion: str, seen: str) -> LawProposal:
    """Approve a proposal whose effect ``by`` saw as ``seen`` (its digest): one run, one event for each organisation.

    Raises `Refused`: also when the effect is another by now, and then a new `preview` shows it.
    """
    proposal, changes = _opened(proposal_id, on)
    recalculation.lock_campaigns()
    lock_all(judged(changes, on=on).bodies)
    found = judged(changes, on=on)
    run = runs.claim(job=JOB, slot=str(proposal.pk), as_of=on, owner=by.username)
    if run is None:
        message = f"{proposal} has its run already"
        raise RuntimeError(message)
    proposals.approve(proposal=proposal, found=found, by=by, on=on, opinion=opinion, seen=seen, run=run)
    bodies = _tell(proposal, changes, found.at_once, by=by, on=on, run=run)
    runs.finish(run=run, counts={"bodies": bodies, "effects": len(found.at_once), "existing": found.existing})
    return proposal


@transaction.atomic
def recalculate(*, proposal_id: int, by: User, on: date, run: JobRun) -> LawProposal:
    """Move what an approved change moves since its day has come, as far as that is what was foreseen.

    Where it is wider than the bureau's limit, and wider than it was when last judged, nothing moves: the director is
    waited for.
    """
    proposal = proposals.lock(proposal_id)
    changes = changes_of(proposal.changes.all())
    recalculation.lock_campaigns()
    lock_all(_come(proposal, changes, on=on).bodies)
    found = _come(proposal, changes, on=on)
    counts = {"bodies": len(found.bodies), "effects": len(found.effects), "existing": found.existing}
    if found.is_wide and len(found.bodies) > proposal.bodies:
        proposals.hold_back(proposal=proposal, found=found, by=by, on=on)
        why = f"{proposal}影响 {len(found.bodies)} 家组织，超过在册组织的 {found.limit}，等候负责人确认"
        runs.stop(run=run, counts=counts, why=why)
        return proposal
    proposals.recalculated(proposal=proposal, found=found, by=by, on=on, run=run)
    _tell(proposal, changes, found.effects, by=by, on=on, run=run)
    runs.finish(run=run, counts=counts)
    return proposal


def _come(proposal: LawProposal, changes: Sequence[Change], *, on: date) -> Impact:
    """Return what a change moves that has come into force, or gone out of it, on the day the proposal waits for."""
    after = _standing(on)
    with proposals.supposing_not(changes):
        before = _standing(on)
    known = [
        Effect(each.organisation_id or 0, each.subject, each.what, each.before, each.after)
        for each in proposal.effects.exclude(on=proposal.recalculate_on)
    ]
    day = proposal.recalculate_on or on
    return impact(_still_to_come(_differing(before, after, on), known, day), on=on)


def _tell(
    proposal: LawProposal, changes: Sequence[Change], effects: Sequence[Effect], *, by: User, on: date, run: JobRun
) -> int:
    """Move the records that effects name and write one event for each organisation; return how many."""
    lines = _moved(effects, by=by, on=on, run=run)
    told = {"id": proposal.pk, "changes": [worded(each.table, each.after) for each in changes]}
    entries = [
        Entry(
            organisation_id=pk,
            verb="law.recalculate",
            reason=proposal.reason,
            basis=_cited(changes),
            facts={"law": told, "effects": those, **lines.get(pk, {})},
        )
        for pk, those in _told(effects).items()
    ]
    record_many(entries, on=on, by=by, run=run)
    return len(entries)


def _opened(proposal_id: int, on: date) -> tuple[LawProposal, list[Change]]:
    """Return an undecided proposal, locked, that can still stand; raise TransitionNotAllowed or `Refused`."""
    proposal = proposals.lock(proposal_id)
    if not proposal.is_open:
        message = f"{proposal} is decided"
        raise TransitionNotAllowed(message)
    changes = changes_of(proposal.changes.all())
    rules.require(rules.APPLY_LAW, change(changes, reason=proposal.reason, today=on), on=on)
    return proposal, changes


def _moved(effects: Sequence[Effect], *, by: User, on: date, run: JobRun) -> Lines:
    """Move the records that effects name; return what is to be told of each organisation beside the effects."""
    lines: Lines = {}
    counted = deadlines.recounted(law_effects.moved_deadlines(effects), on=on, by=by)
    judged_anew = recalculation.rejudge(cleanup_effects.bodies_of(effects), on=on, run=run)
    for name, told in ((deadlines.KEY, counted), ("findings", judged_anew)):
        for pk, those in told.items():
            lines.setdefault(pk, {})[name] = those
    return lines


def _told(effects: Sequence[Effect]) -> dict[int, list[dict[str, str]]]:
    """Return what each organisation's event tells of the effects."""
    found: dict[int, list[dict[str, str]]] = {}
    for each in effects:
        if each.organisation_id:
            told = {"subject": each.subject, "what": each.what, "before": each.before, "after": each.after}
            found.setdefault(each.organisation_id, []).append(told)
    return found


def _cited(changes: Sequence[Change]) -> str:
    """Return the provisions the changed values rest on, as far as an event's column holds them."""
    cited = dict.fromkeys(each.after["basis"] for each in changes if each.after.get("basis"))
    return "；".join(cited)[:MOST_CITED]
