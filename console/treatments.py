"""What may be done about a confirmed finding and its case: lawful treatments, why not the others, what closing asks."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.utils import timezone
from django.utils.translation import gettext

from cleanup import rules as cleanup_rules
from cleanup.queries.explain import explain
from cleanup.queries.scope import is_exempt
from cleanup.queries.usual import treatment_facts
from cleanup.states import PENALTIES, Treatment
from console.labels import day
from console.moves import citations
from registry import rules
from registry.models import Event
from registry.states import State

if TYPE_CHECKING:
    from datetime import date

    from cleanup.models import Case, Finding
    from cleanup.queries.explain import Verdict
    from registry.models import User
    from registry.rulebook import Rule

ASKS: dict[str, tuple[Rule[Any], ...]] = {
    Treatment.RECTIFY: (cleanup_rules.rectified_facts_are_cured, *rules.REACTIVATE),
    Treatment.CANCEL: rules.CANCEL,
    Treatment.REVOKE: (*rules.ENFORCE, *rules.REVOKE),
    Treatment.REVOKE_LICENCE: (*rules.ENFORCE, *rules.REVOKE_LICENCE),
    Treatment.MERGE: rules.MERGE,
}
"""What closing a case of each treatment asks, beside a reason and a day in order."""


@dataclass(frozen=True, slots=True)
class Option:
    """A treatment: open for this body, or closed by the rules that say why."""

    value: str
    label: str
    closed_because: tuple[str, ...]


def options(finding: Finding, *, on: date) -> list[Option]:
    """Return every treatment, those lawful for the body first."""
    body, today = finding.organisation, timezone.localdate()
    exempt = is_exempt(body.pk, on=on)
    asked = ((each, treatment_facts(body, finding, each, today=today, exempt=exempt)) for each in Treatment)
    found = [
        Option(each.value, each.label, tuple(map(str, cleanup_rules.broken(cleanup_rules.OPEN_CASE, facts, on=on))))
        for each, facts in asked
    ]
    return sorted(found, key=lambda option: bool(option.closed_because))


def asks(case: Case) -> list[tuple[str, str]]:
    """Return what closing ``case`` asks, each with its citation; nothing once the body has left the register."""
    if has_left(case):
        return []
    wanted = ASKS[case.treatment]
    cited = citations(code for each in wanted for code in each.citations)
    return [(each.message, "；".join(cited[code] for code in each.citations)) for each in wanted]


def has_left(case: Case) -> bool:
    """Tell whether the body has left the register: its case then ends with that outcome, and without a move."""
    return bool(case.finding.organisation.state == State.DEREGISTERED)


def closed_because(case: Case, *, by: User, on: date) -> list[str]:
    """Return what stands against ``by`` closing ``case``, whatever is handed in: who enters a penalty, on whose certificate."""
    if case.treatment not in PENALTIES:
        return []
    entry = cleanup_rules.EntryFacts(treatment=case.treatment, by=by.pk, officer=case.officer_id)
    against = [
        *rules.broken((cleanup_rules.penalty_is_entered_by_another,), entry, on=on),
        *rules.broken(rules.ENFORCE, case.officer.certificate(), on=on),
    ]
    return [str(each) for each in against]


def still_met(case: Case, *, on: date) -> list[Verdict]:
    """Return for a rectification how each criterion of the finding stands in the register on the day ``on``."""
    if case.treatment != Treatment.RECTIFY or has_left(case):
        return []
    explained = explain(case.finding.organisation, on=on, campaign=case.finding.campaign)
    return [verdict for each in explained for verdict in each.verdicts if verdict.criterion in case.finding.criteria]


def closed_already(case: Case) -> str:
    """Return who closed the case and when."""
    last = Event.objects.filter(organisation=case.finding.organisation_id, facts__case__id=case.pk)
    event = last.select_related("by").latest("seq")
    return gettext("该个案已由“%(by)s”于%(on)s办结。本次提交没有重复办理。") % {
        "by": event.by,
        "on": day(case.closed_on),
    }
