"""The ledger for those who examine it: what it proves, its checkpoints, the latest check, and everything to take away."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

from django import forms
from django.core.exceptions import ValidationError
from django.http import HttpResponse, StreamingHttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from console.access import Permission, access_checkpoints, access_organisations, needs
from console.paging import Order, page
from registry import verify_export
from registry.models import Event, LedgerCheck
from registry.queries import ledger_lines
from registry.queries.books import books

if TYPE_CHECKING:
    from collections.abc import Iterator

    from django.db.models import QuerySet

    from console.access import OfficerRequest
    from registry.models import Organisation

LATEST_FIRST = Order(("number",), descending=True)
SCRIPT = Path(verify_export.__file__)


class OrganisationForm(forms.Form):
    """Whose part of the ledger one wants."""

    code = forms.CharField(label=_("统一社会信用代码"), max_length=18)

    def __init__(self, *args: Any, reach: QuerySet[Organisation], **how: Any) -> None:
        """Look among the organisations in ``reach``."""
        super().__init__(*args, **how)
        self.reach = reach

    def clean_code(self) -> str:
        """Return the code of an organisation on the register."""
        code = str(self.cleaned_data["code"]).strip().upper()
        if not self.reach.filter(code=code).exists():
            raise ValidationError(gettext("登记名册中没有代码为 %(code)s 的组织") % {"code": code})
        return code


@require_safe
@needs(Permission.VIEW_LEDGER)
def ledger(request: OfficerRequest) -> HttpResponse:
    """Explain the ledger, show checkpoints and the latest check, and lead to what can be taken away."""
    asked = {"code": request.GET["code"]} if "code" in request.GET else None
    form = OrganisationForm(asked, reach=access_organisations(request.user))
    if form.is_bound and form.is_valid():
        return redirect("ledger_organisation", code=form.cleaned_data["code"])
    found = page(
        access_checkpoints(request.user),
        LATEST_FIRST,
        after=request.GET.get("after", ""),
        before=request.GET.get("before", ""),
    )
    check = LedgerCheck.objects.select_related("checkpoint").first()
    shown = {
        "form": form,
        "page": found,
        "check": check,
        "more_faults": check.found - len(check.faults) if check else 0,
        "events": Event.objects.count(),
        "books": [(book.title, book.count()) for book in books()],
        "today": timezone.localdate(),
    }
    return render(request, "console/ledger.html", shown)


@require_safe
@needs(Permission.VIEW_LEDGER)
def ledger_export(_request: OfficerRequest) -> HttpResponse:
    """Hand out the whole ledger, for verification elsewhere."""
    return _attached(ledger_lines.whole(), f"ledger-{timezone.localdate()}.jsonl")


@require_safe
@needs(Permission.VIEW_LEDGER)
def ledger_organisation(request: OfficerRequest, code: str) -> HttpResponse:
    """Hand out one organisation's chain with the proof that it stands in the newest checkpoint."""
    organisation = get_object_or_404(access_organisations(request.user), code=code)
    return _attached(ledger_lines.of_one(organisation), f"ledger-{code}-{timezone.localdate()}.jsonl")


@require_safe
@needs(Permission.VIEW_LEDGER)
def ledger_script(_request: OfficerRequest) -> HttpResponse:
    """Hand out the script that verifies such files with nothing but Python."""
    headers = {"Content-Disposition": f'attachment; filename="{SCRIPT.name}"'}
    return HttpResponse(SCRIPT.read_bytes(), content_type="text/x-python", headers=headers)


def _attached(lines: Iterator[str], name: str) -> HttpResponse:
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    answer = StreamingHttpResponse(lines, content_type="application/x-ndjson; charset=utf-8", headers=headers)
    return cast("HttpResponse", answer)  # likewise
