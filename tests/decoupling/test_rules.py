"""Every rule of every step, broken by its own breach alone."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest

from decoupling import rules
from decoupling.rules import aftercare
from decoupling.rules.listing import suggested_by_name
from decoupling.states import Category, Extent, ItemState, Residue, Responsible
from registry.states import State
from tests.decoupling.situations import IN_SCOPE as SCOPE

TODAY = date(2026, 11, 24)
ON = date(2022, 5, 1)
NEXT = ON + timedelta(days=1)
BODY = "行业协会商会脱钩联合工作组办公室"
STEP: dict[str, Any] = {"today": TODAY, "not_before": ON, "exited_on": None, "category": Category.LISTED}
PLACEMENT: dict[str, Any] = {
    **STEP,
    "scope": SCOPE,
    "document_no": "虚脱钩办〔2022〕1号",
    "reason": "条件成熟",
    "is_association": True,
    "is_industry_association": True,
    "batch_known": True,
}
ITEM: dict[str, Any] = {
    **STEP,
    "plan_approved": True,
    "before_acceptance": True,
    "evidence": "批复",
    "reason": "已腾退",
    "is_transitional": False,
    "until": None,
}
ROUND: dict[str, Any] = {"today": TODAY, "title": "2022年回头看", "document_no": "虚1号", "seed": "虚1号", "size": 3}
LEADER: dict[str, Any] = {
    "born_on": date(1960, 5, 2),
    "took_office_on": date(2020, 1, 1),
    "term_until": date(2024, 12, 31),
    "terms": 2,
    "other_posts": "",
    "age_limit": 70,
    "most_terms": 2,
    "term_years": 5,
}
WHOLE: dict[str, Any] = {
    "presidents": frozenset({"甲"}),
    "secretaries": frozenset({"乙"}),
    "president_employers": frozenset({"甲公司"}),
    "secretary_employers": frozenset({"", "乙公司"}),
    "fee_voted_on": ON,
    "fee_published_on": date(2021, 3, 1),
    "charter_on": ON,
    "party_organisation_on": ON,
    "party_body_set": True,
}

SOUND: dict[str, tuple[Any, Any]] = {
    "PLACE": (rules.PLACE, rules.EntryFacts(**PLACEMENT, already_listed=False)),
    "MOVE": (rules.MOVE, rules.MoveFacts(**PLACEMENT, leaving=Category.DEFERRED, accepted=False)),
    "SUBMIT_PLAN": (rules.SUBMIT_PLAN, rules.StepFacts(**STEP)),
    "RETURN_PLAN": (rules.RETURN_PLAN, rules.PlanReturnFacts(**STEP, reason="补充资产处置")),
    "APPROVE_PLAN": (
        rules.APPROVE_PLAN,
        rules.ApprovalFacts(
            **STEP, submitter=1, approver=2, approval_no="虚2号", approval_body=BODY, approvers=(BODY, "民政局")
        ),
    ),
    "SETTLE_ITEM": (rules.SETTLE_ITEM, rules.ItemFacts(**ITEM, outcome=ItemState.DONE)),
    "REOPEN_ITEM": (rules.REOPEN_ITEM, rules.ItemFacts(**ITEM, outcome=ItemState.PENDING)),
    "RECTIFY_ITEM": (
        rules.RECTIFY_ITEM,
        rules.ItemFacts(**{**ITEM, "before_acceptance": False}, outcome=ItemState.RECTIFYING),
    ),
    "PROLONG_ITEM": (
        rules.PROLONG_ITEM,
        rules.ItemFacts(**{**ITEM, "is_transitional": True, "until": NEXT}, outcome=ItemState.DONE),
    ),
    "ATTACH_EVIDENCE": (rules.ATTACH_EVIDENCE, rules.EvidenceFacts(**STEP, plan_approved=True, title="决定")),
    "SIGN_OFF": (
        rules.SIGN_OFF,
        rules.SignOffFacts(
            **STEP,
            plan_approved=True,
            open_items=(),
            nothing_to_sign=False,
            already_signed=False,
            own=True,
            on_paper=False,
            document_no="虚函1号",
            has_original=True,
            result="已分离",
        ),
    ),
    "REMIND": (rules.REMIND, rules.ReminderFacts(**STEP, is_waited_for=True, reminded_today=False)),
    "SIGN": (
        rules.SIGN,
        rules.SignatureFacts(
            **STEP, under_way=True, already_signed=False, open_items=(), unsigned_headings=(), capacity="民政局"
        ),
    ),
    "ACCEPT": (
        rules.ACCEPT,
        rules.AcceptanceFacts(
            **STEP,
            state=State.ACTIVE,
            unsigned_headings=(),
            certificate_first=True,
            certificate_changed=False,
            certificate_no="虚社证字第9号",
            certificate_from=ON,
        ),
    ),
    "CHANGE_CERTIFICATE": (
        rules.CHANGE_CERTIFICATE,
        rules.CertificateFacts(
            **STEP, plan_approved=True, already_changed=False, certificate_no="虚社证字第9号", issued_on=ON
        ),
    ),
    "PROPOSE_VOID": (
        rules.PROPOSE_VOID,
        rules.VoidProposalFacts(
            **STEP, accepted=True, already_proposed=False, document_no="虚更1号", reason="资产未清"
        ),
    ),
    "VOID": (rules.VOID, rules.VoidFacts(**STEP, proposed_by=1, decided_by=2, reason="属实")),
    "SET_RESIDUE": (
        rules.SET_RESIDUE,
        rules.ResidueFacts(**STEP, accepted=False, residue=Residue.OTHER, note="等待上级答复"),
    ),
    "OPEN_BATCH": (
        rules.OPEN_BATCH,
        rules.BatchFacts(
            today=TODAY, taken=False, number=1, title="第一批", document_no="虚1号", plan_due_on=NEXT, done_due_on=NEXT
        ),
    ),
    "APPOINT": (
        rules.APPOINT,
        rules.AppointmentFacts(today=TODAY, responsible=Responsible.FINANCE, not_before=ON, changes=True),
    ),
    "BEGIN_ROUND": (rules.BEGIN_ROUND, rules.RoundFacts(**ROUND, extent=Extent.SAMPLE, population=3)),
    "FIND_SOUND": (rules.FIND_SOUND, rules.CheckFacts(**STEP, round_open=True, pending=True, note="逐项核对")),
    "FIND_PROBLEM": (
        rules.FIND_PROBLEM,
        rules.ProblemFacts(**STEP, accepted=True, round_open=True, is_checked=True, problem="仍有兼职", due_on=NEXT),
    ),
    "CLOSE_ROUND": (
        rules.CLOSE_ROUND,
        rules.CloseFacts(today=TODAY, not_before=ON, is_open=True, pending=0, rectifying=0, conclusion="全部核查完毕"),
    ),
    "TAKE_SNAPSHOT": (rules.TAKE_SNAPSHOT, rules.SnapshotFacts(today=TODAY)),
    "LEADER": (aftercare.LEADER, aftercare.LeaderFacts(**LEADER)),
    "BODY": (aftercare.BODY, aftercare.BodyFacts(**WHOLE)),
    "ENTER_AFTERCARE": (
        aftercare.ENTER_AFTERCARE,
        aftercare.EntryFacts(**STEP, text="甲", days=(ON - timedelta(days=9),)),
    ),
}

OWN_DATES = {"BEGIN_ROUND", "CLOSE_ROUND", "TAKE_SNAPSHOT", "OPEN_BATCH", "APPOINT", "LEADER", "BODY"}
"""Steps that stand above one association, or only look at one."""
STEPS = [step for step in SOUND if step not in OWN_DATES]
ANYWHERE = {"PLACE", "MOVE", "FIND_SOUND", "FIND_PROBLEM", "PROPOSE_VOID", "VOID", "ENTER_AFTERCARE"}
"""Steps that do not ask whether the association is to decouple."""
UNDONE = {"PROPOSE_VOID", "VOID"}
"""A wrong acceptance is voided also where the body has left the register since."""

BREACHES: list[tuple[str, str, dict[str, Any]]] = [
    *((step, "R-61", {"exited_on": ON}) for step in STEPS if step not in UNDONE),
    *((step, "R-62", {"not_before": NEXT}) for step in STEPS),
    *((step, "R-62", {"today": ON - timedelta(days=1)}) for step in STEPS),
    *((step, "R-63", {"category": each}) for step in STEPS if step not in ANYWHERE for each in ("deferred", "exempt")),
    ("PLACE", "R-64", {"scope": replace(SCOPE, same_trade_members=False)}),
    ("MOVE", "R-64", {"scope": replace(SCOPE, name_fits=False)}),
    ("PLACE", "R-65", {"is_association": False}),
    ("PLACE", "R-65", {"is_industry_association": False}),
    ("PLACE", "R-66", {"document_no": "  "}),
    ("PLACE", "R-303", {"scope": replace(SCOPE, members_evidence="")}),
    ("MOVE", "R-303", {"scope": replace(SCOPE, name_evidence=" ")}),
    ("MOVE", "R-303", {"scope": replace(SCOPE, registration_evidence="")}),
    ("PLACE", "R-304", {"batch_known": False}),
    ("PLACE", "R-305", {"category": Category.DEFERRED, "reason": " "}),
    ("PLACE", "R-67", {"already_listed": True}),
    ("MOVE", "R-68", {"leaving": Category.LISTED}),
    ("MOVE", "R-68", {"accepted": True}),
    ("MOVE", "R-69", {"reason": " "}),
    ("RETURN_PLAN", "R-306", {"reason": ""}),
    ("APPROVE_PLAN", "R-70", {"approver": 1}),
    ("APPROVE_PLAN", "R-71", {"approval_no": ""}),
    ("APPROVE_PLAN", "R-71", {"approval_body": " "}),
    ("APPROVE_PLAN", "R-307", {"approval_body": "教育局"}),
    ("SETTLE_ITEM", "R-72", {"plan_approved": False}),
    ("REOPEN_ITEM", "R-72", {"plan_approved": False}),
    ("SETTLE_ITEM", "R-73", {"evidence": " "}),
    ("SETTLE_ITEM", "R-74", {"outcome": ItemState.NOT_APPLICABLE, "reason": ""}),
    ("SETTLE_ITEM", "R-308", {"until": NEXT}),
    ("SETTLE_ITEM", "R-308", {"is_transitional": True}),
    ("SETTLE_ITEM", "R-308", {"is_transitional": True, "until": ON - timedelta(days=1)}),
    ("REOPEN_ITEM", "R-75", {"reason": ""}),
    ("RECTIFY_ITEM", "R-75", {"reason": " "}),
    ("REOPEN_ITEM", "R-301", {"before_acceptance": False}),
    ("PROLONG_ITEM", "R-302", {"until": ON - timedelta(days=1)}),
    ("PROLONG_ITEM", "R-302", {"evidence": ""}),
    ("PROLONG_ITEM", "R-302", {"outcome": ItemState.PENDING}),
    ("ATTACH_EVIDENCE", "R-309", {"title": " "}),
    ("ATTACH_EVIDENCE", "R-310", {"plan_approved": False}),
    ("SIGN_OFF", "R-311", {"own": False}),
    ("SIGN_OFF", "R-311", {"own": False, "on_paper": True, "document_no": ""}),
    ("SIGN_OFF", "R-311", {"own": False, "on_paper": True, "has_original": False}),
    ("SIGN_OFF", "R-312", {"open_items": ("C1",)}),
    ("SIGN_OFF", "R-312", {"plan_approved": False}),
    ("SIGN_OFF", "R-312", {"nothing_to_sign": True}),
    ("SIGN_OFF", "R-313", {"result": ""}),
    ("SIGN_OFF", "R-314", {"already_signed": True}),
    ("REMIND", "R-315", {"is_waited_for": False}),
    ("REMIND", "R-316", {"reminded_today": True}),
    ("SIGN", "R-76", {"already_signed": True}),
    ("SIGN", "R-77", {"open_items": ("B1",)}),
    ("SIGN", "R-77", {"under_way": False}),
    ("SIGN", "R-317", {"unsigned_headings": ("C",)}),
    ("SIGN", "R-78", {"capacity": ""}),
    ("ACCEPT", "R-79", {"state": State.DORMANT}),
    ("ACCEPT", "R-79", {"state": State.DECOUPLED}),
    ("ACCEPT", "R-318", {"unsigned_headings": ("A",)}),
    ("ACCEPT", "R-319", {"certificate_no": "", "certificate_from": None}),
    ("ACCEPT", "R-320", {"certificate_from": None}),
    ("ACCEPT", "R-320", {"certificate_from": NEXT}),
    ("ACCEPT", "R-320", {"certificate_no": "", "certificate_changed": True}),
    ("CHANGE_CERTIFICATE", "R-321", {"plan_approved": False}),
    ("CHANGE_CERTIFICATE", "R-321", {"already_changed": True}),
    ("CHANGE_CERTIFICATE", "R-322", {"certificate_no": ""}),
    ("CHANGE_CERTIFICATE", "R-322", {"issued_on": NEXT}),
    ("PROPOSE_VOID", "R-324", {"accepted": False}),
    ("PROPOSE_VOID", "R-324", {"already_proposed": True}),
    ("PROPOSE_VOID", "R-325", {"document_no": ""}),
    ("PROPOSE_VOID", "R-325", {"reason": " "}),
    ("VOID", "R-326", {"proposed_by": None}),
    ("VOID", "R-326", {"decided_by": 1}),
    ("VOID", "R-326", {"reason": ""}),
    ("SET_RESIDUE", "R-80", {"accepted": True}),
    ("SET_RESIDUE", "R-81", {"note": ""}),
    ("OPEN_BATCH", "R-336", {"number": 0}),
    ("OPEN_BATCH", "R-336", {"taken": True}),
    ("OPEN_BATCH", "R-336", {"title": ""}),
    ("OPEN_BATCH", "R-336", {"document_no": ""}),
    ("OPEN_BATCH", "R-336", {"today": ON - timedelta(days=1)}),
    ("OPEN_BATCH", "R-337", {"done_due_on": ON}),
    ("OPEN_BATCH", "R-337", {"plan_due_on": None, "done_due_on": ON - timedelta(days=1)}),
    ("APPOINT", "R-338", {"responsible": Responsible.REGISTRAR}),
    ("APPOINT", "R-338", {"changes": False}),
    ("APPOINT", "R-338", {"not_before": NEXT}),
    ("APPOINT", "R-338", {"today": ON - timedelta(days=1)}),
    ("BEGIN_ROUND", "R-327", {"title": ""}),
    ("BEGIN_ROUND", "R-327", {"document_no": " "}),
    ("BEGIN_ROUND", "R-327", {"today": ON - timedelta(days=1)}),
    ("BEGIN_ROUND", "R-328", {"seed": ""}),
    ("BEGIN_ROUND", "R-328", {"size": 4}),
    ("BEGIN_ROUND", "R-328", {"size": None}),
    ("BEGIN_ROUND", "R-328", {"extent": Extent.ALL, "population": 0}),
    ("FIND_SOUND", "R-329", {"round_open": False}),
    ("FIND_SOUND", "R-329", {"pending": False}),
    ("FIND_SOUND", "R-330", {"note": ""}),
    ("FIND_PROBLEM", "R-331", {"accepted": False}),
    ("FIND_PROBLEM", "R-331", {"round_open": False}),
    ("FIND_PROBLEM", "R-331", {"is_checked": False}),
    ("FIND_PROBLEM", "R-332", {"problem": " "}),
    ("FIND_PROBLEM", "R-333", {"due_on": None}),
    ("FIND_PROBLEM", "R-333", {"due_on": ON - timedelta(days=1)}),
    ("CLOSE_ROUND", "R-334", {"is_open": False}),
    ("CLOSE_ROUND", "R-334", {"pending": 1}),
    ("CLOSE_ROUND", "R-334", {"rectifying": 1}),
    ("CLOSE_ROUND", "R-334", {"not_before": NEXT}),
    ("CLOSE_ROUND", "R-335", {"conclusion": ""}),
    ("TAKE_SNAPSHOT", "R-323", {"today": ON - timedelta(days=1)}),
    ("LEADER", "R-339", {"born_on": date(1951, 5, 1)}),
    ("LEADER", "R-343", {"born_on": None}),
    ("LEADER", "R-340", {"terms": 3}),
    ("LEADER", "R-341", {"term_until": ON - timedelta(days=1)}),
    ("LEADER", "R-341", {"term_until": None, "took_office_on": date(2017, 5, 1)}),
    ("LEADER", "R-342", {"other_posts": "虚构区别家协会会长"}),
    ("BODY", "R-344", {"secretaries": frozenset({"甲", "乙"})}),
    ("BODY", "R-344", {"secretaries": frozenset()}),
    ("BODY", "R-344", {"secretary_employers": frozenset({"甲公司"})}),
    ("BODY", "R-345", {"fee_voted_on": None}),
    ("BODY", "R-346", {"fee_published_on": date(2020, 12, 31)}),
    ("BODY", "R-346", {"fee_published_on": None}),
    ("BODY", "R-347", {"charter_on": None}),
    ("BODY", "R-348", {"party_body_set": False}),
    ("BODY", "R-348", {"party_organisation_on": None}),
    ("ENTER_AFTERCARE", "R-349", {"text": " "}),
    ("ENTER_AFTERCARE", "R-349", {"days": (NEXT,)}),
    ("ENTER_AFTERCARE", "R-349", {"days": (None,)}),
    ("ENTER_AFTERCARE", "R-349", {"born_on": ON - timedelta(days=9)}),
    ("ENTER_AFTERCARE", "R-349", {"term_until": ON - timedelta(days=10)}),
]


@pytest.mark.parametrize("step", SOUND)
def test_sound_facts_break_no_rule(step: str) -> None:
    book, facts = SOUND[step]
    assert rules.broken(book, facts, on=ON) == []


@pytest.mark.parametrize(("step", "code", "breach"), BREACHES)
def test_each_rule_is_broken_by_its_own_breach_alone(step: str, code: str, breach: dict[str, Any]) -> None:
    book, facts = SOUND[step]
    assert [each.code for each in rules.broken(book, replace(facts, **breach), on=ON)] == [code]


def test_every_rule_of_every_step_is_broken_above() -> None:
    used = {each.code for book, _ in SOUND.values() for each in book}
    assert used == {code for _, code, _ in BREACHES}


def test_a_body_that_leaves_tomorrow_is_on_the_register_today() -> None:
    facts = rules.StepFacts(**{**STEP, "exited_on": NEXT})
    assert rules.broken(rules.SUBMIT_PLAN, facts, on=ON) == []


@pytest.mark.parametrize("category", [Category.EXEMPT, Category.DEFERRED])
def test_only_those_to_decouple_must_meet_the_scope(category: Category) -> None:
    unfit = replace(SCOPE, same_trade_members=False, name_fits=False, registered_as_association=False)
    outside = {"category": category, "scope": unfit, "is_association": False, "is_industry_association": False}
    facts = rules.EntryFacts(**{**PLACEMENT, **outside}, already_listed=False)
    assert rules.broken(rules.PLACE, facts, on=ON) == []


@pytest.mark.parametrize(
    ("name", "hint"),
    [("虚构区餐饮行业协会", "行业协会"), ("虚构区商会", "商会"), ("虚构区读书会", ""), ("虚构区协会之家", "")],
)
def test_a_name_only_suggests(name: str, hint: str) -> None:
    assert suggested_by_name(name, ("协会", "行业协会", "商会")) == hint
    unfit = replace(SCOPE, same_trade_members=False)
    assert not unfit.meets_all


def test_a_sample_is_drawn_the_same_by_anybody_and_otherwise_with_another_seed() -> None:
    codes = [f"51120119MJ{n:08d}" for n in range(30)]
    drawn = rules.drawn(codes, seed="虚1号", size=5)
    assert drawn == rules.drawn(reversed(codes), seed="虚1号", size=5)
    assert len(set(drawn)) == 5
    assert set(drawn) != set(rules.drawn(codes, seed="虚2号", size=5))
