"""Applications in words: their steps, what they propose, and what somebody else did meanwhile."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from console.deadline_words import deadline_details
from console.labels import column_value, day
from console.language import translated
from console.words import step_title
from registry import checklist
from registry.models import Event, Unit
from registry.models.organisation import CAPITAL_LABELS
from registry.queries import proposals
from registry.states import DECIDED_FILING, DocumentStatus, FilingKind, FilingState, Kind

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from django.utils.functional import _StrPromise

    from registry.models import Filing, FilingStep

STAGES: tuple[tuple[_StrPromise, frozenset[str]], ...] = (
    (_("填写"), frozenset({FilingState.DRAFT})),
    (_("收件"), frozenset({FilingState.RETURNED})),
    (_("受理"), frozenset({FilingState.SUBMITTED, FilingState.NOT_ACCEPTED})),
    (_("审查"), frozenset({FilingState.ACCEPTED})),
    (_("决定"), frozenset({FilingState.REVIEWED, *DECIDED_FILING})),
)
"""The way of an application, and the states in which this is what has to be done, or was done last."""


@dataclass(frozen=True, slots=True)
class Stage:
    """One place on the way: done, where it stands, or still to come."""

    name: str
    place: str


@dataclass(frozen=True, slots=True)
class Told:
    """A step in words, with details as label and text."""

    step: FilingStep
    title: str
    details: list[tuple[str, str]]


@dataclass(frozen=True, slots=True)
class Particular:
    """One thing applied for; ``before`` is empty where nothing stands against it."""

    label: str
    before: str
    after: str


def stages(filing: Filing) -> list[Stage]:
    """Return the way of the application and how far it has come; one stopped on the way stands where it stopped."""
    reached = max(
        (place for place, (_name, states) in enumerate(STAGES) if filing.state in states),
        default=4 if filing.reviewed_on else 3 if filing.accepted_on else 2 if filing.received_on else 0,
    )
    open_still = filing.state not in DECIDED_FILING
    return [
        Stage(str(name), "done" if place < reached or not open_still else "here" if place == reached else "ahead")
        for place, (name, _states) in enumerate(STAGES)
    ]


def particulars(filing: Filing, carried_out: Event | None) -> list[Particular]:
    """Return what is applied for; for 变更 beside what the register says, or said before it was approved."""
    names = _names([filing.proposal], filing)
    told = carried_out.facts.get("changes", {}) if carried_out else {}
    body = filing.organisation if filing.kind == FilingKind.AMEND else None
    return [
        Particular(
            label=_label(name, filing),
            before=column_value(name, told[name][0] if name in told else getattr(body, name), names) if body else "",
            after=column_value(name, value, names),
        )
        for name in sorted(proposals.PROPOSABLE[filing.kind], key=lambda each: each != "name")
        if (value := filing.proposal.get(name)) is not None or name in filing.proposal
    ]


def carried_out(filing: Filing) -> Event | None:
    """Return the register's own event of an approved application."""
    if filing.state != FilingState.APPROVED:
        return None
    verbs = ("organisation.register", "organisation.amend", "organisation.cancel")
    rows = Event.objects.filter(organisation=filing.organisation_id, verb__in=verbs, facts__filing__id=filing.pk)
    return rows.order_by("-seq").first()


def tell(filing: Filing, steps: Iterable[FilingStep]) -> list[Told]:
    """Return ``steps`` of ``filing`` in words; departments they mention are read at once."""
    listed = list(steps)
    changed = [each.facts.get("changes", {}).get("proposal", ()) for each in listed]
    names = _names([proposal for pair in changed for proposal in pair], filing)
    found = []
    for step in listed:
        step.filing = filing
        found.append(Told(step, step_title(step), list(_details(step, names))))
    return found


def since(filing: Filing, version: int) -> list[Told]:
    """Return what was done after the version an officer looked at: every save of an application is one step."""
    return tell(filing, filing.steps.filter(seq__gt=version).select_related("by").order_by("seq"))


def done_meanwhile(told: Told) -> str:
    """Return who did a step, when."""
    return gettext("%(by)s于%(on)s：%(what)s") % {"by": told.step.by, "on": day(told.step.on), "what": told.title}


def _details(step: FilingStep, names: Mapping[tuple[str, int], str]) -> Iterable[tuple[str, str]]:
    changes: Mapping[str, Any] = step.facts.get("changes", {})
    if "applicant" in changes:
        yield gettext("申请人"), _change(*(each or gettext("空") for each in changes["applicant"]))
    if "proposal" in changes:
        before, after = changes["proposal"]
        for name in [each for each in {**before, **after} if before.get(each) != after.get(each)]:
            yield _label(name, step.filing), _change(*(_value(name, each, names) for each in (before, after)))
    if "documents" in changes:
        before, after = changes["documents"]
        titles = {each.code: each.title for each in checklist.read()}
        for code in [each for each in {**before, **after} if before.get(each) != after.get(each)]:
            title = translated(titles.get(code, code))
            yield title, _change(*(_document(each.get(code, {})) for each in (before, after)))
    yield from deadline_details(step.facts)
    for name, label in _FACTS.items():
        if step.facts.get(name):
            yield str(label), day(step.facts[name])


_FACTS = {
    "decision_no": _("决定文号"),
    "decision_basis": _("决定依据"),
}


def _change(before: str, after: str) -> str:
    return f"{before} → {after}"


def _value(name: str, proposal: Mapping[str, Any], names: Mapping[tuple[str, int], str]) -> str:
    return column_value(name, proposal[name], names) if name in proposal else gettext("未申请")


def _document(told: Mapping[str, str]) -> str:
    status = translated(DocumentStatus(told.get("status", DocumentStatus.MISSING)).label)
    more = gettext("，").join(each for each in (told.get("reason", ""), told.get("reference", "")) if each)
    return gettext("%(status)s（%(more)s）") % {"status": status, "more": more} if more else status


def _label(name: str, filing: Filing) -> str:
    if name == "capital" and filing.body_kind:
        return translated(CAPITAL_LABELS[Kind(filing.body_kind)])
    return translated(proposals.column(name).verbose_name)


def _names(several: Iterable[Mapping[str, Any]], filing: Filing) -> dict[tuple[str, int], str]:
    """Return the names of the departments in proposals, and of those the body has now."""
    columns = [name for name in proposals.PROPOSABLE[filing.kind] if proposals.column(name).related_model is not None]
    told = [each.get(name) for each in several for name in columns]
    registered = [getattr(filing.organisation, name) for name in columns if filing.organisation is not None]
    wanted = {int(value) for value in (*told, *registered) if value}
    found = Unit.objects.filter(pk__in=wanted).values_list("pk", "name")
    return {(Unit._meta.label, pk): name for pk, name in found}
