"""What an import has to say about rows: warnings about those taken, reasons and remedies for those refused."""

from __future__ import annotations

from dataclasses import dataclass
from dataclasses import field as column
from typing import TYPE_CHECKING

from registry.cells import shown
from registry.models import ImportIssue

if TYPE_CHECKING:
    from collections.abc import Mapping

    from registry.actions.intake.columns import Columns, Layout
    from registry.cells import Cell
    from registry.models import ImportRun
    from registry.tables import Row

REFUSED = ImportIssue.Severity.REFUSED
WARNING = ImportIssue.Severity.WARNING
KEPT = 200
"""So many issues a report carries itself; all of them are in the table of issues."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Issue:
    """One thing to tell about a row, in Chinese; row 0 is the whole file."""

    row: int
    severity: str
    field: str
    value: str
    reason: str
    remedy: str
    cells: Mapping[str, str] = column(default_factory=dict)

    def to_row(self, run: ImportRun) -> ImportIssue:
        """Return the unsaved table row of this issue."""
        return ImportIssue(
            run=run,
            row=self.row,
            severity=self.severity,
            field=self.field,
            value=self.value,
            reason=self.reason,
            remedy=self.remedy,
            cells=dict(self.cells),
        )


@dataclass(slots=True)
class Margin:
    """The margin of one row, where the reader writes what it doubts or refuses."""

    row: Row
    layout: Layout
    columns: Columns
    issues: list[Issue] = column(default_factory=list)
    is_refused: bool = False

    def cell(self, name: str) -> Cell:
        """Return the row's cell for a field."""
        return self.layout.cell(self.row.cells, name)

    def warn(self, name: str, reason: str, remedy: str, *, value: str | None = None) -> None:
        """Note a doubt about a field that was left out or taken all the same; dropped when the row is refused."""
        if not self.is_refused:
            self.issues.append(self._issue(WARNING, name, reason, remedy, value))

    def refuse(self, name: str, reason: str, remedy: str, *, value: str | None = None) -> None:
        """Note why the row stays out; the whole row is kept with the reason."""
        if not self.is_refused:
            self.issues.clear()
        self.is_refused = True
        self.issues.append(self._issue(REFUSED, name, reason, remedy, value))

    def whole(self) -> dict[str, str]:
        """Return every cell under its column's name; cells beyond the header under their place."""
        names = self.layout.names
        return {
            names[place] if place < len(names) else f"第{place + 1}列": shown(cell)
            for place, cell in enumerate(self.row.cells)
            if shown(cell) or (place < len(names) and self.layout.header[place])
        }

    def _issue(
        self,
        severity: str,
        name: str,
        reason: str,
        remedy: str,
        value: str | None,
    ) -> Issue:
        return Issue(
            row=self.row.number,
            severity=severity,
            field=self.columns.titles.get(name, name)[:50],
            value=shown(self.cell(name)) if value is None else value,
            reason=reason,
            remedy=remedy,
            cells=self.whole() if severity == REFUSED else {},
        )


@dataclass(slots=True, kw_only=True)
class Counts:
    """What became of the rows; every row is created, updated, unchanged or refused. ``warned`` counts rows taken."""

    created: int = 0
    updated: int = 0
    unchanged: int = 0
    warned: int = 0
    refused: int = 0

    def add(self, other: Counts) -> None:
        """Add another tally to this one."""
        for name in self.__slots__:
            setattr(self, name, getattr(self, name) + getattr(other, name))


@dataclass(slots=True, kw_only=True)
class Report:
    """The outcome of one import: counts, its first issues, how many more there are, and the run (None when dry)."""

    counts: Counts = column(default_factory=Counts)
    issues: list[Issue] = column(default_factory=list)
    more: int = 0
    run: ImportRun | None = None

    def tell(self, issues: list[Issue]) -> None:
        """Keep issues while there is room and count the rest, so that memory stays constant."""
        room = max(0, KEPT - len(self.issues))
        self.issues += issues[:room]
        self.more += len(issues[room:])
