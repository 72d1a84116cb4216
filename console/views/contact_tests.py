"""The test whether a body can be reached: its page, and its steps."""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from cleanup.actions import contact_test
from cleanup.models import ContactTest
from cleanup.queries.verification import interval, open_test, second_letter
from console.access import Permission, access_contact_tests, access_contact_tries, access_organisations, may, needs
from console.language import translated
from console.verification_forms import CallForm, LetterForm, SettleForm, VerdictForm
from registry.files import Unacceptable
from registry.queries.law import basis
from registry.rulebook import Refused
from registry.states import ContactOutcome

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.http import HttpResponse

    from console.access import OfficerRequest
    from console.verification_forms import DatedForm
    from registry.models import Organisation

steps = require_http_methods(["GET", "HEAD", "POST"])
"""A GET of a step's address, as after signing in anew, only leads back to the body's test."""

EARLIER = 5
"""Earlier tests the page shows."""


@require_safe
@needs(Permission.VIEW_DOCUMENTS)
def organisation_contact_test(request: OfficerRequest, code: str) -> HttpResponse:
    """Show the test under way, or the last one: every attempt, what is still wanting, what may be done."""
    return _shown(request, get_object_or_404(access_organisations(request.user), code=code))


@steps
@needs(Permission.RECORD_EVIDENCE)
def organisation_contact_begin(request: OfficerRequest, code: str) -> HttpResponse:
    """Begin a test, or go on with the one under way."""
    organisation = get_object_or_404(access_organisations(request.user), code=code)
    if request.method == "POST":
        contact_test.begin(organisation_id=organisation.pk, by=request.user, on=timezone.localdate())
    return redirect("organisation_contact_test", code=code)


@steps
@needs(Permission.RECORD_EVIDENCE)
def contact_letter(request: OfficerRequest, pk: int) -> HttpResponse:
    """Record that a letter was sent."""
    test = get_object_or_404(access_contact_tests(request.user), pk=pk)
    form = LetterForm(request.POST, auto_id="letter_%s")
    said = _("已记录发信；得知结果后请补记。")
    return _take(request, test.organisation, ("letter", form), contact_test.attempt, said, test_id=pk)


@steps
@needs(Permission.RECORD_EVIDENCE)
def contact_call(request: OfficerRequest, pk: int) -> HttpResponse:
    """Record a call, a visit or a message."""
    test = get_object_or_404(access_contact_tests(request.user), pk=pk)
    form = CallForm(request.POST, request.FILES, auto_id="call_%s")
    return _take(request, test.organisation, ("call", form), contact_test.attempt, _("已记录联系。"), test_id=pk)


@steps
@needs(Permission.RECORD_EVIDENCE)
def contact_settle(request: OfficerRequest, pk: int) -> HttpResponse:
    """Record what came of a letter."""
    made = get_object_or_404(access_contact_tries(request.user).select_related("test__organisation"), pk=pk)
    form = SettleForm(request.POST, request.FILES, auto_id=f"settle_{pk}_%s")
    said = _("已记录结果，并记入联系记录。")
    return _take(request, made.test.organisation, (f"settle_{pk}", form), contact_test.settle, said, try_id=pk)


@steps
@needs(Permission.RECORD_EVIDENCE)
def contact_conclude(request: OfficerRequest, pk: int) -> HttpResponse:
    """End the test with a verdict."""
    test = get_object_or_404(access_contact_tests(request.user), pk=pk)
    form = VerdictForm(request.POST, auto_id="verdict_%s")
    said = _("联系核查已经结束。")
    return _take(request, test.organisation, ("verdict", form), contact_test.conclude, said, test_id=pk)


def _take(
    request: OfficerRequest,
    organisation: Organisation,
    tried: tuple[str, DatedForm],
    act: Callable[..., object],
    said: str,
    **about: int,
) -> HttpResponse:
    """Make one domain call; a refusal keeps what was written and says which rule."""
    if request.method != "POST":
        return redirect("organisation_contact_test", code=organisation.code)
    form = tried[1]
    if not form.is_valid():
        return _shown(request, organisation, tried=tried, refused=[_("有内容没有填写或者填写有误，见标明的各项。")])
    try:
        act(**about, by=request.user, **form.told())
    except Refused as refused:
        return _shown(request, organisation, tried=tried, refused=[translated(each) for each in refused.broken])
    except Unacceptable as reason:
        form.add_error("file", translated(str(reason)))
        return _shown(request, organisation, tried=tried, refused=[translated(str(reason))])
    messages.success(request, said)
    return redirect("organisation_contact_test", code=organisation.code)


def _shown(
    request: OfficerRequest,
    organisation: Organisation,
    *,
    tried: tuple[str, DatedForm] | None = None,
    refused: list[str] | None = None,
) -> HttpResponse:
    today = timezone.localdate()
    rows = ContactTest.objects.filter(organisation=organisation).select_related("begun_by", "ended_by")
    test = open_test(organisation) or rows.order_by("-pk").first()
    may_act = may(request.user, Permission.RECORD_EVIDENCE)
    is_open = test is not None and test.ended_on is None
    tries = list(test.tries.select_related("made_by", "proof_file", "attempt")) if test else []
    forms = {"letter": LetterForm(auto_id="letter_%s"), "call": CallForm(auto_id="call_%s")}
    forms |= {"verdict": VerdictForm(auto_id="verdict_%s")}
    told: dict[str, Any] = {step: tried[1] if tried and tried[0] == step else form for step, form in forms.items()}
    shown = {
        "organisation": organisation,
        "test": test,
        "is_open": is_open,
        "may_act": may_act,
        "tries": [(each, _settling(each.pk, tried) if _waits(each, may_act=may_act) else None) for each in tries],
        "awaited": sum(each.outcome == ContactOutcome.PENDING for each in tries),
        "second": second_letter(test) if test and is_open else None,
        "interval": interval(today),
        "basis": basis("社会组织信用信息管理办法/11", on=today),
        "forms": told,
        "earlier": list(rows.exclude(pk=test.pk if test else 0).order_by("-pk")[:EARLIER]),
        "tried": tried,
        "refused": refused or [],
    }
    status = HTTPStatus.UNPROCESSABLE_ENTITY if refused else HTTPStatus.OK
    return render(request, "console/contact_test.html", shown, status=status)


def _waits(made: Any, *, may_act: bool) -> bool:
    return may_act and made.outcome == ContactOutcome.PENDING


def _settling(pk: int, tried: tuple[str, DatedForm] | None) -> DatedForm:
    """Return the form that tells what came of a letter, as it was just sent where that was refused."""
    if tried is not None and tried[0] == f"settle_{pk}":
        return tried[1]
    return SettleForm(auto_id=f"settle_{pk}_%s")
