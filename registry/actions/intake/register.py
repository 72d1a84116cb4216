"""Importing the register: rows become organisations, or changes to those that are there already."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from registry.actions import organisation as verbs
from registry.actions.intake import drafts
from registry.actions.intake.columns import REGISTER
from registry.actions.intake.issues import Counts
from registry.actions.intake.reconciliation import amendments, founding
from registry.actions.intake.run import CHUNK, carry_out
from registry.actions.ledger import opening
from registry.models import Event, ImportRun, Organisation, Unit

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence
    from datetime import date
    from pathlib import Path

    from registry.actions.intake.drafts import Draft
    from registry.actions.intake.issues import Issue, Report
    from registry.actions.intake.run import Job
    from registry.models import User
    from registry.tables import Row


@dataclass(slots=True)
class _Plan:
    """What a chunk will write: new organisations, and changes to known ones."""

    founded: list[tuple[Draft, dict[str, Any]]] = field(default_factory=list)
    amended: list[tuple[Draft, Organisation, dict[str, Any]]] = field(default_factory=list)
    unchanged: int = 0


def import_register(
    *,
    path: Path,
    by: User,
    on: date,
    dry_run: bool = False,
    file_name: str = "",
    tick: Callable[[int, int], object] | None = None,
    mapping: Mapping[str, str] | None = None,
) -> Report:
    """Import a register of organisations from xlsx, csv or tsv; with ``dry_run`` only say what would happen.

    A code that is new founds an organisation, one on the register is amended with what the file states and nothing is
    erased by a blank. State is never changed: a file that disagrees with it is a warning. ``file_name`` is what the
    officer called the file; ``mapping`` says which field a column stands for, by the column's own name. Raises
    `Unreadable` or `ColumnsMissing` when no row can be taken at all.
    """
    return carry_out(
        take,
        what=ImportRun.What.REGISTER,
        columns=REGISTER,
        path=path,
        by=by,
        on=on,
        dry_run=dry_run,
        file_name=file_name,
        tick=tick,
        mapping=mapping,
    )


def take(job: Job, rows: Sequence[Row]) -> tuple[Counts, list[Issue]]:
    """Take rows; a row that is refused leaves the others alone."""
    read = [drafts.read(job.margin(row), on=job.on) for row in rows]
    for draft in read:
        _refuse_second(job, draft)
    plan = _plan(job, read)
    if not job.is_dry:
        _write(job, plan)
    refused = sum(draft.margin.is_refused for draft in read)
    counts = Counts(
        created=len(plan.founded),
        updated=len(plan.amended),
        unchanged=plan.unchanged,
        warned=sum(bool(draft.margin.issues) for draft in read) - refused,
        refused=refused,
    )
    return counts, [issue for draft in read for issue in draft.margin.issues]


def _refuse_second(job: Job, draft: Draft) -> None:
    if draft.margin.is_refused:
        return
    number = draft.margin.row.number
    first = job.seen.first("code", draft.code, number)
    if first != number:
        draft.margin.refuse(
            "code", f"代码与第 {first} 行重复", f"请核对两行，只保留正确的一行（第 {first} 行已先处理）"
        )
        return
    namesake = job.seen.first("name", draft.values["name"], number)
    if namesake != number:
        draft.margin.warn("name", f"名称与第 {namesake} 行相同而代码不同", "请核对是否同一组织")


def _plan(job: Job, read: Sequence[Draft]) -> _Plan:
    wanted = [draft for draft in read if not draft.margin.is_refused]
    known = Organisation.objects.select_related(*drafts.UNITS).in_bulk(
        [draft.code for draft in wanted], field_name="code"
    )
    namesakes: dict[str, set[str]] = {}
    names = {draft.values["name"] for draft in wanted}
    for name, code in Organisation.objects.filter(name__in=names).values_list("name", "code"):
        namesakes.setdefault(name, set()).add(code)
    plan = _Plan()
    for draft in wanted:
        if others := sorted(namesakes.get(draft.values["name"], set()) - {draft.code}):
            draft.margin.warn("name", f"登记册中已有同名组织，代码 {'、'.join(others)}", "请核对是否同一组织")
        organisation = known.get(draft.code)
        if organisation is None:
            columns = founding(draft, on=job.on)
            if not draft.margin.is_refused:
                plan.founded.append((draft, columns))
        elif changes := amendments(draft, organisation):
            plan.amended.append((draft, organisation, changes))
        else:
            plan.unchanged += 1
    return plan


def _write(job: Job, plan: _Plan) -> None:
    units = _units(
        columns[name]
        for columns in (*(each[-1] for each in plan.founded), *(each[-1] for each in plan.amended))
        for name in drafts.UNITS
        if name in columns
    )
    events = []
    for draft, columns in plan.founded:
        row = draft.margin.row
        organisation = Organisation(code=draft.code, **_with_units(columns, units))
        events.append(opening(organisation, on=job.on, by=job.by, reason=job.reason(row), facts=job.source(row)))
    Organisation.objects.bulk_create([event.organisation for event in events], batch_size=CHUNK)
    for event in events:
        event.organisation = event.organisation  # the key it was given on insertion
    Event.objects.bulk_create(events, batch_size=CHUNK)
    for draft, organisation, columns in sorted(plan.amended, key=lambda each: each[1].pk):
        row = draft.margin.row
        verbs.amend(
            organisation_id=organisation.pk,
            changes=_with_units(columns, units),
            by=job.by,
            on=job.on,
            reason=job.reason(row),
            version=organisation.version,
            source=job.source(row),
        )


def _units(names: Iterable[str]) -> dict[str, int]:
    wanted = sorted(set(names))
    known = dict(Unit.objects.filter(name__in=wanted).values_list("name", "pk"))
    missing = [Unit(name=name) for name in wanted if name not in known]
    if missing:
        Unit.objects.bulk_create(missing, ignore_conflicts=True)
        known = dict(Unit.objects.filter(name__in=wanted).values_list("name", "pk"))
    return known


def _with_units(columns: Mapping[str, Any], units: Mapping[str, int]) -> dict[str, Any]:
    return {
        f"{name}_id" if name in drafts.UNITS else name: units[value] if name in drafts.UNITS else value
        for name, value in columns.items()
    }
