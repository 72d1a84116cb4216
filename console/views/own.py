"""One's own account: who one is here, and one's password."""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING

from django.contrib import messages
from django.contrib.auth import update_session_auth_hash
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_safe

from console.access import Permission, access_staff_events, access_users, needs
from console.accounts import OwnPasswordForm, certificate_state, tell_staff
from console.paging import Order, page
from registry.actions import user as user_actions

if TYPE_CHECKING:
    from django.http import HttpResponse

    from console.access import OfficerRequest

LATEST_FIRST = Order(("seq",), descending=True)


@require_safe
@needs(Permission.OWN_ACCOUNT)
def profile(request: OfficerRequest) -> HttpResponse:
    """Show one's own account, whether one's certificate still holds, and what was done to the account."""
    person = access_users(request.user).select_related("unit").get(pk=request.user.pk)
    found = page(
        access_staff_events(request.user).filter(subject=person),
        LATEST_FIRST,
        after=request.GET.get("after", ""),
        before=request.GET.get("before", ""),
    )
    shown = {
        "person": person,
        "certificate": certificate_state(person, on=timezone.localdate()),
        "page": found,
        "told": tell_staff(found.rows),
    }
    return render(request, "console/profile.html", shown)


@sensitive_post_parameters()
@require_http_methods(["GET", "HEAD", "POST"])
@needs(Permission.OWN_ACCOUNT)
def own_password(request: OfficerRequest) -> HttpResponse:
    """Change one's own password; other sessions of the same person end, this one goes on."""
    form = OwnPasswordForm(request.user, request.POST or None)
    if request.method != "POST" or not form.is_valid():
        status = HTTPStatus.OK if request.method != "POST" else HTTPStatus.UNPROCESSABLE_ENTITY
        return render(request, "console/own_password.html", {"form": form}, status=status)
    was_given = request.user.has_given_password
    user_actions.change_password(password=form.cleaned_data["new_password1"], by=request.user, on=timezone.localdate())
    request.user.refresh_from_db()
    update_session_auth_hash(request, request.user)
    messages.success(request, _("密码已修改。您在其他地方的登录已经退出。"))
    return redirect("dashboard" if was_given else "profile")
