"""The tables of decoupling, one file for each subject."""

from decoupling.models.item import ChecklistItem, ItemStatus
from decoupling.models.listing import Listing, Placement
from decoupling.models.signature import Signature

__all__ = ["ChecklistItem", "ItemStatus", "Listing", "Placement", "Signature"]
