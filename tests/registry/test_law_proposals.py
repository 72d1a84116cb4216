"""A proposed change of the law, from who proposes it to another officer's decision, and the ledger it leaves."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

import pytest
from django.db import DatabaseError, connection, transaction
from django.utils import timezone
from django_fsm import TransitionNotAllowed

from registry.actions import law_proposal as proposals
from registry.models import IsFinal, JobRun, LawChange, LawEffect, LawEvent, LawProposal, LegalBasis, Policy
from registry.queries.law import value
from registry.queries.law_changes import amended
from registry.queries.verification import LAW, faults
from registry.rules import Refused
from registry.states import ProposalState, Role
from tests.constraints import refused_by
from tests.factories import OrganisationFactory, UserFactory
from tests.registry.law import NOTHING, ON, approve, longer_alerts, new_value, proposed, touching

if TYPE_CHECKING:
    from registry.models import User

pytestmark = pytest.mark.django_db


@pytest.fixture
def director(db: None) -> User:
    return UserFactory.create(role=Role.DIRECTOR)


def refusal(act: Any, *args: Any, **how: Any) -> list[str]:
    with pytest.raises(Refused) as caught, transaction.atomic():
        act(*args, **how)
    return [each.holds.__name__ for each in caught.value.broken]


def law_faults() -> list[str]:
    return [fault.message for fault in faults() if fault.code == LAW]


def tamper(sql: str, *args: object) -> None:
    with connection.cursor() as cursor:
        cursor.execute(sql, args)


def test_a_change_takes_effect_when_another_officer_approves_it(officer: User, reviewer: User) -> None:
    proposal = proposed(new_value(), by=officer)
    assert value("annual_report.due", on=ON, kind="association", year=2021) == "05-31"
    event = approve(proposal, by=reviewer)
    assert value("annual_report.due", on=ON, kind="association", year=2021) == "06-30"
    assert value("annual_report.due", on=date(2022, 4, 19), kind="association", year=2021) == "05-31"
    assert value("annual_report.due", on=ON, kind="association", year=2022) == "05-31"
    proposal = LawProposal.objects.get(pk=proposal.pk)
    assert (proposal.state, proposal.ended_by, proposal.ended_on) == (ProposalState.APPROVED, reviewer, ON)
    assert [each.verb for each in LawEvent.objects.all()] == ["law.propose", "law.approve"]
    (told,) = event.facts["changes"]
    assert told["row"] == Policy.objects.get(year=2021).pk
    assert told["after"]["source"].startswith("虚民函")
    assert list(faults()) == []


def test_who_proposed_a_change_does_not_decide_it(officer: User) -> None:
    proposal = proposed(by=officer)
    assert refusal(approve, proposal, by=officer) == ["law_is_approved_by_another"]
    how: dict[str, Any] = {"proposal_id": proposal.pk, "by": officer, "on": ON, "reason": "不妥"}
    assert refusal(proposals.reject, **how) == ["law_is_rejected_by_another"]
    assert Policy.objects.filter(year=2021).count() == 0


def test_an_approval_says_why_and_is_of_the_effect_that_was_seen(officer: User, reviewer: User) -> None:
    proposal = proposed(by=officer)
    assert refusal(approve, proposal, by=reviewer, opinion=" ") == ["approval_has_an_opinion"]
    assert refusal(approve, proposal, by=reviewer, seen="") == ["effect_is_as_seen"]
    assert refusal(approve, proposal, by=reviewer, seen=touching(1).digest) == ["effect_is_as_seen"]
    assert refusal(approve, proposal, by=reviewer, on=date(2026, 3, 1)) == ["step_keeps_the_order"]


def test_a_wide_effect_waits_for_the_director(officer: User, reviewer: User, director: User) -> None:
    bodies = [OrganisationFactory.create().pk for _ in range(3)]
    narrow, wide = touching(bodies[0]), touching(*bodies[:2])
    proposal = proposed(by=officer)
    proposals.keep_effect(proposal, wide)
    assert refusal(approve, proposal, by=reviewer, found=wide) == ["wide_effect_is_confirmed"]
    how: dict[str, Any] = {"proposal_id": proposal.pk, "on": ON, "reason": "确需延期", "seen": wide.digest}
    assert refusal(proposals.confirm, **how, by=officer) == ["wide_effect_is_confirmed_by_another"]
    assert refusal(proposals.confirm, **{**how, "reason": ""}, by=director) == ["confirmation_has_a_reason"]
    assert refusal(proposals.confirm, **{**how, "seen": narrow.digest}, by=director) == ["confirmed_effect_is_as_seen"]
    event = proposals.confirm(**how, by=director)
    assert event.facts["effect"] == {"digest": wide.digest, "bodies": 2, "existing": 10, "limit": "10%"}
    wider = touching(*bodies)
    assert refusal(approve, proposal, by=reviewer, found=wider) == ["wide_effect_is_confirmed"]
    approve(proposal, by=reviewer, found=wide)
    assert LawEffect.objects.filter(proposal=proposal).count() == 2
    assert list(faults()) == []


def test_an_effect_within_the_limit_needs_no_director(officer: User, reviewer: User) -> None:
    approve(proposed(by=officer), by=reviewer, found=touching(OrganisationFactory.create().pk))


def test_a_proposal_is_turned_down_or_taken_back_for_a_reason(officer: User, reviewer: User) -> None:
    turned_down, taken_back = proposed(by=officer), proposed(longer_alerts(), by=officer)
    how: dict[str, Any] = {"on": ON, "by": reviewer}
    assert refusal(proposals.reject, proposal_id=turned_down.pk, reason="", **how) == ["law_end_has_a_reason"]
    proposals.reject(proposal_id=turned_down.pk, reason="通知未到", **how)
    assert refusal(proposals.withdraw, proposal_id=taken_back.pk, reason="有误", **how) == [
        "law_is_withdrawn_by_its_proposer"
    ]
    proposals.withdraw(proposal_id=taken_back.pk, reason="有误", on=ON, by=officer)
    states = dict(LawProposal.objects.values_list("pk", "state"))
    assert states == {turned_down.pk: "rejected", taken_back.pk: "withdrawn"}
    assert list(faults()) == []


@pytest.mark.parametrize("verb", ["approve", "reject", "withdraw", "confirm"])
def test_what_is_decided_stays_decided(verb: str, officer: User, reviewer: User) -> None:
    proposal = proposed(by=officer)
    approve(proposal, by=reviewer)
    how: dict[str, Any] = {"proposal_id": proposal.pk, "by": reviewer, "on": ON, "reason": "再次办理"}
    acts = {
        "approve": lambda: approve(LawProposal.objects.get(pk=proposal.pk), by=UserFactory.create()),
        "reject": lambda: proposals.reject(**how),
        "withdraw": lambda: proposals.withdraw(**{**how, "by": officer}),
        "confirm": lambda: proposals.confirm(**how, seen=NOTHING.digest),
    }
    JobRun.objects.filter(job="law").update(job="law of before")
    with pytest.raises(TransitionNotAllowed), transaction.atomic():
        acts[verb]()
    assert LawEvent.objects.count() == 2


def test_a_change_of_what_has_moved_since_is_refused(officer: User, reviewer: User) -> None:
    first, second = proposed(longer_alerts(), by=officer), proposed(longer_alerts(), by=officer)
    approve(first, by=reviewer)
    assert refusal(approve, second, by=reviewer) == ["law_stands_as_it_did"]


def test_a_refused_event_leaves_nothing_behind(officer: User, reviewer: User, monkeypatch: pytest.MonkeyPatch) -> None:
    proposal = proposed(by=officer)

    def broken(*_: Any, **__: Any) -> None:
        raise DatabaseError("the ledger is full")

    monkeypatch.setattr(LawEvent, "save", broken)
    for act in (lambda: proposed(longer_alerts(), by=officer), lambda: approve(proposal, by=reviewer)):
        with pytest.raises(DatabaseError, match="the ledger is full"), transaction.atomic():
            act()
    assert LawProposal.objects.get().state == ProposalState.PROPOSED
    assert Policy.objects.filter(year=2021).count() == 0


def test_what_is_supposed_does_not_stay(officer: User) -> None:
    with proposals.supposing(new_value()):
        assert value("annual_report.due", on=ON, kind="association", year=2021) == "06-30"
    assert value("annual_report.due", on=ON, kind="association", year=2021) == "05-31"


# --- the ledger of the law ----------------------------------------------------------------------------------------


def test_the_ledger_of_the_law_is_only_added_to(officer: User) -> None:
    proposed(by=officer)
    event, change = LawEvent.objects.get(), LawChange.objects.get()
    for act in (
        lambda: LawEvent.objects.update(reason="x"),
        lambda: LawEvent.objects.all().delete(),
        event.save,
        event.delete,
        change.save,
    ):
        with pytest.raises(IsFinal):
            act()
    for statement in ("UPDATE registry_lawevent SET reason = 'x'", "DELETE FROM registry_lawevent"):
        with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
            tamper(statement)


@pytest.mark.usefixtures("without_guards")
@pytest.mark.parametrize(
    ("statement", "fault"),
    [
        ("UPDATE registry_lawevent SET reason = 'x' WHERE seq = 2", "内容被改动"),
        ("UPDATE registry_lawevent SET on = '2026-01-01' WHERE seq = 1", "内容被改动"),
        ("DELETE FROM registry_lawevent WHERE seq = 1", "序号不连续"),
    ],
)
def test_tampering_with_the_ledger_of_the_law_is_named(
    statement: str, fault: str, officer: User, reviewer: User
) -> None:
    approve(proposed(by=officer), by=reviewer)
    tamper(statement.replace(" on =", ' "on" ='))
    assert any(fault in each for each in law_faults())


def test_law_changed_behind_the_ledgers_back_is_named(officer: User, reviewer: User) -> None:
    approve(proposed(by=officer), by=reviewer)
    Policy.objects.filter(year=2021).update(value="07-31")
    Policy.objects.filter(key="alert.days_before").update(value=1)
    Policy.objects.create(key="alert.days_before", kind="association", value=1, source="无", effective_from=ON)
    LegalBasis.objects.get(code="行政处罚法/60").delete()
    assert sorted(law_faults()) == sorted(
        [
            "政策参数“年检（年报）报送登记管理机关的截止日”（适用社会团体、2021年度、自 2022-04-20 起）与台账不符：value",
            "政策参数“期限届满前提醒的天数”（适用各类组织、自 2020-01-01 起）与台账不符：value",
            "政策参数“期限届满前提醒的天数”（适用社会团体、自 2026-03-02 起）未经批准增加",
            "法律依据“行政处罚法/60”（2021修订版本）未经批准删除",
        ]
    )


def test_a_proposal_moved_behind_the_ledgers_back_is_named(officer: User, reviewer: User) -> None:
    proposal = proposed(by=officer)
    LawProposal.objects.filter(pk=proposal.pk).update(
        state=ProposalState.REJECTED, ended_on=ON, ended_by=reviewer, end_reason="无"
    )
    LawProposal.objects.create(reason="无台账", proposed_on=ON, proposed_by=officer)
    assert [each.partition("”")[2] for each in law_faults()] == ["的状态与最后一条记录不符", "没有任何台账记录"]


def test_a_corrected_start_leaves_the_ledger_whole(officer: User, reviewer: User) -> None:
    changes = amended(Policy.objects.get(key="alert.days_before"), effective_from=date(2019, 1, 1), source="更正")
    approve(proposed(changes, by=officer), by=reviewer)
    assert law_faults() == []


# --- constraints --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "breach"),
    [
        ("law_proposal_state_known", {"state": "lost", "ended_on": ON, "ended_by": "other"}),
        ("law_proposal_has_reason", {"reason": ""}),
        ("law_proposal_effect_is_whole", {"effect_digest": "x"}),
        ("law_proposal_effect_is_whole", {"judged_at": "now", "effect_digest": "x", "limit": "10%", "bodies": 2}),
        ("law_proposal_confirmed_by_another_for_a_reason", {"confirmed_on": ON}),
        (
            "law_proposal_confirmed_by_another_for_a_reason",
            {"confirmed_on": ON, "confirmed_by": "proposer", "confirm_reason": "x", "confirmed_digest": "x"},
        ),
        ("law_proposal_ended_has_date_and_officer", {"ended_on": ON}),
        ("law_proposal_ended_has_date_and_officer", {"state": "withdrawn", "end_reason": "x"}),
        (
            "law_proposal_decided_by_another",
            {"state": "rejected", "ended_on": ON, "ended_by": "proposer", "end_reason": "x"},
        ),
        ("law_proposal_turned_down_has_reason", {"state": "rejected", "ended_on": ON, "ended_by": "other"}),
        ("law_proposal_approved_has_run_and_effect", {"state": "approved", "ended_on": ON, "ended_by": "other"}),
        ("law_proposal_recalculates_once_approved", {"recalculate_on": ON}),
        ("law_proposal_held_from_its_day_on", {"held_on": ON}),
    ],
)
def test_the_database_keeps_a_proposal_whole(name: str, breach: dict[str, Any], officer: User, reviewer: User) -> None:
    who = {"proposer": officer, "other": reviewer, "now": timezone.now()}
    columns = {key: who.get(each, each) if isinstance(each, str) else each for key, each in breach.items()}
    with refused_by(LawProposal, name):
        LawProposal.objects.create(**{"reason": "延期", "proposed_on": ON, "proposed_by": officer, **columns})


@pytest.mark.parametrize(
    ("name", "breach"),
    [("law_change_once_per_place", {"place": 1}), ("law_change_table_known", {"table": "decree"})],
)
def test_the_database_keeps_changes_whole(name: str, breach: dict[str, Any], officer: User) -> None:
    columns = {"proposal": proposed(by=officer), "place": 2, "table": "policy", "named": "x", "after": {"x": 1}}
    with refused_by(LawChange, name):
        LawChange.objects.create(**{**columns, **breach})


@pytest.mark.parametrize(
    ("name", "breach"),
    [("law_effect_once_per_place", {"place": 1}), ("law_effect_changes_something", {"after": "甲"})],
)
def test_the_database_keeps_effects_whole(name: str, breach: dict[str, Any], officer: User) -> None:
    columns = {"proposal": proposed(by=officer), "subject": "x:1", "what": "x", "before": "甲", "after": "乙"}
    LawEffect.objects.create(**columns, place=1)
    with refused_by(LawEffect, name):
        LawEffect.objects.create(**{**columns, "place": 2, **breach})


@pytest.mark.parametrize(
    ("name", "breach"), [("law_event_seq_from_one", {"seq": 0}), ("law_event_has_reason", {"reason": ""})]
)
def test_the_database_keeps_the_ledger_of_the_law_whole(name: str, breach: dict[str, Any], officer: User) -> None:
    proposed(by=officer)
    event = LawEvent.objects.get()
    values = {field.attname: getattr(event, field.attname) for field in LawEvent._meta.concrete_fields}
    with refused_by(LawEvent, name):
        LawEvent.objects.bulk_create([LawEvent(**{**values, "id": None, "seq": 2, **breach})])
