"""Reading one row of a register file into a draft: what it states, in our terms, and what is doubtful about it."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from registry import cells
from registry.cells import Period, Unclear
from registry.identifiers import KIND_OF_PREFIX, InvalidCode, doubts_about, validate_uscc
from registry.models import Organisation, Unit
from registry.states import ExitKind, Kind, State, Supervision

if TYPE_CHECKING:
    from datetime import date

    from registry.actions.intake.issues import Margin
    from registry.cells import Cell

UNITS = ("supervising_unit", "industry_regulator", "party_body")
TEXTS = (
    "registration_authority",
    "legal_representative",
    "address",
    "business_scope",
    "activity_area",
    "certificate_no",
)
FLAGS = ("is_industry_association", "is_charity")
STATUSES: dict[str, State | ExitKind] = {
    **dict.fromkeys(
        (
            *("正常", "存续", "在业", "正常存续", "存续正常", "在册", "有效", "已登记", "登记", "开业", "在营", "续存"),
            *("存续(在营、开业、在册)", "已成立", "成立", "active"),
        ),
        State.ACTIVE,
    ),
    **dict.fromkeys(("正常存续(已脱钩)", "已脱钩", "脱钩"), State.DECOUPLED),
    **dict.fromkeys(("僵尸型(休眠)", "僵尸型", "休眠", "僵尸"), State.DORMANT),
    **dict.fromkeys(("注销", "已注销", "注销登记", "已注销登记"), ExitKind.CANCELLED),
    **dict.fromkeys(("撤销", "已撤销", "撤销登记", "已撤销登记", "撤销未注销", "已撤销未注销"), ExitKind.REVOKED),
    **dict.fromkeys(("吊销", "已吊销", "吊销登记证书", "吊销未注销", "已吊销未注销"), ExitKind.LICENCE_REVOKED),
    **dict.fromkeys(("合并", "已合并"), ExitKind.MERGED),
}
KINDS = {
    **dict.fromkeys(("社会团体", "社团", "社会团体法人", "行业协会商会", "行业协会", "商会"), Kind.ASSOCIATION),
    **dict.fromkeys(
        (
            "民办非企业单位",
            "民办非企业",
            "民非",
            "社会服务机构",
            "民办非企业单位(社会服务机构)",
            "民办非企业单位(法人)",
        ),
        Kind.PRIVATE_NON_ENTERPRISE,
    ),
    **dict.fromkeys(("基金会", "基金会法人", "公募基金会", "非公募基金会"), Kind.FOUNDATION),
}
SUPERVISIONS = {
    **dict.fromkeys(("双重管理", "双重", "双重管理体制", "双重登记管理"), Supervision.DUAL),
    **dict.fromkeys(("直接登记", "直登", "直接登记类"), Supervision.DIRECT),
    **dict.fromkeys(("已脱钩", "脱钩", "脱钩管理"), Supervision.DECOUPLED),
}
CHECK = "请核对登记档案，更正后重新导入，或者在登记册中直接补录"
_SEVERAL = re.compile(r"[,，;；]")
_A_CODE = re.compile(r"(?<![0-9A-Z])[0-9A-HJ-NPQRTUWXY]{18}(?![0-9A-Z])", re.IGNORECASE)
_SCIENTIFIC = re.compile(r"[0-9](\.[0-9]+)?E\+?[0-9]+", re.IGNORECASE)


@dataclass(slots=True)
class Draft:
    """What a row states. ``values`` hold only what it says; departments stand in it by name."""

    margin: Margin
    code: str = ""
    status: State | ExitKind | None = None
    exited_on: date | None = None
    cancelled_on: date | None = None
    denies_unit: bool = False
    values: dict[str, Any] = field(default_factory=dict)


def read(margin: Margin, *, on: date) -> Draft:
    """Return the draft of a row; whether it was refused stands in its margin."""
    draft = Draft(margin)
    excess(margin)
    swallowed(margin)
    _identity(draft)
    if margin.is_refused:
        return draft
    _status(draft)
    _kind(draft)
    _days(draft, on)
    _certificate(draft)
    _capital(draft)
    for name in TEXTS:
        _take(draft, name, text(margin, name))
    for name in FLAGS:
        _take(draft, name, _flag(margin, name))
    _supervision(draft)
    for name in UNITS:
        _unit(draft, name)
    return draft


def excess(margin: Margin) -> None:
    """Refuse a row that has more cells than the header: its columns have slipped."""
    beyond = [cells.shown(cell) for cell in margin.row.cells[len(margin.layout.header) :]]
    if any(beyond):
        margin.refuse(
            "",
            "单元格比表头多，各列可能已经错位",
            "请检查该行是否有多余的分隔符，含分隔符的内容须加引号",
            value="、".join(filter(None, beyond)),
        )


def swallowed(margin: Margin) -> None:
    """Refuse a row with a line break where none belongs, or with another row's code behind one: a quotation mark is odd.

    The lines between two stray quotation marks are one cell; taken as they are, the bodies on them would be lost.
    """
    number = margin.row.number
    remedy = f"请检查第 {number} 行起是否有不成对的引号；如引号无误，请删去单元格中的换行后重新导入"
    for name in ("code", "name"):
        if _is_broken(margin.cell(name)):
            margin.refuse(name, f"{margin.columns.titles[name]}中有换行，后面的行可能被并入这一格", remedy)
    for cell in margin.row.cells:
        if not margin.is_refused and _is_broken(cell) and _A_CODE.search(cells.text(cell)):
            margin.refuse(
                "", "单元格中有换行和另一个信用代码，后面的行可能被并入这一格", remedy, value=cells.shown(cell)
            )


def _is_broken(cell: Cell) -> bool:
    return isinstance(cell, str) and ("\n" in cell or "\r" in cell) and len(cells.shown(cell).splitlines()) > 1


def code(margin: Margin) -> str:
    """Return the row's valid code; refuse the row, and return a blank, when it has none."""
    cell = margin.cell("code")
    try:
        return validate_uscc(cells.shown(cell))
    except InvalidCode as reason:
        if _lost_digits(cell):
            margin.refuse("code", "代码单元格是数字格式，末几位已丢失", "请把该列设为文本格式，按登记证书重新填写代码")
        else:
            margin.refuse("code", str(reason), "请按登记证书核对代码后重新导入")
    return ""


def _lost_digits(cell: Cell) -> bool:
    is_number = isinstance(cell, (int, float)) and not isinstance(cell, bool) and abs(cell) > cells.EXACT
    return is_number or bool(_SCIENTIFIC.fullmatch(cells.compact(cell)))


def text(margin: Margin, name: str) -> str | None:
    """Return a text cell; None when it says nothing or cannot be kept, the latter with a warning."""
    cell = margin.cell(name)
    try:
        words = cells.text(cell)
    except Unclear as reason:
        margin.warn(name, str(reason), CHECK)
        return None
    if cells.says_nothing(words):
        if words and name == "registration_authority":
            margin.warn(name, f"登记机关为“{words}”，按空白处理", CHECK)
        return None
    limit = getattr(Organisation._meta.get_field(name), "max_length", None)
    if limit and len(words) > limit:
        margin.warn(name, f"超过 {limit} 字，未采用", "请缩短后重新导入")
        return None
    return words


def _take(draft: Draft, name: str, value: Any) -> None:
    if value is not None:
        draft.values[name] = value


def _identity(draft: Draft) -> None:
    margin = draft.margin
    draft.code = code(margin)
    name = margin.cell("name")
    limit = Organisation._meta.get_field("name").max_length or 0
    try:
        words = cells.text(name)
    except Unclear as reason:
        margin.refuse("name", str(reason), "请填写登记证书上的名称后重新导入")
        return
    if cells.says_nothing(words):
        margin.refuse("name", "名称为空", "请填写登记证书上的名称后重新导入")
    elif len(words) > limit:
        margin.refuse("name", f"名称超过 {limit} 字", "请核对是否错列，更正后重新导入")
    draft.values["name"] = words


def _status(draft: Draft) -> None:
    margin = draft.margin
    cell = margin.cell("status")
    if not cells.compact(cell):
        return
    draft.status = STATUSES.get(cells.compact(cell).lower())
    if draft.status is None:
        known = "正常、注销、撤销、吊销"
        margin.refuse("status", "登记状态无法识别", f"请改为{known}之一后重新导入")


def _kind(draft: Draft) -> None:
    margin = draft.margin
    word = cells.compact(margin.cell("kind"))
    kind = KINDS.get(word)
    if kind is None:
        kind = KIND_OF_PREFIX.get(draft.code[:2])
        if kind is None:
            margin.refuse(
                "kind",
                f"类型未写明或无法识别，代码以 {draft.code[:2]} 开头也推不出类型",
                "请核对是否为社会组织；如是，请填写类型（社会团体、民办非企业单位、基金会）后重新导入",
            )
            return
        if word:
            margin.warn("kind", f"类型无法识别，按代码前两位认作“{kind.label}”", CHECK)
    draft.values["kind"] = kind
    for doubt in doubts_about(draft.code, kind=kind):
        margin.warn("code", doubt, "请按登记证书核对代码和类型")


def day(margin: Margin, name: str) -> date | None:
    """Return a date cell; None when it says nothing or cannot be kept, the latter with a warning."""
    try:
        return cells.day(margin.cell(name))
    except Unclear as reason:
        margin.warn(name, f"{reason}，未采用", CHECK)
        return None


def _days(draft: Draft, on: date) -> None:
    margin = draft.margin
    established_on = day(margin, "established_on")
    if established_on and established_on > on:
        margin.warn("established_on", f"成立日期晚于导入日期 {on}，未采用", CHECK)
    else:
        _take(draft, "established_on", established_on)
    draft.exited_on = day(margin, "exited_on")
    draft.cancelled_on = day(margin, "cancelled_on")


def _certificate(draft: Draft) -> None:
    margin = draft.margin
    try:
        span = cells.period(margin.cell("certificate")) or Period()
    except Unclear as reason:
        margin.warn("certificate", f"{reason}，未采用", CHECK)
        span = Period()
    for doubt in span.doubts:
        margin.warn("certificate", f"证书有效期：{doubt}", CHECK)
    start = day(margin, "certificate_from") or span.start
    end = day(margin, "certificate_until") or span.end
    if start and end and end < start:
        margin.warn("certificate_until", f"证书有效期止期 {end} 早于起期 {start}，起止均未采用", CHECK)
        return
    _take(draft, "certificate_from", start)
    _take(draft, "certificate_until", end)


def _capital(draft: Draft) -> None:
    margin = draft.margin
    try:
        amount = cells.money(margin.cell("capital"), unit=margin.layout.units.get("capital", ""))
    except Unclear as reason:
        margin.warn("capital", f"{reason}，未采用", "请核对金额并写明单位（如“200万元”）后重新导入")
    else:
        _take(draft, "capital", amount)


def _flag(margin: Margin, name: str) -> bool | None:
    try:
        return cells.yes_or_no(margin.cell(name))
    except Unclear as reason:
        margin.warn(name, f"{reason}，未采用", "请改为“是”或“否”后重新导入")
        return None


def _supervision(draft: Draft) -> None:
    margin = draft.margin
    word = cells.compact(margin.cell("supervision"))
    if word.lower() in cells.NOTHING:
        return
    found = SUPERVISIONS.get(word)
    if found is None:
        margin.warn("supervision", "登记体制无法识别，未采用", "请改为双重管理、直接登记或已脱钩后重新导入")
    else:
        draft.values["supervision"] = found


def _unit(draft: Draft, name: str) -> None:
    margin = draft.margin
    try:
        words = cells.text(margin.cell(name))
    except Unclear as reason:
        margin.warn(name, str(reason), CHECK)
        return
    if cells.says_nothing(words):
        draft.denies_unit = draft.denies_unit or (name == "supervising_unit" and bool(words))
        return
    if name == "supervising_unit" and "直接登记" in words:
        draft.denies_unit = True
        draft.values.setdefault("supervision", Supervision.DIRECT)
        return
    first, *others = [part for part in map(str.strip, _SEVERAL.split(words)) if part] or [""]
    limit = Unit._meta.get_field("name").max_length or 0
    if not first or len(first) > limit:
        margin.warn(name, f"不是单位名称，或者超过 {limit} 字，未采用", CHECK)
        return
    if others:
        margin.warn(name, f"写有多个单位，只采用第一个“{first}”", "如不应以第一个为准，请在登记册中更正")
    draft.values[name] = first
