"""The tables of the register, one file for each subject."""

from registry.models.assignment import Assignment
from registry.models.checkpoint import Checkpoint, LedgerCheck
from registry.models.deadline import Deadline
from registry.models.event import Event, EventIsFinal, Events
from registry.models.filing import Filing, FilingNumber, FilingStep
from registry.models.final import IsFinal
from registry.models.holiday import CalendarEvent, HolidayYear
from registry.models.intake import ImportIssue, ImportRun
from registry.models.law import LegalBasis, Policy
from registry.models.law_proposal import LawChange, LawEffect, LawEvent, LawProposal
from registry.models.note import Note
from registry.models.organisation import FormerName, Organisation, Organisations, StateIsProtected
from registry.models.report import Activity, ActivitySurvey, AnnualReport, ContactAttempt
from registry.models.run import JobRun
from registry.models.staff import StaffEvent
from registry.models.stored_file import FileWithdrawal, StoredFile
from registry.models.subject import Subject
from registry.models.unit import Unit
from registry.models.user import User, Users

__all__ = [
    "Activity",
    "ActivitySurvey",
    "AnnualReport",
    "Assignment",
    "CalendarEvent",
    "Checkpoint",
    "ContactAttempt",
    "Deadline",
    "Event",
    "EventIsFinal",
    "Events",
    "FileWithdrawal",
    "Filing",
    "FilingNumber",
    "FilingStep",
    "FormerName",
    "HolidayYear",
    "ImportIssue",
    "ImportRun",
    "IsFinal",
    "JobRun",
    "LawChange",
    "LawEffect",
    "LawEvent",
    "LawProposal",
    "LedgerCheck",
    "LegalBasis",
    "Note",
    "Organisation",
    "Organisations",
    "Policy",
    "StaffEvent",
    "StateIsProtected",
    "StoredFile",
    "Subject",
    "Unit",
    "User",
    "Users",
]
