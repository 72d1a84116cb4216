"""What decides about a proposed change of the law, and what a change would move: effects, compared and sealed."""

from __future__ import annotations

import hashlib
from dataclasses import astuple, dataclass
from fractions import Fraction
from typing import TYPE_CHECKING, Any

from django.db.models import F, Q

from registry import rules
from registry.ledger import canonical
from registry.models import LawEffect, LawProposal, Organisation
from registry.queries import law_changes
from registry.queries.law import value
from registry.states import EXISTING, ProposalState

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from datetime import date

    from django.db.models import QuerySet

    from registry.models import Subject, User
    from registry.queries.law_changes import Change

STOP_SHARE = "law.stop_share"


@dataclass(frozen=True, slots=True)
class Result:
    """What the law as it stands says of one record: whose, what it is, and the result in words."""

    organisation_id: int | None
    what: str
    told: str


Results = dict[str, Result]
"""Results by what they are about, written as `registry.models.Subject` writes itself: ``finding:12``."""


@dataclass(frozen=True, slots=True, order=True)
class Effect:
    """What a change of the law would move: one record, in words before and after; empty where there is no result.

    ``on`` is the later day, as text, on which it would; empty where it is with the approval.
    """

    organisation_id: int
    subject: str
    what: str
    before: str
    after: str
    on: str = ""


@dataclass(frozen=True, slots=True)
class Impact:
    """All that a change would move, in order, and how far that reaches."""

    effects: tuple[Effect, ...]
    existing: int
    limit: str

    @property
    def bodies(self) -> list[int]:
        """Return the organisations affected."""
        return sorted({each.organisation_id for each in self.effects if each.organisation_id})

    @property
    def at_once(self) -> tuple[Effect, ...]:
        """Return what is moved with the approval."""
        return tuple(each for each in self.effects if not each.on)

    @property
    def digest(self) -> str:
        """Return what stands for this impact: the same for the same effects only."""
        return hashlib.sha256(canonical([astuple(each) for each in self.effects]).encode()).hexdigest()

    @property
    def is_wide(self) -> bool:
        """Tell whether a larger share of the register is affected than the bureau's limit."""
        return len(self.bodies) > share(self.limit) * self.existing


def differences(before: Results, after: Results) -> list[Effect]:
    """Return where two sets of results differ."""
    effects = []
    for subject in before.keys() | after.keys():
        was, will = before.get(subject), after.get(subject)
        some = will or was
        if some is not None and (was is None or will is None or was.told != will.told):
            before_told, after_told = _without_what_both_say(was.told if was else "", will.told if will else "")
            effects.append(Effect(some.organisation_id or 0, subject, some.what, before_told, after_told))
    return effects


def _without_what_both_say(before: str, after: str) -> tuple[str, str]:
    """Leave out the statements, divided by ``；``, that both results make; the first of each says what it is about."""
    was, will = before.split("；"), after.split("；")
    return (
        "；".join([was[0], *(each for each in was[1:] if each not in will)]),
        "；".join([will[0], *(each for each in will[1:] if each not in was)]),
    )


def impact(effects: Iterable[Effect], *, on: date) -> Impact:
    """Return effects with how far they reach, on a day: of how many bodies, against which limit."""
    existing = Organisation.objects.filter(state__in=EXISTING).count()
    return Impact(
        tuple(sorted(effects, key=lambda each: (each.on, each))), existing, limit=f"{value(STOP_SHARE, on=on)}%"
    )


def share(text: str) -> Fraction:
    """Return a share written as 10%."""
    return Fraction(text.removesuffix("%")) / 100


def is_wide(proposal: LawProposal) -> bool:
    """Tell whether a proposal, as last judged, affects more than its limit."""
    return bool(proposal.limit) and proposal.bodies > share(proposal.limit) * proposal.existing


def recalculating(*, on: date) -> QuerySet[LawProposal]:
    """Return the approved changes that move something on the day ``on``, or should have before, and have not yet."""
    return LawProposal.objects.filter(recalculate_on__lte=on).order_by("recalculate_on", "pk")


def moved(*subjects: Subject) -> list[LawEffect]:
    """Return what approved changes of the law made of these records, the latest first."""
    rows = LawEffect.objects.filter(
        Q(on=None) | Q(proposal__recalculate_on=None) | Q(on__lt=F("proposal__recalculate_on")),
        subject__in=[str(each) for each in subjects],
        proposal__state=ProposalState.APPROVED,
    )
    return list(rows.select_related("proposal").order_by("-proposal", "place"))


# --- facts for the rules -----------------------------------------------------------------------------------------


def change(changes: Sequence[Change], *, reason: str, today: date) -> rules.LawChangeFacts:
    """Return what decides whether changes may be proposed."""
    return rules.LawChangeFacts(last_on=None, today=today, **_asked(changes, reason))


def decision(
    proposal: LawProposal, changes: Sequence[Change], found: Impact, *, by: User, today: date, seen: str, opinion: str
) -> rules.LawDecisionFacts:
    """Return what decides whether ``by`` may approve a proposal whose impact is the one ``found``."""
    return rules.LawDecisionFacts(
        **_step(proposal, today),
        **_asked(changes, proposal.reason),
        proposer=proposal.proposed_by_id,
        decider=by.pk,
        opinion=opinion,
        seen=seen,
        effect=found.digest,
        confirmed=proposal.confirmed_digest,
        wide=found.is_wide,
    )


def known(proposal: LawProposal, *, by: User, today: date) -> rules.LawDecisionFacts:
    """Return what decides whether ``by`` may approve a proposal as last judged, before anything is written."""
    changes = law_changes.changes_of(proposal.changes.all())
    return rules.LawDecisionFacts(
        **_step(proposal, today),
        **_asked(changes, proposal.reason),
        proposer=proposal.proposed_by_id,
        decider=by.pk,
        opinion="…",
        seen=proposal.effect_digest,
        effect=proposal.effect_digest,
        confirmed=proposal.confirmed_digest,
        wide=is_wide(proposal),
    )


def confirmation(proposal: LawProposal, *, by: User, today: date, seen: str, reason: str) -> rules.LawConfirmationFacts:
    """Return what decides whether ``by`` may confirm the effect of a proposal as last judged."""
    return rules.LawConfirmationFacts(
        **_step(proposal, today),
        proposer=proposal.proposed_by_id,
        director=by.pk,
        reason=reason,
        seen=seen,
        effect=proposal.effect_digest,
    )


def end(proposal: LawProposal, *, by: User, today: date, reason: str) -> rules.LawEndFacts:
    """Return what decides whether ``by`` may turn a proposal down, or take it back."""
    return rules.LawEndFacts(**_step(proposal, today), proposer=proposal.proposed_by_id, by=by.pk, reason=reason)


def _asked(changes: Sequence[Change], reason: str) -> dict[str, Any]:
    faults: Mapping[str, Any] = law_changes.faults(changes)
    return {"reason": reason, "changes": len(changes), **faults}


def _step(proposal: LawProposal, today: date) -> dict[str, Any]:
    return {"last_on": proposal.events.order_by("-seq").values_list("on", flat=True).first(), "today": today}
