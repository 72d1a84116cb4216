"""The documents of an application as they stand."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.core.exceptions import ValidationError

from registry import checklist
from registry.states import DocumentStatus

if TYPE_CHECKING:
    from collections.abc import Mapping

    from registry.models import Filing


@dataclass(frozen=True, slots=True)
class Item:
    """One document of an application's checklist, as it stands there."""

    document: checklist.Document
    basis: str
    status: DocumentStatus
    reason: str
    reference: str

    @property
    def is_settled(self) -> bool:
        """Tell whether acceptance need not wait for it: present, or not applicable for a stated reason."""
        if self.status == DocumentStatus.NOT_APPLICABLE:
            return bool(self.reason.strip())
        return self.status == DocumentStatus.PRESENT or not self.document.required


def written(kind: str, told: Mapping[str, Mapping[str, str]]) -> dict[str, dict[str, str]]:
    """Return ``{code: {"status", "reason", "reference"}}`` as an application keeps it; what is missing is left out.

    Raises ValidationError by code: for one no application of ``kind`` knows, and for a status that is none.
    """
    known = {each.code for each in checklist.read() if each.filing == kind}
    errors = {code: "本类申请没有这项材料" for code in told if code not in known}
    errors |= {
        code: "材料情况只能是已提交、不适用或者缺少"
        for code, each in told.items()
        if each.get("status", "") not in DocumentStatus.values
    }
    if errors:
        raise ValidationError(dict(errors))
    return {
        code: {"status": each["status"], **{name: each.get(name, "").strip() for name in ("reason", "reference")}}
        for code, each in told.items()
        if each["status"] != DocumentStatus.MISSING
    }


def items(filing: Filing) -> list[Item]:
    """Return the checklist of an application; empty while a draft does not say the kind of body."""
    kind = filing.body_kind
    needed = checklist.needed(filing.kind, kind, filing.proposal.keys())
    return [_item(each, kind, filing.documents.get(each.code, {})) for each in needed]


def _item(document: checklist.Document, kind: str, told: Mapping[str, str]) -> Item:
    return Item(
        document=document,
        basis=document.basis[kind],
        status=DocumentStatus(told.get("status", DocumentStatus.MISSING)),
        reason=told.get("reason", ""),
        reference=told.get("reference", ""),
    )


def unsettled(filing: Filing) -> tuple[str, ...]:
    """Return the titles of required documents neither present nor not applicable for a reason."""
    return tuple(each.document.title for each in items(filing) if not each.is_settled)
