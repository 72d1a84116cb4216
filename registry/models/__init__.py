"""The tables of the register, one file for each subject."""

from registry.models.event import Event, EventIsFinal, Events
from registry.models.intake import ImportIssue, ImportRun
from registry.models.law import LegalBasis, Policy
from registry.models.organisation import FormerName, Organisation, Organisations, StateIsProtected
from registry.models.report import Activity, AnnualReport, ContactAttempt
from registry.models.run import JobRun
from registry.models.unit import Unit
from registry.models.user import User, Users

__all__ = [
    "Activity",
    "AnnualReport",
    "ContactAttempt",
    "Event",
    "EventIsFinal",
    "Events",
    "FormerName",
    "ImportIssue",
    "ImportRun",
    "JobRun",
    "LegalBasis",
    "Organisation",
    "Organisations",
    "Policy",
    "StateIsProtected",
    "Unit",
    "User",
    "Users",
]
