"""Findings as they stood on a past day, each with its case and its body of that day, from the ledger alone.

They are the objects the figures are counted from, but never saved: a finding has no number, for no event tells of one.
What was undone later still stands on the days before, as it stood then.
"""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Any

from django.db.models import Exists, Min, OuterRef, Q

from cleanup.models import Campaign, Case, CaseRound, Finding
from cleanup.queries.figures import MOVES, stage_of
from cleanup.queries.retold import together
from cleanup.states import LIVE
from registry.models import Event, Organisation, User
from registry.queries.as_of import events_until, organisations_told

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from datetime import date

    from django.db.models import Field, Model, QuerySet

    from cleanup.queries.retold import Together

TELLS_OF_FINDINGS = Q(verb__startswith="finding.") | Q(facts__has_key="findings")
AT_ONCE = 500
"""Bodies whose events are held at one time."""


def findings_as_of(
    on: date, *, among: QuerySet[Organisation] | None = None, campaign: Campaign | None = None
) -> list[Finding]:
    """Return every finding made by the day ``on`` as it stood then, of the bodies ``among``, of one campaign or all.

    In the order of the bodies' codes and of their making; the number of queries grows by four with every `AT_ONCE` bodies.
    """
    reach = Organisation.objects.all() if among is None else among
    told = Event.objects.filter(TELLS_OF_FINDINGS, organisation=OuterRef("pk"), on__lte=on)
    ids = list(reach.filter(Exists(told)).order_by("code").values_list("pk", flat=True))
    campaigns = {each.code: each for each in ([campaign] if campaign else Campaign.objects.order_by("pk"))}
    parts = (ids[start : start + AT_ONCE] for start in range(0, len(ids), AT_ONCE))
    found = [each for some in parts for each in _of(some, on, campaigns)]
    _give_officers(found)
    return found


def place_of(finding: Finding, on: date) -> str:
    """Return where a finding of the day ``on`` stood: a stage of the figures, or the way it had left them."""
    return stage_of(finding, on) if finding.state in LIVE else finding.state


def findings_begin_on() -> date | None:
    """Return the day of the first finding: before it there is none."""
    first: date | None = Event.objects.filter(TELLS_OF_FINDINGS).aggregate(first=Min("on"))["first"]
    return first


def _of(ids: Sequence[int], on: date, campaigns: Mapping[str, Campaign]) -> Iterable[Finding]:
    events = events_until(ids, on)
    bodies = organisations_told(events, on)
    for pk in ids:
        if pk in bodies:
            body = bodies[pk].organisation
            body.moves = [each for each in events[pk] if each.verb in MOVES]  # type: ignore[attr-defined]  # as known fetches them
            for told in together(events[pk]):
                if told.finding["campaign_id"] in campaigns:
                    yield _finding(told, body, campaigns[told.finding["campaign_id"]])


def _finding(told: Together, body: Organisation, campaign: Campaign) -> Finding:
    columns = {name: value for name, value in told.finding.items() if name not in {"campaign_id", "organisation_id"}}
    finding = Finding(campaign=campaign, organisation=body, **_values(Finding, columns))
    if told.case is not None:
        case = Case(**_values(Case, told.case))
        case.all_rounds = [CaseRound(**_values(CaseRound, row)) for row in told.rounds]  # type: ignore[attr-defined]  # as known fetches them
        case.finding = finding
    return finding


def _values(model: type[Model], row: Mapping[str, Any]) -> dict[str, Any]:
    """Return the columns of a row as a model holds them."""
    return {name: _columns(model)[name].to_python(value) for name, value in row.items()}


@cache
def _columns(model: type[Model]) -> dict[str, Field[Any, Any]]:
    return {field.attname: field for field in model._meta.concrete_fields}


def _give_officers(findings: Iterable[Finding]) -> None:
    """Give each case its officer, so that reading the name asks nothing more."""
    cases = [case for each in findings if (case := getattr(each, "case", None)) is not None]
    officers = User.objects.in_bulk({case.officer_id for case in cases})
    for case in cases:
        case.officer = officers[case.officer_id]
