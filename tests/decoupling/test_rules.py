from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest

from decoupling import rules
from decoupling.states import Category, ItemState, Residue
from registry.states import State

TODAY = date(2026, 11, 24)
ON = date(2022, 5, 1)
STEP: dict[str, Any] = {"today": TODAY, "not_before": ON, "exited_on": None, "category": Category.LISTED}
SCOPE = rules.Scope(same_trade_members=True, name_fits=True, registered_as_association=True, note="会员名册")
PLACEMENT: dict[str, Any] = {
    **STEP,
    "scope": SCOPE,
    "document_no": "虚脱钩办〔2022〕1号",
    "is_association": True,
    "is_industry_association": True,
}
ITEM: dict[str, Any] = {**STEP, "plan_approved": True, "evidence": "批复", "reason": "已腾退"}

SOUND: dict[str, tuple[Any, Any]] = {
    "PLACE": (rules.PLACE, rules.EntryFacts(**PLACEMENT, already_listed=False)),
    "MOVE": (rules.MOVE, rules.MoveFacts(**PLACEMENT, leaving=Category.DEFERRED, accepted=False, reason="条件成熟")),
    "SUBMIT_PLAN": (rules.SUBMIT_PLAN, rules.StepFacts(**STEP)),
    "APPROVE_PLAN": (
        rules.APPROVE_PLAN,
        rules.ApprovalFacts(**STEP, submitter=1, approver=2, approval_no="虚2号", approval_body="联合工作组"),
    ),
    "SETTLE_ITEM": (rules.SETTLE_ITEM, rules.ItemFacts(**ITEM, outcome=ItemState.DONE)),
    "REOPEN_ITEM": (rules.REOPEN_ITEM, rules.ItemFacts(**ITEM, outcome=ItemState.PENDING)),
    "SIGN": (
        rules.SIGN,
        rules.SignatureFacts(**STEP, under_way=True, already_signed=False, open_items=(), capacity="民政局"),
    ),
    "ACCEPT": (rules.ACCEPT, rules.AcceptanceFacts(**STEP, state=State.ACTIVE)),
    "SET_RESIDUE": (
        rules.SET_RESIDUE,
        rules.ResidueFacts(**STEP, accepted=False, residue=Residue.OTHER, note="等待上级答复"),
    ),
}

BREACHES: list[tuple[str, str, dict[str, Any]]] = [
    *((step, "R-61", {"exited_on": ON}) for step in SOUND),
    *((step, "R-62", {"not_before": ON + timedelta(days=1)}) for step in SOUND),
    *((step, "R-62", {"today": ON - timedelta(days=1)}) for step in SOUND),
    *((step, "R-63", {"category": Category.DEFERRED}) for step in SOUND if step not in {"PLACE", "MOVE"}),
    *((step, "R-63", {"category": Category.EXEMPT}) for step in SOUND if step not in {"PLACE", "MOVE"}),
    ("PLACE", "R-64", {"scope": replace(SCOPE, same_trade_members=False)}),
    ("MOVE", "R-64", {"scope": replace(SCOPE, name_fits=False)}),
    ("PLACE", "R-65", {"is_association": False}),
    ("PLACE", "R-65", {"is_industry_association": False}),
    ("PLACE", "R-66", {"document_no": "  "}),
    ("MOVE", "R-66", {"scope": replace(SCOPE, note="")}),
    ("PLACE", "R-67", {"already_listed": True}),
    ("MOVE", "R-68", {"leaving": Category.LISTED}),
    ("MOVE", "R-68", {"accepted": True}),
    ("MOVE", "R-69", {"reason": " "}),
    ("APPROVE_PLAN", "R-70", {"approver": 1}),
    ("APPROVE_PLAN", "R-71", {"approval_no": ""}),
    ("APPROVE_PLAN", "R-71", {"approval_body": " "}),
    ("SETTLE_ITEM", "R-72", {"plan_approved": False}),
    ("REOPEN_ITEM", "R-72", {"plan_approved": False}),
    ("SETTLE_ITEM", "R-73", {"evidence": " "}),
    ("SETTLE_ITEM", "R-74", {"outcome": ItemState.NOT_APPLICABLE, "reason": ""}),
    ("REOPEN_ITEM", "R-75", {"reason": ""}),
    ("SIGN", "R-76", {"already_signed": True}),
    ("SIGN", "R-77", {"open_items": ("B1",)}),
    ("SIGN", "R-77", {"under_way": False}),
    ("SIGN", "R-78", {"capacity": ""}),
    ("ACCEPT", "R-79", {"state": State.DORMANT}),
    ("ACCEPT", "R-79", {"state": State.DECOUPLED}),
    ("SET_RESIDUE", "R-80", {"accepted": True}),
    ("SET_RESIDUE", "R-81", {"note": ""}),
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
    facts = rules.StepFacts(**{**STEP, "exited_on": ON + timedelta(days=1)})
    assert rules.broken(rules.SUBMIT_PLAN, facts, on=ON) == []


@pytest.mark.parametrize("category", [Category.EXEMPT, Category.DEFERRED])
def test_only_those_to_decouple_must_meet_the_scope(category: Category) -> None:
    unfit = rules.Scope(same_trade_members=False, name_fits=False, registered_as_association=False, note="民办学校")
    facts = rules.EntryFacts(
        **{
            **PLACEMENT,
            "category": category,
            "scope": unfit,
            "is_association": False,
            "is_industry_association": False,
        },
        already_listed=False,
    )
    assert rules.broken(rules.PLACE, facts, on=ON) == []
