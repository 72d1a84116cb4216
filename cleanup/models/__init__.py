"""The tables of the cleanup, one file for each subject."""

from cleanup.models.batch import CaseBatch, CaseBatchRow
from cleanup.models.campaign import Campaign, CampaignEvent, Determination, Window
from cleanup.models.case import Case, CaseRound
from cleanup.models.finding import Finding
from cleanup.models.notice import Notice, NoticeSeries
from cleanup.models.scope import Exclusion, Listed
from cleanup.models.step import CaseStep, Service, StepFile
from cleanup.models.sweep import Hit, Sweep
from cleanup.models.verification import ContactTest, ContactTry, OpinionRequest

__all__ = [
    "Campaign",
    "CampaignEvent",
    "Case",
    "CaseBatch",
    "CaseBatchRow",
    "CaseRound",
    "CaseStep",
    "ContactTest",
    "ContactTry",
    "Determination",
    "Exclusion",
    "Finding",
    "Hit",
    "Listed",
    "Notice",
    "NoticeSeries",
    "OpinionRequest",
    "Service",
    "StepFile",
    "Sweep",
    "Window",
]
