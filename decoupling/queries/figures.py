"""The figures of decoupling on a day: 应脱钩 = 已脱钩 + 注销 + 撤销 + 合并/其他 + 未脱钩, each association once.

Everything is dated: the category from the placements, acceptances from the day they were declared to the day they were
voided, the reason for what remains from the ledger, and being off the register from the present exit and from every past
one that a reinstatement undid. So the figures of a past day are what they were; only names and corrections of a record's
own dates are today's. A voided acceptance counts on the days it stood, as it was reported, and no longer from its void.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass, field
from datetime import date
from typing import TYPE_CHECKING, Any

from django.db.models import Prefetch, Q

from decoupling.models import Acceptance, Listing, Placement, Rectification
from decoupling.states import COMPLETION, STANDING_OF_EXIT, UNSTATED, Category, Residue, Standing
from registry.models import Deadline, Event
from registry.states import ExitKind, SubjectKind

if TYPE_CHECKING:
    from collections.abc import Iterable

    from registry.models import Organisation

REASONS = (*Residue.values, UNSTATED)
PLACES = 4
"""Decimal places of a rate in a manifest."""


@dataclass(frozen=True, slots=True)
class Exit:
    """A time off the register; ``until`` is the day of reinstatement, None while it lasts."""

    kind: ExitKind
    since: date
    until: date | None

    def covers(self, on: date) -> bool:
        """Tell whether the body was off the register at the end of the day ``on``."""
        return self.since <= on and (self.until is None or on < self.until)


@dataclass(frozen=True, slots=True)
class Line:
    """One listed association as it stood on a day; ``standing`` is None unless it should decouple."""

    listing: Listing
    placement: Placement
    standing: Standing | None
    exit: Exit | None
    accepted_on: date | None
    plan_approved_on: date | None
    residue: str
    due_on: date | None = None
    rectifying: int = 0
    voided: bool = False

    @property
    def place(self) -> str:
        """Return the one word under which it counts: a standing, or the category of what need not decouple."""
        return self.standing.value if self.standing else Category(self.placement.category).value

    @property
    def is_overdue(self) -> bool:
        """Tell whether it remains after the day it was to be through by: a normal state, with its reason."""
        return self.standing == Standing.REMAINING and self.due_on is not None


class DoesNotAddUp(RuntimeError):
    """The identity of the figures does not hold; nothing is reported from them."""


@dataclass(slots=True)
class Figures:
    """The figures of a set of lines; ``exempt`` and ``deferred`` stand outside 应脱钩."""

    should: int = 0
    decoupled: int = 0
    decoupled_in_year: int = 0
    cancelled: int = 0
    revoked: int = 0
    merged: int = 0
    remaining: int = 0
    implementing: int = 0
    overdue: int = 0
    rectifying: int = 0
    exempt: int = 0
    deferred: int = 0
    remaining_by_reason: Counter[str] = field(default_factory=Counter)

    def add(self, line: Line, as_of: date) -> None:
        """Count one line as of the day it was drawn up for."""
        if line.standing is None:
            name = Category(line.placement.category).value
            setattr(self, name, getattr(self, name) + 1)
            return
        self.should += 1
        setattr(self, line.standing.value, getattr(self, line.standing.value) + 1)
        if line.accepted_on and line.accepted_on.year == as_of.year:
            self.decoupled_in_year += 1
        self.rectifying += line.rectifying > 0
        if line.standing == Standing.REMAINING:
            self.overdue += line.is_overdue
            self.implementing += line.plan_approved_on is not None
            self.remaining_by_reason[line.residue or UNSTATED] += 1

    @property
    def rate_decoupled(self) -> float | None:
        """Return 脱钩率, decoupled over should; None where nothing should decouple."""
        return self._rate(self.decoupled)

    @property
    def rate_settled(self) -> float | None:
        """Return 处置完成率, all that no longer remain over should; None where nothing should decouple."""
        return self._rate(self.should - self.remaining)

    @property
    def adds_up(self) -> bool:
        """Tell whether 应脱钩 = 已脱钩 + 注销 + 撤销 + 合并/其他 + 未脱钩, and the reasons add up to 未脱钩."""
        placed = self.decoupled + self.cancelled + self.revoked + self.merged + self.remaining
        return self.should == placed and self.remaining == self.remaining_by_reason.total()

    def _rate(self, part: int) -> float | None:
        return part / self.should if self.should else None

    def totals(self) -> dict[str, Any]:
        """Return the totals as the manifest holds them; a rate of nothing is null."""
        return {
            "should": self.should,
            "decoupled": self.decoupled,
            "decoupled_in_year": self.decoupled_in_year,
            "cancelled": self.cancelled,
            "revoked": self.revoked,
            "merged": self.merged,
            "remaining": self.remaining,
            "remaining_by_reason": {reason: self.remaining_by_reason[reason] for reason in REASONS},
            "implementing": self.implementing,
            "overdue": self.overdue,
            "rectifying": self.rectifying,
            "exempt": self.exempt,
            "deferred": self.deferred,
            "rate_decoupled": _told(self.rate_decoupled),
            "rate_settled": _told(self.rate_settled),
        }


def standing(as_of: date) -> Figures:
    """Return the figures at the end of the day ``as_of``."""
    return counted(lines(as_of), as_of)


def counted(drawn: Iterable[Line], as_of: date) -> Figures:
    """Return the figures of lines drawn up for ``as_of``; raise `DoesNotAddUp` rather than report what does not."""
    figures = Figures()
    for line in drawn:
        figures.add(line, as_of)
    if not figures.adds_up:
        message = f"截至{as_of}的脱钩数据不平衡：{figures}"
        raise DoesNotAddUp(message)
    return figures


def lines(as_of: date) -> list[Line]:
    """Return the list behind the figures: every association on the list at the end of the day ``as_of``.

    Seven queries, however long the list is.
    """
    listings = list(
        Listing.objects.select_related("organisation", "former_unit")
        .prefetch_related(
            Prefetch("placements", Placement.objects.filter(on__lte=as_of).order_by("on", "pk"), to_attr="placed"),
            Prefetch("acceptances", Acceptance.objects.filter(accepted_on__lte=as_of).order_by("pk"), to_attr="taken"),
        )
        .order_by("organisation__code")
    )
    dated = _Dated(_undone_exits(), _residues(as_of), _overdue(as_of), _rectifying(as_of))
    return [_line(listing, dated, as_of) for listing in listings if listing.placed]


@dataclass(frozen=True, slots=True)
class _Dated:
    """What was true of all listings on the day, by listing; the exits by organisation."""

    undone: dict[int, list[Exit]]
    residues: dict[int, str]
    overdue: dict[int, date]
    rectifying: Counter[int]


def _line(listing: Any, dated: _Dated, as_of: date) -> Line:
    placement: Placement = listing.placed[-1]
    accepted_on = next((each.accepted_on for each in listing.taken if _stands(each, as_of)), None)
    exits = (*_present_exit(listing.organisation), *dated.undone[listing.organisation_id])
    gone = next((each for each in exits if each.covers(as_of)), None)
    standing_then = None
    if placement.category == Category.LISTED:
        if accepted_on:
            standing_then = Standing.DECOUPLED
        else:
            standing_then = STANDING_OF_EXIT[gone.kind] if gone else Standing.REMAINING
    return Line(
        listing=listing,
        placement=placement,
        standing=standing_then,
        exit=gone,
        accepted_on=accepted_on,
        plan_approved_on=_by(listing.plan_approved_on, as_of),
        residue=dated.residues.get(listing.pk, "") if standing_then == Standing.REMAINING else "",
        due_on=dated.overdue.get(listing.pk) if standing_then == Standing.REMAINING else None,
        rectifying=dated.rectifying[listing.pk],
        voided=any(each.voided_on and each.voided_on <= as_of for each in listing.taken),
    )


def _stands(acceptance: Acceptance, as_of: date) -> bool:
    return acceptance.voided_on is None or acceptance.voided_on > as_of


def _by(day: date | None, as_of: date) -> date | None:
    return day if day and day <= as_of else None


def _present_exit(organisation: Organisation) -> list[Exit]:
    if organisation.deregistered_on is None:
        return []
    return [Exit(ExitKind(organisation.exit_kind), organisation.deregistered_on, None)]


def _undone_exits() -> dict[int, list[Exit]]:
    """Return the past exits of listed bodies, from the columns their reinstatement changed."""
    events = Event.objects.filter(verb="organisation.reinstate", organisation__listing__isnull=False)
    found: dict[int, list[Exit]] = defaultdict(list)
    for pk, on, facts in events.order_by("organisation", "seq").values_list("organisation_id", "on", "facts"):
        changed = facts["changes"]
        since = date.fromisoformat(changed["deregistered_on"][0])
        found[pk].append(Exit(ExitKind(changed["exit_kind"][0]), since, on))
    return found


def _residues(as_of: date) -> dict[int, str]:
    """Return for each listing the reason last stated for it by ``as_of``; an acceptance ends what was stated before."""
    verbs = ("listing.set_residue", "organisation.complete_decoupling")
    events = Event.objects.filter(verb__in=verbs, on__lte=as_of).order_by("on", "organisation", "seq")
    told = (facts["listing"] for facts in events.values_list("facts", flat=True) if "listing" in facts)
    return {each["id"]: each.get("residue", "") for each in told}


def _overdue(as_of: date) -> dict[int, date]:
    """Return for each listing the day it was to be through by, where that had passed by ``as_of``."""
    rows = Deadline.objects.filter(
        Q(met_on__isnull=True) | Q(met_on__gt=as_of),
        Q(waived_on__isnull=True) | Q(waived_on__gt=as_of),
        subject_kind=SubjectKind.LISTING,
        kind=COMPLETION,
        due_on__lt=as_of,
    )
    return dict(rows.order_by("due_on").values_list("subject_id", "due_on"))


def _rectifying(as_of: date) -> Counter[int]:
    """Return for each listing how many items 回头看 had reopened and nobody had put right by ``as_of``."""
    rows = Rectification.objects.filter(Q(done_on__isnull=True) | Q(done_on__gt=as_of), found_on__lte=as_of)
    return Counter(rows.order_by("pk").values_list("status__listing_id", flat=True))


def _told(rate: float | None) -> float | None:
    """Round a rate as it leaves the house; a page rounds the rate itself, once."""
    return None if rate is None else round(rate, PLACES)
