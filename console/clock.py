"""Deadlines in words: how many days are left, or by how many one has passed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.utils.translation import gettext

from worker.queries.carried import COMING
from worker.queries.workload import AHEAD

if TYPE_CHECKING:
    from datetime import date


def stands(due_on: date, on: date) -> str:
    """Return where a deadline stands on the day ``on``."""
    days = (due_on - on).days
    if days == 0:
        return gettext("今日到期")
    if days > 0:
        return gettext("还有%(days)s日") % {"days": days}
    return gettext("已逾期%(days)s日") % {"days": -days}


def is_near(due_on: date, on: date) -> bool:
    """Tell whether a deadline is no more than two weeks away from the day ``on``."""
    return (due_on - on).days <= COMING[AHEAD]
