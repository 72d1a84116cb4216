"""The law as data: the legal bases with their versions, and the policies with their values over time."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.http import Http404
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.views.decorators.http import require_safe

from console.access import Permission, needs
from console.law_forms import BasisFilter
from console.law_words import STANDS, amount, is_worded, reach, standing, validity
from console.paging import Order, page
from registry import clockbook
from registry.models import LawChange, LawProposal, LegalBasis, Policy
from registry.queries.law_changes import title
from registry.rulebook import BOOK
from registry.states import LawTable

if TYPE_CHECKING:
    from datetime import date

    from django.db.models import QuerySet
    from django.http import HttpResponse

    from console.access import OfficerRequest

BY_LAW = Order(("law", "code", "version", "pk"))


@dataclass(frozen=True, slots=True)
class Row:
    """A version of a provision, or a value of a policy, in words, with where it stands today."""

    row: Any
    stands: str
    label: str
    valid: str
    reach: str = ""
    amount: str = ""
    is_worded: bool = False


def basis_row(row: LegalBasis, *, on: date) -> Row:
    """Return a version of a provision in words."""
    stands = standing(row, on=on)
    return Row(row, stands, str(STANDS[stands]), validity(row.effective_from, row.effective_to))


def policy_row(row: Policy, *, on: date) -> Row:
    """Return a value of a policy in words."""
    stands = standing(row, on=on)
    return Row(
        row,
        stands,
        str(STANDS[stands]),
        validity(row.effective_from, row.effective_to),
        reach(row.kind, row.year),
        amount(row.unit, row.value),
        is_worded(row.value),
    )


@require_safe
@needs(Permission.VIEW_LAW)
def law_list(request: OfficerRequest) -> HttpResponse:
    """List the legal bases, version by version."""
    asked, today = BasisFilter(request.GET), timezone.localdate()
    rows = asked.rows(LegalBasis.objects.all())
    found = page(rows, BY_LAW, after=request.GET.get("after", ""), before=request.GET.get("before", ""))
    shown = {
        "form": asked,
        "page": found,
        "rows": [basis_row(each, on=today) for each in found.rows],
        "total": rows.count(),
        "unverified": LegalBasis.objects.filter(verified=False).count(),
    }
    return render(request, "console/law_list.html", shown)


@require_safe
@needs(Permission.VIEW_LAW)
def law_basis(request: OfficerRequest, pk: int) -> HttpResponse:
    """Show one provision: its versions, which rules and policies rest on it, what was proposed about it."""
    basis, today = get_object_or_404(LegalBasis, pk=pk), timezone.localdate()
    versions = LegalBasis.objects.filter(code=basis.code).order_by("-effective_from", "-pk")
    policies = Policy.objects.filter(basis=basis.code).order_by("key", "kind", "year", "effective_from")
    shown = {
        "basis": basis,
        "row": basis_row(basis, on=today),
        "versions": [basis_row(each, on=today) for each in versions],
        "rules": [each for each in BOOK.values() if basis.code in each.citations],
        "policies": [(title(each.key), policy_row(each, on=today)) for each in policies],
        "proposals": proposals_about(LawTable.BASIS, basis.code),
    }
    return render(request, "console/law_basis.html", shown)


@require_safe
@needs(Permission.VIEW_LAW)
def law_policies(request: OfficerRequest) -> HttpResponse:
    """List the policies by what they are about, each with the values of today."""
    today = timezone.localdate()
    by_key: dict[str, list[Row]] = defaultdict(list)
    for row in Policy.objects.order_by("key", "kind", "year", "effective_from"):
        by_key[row.key].append(policy_row(row, on=today))
    matters = [
        {
            "key": key,
            "title": title(key),
            "rows": [each for each in rows if each.stands == "current"],
            "future": sum(each.stands == "future" for each in rows),
            "unverified": any(not each.row.verified for each in rows if each.stands != "past"),
        }
        for key, rows in by_key.items()
    ]
    unverified = request.GET.get("checked") == "no"
    shown = [each for each in matters if each["unverified"] or not unverified]
    counts = {"all": len(matters), "unverified": sum(bool(each["unverified"]) for each in matters)}
    return render(
        request, "console/law_policies.html", {"matters": shown, "counts": counts, "only_unverified": unverified}
    )


@require_safe
@needs(Permission.VIEW_LAW)
def law_policy(request: OfficerRequest, key: str) -> HttpResponse:
    """Show one policy: its values over time, what is counted by it, what was proposed about it."""
    today = timezone.localdate()
    rows = Policy.objects.filter(key=key).order_by("-year", "kind", "-effective_from", "-pk")
    values = [policy_row(each, on=today) for each in rows]
    if not values:
        raise Http404
    cited = {each.row.basis for each in values} - {""}
    shown = {
        "key": key,
        "title": title(key),
        "values": values,
        "bases": LegalBasis.objects.filter(code__in=cited).order_by("code", "version"),
        "deadlines": [each for each in clockbook.read().values() if key in {each.policy, each.extension}],
        "proposals": proposals_about(LawTable.POLICY, key),
    }
    return render(request, "console/law_policy.html", shown)


def proposals_about(table: LawTable, named: str) -> QuerySet[LawProposal]:
    """Return what was ever proposed about a provision or a policy, the latest first."""
    about = LawChange.objects.filter(table=table, named=named).order_by()
    return LawProposal.objects.filter(pk__in=about.values("proposal")).select_related("proposed_by").order_by("-pk")
