"""Situations the tests of the console start from."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

from cleanup.actions.sweep import sweep
from cleanup.models import Campaign, Finding
from tests.cleanup.situations import running_campaign, unreached
from tests.factories import OrganisationFactory, UserFactory

if TYPE_CHECKING:
    from registry.models import User
    from registry.states import Role

FOUND_ON = date(2022, 6, 1)


def user_of(role: Role, **columns: Any) -> User:
    """Return a user who may sign in."""
    return UserFactory.create(role=role, **columns)


def open_findings(count: int = 1, *, campaign: Campaign | None = None, **columns: Any) -> list[Finding]:
    """Return open findings of criterion D in a running campaign, each on a body of its own."""
    by = UserFactory.create()
    campaign = campaign or running_campaign()
    bodies = [OrganisationFactory.create(by=by, **columns) for _ in range(count)]
    for body in bodies:
        unreached(body, by=by)
    sweep(campaign_id=campaign.pk, as_of=FOUND_ON, by=by)
    return list(Finding.objects.filter(organisation__in=bodies).order_by("pk"))


def open_finding(**columns: Any) -> Finding:
    """Return one open finding."""
    return open_findings(**columns)[0]
