"""Whether a document's turn has come in its case, and who may make it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cleanup.rules.step import OPEN_TO, SIGNERS
from cleanup.states import PENALTIES, Actor, CaseState, DocumentKind
from registry.rules import ENFORCE, broken

if TYPE_CHECKING:
    from datetime import date

    from cleanup.queries.progress import Progress
    from cleanup.rules.leg import Leg
    from registry.models import User

OF_SERVICE = (DocumentKind.SERVICE_RECEIPT, DocumentKind.ANNOUNCEMENT)
"""Documents that follow another one, which has to reach the body."""


def is_in_turn(progress: Progress, kind: str) -> bool:
    """Tell whether a step that brings a document of ``kind`` is taken, or is the next that may be."""
    if kind in OF_SERVICE:
        return any(leg.serves and leg.step in progress.done for leg in progress.track.values())
    legs = [leg for leg in progress.track.values() if kind in leg.documents]
    return any(leg.step in progress.done or _is_open(progress, leg) for leg in legs)


def _is_open(progress: Progress, leg: Leg) -> bool:
    at_hand = CaseState(progress.case.state) in OPEN_TO[leg.phase]
    earlier = all(step in progress.done for step in leg.after)
    return at_hand and earlier and all(step in progress.served for step in leg.served)


def may_make(progress: Progress, by: User, *, on: date) -> bool:
    """Tell whether ``by`` makes documents of the case: who acts in it, or signs for the bureau, and is not recused."""
    if by.pk in progress.recused:
        return False
    if by.role in SIGNERS[Actor.CHECKER]:
        return True
    is_certified = progress.case.treatment not in PENALTIES or not broken(ENFORCE, by.certificate(), on=on)
    return by.pk in progress.officers and is_certified
