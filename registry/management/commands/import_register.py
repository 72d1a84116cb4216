"""Import the register of organisations from xlsx, csv or tsv."""

from registry.actions.intake import import_register
from registry.management.intake import ImportCommand


class Command(ImportCommand):
    """Imports a file and prints what became of its rows."""

    help = "导入登记名册（xlsx、csv、tsv）；--dry-run 只检查"
    action = staticmethod(import_register)
