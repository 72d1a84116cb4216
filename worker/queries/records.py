"""What a deadline is about: the record behind it, its page, and who carries it. One query for each kind of record."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.db.models import Q, Subquery
from django.urls import reverse

from cleanup.models import Case, Finding, Service
from decoupling.models import ItemStatus, Listing
from registry.models import Assignment, Filing
from registry.states import SubjectKind
from worker.queries.carried import assignments

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from registry.models import Deadline, Subject


@dataclass(frozen=True, slots=True, kw_only=True)
class Record:
    """A record somebody carries; ``carrier_id`` is empty while nobody does."""

    name: str
    what: str
    page: str
    keys: Mapping[str, Any]
    carrier_id: int | None = None

    @property
    def link(self) -> str:
        """Return the address of its page."""
        return reverse(self.page, kwargs=dict(self.keys))


def records_of(deadlines: Iterable[Deadline]) -> dict[Subject, Record]:
    """Return the record behind each of ``deadlines``; of a kind without a page of its own, the organisation's."""
    listed, wanted = list(deadlines), defaultdict[str, set[int]](set)
    for each in listed:
        wanted[each.subject_kind].add(each.subject_id)
    found = {kind: SOURCES[SubjectKind(kind)](ids) for kind, ids in wanted.items() if kind in SOURCES}
    return {each.subject: found.get(each.subject_kind, {}).get(each.subject_id) or _of_body(each) for each in listed}


def carried_by(user_id: int) -> Q:
    """Return the condition for deadlines of records that ``user_id`` carries."""
    mine_now = Assignment.objects.filter(assignee=user_id, returned_on__isnull=True)
    given = mine_now.filter(subject_kind=SubjectKind.FILING)
    findings = mine_now.filter(subject_kind=SubjectKind.FINDING)
    mine = Filing.objects.filter(
        Q(handler=user_id) | Q(handler=None, drafted_by=user_id) | Q(pk__in=given.values("subject_id"))
    )
    cases, services = Case.objects.filter(officer=user_id), Service.objects.filter(case__officer=user_id)
    return (
        Q(subject_kind=SubjectKind.FILING, subject_id__in=mine.values("pk"))
        | Q(subject_kind=SubjectKind.FINDING, subject_id__in=findings.values("subject_id"))
        | Q(subject_kind=SubjectKind.CASE, subject_id__in=cases.values("pk"))
        | Q(subject_kind=SubjectKind.NOTICE, subject_id__in=services.values("pk"))
    )


def _of_body(deadline: Deadline) -> Record:
    body = deadline.organisation
    return Record(
        name=body.name if body else "",
        what=str(SubjectKind(deadline.subject_kind).label),
        page="organisation_page" if body else "dashboard",
        keys={"code": body.code} if body else {},
    )


def _filings(ids: Iterable[int]) -> dict[int, Record]:
    in_force = assignments(SubjectKind.FILING).values("assignee")[:1]
    rows = Filing.objects.filter(pk__in=set(ids)).select_related("organisation").annotate(assignee=Subquery(in_force))
    return {
        each.pk: Record(
            name=each.name,
            what=f"{each.get_kind_display()}申请",
            page="filing_page",
            keys={"pk": each.pk},
            carrier_id=each.assignee or each.handler_id or each.drafted_by_id,
        )
        for each in rows
    }


def _cases(ids: Iterable[int]) -> dict[int, Record]:
    rows = Case.objects.filter(pk__in=set(ids)).select_related("finding__organisation")
    return {
        each.pk: Record(
            name=each.finding.organisation.name,
            what=f"{each.get_treatment_display()}一案",
            page="case_page",
            keys={"pk": each.pk},
            carrier_id=each.officer_id,
        )
        for each in rows
    }


def _findings(ids: Iterable[int]) -> dict[int, Record]:
    in_force = assignments().values("assignee")[:1]
    rows = Finding.objects.filter(pk__in=set(ids)).select_related("organisation").annotate(assignee=Subquery(in_force))
    return {
        each.pk: Record(
            name=each.organisation.name,
            what=f"线索（情形{'、'.join(each.criteria)}）",
            page="finding_page",
            keys={"pk": each.pk},
            carrier_id=each.assignee,
        )
        for each in rows
    }


def _services(ids: Iterable[int]) -> dict[int, Record]:
    """Return the case behind each service of a document."""
    rows = Service.objects.filter(pk__in=set(ids)).select_related("case__finding__organisation")
    return {
        each.pk: Record(
            name=each.case.finding.organisation.name,
            what=f"{each.get_kind_display()}送达",
            page="case_page",
            keys={"pk": each.case_id},
            carrier_id=each.case.officer_id,
        )
        for each in rows
    }


def _listings(ids: Iterable[int]) -> dict[int, Record]:
    """Return the associations on the list; the whole bureau carries them."""
    rows = Listing.objects.filter(pk__in=set(ids)).select_related("organisation")
    return {
        each.pk: Record(
            name=each.organisation.name, what="脱钩", page="decoupling_page", keys={"code": each.organisation.code}
        )
        for each in rows
    }


def _items(ids: Iterable[int]) -> dict[int, Record]:
    """Return the items of the checklist, each of its association."""
    rows = ItemStatus.objects.filter(pk__in=set(ids)).select_related("listing__organisation", "item")
    return {
        each.pk: Record(
            name=each.listing.organisation.name,
            what=f"脱钩事项{each.item.code}",
            page="decoupling_item",
            keys={"code": each.listing.organisation.code, "item": each.item.code},
        )
        for each in rows
    }


SOURCES: dict[SubjectKind, Callable[[Iterable[int]], dict[int, Record]]] = {
    SubjectKind.FILING: _filings,
    SubjectKind.FINDING: _findings,
    SubjectKind.CASE: _cases,
    SubjectKind.NOTICE: _services,
    SubjectKind.LISTING: _listings,
    SubjectKind.ITEM: _items,
}
"""Where the records of each kind come from; whoever gives a kind deadlines adds it here."""
