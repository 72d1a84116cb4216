"""What may be done with an organisation now and why the rest may not, read from the machine and its rules."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from console.language import translated
from registry.actions.organisation import GUARDS
from registry.models import LegalBasis, Organisation
from registry.rules import CONCLUDE_LIQUIDATION
from registry.states import State

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from django.utils.functional import _StrPromise

    from registry.rulebook import Rule

NAMES: dict[str, _StrPromise] = {
    "mark_dormant": _("认定为僵尸型（休眠）"),
    "reactivate": _("恢复正常存续"),
    "complete_decoupling": _("完成脱钩"),
    "void_decoupling": _("作废脱钩验收"),
    "cancel": _("注销"),
    "revoke": _("撤销登记"),
    "revoke_licence": _("吊销登记证书"),
    "merge": _("合并"),
    "reinstate": _("恢复登记"),
    "conclude_liquidation": _("清算结束后注销"),
}

OBSTACLES: dict[str, tuple[Callable[[Organisation], bool], _StrPromise]] = {
    "mark_dormant": (lambda body: body.held_on is not None, _("正在暂缓处理期间，先解除暂缓")),
    "complete_decoupling": (lambda body: not body.is_industry_association, _("不是行业协会商会")),
    "revoke_licence": (lambda body: not body.is_charity, _("不是慈善组织，吊销只适用于慈善组织")),
    "conclude_liquidation": (
        lambda body: not body.is_revoked_not_cancelled,
        _("只适用于已撤销或者吊销、尚未注销的组织"),
    ),
}
"""What already stands on the record and closes a move, before any document is asked for."""


@dataclass(frozen=True, slots=True)
class Move:
    """One move: open now or why not; what it asks for, each with its citation."""

    verb: str
    name: str
    closed_because: str
    asks: list[tuple[str, str]]

    @property
    def is_open(self) -> bool:
        """Tell whether nothing on the record stands against it."""
        return not self.closed_because


def moves(organisation: Organisation) -> list[Move]:
    """Return every move of the lifecycle, open ones first."""
    guards: dict[str, tuple[Rule[Any], ...]] = {**GUARDS, "conclude_liquidation": CONCLUDE_LIQUIDATION}
    cited = citations(code for rules in guards.values() for each in rules for code in each.citations)
    allowed = {
        each.name
        for each in type(organisation).state.field.get_all_transitions(Organisation)
        if each.source in {"*", organisation.state}
    } | {"conclude_liquidation"}
    found = [
        Move(
            verb=verb,
            name=str(name),
            closed_because=_closed(organisation, verb, allowed),
            asks=[(each.message, "；".join(cited[code] for code in each.citations)) for each in guards[verb]],
        )
        for verb, name in NAMES.items()
    ]
    return sorted(found, key=lambda move: not move.is_open)


def citations(codes: Iterable[str]) -> dict[str, str]:
    """Return each legal basis as it is cited; one that is unverified or not on file says 待核实."""
    wanted = set(codes)
    rows = LegalBasis.objects.filter(code__in=wanted).order_by("version")
    return {code: gettext("%(code)s（待核实）") % {"code": code} for code in wanted} | {
        row.code: str(row) for row in rows
    }


def _closed(organisation: Organisation, verb: str, allowed: set[str]) -> str:
    if verb not in allowed:
        return gettext("现为“%(state)s”，不能办理") % {"state": translated(State(organisation.state).label)}
    applies, why = OBSTACLES.get(verb, (None, ""))
    return str(why) if applies and applies(organisation) else ""
