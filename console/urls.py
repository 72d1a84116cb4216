"""Addresses of the console. Every view says in ``permission`` who may open it; the two doors need none."""

from django.contrib.auth.views import LoginView, LogoutView
from django.urls import path, register_converter

from console.forms import SignInForm
from console.views import alerts, dashboard, findings, organisations


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
    path("", dashboard.dashboard, name="dashboard"),
    path("organisations/", organisations.organisation_list, name="organisation_list"),
    path("organisations/<code:code>/", organisations.organisation_page, name="organisation_page"),
    path("findings/", findings.finding_list, name="finding_list"),
    path("findings/<int:pk>/", findings.finding_page, name="finding_page"),
    path("findings/<int:pk>/confirm/", findings.finding_confirm, name="finding_confirm"),
    path("findings/<int:pk>/dismiss/", findings.finding_dismiss, name="finding_dismiss"),
    path("findings/<int:pk>/mark-dormant/", findings.finding_mark_dormant, name="finding_mark_dormant"),
    path("alerts/", alerts.alert_list, name="alert_list"),
]
