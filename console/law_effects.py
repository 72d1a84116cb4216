"""What a proposed change of the law moves, on the screen and as a file, and how that has drifted since it was seen."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from registry.exports import Sheet

if TYPE_CHECKING:
    from collections.abc import Iterable

    from django.utils.functional import _StrPromise

    from registry.models import LawEffect, LawProposal

KINDS: dict[str, tuple[_StrPromise, tuple[str, ...]]] = {
    "finding": (_("线索"), ("finding:", "campaign:")),
    "case": (_("个案"), ("case:",)),
    "deadline": (_("期限"), ("deadline:",)),
    "report": (_("年检（年报）"), ("report:",)),
}
"""Kinds of effects: their label, and how the subjects of theirs begin."""

PAGES = {"finding": "finding_page", "case": "case_page"}

FEW = 10
"""How many changes of an effect are named one by one."""

Key = tuple[str, str, str]


def of_kind(kind: str) -> Q:
    """Return the condition for the effects of one kind."""
    wanted = Q(pk__in=())
    for start in KINDS[kind][1]:
        wanted |= Q(subject__startswith=start)
    return wanted


@dataclass(frozen=True, slots=True)
class Moved:
    """One effect as the list shows it, with the page of its record where it has one of its own."""

    effect: LawEffect
    link: str


def tell_effects(effects: Iterable[LawEffect]) -> list[Moved]:
    """Return effects with where they lead."""
    return [Moved(each, _link(each)) for each in effects]


def _link(effect: LawEffect) -> str:
    kind, _colon, number = effect.subject.partition(":")
    return reverse(PAGES[kind], args=[number]) if kind in PAGES else ""


def effect_sheet(proposal: LawProposal) -> Sheet:
    """Return everything a proposal moves as a table."""
    rows = proposal.effects.select_related("organisation", "proposal").order_by("place")
    return Sheet(
        title="影响范围",
        columns=(
            ("统一社会信用代码", lambda each: each.organisation.code if each.organisation else ""),
            ("名称", lambda each: each.organisation.name if each.organisation else ""),
            ("变动日期", lambda each: each.on or each.proposal.ended_on),
            ("事项", lambda each: each.what),
            ("变动前", lambda each: each.before),
            ("变动后", lambda each: each.after),
        ),
        rows=rows.iterator(chunk_size=1000),
    )


@dataclass(frozen=True, slots=True)
class Drift:
    """How an effect has changed since an officer saw it: what came or became another, and how many went."""

    seen: frozenset[Key]
    came: tuple[LawEffect, ...] = ()
    gone: int = 0

    @property
    def few(self) -> tuple[LawEffect, ...]:
        """Return the first of what came."""
        return self.came[:FEW]

    @classmethod
    def of(cls, proposal: LawProposal) -> Drift:
        """Remember what was seen."""
        return cls(frozenset(proposal.effects.values_list("subject", "before", "after")))

    def until(self, proposal: LawProposal) -> Drift:
        """Return what has changed until now."""
        now = {
            (each.subject, each.before, each.after): each for each in proposal.effects.select_related("organisation")
        }
        came = tuple(each for key, each in now.items() if key not in self.seen)
        return Drift(self.seen, came, len(self.seen - now.keys()))
