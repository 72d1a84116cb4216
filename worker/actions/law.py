"""Changing the law as data with all that follows: judge what a proposal would move, and move it when it is approved.

Here, because the register does not know who rests on its law. The change, what it moves and the events that tell of it
are one transaction: there is no moment at which the law is new and a result still old (ADR 0007).
"""

from __future__ import annotations

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
from registry.queries.law_changes import changes_of, worded
from registry.queries.law_proposals import change, differences, impact
from registry.states import LawTable

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

    from registry.models import JobRun, LawProposal, User
    from registry.queries.law_changes import Change
    from registry.queries.law_effects import ReportLaw
    from registry.queries.law_proposals import Effect, Impact, Results

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
    reports, results = _standing(on)
    with proposals.supposing(changes):
        new_reports, new_results = _standing(on)
    moved = [*law_effects.report_effects(reports, new_reports, on=on), *differences(results, new_results)]
    return impact(moved, on=on)


def _standing(on: date) -> tuple[ReportLaw, Results]:
    """Return what the law as it stands says of everything that rests on it."""
    found = cleanup_effects.finding_results(on=on) | cleanup_effects.upheld_results(on=on)
    return law_effects.report_law(on=on), law_effects.deadline_results() | found


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
    lines = _moved(found, by=by, on=on, run=run)
    told = {"id": proposal.pk, "changes": [worded(each.table, each.after) for each in changes]}
    entries = [
        Entry(
            organisation_id=pk,
            verb="law.recalculate",
            reason=proposal.reason,
            basis=_cited(changes),
            facts={"law": told, "effects": effects, **lines.get(pk, {})},
        )
        for pk, effects in _told(found.effects).items()
    ]
    record_many(entries, on=on, by=by, run=run)
    runs.finish(run=run, counts={"bodies": len(entries), "effects": len(found.effects), "existing": found.existing})
    return proposal


def _opened(proposal_id: int, on: date) -> tuple[LawProposal, list[Change]]:
    """Return an undecided proposal, locked, that can still stand; raise TransitionNotAllowed or `Refused`."""
    proposal = proposals.lock(proposal_id)
    if not proposal.is_open:
        message = f"{proposal} is decided"
        raise TransitionNotAllowed(message)
    changes = changes_of(proposal.changes.all())
    rules.require(rules.APPLY_LAW, change(changes, reason=proposal.reason, today=on), on=on)
    return proposal, changes


def _moved(found: Impact, *, by: User, on: date, run: JobRun) -> Lines:
    """Move the records an impact names; return what is to be told of each organisation beside the effects."""
    lines: Lines = {}
    counted = deadlines.recounted(law_effects.moved_deadlines(found.effects), on=on, by=by)
    judged_anew = recalculation.rejudge(cleanup_effects.bodies_of(found.effects), on=on, run=run)
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
