"""Penalties entered on the organisation's own page: only an officer with a valid certificate carries one out."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from registry import rules
from registry.actions import organisation as verbs

if TYPE_CHECKING:
    from datetime import date

    from registry.models import Event, User


def revoke(*, by: User, on: date, **decision: Any) -> Event:
    """撤销登记 by ``by``, who must hold a certificate on that day; else as `registry.actions.organisation.revoke`."""
    rules.require(rules.ENFORCE, by.certificate(), on=on)
    return verbs.revoke(by=by, on=on, **decision)


def revoke_licence(*, by: User, on: date, **decision: Any) -> Event:
    """吊销登记证书 by ``by``, who must hold a certificate on that day."""
    rules.require(rules.ENFORCE, by.certificate(), on=on)
    return verbs.revoke_licence(by=by, on=on, **decision)
