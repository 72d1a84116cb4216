"""What stands above single associations: who might belong on the list, batches, and who answers for what."""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING, Any

from django import forms
from django.contrib import messages
from django.db.models import Q
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_safe

from console.access import Permission, access_organisations, needs
from console.decoupling_forms import choices
from console.deed_forms import line
from console.language import translated
from console.work_forms import DayField
from decoupling.actions import batch as batches
from decoupling.models import Batch, ChecklistItem, Department
from decoupling.queries.policies import name_suffixes
from decoupling.rules import suggested_by_name
from decoupling.states import APPOINTED
from registry.models import Unit
from registry.rulebook import Refused
from registry.states import EXISTING, Kind

if TYPE_CHECKING:
    from django.http import HttpResponse

    from console.access import OfficerRequest


class BatchForm(forms.Form):
    """A batch the joint working group has decided on."""

    number = forms.IntegerField(label=gettext_lazy("批次"), min_value=1, max_value=99)
    title = line(gettext_lazy("名称"))
    document_no = line(gettext_lazy("部署文号"))
    decided_on = DayField(gettext_lazy("部署日期"))
    plan_due_on = DayField(gettext_lazy("方案报送期限"))
    done_due_on = DayField(gettext_lazy("完成脱钩期限"))


class AppointForm(forms.Form):
    """Which unit answers for what from now on."""

    responsible = forms.ChoiceField(label=gettext_lazy("职责"))
    unit = forms.ModelChoiceField(label=gettext_lazy("单位"), queryset=Unit.objects.order_by("name"))
    on = DayField(gettext_lazy("自"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        """Offer the responsibilities in the reader's language."""
        super().__init__(*args, **kwargs)
        self.fields["responsible"].choices = choices((each.value, each.label) for each in APPOINTED)  # type: ignore[attr-defined]  # a choice field


@require_safe
@needs(Permission.HANDLE_DECOUPLING)
def decoupling_candidates(request: OfficerRequest) -> HttpResponse:
    """List the associations nobody has placed yet; a name only suggests to look closer."""
    suffixes = name_suffixes(on=timezone.localdate())
    named = Q()
    for each in suffixes:
        named |= Q(name__endswith=each)
    rows = access_organisations(request.user).filter(state__in=EXISTING, kind=Kind.ASSOCIATION, listing__isnull=True)
    rows = rows.filter(named | Q(is_industry_association=True)).select_related("supervising_unit")
    flagged = [
        (body, suggested_by_name(body.name, suffixes)) for body in rows.order_by("-is_industry_association", "code")
    ]
    shown = {
        "likely": [each for each in flagged if each[0].is_industry_association],
        "others": [each for each in flagged if not each[0].is_industry_association],
        "suffixes": suffixes,
    }
    return render(request, "console/decoupling_candidates.html", shown)


@require_http_methods(["GET", "HEAD", "POST"])
@needs(Permission.HANDLE_DECOUPLING)
def decoupling_setup(request: OfficerRequest) -> HttpResponse:
    """Show and enter batches, and who answers for what."""
    today = timezone.localdate()
    which = request.POST.get("which", "")
    batch = BatchForm(request.POST if which == "batch" else None, initial={"decided_on": today})
    appoint = AppointForm(request.POST if which == "appoint" else None, initial={"on": today})
    refused: list[str] = []
    form: forms.Form | None = {"batch": batch, "appoint": appoint}.get(which)
    if form is not None and form.is_valid():
        try:
            _act(request, which, form.cleaned_data)
        except Refused as error:
            refused = [translated(str(each)) for each in error.broken]
        else:
            messages.success(request, _("已登记"))
            return redirect("decoupling_setup")
    units = Department.objects.on(today)
    shown = {
        "batch": batch,
        "appoint": appoint,
        "which": which,
        "refused": refused,
        "batches": list(Batch.objects.order_by("number")),
        "departments": [(translated(each.label), units.get(each.value)) for each in APPOINTED],
        "items": list(ChecklistItem.objects.order_by("code")),
    }
    failed = form is not None and (bool(refused) or not form.is_valid())
    return render(
        request,
        "console/decoupling_setup.html",
        shown,
        status=HTTPStatus.UNPROCESSABLE_ENTITY if failed else HTTPStatus.OK,
    )


def _act(request: OfficerRequest, which: str, told: dict[str, Any]) -> None:
    today = timezone.localdate()
    if which == "batch":
        batches.open_batch(by=request.user, **{**told, "decided_on": told["decided_on"] or today})
    else:
        batches.appoint(by=request.user, **{**told, "on": told["on"] or today})
