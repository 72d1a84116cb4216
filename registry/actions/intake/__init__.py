"""Imports: a file of rows becomes organisations or annual reports; what cannot be taken is kept with its reason."""

from registry.actions.intake.columns import ColumnsMissing
from registry.actions.intake.issues import Counts, Issue, Report
from registry.actions.intake.register import import_register
from registry.actions.intake.reports import import_reports
from registry.tables import Unreadable

__all__ = ["ColumnsMissing", "Counts", "Issue", "Report", "Unreadable", "import_register", "import_reports"]
