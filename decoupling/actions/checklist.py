"""Entering the items a county adds to the checklist: all of a file, or nothing."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.core.exceptions import ValidationError
from django.db import transaction

from decoupling import checklist
from decoupling.checklist import NoChecklist
from decoupling.models import ChecklistItem

if TYPE_CHECKING:
    from pathlib import Path


@dataclass(slots=True)
class Loaded:
    """The codes of a file by what became of them."""

    added: list[str]
    changed: list[str]
    unchanged: list[str]


@transaction.atomic
def load_items(*, path: Path, dry_run: bool = False) -> Loaded:
    """Enter or correct local items; raise `NoChecklist` and change nothing where one of them cannot stand.

    One that some association has settled already stays as it was settled: another wording is another item.
    """
    loaded = Loaded([], [], [])
    for columns in checklist.read_local(path):
        item = ChecklistItem.objects.select_for_update().filter(code=columns["code"]).first()
        before = item and {name: getattr(item, name) for name in columns}
        if before == columns:
            loaded.unchanged.append(columns["code"])
            continue
        _enter(item or ChecklistItem(), columns)
        (loaded.changed if before else loaded.added).append(columns["code"])
    if dry_run:
        transaction.set_rollback(True)
    return loaded


def _enter(item: ChecklistItem, columns: dict[str, Any]) -> None:
    code = columns["code"]
    if item.pk and item.statuses.exists():
        message = f"事项 {code} 已经有组织办理，内容不能再改；请另编号"
        raise NoChecklist(message)
    bridged = columns.get("bridges", "")
    if bridged and not ChecklistItem.objects.filter(code=bridged).exists():
        message = f"事项 {code} 代替的事项 {bridged} 不存在"
        raise NoChecklist(message)
    for name, value in columns.items():
        setattr(item, name, value)
    try:
        item.full_clean()
    except ValidationError as error:
        titles = (str(each.verbose_name) for each in ChecklistItem._meta.fields if each.name in error.message_dict)
        message = f"事项 {code}：{'、'.join(titles)}不符合要求"
        raise NoChecklist(message) from error
    item.save()
