"""The sweep: find who meets a campaign's criteria on a day, enter the new ones, withdraw the cured ones.

The database judges the register at once; findings are then written in small transactions, each with its events. Killed
in the middle, it is simply run again: what is already written is found unchanged. Before anything is written a breaker
looks at the plan: a jump, or a register nobody has entered anything into, stops the run until the director releases it.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.utils import timezone

from cleanup.actions.finding_batch import Batch, Named, Written, enter, named, require_sweepable, withdraw
from cleanup.actions.preview import keep_hits
from cleanup.models import Campaign, Sweep
from cleanup.queries.breaker import Stop, tripped
from cleanup.queries.criteria import asked_of
from cleanup.queries.evaluation import Move, Plan, looked_at, plan
from cleanup.queries.incremental import candidates, told
from cleanup.queries.sweeps import done
from cleanup.states import LIVE, Criterion, Evaluation
from registry.actions import run as runs
from registry.alone import Hold, alone
from registry.queries.feed import read_up_to
from registry.states import Outcome

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from cleanup.rules import WindowFacts
    from registry.models import JobRun, User

CHUNK = 1000
"""Findings written in one transaction; on SQLite that stays well below a second."""


PATIENCE = timedelta(minutes=10)
"""After so long without a sign of life a sweep counts as dead; a chunk takes a second."""


class SweptElsewhere(RuntimeError):
    """Another process sweeps the same campaign; nothing was done."""


@dataclass(slots=True)
class SweepResult:
    """What a sweep found, or would find: numbers, and the bodies that enter and leave.

    ``judged`` is how many bodies an incremental sweep looked at; then ``in_scope``, ``matched`` and ``unchanged`` count
    among them. ``stopped`` says why it wrote nothing: then the numbers tell what it would have done.
    """

    campaign: str
    as_of: date
    dry_run: bool = False
    in_scope: int = 0
    matched: int = 0
    by_criterion: Counter[str] = field(default_factory=Counter)
    entering: list[Named] = field(default_factory=list)
    leaving: list[Named] = field(default_factory=list)
    changed: list[Named] = field(default_factory=list)
    unchanged: int = 0
    judged: int | None = None
    stopped: Stop | None = None

    @property
    def moved(self) -> int:
        """Return how many bodies' findings were, or would be, written or withdrawn."""
        return len(self.entering) + len(self.changed) + len(self.leaving)

    def add(self, written: Written) -> None:
        """Count what became of one chunk."""
        self.entering += written.entered
        self.changed += written.changed
        self.leaving += written.left
        self.unchanged += written.unchanged

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
            "judged": self.judged,
            "stopped": self.stopped.cause.value if self.stopped else None,
        }


def sweep(
    *,
    campaign_id: int,
    as_of: date,
    by: User,
    run: JobRun | None = None,
    dry_run: bool = False,
    evaluation: Evaluation = Evaluation.FULL,
    tick: Callable[[int], object] | None = None,
) -> SweepResult:
    """Sweep one campaign as of a day; with ``dry_run`` only say what would happen.

    A sweep that writes has a job run, the caller's ``run`` or one of its own, which says in the end how it went.
    An incremental one judges only whom something has happened to since the last, or what fell due, where that is sure
    to give the same. Raises `Refused` when the campaign does not run or the day does not fit it, `SweptElsewhere` when
    another process is at it. ``tick`` is told how many bodies of the result were dealt with.
    """
    campaign = Campaign.objects.get(pk=campaign_id)
    if dry_run:
        require_sweepable(campaign, as_of)
        asked = asked_of(campaign, on=as_of)
        found = plan(campaign, asked, on=as_of)
        return _told(_counted(campaign, asked, found, as_of=as_of), found)
    run = run or _own_run(campaign, as_of)
    try:
        with alone("sweep", campaign_id) as hold:
            return _swept(campaign, run, hold, as_of=as_of, by=by, evaluation=evaluation, tick=tick)
    except BaseException as error:
        runs.fail(run=run, error=f"{type(error).__name__}: {error}")
        raise
    finally:
        Sweep.objects.filter(run=run).update(under_way=False)


def chunks(ids: Sequence[int]) -> Iterator[Sequence[int]]:
    """Yield ``ids`` in pieces of one transaction each."""
    for start in range(0, len(ids), CHUNK):
        yield ids[start : start + CHUNK]


def _own_run(campaign: Campaign, as_of: date) -> JobRun:
    slot = f"{campaign.code} {as_of} {timezone.now():%H%M%S%f}"
    run = runs.claim(job="sweep", slot=slot, as_of=as_of, owner="sweep")
    if run is None:
        raise SweptElsewhere(_busy(campaign))
    return run


def _counted(
    campaign: Campaign,
    asked: Mapping[str, WindowFacts],
    found: Plan,
    *,
    as_of: date,
    ids: list[int] | None = None,
) -> SweepResult:
    return SweepResult(
        campaign=campaign.code,
        as_of=as_of,
        in_scope=looked_at(campaign, asked, found.out, on=as_of, ids=ids),
        matched=found.matched,
        by_criterion=found.by_criterion(),
        unchanged=found.unchanged,
        judged=None if ids is None else len(ids),
    )


def _told(result: SweepResult, found: Plan) -> SweepResult:
    """Say of a plan that is not carried out who would enter, change and leave."""
    result.dry_run = True
    for ids in chunks(list(found.moves)):
        told_of = named({pk: found.met[pk].criteria for pk in ids})
        result.entering += [each for pk, each in told_of.items() if found.moves[pk] == Move.ENTER]
        result.changed += [each for pk, each in told_of.items() if found.moves[pk] == Move.CHANGE]
    for ids in chunks(found.leave):
        result.leaving += named({pk: found.live[pk].criteria for pk in ids}).values()
    return result


@transaction.atomic
def _begun(campaign_id: int, run: JobRun, hold: Hold, as_of: date) -> Sweep:
    """Return the row of the sweep that ``run`` is, under way; raise `Refused`, or `SweptElsewhere`."""
    campaign = Campaign.objects.select_for_update(of=("self",)).get(pk=campaign_id)
    require_sweepable(campaign, as_of, run=run)
    other = campaign.sweeps.select_related("run").filter(under_way=True).exclude(run=run).first()
    if hold == Hold.TAKEN or (other and hold == Hold.UNKNOWN and not _is_dead(other)):
        raise SweptElsewhere(_busy(campaign))
    if other:
        runs.fail(run=other.run, error="中断：进程已经不在，由后一次排查接手")
        campaign.sweeps.filter(pk=other.pk).update(under_way=False)
    sweep, _ = Sweep.objects.update_or_create(run=run, defaults={"campaign": campaign, "under_way": True})
    return sweep


def _is_dead(other: Sweep) -> bool:
    """Tell whether a sweep has shown no sign of life for long, or says itself that it ended."""
    seen = other.run.touched_at or other.run.started_at
    return other.run.outcome != Outcome.RUNNING or timezone.now() - seen > PATIENCE


def _busy(campaign: Campaign) -> str:
    return f"“{campaign.title}”正在由另一个进程排查，请稍后再试"


def _swept(
    campaign: Campaign,
    run: JobRun,
    hold: Hold,
    *,
    as_of: date,
    by: User,
    evaluation: Evaluation,
    tick: Callable[[int], object] | None,
) -> SweepResult:
    sweep = _begun(campaign.pk, run, hold, as_of)
    surely_read = read_up_to(before=min(timezone.now(), end_of(as_of)))
    asked = asked_of(campaign, on=as_of)
    last = done(campaign).first()
    ids = candidates(campaign, last, asked, on=as_of) if evaluation == Evaluation.INCREMENTAL else None
    found = plan(campaign, asked, on=as_of, ids=ids)
    result = _counted(campaign, asked, found, as_of=as_of, ids=ids)
    sweep.evaluation = Evaluation.FULL if ids is None else Evaluation.INCREMENTAL
    sweep.baseline, moved = _measured(campaign, found, is_first=last is None)
    if stop := tripped(sweep, moved=moved, baseline=sweep.baseline, on=sweep.run.as_of):
        sweep.moved = moved
        return _stopped(sweep, stop, found, result)
    batch = Batch(campaign=campaign, asked=asked, on=as_of, plan=found, by=by, run=run)
    for chunk in chunks(list(found.moves)):
        result.add(enter(batch, chunk))
        runs.touch(run=run, counts=result.counts())
        if tick:
            tick(len(chunk))
    for chunk in chunks(found.leave):
        result.add(withdraw(batch, chunk))
        runs.touch(run=run, counts=result.counts())
    _finish(sweep, result, told(asked, on=as_of), surely_read)
    return result


def _measured(campaign: Campaign, found: Plan, *, is_first: bool) -> tuple[int, int]:
    """Return how many findings are to be expected, and how many of the plan are others, as the breaker measures.

    A first sweep is measured by the preview that was approved: who meets something else than was shown there counts.
    """
    if not is_first or campaign.preview is None:
        return campaign.findings.filter(state__in=LIVE).count(), found.moved
    shown = dict(campaign.preview.hits.filter(left_out="").order_by().values_list("organisation", "criteria"))
    now = {pk: each.criteria for pk, each in found.met.items() if pk not in found.out}
    return len(shown), sum(shown.get(pk) != now.get(pk) for pk in shown.keys() | now.keys())


@transaction.atomic
def _stopped(sweep: Sweep, stop: Stop, found: Plan, result: SweepResult) -> SweepResult:
    """Keep who met what for the director to look at, and end the run without writing a finding."""
    keep_hits(sweep.run, found)
    sweep.stopped_because, sweep.stop_note, sweep.under_way = stop.cause, stop.note, False
    sweep.save()
    result.stopped = stop
    _told(result, found)
    runs.stop(run=sweep.run, counts=result.counts(), why=stop.note)
    return result


@transaction.atomic
def _finish(sweep: Sweep, result: SweepResult, asked: dict[str, Any], surely_read: int) -> None:
    sweep.asked, sweep.read_up_to, sweep.moved, sweep.under_way = asked, surely_read, result.moved, False
    if sweep.released_at is None:
        sweep.stopped_because, sweep.stop_note = "", ""
    sweep.save()
    runs.finish(run=sweep.run, counts=result.counts())


def end_of(day: date) -> datetime:
    """Return the moment at which ``day`` ends."""
    return timezone.make_aware(datetime.combine(day + timedelta(days=1), time()))
