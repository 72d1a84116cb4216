"""The doors: signing in, and what a page answers that has expired."""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING, Any

from django.contrib.auth.views import LoginView
from django.shortcuts import redirect, render
from django.urls import reverse

from console.forms import SignInForm
from console.kept import KEY, gathered, sign_in_page, stored, taken_up, texts

if TYPE_CHECKING:
    from django.contrib.auth.forms import AuthenticationForm
    from django.http import HttpRequest, HttpResponse


class SignIn(LoginView):
    """Sign in; who had sent a form when their sign-in was over goes back to it."""

    template_name = "console/sign_in.html"
    authentication_form = SignInForm
    redirect_authenticated_user = True

    def form_valid(self, form: AuthenticationForm) -> HttpResponse:
        """Let in, and lead to where one wanted to go."""
        onward = super().form_valid(form)
        back = taken_up(self.request)
        return redirect(back) if back else onward

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        """Carry on what is kept past a wrong password."""
        return super().get_context_data(**{KEY: self.request.POST.get(KEY, ""), **context})


def page_expired(request: HttpRequest, reason: str = "") -> HttpResponse:  # noqa: ARG001 - Django's shape
    """Answer a form whose page has expired: what was typed is shown and stands in the form again."""
    known = request.user.is_authenticated
    if request.path == reverse("sign_in"):
        if known:
            return redirect(taken_up(request) or "dashboard")
        return render(request, "403_csrf.html", status=HTTPStatus.FORBIDDEN)
    told = gathered(request)
    if told and not known:
        return sign_in_page(request, told)
    shown = {"back": stored(request, told), "texts": texts(told), "files": told["files"]} if told else {}
    return render(request, "403_csrf.html", shown, status=HTTPStatus.FORBIDDEN)
