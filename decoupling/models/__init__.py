"""The tables of decoupling, one file for each subject."""

from decoupling.models.acceptance import Acceptance, Signature
from decoupling.models.aftercare import Aftercare, Leader
from decoupling.models.batch import Batch, Department
from decoupling.models.item import ChecklistItem, Evidence, ItemStatus
from decoupling.models.listing import Listing, Placement
from decoupling.models.review import Rectification, ReviewRound, Revisit
from decoupling.models.sign_off import Reminder, SignOff
from decoupling.models.snapshot import Snapshot

__all__ = [
    "Acceptance",
    "Aftercare",
    "Batch",
    "ChecklistItem",
    "Department",
    "Evidence",
    "ItemStatus",
    "Leader",
    "Listing",
    "Placement",
    "Rectification",
    "Reminder",
    "ReviewRound",
    "Revisit",
    "SignOff",
    "Signature",
    "Snapshot",
]
