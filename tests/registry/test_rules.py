"""Each rule of the lifecycle, broken alone: the refusal names exactly it, with its basis, and nothing moves."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

import pytest
from django.utils import timezone

from registry import rules
from registry.actions import evidence
from registry.actions import organisation as verbs
from registry.actions.ledger import Stale
from registry.models import Organisation
from registry.rulebook import BOOK, Refused, Rule, rule
from tests.factories import OrganisationFactory, UnitFactory
from tests.registry.moves import DAY, DECISION, EARLIER, SEPARATED, again, body_in, move

if TYPE_CHECKING:
    from registry.models import User

LATER = DAY + timedelta(days=1)
UNHEARD_OF = 10**9

BROKEN: list[tuple[str, str, str, dict[str, Any]]] = [
    ("R-02", "active", "mark_dormant", {"confirmed_finding": False}),
    ("R-02", "active", "mark_dormant", {"campaign_running": False}),
    ("R-02", "active", "mark_dormant", {"confirmed_finding": False, "reviewer_reason": " "}),
    ("R-03", "dormant", "reactivate", {"cured": {}}),
    ("R-03", "dormant", "reactivate", {"grounds": frozenset("AD")}),
    ("R-03", "dormant", "reactivate", {"cured": {"A": " "}}),
    ("R-04", "active", "complete_decoupling", {"facts": {"is_industry_association": False}}),
    ("R-04", "active", "complete_decoupling", {"facts": {"in_scope": False}}),
    ("R-05", "active", "complete_decoupling", {"facts": {"open_items": ("机构-1",)}}),
    ("R-05", "active", "complete_decoupling", {"facts": {"na_without_reason": ("机构-2",)}}),
    ("R-06", "active", "complete_decoupling", {"facts": {"signers": frozenset({1})}}),
    ("R-07", "active", "complete_decoupling", {"facts": {"party_body_set": False}}),
    ("R-08", "active", "complete_decoupling", {"facts": {"approval_no": " "}}),
    ("R-09", "active", "cancel", {"resolution_on": None}),
    ("R-09", "active", "cancel", {"resolution_on": LATER}),
    ("R-11", "active", "cancel", {"liquidation_report_on": None}),
    ("R-11", "active", "cancel", {"liquidation_report_on": LATER}),
    ("R-12", "active", "revoke", {"decision_no": ""}),
    ("R-13", "active", "revoke", {"served_on": None}),
    ("R-13", "active", "revoke", {"served_on": LATER}),
    ("R-13", "active", "revoke", {"served_on": DECISION["decided_on"] - timedelta(days=1)}),
    ("R-15", "active", "merge", {"successor_id": None}),
    ("R-15", "active", "merge", {"successor_id": UNHEARD_OF}),
    ("R-15", "active", "merge", {"resolution_on": None}),
    ("R-15", "active", "merge", {"resolution_on": LATER}),
    ("R-16", "deregistered", "reinstate", {"document_no": " "}),
    ("R-19", "active", "cancel", {"reason": " "}),
    ("R-20", "active", "cancel", {"on": date(2999, 1, 1)}),
    ("R-21", "active", "mark_dormant", {"on": date(2010, 5, 5)}),
    ("R-21", "dormant", "cancel", {"on": EARLIER - timedelta(days=1)}),
]


def refused(verb: str, body: Organisation, *, by: User, other: User, **wrong: Any) -> list[str]:
    """Return the codes a move is refused with, having made sure that nothing moved."""
    before = Organisation.objects.filter(pk=body.pk).values().get()
    if "facts" in wrong:
        wrong["facts"] = rules.DecouplingFacts(**{**SEPARATED, **wrong["facts"]})
    with pytest.raises(Refused) as caught:
        move(verb, body, by=by, other=other, **wrong)
    assert Organisation.objects.filter(pk=body.pk).values().get() == before
    assert body.events.count() == before["event_count"]
    for each in caught.value.broken:
        assert str(each) in str(caught.value)
    return [each.code for each in caught.value.broken]


@pytest.mark.django_db
@pytest.mark.parametrize(("code", "state", "verb", "wrong"), BROKEN)
def test_a_move_is_refused_by_the_one_rule_it_breaks(
    code: str, state: str, verb: str, wrong: dict[str, Any], officer: User, reviewer: User
) -> None:
    body = body_in(state, by=officer, other=reviewer)
    assert refused(verb, body, by=officer, other=reviewer, **dict(wrong)) == [code]


@pytest.mark.django_db
def test_a_body_on_hold_is_not_marked_dormant(officer: User, reviewer: User) -> None:
    body = OrganisationFactory.create()
    verbs.hold(organisation_id=body.pk, by=officer, on=EARLIER, reason="诉讼中")
    assert refused("mark_dormant", again(body), by=officer, other=reviewer) == ["R-01"]


@pytest.mark.django_db
def test_a_body_with_a_supervising_unit_is_not_cancelled_without_its_consent(officer: User, reviewer: User) -> None:
    body = OrganisationFactory.create(supervising_unit=UnitFactory.create())
    assert refused("cancel", body, by=officer, other=reviewer, consent_no="") == ["R-10"]
    alone = OrganisationFactory.create()
    assert move("cancel", alone, by=officer, other=reviewer, consent_no="").state == "deregistered"


@pytest.mark.django_db
def test_a_decision_that_was_never_made_cannot_have_been_served(officer: User, reviewer: User) -> None:
    body = OrganisationFactory.create()
    assert refused("revoke", body, by=officer, other=reviewer, decided_on=None) == ["R-12", "R-13"]


@pytest.mark.django_db
def test_only_a_charity_loses_its_licence(officer: User, reviewer: User) -> None:
    body = OrganisationFactory.create()
    assert refused("revoke_licence", body, by=officer, other=reviewer) == ["R-14"]


@pytest.mark.django_db
def test_a_body_is_not_merged_into_itself_or_into_one_that_left(officer: User, reviewer: User) -> None:
    body, gone = OrganisationFactory.create(), body_in("deregistered", by=officer, other=reviewer)
    for successor in (body, gone):
        assert refused("merge", body, by=officer, other=reviewer, successor_id=successor.pk) == ["R-15"]


@pytest.mark.django_db
def test_one_officer_alone_does_not_reinstate(officer: User, reviewer: User) -> None:
    body = body_in("deregistered", by=officer, other=reviewer)
    assert refused("reinstate", body, by=officer, other=officer) == ["R-17"]


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("verb", "report_on"),
    [("cancel", DAY), ("revoke", None), ("revoke", EARLIER - timedelta(days=1)), ("revoke", LATER)],
)
def test_liquidation_follows_a_revocation_and_has_its_report(
    verb: str, report_on: date | None, officer: User, reviewer: User
) -> None:
    body = move(verb, OrganisationFactory.create(), by=officer, other=reviewer, on=EARLIER)
    with pytest.raises(Refused) as caught:
        verbs.conclude_liquidation(
            organisation_id=body.pk, by=officer, on=DAY, reason="清算结束", liquidation_report_on=report_on
        )
    assert [each.code for each in caught.value.broken] == ["R-18"]
    assert again(body).cancelled_on == body.cancelled_on


@pytest.mark.django_db
@pytest.mark.parametrize("verb", [verbs.hold, verbs.release])
def test_a_hold_begins_and_ends_with_a_reason(verb: Any, officer: User) -> None:
    body = OrganisationFactory.create()
    with pytest.raises(Refused, match="R-19 写明理由"):
        verb(organisation_id=body.pk, by=officer, on=DAY, reason=" ")
    assert again(body).event_count == 1


@pytest.mark.django_db
def test_a_body_is_held_once_and_released_only_when_held(officer: User, reviewer: User) -> None:
    body = OrganisationFactory.create()
    told = {"organisation_id": body.pk, "by": officer, "on": DAY, "reason": "诉讼中"}
    with pytest.raises(Refused, match="R-120"):
        verbs.release(**told)
    verbs.hold(**told)
    with pytest.raises(Refused, match="R-119"):
        verbs.hold(**told)
    verbs.release(**told)
    with pytest.raises(Refused, match="R-20"):
        verbs.hold(**{**told, "on": timezone.localdate() + timedelta(days=1)})
    assert again(body).event_count == 3
    gone = move("cancel", OrganisationFactory.create(), by=officer, other=reviewer)
    with pytest.raises(Refused, match="R-118"):
        verbs.hold(**{**told, "organisation_id": gone.pk})


@pytest.mark.django_db
def test_evidence_is_of_the_past_and_a_failed_contact_has_its_proof(officer: User) -> None:
    body = OrganisationFactory.create()
    tomorrow = timezone.localdate() + timedelta(days=1)
    told = {"organisation_id": body.pk, "by": officer}
    contact = {"channel": "letter", "target": "虚构区测试路1号", "outcome": "failed"}
    with pytest.raises(Refused, match="R-126"):
        evidence.record_contact(**told, **contact, tried_on=DAY, proof=" ")
    with pytest.raises(Refused, match="R-20"):
        evidence.record_contact(**told, **contact, tried_on=tomorrow, proof="退信")
    with pytest.raises(Refused, match="R-20"):
        evidence.record_activity(**told, held_on=tomorrow, title="年会")
    with pytest.raises(Refused, match="R-20"):
        evidence.survey_activity(**told, until=tomorrow, reason="核查")
    with pytest.raises(Refused, match="R-20"):
        evidence.file_report(**told, year=DAY.year - 1, filed_on=tomorrow)
    assert again(body).event_count == 1


@pytest.mark.django_db
def test_evidence_given_twice_from_one_page_is_taken_once(officer: User) -> None:
    body = OrganisationFactory.create()
    told = {"organisation_id": body.pk, "by": officer, "version": body.version}
    evidence.record_activity(**told, held_on=DAY, title="年会")
    for again_told in (
        lambda: evidence.record_activity(**told, held_on=DAY, title="年会"),
        lambda: evidence.survey_activity(**told, until=DAY, reason="核查"),
        lambda: evidence.file_report(**told, year=DAY.year - 1, filed_on=DAY),
        lambda: evidence.record_contact(**told, channel="phone", target="1", tried_on=DAY, outcome="reached"),
    ):
        with pytest.raises(Stale, match="已被他人修改"):
            again_told()
    assert again(body).event_count == 2


@pytest.mark.django_db
def test_a_refusal_lists_every_broken_rule_in_the_order_of_the_rulebook(officer: User, reviewer: User) -> None:
    body = OrganisationFactory.create()
    wrong = {"resolution_on": None, "liquidation_report_on": None}
    assert refused("cancel", body, by=officer, other=reviewer, **wrong) == ["R-09", "R-11"]


def test_a_code_is_given_once_and_every_rule_has_a_sentence() -> None:
    with pytest.raises(ValueError, match="already taken by not_on_hold"):
        rule("R-01", basis="内部控制/暂缓")(lambda _facts, _on: True)
    with pytest.raises(ValueError, match="no sentence"):
        rule("R-00", basis="内部控制/暂缓")(lambda _facts, _on: True)
    assert "R-00" not in BOOK


def test_a_rule_reads_as_the_officer_reads_it() -> None:
    assert isinstance(rules.has_a_reason, Rule)
    assert str(rules.has_a_reason) == "R-19 写明理由（依据：内部控制/理由）"
