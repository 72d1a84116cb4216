"""Figures as the pages draw them: bars whose parts add up to the whole."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable


@dataclass(frozen=True, slots=True)
class Part:
    """One part of a bar; ``start`` and ``width`` in thousandths of the whole."""

    label: str
    count: int
    tone: str
    stage: str
    start: int
    width: int


def bar(parts: Iterable[tuple[str, int, str, str]]) -> list[Part]:
    """Return parts laid end to end; ``parts`` are label, count, tone, and the filter value behind the number."""
    listed = list(parts)
    whole = sum(count for _, count, _, _ in listed)
    laid, so_far = [], 0
    for label, count, tone, stage in listed:
        start = 1000 * so_far // whole if whole else 0
        so_far += count
        end = 1000 * so_far // whole if whole else 0
        laid.append(Part(label, count, tone, stage, start, end - start))
    return laid
