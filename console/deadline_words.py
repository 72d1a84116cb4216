"""Deadlines in words: what runs, until when, how much is left, and what it means that one has passed."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.utils.translation import gettext

from console.clock import stands
from console.labels import day
from console.language import translated
from registry import clockbook
from registry.actions.deadline import KEY
from registry.states import Duty

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from datetime import date
    from typing import Any

    from registry.models import Deadline
    from registry.queries.deadlines import Standing

SOON = 3
"""From how many days before the end a deadline is shown as urgent."""


@dataclass(frozen=True, slots=True)
class Limit:
    """A running deadline as a page shows it."""

    what: str
    left: str
    tone: str
    standing: Standing

    @property
    def deadline(self) -> Deadline:
        """Return the deadline itself."""
        return self.standing.deadline


def limit(standing: Standing, *, on: date) -> Limit:
    """Return a running deadline in words, as of the day ``on``."""
    return Limit(translated(standing.deadline.book.label), left(standing, on=on), tone(standing), standing)


def tone(standing: Standing) -> str:
    """Return how urgently to show it: still, calm, soon, over; a period merely waited for is never urgent."""
    if standing.deadline.suspended_on is not None:
        return "still"
    if standing.deadline.book.duty == Duty.WAIT:
        return "calm"
    return "over" if standing.is_over else "soon" if standing.left <= SOON else "calm"


def left(standing: Standing, *, on: date) -> str:
    """Return what is left, or by how much it has passed."""
    deadline = standing.deadline
    if deadline.suspended_on is not None:
        return gettext("已中止计算")
    if standing.is_over and deadline.book.duty == Duty.WAIT:
        return gettext("已期满")
    if standing.is_over and deadline.kind == "filing.notice":
        return gettext("%(late)s，视为受理") % {"late": stands(deadline.due_on, on)}
    if standing.left > 0 and deadline.in_working_days:
        return gettext("还有%(days)s个工作日") % {"days": standing.left}
    return stands(deadline.due_on, on)


def deadline_details(facts: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """Yield what an event, or a step, tells of deadlines: the kind, and what happened to it."""
    for told in facts.get(KEY, ()):
        yield translated(clockbook.kind(told["row"]["kind"]).label), _happened(told)


def _happened(told: Mapping[str, Any]) -> str:
    row = told["row"]
    due = day(row["due_on"])
    until = gettext("%(due)s（暂定）") % {"due": due} if row["provisional"] else due
    words = {
        "start": gettext("自%(since)s起算，%(until)s到期"),
        "meet": gettext("%(met)s办结，在期限内")
        if row.get("met_on", "") <= row["due_on"]
        else gettext("%(met)s办结，已逾期"),
        "suspend": gettext("自%(suspended)s中止计算"),
        "resume": gettext("恢复计算，%(until)s到期"),
        "extend": gettext("延长至%(until)s"),
        "waive": gettext("不再计算：%(why)s"),
        "move": gettext("改为自%(since)s起算，%(until)s到期"),
        "recount": gettext("重新计算，%(until)s到期"),
    }[told["did"]]
    text = words % {
        "since": day(row["starts_on"]),
        "until": until,
        "met": day(row.get("met_on")),
        "suspended": day(row.get("suspended_on")),
        "why": row.get("waiver_reason", ""),
    }
    if "due_before" not in told:
        return text
    return gettext("%(what)s（原为%(before)s）") % {"what": text, "before": day(told["due_before"])}
