"""What the console keeps for its users: their own views of the lists, and where they have been."""

from console.models.recent import RecentRecord
from console.models.saved import SavedView

__all__ = ["RecentRecord", "SavedView"]
