"""Importing what a county kept in tables before."""

from decoupling.actions.intake.rows import KINDS, import_items, import_listings

__all__ = ["KINDS", "import_items", "import_listings"]
