"""The steps of a case in words: what was stated, who acted, how a document reached the body."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext as _

from cleanup.rules import leg_of
from cleanup.rules.leg import What
from cleanup.states import DocumentKind, ServiceMethod, Step, Treatment
from console.labels import day, together
from console.language import translated

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from cleanup.rules import Ask, Leg

PREFIX = "case."
UNTOLD = {"second", "cured", "reason", "shown", "rights", "signed", "remedies"}
"""What a step states that the event tells elsewhere, or that goes without saying once the step is taken."""


def step_of(verb: str) -> Step | None:
    """Return the step of a case that a verb of the ledger names; None for any other verb."""
    word = verb.removeprefix(PREFIX)
    return Step(word) if verb.startswith(PREFIX) and word in Step.values else None


def service_parts(told: Mapping[str, Any]) -> dict[str, str]:
    """Return the document an event names, and the method of serving it where it tells of one."""
    service = told.get("service") or told.get("notice") or {}
    kind, method = service.get("kind"), service.get("method")
    return {
        "document": translated(DocumentKind(kind).label) if kind in DocumentKind.values else "",
        "method": translated(ServiceMethod(method).label) if method in ServiceMethod.values else "",
    }


def case_details(facts: Mapping[str, Any]) -> list[tuple[str, str]]:
    """Return what an event tells of a case beside its title, as label and text."""
    told, people = facts.get("case") or {}, facts.get("people") or []
    names = {each["as"]: str(each["name"]) for each in people}
    return [*_stated(told, names), *_service(told.get("service") or {}), *_people(people)]


def stated_names(facts: Mapping[str, Any]) -> set[str]:
    """Return the names of what the step of an event states, which `case_details` tells."""
    told = facts.get("case") or {}
    leg = _leg(told)
    served = {"document_no", "served_on", "proof"} if "service" in told else set()
    return served | set(leg.names if leg else ())


def _leg(told: Mapping[str, Any]) -> Leg | None:
    """Return the step an event tells of; a round begun anew had another treatment before."""
    treatment = told.get("from") if told.get("from") in Treatment.values else told.get("treatment")
    step = told.get("step")
    return leg_of(treatment, step) if treatment in Treatment.values and step in Step.values else None


def _stated(told: Mapping[str, Any], names: Mapping[str, str]) -> Iterable[tuple[str, str]]:
    """Return what the step stated, and the treatments a case has changed from and to."""
    leg = _leg(told)
    for ask in leg.asks if leg else ():
        if ask.name not in UNTOLD and told.get(ask.name) not in (None, ""):
            yield translated(ask.label), names.get(ask.name) or _value(ask, told)
    if told.get("from") in Treatment.values:
        yield _("原处置方式"), translated(Treatment(told["from"]).label)


def _value(ask: Ask, told: Mapping[str, Any]) -> str:
    value = told[ask.name]
    if ask.what in (What.DAY, What.AHEAD):
        return day(date.fromisoformat(value))
    if ask.what == What.CHOICE and ask.choices is not None:
        return translated(dict(ask.choices.choices)[value])  # type: ignore[attr-defined]  # all of them are choices of Django
    if ask.what in (What.YES, What.MAYBE):
        return _("是")
    if ask.what == What.TREATMENT:
        return translated(Treatment(value).label)
    return str(told.get(f"{ask.name}_name") or value)


def _service(service: Mapping[str, Any]) -> Iterable[tuple[str, str]]:
    texts = {
        "document_no": _("文号"),
        "recipient": _("受送达人"),
        "address": _("送达地址或者公告渠道"),
        "reason": _("采用公告送达的原因"),
        "consent_no": _("电子送达确认书"),
        "tracking_no": _("邮件号"),
        "failure": _("未能送达的情况"),
        "proof": _("送达证明"),
    }
    for name, label in texts.items():
        if service.get(name):
            yield label, str(service[name])
    if service.get("file"):
        yield _("送达证明文件"), str(service["file"]["name"])
    for name, label in (("sent_on", _("发出日期")), ("served_on", _("送达日期"))):
        if service.get(name):
            yield label, day(date.fromisoformat(service[name]))


def _people(people: Iterable[Mapping[str, Any]]) -> Iterable[tuple[str, str]]:
    """Return who acted together, each with the certificate of that day; one who acted alone is told already."""
    acting = [each for each in people if each["as"] in {"by", "second"}]
    if len(acting) > 1:
        shown = [
            _("%(name)s（执法证%(no)s）") % {"name": each["name"], "no": each["certificate_no"] or _("未登记")}
            for each in acting
        ]
        yield _("共同办理"), together(shown)
