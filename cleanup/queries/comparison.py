"""A preview beside something else: whom one finds and the other does not, and by which settings they differ."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from cleanup.models import Campaign, Finding, Hit
from cleanup.queries.sweeps import done
from cleanup.states import EVER_STARTED, LIVE

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date


@dataclass(frozen=True, slots=True)
class Side:
    """Whom a campaign finds, with the criteria each meets: by its last sweep, or by its preview; as of which day."""

    campaign: Campaign
    by_sweep: bool
    on: date
    met: Mapping[int, str]


@dataclass(frozen=True, slots=True)
class Comparison:
    """What ``mine`` finds beside what ``other`` finds: bodies by their keys, in no order."""

    mine: Side
    other: Side

    @property
    def enter(self) -> set[int]:
        """Return whom only this one finds."""
        return self.mine.met.keys() - self.other.met.keys()

    @property
    def leave(self) -> set[int]:
        """Return whom only the other one finds."""
        return self.other.met.keys() - self.mine.met.keys()

    @property
    def change(self) -> set[int]:
        """Return whom both find, by other criteria."""
        both = self.mine.met.keys() & self.other.met.keys()
        return {pk for pk in both if self.mine.met[pk] != self.other.met[pk]}

    @property
    def same(self) -> int:
        """Return how many both find by the same criteria."""
        return len(self.mine.met.keys() & self.other.met.keys()) - len(self.change)


@dataclass(frozen=True, slots=True)
class Difference:
    """A setting of one kind's window that differs; None on the side that does not look at the kind."""

    kind: str
    name: str
    was: Any
    now: Any


def previewed(campaign: Campaign) -> Side | None:
    """Return whom the latest preview of ``campaign`` would let in; None where there is none."""
    if campaign.preview is None:
        return None
    hits = Hit.objects.filter(run=campaign.preview, left_out="").order_by()
    return Side(campaign, False, campaign.preview.as_of, dict(hits.values_list("organisation", "criteria")))


def swept(campaign: Campaign) -> Side | None:
    """Return whose findings stand since the latest sweep of ``campaign``; None where none came to its end."""
    last = done(campaign).first()
    if last is None:
        return None
    standing = Finding.objects.filter(campaign=campaign, state__in=LIVE).order_by()
    return Side(campaign, True, last.run.as_of, dict(standing.values_list("organisation", "criteria")))


def side(campaign: Campaign) -> Side | None:
    """Return what ``campaign`` is compared by: its last sweep once it was swept, else its preview."""
    return (swept(campaign) if campaign.state in EVER_STARTED else None) or previewed(campaign)


def comparable(campaign: Campaign) -> list[Campaign]:
    """Return what the preview of ``campaign`` may be compared with, itself included once it runs; the likeliest first."""
    rows = Campaign.objects.filter(preview__isnull=False).select_related("preview").order_by("-starts_on", "code")
    others = [each for each in rows if each != campaign or each.state in EVER_STARTED]
    return sorted(others, key=lambda each: (each != campaign, each.pk != campaign.previous_id))


def compare(campaign: Campaign, other: Campaign) -> Comparison | None:
    """Return the preview of ``campaign`` beside what ``other`` finds; None where either has nothing to show."""
    mine, theirs = previewed(campaign), side(other)
    return Comparison(mine, theirs) if mine and theirs else None


def differences(campaign: Campaign, other: Campaign) -> list[Difference]:
    """Return the settings by which the windows of ``campaign`` differ from those of ``other``."""
    mine = {each.kind: each.told() for each in campaign.windows.all()}
    theirs = {each.kind: each.told() for each in other.windows.all()}
    found = []
    for kind in sorted(mine.keys() | theirs.keys()):
        was, now = theirs.get(kind), mine.get(kind)
        if was is None or now is None:
            found.append(Difference(kind, "", was is not None, now is not None))
            continue
        found += [Difference(kind, name, was[name], now[name]) for name in now if was[name] != now[name]]
    return found
