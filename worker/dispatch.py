"""Starting the worker's tasks from the console and from commands, and asking what became of them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.db.models import Q
from django.utils import timezone
from kombu.exceptions import OperationalError

from cleanup.queries.sweeps import waiting
from registry.models import JobRun
from registry.queries.checkpoints import JOB as CHECKPOINT
from registry.states import Outcome
from worker.queries.due import running_campaigns
from worker.queries.figures import JOB as FIGURES
from worker.states import AlertKind
from worker.tasks import (
    CASES,
    CHECK,
    IMPORT,
    RECHECK,
    alert_job,
    alert_new_findings,
    case_batch,
    check_ledger,
    import_file,
    import_slot,
    make_checkpoint,
    sweep_again,
    sweep_on,
    sweep_slot,
    watch_deadlines,
)

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import date, datetime

    from django.db.models import QuerySet

    from cleanup.models import Campaign, CaseBatch
    from registry.models import ImportRun

JOBS = {
    "law": "法规政策变动",
    "sweep": "排查",
    IMPORT: "导入",
    CASES: "批量办理个案",
    RECHECK: "期限复核",
    CHECKPOINT: "台账检查点",
    CHECK: "台账核验",
    FIGURES: "数字核对",
    **{alert_job(kind): kind.label for kind in AlertKind},
}
"""Jobs in the officers' words."""


class BrokerUnreachable(ConnectionError):
    """The message was not accepted; nothing was started and nothing is lost: the next nightly run makes up for it."""


@dataclass(frozen=True, slots=True)
class Asked:
    """Runs that were asked for: job and slot of each. Their rows appear as the worker takes them up."""

    slots: frozenset[tuple[str, str]]
    at: datetime

    def runs(self) -> QuerySet[JobRun]:
        """Return the rows there are, in order."""
        wanted = Q(pk__in=())
        for job, slot in self.slots:
            wanted |= Q(job=job, slot=slot)
        return JobRun.objects.filter(wanted).order_by("job", "slot")

    def failed(self) -> QuerySet[JobRun]:
        """Return the runs that have failed since."""
        return self.runs().filter(outcome=Outcome.FAILED, finished_at__gte=self.at)

    def is_done(self) -> bool:
        """Tell whether every run is done, or has stopped since for somebody to look."""
        stopped = Q(outcome=Outcome.STOPPED, finished_at__gte=self.at)
        return self.runs().filter(stopped | Q(outcome=Outcome.DONE)).count() == len(self.slots)


def sweeps(*, on: date) -> Asked:
    """Ask for a sweep of every running campaign as of ``on``, at most of its end; raise `BrokerUnreachable`.

    Of one whose last sweep stopped, for that sweep once more.
    """
    campaigns = list(running_campaigns(on=on))
    return _ask(sweep_message(each, min(on, each.ends_on)) for each in campaigns)


def sweep(campaign: Campaign, *, on: date) -> Asked:
    """Ask for a sweep of one campaign as of ``on``, or once more for the one that stopped; raise `BrokerUnreachable`."""
    return _ask([sweep_message(campaign, on)])


def sweep_message(campaign: Campaign, on: date) -> tuple[tuple[str, str], Any]:
    """Return job and slot of the sweep a campaign needs, and the message that asks for it."""
    if stopped := waiting(campaign):
        return ("sweep", stopped.run.slot), sweep_again(stopped)
    return ("sweep", sweep_slot(campaign, on)), sweep_on(campaign.pk, on)


def alerts(*, on: date) -> Asked:
    """Ask for the alerts of the day ``on``; raise `BrokerUnreachable`."""
    tasks = {AlertKind.DEADLINE: watch_deadlines, AlertKind.NEW_FINDINGS: alert_new_findings}
    day = on.isoformat()
    return _ask(((alert_job(kind), day), task.si(on=day)) for kind, task in tasks.items())


def checkpoint(*, on: date) -> Asked:
    """Ask for the ledger's checkpoint of the day ``on``; raise `BrokerUnreachable`."""
    return _ask([((CHECKPOINT, on.isoformat()), make_checkpoint.si(on=on.isoformat()))])


def check(*, on: date) -> Asked:
    """Ask for the verification of the ledger of the day ``on``; raise `BrokerUnreachable`."""
    return _ask([((CHECK, on.isoformat()), check_ledger.si(on=on.isoformat()))])


def imports(*, run: ImportRun) -> Asked:
    """Ask for what is queued for an uploaded file; raise `BrokerUnreachable`."""
    message = import_file.si(import_id=run.pk, attempt=run.attempt)
    return _ask([((IMPORT, import_slot(run.pk, run.attempt)), message)])


def cases(*, batch: CaseBatch) -> Asked:
    """Ask for what shall be done in many cases; raise `BrokerUnreachable`."""
    return _ask([((CASES, str(batch.pk)), case_batch.si(batch_id=batch.pk))])


def _ask(messages: Iterable[tuple[tuple[str, str], Any]]) -> Asked:
    at, slots = timezone.now(), set()
    for slot, message in messages:
        try:
            message.apply_async()
        except OperationalError as error:
            told = f"消息服务（Redis）连接不上，任务未发出；恢复后定时任务会自动补做（{error}）"
            raise BrokerUnreachable(told) from error
        slots.add(slot)
    return Asked(frozenset(slots), at)
