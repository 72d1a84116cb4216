"""A preview as the page tells it: whom it finds and why, whom it leaves out, what differs from something else."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from cleanup.models import Hit
from cleanup.queries.comparison import compare
from cleanup.queries.criteria import asked_of, facts_for
from cleanup.queries.explain import worded
from cleanup.queries.scope import left_out
from cleanup.states import Criterion
from console.labels import days
from console.language import translated
from registry.models import Organisation

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import date

    from cleanup.models import Campaign
    from cleanup.queries.comparison import Comparison


PLACES = ("all", "enter", "leave", "change", "left_out")
"""Whom the list shows: all that would enter, only those that differ from the other side, or those left out."""


@dataclass(frozen=True, slots=True)
class Line:
    """A body of the list: the criteria here and on the other side, each of its reasons in one sentence."""

    organisation: Organisation
    criteria: str
    other: str
    reasons: tuple[str, ...]
    left_out: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Found:
    """Whom a preview finds, by place, and with what it is compared."""

    campaign: Campaign
    comparison: Comparison | None
    hits: dict[int, str]
    out: dict[int, str]

    def place(self, word: str) -> set[int]:
        """Return the bodies of one of `PLACES`."""
        if word == "all":
            return set(self.hits)
        if word == "left_out":
            return set(self.out)
        found: set[int] = getattr(self.comparison, word) if self.comparison else set()
        return found

    def counts(self) -> dict[str, int]:
        """Return how many bodies stand in each place."""
        return {word: len(self.place(word)) for word in PLACES}


def found(campaign: Campaign, other: Campaign | None) -> Found:
    """Return whom the preview of ``campaign`` finds, compared with ``other`` where there is one."""
    rows = Hit.objects.filter(run=campaign.preview).order_by().values_list("organisation", "criteria", "left_out")
    hits: dict[int, str] = {}
    out: dict[int, str] = {}
    for pk, criteria, why in rows:
        (out if why else hits)[pk] = criteria
    return Found(campaign, compare(campaign, other) if other else None, hits, out)


def lines(there: Found, organisations: Sequence[Organisation], *, on: date) -> list[Line]:
    """Return ``organisations`` with their reasons on the day ``on``: a fixed number of queries, however many they are."""
    campaign = there.campaign
    grounds = left_out(campaign, on=on, ids=[each.pk for each in organisations])
    facts = {}
    asked = asked_of(campaign, on=on)
    for kind, window in asked.items():
        facts.update(facts_for([each.pk for each in organisations if each.kind == kind], window, on=on))
    other = there.comparison.other.met if there.comparison else {}
    made = []
    for each in organisations:
        here = there.hits.get(each.pk) or there.out.get(each.pk, "")
        told = sorted(set(here) | set(other.get(each.pk, "")))
        known = facts.get(each.pk)
        said = [f"{letter} {_said(worded(known, Criterion(letter), on=on))}" for letter in told] if known else []
        out = tuple(_said(ground.sentence) for ground in grounds.get(each.pk, ()))
        made.append(Line(each, here, other.get(each.pk, ""), tuple(said), out))
    return made


def bodies(ids: Iterable[int]) -> list[Organisation]:
    """Return the organisations of ``ids`` by their codes, for a file."""
    rows = Organisation.objects.select_related("supervising_unit").in_bulk(list(ids))
    return sorted(rows.values(), key=lambda each: each.code)


def _said(sentence: str) -> str:
    return days(translated(sentence))
