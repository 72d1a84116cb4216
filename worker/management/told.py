"""A change of the law on the command line: what it changes, what it would move."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from registry.models import Organisation
from registry.queries.law_changes import worded

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from registry.queries.law_changes import Change
    from registry.queries.law_proposals import Effect

SHOWN = 40
"""Effects printed one by one where nobody asks for all."""


def change_lines(changes: Iterable[Change]) -> Iterator[str]:
    """Yield each row that changes, and its columns before and after."""
    for change in changes:
        yield f"{'更改' if change.before else '新增'}{change.table.label}{worded(change.table, change.after)}"
        for name, after in change.after.items():
            before = change.before.get(name)
            if before != after and (change.before or after not in ("", None)):
                yield (
                    f"    {name}：{_plain(before)} → {_plain(after)}"
                    if change.before
                    else f"    {name}：{_plain(after)}"
                )


def effect_lines(effects: Sequence[Effect], *, everything: bool) -> Iterator[str]:
    """Yield how much of each kind moves, then every effect, or the first of them."""
    for what, count in sorted(Counter(each.what for each in effects).items()):
        yield f"  {what}：{count} 项"
    shown = effects if everything else effects[:SHOWN]
    codes = dict(Organisation.objects.filter(pk__in={each.organisation_id for each in shown}).values_list("pk", "code"))
    for each in shown:
        code = codes.get(each.organisation_id, "尚未登记")
        yield f"  {code} {each.what}：{each.before or '没有'} → {each.after or '没有'}"
    if len(shown) < len(effects):
        yield f"  还有 {len(effects) - len(shown)} 项，加 --all 全部列出"


def reach_line(bodies: int, existing: int, limit: str, *, is_wide: bool) -> str:
    """Return how far an effect reaches."""
    said = f"影响的组织 {bodies} 家，在册 {existing} 家，上限 {limit}"
    return f"{said}；超过上限，须由负责人确认" if is_wide else said


def _plain(value: object) -> str:
    return "（空）" if value in ("", None) else str(value)
