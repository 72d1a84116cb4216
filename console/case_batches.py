"""Forms of doing one thing in many cases: what it shall be, and what is stated in each of them alike."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext

from cleanup import notices, rules
from cleanup.actions.batch import EACH_ITS_OWN
from cleanup.states import BatchDeed, BatchOutcome, DocumentKind, Step, Treatment
from console.case_forms import StepForm
from console.language import translated
from console.notice_forms import NoticeForm

if TYPE_CHECKING:
    from collections.abc import Sequence

    from django.http import QueryDict

    from cleanup.models import Case, CaseBatch

TONES = {BatchOutcome.WAITING: "deadline", BatchOutcome.DONE: "active", BatchOutcome.REFUSED: "alarm"}
"""The badge of each outcome."""


def offered(deed: str, cases: Sequence[Case]) -> list[tuple[str, str]]:
    """Return what may be done in all of ``cases`` alike: word and label; nothing where their treatments differ."""
    treatments = {each.treatment for each in cases}
    if len(treatments) != 1:
        return []
    treatment = treatments.pop()
    if deed == BatchDeed.NOTICE:
        return [(kind.value, translated(kind.label)) for kind in rules.documents_of(treatment)]
    legs = rules.TRACKS[Treatment(treatment)].values()
    return [
        (leg.step.value, translated(leg.step.label))
        for leg in legs
        if not leg.by_itself and not any(ask.what in EACH_ITS_OWN for ask in leg.asks)
    ]


def form_for(deed: str, what: str, cases: Sequence[Case], data: QueryDict | None = None) -> NoticeForm | StepForm:
    """Return the form of what is done; a field left empty is filled from each case by itself."""
    if deed == BatchDeed.NOTICE:
        return NoticeForm(notices.forms()[what], data)
    leg = rules.leg_of(cases[0].treatment, what)
    assert leg is not None  # noqa: S101 - it was offered
    form = StepForm(cases[0], leg, data)
    if leg.step in rules.OWN_NUMBERS and len(cases) > 1:
        form.fields.pop("document_no", None)
    return form


def named(batch: CaseBatch) -> str:
    """Return what a batch does, in words."""
    if batch.deed == BatchDeed.NOTICE:
        return gettext("批量制作文书：%(what)s") % {"what": translated(DocumentKind(batch.what).label)}
    return gettext("批量办理步骤：%(what)s") % {"what": translated(Step(batch.what).label)}


def unlike(cases: Sequence[Case]) -> bool:
    """Tell whether cases cannot be dealt with alike, because their treatments differ."""
    return len({each.treatment for each in cases}) > 1


def told(lines: Sequence[Any]) -> list[str]:
    """Return what came of a case in the reader's language."""
    return [translated(str(each)) for each in lines if each]
