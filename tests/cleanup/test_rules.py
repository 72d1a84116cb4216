"""Each criterion at its edges: the facts of a body that just meets it, and each single fact that clears it."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest

from cleanup import rules
from cleanup.rules import CRITERIA, Facts, WindowFacts
from cleanup.states import Criterion
from registry.rulebook import BOOK

ON = date(2022, 9, 1)
A_DAY = timedelta(days=1)

WINDOW = WindowFacts(
    criteria="ABCDEF",
    report_years=(2020, 2021),
    due_on={2020: date(2021, 6, 30), 2021: ON - A_DAY},
    due_if_established_by={2020: date(2020, 6, 30), 2021: date(2021, 6, 30)},
    years_on_file=frozenset({2020, 2021}),
    first_year_months=12,
    inactive_since=date(2021, 1, 1),
    surveyed_since=date(2022, 1, 1),
    contact_since=date(2022, 1, 1),
    address_attempts=2,
    representative_attempts=1,
)
BLANK = Facts(
    window=WINDOW,
    established_on=date(2010, 5, 6),
    filed_years=frozenset({2020, 2021}),
    last_activity_on=date(2022, 8, 1),
    activity_surveyed_on=date(2022, 8, 1),
    failed_address=0,
    failed_representative=0,
    determinations=frozenset(),
)
MEETS: dict[str, dict[str, Any]] = {
    "R-31": {"established_on": date(2020, 6, 30), "filed_years": frozenset()},
    "R-32": {"established_on": date(2021, 7, 1), "last_activity_on": None},
    "R-33": {"established_on": date(2020, 12, 31), "last_activity_on": date(2020, 12, 31)},
    "R-34": {"failed_address": 2, "failed_representative": 1},
    "R-35": {"determinations": frozenset("E")},
    "R-36": {"determinations": frozenset("F")},
}
CLEARS: list[tuple[str, dict[str, Any]]] = [
    ("R-31", {"filed_years": frozenset({2020})}),
    ("R-31", {"filed_years": frozenset({2021})}),
    ("R-31", {"established_on": date(2020, 7, 1)}),
    ("R-31", {"established_on": None}),
    ("R-31", {"window": replace(WINDOW, due_on={**WINDOW.due_on, 2021: ON})}),
    ("R-31", {"window": replace(WINDOW, years_on_file=frozenset({2020}))}),
    ("R-32", {"established_on": ON - timedelta(days=364)}),
    ("R-32", {"established_on": None}),
    ("R-32", {"last_activity_on": date(2021, 7, 2)}),
    ("R-32", {"activity_surveyed_on": None}),
    ("R-32", {"activity_surveyed_on": date(2021, 7, 1) + timedelta(days=31 * 12 - 1)}),
    ("R-32", {"window": replace(WINDOW, surveyed_since=date(2022, 8, 2))}),
    ("R-33", {"established_on": date(2021, 1, 1)}),
    ("R-33", {"established_on": None}),
    ("R-33", {"last_activity_on": date(2021, 1, 1)}),
    ("R-33", {"activity_surveyed_on": None}),
    ("R-33", {"activity_surveyed_on": date(2021, 12, 31)}),
    ("R-33", {"window": replace(WINDOW, inactive_since=ON)}),
    ("R-34", {"failed_address": 1}),
    ("R-34", {"failed_representative": 0}),
    ("R-35", {"determinations": frozenset("F")}),
    ("R-36", {"determinations": frozenset("E")}),
]


def test_each_criterion_is_one_rule() -> None:
    assert [each.code for each in CRITERIA.values()] == sorted(MEETS)
    assert list(CRITERIA) == list(Criterion)


def test_a_body_in_order_meets_no_criterion() -> None:
    assert rules.matched(BLANK, on=ON) == ""


@pytest.mark.parametrize("code", sorted(MEETS))
def test_a_body_just_meets_a_criterion_and_no_other(code: str) -> None:
    facts = replace(BLANK, **MEETS[code])
    assert [each.code for each in CRITERIA.values() if each.holds(facts, ON)] == [code]


@pytest.mark.parametrize(("code", "fact"), CLEARS)
def test_one_fact_is_enough_to_clear_a_criterion(code: str, fact: dict[str, Any]) -> None:
    assert not BOOK[code].holds(replace(BLANK, **{**MEETS[code], **fact}), ON)


def test_a_criterion_the_campaign_does_not_ask_for_counts_for_nothing() -> None:
    facts = replace(BLANK, window=replace(WINDOW, criteria="BCDEF"), **MEETS["R-31"])
    assert rules.matched(facts, on=ON) == ""
