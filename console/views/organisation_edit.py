"""Changing an organisation's facts; the second of two officers sees what the first one changed and keeps his own text."""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from console import collisions
from console.access import Permission, access_organisations, needs
from console.organisation_form import OrganisationForm, merged
from registry.actions.ledger import Stale
from registry.actions.organisation import amend
from registry.models import Organisation
from registry.rulebook import Refused

if TYPE_CHECKING:
    from django.http import HttpResponse

    from console.access import OfficerRequest
    from console.collisions import Moved
    from registry.models import Event


@require_http_methods(["GET", "HEAD", "POST"])
@needs(Permission.EDIT_REGISTER)
def organisation_edit(request: OfficerRequest, code: str) -> HttpResponse:
    """Show the facts as a form, and save what differs as one event."""
    organisation = get_object_or_404(access_organisations(request.user), code=code)
    if request.method != "POST":
        return _shown(request, OrganisationForm(instance=organisation))
    form = OrganisationForm(request.POST, instance=organisation)
    is_valid = form.is_valid()
    if "version" in form.cleaned_data and form.cleaned_data["version"] != form.version_on_file:
        return _met(request, form)
    if not is_valid:
        return _shown(request, form, status=HTTPStatus.UNPROCESSABLE_ENTITY)
    try:
        event = amend(
            organisation_id=organisation.pk,
            changes=form.changes(),
            by=request.user,
            on=form.cleaned_data["on"],
            reason=form.cleaned_data["reason"],
            version=form.cleaned_data["version"],
        )
    except Refused as refused:
        broken = [str(each) for each in refused.broken]
        return _shown(request, form, refused=broken, status=HTTPStatus.UNPROCESSABLE_ENTITY)
    except Stale:
        return _met(request, form)
    messages.success(request, _("已保存。") if event else _("没有改动，未作变更。"))
    return redirect("organisation_page", code=organisation.code)


def _met(request: OfficerRequest, form: OrganisationForm) -> HttpResponse:
    """Show the form again with what others changed since it was opened."""
    present = Organisation.objects.get(pk=form.instance.pk)
    unknown = collisions.since(present, form.cleaned_data["version"])
    data, both = merged(form, collisions.moved(unknown), present=present)
    again = OrganisationForm(data, instance=present)
    again.is_valid()
    present = Organisation.objects.get(pk=form.instance.pk)
    return _shown(request, again, unknown=unknown, both=both, present=present, status=HTTPStatus.CONFLICT)


def _shown(
    request: OfficerRequest,
    form: OrganisationForm,
    *,
    refused: list[str] | None = None,
    unknown: list[Event] | None = None,
    both: dict[str, Moved] | None = None,
    present: Organisation | None = None,
    status: int = HTTPStatus.OK,
) -> HttpResponse:
    organisation = present or Organisation.objects.get(pk=form.instance.pk)
    met: dict[str, Any] = both or {}
    shown = {
        "form": form,
        "organisation": organisation,
        "fields": [(form[name], met.get(name)) for name in OrganisationForm.Meta.fields],
        "last_fields": [form["on"], form["reason"]],
        "refused": refused or [],
        "done_before": collisions.told(unknown or []),
        "conflict": unknown is not None,
        "both": met,
    }
    return render(request, "console/organisation_edit.html", shown, status=status)
