"""The tables of the cleanup, one file for each subject."""

from cleanup.models.campaign import Campaign, Determination, Window
from cleanup.models.case import Case
from cleanup.models.finding import Finding

__all__ = ["Campaign", "Case", "Determination", "Finding", "Window"]
