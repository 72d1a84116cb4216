"""Addresses of the console. Every view says in ``permission`` who may open it; the doors and the language need none."""

from django.contrib.auth.decorators import login_not_required
from django.contrib.auth.views import LogoutView
from django.urls import path, register_converter
from django.views.i18n import set_language

from console.decoupling_deeds import DEEDS as SEPARATION
from console.deeds import DEEDS
from console.views import (
    alerts,
    calendar,
    campaign_drafts,
    campaign_figures,
    campaign_preview,
    campaigns,
    case_batches,
    case_board,
    case_files,
    case_steps,
    cases,
    contact_tests,
    dashboard,
    deadlines,
    decoupling,
    decoupling_deeds,
    decoupling_items,
    decoupling_report,
    decoupling_reviews,
    decoupling_setup,
    decoupling_watch,
    documents,
    doors,
    filing_drafts,
    filing_steps,
    filings,
    finding_past,
    findings,
    import_rows,
    imports,
    law,
    law_proposals,
    law_propose,
    ledger,
    notes,
    notices,
    opinions,
    organisation_bulk,
    organisation_deeds,
    organisation_edit,
    organisation_past,
    organisations,
    own,
    past_day,
    reports,
    saved_views,
    search,
    sweeps,
    users,
    work,
)
from registry.states import ASSIGNABLE


class CodeConverter:
    """统一社会信用代码 in an address: 18 characters, nothing a database could stumble over."""

    regex = "[0-9A-Z]{18}"

    def to_python(self, value: str) -> str:
        """Return the code."""
        return value

    def to_url(self, value: str) -> str:
        """Return the code."""
        return value


register_converter(CodeConverter, "code")

urlpatterns = [
    path("sign-in/", doors.SignIn.as_view(), name="sign_in"),
    path("sign-out/", LogoutView.as_view(next_page="sign_in"), name="sign_out"),
    path("language/", login_not_required(set_language), name="set_language"),
    path("", dashboard.dashboard, name="dashboard"),
    path("as-of/", past_day.past_day, name="past_day"),
    path("organisations/", organisations.organisation_list, name="organisation_list"),
    path("organisations/as-of/", organisation_past.organisation_past_list, name="organisation_past_list"),
    path("organisations/bulk/", organisation_bulk.organisation_bulk, name="organisation_bulk"),
    path("organisations/<code:code>/", organisations.organisation_page, name="organisation_page"),
    path("organisations/<code:code>/as-of/", organisation_past.organisation_past, name="organisation_past"),
    path("organisations/<code:code>/edit/", organisation_edit.organisation_edit, name="organisation_edit"),
    *(
        path(f"organisations/<code:code>/do/{deed.slug}/", organisation_deeds.PAGES[deed.verb], name=deed.url_name)
        for deed in DEEDS.values()
    ),
    path("organisations/<code:code>/documents/", documents.organisation_documents, name="organisation_documents"),
    path(
        "organisations/<code:code>/documents/<int:pk>/", documents.organisation_document, name="organisation_document"
    ),
    path(
        "organisations/<code:code>/documents/<int:pk>/withdraw/",
        documents.organisation_document_withdraw,
        name="organisation_document_withdraw",
    ),
    path("reports/", reports.report_list, name="report_list"),
    path("views/save/", saved_views.saved_view_save, name="saved_view_save"),
    path("views/<int:pk>/forget/", saved_views.saved_view_forget, name="saved_view_forget"),
    path("findings/", findings.finding_list, name="finding_list"),
    path("findings/as-of/", finding_past.finding_past_list, name="finding_past_list"),
    path("findings/<int:pk>/", findings.finding_page, name="finding_page"),
    path("findings/<int:pk>/confirm/", findings.finding_confirm, name="finding_confirm"),
    path("findings/<int:pk>/dismiss/", findings.finding_dismiss, name="finding_dismiss"),
    path("findings/<int:pk>/mark-dormant/", findings.finding_mark_dormant, name="finding_mark_dormant"),
    path("alerts/", alerts.alert_list, name="alert_list"),
    path("alerts/<int:pk>/see/", alerts.alert_see, name="alert_see"),
    path("deadlines/", deadlines.deadline_list, name="deadline_list"),
    path("deadlines/<int:pk>/", deadlines.deadline_page, name="deadline_page"),
    *(path(f"deadlines/<int:pk>/{verb}/", act, name=f"deadline_{verb}") for verb, act in deadlines.ACTS.items()),
    path("calendar/", calendar.calendar_page, name="calendar_page"),
    path("calendar/load/", calendar.calendar_load, name="calendar_load"),
    path("search/", search.search, name="search"),
    path("work/", work.work, name="work"),
    *(
        path(f"{kind.value}s/<int:pk>/{slug}/", view, {"kind": kind}, name=f"{kind.value}_{name}")
        for kind in ASSIGNABLE
        for slug, view, name in (
            ("assignment", work.assignment, "assignment"),
            ("assign", work.assign, "assign"),
            ("hand-back", work.hand_back, "hand_back"),
        )
    ),
    path("campaigns/", campaigns.campaign_list, name="campaign_list"),
    path("campaigns/new/", campaign_drafts.campaign_new, name="campaign_new"),
    path("campaigns/<int:pk>/", campaigns.campaign_page, name="campaign_page"),
    path("campaigns/<int:pk>/edit/", campaign_drafts.campaign_edit, name="campaign_edit"),
    *(
        path(f"campaigns/<int:pk>/{verb.replace('_', '-')}/", step, name=f"campaign_{verb}")
        for verb, step in campaigns.STEPS.items()
    ),
    path("campaigns/<int:pk>/preview/", campaign_preview.campaign_preview, name="campaign_preview"),
    path("campaigns/<int:pk>/preview/make/", campaign_preview.campaign_preview_make, name="campaign_preview_make"),
    path(
        "campaigns/<int:pk>/preview.<slug:form>", campaign_preview.campaign_preview_file, name="campaign_preview_file"
    ),
    path("campaigns/<int:pk>/exclude/<code:code>/", campaign_preview.campaign_exclude, name="campaign_exclude"),
    path(
        "campaigns/<int:pk>/exclusions/<int:exclusion_id>/end/",
        campaign_preview.campaign_readmit,
        name="campaign_readmit",
    ),
    path("campaigns/<int:pk>/figures/", campaign_figures.campaign_figures, name="campaign_figures"),
    path("campaigns/<int:pk>/figures/list/", campaign_figures.campaign_figure_list, name="campaign_figure_list"),
    path("campaigns/<int:pk>/figures.xlsx", campaign_figures.campaign_figures_file, name="campaign_figures_file"),
    path("sweeps/", sweeps.sweep_list, name="sweep_list"),
    path("sweeps/<int:pk>/", sweeps.sweep_page, name="sweep_page"),
    *(path(f"sweeps/<int:pk>/{verb}/", step, name=f"sweep_{verb}") for verb, step in sweeps.STEPS.items()),
    path("findings/<int:pk>/opinions/ask/", opinions.opinion_ask, name="opinion_ask"),
    path("opinions/<int:pk>/answer/", opinions.opinion_answer, name="opinion_answer"),
    path(
        "organisations/<code:code>/contact-test/",
        contact_tests.organisation_contact_test,
        name="organisation_contact_test",
    ),
    path(
        "organisations/<code:code>/contact-test/begin/",
        contact_tests.organisation_contact_begin,
        name="organisation_contact_begin",
    ),
    path("contact-tests/<int:pk>/letter/", contact_tests.contact_letter, name="contact_letter"),
    path("contact-tests/<int:pk>/call/", contact_tests.contact_call, name="contact_call"),
    path("contact-tests/<int:pk>/conclude/", contact_tests.contact_conclude, name="contact_conclude"),
    path("contact-tries/<int:pk>/settle/", contact_tests.contact_settle, name="contact_settle"),
    path("findings/<int:pk>/case/", cases.case_open, name="case_open"),
    path("cases/", cases.case_list, name="case_list"),
    path("cases/board/", case_board.case_board, name="case_board"),
    path("cases/board/export/", case_board.case_board_export, name="case_board_export"),
    path("cases/batches/new/", case_batches.case_batch_new, name="case_batch_new"),
    path("cases/batches/<int:pk>/", case_batches.case_batch, name="case_batch"),
    path("cases/batches/<int:pk>/resume/", case_batches.case_batch_resume, name="case_batch_resume"),
    path("cases/<int:pk>/", cases.case_page, name="case_page"),
    path("cases/<int:pk>/steps/<slug:step>/", case_steps.case_step, name="case_step"),
    path("cases/<int:pk>/notices/<slug:kind>/", notices.notice_draft, name="notice_draft"),
    path("cases/<int:pk>/notices/<slug:kind>/preview/", notices.notice_preview, name="notice_preview"),
    path("notices/<int:pk>/", notices.notice_page, name="notice_page"),
    path("notices/<int:pk>/word/", notices.notice_word, name="notice_word"),
    path("notices/<int:pk>/void/", notices.notice_void, name="notice_void"),
    path("cases/<int:pk>/files/", case_files.case_attach, name="case_attach"),
    path("cases/<int:pk>/evidence.zip", case_files.case_pack, name="case_pack"),
    path("documents/<int:pk>/send/", case_steps.service_send, name="service_send"),
    path("services/<int:pk>/prove/", case_steps.service_prove, name="service_prove"),
    path("services/<int:pk>/fail/", case_steps.service_fail, name="service_fail"),
    path("cases/<int:pk>/close/", cases.case_close, name="case_close"),
    path("cases/<int:pk>/reassign/", cases.case_reassign, name="case_reassign"),
    path("organisations/<code:code>/notes/", notes.organisation_notes, name="organisation_notes"),
    path("organisations/<code:code>/notes/add/", notes.note_add, name="note_add"),
    path("ledger/", ledger.ledger, name="ledger"),
    path("ledger/export/", ledger.ledger_export, name="ledger_export"),
    path("ledger/script/", ledger.ledger_script, name="ledger_script"),
    path("ledger/organisations/<code:code>/", ledger.ledger_organisation, name="ledger_organisation"),
    path("decoupling/", decoupling.decoupling_list, name="decoupling_list"),
    path("decoupling/candidates/", decoupling_setup.decoupling_candidates, name="decoupling_candidates"),
    path("decoupling/setup/", decoupling_setup.decoupling_setup, name="decoupling_setup"),
    path("decoupling/watch/", decoupling_watch.decoupling_watch, name="decoupling_watch"),
    path("decoupling/report/", decoupling_report.decoupling_report, name="decoupling_report"),
    path("decoupling/report/keep/", decoupling_report.decoupling_snapshot, name="decoupling_snapshot"),
    path("decoupling/snapshots/<int:pk>/", decoupling_report.decoupling_snapshot_page, name="decoupling_snapshot_page"),
    path("decoupling/report/<str:as_of>/<str:name>", decoupling_report.decoupling_export, name="decoupling_export"),
    path("decoupling/reviews/", decoupling_reviews.decoupling_reviews, name="decoupling_reviews"),
    path("decoupling/reviews/<int:pk>/", decoupling_reviews.decoupling_review, name="decoupling_review"),
    path(
        "decoupling/reviews/<int:pk>/close/", decoupling_reviews.decoupling_review_close, name="decoupling_review_close"
    ),
    path("decoupling/revisits/<int:pk>/", decoupling_reviews.decoupling_revisit, name="decoupling_revisit"),
    path("decoupling/<code:code>/", decoupling.decoupling_page, name="decoupling_page"),
    path("decoupling/<code:code>/place/", decoupling_deeds.decoupling_place, name="decoupling_place"),
    *(
        path(f"decoupling/<code:code>/do/{deed.slug}/", decoupling_deeds.PAGES[deed.verb], name=deed.url_name)
        for deed in SEPARATION.values()
    ),
    path(
        "decoupling/<code:code>/sign-off/<slug:heading>/<slug:responsible>/",
        decoupling_deeds.decoupling_sign_off,
        name="decoupling_sign_off",
    ),
    path(
        "decoupling/<code:code>/leaders/<int:pk>/leave/",
        decoupling_watch.decoupling_leave_office,
        name="decoupling_leave_office",
    ),
    path("decoupling/<code:code>/files/<int:pk>/", decoupling_items.decoupling_file, name="decoupling_file"),
    path("decoupling/<code:code>/items/<slug:item>/", decoupling_items.decoupling_item, name="decoupling_item"),
    *(
        path(f"decoupling/<code:code>/items/<slug:item>/{verb}/", view, name=f"decoupling_item_{verb}")
        for verb, view in decoupling_items.PAGES.items()
    ),
    path("filings/", filings.filing_list, name="filing_list"),
    path("filings/new/", filing_drafts.filing_new, name="filing_new"),
    path("filings/<int:pk>/", filings.filing_page, name="filing_page"),
    path("filings/<int:pk>/edit/", filing_drafts.filing_edit, name="filing_edit"),
    path("filings/<int:pk>/submit/", filing_steps.filing_submit, name="filing_submit"),
    path("filings/<int:pk>/accept/", filing_steps.filing_accept, name="filing_accept"),
    path(
        "filings/<int:pk>/return/",
        filing_steps.filing_return_for_completion,
        name="filing_return_for_completion",
    ),
    path("filings/<int:pk>/refuse/", filing_steps.filing_refuse_acceptance, name="filing_refuse_acceptance"),
    path("filings/<int:pk>/review/", filing_steps.filing_review, name="filing_review"),
    path("filings/<int:pk>/extend/", filing_steps.filing_extend, name="filing_extend"),
    path("filings/<int:pk>/approve/", filing_steps.filing_approve, name="filing_approve"),
    path("filings/<int:pk>/deny/", filing_steps.filing_deny, name="filing_deny"),
    path("filings/<int:pk>/withdraw/", filing_steps.filing_withdraw, name="filing_withdraw"),
    path("imports/", imports.import_list, name="import_list"),
    path("imports/new/", imports.import_new, name="import_new"),
    path("imports/<int:pk>/", imports.import_page, name="import_page"),
    path("imports/<int:pk>/columns/", imports.import_columns, name="import_columns"),
    path("imports/<int:pk>/start/", imports.import_start, name="import_start"),
    path("imports/<int:pk>/resume/", imports.import_resume, name="import_resume"),
    path("imports/<int:pk>/discard/", imports.import_discard, name="import_discard"),
    path("imports/<int:pk>/refused.<slug:form>", import_rows.import_refused, name="import_refused"),
    path("imports/<int:pk>/rows/<int:row>/", import_rows.import_row, name="import_row"),
    path("imports/<int:pk>/rows/<int:row>/retry/", import_rows.import_row_retry, name="import_row_retry"),
    path("imports/<int:pk>/rows/<int:row>/drop/", import_rows.import_row_drop, name="import_row_drop"),
    path("people/", users.user_list, name="user_list"),
    path("people/new/", users.user_add, name="user_add"),
    path("people/log/", users.staff_log, name="staff_log"),
    path("people/<int:pk>/", users.user_page, name="user_page"),
    path("people/<int:pk>/role/", users.user_role, name="user_role"),
    path("people/<int:pk>/certificate/", users.user_certificate, name="user_certificate"),
    path("people/<int:pk>/qualification/", users.user_qualification, name="user_qualification"),
    path("people/<int:pk>/password/", users.user_password, name="user_password"),
    path("people/<int:pk>/deactivate/", users.user_deactivate, name="user_deactivate"),
    path("people/<int:pk>/reactivate/", users.user_reactivate, name="user_reactivate"),
    path("roles/", users.role_matrix, name="role_matrix"),
    path("me/", own.profile, name="profile"),
    path("me/password/", own.own_password, name="own_password"),
    path("law/", law.law_list, name="law_list"),
    path("law/bases/<int:pk>/", law.law_basis, name="law_basis"),
    path("law/bases/<int:pk>/change/", law_propose.law_basis_change, name="law_basis_change"),
    path("law/policies/", law.law_policies, name="law_policies"),
    path("law/policies/<str:key>/", law.law_policy, name="law_policy"),
    path("law/policies/<str:key>/new/", law_propose.law_policy_new, name="law_policy_new"),
    path("law/values/<int:pk>/change/", law_propose.law_policy_change, name="law_policy_change"),
    path("law/proposals/", law_proposals.law_proposal_list, name="law_proposal_list"),
    path("law/proposals/file/", law_propose.law_file_new, name="law_file_new"),
    path("law/proposals/<int:pk>/", law_proposals.law_proposal_page, name="law_proposal_page"),
    path("law/proposals/<int:pk>/effects.csv", law_proposals.law_proposal_effects, name="law_proposal_effects"),
    path("law/proposals/<int:pk>/preview/", law_proposals.law_proposal_preview, name="law_proposal_preview"),
    path("law/proposals/<int:pk>/confirm/", law_proposals.law_proposal_confirm, name="law_proposal_confirm"),
    path("law/proposals/<int:pk>/approve/", law_proposals.law_proposal_approve, name="law_proposal_approve"),
    path("law/proposals/<int:pk>/reject/", law_proposals.law_proposal_reject, name="law_proposal_reject"),
    path("law/proposals/<int:pk>/withdraw/", law_proposals.law_proposal_withdraw, name="law_proposal_withdraw"),
]
