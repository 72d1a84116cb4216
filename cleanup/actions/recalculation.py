"""Findings after a change of the law: entered, changed and withdrawn as a sweep would, for the bodies it moves alone.

Called inside the change's own transaction, which holds the locks and writes the one event of each body.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from cleanup.models import Campaign, Finding
from cleanup.queries.criteria import asked_of, facts_for
from cleanup.queries.evaluation import plan
from cleanup.queries.explain import described
from cleanup.queries.law_effects import PIECE, under_way
from cleanup.states import UNDER_WAY, Criterion
from registry.models import Organisation

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import date

    from cleanup.queries.evaluation import Plan
    from cleanup.rules import WindowFacts
    from registry.models import JobRun


def lock_campaigns() -> None:
    """Lock the campaigns under way; every action locks a campaign before it locks its bodies."""
    rows = Campaign.objects.select_for_update(of=("self",)).filter(state__in=UNDER_WAY)
    list(rows.order_by("pk").values_list("pk"))


def rejudge(bodies: Mapping[int, Sequence[int]], *, on: date, run: JobRun) -> dict[int, list[dict[str, Any]]]:
    """Judge locked ``bodies``, by campaign, by the law as it now stands; return what each one's event tells.

    What was found stays frozen: an open finding whose criteria change gives way to a new one with the facts of today.
    """
    lines: dict[int, list[dict[str, Any]]] = {}
    for campaign in under_way(on=on):
        ids, asked = bodies.get(campaign.pk, ()), asked_of(campaign, on=on)
        for start in range(0, len(ids), PIECE):
            found = plan(campaign, asked, on=on, ids=ids[start : start + PIECE])
            for pk, line in _moved(campaign, asked, found, on=on, run=run).items():
                lines.setdefault(pk, []).append(line)
    return lines


def _moved(
    campaign: Campaign, asked: Mapping[str, WindowFacts], found: Plan, *, on: date, run: JobRun
) -> dict[int, dict[str, Any]]:
    lines: dict[int, dict[str, Any]] = {}
    frozen = _frozen({pk: found.met[pk].criteria for pk in found.moves}, asked, on)
    gone = [found.live[pk].pk for pk in (*found.moves, *found.leave) if pk in found.live]
    findings = {each.organisation_id: each for each in Finding.objects.filter(pk__in=gone).order_by("pk")}
    for pk in sorted({*found.moves, *found.leave}):
        finding, criteria = findings.get(pk), found.met[pk].criteria if pk in found.moves else ""
        line: dict[str, Any] = {
            "campaign": campaign.code,
            "criteria": criteria,
            "before": finding.criteria if finding else "",
        }
        if finding is not None:
            finding.withdraw(on=on)
            finding.save(update_fields=["state", "ended_on"])
        if criteria:
            columns = {"criteria": criteria, "facts": frozen[pk], "found_on": on, "run": run}
            Finding.objects.create(campaign=campaign, organisation_id=pk, **columns)
            line["judged_on"] = frozen[pk]
        lines[pk] = line
    return lines


def _frozen(
    criteria: Mapping[int, str], asked: Mapping[str, WindowFacts], on: date
) -> dict[int, dict[str, dict[str, Any]]]:
    """Return for each body the facts of its criteria as they stand now."""
    kinds = dict(Organisation.objects.filter(pk__in=criteria).order_by().values_list("pk", "kind"))
    return {
        pk: {letter: described(facts, Criterion(letter), on=on) for letter in criteria[pk]}
        for kind, window in asked.items()
        for pk, facts in facts_for([pk for pk in criteria if kinds[pk] == kind], window, on=on).items()
    }
