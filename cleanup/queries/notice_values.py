"""What a document of a case says without anybody entering it: from the register, the case, the law and earlier steps."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cleanup.models import Notice
from cleanup.notices import CAMPAIGN_NOTICE, SERVED_AS_PENALTY, SERVED_OTHERWISE, forms, ground
from cleanup.states import PENALTIES, DocumentKind, Step, Treatment
from registry.queries.law import NoPolicy, value
from registry.states import Kind

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from datetime import date

    from cleanup.models import CaseStep
    from cleanup.queries.progress import Progress
    from registry.models import Organisation

POLICIES = {
    "response_days": "penalty.hearing_request_days",
    "announcement_days": "penalty.announcement_days",
    "creditor_days": "cancellation.creditor_days",
    "application_days": "cancellation.application_days",
    "reconsideration_days": "penalty.reconsideration_days",
    "lawsuit_months": "penalty.lawsuit_months",
    "contact": "notice.contact",
}
"""Places filled from the law book, and the policy that fills each."""

PREFIX = "notice.prefix"
UNSET = "待设定"
"""What the law book ships with where only the bureau itself can say; it fills no place."""

FROM_STEPS: Mapping[str, tuple[tuple[Step, str], ...]] = {
    "facts": ((Step.REPORT, "content"), (Step.INQUIRE, "content"), (Step.FILE, "content")),
    "opinion": ((Step.REVIEW, "content"),),
    "heard": ((Step.HEAR, "content"), (Step.STATE, "content")),
    "content": ((Step.INQUIRE, "content"),),
    "person": ((Step.DISCUSS, "attendees"),),
}
"""Places an officer fills that an earlier step may have stated already, the better source first."""


def given(progress: Progress, *, on: date) -> dict[str, str]:
    """Return the values of every place that is filled by itself on the day ``on``; what nobody knows is left out."""
    case, body = progress.case, progress.organisation
    by_charity_law = case.treatment == Treatment.REVOKE_LICENCE
    cited = ground(body.kind, progress.finding.criteria, by_charity_law=by_charity_law)
    told = {
        "name": body.name,
        "code": body.code,
        "kind": str(Kind(body.kind).label),
        "address": body.address,
        "legal_representative": body.legal_representative,
        "certificate_no": body.certificate_no,
        "bureau": body.registration_authority,
        "treatment": case.get_treatment_display(),
        "officers": "、".join(_officers(progress)),
        **({"violated": cited.violated, "penalty_basis": cited.penalty_basis} if cited else {}),
        "shortfall": f"不符合{cited.violated}的规定" if cited else f"属于{CAMPAIGN_NOTICE}所列情形",
        "service_basis": SERVED_AS_PENALTY if case.treatment in PENALTIES else SERVED_OTHERWISE,
        **_policies(body, on),
    }
    return {name: text for name, text in told.items() if text}


def proposed(progress: Progress, kind: str) -> dict[str, str]:
    """Return what the fields of a document of ``kind`` may start from: an earlier document, else an earlier step."""
    found = {}
    notices = {each.kind: each for each in Notice.objects.filter(case=progress.case, voided_on=None).order_by("pk")}
    for field in forms()[kind].fields:
        repeated = notices.get(field.repeats)
        text = str(repeated.values.get(field.name, "")) if repeated else ""
        if text := text or _stated(progress, field.name):
            found[field.name] = text
    return found


def prefix(body: Organisation, *, on: date) -> str:
    """Return what the numbers of the bureau's documents begin with, blank where nobody has set it."""
    return _policy(PREFIX, body, on)


def standing(progress: Progress, kind: str) -> Notice | None:
    """Return the document of ``kind`` that was issued last and is not void."""
    return Notice.objects.filter(case=progress.case, kind=kind, voided_on=None).order_by("-round").first()


def numbers_of(progress: Progress, issued: Iterable[Notice]) -> dict[Step, str]:
    """Return for each step the number its document was ``issued`` under, where it is numbered and not void."""
    found = {each.kind: each.document_no for each in issued if each.voided_on is None and each.word}
    return {
        step: found[leg.documents[0]]
        for step, leg in progress.track.items()
        if leg.documents and leg.documents[0] in found
    }


def _officers(progress: Progress) -> list[str]:
    """Return the officers of the case with their certificates: those who investigated, else the one who carries it."""
    steps = [each for each in progress.present if each.step in (Step.INQUIRE, Step.REPORT)]
    people = [person for step in steps[-1:] for person in step.people if person["as"] in {"by", "second"}]
    if people:
        return [_named(each["name"], each["certificate_no"]) for each in people]
    officer = progress.case.officer
    return [_named(str(officer), officer.certificate_no)]


def _named(name: str, certificate_no: str) -> str:
    return f"{name}（{certificate_no}）" if certificate_no else name


def _stated(progress: Progress, place: str) -> str:
    for step, key in FROM_STEPS.get(place, ()):
        taken: CaseStep | None = progress.last(step)
        if taken is not None and taken.facts.get(key):
            return str(taken.facts[key])
    return ""


def _policies(body: Organisation, on: date) -> dict[str, str]:
    return {place: _policy(key, body, on) for place, key in POLICIES.items()}


def _policy(key: str, body: Organisation, on: date) -> str:
    try:
        found = str(value(key, on=on, kind=body.kind))
    except NoPolicy:
        return ""
    return "" if found == UNSET else found


MANY = frozenset({DocumentKind.INQUIRY_RECORD, DocumentKind.INSPECTION_RECORD, DocumentKind.SERVICE_RECEIPT})
"""Documents of which a case may have several that stand."""
