"""Fixtures of the cleanup's tests."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.replay import differences

if TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.fixture
def told_whole(db: None) -> Iterator[None]:
    """See after the test that findings, cases, rounds and deadlines stand as the ledger alone tells them."""
    yield
    assert differences() == []
