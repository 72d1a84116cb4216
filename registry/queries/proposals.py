"""What an application proposes: columns as text in, typed values out, and how they differ from the register."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from django.core.exceptions import ValidationError
from django.db import models

from registry.models import Organisation
from registry.states import FilingKind, Kind, Supervision

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from registry.models import Filing

_AMENDABLE = (
    "name",
    "supervising_unit_id",
    "industry_regulator_id",
    "party_body_id",
    "legal_representative",
    "address",
    "business_scope",
    "activity_area",
    "capital",
)
PROPOSABLE: Mapping[str, tuple[str, ...]] = {
    FilingKind.ESTABLISH: ("kind", "is_industry_association", "is_charity", "supervision", *_AMENDABLE),
    FilingKind.AMEND: _AMENDABLE,
    FilingKind.CANCEL: ("resolution_on", "consent_no", "liquidation_report_on"),
}
"""What each application may state. For 注销 these are particulars of its documents, not columns of the body."""

ISSUABLE = ("registration_authority", "certificate_no", "certificate_from", "certificate_until")
"""Columns the registrar itself fills when it approves."""

_STATED: Mapping[str, tuple[str, ...]] = {
    FilingKind.ESTABLISH: ("name", "kind", "legal_representative", "address", "business_scope", "capital"),
    FilingKind.AMEND: (),
    FilingKind.CANCEL: ("resolution_on", "liquidation_report_on"),
}

_PARTICULARS: Mapping[str, models.Field[Any, Any]] = {
    "resolution_on": models.DateField("决议日期", null=True, blank=True),
    "consent_no": models.CharField("业务主管单位同意文号", max_length=100, blank=True),
    "liquidation_report_on": models.DateField("清算报告日期", null=True, blank=True),
}


def column(name: str) -> models.Field[Any, Any]:
    """Return the field behind a proposable or issuable name; its ``verbose_name`` is the label."""
    if name in _PARTICULARS:
        return _PARTICULARS[name]
    return next(each for each in Organisation._meta.concrete_fields if each.attname == name)


def written(kind: str, values: Mapping[str, Any], organisation: Organisation | None = None) -> dict[str, Any]:
    """Return ``values`` as a proposal keeps them: dates and amounts as text, departments by id.

    Of an amendment only what differs from the register is kept, and a blank proposes to clear the column; elsewhere
    blanks are left out. Raises ValidationError by column: for what the application may not state or cannot be read.
    """
    typed = _typed(values, PROPOSABLE[kind], keep_blanks=kind == FilingKind.AMEND)
    if organisation is not None and kind == FilingKind.AMEND:
        typed = {name: value for name, value in typed.items() if getattr(organisation, name) != value}
        if organisation.supervision == Supervision.DECOUPLED and typed.get("supervising_unit_id"):
            raise ValidationError({"supervising_unit_id": "已脱钩的组织没有业务主管单位"})
    if typed.get("is_industry_association") and typed.get("kind", Kind.ASSOCIATION) != Kind.ASSOCIATION:
        raise ValidationError({"is_industry_association": "行业协会商会应为社会团体"})
    return {name: _plain(value) for name, value in typed.items()}


def issued(values: Mapping[str, Any]) -> dict[str, Any]:
    """Return what the registrar issues, typed; raise ValidationError by column."""
    found = _typed(values, ISSUABLE, keep_blanks=False)
    if {"certificate_from", "certificate_until"} <= found.keys() and (
        found["certificate_until"] < found["certificate_from"]
    ):
        raise ValidationError({"certificate_until": "证书有效期止不早于有效期起"})
    return found


def _typed(values: Mapping[str, Any], allowed: Iterable[str], *, keep_blanks: bool) -> dict[str, Any]:
    found: dict[str, Any] = {}
    errors: dict[str, Any] = {}
    for name, value in values.items():
        if name not in allowed:
            errors[name] = f"本类申请不能填写“{name}”"
            continue
        given = value.strip() if isinstance(value, str) else value
        if given is None or given == "":
            if not keep_blanks:
                continue
            given = None if column(name).null else ""
        try:
            found[name] = column(name).clean(given, None)
        except ValidationError as error:
            errors[name] = error
    if errors:
        raise ValidationError(errors)
    return found


def _plain(value: Any) -> Any:
    if isinstance(value, date):
        return value.isoformat()
    return str(value) if isinstance(value, (Decimal, str)) else value


def read(filing: Filing) -> dict[str, Any]:
    """Return the proposal of ``filing`` typed, ready to be written to an organisation."""
    return {name: column(name).to_python(value) for name, value in filing.proposal.items()}


def differences(filing: Filing) -> dict[str, tuple[Any, Any]]:
    """Return ``{column: (registered, proposed)}`` for what an amendment would change; empty for other applications."""
    body = filing.organisation
    if filing.kind != FilingKind.AMEND or body is None:
        return {}
    return {name: (getattr(body, name), value) for name, value in read(filing).items() if getattr(body, name) != value}


def absent(filing: Filing) -> tuple[str, ...]:
    """Return the names of particulars the application must state and does not."""
    wanted = _STATED[filing.kind]
    if filing.kind == FilingKind.ESTABLISH and filing.proposal.get("supervision", Supervision.DUAL) == Supervision.DUAL:
        wanted = (*wanted, "supervising_unit_id")
    if filing.kind == FilingKind.CANCEL and filing.organisation and filing.organisation.supervising_unit_id:
        wanted = (*wanted, "consent_no")
    return tuple(name for name in wanted if name not in filing.proposal)
