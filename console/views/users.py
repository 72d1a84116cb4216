"""People: the administrator's pages of accounts, the ledger of accounts, and what each role may do."""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING, Any

from axes.utils import reset as forget_failures
from django.contrib import messages
from django.db import transaction
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from console.access import (
    BUNDLES,
    Permission,
    access_staff_events,
    access_users,
    needs,
)
from console.accounts import (
    CertificateForm,
    NewUserForm,
    QualificationForm,
    ReasonForm,
    RoleForm,
    UserFilter,
    certificate_state,
    new_password,
    tell_staff,
    version,
)
from console.collisions import renew, written
from console.labels import moment
from console.paging import Order, page
from registry.actions import user as user_actions
from registry.models import User
from registry.rulebook import Refused
from registry.rules import account_is_anothers
from registry.states import Role

if TYPE_CHECKING:
    from collections.abc import Callable

    from django import forms
    from django.http import HttpResponse

    from console.access import OfficerRequest
    from registry.models import StaffEvent

changes = require_http_methods(["GET", "HEAD", "POST"])
"""A GET of a verb's address, as after signing in anew, only leads back to the account."""

LATEST_FIRST = Order(("seq",), descending=True)


FORMS: dict[str, type[ReasonForm]] = {
    "role": RoleForm,
    "certificate": CertificateForm,
    "qualification": QualificationForm,
    "password": ReasonForm,
    "deactivate": ReasonForm,
    "reactivate": ReasonForm,
}
"""What each verb on an account asks for."""


class Stale(Exception):
    """The account has changed since the form was shown."""


@require_safe
@needs(Permission.MANAGE_USERS)
def user_list(request: OfficerRequest) -> HttpResponse:
    """List the people who may sign in, or once could."""
    asked = UserFilter(request.GET)
    rows = asked.rows(access_users(request.user)).select_related("unit")
    order = asked.orders.order(request.GET.get("order", ""))
    found = page(rows, order, after=request.GET.get("after", ""), before=request.GET.get("before", ""))
    today = timezone.localdate()
    people = [(each, certificate_state(each, on=today)) for each in found.rows]
    return render(
        request, "console/user_list.html", {"form": asked, "page": found, "people": people, "total": rows.count()}
    )


@changes
@needs(Permission.MANAGE_USERS)
def user_add(request: OfficerRequest) -> HttpResponse:
    """Open an account; its password is made here and shown once."""
    form = NewUserForm(request.POST or None)
    if request.method != "POST" or not form.is_valid():
        status = HTTPStatus.OK if request.method != "POST" else HTTPStatus.UNPROCESSABLE_ENTITY
        return render(request, "console/user_add.html", {"form": form}, status=status)
    told = form.cleaned_data
    password = new_password()
    try:
        user = user_actions.add_user(
            username=told["username"],
            display_name=told["display_name"],
            role=told["role"],
            unit=told["unit"],
            password=password,
            by=request.user,
            on=timezone.localdate(),
            reason=told["reason"],
        )
    except Refused as refused:
        shown = {"form": form, "refused": refused.broken}
        return render(request, "console/user_add.html", shown, status=HTTPStatus.UNPROCESSABLE_ENTITY)
    return render(request, "console/user_password.html", {"person": user, "password": password, "is_new": True})


@require_safe
@needs(Permission.MANAGE_USERS)
def user_page(request: OfficerRequest, pk: int) -> HttpResponse:
    """Show one account with what may be changed about it and everything that was."""
    return _shown(request, _get(request, pk))


@changes
@needs(Permission.MANAGE_USERS)
def user_role(request: OfficerRequest, pk: int) -> HttpResponse:
    """Give somebody another role or unit."""
    return _answered(
        request,
        pk,
        "role",
        lambda told, **how: user_actions.change_role(role=told["role"], unit=told["unit"], **how),
    )


@changes
@needs(Permission.MANAGE_USERS)
def user_certificate(request: OfficerRequest, pk: int) -> HttpResponse:
    """Enter, renew or take back an enforcement certificate."""
    return _answered(
        request,
        pk,
        "certificate",
        lambda told, **how: user_actions.set_certificate(
            certificate_no=told["certificate_no"], certificate_until=told["certificate_until"], **how
        ),
    )


@changes
@needs(Permission.MANAGE_USERS)
def user_deactivate(request: OfficerRequest, pk: int) -> HttpResponse:
    """Close an account."""
    return _answered(request, pk, "deactivate", lambda _told, **how: user_actions.deactivate(**how))


@changes
@needs(Permission.MANAGE_USERS)
def user_reactivate(request: OfficerRequest, pk: int) -> HttpResponse:
    """Open a closed account again."""
    return _answered(request, pk, "reactivate", lambda _told, **how: user_actions.reactivate(**how))


@changes
@needs(Permission.MANAGE_USERS)
def user_qualification(request: OfficerRequest, pk: int) -> HttpResponse:
    """Enter or take back what qualifies somebody for legal review."""
    return _answered(
        request,
        pk,
        "qualification",
        lambda told, **how: user_actions.set_qualification(
            legal_qualification_no=told["legal_qualification_no"], **how
        ),
    )


@changes
@needs(Permission.MANAGE_USERS)
def user_password(request: OfficerRequest, pk: int) -> HttpResponse:
    """Set a password made here, show it once, and let the person try again at once."""
    password = new_password()
    answer = _answered(
        request, pk, "password", lambda _told, **how: user_actions.reset_password(password=password, **how)
    )
    if request.method != "POST" or answer.status_code != HTTPStatus.FOUND:
        return answer
    person = _get(request, pk)
    forget_failures(username=person.username)
    list(messages.get_messages(request))
    return render(request, "console/user_password.html", {"person": person, "password": password})


@require_safe
@needs(Permission.VIEW_STAFF_LOG)
def staff_log(request: OfficerRequest) -> HttpResponse:
    """Show the ledger of accounts, the latest first."""
    found = page(
        access_staff_events(request.user),
        LATEST_FIRST,
        after=request.GET.get("after", ""),
        before=request.GET.get("before", ""),
    )
    return render(request, "console/staff_log.html", {"page": found, "told": tell_staff(found.rows)})


@require_safe
@needs(Permission.OWN_ACCOUNT)
def role_matrix(request: OfficerRequest) -> HttpResponse:
    """Show what each role may do, as the code holds it."""
    roles = [role for role in Role if role != Role.SYSTEM]
    rows = [(each.label, [each in BUNDLES[role] for role in roles]) for each in Permission]
    return render(request, "console/role_matrix.html", {"roles": [role.label for role in roles], "rows": rows})


def _answered(request: OfficerRequest, pk: int, name: str, verb: Callable[..., StaffEvent | None]) -> HttpResponse:
    """Carry out a verb on an account and lead back to it, or show it with why not and the text as it was written."""
    person = _get(request, pk)
    if request.method != "POST":
        return redirect("user_page", pk=person.pk)
    form = FORMS[name](request.POST, prefix=name)
    if not form.is_valid():
        return _shown(request, person, form, status=HTTPStatus.UNPROCESSABLE_ENTITY)
    try:
        event = _carried_out(request, person, form, verb)
    except Refused as refused:
        status = HTTPStatus.UNPROCESSABLE_ENTITY
        return _shown(request, _get(request, pk), form, refused=list(refused.broken), status=status)
    except Stale:
        return _shown(request, person, form, refused=[_who_came_first(person)], status=HTTPStatus.CONFLICT)
    messages.success(request, _("已办理，并记入人员台账。") if event else _("没有变动，未作记录。"))
    return redirect("user_page", pk=person.pk)


@transaction.atomic
def _carried_out(
    request: OfficerRequest, person: User, form: forms.Form, verb: Callable[..., StaffEvent | None]
) -> StaffEvent | None:
    User.objects.select_for_update(of=("self",)).get(pk=person.pk)
    told = form.cleaned_data
    if told["version"] != version(person):
        raise Stale
    return verb(told, user_id=person.pk, by=request.user, on=timezone.localdate(), reason=told["reason"])


def _who_came_first(person: User) -> str:
    last = tell_staff(person.staff_events.select_related("by").order_by("-seq")[:1])
    if not last:
        return _("页面已过期，请刷新后再提交。")
    return _("该账户已由“%(by)s”于%(at)s办理“%(what)s”。本次提交没有办理，请核对后再提交。") % {
        "by": last[0].event.by,
        "at": moment(last[0].event.at),
        "what": last[0].title,
    }


def _get(request: OfficerRequest, pk: int) -> User:
    return get_object_or_404(access_users(request.user).select_related("unit"), pk=pk)


def _forms(person: User) -> dict[str, forms.Form]:
    stands = {
        "version": version(person),
        "role": person.role,
        "unit": person.unit_id,
        "certificate_no": person.certificate_no,
        "certificate_until": person.certificate_until,
        "legal_qualification_no": person.legal_qualification_no,
    }
    idle = "reactivate" if person.is_active else "deactivate"
    return {name: form(initial=stands, prefix=name) for name, form in FORMS.items() if name != idle}


def _shown(
    request: OfficerRequest,
    person: User,
    form: Any = None,
    *,
    refused: list[Any] | None = None,
    status: int = HTTPStatus.OK,
) -> HttpResponse:
    found = page(
        access_staff_events(request.user).filter(subject=person),
        LATEST_FIRST,
        after=request.GET.get("after", ""),
        before=request.GET.get("before", ""),
    )
    blank = _forms(person)
    if form is not None and form.prefix in blank:
        if status == HTTPStatus.CONFLICT:
            renew(form, version(person))
        blank[form.prefix] = form
    shown = {
        "written": written(form) if form is not None and form.prefix not in blank else [],
        "person": person,
        "forms": blank,
        "opened": form.prefix if form is not None else "",
        "refused": refused or [],
        "closed": [account_is_anothers] if person == request.user else [],
        "certificate": certificate_state(person, on=timezone.localdate()),
        "page": found,
        "told": tell_staff(found.rows),
    }
    return render(request, "console/user_page.html", shown, status=status)
