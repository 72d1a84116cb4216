"""What the law as it stands makes of findings and cases, for comparing two laws.

An open finding, or a new one, is judged as a sweep of the day would judge it; a paused campaign has no new ones. What an
officer has confirmed rests on the day it was found: it is judged as of that day, by the law as we know it now. Whether a
case's treatment is lawful is asked of the law of the day.
"""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

from cleanup.models import Campaign, Case, Finding
from cleanup.queries.criteria import asked_of, facts_for, window_facts
from cleanup.queries.evaluation import plan
from cleanup.queries.explain import worded
from cleanup.queries.usual import treatment_facts
from cleanup.rules import matched, revocation_has_ground
from cleanup.states import SETTLED, UNDER_WAY, UNSETTLED, CampaignState, Criterion, FindingState, Treatment
from registry.models import Organisation
from registry.queries.law_proposals import Result

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from datetime import date

    from cleanup.rules import Facts, WindowFacts
    from registry.queries.law_proposals import Effect, Results

PIECE = 500
"""Bodies asked for by their ids in one query."""

NEW, FINDING, CASE = "campaign", "finding", "case"
"""How the subjects of results begin: ``campaign:3/17`` is a finding the campaign would have of body 17."""


def under_way(*, on: date) -> list[Campaign]:
    """Return the campaigns whose open findings stand by the law of the day ``on``: swept on it, or paused."""
    rows = Campaign.objects.filter(state__in=UNDER_WAY, starts_on__lte=on)
    return list(rows.order_by("pk").prefetch_related("windows"))


def finding_results(*, on: date) -> Results:
    """Return for each open finding, and each that a sweep would add, what it rests on by the law as it stands."""
    results: Results = {}
    for campaign in under_way(on=on):
        asked = asked_of(campaign, on=on)
        found = plan(campaign, asked, on=on, ids=_looked_at(campaign))
        judged = found.judged
        for pk, facts in _facts(judged, asked, on):
            criteria, finding = judged[pk], found.live.get(pk)
            subject = f"{FINDING}:{finding.pk}" if finding else f"{NEW}:{campaign.pk}/{pk}"
            letters = [each for each in Criterion if each in criteria or (finding and each in finding.criteria)]
            results[subject] = Result(pk, f"线索（{campaign.code}）", _said(criteria, facts, letters, on))
    return results


def _looked_at(campaign: Campaign) -> list[int] | None:
    """Return whom the law can move in a campaign: anybody where it is swept, while it is paused those found already."""
    if campaign.state == CampaignState.RUNNING:
        return None
    rows = Finding.objects.filter(campaign=campaign, state=FindingState.OPEN)
    return list(rows.order_by("organisation").values_list("organisation", flat=True))


def _said(criteria: str, facts: Facts, letters: Iterable[Criterion], on: date) -> str:
    verdict = f"符合情形{'/'.join(criteria)}" if criteria else "不符合任何情形，线索自动撤回"
    return "；".join([verdict, *(f"情形{each}：{worded(facts, each, on=on)}" for each in letters)])


def upheld_results(*, on: date) -> Results:
    """Return for each confirmed finding without a case, and each unsettled case, which of its grounds the law upholds.

    Of a case that shall revoke, also whether the law of the day ``on`` lets it.
    """
    cases = {each.finding_id: each for each in Case.objects.filter(state__in=UNSETTLED).order_by("pk")}
    settled = Case.objects.filter(state__in=SETTLED).values("finding")
    rows = Finding.objects.filter(state=FindingState.CONFIRMED).exclude(pk__in=settled)
    groups: dict[tuple[int, str, date], dict[int, Finding]] = defaultdict(dict)
    for each in rows.select_related("organisation").order_by("pk"):
        groups[each.campaign_id, each.organisation.kind, each.found_on][each.organisation_id] = each
    campaigns = Campaign.objects.prefetch_related("windows").in_bulk({key[0] for key in groups})
    results: Results = {}
    for (campaign_id, kind, found_on), findings in groups.items():
        window = next((each for each in campaigns[campaign_id].windows.all() if each.kind == kind), None)
        if window is None:
            continue
        for pk, facts in facts_for(findings, window_facts(window, on=found_on), on=found_on).items():
            case, finding = cases.get(findings[pk].pk), findings[pk]
            subject = f"{CASE}:{case.pk}" if case else f"{FINDING}:{finding.pk}"
            told = "；".join([*_upheld(facts, finding, found_on), *(_lawful(case, finding, on) if case else ())])
            results[subject] = Result(pk, "个案" if case else "已确认的线索", told)
    return results


def _upheld(facts: Facts, finding: Finding, on: date) -> Iterator[str]:
    holding = matched(facts, on=on)
    for letter in finding.criteria:
        said = worded(facts, Criterion(letter), on=on)
        yield (
            f"情形{letter}（{on} 发现）成立：{said}"
            if letter in holding
            else f"情形{letter}（{on} 发现）不成立：{said}"
        )


def _lawful(case: Case, finding: Finding, on: date) -> Iterator[str]:
    """Yield whether the law lets a case revoke, and after how many years, where it says so."""
    if case.treatment == Treatment.REVOKE:
        facts = treatment_facts(finding.organisation, finding, case.treatment, today=on)
        asked = f"（须连续 {facts.revocable_from} 年）" if facts.revocable_from else ""
        yield f"撤销登记有法定事由{asked}" if revocation_has_ground.holds(facts, on) else f"撤销登记没有法定事由{asked}"


def _facts(judged: Mapping[int, str], asked: Mapping[str, WindowFacts], on: date) -> Iterator[tuple[int, Facts]]:
    """Yield what each body is judged on, piece by piece."""
    ids = list(judged)
    for start in range(0, len(ids), PIECE):
        piece = ids[start : start + PIECE]
        kinds = dict(Organisation.objects.filter(pk__in=piece).order_by().values_list("pk", "kind"))
        for kind, window in asked.items():
            yield from facts_for([pk for pk in piece if kinds[pk] == kind], window, on=on).items()


def is_new(effect: Effect) -> bool:
    """Tell whether an effect is of a finding that a sweep would add."""
    return effect.subject.startswith(f"{NEW}:")


def bodies_of(effects: Iterable[Effect]) -> dict[int, list[int]]:
    """Return by campaign the bodies whose open findings, or new ones, are among ``effects``."""
    found: dict[int, set[int]] = defaultdict(set)
    open_ones = []
    for each in effects:
        kind, _, name = each.subject.partition(":")
        if kind == NEW:
            campaign_id, _, body_id = name.partition("/")
            found[int(campaign_id)].add(int(body_id))
        elif kind == FINDING:
            open_ones.append(int(name))
    for start in range(0, len(open_ones), PIECE):
        rows = Finding.objects.filter(pk__in=open_ones[start : start + PIECE], state=FindingState.OPEN)
        for campaign, body in rows.order_by().values_list("campaign", "organisation"):
            found[campaign].add(body)
    return {campaign: sorted(bodies) for campaign, bodies in found.items()}
