"""Who has the number of a document already."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from django.db.models import Q

from cleanup.models import Case, CaseStep, Notice
from cleanup.rules import OWN_NUMBERS
from registry.models import Filing
from registry.queries.filing_facts import written_alike

if TYPE_CHECKING:
    from registry.models import Organisation

_OF_SERIES = re.compile(r"(?P<word>.+)〔(?P<year>\d{4})〕(?P<number>\d{1,9})号")


def taken_by(number: str, organisation: Organisation, case: Case | None = None) -> str:
    """Say which other record bears ``number``; empty where it is free for ``case`` of ``organisation``.

    The case itself may cite its number again, and the application it is settled by may bear the same one.
    """
    alike = written_alike(number)
    if not alike:
        return ""
    other = Case.objects.exclude(pk=case.pk) if case else Case.objects.all()
    steps = CaseStep.objects.filter(document_no__in=alike, step__in=OWN_NUMBERS).values("case")
    issued = Notice.objects.filter(_issued_as(alike)).values("case")
    found = other.filter(Q(document_no__in=alike) | Q(pk__in=steps) | Q(pk__in=issued))
    if name := found.order_by("pk").values_list("finding__organisation__name", flat=True).first():
        return f"“{name}”的个案已使用该文号"
    decided = Filing.objects.filter(decision_no__in=alike).exclude(organisation=organisation).order_by("pk").first()
    return f"登记申请“{decided}”已使用该文号" if decided else ""


def _issued_as(alike: list[str]) -> Q:
    parsed = next(filter(None, map(_OF_SERIES.fullmatch, alike)), None)
    if parsed is None:
        return Q(pk=None)
    return Q(word=parsed["word"], year=int(parsed["year"]), number=int(parsed["number"]))
