"""The register: the list of organisations and the page of one."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db.models import Count, Prefetch, Q
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from cleanup.queries.explain import explain
from console.access import Permission, access_findings, access_organisations, may, needs
from console.filters import REVOKED_NOT_CANCELLED, OrganisationFilter, current_findings
from console.labels import day, money
from console.moves import moves
from console.paging import Order, page
from console.words import tell
from registry.models import Event
from registry.states import State

if TYPE_CHECKING:
    from django.db.models import QuerySet
    from django.http import HttpResponse

    from console.access import OfficerRequest
    from registry.models import Organisation

BY_CODE = Order(("code",))
BY_NAME = Order(("name", "code"))
LATEST_FIRST = Order(("on", "pk"), descending=True)


@require_safe
@needs(Permission.VIEW_REGISTER)
def organisation_list(request: OfficerRequest) -> HttpResponse:
    """List the organisations within reach, searched and filtered by what stands in the address."""
    reach = access_organisations(request.user)
    asked = OrganisationFilter(request.GET, reach=reach)
    rows = asked.rows(reach).select_related("supervising_unit")
    if may(request.user, Permission.VIEW_FINDINGS):
        standing = current_findings().select_related("campaign").order_by("pk")
        rows = rows.prefetch_related(Prefetch("findings", queryset=standing, to_attr="standing_findings"))
    found = page(
        rows,
        BY_NAME if asked.by_name else BY_CODE,
        after=request.GET.get("after", ""),
        before=request.GET.get("before", ""),
    )
    shown = {"form": asked, "page": found, **_counts(asked, reach)}
    return render(request, "console/organisation_list.html", shown)


def _counts(asked: OrganisationFilter, reach: QuerySet[Organisation]) -> dict[str, Any]:
    counted = asked.but_state(reach).aggregate(
        all=Count("pk"),
        **{state.value: Count("pk", filter=Q(state=state)) for state in State},
        **{REVOKED_NOT_CANCELLED: Count("pk", filter=Q(state=State.DEREGISTERED, cancelled_on__isnull=True))},
    )
    chosen = asked.data.get("state", "")
    labels = [
        ("", _("全部"), "all"),
        *((s.value, s.label, s.value) for s in State),
        (REVOKED_NOT_CANCELLED, _("已撤销未注销"), REVOKED_NOT_CANCELLED),
    ]
    tabs = [
        {"value": value, "label": label, "count": counted[key], "chosen": value == chosen}
        for value, label, key in labels
    ]
    return {"tabs": tabs, "total": counted.get(chosen or "all", counted["all"])}


@require_safe
@needs(Permission.VIEW_REGISTER)
def organisation_page(request: OfficerRequest, code: str) -> HttpResponse:
    """Show one organisation: facts, what may be done, why it is flagged or not, and everything that happened to it."""
    rows = access_organisations(request.user).select_related(
        "supervising_unit", "industry_regulator", "party_body", "successor"
    )
    organisation = get_object_or_404(rows.prefetch_related("former_names"), code=code)
    request.shown_organisation_id = organisation.pk
    events = page(
        Event.objects.filter(organisation=organisation).select_related("by"),
        LATEST_FIRST,
        after=request.GET.get("after", ""),
        before=request.GET.get("before", ""),
    )
    shown: dict[str, Any] = {
        "organisation": organisation,
        "facts": _facts(organisation),
        "exit_facts": _exit_facts(organisation),
        "moves": moves(organisation),
        "events": events,
        "timeline": tell(events.rows),
    }
    if may(request.user, Permission.VIEW_FINDINGS):
        shown["explanations"] = explain(organisation, on=timezone.localdate())
        shown["findings"] = list(
            access_findings(request.user)
            .filter(organisation=organisation)
            .select_related("campaign", "decided_by", "case")
            .order_by("-found_on", "-pk")
        )
    return render(request, "console/organisation_page.html", shown)


def _facts(organisation: Organisation) -> list[tuple[str, Any]]:
    former = "、".join(
        _("%(name)s（至%(until)s）") % {"name": each.name, "until": day(each.until)}
        for each in organisation.former_names.all()
    )
    certificate = " 至 ".join(
        part for part in (day(organisation.certificate_from), day(organisation.certificate_until)) if part
    )
    return [
        (_("统一社会信用代码"), organisation.code),
        (_("曾用名"), former),
        (_("类型"), _kinds(organisation)),
        (_("登记体制"), organisation.get_supervision_display()),
        (_("登记机关"), organisation.registration_authority),
        (_("业务主管单位"), organisation.supervising_unit),
        (_("行业管理部门"), organisation.industry_regulator),
        (_("党建工作机构"), organisation.party_body),
        (_("法定代表人"), organisation.legal_representative),
        (_("住所"), organisation.address),
        (_("业务范围"), organisation.business_scope),
        (_("活动地域"), organisation.activity_area),
        (organisation.capital_label, money(organisation.capital)),
        (_("成立日期"), day(organisation.established_on)),
        (_("证书编号"), organisation.certificate_no),
        (_("证书有效期"), certificate),
        (_("活动情况核查至"), day(organisation.activity_surveyed_on)),
    ]


def _kinds(organisation: Organisation) -> str:
    marks = [organisation.get_kind_display()]
    if organisation.is_industry_association:
        marks.append(_("行业协会商会"))
    if organisation.is_charity:
        marks.append(_("慈善组织"))
    return " · ".join(marks)


def _exit_facts(organisation: Organisation) -> list[tuple[str, Any]]:
    found = [
        (_("认定僵尸型日期"), day(organisation.dormant_since)),
        (_("脱钩完成日期"), day(organisation.decoupled_on)),
        (_("退出方式"), organisation.get_exit_kind_display() if organisation.exit_kind else ""),
        (_("退出日期"), day(organisation.deregistered_on)),
        (_("注销登记日期"), day(organisation.cancelled_on)),
        (_("合并后组织"), organisation.successor),
        (_("暂缓处理自"), day(organisation.held_on)),
        (_("暂缓理由"), organisation.hold_reason),
    ]
    return [(label, value) for label, value in found if value]
