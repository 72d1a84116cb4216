"""What an officer may decide about a finding now, and the words for what somebody else decided first."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from cleanup import rules
from cleanup.actions.finding import decision_facts
from cleanup.queries.verification import lacks_contact_test
from cleanup.states import FindingState
from console.access import Permission, may
from console.labels import day
from console.language import translated
from registry.models import Event
from registry.states import Role, State

if TYPE_CHECKING:
    from datetime import date

    from django.utils.functional import _StrPromise

    from cleanup.models import Finding
    from registry.models import User
    from registry.rulebook import Rule

DONE: dict[str, _StrPromise] = {
    "finding_confirm": _("已确认线索，该组织纳入本次整治。"),
    "finding_dismiss": _("已排除线索。"),
    "finding_mark_dormant": _("已认定为僵尸型（休眠）。"),
}


@dataclass(frozen=True, slots=True)
class Choice:
    """A button: the URL name it posts to, its words, and the rules that close it for now."""

    url_name: str
    label: str
    is_main: bool
    closed_because: tuple[str, ...]


def choices(finding: Finding, user: User) -> list[Choice]:
    """Return the decisions open to ``user`` on ``finding`` as it stands."""
    facts = decision_facts(
        finding.organisation, finding, "…", on=timezone.localdate(), by=user, tested_before="…"
    )  # what is to be written is still to be written
    found: list[tuple[str, _StrPromise, bool, tuple[Rule[rules.DecisionFacts], ...]]] = []
    if finding.state == FindingState.OPEN:
        found = [
            ("finding_confirm", _("确认线索"), True, rules.CONFIRM_FINDING),
            ("finding_dismiss", _("排除线索"), False, rules.DISMISS_FINDING),
        ]
    elif finding.state == FindingState.CONFIRMED and finding.organisation.state in {State.ACTIVE, State.DECOUPLED}:
        found = [
            ("finding_mark_dormant", _("认定为僵尸型（休眠）"), True, _MARK_DORMANT),
            ("finding_dismiss", _("改为排除"), False, rules.DISMISS_FINDING),
        ]
    return [
        Choice(name, str(label), is_main, tuple(map(str, rules.broken(asked, facts, on=facts.today))))
        for name, label, is_main, asked in found
        if may(user, NEEDED[name])
    ]


def asks_for_the_test(finding: Finding, user: User) -> bool:
    """Tell whether ``user`` may confirm ``finding`` by telling of a test of contact made before there were any here."""
    if finding.state != FindingState.OPEN or user.role not in {Role.REVIEWER, Role.DIRECTOR}:
        return False
    today = timezone.localdate()
    return may(user, NEEDED["finding_confirm"]) and lacks_contact_test(finding, finding.criteria, on=today)


NEEDED = {
    "finding_confirm": Permission.DECIDE_FINDING,
    "finding_dismiss": Permission.DECIDE_FINDING,
    "finding_mark_dormant": Permission.MOVE_STATE,
}
_MARK_DORMANT = (rules.campaign_is_running, rules.body_not_on_hold, rules.facts_still_hold)


def decided_already(finding: Finding) -> str:
    """Return who decided the finding, when and how."""
    if finding.state == FindingState.WITHDRAWN:
        return gettext("该线索已于%(on)s自动撤回：排查时情形已经消除或者变化，请查看该组织最新的线索。") % {
            "on": day(finding.ended_on)
        }
    done = {FindingState.CONFIRMED: gettext("确认"), FindingState.DISMISSED: gettext("排除")}
    return gettext("该线索已由“%(by)s”于%(on)s%(done)s，理由：%(reason)s。本次提交没有重复办理。") % {
        "by": finding.decided_by,
        "on": day(decided_on(finding)),
        "done": done[FindingState(finding.state)],
        "reason": finding.reason.rstrip("。"),
    }


def decided_on(finding: Finding) -> date | None:
    """Return the day of the standing decision."""
    return finding.ended_on or finding.confirmed_on


def moved_already(finding: Finding) -> str:
    """Return why the body cannot be marked dormant: who did so, where it stands, or what became of the finding."""
    organisation = finding.organisation
    if finding.state in {FindingState.DISMISSED, FindingState.WITHDRAWN}:
        return decided_already(finding)
    last = Event.objects.filter(organisation=organisation, verb="organisation.mark_dormant").select_related("by").last()
    if organisation.state == State.DORMANT and last:
        return gettext("该组织已由“%(by)s”于%(on)s认定为僵尸型（休眠）。本次提交没有重复办理。") % {
            "by": last.by,
            "on": day(last.on),
        }
    return gettext("该组织现为“%(state)s”，不能认定为僵尸型。") % {"state": translated(State(organisation.state).label)}
