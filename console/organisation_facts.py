"""The facts of an organisation as label and value, the present ones or those of a past day."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext as _

from console.labels import day, money, together
from console.language import translated

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import date

    from registry.models import Organisation


def facts(organisation: Organisation, former_names: Iterable[tuple[str, date]]) -> list[tuple[str, Any]]:
    """Return what is registered, in the order of the certificate."""
    former = together(
        _("%(name)s（至%(until)s）") % {"name": name, "until": day(until)} for name, until in former_names
    )
    certificate = _(" 至 ").join(
        part for part in (day(organisation.certificate_from), day(organisation.certificate_until)) if part
    )
    return [
        (_("统一社会信用代码"), organisation.code),
        (_("曾用名"), former or _("无")),
        (_("类型"), _kinds(organisation)),
        (_("登记体制"), translated(organisation.get_supervision_display())),
        (_("登记机关"), organisation.registration_authority),
        (_("业务主管单位"), organisation.supervising_unit),
        (_("行业管理部门"), organisation.industry_regulator),
        (_("党建工作机构"), organisation.party_body),
        (_("法定代表人"), organisation.legal_representative),
        (_("住所"), organisation.address),
        (_("业务范围"), organisation.business_scope),
        (_("活动地域"), organisation.activity_area),
        (translated(organisation.capital_label), money(organisation.capital)),
        (_("成立日期"), day(organisation.established_on)),
        (_("证书编号"), organisation.certificate_no),
        (_("证书有效期"), certificate),
        (_("活动情况核查至"), day(organisation.activity_surveyed_on) or _("尚未核查")),
    ]


def exit_facts(organisation: Organisation) -> list[tuple[str, Any]]:
    """Return the dates that belong to the state, those that are set."""
    found = [
        (_("认定僵尸型日期"), day(organisation.dormant_since)),
        (_("脱钩完成日期"), day(organisation.decoupled_on)),
        (_("退出方式"), translated(organisation.get_exit_kind_display()) if organisation.exit_kind else ""),
        (_("退出日期"), day(organisation.deregistered_on)),
        (_("注销登记日期"), day(organisation.cancelled_on)),
        (_("合并后组织"), organisation.successor),
        (_("暂缓处理自"), day(organisation.held_on)),
        (_("暂缓理由"), organisation.hold_reason),
    ]
    return [(label, value) for label, value in found if value]


def _kinds(organisation: Organisation) -> str:
    marks = [translated(organisation.get_kind_display())]
    if organisation.is_industry_association:
        marks.append(_("行业协会商会"))
    if organisation.is_charity:
        marks.append(_("慈善组织"))
    return " · ".join(marks)
