"""What stands on the board and on an association's page, as far as the user may see it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.db.models import Q
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from console.decoupling_access import access_checklist, answers_for
from console.language import translated
from decoupling.models import Aftercare, Evidence, Leader, Rectification
from decoupling.queries.aftercare import watch
from decoupling.queries.duties import sheet
from decoupling.queries.readiness import lacking
from decoupling.states import Category, Heading, ItemState, ListingState, Standing
from registry.models import Deadline
from registry.states import FROM_UNITS, SubjectKind

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import date

    from django.db.models import QuerySet

    from decoupling.models import Listing
    from decoupling.queries.aftercare import Caution
    from decoupling.queries.duties import ItemLine, Part, Sheet
    from decoupling.queries.figures import Line
    from registry.models import Event, Unit, User
    from registry.rulebook import Rule

WAY = (
    (ListingState.LISTED, _("列入名单"), "placed_on"),
    (ListingState.PLANNED, _("报送方案"), "plan_submitted_on"),
    (ListingState.APPROVED, _("批复方案"), "plan_approved_on"),
    (ListingState.IMPLEMENTING, _("分项办理"), ""),
    (ListingState.SIGNED_OFF, _("部门会签"), ""),
    (ListingState.ACCEPTED, _("验收脱钩"), "accepted_on"),
)
"""The ordinary way: the state that ends each stage, its name, and the column that holds its day."""


def sees_all(user: User) -> bool:
    """Tell whether the user sees every separation of every association."""
    return user.role not in FROM_UNITS


# --- the board ------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class CellView:
    """One separation of one association: how much is done, and how it stands (``tone``), in words too."""

    done: int
    applicable: int
    tone: str
    said: str


@dataclass(frozen=True, slots=True)
class RowView:
    """One association on the board."""

    line: Line
    cells: list[CellView | None]
    standing: str
    tone: str


def row(line: Line, found: Sheet, user: User) -> RowView:
    """Return a row of the board; somebody of another unit sees the separations their own unit answers for."""
    own = None if sees_all(user) else user.unit
    cells: list[CellView | None] = []
    for heading in Heading:
        parts = [part for part in found.parts[heading] if own is None or part.unit == own]
        outside = line.standing is None or (line.exit is not None and line.accepted_on is None)
        cells.append(_cell(parts, line) if parts and not outside else None)
    return RowView(line, cells, standing_words(line), _tone(line))


def _cell(parts: list[Part], line: Line) -> CellView:
    lines = [each for part in parts for each in part.lines if each.state != ItemState.NOT_APPLICABLE]
    done = sum(each.state == ItemState.DONE for each in lines)
    signed = all(not part.is_missing for part in parts)
    if any(each.state == ItemState.RECTIFYING for each in lines):
        tone, said = "alarm", gettext("整改中")
    elif line.accepted_on or signed:
        tone, said = "signed", gettext("已会签")
    elif any(part.is_ready for part in parts):
        tone, said = "ready", gettext("待会签")
    elif done:
        tone, said = "doing", gettext("办理中")
    else:
        tone, said = "todo", gettext("未办理")
    return CellView(done, len(lines), tone, said)


def standing_words(line: Line) -> str:
    """Return where an association stands, in a few words."""
    if line.standing == Standing.REMAINING:
        return translated(line.listing.get_state_display())
    if line.standing is None:
        return translated(line.placement.get_category_display())
    return translated(line.standing.label)


def _tone(line: Line) -> str:
    if line.standing == Standing.DECOUPLED:
        return "decoupled"
    if line.standing is None or line.standing != Standing.REMAINING:
        return ""
    return "alarm" if line.is_overdue else "open"


def waiting_units(found: Iterable[Sheet], user: User) -> list[tuple[str, int]]:
    """Return how many associations wait for each department, the most first; the bureau itself by its own name."""
    counted: dict[str, int] = {}
    for each in found:
        for unit in each.waiting_for():
            if sees_all(user) or unit == user.unit:
                name = unit.name if unit else gettext("登记管理机关（本局）")
                counted[name] = counted.get(name, 0) + 1
    return sorted(counted.items(), key=lambda each: (-each[1], each[0]))


# --- the page of one --------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Stage:
    """A stage of the way: where it stands, and its day."""

    name: str
    place: str
    day: date | None


def stages(listing: Listing) -> list[Stage]:
    """Return the way of an association with how far it has come."""
    order = [state for state, _name, _column in WAY]
    reached = order.index(ListingState(listing.state))
    made: list[Stage] = []
    for number, (_state, name, column) in enumerate(WAY):
        done = number <= reached if number != order.index(ListingState.IMPLEMENTING) else reached > number
        here = not done and (number == reached + 1 or number == reached)
        already = any(stage.place == "here" for stage in made)
        place = "done" if done else "here" if here and not already else "ahead"
        made.append(Stage(str(name), place, getattr(listing, column) if column else None))
    if listing.category != Category.LISTED:
        return made[:1]
    return made


@dataclass(frozen=True, slots=True)
class ItemView:
    """One item on the page."""

    line: ItemLine
    documents: int
    problem: str

    @property
    def tone(self) -> str:
        """Return the tone of its badge."""
        return {ItemState.DONE: "active", ItemState.RECTIFYING: "alarm", ItemState.NOT_APPLICABLE: ""}.get(
            self.line.state, "open" if self.line.item.blocking and not self.line.bridged else ""
        )


@dataclass(frozen=True, slots=True)
class PartView:
    """What one department answers for, and whether this user may give its word."""

    part: Part
    items: list[ItemView]
    may_sign: bool


@dataclass(frozen=True, slots=True)
class HeadingView:
    """One separation with the departments' parts in it."""

    heading: str
    label: str
    parts: list[PartView]

    @property
    def done(self) -> int:
        """Return how many items are settled."""
        return sum(item.line.is_settled for part in self.parts for item in part.items)

    @property
    def total(self) -> int:
        """Return how many items there are."""
        return sum(len(part.items) for part in self.parts)


@dataclass(frozen=True, slots=True)
class SheetView:
    """Everything under the separations that this user may see, and what is missing from whom."""

    headings: list[HeadingView]
    waiting: list[tuple[Unit | None, list[Part]]]

    @property
    def settled(self) -> int:
        """Return how many items are settled."""
        return sum(each.done for each in self.headings)

    @property
    def total(self) -> int:
        """Return how many items are seen."""
        return sum(each.total for each in self.headings)


def sheet_of(listing: Listing, user: User, *, today: date) -> SheetView:
    """Return the sheet of an association as far as ``user`` may see it."""
    found = sheet(listing, on=today)
    visible = set(access_checklist(user, listing).values_list("code", flat=True))
    documents: dict[str, int] = {}
    for code in Evidence.objects.filter(listing=listing).order_by("pk").values_list("item__code", flat=True):
        documents[code] = documents.get(code, 0) + 1
    problems: dict[str, str] = dict(
        Rectification.objects.filter(status__listing=listing, done_on__isnull=True)
        .order_by("pk")
        .values_list("status__item__code", "problem")
    )
    headings = []
    for heading, parts in found.parts.items():
        shown = [
            PartView(
                part,
                [
                    ItemView(line, documents.get(line.item.code, 0), problems.get(line.item.code, ""))
                    for line in part.lines
                ],
                may_sign=part.is_ready and answers_for(user, part.unit),
            )
            for part in parts
            if any(line.item.code in visible for line in part.lines)
        ]
        if shown:
            headings.append(HeadingView(heading.value, translated(heading.label), shown))
    waiting = [(unit, parts) for unit, parts in found.waiting_for().items() if sees_all(user) or unit == user.unit]
    return SheetView(headings, sorted(waiting, key=lambda each: each[0].name if each[0] else ""))


def lacks(listing: Listing, *, today: date) -> list[Rule[Any]]:
    """Return the rules an acceptance today would break; nothing once there is one, or before the plan."""
    if listing.category != Category.LISTED or listing.state not in {ListingState.IMPLEMENTING, ListingState.SIGNED_OFF}:
        return []
    return lacking(listing, listing.organisation, on=today, today=today)


def clocks(listing: Listing, *, today: date) -> list[tuple[Deadline, str, bool]]:
    """Return the clocks of an association and of its items that run, each with what it is about and whether it is over."""
    statuses = dict(listing.items.order_by("pk").values_list("pk", "item__code"))
    about = Q(subject_kind=SubjectKind.LISTING, subject_id=listing.pk) | Q(
        subject_kind=SubjectKind.ITEM, subject_id__in=list(statuses)
    )
    rows = Deadline.objects.filter(about, met_on__isnull=True, waived_on__isnull=True).order_by("due_on", "pk")
    return [
        (row, statuses.get(row.subject_id, "") if row.subject_kind == SubjectKind.ITEM else "", row.due_on < today)
        for row in rows
    ]


def about_decoupling(events: QuerySet[Event]) -> QuerySet[Event]:
    """Return the events that tell of the separation."""
    begins = ("listing.", "item.", "review.", "leader.", "aftercare.")
    condition = Q(verb__in=("organisation.complete_decoupling", "organisation.void_decoupling"))
    for each in begins:
        condition |= Q(verb__startswith=each)
    return events.filter(condition)


@dataclass(frozen=True, slots=True)
class After:
    """What is watched once it has decoupled."""

    cautions: list[Caution]
    leaders: list[Leader]
    facts: list[Aftercare]


def after(listing: Listing, *, today: date) -> After:
    """Return leaders, dated facts and what warns."""
    return After(
        watch([listing], on=today)[listing.pk],
        list(listing.leaders.filter(left_on__isnull=True).order_by("post", "pk")),
        list(listing.aftercare.order_by("-on", "-pk")),
    )
