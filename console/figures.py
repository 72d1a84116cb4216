"""Figures as the pages draw them: bars whose parts add up to the whole, columns over months."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence


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


@dataclass(frozen=True, slots=True)
class Column:
    """One column of a chart, in the chart's own units from its upper left corner."""

    x: int
    y: int
    width: int
    height: int
    tone: str


@dataclass(frozen=True, slots=True)
class Mark:
    """A word on an axis: where along it, and what it says."""

    at: int
    text: str


@dataclass(frozen=True, slots=True)
class Chart:
    """Groups of columns over a common ground line; ``rungs`` are the horizontal lines, ``names`` stand below."""

    columns: list[Column]
    rungs: list[Mark]
    names: list[Mark]


LEFT, RIGHT, TOP, GROUND = 40, 480, 10, 150
"""Edges of the drawing, in units of the chart, which is 480 wide and 180 high."""

RUNGS = 4
GAP = 8


def columns(groups: Sequence[tuple[str, Sequence[int]]], tones: Sequence[str]) -> Chart:
    """Return the chart of ``groups``: each a name and one count for each tone."""
    step = _step(max((count for _, counts in groups for count in counts), default=0))
    height = GROUND - TOP
    room = (RIGHT - LEFT) // max(len(groups), 1)
    width = max((room - GAP) // len(tones), 1)
    drawn, names = [], []
    for place, (name, counts) in enumerate(groups):
        start = LEFT + place * room + GAP // 2
        names.append(Mark(start + width * len(tones) // 2, name))
        for number, (count, tone) in enumerate(zip(counts, tones, strict=True)):
            tall = height * count // (step * RUNGS)
            drawn.append(Column(start + number * width, GROUND - tall, width - 1, tall, tone))
    rungs = [Mark(GROUND - height * number // RUNGS, str(step * number)) for number in range(RUNGS + 1)]
    return Chart(drawn, rungs, names)


def _step(highest: int) -> int:
    """Return the smallest of 1, 2, 5, 10, 20, 50 … of which `RUNGS` reach ``highest``."""
    size = 1
    while True:
        for step in (size, 2 * size, 5 * size):
            if step * RUNGS >= highest:
                return step
        size *= 10
