"""What stands on an organisation's page beside its facts: what may be done, its years, its life, its cases."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.db.models import Count, Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from console.access import access_cases, access_documents, may, roles_with
from console.deeds import DEEDS
from console.labels import together
from console.language import translated
from console.moves import moves
from decoupling.models import Listing
from decoupling.queries.board import board, listing_rows
from registry.queries.deadlines import first_due
from registry.queries.law import NoPolicy
from registry.queries.reports import report_calendar
from registry.states import EXISTING, SubjectKind

if TYPE_CHECKING:
    from datetime import date

    from django.db.models import QuerySet
    from django.utils.functional import _StrPromise

    from console.moves import Move
    from decoupling.queries.board import Row
    from registry.models import Event, Organisation, User
    from registry.queries.reports import Year

SHOWN = 5

ELSEWHERE: dict[str, _StrPromise] = {
    "complete_decoupling": _("在脱钩验收中办理：由两名人员分别签字"),
    "void_decoupling": _("在脱钩页面办理：由一人提请、另一人决定"),
    "reinstate": _("须由两名人员分别办理，凭复议决定、判决或者更正文书"),
}
"""Moves no single officer can make on this page."""

TIMELINE: dict[str, tuple[_StrPromise, tuple[str, ...]]] = {
    "state": (
        _("状态变动"),
        tuple(
            f"organisation.{verb}"
            for verb in (
                "mark_dormant",
                "reactivate",
                "complete_decoupling",
                "void_decoupling",
                "cancel",
                "revoke",
                "merge",
                "reinstate",
                "conclude_liquidation",
                "hold",
                "release",
            )
        ),
    ),
    "facts": (_("登记事项"), ("organisation.register", "organisation.amend", "filing.")),
    "life": (_("年报、活动、联系和文件"), ("report.", "activity.", "contact.", "document.")),
    "work": (_("线索和个案"), ("finding.", "case.", "determination.", "opinion.", "assignment.")),
    "decoupling": (
        _("脱钩"),
        (
            "listing.",
            "item.",
            "review.",
            "leader.",
            "aftercare.",
            "organisation.complete_decoupling",
            "organisation.void_decoupling",
        ),
    ),
}
"""Kinds of event, by how their verbs begin."""


@dataclass(frozen=True, slots=True)
class Offer:
    """A move with its page, empty where the user may not open it; ``why`` says who may, or where it is done."""

    move: Move
    address: str
    why: str


def offers(user: User, organisation: Organisation) -> list[Offer]:
    """Return every move of the lifecycle, open ones first, with the way to it for this user."""
    return [_offer(user, organisation, move) for move in moves(organisation)]


def _offer(user: User, organisation: Organisation, move: Move) -> Offer:
    if not move.is_open:
        return Offer(move, "", "")
    if move.verb in ELSEWHERE:
        return Offer(move, "", str(ELSEWHERE[move.verb]))
    permission = DEEDS[move.verb].permission
    if may(user, permission):
        return Offer(move, deed_address(organisation, move.verb), "")
    roles = together(translated(role.label) for role in roles_with(permission))
    return Offer(move, "", gettext("由%(roles)s办理") % {"roles": roles})


def deed_address(organisation: Organisation, verb: str) -> str:
    """Return the page of a deed."""
    return reverse(DEEDS[verb].url_name, args=[organisation.code])


def deeds(user: User, organisation: Organisation) -> dict[str, str]:
    """Return the pages of the deeds that are no moves, those open to ``user`` and to the body as it stands."""
    closed = {"release" if organisation.held_on is None else "hold"}
    if organisation.state not in EXISTING:
        closed.add("hold")
    return {
        verb: deed_address(organisation, verb)
        for verb, deed in DEEDS.items()
        if not deed.is_move and verb not in closed and may(user, deed.permission)
    }


def years(organisation: Organisation, *, on: date) -> list[Year]:
    """Return the annual reports by year; none where nobody has entered when they are due."""
    try:
        return report_calendar(organisation, on)
    except NoPolicy:
        return []


def life(organisation: Organisation) -> dict[str, Any]:
    """Return the latest activities and attempts at contact, and how many there are."""
    return {
        "activities": list(organisation.activities.order_by("-held_on", "-pk")[:SHOWN]),
        "determinations": list(organisation.determinations.filter(lifted_on__isnull=True).order_by("made_on", "pk")),
        "activity_count": organisation.activities.count(),
        "contacts": list(organisation.contact_attempts.order_by("-tried_on", "-pk")[:SHOWN]),
        "contact_count": organisation.contact_attempts.count(),
    }


def documents(user: User, organisation: Organisation) -> dict[str, Any]:
    """Return the latest documents in force and how many there are; nothing for roles that see none."""
    rows = access_documents(user).filter(organisation=organisation, withdrawal=None)
    return {"documents": list(rows.order_by("-kept_at", "-pk")[:SHOWN]), "document_count": rows.count()}


def cases(user: User, organisation: Organisation) -> list[Any]:
    """Return the cases ``user`` may know of, the latest first."""
    next_due = first_due(SubjectKind.CASE, on=timezone.localdate())
    rows = access_cases(user).filter(finding__organisation=organisation).annotate(due_on=next_due)
    return list(rows.select_related("officer", "finding__campaign").order_by("-opened_on", "-pk"))


def decoupling(organisation: Organisation) -> Row | None:
    """Return how far an association's separation has come, None for a body on no list."""
    if not organisation.is_industry_association:
        return None
    listing = listing_rows().filter(organisation=organisation)
    return next(iter(board(listing)), None) if Listing.objects.filter(organisation=organisation).exists() else None


def of_kind(events: QuerySet[Event], kind: str) -> QuerySet[Event]:
    """Return the events of one kind; an unknown kind filters nothing."""
    return events.filter(_begins(TIMELINE[kind][1])) if kind in TIMELINE else events


def timeline_tabs(events: QuerySet[Event], chosen: str) -> list[dict[str, Any]]:
    """Return the kinds of event with their counts, in one query."""
    counted = events.aggregate(
        all=Count("pk"), **{kind: Count("pk", filter=_begins(verbs)) for kind, (_label, verbs) in TIMELINE.items()}
    )
    labels = [("", gettext("全部"), "all"), *((kind, str(label), kind) for kind, (label, _verbs) in TIMELINE.items())]
    return [
        {"value": value, "label": label, "count": counted[key], "chosen": value == chosen}
        for value, label, key in labels
    ]


def _begins(verbs: tuple[str, ...]) -> Q:
    condition = Q()
    for verb in verbs:
        condition |= Q(verb__startswith=verb)
    return condition
