"""Records that wait for an officer and may be given to one: findings and applications, as one kind of thing."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext

from cleanup.models import Finding
from console.access import access_filings, access_findings
from console.labels import day
from console.language import translated
from console.words import letters
from registry.models import Subject
from registry.states import PENDING_FILING, SubjectKind
from worker.queries.carried import TO_DO

if TYPE_CHECKING:
    from registry.models import Organisation, User


@dataclass(frozen=True, slots=True)
class Record:
    """A record of an organisation: what it is in words, its page, and whether it still waits for somebody."""

    subject: Subject
    organisation: Organisation
    what: str
    page: str
    waits: bool

    @property
    def assignment_page(self) -> str:
        """Return the address that shows who carries it."""
        return self._address("assignment")

    @property
    def assign(self) -> str:
        """Return the address that gives it to somebody."""
        return self._address("assign")

    @property
    def hand_back(self) -> str:
        """Return the address that puts it back."""
        return self._address("hand_back")

    def _address(self, verb: str) -> str:
        return reverse(f"{self.subject.kind.value}_{verb}", args=[self.subject.id])


def access_record(user: User, kind: SubjectKind, pk: int) -> Record:
    """Return the record within reach; raise Http404 for any other. An application for 成立 has no organisation yet."""
    return (_finding if kind == SubjectKind.FINDING else _filing)(user, pk)


def _finding(user: User, pk: int) -> Record:
    finding = get_object_or_404(access_findings(user).select_related("organisation"), pk=pk)
    told = {"letters": letters(finding.criteria), "on": day(finding.found_on)}
    return Record(
        Subject(SubjectKind.FINDING, pk),
        finding.organisation,
        gettext("线索（情形%(letters)s），%(on)s发现") % told,
        reverse("finding_page", args=[pk]),
        Finding.objects.filter(TO_DO, pk=pk).exists(),
    )


def _filing(user: User, pk: int) -> Record:
    rows = access_filings(user).filter(organisation__isnull=False).select_related("organisation")
    filing = get_object_or_404(rows, pk=pk)
    assert filing.organisation is not None  # noqa: S101 - narrows the type
    told = {"kind": translated(filing.get_kind_display()), "number": filing.number}
    return Record(
        Subject(SubjectKind.FILING, pk),
        filing.organisation,
        gettext("%(kind)s申请%(number)s") % told,
        reverse("filing_page", args=[pk]),
        filing.state in PENDING_FILING,
    )
