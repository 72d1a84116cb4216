"""Every address of the console with the roles it opens to, and something to look at behind each.

Whoever adds an address adds it to `MAY_OPEN`; one whose view only acts also to `LEADS_BACK`; one with arguments finds
them in `ARGUMENTS`, by its own name or the longest beginning of it. The grid, the English pages and the checks of
accessibility are made from here. Which addresses may be posted to, they say themselves.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.test import RequestFactory
from django.urls import URLPattern, reverse

from cleanup.models import Sweep
from console.urls import urlpatterns
from registry.models import LegalBasis, Policy
from registry.states import FROM_UNITS as UNITS
from registry.states import Role
from tests.console import cleanup_doors
from tests.console.procedures import OF_CASES
from tests.console.separations import filed_document, kept_figures, leader_of, revisited, separated
from tests.console.situations import (
    application,
    asked_opinion,
    begun_test,
    drafted_campaign,
    drafted_filing,
    kept_document,
    left_out,
    proposed_law,
    running_deadline,
    sent_letter,
    uploaded_file,
)
from tests.factories import UserFactory

if TYPE_CHECKING:
    from collections.abc import Callable

    from cleanup.models import Finding

EVERYBODY = frozenset(Role) - {Role.SYSTEM}
READERS = EVERYBODY - {Role.DEPARTMENT}
"""Those who may look into the register; a department that answers for parts of a separation sees those alone."""
BUREAU = READERS - {Role.SUPERVISING_UNIT, Role.ADMINISTRATOR}
FROM_UNITS = frozenset(UNITS)
SEPARATORS = frozenset({Role.REGISTRATION, Role.SUPERVISING_UNIT, Role.DEPARTMENT})
APPROVERS = frozenset({Role.REVIEWER, Role.DIRECTOR})
REVISITORS = frozenset({Role.REGISTRATION, Role.ENFORCEMENT})
DECIDERS = frozenset({Role.REGISTRATION, Role.REVIEWER})
PUNISHERS = frozenset({Role.ENFORCEMENT, Role.REVIEWER})
RECORDERS = frozenset({Role.REGISTRATION, Role.ENFORCEMENT})
WORKERS = frozenset({Role.REGISTRATION, Role.ENFORCEMENT, Role.REVIEWER, Role.DIRECTOR})
REGISTRARS = frozenset({Role.REGISTRATION})
ADMINISTRATORS = frozenset({Role.ADMINISTRATOR})
EXAMINERS = frozenset({Role.AUDITOR, Role.REVIEWER, Role.DIRECTOR})
IMPORTERS = frozenset({Role.REGISTRATION, Role.ADMINISTRATOR})

LAW_PROPOSERS = frozenset({Role.REGISTRATION, Role.REVIEWER, Role.DIRECTOR})

OPEN_TO_ALL = frozenset({"sign_in", "sign_out", "set_language"})

MAY_OPEN: dict[str, frozenset[Role]] = {
    **cleanup_doors.MAY_OPEN,
    "dashboard": EVERYBODY,
    "organisation_list": READERS,
    "organisation_page": READERS,
    "past_day": READERS,
    "organisation_past_list": READERS,
    "organisation_past": READERS,
    "organisation_edit": frozenset({Role.REGISTRATION}),
    "organisation_bulk": DECIDERS,
    "organisation_mark_dormant": frozenset({Role.REVIEWER}),
    "organisation_reactivate": DECIDERS,
    "organisation_cancel": {Role.REVIEWER},
    "organisation_revoke": {Role.REVIEWER},
    "organisation_revoke_licence": {Role.REVIEWER},
    "organisation_merge": {Role.REVIEWER},
    "organisation_conclude_liquidation": {Role.REVIEWER},
    "organisation_hold": DECIDERS,
    "organisation_release": DECIDERS,
    "organisation_file_report": RECORDERS,
    "organisation_conclude_report": DECIDERS,
    "organisation_record_activity": RECORDERS,
    "organisation_survey_activity": RECORDERS,
    "organisation_record_contact": RECORDERS,
    "organisation_file_document": RECORDERS,
    "organisation_documents": BUREAU,
    "organisation_document": BUREAU,
    "organisation_document_withdraw": RECORDERS,
    "report_list": READERS,
    "saved_view_save": READERS,
    "saved_view_forget": READERS,
    "finding_list": BUREAU | {Role.SUPERVISING_UNIT},
    "finding_past_list": BUREAU | {Role.SUPERVISING_UNIT},
    "finding_page": BUREAU | {Role.SUPERVISING_UNIT},
    "finding_confirm": DECIDERS,
    "finding_dismiss": DECIDERS,
    "finding_mark_dormant": DECIDERS,
    "finding_assignment": WORKERS,
    "finding_assign": WORKERS,
    "finding_hand_back": WORKERS,
    "filing_assignment": WORKERS,
    "filing_assign": WORKERS,
    "filing_hand_back": WORKERS,
    "work": WORKERS,
    "case_board": BUREAU | {Role.SUPERVISING_UNIT},
    "case_board_export": BUREAU | {Role.SUPERVISING_UNIT},
    "case_batch_new": PUNISHERS | {Role.DIRECTOR},
    "case_batch": BUREAU,
    "case_batch_resume": PUNISHERS | {Role.DIRECTOR},
    "case_attach": PUNISHERS | {Role.DIRECTOR},
    "case_pack": EXAMINERS | {Role.ENFORCEMENT},
    "case_list": BUREAU | {Role.SUPERVISING_UNIT},
    "case_page": BUREAU | {Role.SUPERVISING_UNIT},
    "case_open": PUNISHERS,
    "case_close": PUNISHERS,
    "case_step": PUNISHERS | {Role.DIRECTOR},
    "notice_draft": PUNISHERS | {Role.DIRECTOR},
    "notice_preview": PUNISHERS | {Role.DIRECTOR},
    "notice_page": BUREAU,
    "notice_word": BUREAU,
    "notice_void": PUNISHERS | {Role.DIRECTOR},
    "service_send": PUNISHERS | {Role.DIRECTOR},
    "service_prove": PUNISHERS | {Role.DIRECTOR},
    "service_fail": PUNISHERS | {Role.DIRECTOR},
    "case_reassign": PUNISHERS | {Role.DIRECTOR},
    "organisation_notes": BUREAU,
    "note_add": WORKERS,
    "deadline_list": BUREAU,
    "deadline_page": BUREAU,
    "deadline_extend": frozenset({Role.DIRECTOR}),
    "deadline_suspend": frozenset({Role.DIRECTOR}),
    "deadline_resume": frozenset({Role.DIRECTOR}),
    "deadline_waive": frozenset({Role.DIRECTOR}),
    "calendar_page": BUREAU | ADMINISTRATORS,
    "calendar_load": ADMINISTRATORS,
    "search": READERS,
    "decoupling_list": BUREAU | FROM_UNITS,
    "decoupling_page": BUREAU | FROM_UNITS,
    "decoupling_item": BUREAU | FROM_UNITS,
    "decoupling_file": BUREAU | FROM_UNITS,
    "decoupling_candidates": REGISTRARS,
    "decoupling_setup": REGISTRARS,
    "decoupling_place": REGISTRARS,
    "decoupling_move": REGISTRARS,
    "decoupling_submit_plan": REGISTRARS,
    "decoupling_return_plan": APPROVERS,
    "decoupling_approve_plan": APPROVERS,
    "decoupling_set_residue": REGISTRARS,
    "decoupling_remind": REGISTRARS,
    "decoupling_item_settle": SEPARATORS,
    "decoupling_item_attach": SEPARATORS,
    "decoupling_item_prolong": SEPARATORS,
    "decoupling_item_reopen": SEPARATORS,
    "decoupling_sign_off": SEPARATORS,
    "decoupling_sign": APPROVERS,
    "decoupling_accept": REGISTRARS,
    "decoupling_change_certificate": REGISTRARS,
    "decoupling_propose_void": REGISTRARS,
    "decoupling_void": APPROVERS,
    "decoupling_decline_void": APPROVERS,
    "decoupling_enter_leader": REGISTRARS,
    "decoupling_enter_fact": REGISTRARS,
    "decoupling_watch": BUREAU,
    "decoupling_leave_office": REGISTRARS,
    "decoupling_report": BUREAU,
    "decoupling_export": BUREAU,
    "decoupling_snapshot": frozenset({Role.REGISTRATION, Role.CLERK}),
    "decoupling_snapshot_page": BUREAU,
    "decoupling_reviews": BUREAU,
    "decoupling_review": BUREAU,
    "decoupling_review_close": REVISITORS,
    "decoupling_revisit": REVISITORS,
    "alert_list": WORKERS | FROM_UNITS | {Role.AUDITOR},
    "alert_see": WORKERS | FROM_UNITS | {Role.AUDITOR},
    "filing_list": BUREAU | {Role.SUPERVISING_UNIT},
    "filing_page": BUREAU | {Role.SUPERVISING_UNIT},
    "filing_new": REGISTRARS,
    "filing_edit": REGISTRARS,
    "filing_submit": REGISTRARS,
    "filing_accept": REGISTRARS,
    "filing_return_for_completion": REGISTRARS,
    "filing_refuse_acceptance": REGISTRARS,
    "filing_withdraw": REGISTRARS,
    "filing_review": frozenset({Role.REVIEWER}),
    "filing_extend": frozenset({Role.DIRECTOR}),
    "filing_approve": frozenset({Role.REVIEWER, Role.DIRECTOR}),
    "filing_deny": frozenset({Role.REVIEWER, Role.DIRECTOR}),
    "ledger": EXAMINERS,
    "ledger_export": EXAMINERS,
    "ledger_script": EXAMINERS,
    "ledger_organisation": EXAMINERS,
    "import_list": IMPORTERS | {Role.AUDITOR},
    "import_new": IMPORTERS,
    "import_page": IMPORTERS | {Role.AUDITOR},
    "import_columns": IMPORTERS,
    "import_start": IMPORTERS,
    "import_resume": IMPORTERS,
    "import_discard": IMPORTERS,
    "import_refused": IMPORTERS | {Role.AUDITOR},
    "import_row": IMPORTERS | {Role.AUDITOR},
    "import_row_retry": IMPORTERS,
    "import_row_drop": IMPORTERS,
    "user_list": ADMINISTRATORS,
    "user_add": ADMINISTRATORS,
    "user_page": ADMINISTRATORS,
    "user_role": ADMINISTRATORS,
    "user_certificate": ADMINISTRATORS,
    "user_qualification": ADMINISTRATORS,
    "user_password": ADMINISTRATORS,
    "user_deactivate": ADMINISTRATORS,
    "user_reactivate": ADMINISTRATORS,
    "staff_log": ADMINISTRATORS | {Role.AUDITOR},
    "law_list": BUREAU,
    "law_basis": BUREAU,
    "law_policies": BUREAU,
    "law_policy": BUREAU,
    "law_proposal_list": BUREAU,
    "law_proposal_page": BUREAU,
    "law_proposal_effects": BUREAU,
    "law_policy_new": LAW_PROPOSERS,
    "law_policy_change": LAW_PROPOSERS,
    "law_basis_change": LAW_PROPOSERS,
    "law_file_new": LAW_PROPOSERS,
    "law_proposal_preview": LAW_PROPOSERS,
    "law_proposal_withdraw": LAW_PROPOSERS,
    "law_proposal_approve": frozenset({Role.REVIEWER, Role.DIRECTOR}),
    "law_proposal_reject": frozenset({Role.REVIEWER, Role.DIRECTOR}),
    "law_proposal_confirm": frozenset({Role.DIRECTOR}),
    "role_matrix": EVERYBODY,
    "profile": EVERYBODY,
    "own_password": EVERYBODY,
}
"""Typed from DESIGN §1, not from the code."""

LEADS_BACK = {
    *cleanup_doors.LEADS_BACK,
    "decoupling_snapshot",
    "decoupling_review_close",
    "saved_view_save",
    "saved_view_forget",
    "finding_confirm",
    "finding_dismiss",
    "finding_mark_dormant",
    "finding_assign",
    "finding_hand_back",
    "filing_assign",
    "filing_hand_back",
    "case_close",
    "case_step",
    "case_attach",
    "case_batch_resume",
    "case_pack",
    "notice_preview",
    "notice_void",
    "service_send",
    "service_prove",
    "service_fail",
    "case_reassign",
    "note_add",
    "alert_see",
    "deadline_extend",
    "deadline_suspend",
    "deadline_resume",
    "deadline_waive",
    "filing_submit",
    "filing_accept",
    "filing_return_for_completion",
    "filing_refuse_acceptance",
    "filing_withdraw",
    "filing_review",
    "filing_extend",
    "filing_approve",
    "filing_deny",
    "import_start",
    "import_resume",
    "import_discard",
    "import_row_retry",
    "import_row_drop",
    "user_role",
    "user_certificate",
    "user_qualification",
    "user_password",
    "user_deactivate",
    "user_reactivate",
    "law_proposal_preview",
    "law_proposal_withdraw",
    "law_proposal_approve",
    "law_proposal_reject",
    "law_proposal_confirm",
}
"""Addresses that act when they are posted to; a GET leads back to the page of what they act on."""

ARGUMENTS: dict[str, Callable[[Finding], Any]] = {
    "organisation": lambda finding: finding.organisation.code,
    "organisation_documents": lambda finding: kept_document(finding.organisation).organisation.code,
    "organisation_document": lambda finding: (finding.organisation.code, kept_document(finding.organisation).pk),
    "ledger_organisation": lambda finding: finding.organisation.code,
    "decoupling": lambda finding: separated(finding).organisation.code,
    "decoupling_place": lambda finding: finding.organisation.code,
    "decoupling_item": lambda finding: (separated(finding).organisation.code, "A1"),
    "decoupling_sign_off": lambda finding: (separated(finding).organisation.code, "A", "former_unit"),
    "decoupling_file": filed_document,
    "decoupling_snapshot_page": lambda _finding: kept_figures().pk,
    "decoupling_leave_office": leader_of,
    "decoupling_export": lambda _finding: ("2022-01-01", "decoupling.csv"),
    "decoupling_review": lambda finding: revisited(finding).review_id,
    "decoupling_revisit": lambda finding: revisited(finding).pk,
    "finding": lambda finding: finding.pk,
    "filing_assign": lambda finding: application(finding.organisation).pk,
    "filing_hand_back": lambda finding: application(finding.organisation).pk,
    **OF_CASES,
    "campaign": lambda finding: finding.campaign_id,
    "campaign_edit": lambda _finding: drafted_campaign().pk,
    "campaign_preview_file": lambda finding: (finding.campaign_id, "csv"),
    "campaign_exclude": lambda finding: (drafted_campaign().pk, finding.organisation.code),
    "campaign_readmit": lambda finding: left_out(finding.organisation),
    "contact": lambda finding: begun_test(finding.organisation).pk,
    "organisation_contact_test": lambda finding: sent_letter(finding.organisation).test.organisation.code,
    "contact_settle": lambda finding: sent_letter(finding.organisation).pk,
    "opinion_ask": lambda finding: finding.pk,
    "opinion_answer": lambda finding: asked_opinion(finding).pk,
    "sweep": lambda finding: Sweep.objects.get(run=finding.run).pk,
    "note": lambda finding: finding.organisation.code,
    "alert": lambda _finding: 1,
    "saved_view": lambda _finding: 1,
    "filing": lambda finding: application(finding.organisation).pk,
    "filing_edit": lambda finding: drafted_filing(finding.organisation).pk,
    "deadline": lambda finding: running_deadline(finding.organisation).pk,
    "import": lambda _finding: uploaded_file().pk,
    "import_refused": lambda _finding: (uploaded_file().pk, "csv"),
    "import_row": lambda _finding: (uploaded_file().pk, 2),
    "user": lambda _finding: UserFactory.create().pk,
    "law_basis": lambda _finding: LegalBasis.objects.get(code="行政处罚法/60").pk,
    "law_policy": lambda _finding: "annual_report.due",
    "law_policy_change": lambda _finding: Policy.objects.get(key="alert.days_before").pk,
    "law_proposal": lambda _finding: proposed_law().pk,
}
"""What stands in an address, made from a finding and its organisation; a tuple where it is more than one thing."""


def patterns() -> dict[str, URLPattern]:
    """Return the addresses of the console by name, without those open to all."""
    return {each.name: each for each in urlpatterns if each.name and each.name not in OPEN_TO_ALL}


def methods(name: str) -> frozenset[str]:
    """Return the methods an address answers to, as it says when it is asked for its options."""
    answer = patterns()[name].callback(RequestFactory().options("/"))
    return frozenset(answer.headers["Allow"].split(", "))


def posts() -> list[str]:
    """Return the names of the addresses that may be posted to."""
    return [name for name in patterns() if "POST" in methods(name)]


def takes_a_record(name: str) -> bool:
    """Tell whether an address names a record."""
    return bool(patterns()[name].pattern.converters)


def address(name: str, finding: Finding) -> str:
    """Return the address of this name with something to see behind it."""
    if not takes_a_record(name):
        return reverse(name)
    return placed(name, ARGUMENTS[argument(name)](finding))


def argument(name: str) -> str:
    """Return which of `ARGUMENTS` an address takes."""
    return max((each for each in ARGUMENTS if name.startswith(each)), key=len)


def placed(name: str, found: Any) -> str:
    """Return the address of this name about what one of `ARGUMENTS` made."""
    return reverse(name, args=found if isinstance(found, tuple) else [found])
