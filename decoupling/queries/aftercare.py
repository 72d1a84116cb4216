"""The watch kept after decoupling: warnings by the values in force, each with the rule it comes from."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.db.models import Max

from decoupling.models import Aftercare, Leader, Listing
from decoupling.rules import aftercare as rules
from decoupling.states import FactKind, ListingState, Post
from registry.queries.law import policy
from registry.rulebook import broken
from registry.states import EXISTING

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import date

    from registry.rulebook import Rule

VALUES = {"age_limit": "leaders.age_limit", "most_terms": "leaders.terms", "term_years": "leaders.term_years"}


@dataclass(frozen=True, slots=True)
class Caution:
    """A rule that does not hold, of whom (None: of the association), and whether its value was ever verified."""

    rule: Rule[Any]
    who: Leader | None
    verified: bool


def watch(listings: Sequence[Listing], *, on: date) -> dict[int, list[Caution]]:
    """Return by listing (``organisation`` selected) what warns on the day ``on``; a constant number of queries."""
    wanted = [each.pk for each in listings]
    leaders: dict[int, list[Leader]] = defaultdict(list)
    for leader in Leader.objects.filter(listing__in=wanted, left_on__isnull=True).order_by("post", "pk"):
        leaders[leader.listing_id].append(leader)
    latest: dict[tuple[int, str], date] = {
        (pk, kind): day
        for pk, kind, day in Aftercare.objects.filter(listing__in=wanted, on__lte=on)
        .order_by("listing", "kind")
        .values_list("listing", "kind")
        .annotate(Max("on"))
    }
    policies = {name: policy(key, on=on) for name, key in VALUES.items()}
    values = {name: int(each.value) for name, each in policies.items()}
    verified = all(each.verified for each in policies.values())
    return {
        each.pk: [
            *_of_leaders(leaders[each.pk], values, on, verified=verified),
            *(Caution(rule, None, verified=True) for rule in broken(rules.BODY, _body(each, leaders, latest), on=on)),
        ]
        for each in listings
    }


def watched() -> Any:
    """Return the listings the watch is kept over: accepted, and still on the register."""
    rows = Listing.objects.filter(state=ListingState.ACCEPTED, organisation__state__in=EXISTING)
    return rows.select_related("organisation", "former_unit").order_by("organisation__code")


def _of_leaders(leaders: Iterable[Leader], values: dict[str, int], on: date, *, verified: bool) -> list[Caution]:
    found = []
    for leader in leaders:
        facts = rules.LeaderFacts(
            born_on=leader.born_on,
            took_office_on=leader.took_office_on,
            term_until=leader.term_until,
            terms=leader.terms,
            other_posts=leader.other_posts,
            **values,
        )
        found += [Caution(rule, leader, verified=verified) for rule in broken(rules.LEADER, facts, on=on)]
    return found


def _body(listing: Listing, leaders: dict[int, list[Leader]], latest: dict[tuple[int, str], date]) -> rules.BodyFacts:
    presidents = [each for each in leaders[listing.pk] if each.post == Post.PRESIDENT]
    secretaries = [each for each in leaders[listing.pk] if each.post == Post.SECRETARY]
    return rules.BodyFacts(
        presidents=frozenset(each.name for each in presidents),
        secretaries=frozenset(each.name for each in secretaries),
        president_employers=frozenset(each.employer for each in presidents),
        secretary_employers=frozenset(each.employer for each in secretaries),
        fee_voted_on=latest.get((listing.pk, FactKind.FEE_VOTE)),
        fee_published_on=latest.get((listing.pk, FactKind.FEE_PUBLISHED)),
        charter_on=latest.get((listing.pk, FactKind.CHARTER)),
        party_organisation_on=latest.get((listing.pk, FactKind.PARTY_ORGANISATION)),
        party_body_set=listing.organisation.party_body_id is not None,
    )
