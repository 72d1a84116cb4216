"""Keeping a list with its filters under a name, and forgetting it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404
from django.shortcuts import redirect
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from console.access import Permission, needs
from console.models import SavedView
from console.saved import forget_view, save_view

if TYPE_CHECKING:
    from django.http import HttpResponse

    from console.access import OfficerRequest

keeps = require_http_methods(["GET", "HEAD", "POST"])
"""A GET of these addresses, as after signing in anew, only leads back."""


@keeps
@needs(Permission.VIEW_REGISTER)
def saved_view_save(request: OfficerRequest) -> HttpResponse:
    """Keep the list and filters the officer is looking at."""
    if request.method != "POST":
        return redirect("organisation_list")
    path, query = request.POST.get("path", ""), request.POST.get("query", "")
    try:
        view = save_view(owner=request.user, name=request.POST.get("name", ""), path=path, query=query)
    except ValidationError as error:
        messages.error(request, "；".join(error.messages))
    else:
        messages.success(request, _("已保存为常用视图“%(name)s”。") % {"name": view.name})
    back = f"{path}?{query}" if query else path
    return redirect(back if url_has_allowed_host_and_scheme(back, allowed_hosts=None) else "organisation_list")


@keeps
@needs(Permission.VIEW_REGISTER)
def saved_view_forget(request: OfficerRequest, pk: int) -> HttpResponse:
    """Forget a view of one's own."""
    if request.method != "POST":
        return redirect("organisation_list")
    try:
        forget_view(owner=request.user, view_id=pk)
    except SavedView.DoesNotExist as error:
        raise Http404(str(pk)) from error
    messages.success(request, _("已删除该常用视图。"))
    return redirect("organisation_list")
