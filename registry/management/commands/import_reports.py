"""Import annual reports from xlsx, csv or tsv."""

from registry.actions.intake import import_reports
from registry.management.intake import ImportCommand


class Command(ImportCommand):
    """Imports a file and prints what became of its rows."""

    help = "导入年度报告（xlsx、csv、tsv）；--dry-run 只检查"
    action = staticmethod(import_reports)
