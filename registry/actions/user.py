"""Verbs of an account. Each leaves one row in the ledger of accounts, with the account as it then stands."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from django.contrib.auth.password_validation import validate_password
from django.db import transaction
from django.utils import timezone

from registry import rules
from registry.actions import chain
from registry.models import StaffEvent, User
from registry.models.staff import account
from registry.states import FROM_UNITS, Role

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date

    from registry.models import Unit
    from registry.rulebook import Rule


@transaction.atomic
def add_user(
    *,
    username: str,
    display_name: str,
    role: str,
    password: str,
    by: User,
    on: date,
    reason: str,
    unit: Unit | None = None,
) -> User:
    """Open an account whose password has to be changed at the first sign-in; raises `Refused`, ValidationError for a weak password, IntegrityError for a taken username."""
    user = User(username=username, display_name=display_name.strip(), role=role, unit=unit)
    like = User.objects.named(str(user)).first()
    _require(user, by=by, on=on, reason=reason, asked=rules.ADD_ACCOUNT, named_like=like.full_name if like else "")
    validate_password(password, user)
    user.set_password(password)
    user.has_given_password = True
    user.save(force_insert=True)
    _record(user, {}, verb="user.add", on=on, by=by, reason=reason)
    return user


@transaction.atomic
def change_role(
    *, user_id: int, role: str, by: User, on: date, reason: str, unit: Unit | None = None
) -> StaffEvent | None:
    """Give somebody another role, or unit; return None when nothing differs."""
    user = _lock(user_id)
    before = account(user)
    user.role, user.unit = role, unit
    if account(user) == before:
        return None
    _require(user, by=by, on=on, reason=reason)
    user.save(update_fields=["role", "unit"])
    return _record(user, before, verb="user.change_role", on=on, by=by, reason=reason)


@transaction.atomic
def set_certificate(
    *, user_id: int, certificate_no: str, certificate_until: date | None, by: User, on: date, reason: str
) -> StaffEvent | None:
    """Enter, renew or take back (both empty) an enforcement certificate; return None when nothing differs."""
    user = _lock(user_id)
    before = account(user)
    user.certificate_no, user.certificate_until = certificate_no.strip(), certificate_until
    if account(user) == before:
        return None
    _require(user, by=by, on=on, reason=reason)
    same = (
        User.objects.filter(certificate_no=user.certificate_no).exclude(pk=user.pk).exclude(certificate_no="").first()
    )
    facts = replace(user.certificate(), taken_by=same.full_name if same else "")
    rules.require(rules.SET_CERTIFICATE, facts, on=on)
    user.save(update_fields=["certificate_no", "certificate_until"])
    return _record(user, before, verb="user.set_certificate", on=on, by=by, reason=reason)


@transaction.atomic
def set_qualification(
    *, user_id: int, legal_qualification_no: str, by: User, on: date, reason: str
) -> StaffEvent | None:
    """Enter or take back (empty) what qualifies somebody for legal review; return None when nothing differs."""
    user = _lock(user_id)
    before = account(user)
    user.legal_qualification_no = legal_qualification_no.strip()
    if account(user) == before:
        return None
    _require(user, by=by, on=on, reason=reason)
    user.save(update_fields=["legal_qualification_no"])
    return _record(user, before, verb="user.set_qualification", on=on, by=by, reason=reason)


def deactivate(*, user_id: int, by: User, on: date, reason: str) -> StaffEvent | None:
    """Close an account: it can no longer sign in, and is out of every session; return None when it is closed."""
    return _switch(user_id, is_active=False, verb="user.deactivate", by=by, on=on, reason=reason)


def reactivate(*, user_id: int, by: User, on: date, reason: str) -> StaffEvent | None:
    """Open a closed account again; return None when it is open."""
    return _switch(user_id, is_active=True, verb="user.reactivate", by=by, on=on, reason=reason)


@transaction.atomic
def reset_password(*, user_id: int, password: str, by: User, on: date, reason: str) -> StaffEvent:
    """Set a new password, to be changed at the next sign-in; it ends the person's sessions.

    Raises ValidationError for a weak one.
    """
    user = _lock(user_id)
    _require(user, by=by, on=on, reason=reason)
    validate_password(password, user)
    user.set_password(password)
    user.has_given_password = True
    user.save(update_fields=["password", "has_given_password"])
    return _record(user, account(user), verb="user.reset_password", on=on, by=by, reason=reason)


@transaction.atomic
def change_password(*, password: str, by: User, on: date) -> StaffEvent:
    """Let people set a new password of their own, having proved the old one; raises ValidationError for a weak one."""
    user = _lock(by.pk)
    validate_password(password, user)
    user.set_password(password)
    user.has_given_password = False
    user.save(update_fields=["password", "has_given_password"])
    return _record(user, account(user), verb="user.change_password", on=on, by=by, reason="本人修改密码")


@transaction.atomic
def _switch(user_id: int, *, is_active: bool, verb: str, by: User, on: date, reason: str) -> StaffEvent | None:
    user = _lock(user_id)
    before = account(user)
    user.is_active = is_active
    if account(user) == before:
        return None
    _require(user, by=by, on=on, reason=reason)
    user.save(update_fields=["is_active"])
    return _record(user, before, verb=verb, on=on, by=by, reason=reason)


def _lock(user_id: int) -> User:
    return User.objects.select_for_update(of=("self",)).exclude(role=Role.SYSTEM).get(pk=user_id)


def _require(
    user: User,
    *,
    by: User,
    on: date,
    reason: str,
    asked: tuple[Rule[rules.AccountFacts], ...] = rules.CHANGE_ACCOUNT,
    named_like: str = "",
) -> None:
    today = timezone.localdate()
    said = rules.MoveFacts(reason=reason, established_on=None, last_event_on=None, today=today)
    rules.require((rules.has_a_reason, rules.is_not_in_the_future), said, on=on)
    facts = rules.AccountFacts(
        subject=user.pk,
        by=by.pk,
        comes_from_a_unit=user.role in FROM_UNITS,
        has_unit=user.unit_id is not None,
        named_like=named_like,
    )
    rules.require(asked, facts, on=on)


def _record(user: User, before: Mapping[str, Any], *, verb: str, on: date, by: User, reason: str) -> StaffEvent:
    after = account(user)
    changed = {name: [before[name], value] for name, value in after.items() if name in before and before[name] != value}
    facts = {"account": after, **({"changes": changed} if changed else {})}
    return chain.append(StaffEvent, subject=user, verb=verb, on=on, by=by, reason=reason, facts=facts)
