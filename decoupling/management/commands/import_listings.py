"""Import listings of separations from xlsx, csv or tsv."""

from decoupling.actions.intake import import_listings
from registry.management.intake import ImportCommand


class Command(ImportCommand):
    """Imports a file and prints what became of its rows."""

    help = "导入脱钩名单（xlsx、csv、tsv）；--dry-run 只检查"
    action = staticmethod(import_listings)
