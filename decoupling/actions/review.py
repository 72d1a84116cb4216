"""Verbs of 回头看: begin a round, find an association sound or an item wanting, close the round."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import transaction
from django.utils import timezone

from decoupling import rules
from decoupling.actions import clocks
from decoupling.actions.item import ITEM_COLUMNS
from decoupling.actions.listing import entered, locked, step
from decoupling.models import ItemStatus, Listing, Rectification, ReviewRound, Revisit
from decoupling.states import PLAN_APPROVED, RECTIFICATION, TRANSITION, Extent, Finding, ItemState, ListingState
from registry.states import EXISTING

if TYPE_CHECKING:
    from datetime import date

    from registry.models import Event, Organisation, User


@transaction.atomic
def begin_round(
    *, title: str, document_no: str, extent: str, by: User, on: date, size: int | None = None, seed: str = ""
) -> ReviewRound:
    """Begin a round over all accepted associations on the register, or over a sample anyone can draw again.

    Each association looked at gets its event. Raises `Refused`.
    """
    extent = Extent(extent)
    accepted = Listing.objects.filter(
        state=ListingState.ACCEPTED, accepted_on__lte=on, organisation__state__in=EXISTING
    )
    by_code = {row.organisation.code: row for row in accepted.select_related("organisation").order_by("pk")}
    facts = rules.RoundFacts(
        today=timezone.localdate(),
        title=title,
        document_no=document_no,
        extent=extent,
        size=size,
        seed=seed,
        population=len(by_code),
    )
    rules.require(rules.BEGIN_ROUND, facts, on=on)
    chosen = rules.drawn(by_code, seed=seed, size=size or 0) if extent == Extent.SAMPLE else sorted(by_code)
    made = ReviewRound.objects.create(
        title=title.strip(),
        document_no=document_no.strip(),
        extent=extent,
        seed=seed if extent == Extent.SAMPLE else "",
        population=len(by_code),
        began_on=on,
        began_by=by,
    )
    for code in sorted(chosen, key=lambda code: by_code[code].organisation_id):
        organisation, listing = locked(by_code[code].pk)
        Revisit.objects.create(review=made, listing=listing)
        told = {"id": made.pk, "title": made.title, "document_no": made.document_no}
        entered(organisation, listing, "review.begin", by=by, on=on, review=told)
    return made


@transaction.atomic
def find_sound(*, revisit_id: int, by: User, on: date, note: str) -> Event:
    """Find nothing wrong with an association; raises `Refused`."""
    organisation, listing = locked(Revisit.objects.values_list("listing_id", flat=True).get(pk=revisit_id))
    revisit = Revisit.objects.select_for_update(of=("self",)).select_related("review").get(pk=revisit_id)
    facts = rules.CheckFacts(
        **step(organisation, listing, not_before=revisit.review.began_on),
        round_open=revisit.review.closed_on is None,
        pending=revisit.finding == Finding.PENDING,
        note=note,
    )
    rules.require(rules.FIND_SOUND, facts, on=on)
    _checked(revisit, Finding.SOUND, note, by=by, on=on)
    told = {"id": revisit.review_id, "title": revisit.review.title, "finding": Finding.SOUND.value}
    return entered(organisation, listing, "review.find_sound", by=by, on=on, reason=note, review=told)


@transaction.atomic
def find_problem(*, revisit_id: int, code: str, problem: str, due_on: date | None, by: User, on: date) -> Event:
    """Reopen an item for rectification until ``due_on``; what was decoupled stays so.

    Raises `Refused`, ItemStatus.DoesNotExist for an item that was never settled, TransitionNotAllowed for one already
    under rectification.
    """
    revisit = Revisit.objects.select_related("review").get(pk=revisit_id)
    organisation, listing = locked(revisit.listing_id)
    status = ItemStatus.objects.select_related("item").get(listing=listing, item__code=code)
    facts = rules.ProblemFacts(
        **step(organisation, listing, not_before=revisit.review.began_on),
        accepted=listing.state == ListingState.ACCEPTED,
        round_open=revisit.review.closed_on is None,
        is_checked=True,
        problem=problem,
        due_on=due_on,
    )
    rules.require(rules.FIND_PROBLEM, facts, on=on)
    told = {"code": code, "was": status.state, "problem": problem, "due_on": due_on and due_on.isoformat()}
    _rectify(organisation, listing, status, problem, on=on)
    Rectification.objects.create(revisit=revisit, status=status, problem=problem.strip(), found_on=on)
    if revisit.finding != Finding.REOPENED:
        _checked(revisit, Finding.REOPENED, problem, by=by, on=on)
    subject = clocks.of_item(status)
    run = clocks.waive(subject, TRANSITION, on=on, by=by, reason=problem)
    run += clocks.begin(subject, RECTIFICATION, organisation, on=on, due_on=due_on)
    about = {"id": revisit.review_id, "title": revisit.review.title, "finding": Finding.REOPENED.value}
    more = {"item": told, "review": about}
    return entered(organisation, listing, "review.find_problem", by=by, on=on, reason=problem, deadlines=run, **more)


def _rectify(organisation: Organisation, listing: Listing, status: ItemStatus, problem: str, *, on: date) -> None:
    facts = rules.ItemFacts(
        **step(organisation, listing, not_before=status.decided_on),
        plan_approved=listing.state in PLAN_APPROVED,
        before_acceptance=False,
        outcome=ItemState.RECTIFYING,
        evidence="",
        reason=problem,
        is_transitional=status.item.is_transitional,
        until=None,
    )
    status.rectify(facts=facts, on=on)
    status.save(update_fields=ITEM_COLUMNS)


@transaction.atomic
def close_round(*, round_id: int, by: User, on: date, conclusion: str) -> ReviewRound:
    """Close a round once everybody is checked and everything found is put right; raises `Refused`."""
    found = ReviewRound.objects.select_for_update(of=("self",)).get(pk=round_id)
    waiting = found.revisits.filter(finding=Finding.PENDING, listing__organisation__state__in=EXISTING)
    open_ones = Rectification.objects.filter(
        revisit__review=found, done_on__isnull=True, status__listing__organisation__state__in=EXISTING
    )
    facts = rules.CloseFacts(
        today=timezone.localdate(),
        not_before=max(day for day in (found.began_on, *_days(found)) if day),
        is_open=found.closed_on is None,
        pending=waiting.count(),
        rectifying=open_ones.count(),
        conclusion=conclusion,
    )
    rules.require(rules.CLOSE_ROUND, facts, on=on)
    found.closed_on, found.closed_by, found.conclusion = on, by, conclusion.strip()
    found.save(update_fields=["closed_on", "closed_by", "conclusion"])
    return found


def _days(found: ReviewRound) -> list[date | None]:
    """Return the days on which something was checked or put right in a round."""
    checked = found.revisits.order_by("pk").values_list("checked_on", flat=True)
    done = Rectification.objects.filter(revisit__review=found).order_by("pk").values_list("done_on", flat=True)
    return [*checked, *done]


def _checked(revisit: Revisit, finding: Finding, note: str, *, by: User, on: date) -> None:
    revisit.finding, revisit.note, revisit.checked_on, revisit.checked_by = finding, note.strip(), on, by
    revisit.save(update_fields=["finding", "note", "checked_on", "checked_by"])
