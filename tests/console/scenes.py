"""What a scene of two at once is made of: a place, and what another officer does before one's own form arrives."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any

from django.urls import reverse
from django.utils import timezone

from registry.actions.ledger import lock, record, snapshot
from tests.factories import OrganisationFactory

if TYPE_CHECKING:
    from collections.abc import Callable

    from registry.models import Organisation, User


@dataclass(frozen=True, slots=True)
class Scene:
    """What stands in the address, what another officer does before one's own form arrives, and what is asked for."""

    about: tuple[Any, ...]
    first: Callable[[User], object]
    query: str = ""

    def at(self, name: str) -> str:
        """Return the address."""
        return reverse(name, args=self.about) + self.query


def today() -> Any:
    return timezone.localdate()


def written(body: Organisation, by: User) -> None:
    """Write something into the ledger of a body, whatever state it is in."""
    present = lock(body.pk)
    record(present, snapshot(present), verb="organisation.amend", on=today(), by=by, reason="迁址")


def of_body(body: Organisation) -> Scene:
    return Scene((body.code,), partial(written, body))


def body(**columns: Any) -> Scene:
    return of_body(OrganisationFactory.create(**columns))
