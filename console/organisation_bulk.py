"""What a verb would do to each of many bodies, before it is done and after."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.utils.translation import gettext_lazy as _

from registry import rules
from registry.states import EXISTING

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import date

    from console.words import Said
    from registry.models import Organisation

NAMES = {"hold": _("列入暂缓处理"), "release": _("解除暂缓处理")}
GUARDS = {"hold": rules.HOLD, "release": rules.RELEASE}
MOST = 200
"""How many bodies one confirmation takes; a list that nobody can read is not a confirmation."""


@dataclass(frozen=True, slots=True)
class Line:
    """One body of the selection, the rules that refuse it, and what others recorded since the officer saw it."""

    organisation: Organisation
    refused: tuple[str, ...] = ()
    meanwhile: tuple[Said, ...] = ()


def foreseen(verb: str, organisations: Iterable[Organisation], *, on: date) -> list[Line]:
    """Return each body with the rules it breaks as it stands."""
    return [
        Line(
            each,
            tuple(
                str(broken)
                for broken in rules.broken(
                    GUARDS[verb], rules.HoldFacts(existing=each.state in EXISTING, held=each.held_on is not None), on=on
                )
            ),
        )
        for each in organisations
    ]
