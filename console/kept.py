"""What somebody sent after their sign-in or their page had expired is not lost: it stands in the same form again.

Nothing is carried out by itself. Before the sign-in it travels, signed, in the sign-in page alone, so that strangers leave
nothing here; afterwards it stays in the session until the form is sent again. Passwords and files are not kept.
"""

from __future__ import annotations

import re
from http import HTTPStatus
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl, urlencode, urlsplit

from django.conf import settings
from django.contrib.auth.middleware import LoginRequiredMiddleware
from django.core import signing
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.template.loader import render_to_string
from django.utils.crypto import get_random_string
from django.utils.http import url_has_allowed_host_and_scheme

from console.forms import SignInForm
from console.language import CHINESE
from console.refilling import refilled

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.http import HttpRequest
    from django.http.response import HttpResponseBase

KEY = "kept"
"""Under this name it stands in the session, in the sign-in form and in the address that leads back."""

AT_MOST = 3
"""How many are kept of one person at a time."""

_SALT = "console.kept"
_NOT_TYPED = re.compile(r"csrfmiddlewaretoken|next|kept|(.*-)?version")
_SECRET = re.compile(r"(.*-)?[^-]*password[^-]*")


class KeepTyped(LoginRequiredMiddleware):
    """Closes every view to strangers; one who has just sent a form signs in and finds it filled in again."""

    def process_view(
        self, request: HttpRequest, view_func: Callable[..., Any], view_args: Any, view_kwargs: Any
    ) -> HttpResponseBase | None:
        """Let in who is signed in; what is sent now is no longer kept."""
        closed = super().process_view(request, view_func, view_args, view_kwargs)
        if closed is None and request.method == "POST" and KEY in request.session:
            others = {key: told for key, told in request.session[KEY].items() if told["action"] != request.path}
            request.session[KEY] = others
        return closed

    def handle_no_permission(  # type: ignore[override]  # the stubs know of redirects only
        self, request: HttpRequest, view_func: Callable[..., Any]
    ) -> HttpResponseBase:
        """Show the door, and keep what was sent."""
        kept = gathered(request)
        return sign_in_page(request, kept) if kept else super().handle_no_permission(request, view_func)

    def process_response(self, request: HttpRequest, response: HttpResponseBase) -> HttpResponseBase:
        """Put what is kept into the page that was asked for with it."""
        key = request.GET.get(KEY, "") if request.method == "GET" else ""
        told = request.session.get(KEY, {}).get(key) if key else None
        if told and isinstance(response, HttpResponseRedirect):
            response["Location"] = _with(response["Location"], key)
        elif told and isinstance(response, HttpResponse) and response.get("Content-Type", "").startswith("text/html"):
            shown = {"files": told["files"], "texts": texts(told)}
            response.content = refilled(
                response.content.decode(),
                path=request.path,
                action=told["action"],
                values=told["values"],
                note=render_to_string("console/parts/kept.html", shown, request),
                otherwise=render_to_string("console/parts/kept.html", {**shown, "gone": True}, request),
            ).encode()
        return response


def gathered(request: HttpRequest) -> dict[str, Any] | None:
    """Return what was typed into the form a request was sent from, by ourselves; None where there is nothing to keep."""
    came_from = request.headers.get("Referer", "")
    ours = url_has_allowed_host_and_scheme(came_from, {request.get_host()}, require_https=request.is_secure())
    if request.method != "POST" or not came_from or not ours:
        return None
    values = {name: each for name, each in request.POST.lists() if name not in {"csrfmiddlewaretoken", KEY}}
    values = {name: each for name, each in values.items() if not _SECRET.fullmatch(name)}
    files = [each.name for _name, listed in request.FILES.lists() for each in listed]
    if not files and not any(any(each) for name, each in values.items() if not _NOT_TYPED.fullmatch(name)):
        return None
    parts = urlsplit(came_from)
    page = parts._replace(scheme="", netloc="", path="/" + parts.path.lstrip("/"), fragment="").geturl()
    return {"action": request.path, "page": page, "values": values, "files": files}


def sign_in_page(request: HttpRequest, kept: dict[str, Any]) -> HttpResponse:
    """Show the door with what is kept in it, signed."""
    shown = {"form": SignInForm(request), KEY: signing.dumps(kept, salt=_SALT, compress=True)}
    return render(request, "console/sign_in.html", shown, status=HTTPStatus.FORBIDDEN)


def taken_up(request: HttpRequest) -> str:
    """Move what came signed with a request into the session; return where it stands, empty where nothing came."""
    try:
        told = signing.loads(request.POST.get(KEY, ""), salt=_SALT, max_age=settings.SESSION_COOKIE_AGE)
    except signing.BadSignature:
        return ""
    return stored(request, told)


def stored(request: HttpRequest, told: dict[str, Any]) -> str:
    """Keep ``told`` in the session; return the address of the page it was typed on, which will have it again."""
    key = get_random_string(12)
    latest = list(request.session.get(KEY, {}).items())[1 - AT_MOST :]
    request.session[KEY] = dict([*latest, (key, told)])
    return _with(told["page"], key)


def texts(told: dict[str, Any]) -> list[str]:
    """Return the texts among what is kept, without what only a program reads."""
    typed = (value for name, each in told["values"].items() if not _NOT_TYPED.fullmatch(name) for value in each)
    return [value for value in typed if CHINESE.search(value) or " " in value.strip()]


def _with(address: str, key: str) -> str:
    parts = urlsplit(address)
    query = [*((name, value) for name, value in parse_qsl(parts.query) if name != KEY), (KEY, key)]
    return parts._replace(query=urlencode(query), fragment=KEY).geturl()
