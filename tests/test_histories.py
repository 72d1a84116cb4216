"""Thousands of steps of random histories: the tables stay what the ledger tells, and the ledger holds.

Few steps run with the suite. Thousands: ``pytest tests/test_histories.py --hypothesis-profile=long``.
"""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis.stateful import run_state_machine_as_test

from tests.history import History

SHORT = settings(max_examples=6, stateful_step_count=25)
LONG = settings(max_examples=30, stateful_step_count=100)
"""Three thousand steps; more with another ``max_examples``."""


@pytest.mark.django_db
def test_whatever_happens_the_tables_are_what_the_ledger_tells() -> None:
    how_many = LONG if settings.get_current_profile_name() == "long" else SHORT
    run_state_machine_as_test(
        History,
        settings=settings(how_many, deadline=None, suppress_health_check=list(HealthCheck), phases=[Phase.generate]),
    )
