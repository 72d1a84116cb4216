"""The tables of the cleanup, one file for each subject."""

from cleanup.models.campaign import Campaign, Determination, Window
from cleanup.models.case import Case, CaseRound
from cleanup.models.finding import Finding
from cleanup.models.notice import Notice, NoticeSeries
from cleanup.models.scope import Exclusion
from cleanup.models.step import CaseStep, Service

__all__ = [
    "Campaign",
    "Case",
    "CaseRound",
    "CaseStep",
    "Determination",
    "Exclusion",
    "Finding",
    "Notice",
    "NoticeSeries",
    "Service",
    "Window",
]
