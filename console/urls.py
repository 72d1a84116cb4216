"""Addresses of the console. Every view says in ``permission`` who may open it; the doors and the language need none."""

from django.contrib.auth.decorators import login_not_required
from django.contrib.auth.views import LoginView, LogoutView
from django.urls import path, register_converter
from django.views.i18n import set_language

from console.forms import SignInForm
from console.views import (
    alerts,
    cases,
    dashboard,
    decoupling,
    findings,
    import_rows,
    imports,
    notes,
    organisations,
    own,
    search,
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
    path(
        "sign-in/",
        LoginView.as_view(
            template_name="console/sign_in.html", authentication_form=SignInForm, redirect_authenticated_user=True
        ),
        name="sign_in",
    ),
    path("sign-out/", LogoutView.as_view(next_page="sign_in"), name="sign_out"),
    path("language/", login_not_required(set_language), name="set_language"),
    path("", dashboard.dashboard, name="dashboard"),
    path("organisations/", organisations.organisation_list, name="organisation_list"),
    path("organisations/<code:code>/", organisations.organisation_page, name="organisation_page"),
    path("findings/", findings.finding_list, name="finding_list"),
    path("findings/<int:pk>/", findings.finding_page, name="finding_page"),
    path("findings/<int:pk>/confirm/", findings.finding_confirm, name="finding_confirm"),
    path("findings/<int:pk>/dismiss/", findings.finding_dismiss, name="finding_dismiss"),
    path("findings/<int:pk>/mark-dormant/", findings.finding_mark_dormant, name="finding_mark_dormant"),
    path("alerts/", alerts.alert_list, name="alert_list"),
    path("alerts/<int:pk>/see/", alerts.alert_see, name="alert_see"),
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
    path("findings/<int:pk>/case/", cases.case_open, name="case_open"),
    path("cases/", cases.case_list, name="case_list"),
    path("cases/<int:pk>/", cases.case_page, name="case_page"),
    path("cases/<int:pk>/close/", cases.case_close, name="case_close"),
    path("cases/<int:pk>/reassign/", cases.case_reassign, name="case_reassign"),
    path("organisations/<code:code>/notes/", notes.organisation_notes, name="organisation_notes"),
    path("organisations/<code:code>/notes/add/", notes.note_add, name="note_add"),
    path("decoupling/", decoupling.decoupling_list, name="decoupling_list"),
    path("imports/", imports.import_list, name="import_list"),
    path("imports/new/", imports.import_new, name="import_new"),
    path("imports/<int:pk>/", imports.import_page, name="import_page"),
    path("imports/<int:pk>/columns/", imports.import_columns, name="import_columns"),
    path("imports/<int:pk>/start/", imports.import_start, name="import_start"),
    path("imports/<int:pk>/resume/", imports.import_resume, name="import_resume"),
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
    path("people/<int:pk>/password/", users.user_password, name="user_password"),
    path("people/<int:pk>/deactivate/", users.user_deactivate, name="user_deactivate"),
    path("people/<int:pk>/reactivate/", users.user_reactivate, name="user_reactivate"),
    path("roles/", users.role_matrix, name="role_matrix"),
    path("me/", own.profile, name="profile"),
    path("me/password/", own.own_password, name="own_password"),
]
