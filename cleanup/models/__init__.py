"""The tables of the cleanup, one file for each subject."""

from cleanup.models.campaign import Campaign, Determination, Window
from cleanup.models.case import Case
from cleanup.models.finding import Finding
from cleanup.models.scope import Exclusion

__all__ = ["Campaign", "Case", "Determination", "Exclusion", "Finding", "Window"]
