"""The lifecycle as the law and DESIGN §3 draw it, typed by hand, and a right way to do each move."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

from registry import rules
from registry.actions import organisation as verbs
from tests.factories import OrganisationFactory

if TYPE_CHECKING:
    from collections.abc import Callable

    from registry.models import Organisation, User

LEGAL = {
    ("active", "mark_dormant"): "dormant",
    ("active", "complete_decoupling"): "decoupled",
    ("active", "cancel"): "deregistered",
    ("active", "revoke"): "deregistered",
    ("active", "revoke_licence"): "deregistered",
    ("active", "merge"): "deregistered",
    ("decoupled", "mark_dormant"): "dormant",
    ("decoupled", "void_decoupling"): "active",
    ("decoupled", "cancel"): "deregistered",
    ("decoupled", "revoke"): "deregistered",
    ("decoupled", "revoke_licence"): "deregistered",
    ("decoupled", "merge"): "deregistered",
    ("dormant", "reactivate"): "active",
    ("dormant", "cancel"): "deregistered",
    ("dormant", "revoke"): "deregistered",
    ("dormant", "revoke_licence"): "deregistered",
    ("dormant", "merge"): "deregistered",
    ("deregistered", "reinstate"): "active",
}
"""Everything else is forbidden. ``reactivate`` and ``reinstate`` start here from bodies that were active before."""

STATES = ("active", "dormant", "decoupled", "deregistered")
EXIT_OF = {"cancel": "cancelled", "revoke": "revoked", "revoke_licence": "licence_revoked", "merge": "merged"}

DAY = date(2022, 3, 1)
EARLIER = date(2022, 2, 1)

SEPARATED: dict[str, Any] = {
    "is_industry_association": True,
    "in_scope": True,
    "open_items": (),
    "na_without_reason": (),
    "signers": frozenset({1, 2}),
    "party_body_set": True,
    "approval_no": "脱钩批〔2022〕1号",
}
DECISION = {"decision_no": "民罚〔2022〕1号", "decided_on": date(2022, 1, 10), "served_on": date(2022, 1, 20)}


def right_facts(verb: str, *, other: User) -> dict[str, Any]:
    """Return what ``verb`` must be told to be allowed from a fitting state."""
    facts: dict[str, dict[str, Any]] = {
        "mark_dormant": {"confirmed_finding": True, "campaign_running": True},
        "reactivate": {"grounds": frozenset("A"), "cured": {"A": "已补报2020、2021年度年报"}},
        "complete_decoupling": {"facts": rules.DecouplingFacts(**SEPARATED)},
        "cancel": {"resolution_on": EARLIER, "consent_no": "函〔2022〕1号", "liquidation_report_on": EARLIER},
        "revoke": DECISION,
        "revoke_licence": DECISION,
        "merge": {"successor_id": OrganisationFactory.create().pk, "resolution_on": EARLIER},
        "void_decoupling": {"proposed_by_id": other.pk, "document_no": "更〔2022〕1号"},
        "reinstate": {"proposed_by": other, "document_no": "复决〔2022〕1号"},
    }
    return facts[verb]


def move(verb: str, body: Organisation, *, by: User, other: User, on: date = DAY, **wrong: Any) -> Organisation:
    """Do ``verb`` with right facts, except those in ``wrong``, and return the body as the database has it."""
    action: Callable[..., Any] = getattr(verbs, verb)
    told = {"reason": "依文书办理", **right_facts(verb, other=other), **wrong}
    if verb == "void_decoupling":
        entered = body.events.filter(verb="organisation.complete_decoupling").last()
        told["event_seq"] = entered.seq if entered else 0
    action(organisation_id=body.pk, by=by, on=on, **told)
    return again(body)


def again(body: Organisation) -> Organisation:
    """Return a fresh instance: one that lost a transaction must not be used again."""
    return type(body).objects.get(pk=body.pk)


def body_in(state: str, *, by: User, other: User, **columns: Any) -> Organisation:
    """Return an industry association that is also a charity, brought into ``state`` by ordinary moves."""
    body: Organisation = OrganisationFactory.create(industry=True, charity=True, **columns)
    path = {"active": (), "dormant": ("mark_dormant",), "decoupled": ("complete_decoupling",)}
    for verb in path.get(state, ("cancel",)):
        body = move(verb, body, by=by, other=other, on=EARLIER)
    assert body.state == state
    return body
