"""Importing what a county kept in tables: its list of associations, and how their items stand.

Every row takes the action an officer's page takes, in a savepoint of its own: what the action's rules refuse is the
verdict on the row, in the rules' own words. A trial goes the same way and takes everything back.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, TypeVar

from django.db import transaction
from django_fsm import TransitionNotAllowed

from decoupling.actions import item as items
from decoupling.actions import listing as listings
from decoupling.actions.intake.columns import ITEMS, LISTINGS
from decoupling.models import ChecklistItem, ItemStatus, Listing
from decoupling.rules import Refused, Scope
from decoupling.states import SETTLED, Category, ItemState
from registry import cells
from registry.actions.intake import drafts
from registry.actions.intake.issues import Counts
from registry.actions.intake.run import carry_out
from registry.cells import Unclear
from registry.models import ImportRun, Organisation

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from datetime import date

    from registry.actions.intake.columns import Columns
    from registry.actions.intake.issues import Issue, Margin, Report
    from registry.actions.intake.run import Job, Take
    from registry.tables import Row

    Act = Callable[[Job, Margin, Organisation], str]
    """Does what a row says; returns under which count it goes, or refuses the row in its margin."""

T = TypeVar("T")

AGAIN = "请更正后重新导入"
BY_HAND = "请核对该行；确需办理的，在该组织的脱钩页面办理"
ANSWERS = (
    ("same_trade_members", "members_evidence"),
    ("name_fits", "name_evidence"),
    ("registered_as_association", "registration_evidence"),
)

CATEGORIES: dict[str, Category] = {
    **dict.fromkeys(("拟脱钩", "应脱钩", "脱钩"), Category.LISTED),
    **dict.fromkeys(("不脱钩", "不纳入脱钩"), Category.EXEMPT),
    **dict.fromkeys(("暂不脱钩", "暂缓脱钩", "暂缓"), Category.DEFERRED),
}
OUTCOMES: dict[str, ItemState] = {
    **dict.fromkeys(("已完成", "完成", "已办结", "办结"), ItemState.DONE),
    **dict.fromkeys(("不适用", "不涉及"), ItemState.NOT_APPLICABLE),
    **dict.fromkeys(("未办结", "未完成", "未办理", "办理中"), ItemState.PENDING),
}
_BATCH = re.compile(r"第?([0-9]{1,2})批?")


def import_listings(**told: Any) -> Report:
    """Import a list of associations; takes what `registry.actions.intake.import_reports` takes, and raises the same."""
    return carry_out(take_listings, what=ImportRun.What.LISTINGS, columns=LISTINGS, **_whole(told))


def import_items(**told: Any) -> Report:
    """Import how items stand; takes what `registry.actions.intake.import_reports` takes, and raises the same."""
    return carry_out(take_items, what=ImportRun.What.ITEMS, columns=ITEMS, **_whole(told))


def _whole(told: Mapping[str, Any]) -> dict[str, Any]:
    return {"dry_run": False, "file_name": "", "tick": None, "mapping": None, **told}


def take_listings(job: Job, rows: Sequence[Row]) -> tuple[Counts, list[Issue]]:
    """Take rows of a list: place associations, move those that stand in another category."""
    return _taken(job, rows, _list)


def take_items(job: Job, rows: Sequence[Row]) -> tuple[Counts, list[Issue]]:
    """Take rows about items: settle what the file calls settled."""
    return _taken(job, rows, _settle)


KINDS: dict[str, tuple[Columns, Take]] = {
    ImportRun.What.LISTINGS: (LISTINGS, take_listings),
    ImportRun.What.ITEMS: (ITEMS, take_items),
}
"""What the import desk takes of separations."""


@transaction.atomic
def _taken(job: Job, rows: Sequence[Row], act: Act) -> tuple[Counts, list[Issue]]:
    counts, issues = Counts(), []
    for row in rows:
        margin = job.margin(row)
        came = _done(job, margin, act)
        if margin.is_refused:
            came = "refused"
        elif margin.issues:
            counts.warned += 1
        setattr(counts, came, getattr(counts, came) + 1)
        issues += margin.issues
    if job.is_dry:
        transaction.set_rollback(True)
    return counts, issues


def _done(job: Job, margin: Margin, act: Act) -> str:
    """Do what one row says, wholly or not at all."""
    drafts.excess(margin)
    drafts.swallowed(margin)
    code = drafts.code(margin)
    if margin.is_refused:
        return ""
    body = Organisation.objects.filter(code=code).first()
    if body is None:
        margin.refuse("code", "登记册中没有该代码的组织", "请先导入登记名册，或者核对代码")
        return ""
    name = drafts.text(margin, "name")
    if name and name != body.name:
        margin.warn("name", f"名称与登记册（{body.name}）不一致，按代码认定", "请核对代码是否填错行")
    try:
        with transaction.atomic():
            return act(job, margin, body)
    except Refused as refused:
        for rule in refused.broken:
            margin.refuse("", str(rule), BY_HAND)
    except TransitionNotAllowed:
        margin.refuse("", "按该组织现在的进度，不能这样办理", BY_HAND)
    return ""


# --- the list -------------------------------------------------------------------------------------------


def _list(job: Job, margin: Margin, body: Organisation) -> str:
    category, batch, on = _word(margin, "category", CATEGORIES), _batch(margin), _day(margin, "on")
    document_no, said = _said(margin, "document_no"), _said(margin, "reason")
    scope = _scope(margin)
    first = job.seen.first("listing", body.code, margin.row.number)
    if first != margin.row.number:
        margin.refuse("code", f"同一组织与第 {first} 行重复", f"请核对两行，只保留正确的一行（第 {first} 行已先处理）")
    if margin.is_refused or category is None or on is None or scope is None:
        return ""
    listing = Listing.objects.filter(organisation=body).first()
    if listing and listing.category == category:
        if (listing.batch_id, listing.document_no) != (batch, document_no):
            margin.warn("document_no", "已在名单中，批次或者文号与本行不一致，没有改动", BY_HAND)
        return "unchanged"
    source = job.reason(margin.row)
    told: dict[str, Any] = {"category": category, "batch": batch, "document_no": document_no, "scope": scope}
    told |= {"by": job.by, "on": on, "reason": f"{said}（{source}）" if said else ""}
    if listing is None:
        listings.place(organisation_id=body.pk, **told)
        return "created"
    listings.move(listing_id=listing.pk, **told)
    return "updated"


def _batch(margin: Margin) -> int:
    """Return the number of the batch, 0 where none is named: no batch has it."""
    match = _BATCH.fullmatch(cells.compact(margin.cell("batch")))
    if match is None:
        margin.refuse("batch", "批次无法识别", "请填写批次的数字，如 1")
    return int(match[1]) if match else 0


def _scope(margin: Margin) -> Scope | None:
    """Return the answers to the scope test; a question left open refuses the row."""
    told: dict[str, Any] = {}
    for answer, evidence in ANSWERS:
        try:
            told[answer] = cells.yes_or_no(margin.cell(answer))
        except Unclear as reason:
            margin.refuse(answer, str(reason), AGAIN)
            continue
        if told[answer] is None:
            margin.refuse(answer, "范围三问没有逐问回答", "请填写“是”或“否”，并写明依据")
        told[evidence] = _said(margin, evidence)
    return None if margin.is_refused else Scope(**told)


# --- items ----------------------------------------------------------------------------------------------


def _settle(job: Job, margin: Margin, body: Organisation) -> str:
    listing = Listing.objects.filter(organisation=body).first()
    if listing is None:
        margin.refuse("code", "该组织不在脱钩名单中", "请先导入脱钩名单")
    code = cells.compact(margin.cell("item")).upper()
    if not ChecklistItem.objects.filter(code=code).exists():
        margin.refuse("item", "事项清单中没有这个编号", "请按事项清单填写编号，如 A1")
    outcome = _word(margin, "outcome", OUTCOMES)
    if margin.is_refused or listing is None or outcome is None:
        return ""
    status = ItemStatus.objects.filter(listing=listing, item__code=code).first()
    present = ItemState(status.state) if status else ItemState.PENDING
    if present in SETTLED and outcome != present:
        reason = f"系统中为“{present.label}”，与本行不一致，没有改动"
        margin.refuse("outcome", reason, "确需重新办理的，在该事项页面重新打开")
        return ""
    if outcome in {present, ItemState.PENDING}:
        return "unchanged"
    return _settled(job, margin, listing, code, outcome)


def _settled(job: Job, margin: Margin, listing: Listing, code: str, outcome: ItemState) -> str:
    on, until = _day(margin, "on"), _day(margin, "until", needed=False)
    if margin.is_refused or on is None:
        return ""
    said, evidence = _said(margin, "reason"), _said(margin, "evidence")
    why = said if outcome == ItemState.NOT_APPLICABLE else job.reason(margin.row)
    items.settle(
        listing_id=listing.pk, code=code, outcome=outcome, by=job.by, on=on, evidence=evidence, reason=why, until=until
    )
    return "updated"


# --- cells ----------------------------------------------------------------------------------------------


def _word(margin: Margin, name: str, words: Mapping[str, T]) -> T | None:
    """Return what a word stands for; any other refuses the row."""
    found = words.get(cells.compact(margin.cell(name)))
    if found is None:
        title = margin.columns.titles[name]
        margin.refuse(name, f"{title}无法识别", f"可以填写：{'、'.join(words)}")
    return found


def _day(margin: Margin, name: str, *, needed: bool = True) -> date | None:
    try:
        found = cells.day(margin.cell(name))
    except Unclear as reason:
        margin.refuse(name, str(reason), AGAIN)
        return None
    if found is None and needed:
        title = margin.columns.titles[name]
        margin.refuse(name, f"没有{title}", AGAIN)
    return found


def _said(margin: Margin, name: str) -> str:
    cell = margin.cell(name)
    return "" if cells.says_nothing(cell) else cells.shown(cell).strip()
