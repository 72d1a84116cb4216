"""The addresses of campaigns, sweeps and verification with the roles they open to: part of `tests.console.doors`."""

from registry.states import Role

BUREAU = frozenset(Role) - {Role.SYSTEM, Role.DEPARTMENT, Role.SUPERVISING_UNIT, Role.ADMINISTRATOR}
DRAFTERS = frozenset({Role.REGISTRATION, Role.REVIEWER})
LEADERS = frozenset({Role.REVIEWER, Role.DIRECTOR})
RECORDERS = frozenset({Role.REGISTRATION, Role.ENFORCEMENT})

MAY_OPEN = {
    "campaign_list": BUREAU,
    "campaign_page": BUREAU,
    "campaign_new": DRAFTERS,
    "campaign_edit": DRAFTERS,
    "campaign_preview": BUREAU,
    "campaign_preview_make": DRAFTERS,
    "campaign_preview_file": BUREAU,
    "campaign_exclude": DRAFTERS,
    "campaign_readmit": DRAFTERS,
    "campaign_approve": LEADERS,
    "campaign_hand_back": LEADERS,
    "campaign_start": LEADERS,
    "campaign_pause": LEADERS,
    "campaign_resume": LEADERS,
    "campaign_extend": LEADERS,
    "campaign_conclude": LEADERS,
    "campaign_figures": BUREAU,
    "campaign_figure_list": BUREAU,
    "campaign_figures_file": BUREAU,
    "sweep_list": BUREAU,
    "sweep_page": BUREAU,
    "sweep_release": frozenset({Role.DIRECTOR}),
    "sweep_undo": frozenset({Role.DIRECTOR}),
    "organisation_determine": RECORDERS,
    "organisation_lift_determination": RECORDERS,
    "organisation_contact_test": BUREAU,
    "organisation_contact_begin": RECORDERS,
    "contact_letter": RECORDERS,
    "contact_call": RECORDERS,
    "contact_settle": RECORDERS,
    "contact_conclude": RECORDERS,
    "opinion_ask": RECORDERS,
    "opinion_answer": RECORDERS | {Role.SUPERVISING_UNIT},
}
"""Typed from DESIGN §1, not from the code."""

LEADS_BACK = {
    "organisation_contact_begin",
    "contact_letter",
    "contact_call",
    "contact_settle",
    "contact_conclude",
    "campaign_preview_make",
    "campaign_approve",
    "campaign_hand_back",
    "campaign_start",
    "campaign_pause",
    "campaign_resume",
    "campaign_extend",
    "campaign_conclude",
    "sweep_release",
    "sweep_undo",
}
"""Addresses that act when they are posted to; a GET leads back to the page of what they act on."""
