"""Where a page leads when it is done: back to the list the officer came from, filters and all."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.utils.http import url_has_allowed_host_and_scheme

if TYPE_CHECKING:
    from django.http import HttpRequest


def onward(request: HttpRequest) -> str:
    """Return the address told as ``next``, empty where there is none: an address of our own, never of others."""
    asked = str(request.POST.get("next") or request.GET.get("next") or "")
    return asked if url_has_allowed_host_and_scheme(asked, {request.get_host()}, request.is_secure()) else ""
