"""What a draft means for the register: columns of a new organisation, or changes to one that is there.

What would contradict the register is left out with a warning; what would contradict itself refuses the row.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from registry.actions.intake.drafts import CHECK, UNITS
from registry.states import EXISTING, ExitKind, Kind, State, Supervision

if TYPE_CHECKING:
    from datetime import date

    from registry.actions.intake.drafts import Draft
    from registry.models import Organisation

BY_ACTION = "登记册未改动；如确有变化，请在该组织页面办理相应事项"


def founding(draft: Draft, *, on: date) -> dict[str, Any]:
    """Return the columns of a new organisation; an exit that is not fully stated refuses the row."""
    columns = dict(draft.values)
    margin = draft.margin
    if columns.get("is_industry_association") and columns["kind"] != Kind.ASSOCIATION:
        del columns["is_industry_association"]
        margin.warn("is_industry_association", "只有社会团体可以是行业协会商会，未采用", CHECK)
    _found_regime(draft, columns)
    match draft.status:
        case ExitKind():
            columns |= _exit(draft, draft.status, columns, on)
        case State.DORMANT:
            margin.warn("status", "僵尸型须经整治程序认定，先按正常存续登记", "请在整治行动中认定")
        case State.DECOUPLED:
            margin.warn("status", "脱钩须有验收记录，先按正常存续登记", "请在脱钩事项中办理或补录")
        case None if "status" in margin.layout.places:
            margin.warn("status", "登记状态为空，按正常存续登记", CHECK)
    if draft.status in EXISTING and (draft.exited_on or draft.cancelled_on):
        margin.warn("status", "状态为存续，却填有退出日期；日期未采用", CHECK)
    return columns


def _found_regime(draft: Draft, columns: dict[str, Any]) -> None:
    margin = draft.margin
    if columns.get("supervision") == Supervision.DECOUPLED:
        del columns["supervision"]
        margin.warn("supervision", "脱钩须有验收记录，登记体制暂按双重管理登记", "请在脱钩事项中办理或补录")
        return
    told = {"supervision", "supervising_unit"} & margin.layout.places.keys()
    if told and not {"supervision", "supervising_unit"} & columns.keys():
        said = "为“无”" if draft.denies_unit else "为空"
        margin.warn("supervising_unit", f"业务主管单位{said}，登记体制未写明，暂按双重管理登记", CHECK)


def _exit(draft: Draft, kind: ExitKind, columns: dict[str, Any], on: date) -> dict[str, Any]:
    """Return state and dates of a body that had left before it was imported."""
    margin = draft.margin
    remedy = "请补充该日期后重新导入"
    is_cancellation = kind == ExitKind.CANCELLED
    left = (draft.cancelled_on or draft.exited_on) if is_cancellation else draft.exited_on
    ended = left if is_cancellation else draft.cancelled_on
    established_on = columns.get("established_on")
    if kind == ExitKind.MERGED:
        margin.refuse("status", "合并须写明合并后的组织，不能由文件导入", "请先按正常存续导入，再在该组织页面办理合并")
    elif left is None:
        margin.refuse("exited_on", f"状态为{kind.label}，却没有{kind.label}日期", remedy)
    elif left > on or (ended and ended > on):
        margin.refuse("exited_on", f"退出日期晚于导入日期 {on}", "请核对日期，更正后重新导入")
    elif ended and ended < left:
        margin.refuse("cancelled_on", f"注销日期 {ended} 早于{kind.label}日期 {left}", "请核对日期，更正后重新导入")
    elif established_on and left < established_on:
        margin.refuse("exited_on", f"退出日期 {left} 早于成立日期 {established_on}", "请核对日期，更正后重新导入")
    elif kind == ExitKind.LICENCE_REVOKED and not columns.get("is_charity"):
        margin.refuse(
            "status", "吊销登记证书只适用于慈善组织，该行未注明是慈善组织", "请核对处罚决定，补充“慈善组织”列或改为撤销"
        )
    return {
        "state": State.DEREGISTERED,
        "exit_kind": kind,
        "exited_from": State.ACTIVE,
        "deregistered_on": left,
        "cancelled_on": ended,
    }


def amendments(draft: Draft, organisation: Organisation) -> dict[str, Any]:
    """Return what the file states differently from the register and may change; state is never among it."""
    _compare_state(draft, organisation)
    changes = {name: value for name, value in draft.values.items() if _standing(organisation, name) != value}
    for name, reason in _contradictions(draft, organisation, changes):
        if name in changes:
            del changes[name]
            draft.margin.warn(name, reason, BY_ACTION)
    unit = organisation.supervising_unit
    if unit and draft.denies_unit:
        draft.margin.warn("supervising_unit", f"文件写明没有业务主管单位，登记册为“{unit}”", BY_ACTION)
    return changes


def _standing(organisation: Organisation, name: str) -> Any:
    value = getattr(organisation, name)
    return value.name if name in UNITS and value else value


def _contradictions(draft: Draft, organisation: Organisation, changes: dict[str, Any]) -> list[tuple[str, str]]:
    """Return every change that the register cannot take, with the reason; names may be among them without need."""
    found = []
    if "kind" in changes:
        found.append(("kind", f"类型与登记册（{Kind(organisation.kind).label}）不一致"))
    if changes.get("is_industry_association") and organisation.kind != Kind.ASSOCIATION:
        found.append(("is_industry_association", "只有社会团体可以是行业协会商会"))
    if organisation.exit_kind == ExitKind.LICENCE_REVOKED and changes.get("is_charity") is False:
        found.append(("is_charity", "该组织已被吊销登记证书，只有慈善组织适用吊销"))
    if organisation.decoupled_on:
        found += [(name, "该组织已脱钩，不再有业务主管单位") for name in ("supervision", "supervising_unit")]
        if changes.get("is_industry_association") is False:
            found.append(("is_industry_association", "该组织已脱钩，是行业协会商会"))
    elif changes.get("supervision") == Supervision.DECOUPLED:
        found.append(("supervision", "登记册尚未记载脱钩"))
    elif changes.get("supervision") == Supervision.DIRECT and draft.denies_unit and organisation.supervising_unit:
        found.append(("supervision", "文件写明直接登记，登记册仍有业务主管单位"))
    return found + _contradicting_dates(organisation, changes)


def _contradicting_dates(organisation: Organisation, changes: dict[str, Any]) -> list[tuple[str, str]]:
    """Return every date that cannot stand beside those on the register, with the reason."""
    found = []
    found += _too_late(organisation, changes.get("established_on"))
    start = changes.get("certificate_from", organisation.certificate_from)
    end = changes.get("certificate_until", organisation.certificate_until)
    if start and end and end < start:
        reason = f"与登记册合起来看，证书有效期止期 {end} 早于起期 {start}"
        found += [("certificate_from", reason), ("certificate_until", reason)]
    return found


def _too_late(organisation: Organisation, established_on: date | None) -> list[tuple[str, str]]:
    """Return a contradiction for each move of the body before the day it shall have been established on."""
    moves = {
        "退出": organisation.deregistered_on,
        "脱钩": organisation.decoupled_on,
        "认定僵尸型": organisation.dormant_since,
    }
    return [
        ("established_on", f"成立日期晚于登记册的{move}日期 {day}")
        for move, day in moves.items()
        if day and established_on and established_on > day
    ]


def _compare_state(draft: Draft, organisation: Organisation) -> None:
    margin, status = draft.margin, draft.status
    here = f"登记册为“{State(organisation.state).label}”"
    has_left = organisation.state == State.DEREGISTERED
    if isinstance(status, ExitKind):
        if not has_left:
            margin.warn("status", f"文件写明{status.label}，{here}", BY_ACTION)
        elif status != organisation.exit_kind:
            known = ExitKind(organisation.exit_kind).label
            margin.warn("status", f"文件写明{status.label}，登记册的退出方式为{known}", BY_ACTION)
        return
    if status and has_left:
        margin.warn("status", f"文件写明存续，{here}", BY_ACTION)
    elif status in {State.DORMANT, State.DECOUPLED} and status != organisation.state:
        margin.warn("status", f"文件写明“{State(status).label}”，{here}", BY_ACTION)
