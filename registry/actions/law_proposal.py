"""Verbs of a proposed change of the law: propose, confirm, reject, withdraw, approve. Each leaves one row in its ledger.

What a change moves beyond the register is known further up: `worker.actions.law` judges the effect and approves. Raise
`Refused` or TransitionNotAllowed, and then nothing has changed.
"""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.db.models import Max
from django.utils import timezone

from registry import rules
from registry.actions import chain
from registry.lawbook import NATURAL
from registry.models import LawChange, LawEffect, LawEvent, LawProposal
from registry.queries import law_proposals
from registry.queries.law_changes import MODELS, changes_of, days_ahead, typed

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from datetime import date

    from registry.models import JobRun, User
    from registry.queries.law_changes import Change
    from registry.queries.law_proposals import Impact

BATCH = 1000


@transaction.atomic
def propose(*, changes: Sequence[Change], by: User, on: date, reason: str, file_name: str = "") -> LawProposal:
    """提出: keep what shall stand, for another officer to decide."""
    chain.hold(LawEvent)
    rules.require(rules.PROPOSE_LAW, law_proposals.change(changes, reason=reason, today=timezone.localdate()), on=on)
    proposal = LawProposal.objects.create(reason=reason.strip(), file_name=file_name, proposed_on=on, proposed_by=by)
    LawChange.objects.bulk_create(
        LawChange(
            proposal=proposal,
            place=place,
            table=each.table,
            named=each.named,
            row=each.row,
            before=dict(each.before),
            after=dict(each.after),
        )
        for place, each in enumerate(changes, start=1)
    )
    facts = {"changes": [each.told() for each in changes], "file_name": file_name}
    _record(proposal, "law.propose", by=by, on=on, reason=proposal.reason, **facts)
    return proposal


def keep_effect(proposal: LawProposal, found: Impact) -> None:
    """Keep what a proposal would move, as judged now, in place of what was kept before."""
    proposal.effects.all().delete()
    _keep(proposal, found)
    _keep_extent(proposal, found)
    proposal.save(update_fields=EXTENT)


EXTENT = ("judged_at", "effect_digest", "bodies", "existing", "limit")


def _keep(proposal: LawProposal, found: Impact) -> None:
    last = proposal.effects.aggregate(last=Max("place"))["last"] or 0
    LawEffect.objects.bulk_create(
        (
            LawEffect(
                proposal=proposal,
                place=place,
                organisation_id=each.organisation_id or None,
                subject=each.subject,
                what=each.what,
                before=each.before,
                after=each.after,
                on=each.on or None,
            )
            for place, each in enumerate(found.effects, start=last + 1)
        ),
        batch_size=BATCH,
    )


def _keep_extent(proposal: LawProposal, found: Impact) -> None:
    proposal.judged_at, proposal.effect_digest = timezone.now(), found.digest
    proposal.bodies, proposal.existing, proposal.limit = len(found.bodies), found.existing, found.limit


@transaction.atomic
def confirm(*, proposal_id: int, by: User, on: date, reason: str, seen: str) -> LawEvent:
    """负责人确认: stand for the effect whose digest is ``seen``; whether ``by`` is a director is a matter of permission."""
    proposal = lock(proposal_id)
    facts = law_proposals.confirmation(proposal, by=by, today=timezone.localdate(), seen=seen, reason=reason)
    stand_for = proposal.release if proposal.held_on else proposal.confirm
    stand_for(facts=facts, on=on)
    proposal.confirmed_by = by
    proposal.save()
    return _record(proposal, "law.confirm", by=by, on=on, reason=reason, effect=_effect(proposal))


@transaction.atomic
def reject(*, proposal_id: int, by: User, on: date, reason: str) -> LawEvent:
    """不予批准, for a reason."""
    proposal = lock(proposal_id)
    proposal.reject(facts=law_proposals.end(proposal, by=by, today=timezone.localdate(), reason=reason), on=on)
    return _ended(proposal, "law.reject", by=by, on=on, reason=reason)


@transaction.atomic
def withdraw(*, proposal_id: int, by: User, on: date, reason: str) -> LawEvent:
    """撤回, by who proposed it."""
    proposal = lock(proposal_id)
    proposal.withdraw(facts=law_proposals.end(proposal, by=by, today=timezone.localdate(), reason=reason), on=on)
    return _ended(proposal, "law.withdraw", by=by, on=on, reason=reason)


@transaction.atomic
def approve(
    *, proposal: LawProposal, found: Impact, by: User, on: date, opinion: str, seen: str, run: JobRun
) -> LawEvent:
    """批准: let the locked ``proposal``, whose impact is the one ``found``, stand as law.

    The caller's transaction then moves what that impact names.
    """
    changes = changes_of(proposal.changes.all())
    facts = law_proposals.decision(
        proposal, changes, found, by=by, today=timezone.localdate(), seen=seen, opinion=opinion
    )
    proposal.approve(facts=facts, on=on)
    keep_effect(proposal, found)
    stands = write(changes)
    proposal.run, proposal.end_reason = run, opinion
    proposal.recalculate_on = next(iter(days_ahead(changes, on=on)), None)
    return _ended(
        proposal, "law.approve", by=by, on=on, reason=opinion, changes=stands, effect=_effect(proposal), run=run.pk
    )


def hold_back(*, proposal: LawProposal, found: Impact, by: User, on: date) -> LawEvent:
    """暂停重新计算: on its day the effect of the locked ``proposal`` is wider than was foreseen; the director is waited for."""
    _replace(proposal, found)
    _keep_extent(proposal, found)
    proposal.held_on = on
    proposal.save()
    return _record(proposal, "law.hold", by=by, on=on, reason=_came(proposal), effect=_effect(proposal))


def recalculated(*, proposal: LawProposal, found: Impact, by: User, on: date, run: JobRun) -> LawEvent:
    """重新计算: the day has come, and the caller's transaction moves what ``found`` names."""
    _replace(proposal, found)
    reason = _came(proposal)
    proposal.recalculate_on = next(iter(days_ahead(changes_of(proposal.changes.all()), on=on)), None)
    proposal.save()
    effect = {"digest": found.digest, "bodies": len(found.bodies), "existing": found.existing, "limit": found.limit}
    return _record(proposal, "law.recalculate", by=by, on=on, reason=reason, effect=effect, run=run.pk)


def _replace(proposal: LawProposal, found: Impact) -> None:
    """Keep what was found on the day in place of what was foreseen for it."""
    proposal.effects.filter(on=proposal.recalculate_on).delete()
    _keep(proposal, found)


def _came(proposal: LawProposal) -> str:
    return f"{proposal.recalculate_on} 起按变动后的内容计算"


def write(changes: Sequence[Change]) -> list[dict[str, Any]]:
    """Write changes into their tables; return them as the ledger tells them, with the number of each row."""
    stands = []
    for each in changes:
        rows, columns = MODELS[each.table]._default_manager, typed(each.table, each.after)
        if each.row is None:
            stands.append({**each.told(), "row": rows.create(**columns).pk})
        else:
            rows.filter(pk=each.row).update(**columns)
            stands.append(each.told())
    return stands


@contextmanager
def supposing(changes: Sequence[Change]) -> Iterator[None]:
    """Let ``changes`` stand inside the block only: whatever reads the law there reads it as it would be."""
    with transaction.atomic():
        write(changes)
        yield
        transaction.set_rollback(True)


@contextmanager
def supposing_not(changes: Sequence[Change]) -> Iterator[None]:
    """Let what ``changes`` made of the law be undone inside the block only."""
    with transaction.atomic():
        for each in changes:
            rows = MODELS[each.table]._default_manager
            natural = {name: typed(each.table, each.after)[name] for name in NATURAL[each.table]}
            if each.before:
                rows.filter(**natural).update(**typed(each.table, each.before))
            else:
                rows.filter(**natural).delete()
        yield
        transaction.set_rollback(True)


def lock(proposal_id: int) -> LawProposal:
    """Return a proposal, locked with its whole ledger until the transaction ends: one change of the law at a time."""
    chain.hold(LawEvent)
    return LawProposal.objects.select_for_update(of=("self",)).get(pk=proposal_id)


def _ended(proposal: LawProposal, verb: str, *, by: User, on: date, reason: str, **facts: Any) -> LawEvent:
    proposal.ended_by = by
    proposal.save()
    return _record(proposal, verb, by=by, on=on, reason=reason, **facts)


def _effect(proposal: LawProposal) -> dict[str, Any]:
    return {
        "digest": proposal.effect_digest,
        "bodies": proposal.bodies,
        "existing": proposal.existing,
        "limit": proposal.limit,
    }


def _record(proposal: LawProposal, verb: str, *, by: User, on: date, reason: str, **facts: Any) -> LawEvent:
    told = {"state": str(proposal.state), **facts}
    return chain.append(LawEvent, subject=proposal, verb=verb, on=on, by=by, reason=reason, facts=told)
